import pytest

from reason.curricula.ace_reason import AceReason, Stage

ENVS = {"math": 20, "code": 20}
STAGES = [
    {"envs": ["math"], "max_tokens": 8_000, "level": 2, "steps": 10},
    {"envs": ["math"], "max_tokens": 16_000, "level": 5, "steps": 10},
    {"envs": ["code"], "max_tokens": 16_000, "level": 4},
]


def test_stages_come_in_their_order_with_their_domain_length_and_level(Learner, train):
    curriculum = AceReason(ENVS, stages=STAGES)
    run = train(curriculum, Learner({"math": 9.0, "code": 9.0}), steps=30, groups=3)
    seen = [[(c.env, c.max_tokens, c.level) for c in [r.choice for r in step]] for step in run.steps]
    assert seen[:10] == [[("math", 8_000, 2)] * 3] * 10
    assert seen[10:20] == [[("math", 16_000, 5)] * 3] * 10
    assert seen[20:] == [[("code", 16_000, 4)] * 3] * 10


def test_a_stage_ends_early_once_it_is_solved(Learner, train):
    stages = [{"envs": ["math"], "advance_at": 0.8}, Stage(envs=("code",))]
    solved = AceReason(ENVS, stages=stages, window=5)
    train(solved, Learner({"math": 5.0, "code": 5.0}), steps=5)
    assert solved.stage.envs == ("code",)
    stuck = AceReason(ENVS, stages=stages, window=5)
    train(stuck, Learner({"math": 0.0, "code": 5.0}), steps=50)
    assert stuck.stage.envs == ("math",)


def test_it_goes_back_when_nothing_is_right_any_more(Learner, train):
    curriculum, learner = AceReason(ENVS, stages=STAGES), Learner({"math": 9.0, "code": 9.0})
    train(curriculum, learner, steps=25)
    learner.abilities.update(math=-9.0, code=-9.0)
    train(curriculum, learner, steps=40)
    assert curriculum.stage == Stage.of(STAGES[0]) or curriculum.stage == Stage.of(STAGES[1])
    published = AceReason(ENVS, stages=STAGES, lower_below=None)
    train(published, Learner({"math": -9.0, "code": -9.0}), steps=40)
    assert published.stage == Stage.of(STAGES[2])


def test_a_learner_gains_more_than_from_the_last_stage_alone(Learner, train):
    """Levels that rise with the stages lead further than the hardest level from the start."""
    ramp = [{"envs": ["math"], "level": level, "advance_at": 0.6} for level in range(8)]

    def gain(stages):
        learner = Learner({"math": 0.0, "code": 0.0}, rate=0.01)
        train(AceReason(ENVS, stages=stages, window=2), learner, steps=60)
        return learner.abilities["math"]

    assert gain(ramp) > 2 * gain(ramp[-1:])


@pytest.mark.parametrize("stage", [{"level": 21}, {"steps": 0}, {"advance_at": 1.5}, {"max_tokens": 0}])
def test_a_stage_that_cannot_be_is_named(stage):
    with pytest.raises(ValueError, match=r"stages\[1\]"):
        AceReason(ENVS, stages=[STAGES[0], {"envs": ["math"], **stage}])
