import json
import random

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Curriculum, Result
from reason.curricula.loading import load, names, rule
from reason.errors import ConfigError

ENVS = {"A-v0": 12, "B-v0": 12}
OPTIONS = {
    "ace_reason": {"stages": [{"envs": ["A-v0"], "advance_at": 0.7}, {"envs": ["B-v0"], "level": 2}]},
    "sparkle": {"level": 6},
    "scaler": {"active": 1, "weighted": True},
}
every_rule = pytest.mark.parametrize("name", names())


def make(name):
    return load(name, ENVS, **OPTIONS.get(name, {}))


def test_there_is_a_rule_for_each_file_and_nothing_else_is_one():
    assert {"fixed", "uniform", "saturn", "scaler", "rlve", "dump", "rule_reasoner"} <= set(names())
    assert not {"curriculum", "loading", "_ladder", "__init__"} & set(names())


@every_rule
def test_a_rule_keeps_the_contract(name):
    curriculum = make(name)
    assert isinstance(curriculum, Curriculum)
    assert rule(name) is type(curriculum)
    choice = curriculum.next(random.Random(0))
    assert isinstance(choice, Choice)
    assert choice.env in ENVS
    assert type(choice.level) is int


@every_rule
def test_a_restored_rule_makes_the_same_choices(name, Learner, train):
    original = make(name)
    train(original, Learner({"A-v0": 3.0, "B-v0": 7.0}, rate=0.02), steps=30)
    # Sorted keys, as a trainer may write them: no choice may hang on the order of a mapping.
    state = json.loads(json.dumps(original.state_dict(), sort_keys=True, allow_nan=False))
    restored = make(name)
    restored.load_state_dict(state)
    assert restored.state_dict() == original.state_dict()
    for curriculum in (original, restored):
        curriculum.run = train(curriculum, Learner({"A-v0": 4.0, "B-v0": 6.0}, seed=5), steps=20, seed=9)
    assert [r.choice for r in original.run.results] == [r.choice for r in restored.run.results]
    assert restored.state_dict() == original.state_dict()


OTHER_OPTIONS = {
    "ace_reason": {"stages": [{"envs": ["B-v0"], "advance_at": 0.5}, {"envs": ["A-v0"]}]},
    "dump": {"lowest": 2, "highest": 9, "window": 5},
    "fixed": {"level": 2},
    "reg_grpo": {"replay": 8, "level": 3},
    "rlve": {"window": 2, "groups": 1},
    "rule_reasoner": {"window": 2, "interval": 1, "memory": 0.5},
    "saturn": {"threshold": 0.5, "groups": 2},
    "scaler": {"active": 2, "stall": 3},
    "sparkle": {"level": 5, "max_chunks": 1, "max_tasks": 2},
    "uniform": {"highest": 3},
    "we_math": {"pass_at": 0.5, "max_retries": 1},
}


@every_rule
def test_a_run_may_go_on_with_other_options(name, Learner, train):
    original = make(name)
    train(original, Learner({"A-v0": 3.0, "B-v0": 7.0}), steps=40)
    changed = load(name, ENVS, **OTHER_OPTIONS[name])
    changed.load_state_dict(original.state_dict())
    run = train(changed, Learner({"A-v0": 3.0, "B-v0": 7.0}), steps=40)
    assert all(0 <= result.choice.level <= 12 for result in run.results)


def test_a_stage_that_is_no_more_is_rejected():
    old = load(
        "ace_reason", ENVS, stages=[{"envs": ["A-v0"], "advance_at": 0.1}, {"envs": ["B-v0"]}], window=1
    )
    choice = old.next(random.Random(0))
    old.update([Result(choice=choice, rewards_G=[1.0], passed_G=[1.0])])
    new = load("ace_reason", ENVS, stages=[{"envs": ["A-v0"]}])
    with pytest.raises(ValueError, match="stage"):
        new.load_state_dict(old.state_dict())


@every_rule
def test_choosing_changes_nothing_and_a_state_is_a_copy(name, Learner, train):
    curriculum = make(name)
    train(curriculum, Learner({"A-v0": 3.0, "B-v0": 7.0}), steps=5)
    before = curriculum.state_dict()
    for number in range(50):
        curriculum.next(random.Random(number))
    assert curriculum.state_dict() == before
    train(curriculum, Learner({"A-v0": 0.0, "B-v0": 0.0}), steps=12)
    assert (curriculum.state_dict() != before) == (name not in ("fixed", "uniform"))


@every_rule
def test_groups_that_could_not_be_scored_say_nothing(name, Learner, train):
    curriculum = make(name)
    train(curriculum, Learner({"A-v0": 3.0, "B-v0": 7.0}), steps=12)
    before = curriculum.state_dict()
    nothing = np.full(8, np.nan)
    rng = random.Random(1)
    for _ in range(3):
        choices = [curriculum.next(rng) for _ in range(8)]
        curriculum.update([Result(choice=c, rewards_G=nothing, passed_G=nothing, index=4) for c in choices])
    after = curriculum.state_dict()
    for state in (before, after):  # time goes on
        state["memory"].pop("step", None)
        state["memory"].pop("steps", None)
    assert after == before


@every_rule
def test_members_that_could_not_be_scored_do_not_move_what_the_others_say(name, Learner, train):
    """A rule must end at the same place where a third of the members is masked at random."""
    spots = []
    for unscorable in (0.0, 0.35):
        curriculum = make(name)
        learner = Learner({"A-v0": 5.0, "B-v0": 5.0}, group_size=24, unscorable=unscorable)
        run = train(curriculum, learner, steps=150)
        spots.append(np.mean(run.levels(last=75)))
    assert abs(spots[0] - spots[1]) < 0.8


