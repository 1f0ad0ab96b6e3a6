import pytest

from reason.frozen import freeze
from reason.generators.games.decisions import action_values
from reason.generators.games.evidence import Evidence, EvidenceConfig
from reason.generators.games.playing import rehearsal

FAMILY = Evidence()
TRUTH = freeze(
    {
        "suspects": ["Abel", "Cato", "Emil"],
        "weights": [2, 1, 1],
        "exhibits": ["hat", "ring"],
        "fees": [10, 30],
        "table": [["red", "red"], ["green", "red"], ["green", "green"]],
        "prize": 100,
        "turns": 6,
    }
)


def test_values_worked_out_by_hand():
    values = action_values(FAMILY, TRUTH)
    # Between Cato and Emil a ring for 30 is worth 70, a guess 50.
    assert values[1, 2] == pytest.approx({"conclude Cato": 50, "conclude Emil": 50, "open ring": 70})
    # The hat costs 10 and leads half the time to certainty, half the time to the ring.
    first = values[FAMILY.first(TRUTH)]
    assert first["open hat"] == pytest.approx(-10 + 0.5 * 100 + 0.5 * 70)
    assert first["conclude Abel"] == pytest.approx(50)
    assert first["open ring"] == pytest.approx(-30 + 0.25 * 100 + 0.75 * max(200 / 3, -10 + 100))


def test_an_exhibit_that_tells_nothing_cannot_be_opened():
    task = rehearsal(FAMILY, FAMILY.write_prompt(TRUTH), TRUTH)
    moved = FAMILY.transition(task, freeze(FAMILY.initial_state(task)), "open the hat")
    assert moved.valid
    assert not FAMILY.transition(task, moved.state, "open hat").valid
    for text in ("open", "conclude", "conclude Zoe", "open boots", "conclude Abel or Cato", "Abel"):
        assert not FAMILY.transition(task, moved.state, text).valid


def test_no_fixed_order_of_exhibits_is_better():
    for index in range(5):
        truth = FAMILY.task(level=3, index=index).ground_truth
        best = max(action_values(FAMILY, truth)[FAMILY.first(truth)].values())
        for order in (truth["exhibits"], truth["exhibits"][::-1]):
            for count in range(len(order) + 1):
                assert in_order(truth, FAMILY.first(truth), order[:count]) <= best + 1e-9


def in_order(truth, node, order):
    """Return what opening some exhibits in order, and then naming the likeliest suspect, is worth."""
    order = [name for name in order if f"open {name}" in FAMILY.choices(truth, node)]
    if not order:
        weights = [truth["weights"][suspect] for suspect in node]
        return truth["prize"] * max(weights) / sum(weights)
    outcomes = FAMILY.outcomes(truth, node, f"open {order[0]}")
    assert sum(each.chance for each in outcomes) == pytest.approx(1)
    return sum(each.chance * (each.gain + in_order(truth, each.node, order[1:])) for each in outcomes)


@pytest.mark.parametrize("level", [0, 4, 9])
def test_the_prompt_says_all(level):
    for index in range(5):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        assert FAMILY.verify(task, FAMILY.solve(task)).passed
        assert FAMILY.verify(task, task.reference).score == 1


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_suspects": 1}, {"num_exhibits": 0}, {"num_values": 5}, {"prize": 1}, {"max_fee": 0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            EvidenceConfig(**knobs)
