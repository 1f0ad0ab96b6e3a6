import math

import pytest

from reason.errors import ConfigError
from reason.generators.games.playing import rehearsal
from reason.generators.games.switch_rules import all_rules, truth_table
from reason.generators.games.theory_probe import TheoryProbe, TheoryProbeConfig

FAMILY = TheoryProbe()


def task_of(secret, names=("roni", "bara"), max_parts=2, num_turns=9):
    truth = {"names": names, "max_parts": max_parts, "num_turns": num_turns, "secret": secret}
    return rehearsal(FAMILY, "", truth)


@pytest.mark.parametrize(
    ("play", "passed"),
    [
        ("test 00\ntest 10\nrule roni and not bara", True),
        ("rule roni and not bara", True),
        ("rule: not bara and roni", True),
        ("RULE NOT BARA AND RONI AND RONI.", True),
        ("rule roni xor bara", False),
        ("rule roni", False),
        ("rule roni or not bara", False),
        ("rule roni xor bara\nrule roni and not bara", False),  # a rule ends the game
        ("rule roni and not bara\ntest 00", False),
        ("rule roni and not bara or rule roni", False),
        ("roni and not bara", False),
        ("test 10", False),
    ],
)
def test_plays_worked_out_by_hand(play, passed):
    assert FAMILY.verify(task_of(("and", (1, -2))), play).passed is passed


@pytest.mark.parametrize(
    ("action", "lit"),
    [
        ("test 10", True),
        ("test 11", False),
        ("test: 1 0", True),
        ("test 0,1", False),
        ("test 1", None),
        ("test 100", None),
        ("test 12", None),
        ("test", None),
        ("10", None),
    ],
)
def test_the_lamp_obeys_the_rule(action, lit):
    task = task_of(("and", (1, -2)))
    transition = FAMILY.transition(task, FAMILY.initial_state(task), action)
    assert transition.valid == (lit is not None)
    if lit is not None:
        assert ("is lit" in transition.observation) == lit


@pytest.mark.parametrize(
    ("rule", "score"),
    [
        ("roni", 0.25),  # right about 3 of 4 settings: half of 2 * 3/4 - 1
        ("roni xor bara", 0.25),
        ("not roni", 0),  # right about 1 of 4: worse than chance
        ("bara", 0),
    ],
)
def test_a_wrong_rule_is_worth_what_it_says_right(rule, score):
    assert FAMILY.verify(task_of(("and", (1, -2))), f"rule {rule}").score == score


def test_the_turns_granted_are_enough_for_every_rule_and_two_more():
    for level in (0, 1, 2, 3):
        config = FAMILY.at_level(level)
        granted = FAMILY.max_turns(FAMILY.task(level=level))
        names = ["roni", "bara", "delu", "mesu"][: config.num_switches]
        lengths = []
        for rule in all_rules(config.num_switches, config.max_parts):
            task = task_of(rule, names, config.max_parts, granted)
            play = FAMILY.reference_play(task)
            assert FAMILY.verify(task, "\n".join(play)).passed
            lengths.append(len(play))
        assert max(lengths) == granted - config.spare_turns
        assert max(lengths) >= 1 + math.log2(len(lengths))


def test_the_reference_player_does_not_know_the_rule():
    rules = [rule for rule in all_rules(2, 2) if truth_table(rule, 2) & 1]  # lit with all switches off
    state = {"turn": 1, "history": (("00", True),), "agreement": 0.0}
    assert len(rules) == 7
    assert len({FAMILY.reference_action(task_of(rule), state) for rule in rules}) == 1


def test_the_text_player_finds_every_rule_of_three_switches():
    prompt = FAMILY.task(level=2).text
    names = FAMILY.task(level=2).ground_truth["names"]
    for rule in all_rules(3, 2):
        truth = {"names": names, "max_parts": 2, "num_turns": 36, "secret": rule}
        task = rehearsal(FAMILY, prompt, truth)
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


@pytest.mark.parametrize(
    "knobs",
    [
        *({"num_switches": 0}, {"num_switches": 11}, {"max_parts": 4}, {"spare_turns": -1}),
        {"max_parts": 2, "num_switches": 1},
    ],
)
def test_machines_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        TheoryProbeConfig(**knobs)
