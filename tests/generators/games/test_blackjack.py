import itertools
from collections import Counter
from fractions import Fraction

import pytest

from reason.frozen import freeze
from reason.generators.games.blackjack import Blackjack, BlackjackConfig, dealer_totals
from reason.generators.games.decisions import action_values

FAMILY = Blackjack()


def truth_of(**changes):
    return freeze(
        {
            "values": (2, 5, 9), "counts": (2, 2, 2), "limit": 18, "stands": 15, "hands": ((2, 5),),
            "shown": (9,), "turns": 9,
        }
        | changes
    )  # fmt: skip


def by_permutation(pack, total, stands):
    """Return the dealer's totals by dealing out every order of the pack."""
    ends: Counter[int] = Counter()
    orders = list(itertools.permutations(pack))
    for order in orders:
        end = total
        for card in order:
            if end >= stands:
                break
            end += card
        ends[end] += 1
    return {end: Fraction(count, len(orders)) for end, count in ends.items()}


@pytest.mark.parametrize(("pack", "total", "stands"), [([2, 2, 5, 5, 9], 9, 15), ([1, 1, 3, 4], 2, 8)])
def test_the_dealers_totals_are_those_of_all_orders_of_the_pack(pack, total, stands):
    exact = by_permutation(pack, total, stands)
    found = dict(dealer_totals(tuple(sorted(Counter(pack).items())), total, stands))
    assert found == pytest.approx({end: float(chance) for end, chance in exact.items()})


def test_values_of_a_hand_worked_out():
    # You hold 2 and 9 of 18. In your pack: 2, 5, 5, 9 (9 loses). I show 9, and draw from 2 2 5 5 9.
    truth = truth_of(hands=((2, 9),), stands=10)
    values = action_values(FAMILY, truth)[0, ()]
    # I stand on 11 (2/5), 14 (2/5) or 18 (1/5): with 11 you tie 2/5.
    assert values["stand"] == pytest.approx(0.2)
    # Drawing: 13 beats 11 (2/5), or draws on to no gain; 16 beats 11 and 14 (4/5); 20 loses.
    after_two = max(0.4, (2 / 3) * (0.8 + 0.2 * 0.5))  # from 13: 5, 5 make 18, 9 loses; 18 ties my 18
    assert values["draw"] == pytest.approx(0.25 * after_two + 0.5 * 0.8)


def test_the_best_play_is_no_worse_than_any_threshold():
    for index in range(6):
        task = FAMILY.task(level=3, index=index)
        truth = task.ground_truth
        best = max(action_values(FAMILY, truth)[0, ()].values())
        for threshold in range(truth["limit"] + 1):
            assert rated(truth, threshold, FAMILY.first(truth), {None: 0.0}) <= best + 1e-9


def rated(truth, threshold, node, known):
    """Return what the policy "draw below a total" is worth."""
    if node not in known:
        at, drawn = node
        choices = FAMILY.choices(truth, node)
        draws = sum((*truth["hands"][at], *drawn)) < threshold and "draw" in choices
        outcomes = FAMILY.outcomes(truth, node, "draw" if draws else "stand")
        assert sum(each.chance for each in outcomes) == pytest.approx(1)
        known[node] = sum(
            each.chance * (each.gain + rated(truth, threshold, each.node, known)) for each in outcomes
        )
    return known[node]


@pytest.mark.parametrize("level", [0, 3, 5])
def test_the_prompt_says_all(level):
    for index in range(5):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        assert FAMILY.verify(task, FAMILY.solve(task)).passed
        assert len(task.reference.splitlines()) <= FAMILY.max_turns(task) - 3


def test_text_that_is_no_action_costs_a_turn_and_the_pass():
    task = FAMILY.task(level=2, index=0)
    for text in ("hit or stand", "draw stand", "drawn", "1", "x" * 10_000):
        verdict = FAMILY.verify(task, f"{text}\n{task.reference}")
        assert (verdict.passed, verdict.score) == (False, 0.99)
    assert FAMILY.verify(task, "\n".join(["hit"] * FAMILY.max_turns(task))).score == 0


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_rounds": 0}, {"num_values": 2}, {"copies": 1}, {"max_value": 3}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            BlackjackConfig(**knobs)