@every_rule
def test_a_state_of_another_rule_or_of_other_environments_is_rejected(name):
    curriculum = make(name)
    good = curriculum.state_dict()
    other = "Uniform" if name == "fixed" else "Fixed"
    bad_envs = ({"C-v0": 12}, {"A-v0": 12}, {"A-v0": 12, "B-v0": 13}, ["A-v0", "B-v0"])
    for bad in (
        *({**good, "envs": envs} for envs in bad_envs),
        {**good, "rule": other}, {**good, "memory": {"x": 1}}, {},
    ):  # fmt: skip
        with pytest.raises(ValueError, match="state"):
            curriculum.load_state_dict(bad)
    assert curriculum.state_dict() == good


@pytest.mark.parametrize("name", sorted(set(names()) - {"fixed", "uniform"}))
def test_a_result_of_an_unknown_environment_is_rejected(name):
    stranger = Result(choice=Choice(env="A-v1", level=0), rewards_G=[1.0], passed_G=[1.0])
    with pytest.raises(ValueError, match="'A-v1'; did you mean 'A-v0'"):
        make(name).update([stranger])


@every_rule
def test_options_are_checked(name):
    with pytest.raises(ConfigError, match="no option 'levle'"):
        load(name, ENVS, **OPTIONS.get(name, {}), levle=3)
    with pytest.raises(ConfigError, match="envs"):
        load(name, {}, **OPTIONS.get(name, {}))
    with pytest.raises(ConfigError, match="A-v0"):
        load(name, {"A-v0": -1}, **OPTIONS.get(name, {}))


def test_an_unknown_name_is_met_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'scaler'"):
        load("scalar", ENVS)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("fixed", {"level": 13}), ("fixed", {"level": True}), ("fixed", {"level": 1.5}),
        ("uniform", {"lowest": 5, "highest": 4}), ("uniform", {"lowest": -1}),
        ("saturn", {"threshold": 0}), ("saturn", {"lower_below": 0.9}), ("saturn", {"groups": 0}),
        ("rlve", {"window": 0}), ("rlve", {"threshold": float("nan")}),
        ("scaler", {"target": 1}), ("scaler", {"gain": 0}), ("scaler", {"stall": 1}),
        ("scaler", {"active": 0}), ("scaler", {"level": float("nan")}), ("scaler", {"level": 12.5}),
        ("dump", {"temperature": 0}), ("dump", {"window": 1.5}), ("dump", {"lowest": 13}),
        ("rule_reasoner", {"temperature": -1}), ("rule_reasoner", {"memory": 1.0}),
        ("we_math", {"fail_below": 0.8}), ("we_math", {"max_retries": 0}),
        ("sparkle", {"max_chunks": 5}), ("sparkle", {"retry_share": 1.5}),
        ("reg_grpo", {"smoothing": 0}), ("reg_grpo", {"margin": -1}),
        ("ace_reason", {}), ("ace_reason", {"stages": []}),
        ("ace_reason", {"stages": [{"envs": ["C-v0"]}]}), ("ace_reason", {"stages": [{"envs": "A-v0"}]}),
        ("ace_reason", {"stages": [{"envs": ["A-v0"]}, {"envs": ["B-v0"]}]}),
        ("ace_reason", {"stages": [{"envs": ["A-v0"], "step": 3}]}),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_config_errors(name, options):
    with pytest.raises(ConfigError):
        load(name, ENVS, **options)


@pytest.mark.parametrize("name", ["uniform", "dump"])
def test_levels_without_an_end_need_a_highest_level(name):
    with pytest.raises(ConfigError, match="highest"):
        load(name, {"A-v0": None})
    assert load(name, {"A-v0": None}, highest=3).next(random.Random(0)).level <= 3


def test_a_choice_is_frozen_data_and_gives_the_options_of_reset():
    choice = Choice(env="A-v0", level=2, index=7, options={"chunks": 1, "x": [1]})
    assert choice.reset_options() == {"level": 2, "index": 7, "chunks": 1, "x": [1]}
    assert choice == Choice(env="A-v0", level=2, index=7, options={"chunks": 1, "x": [1]})
    for bad in (-1, 1.5, "3", True):
        with pytest.raises(ValueError, match="level"):
            Choice(env="A-v0", level=bad)
    assert type(Choice(env="A-v0", level=np.int64(3)).level) is int


def test_a_result_rejects_arrays_that_do_not_belong_together():
    choice = Choice(env="A-v0", level=2)
    good = Result(choice=choice, rewards_G=[1, 0, np.nan], passed_G=[1, 0, np.nan])
    assert good.accuracy == 0.5
    assert np.isnan(Result(choice=choice, rewards_G=[np.nan], passed_G=[np.nan]).accuracy)
    with pytest.raises(ValueError, match="passed_G"):
        Result(choice=choice, rewards_G=[1.0, 0.0], passed_G=[1.0])
    with pytest.raises(ValueError, match="rewards_G"):
        Result(choice=choice, rewards_G=[np.inf], passed_G=[1.0])
    with pytest.raises(ValueError, match="advantages_G"):
        Result(choice=choice, rewards_G=[1.0], passed_G=[1.0], advantages_G=[1.0, 2.0])
