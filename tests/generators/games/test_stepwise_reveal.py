import pytest

from reason.frozen import freeze
from reason.generators.games.decisions import action_values
from reason.generators.games.playing import rehearsal
from reason.generators.games.stepwise_reveal import StepwiseReveal, StepwiseRevealConfig

FAMILY = StepwiseReveal()
TRUTH = freeze(
    {
        "words": ["dada", "dade", "gada"],
        "weights": [2, 1, 1],
        "order": [0, 3, 1, 2],
        "prices": [4, 12, 1, 1],
        "penalty": 20,
        "prize": 100,
        "turns": 10,
    }
)


def test_values_worked_out_by_hand():
    values = action_values(FAMILY, TRUTH)
    # With d first: dada (2/3) or dade. Guessing dada loses 20 a third of the time; a hint costs 12.
    assert values[1, (0, 1)]["guess dada"] == pytest.approx(100 - 20 / 3)
    assert values[1, (0, 1)]["hint"] == pytest.approx(88)
    assert values[1, (2,)]["guess gada"] == pytest.approx(100)
    first = values[FAMILY.first(TRUTH)]
    assert first["hint"] == pytest.approx(-4 + 0.25 * 100 + 0.75 * (100 - 20 / 3))
    # Guessing dada first: half right, else 20 is lost, and gada or dade are as likely: 100 - 10, or a hint.
    assert first["guess dada"] == pytest.approx(0.5 * 100 + 0.5 * (-20 + max(100 - 10, 100 - 4)))


def test_a_wrong_guess_goes_on_and_takes_the_word_out():
    for prize in range(100, 140):  # chance is hashed from the task: find one where dada is wrong
        truth = freeze({**TRUTH, "prize": prize})
        task = rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)
        moved = FAMILY.transition(task, freeze(FAMILY.initial_state(task)), "guess dada")
        if not moved.done:
            break
    assert moved.state["node"] == (0, (1, 2))
    assert "dada" not in moved.observation
    for text in ("guess dada", "guess", "hint hint", "guess dade or gada", "guess zzz", "dade"):
        assert not FAMILY.transition(task, moved.state, text).valid


def test_hints_in_order_and_guesses_by_weight_are_no_better():
    for index in range(5):
        truth = FAMILY.task(level=3, index=index).ground_truth
        best = max(action_values(FAMILY, truth)[FAMILY.first(truth)].values())
        for hints in range(len(truth["order"]) + 1):
            assert hints_then_guess(truth, FAMILY.first(truth), hints) <= best + 1e-9


def hints_then_guess(truth, node, hints):
    """Return what taking some hints, and then naming the likeliest word each turn, is worth."""
    if node is None:
        return 0.0
    likely = max(node[1], key=lambda word: truth["weights"][word])
    choice = "hint" if node[0] < hints else f"guess {truth['words'][likely]}"
    outcomes = FAMILY.outcomes(truth, node, choice)
    assert sum(each.chance for each in outcomes) == pytest.approx(1)
    return sum(each.chance * (each.gain + hints_then_guess(truth, each.node, hints)) for each in outcomes)


@pytest.mark.parametrize("level", [0, 3, 5])
def test_the_prompt_says_all(level):
    for index in range(4):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        assert FAMILY.verify(task, FAMILY.solve(task)).passed
        assert FAMILY.verify(task, task.reference).score == 1


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_words": 1}, {"word_length": 3}, {"num_letters": 1}, {"prize": 1}, {"max_price": 0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            StepwiseRevealConfig(**knobs)
