import pytest

from reason.frozen import freeze
from reason.generators.games.advisors import Advisors, AdvisorsConfig
from reason.generators.games.decisions import action_values
from reason.generators.games.playing import rehearsal

FAMILY = Advisors()


def truth_of(advisors, **changes):
    truth = {"prior": 50, "reliability": 60, "says": 1, "advisors": advisors, "prize": 100, "turns": 9}
    return freeze(truth | changes)


def test_values_worked_out_by_hand():
    # Belief 0.6. An advisor who is right 80% of the time: agreeing leads to 0.6 * 0.8 / 0.56, disagreeing to
    # 0.6 * 0.2 / 0.44 for the assistant's word, so the verdict is right with 0.48 + 0.32 = 0.8 in all.
    truth = truth_of([["Ada", 80, 5]])
    values = action_values(FAMILY, truth)[FAMILY.first(truth)]
    assert values == pytest.approx({"trust": 60, "override": 40, "ask Ada": 75})


def test_an_advisor_who_cannot_change_the_verdict_is_not_worth_a_fee():
    truth = truth_of([["Ada", 55, 1]], prior=75, reliability=75)
    values = action_values(FAMILY, truth)[FAMILY.first(truth)]
    assert values["trust"] == pytest.approx(90)
    assert values["ask Ada"] == pytest.approx(89)


def test_two_answers_that_cancel_leave_the_first_belief():
    truth = truth_of([["Ada", 70, 1], ["Bao", 70, 1]])
    both = action_values(FAMILY, truth)[1, 0]
    assert both == pytest.approx({"trust": 60, "override": 40})


def test_nobody_is_asked_twice():
    truth = truth_of([["Ada", 80, 5], ["Bao", 70, 2]])
    task = rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)
    moved = FAMILY.transition(task, freeze(FAMILY.initial_state(task)), "ask Ada")
    assert moved.valid
    again = FAMILY.transition(task, moved.state, "ask Ada")
    assert not again.valid
    assert again.state["node"] == moved.state["node"]
    for text in ("ask Zoe", "ask", "ask Ada or Bao", "trust or override", "ask " + "a" * 9_999):
        assert not FAMILY.transition(task, moved.state, text).valid


def test_luck_is_not_judged():
    right = 0
    for index in range(60):
        task = FAMILY.task(level=2, index=index)
        verdict = FAMILY.verify(task, task.reference)
        assert verdict.score == 1
        state = FAMILY.initial_state(task)
        for action in task.reference.splitlines():
            moved = FAMILY.transition(task, state, action)
            state = moved.state
        right += "verdict is right" in moved.observation
    assert 30 < right < 60, "a perfect play is sometimes wrong, and passes all the same"


@pytest.mark.parametrize("level", [0, 2, 4])
def test_the_prompt_says_all(level):
    for index in range(4):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_advisors": 0}, {"prize": 1}, {"max_fee": 0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            AdvisorsConfig(**knobs)
