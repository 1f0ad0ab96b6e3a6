"""Twenty-one with other cards and limits: draw or stand, with exact odds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from reason.family import Config
from reason.frozen import freeze
from reason.generators.games.decisions import (
    JUDGED,
    TOLERANCE,
    DecisionGame,
    Node,
    Outcome,
    Truth,
    action_values,
)
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["Blackjack", "BlackjackConfig", "dealer_totals"]

_RULES = """\
We play {rounds} of a card game. You and I each have a pack of our own, with these cards: {pack}.
Before every round the packs are complete and shuffled, and then the cards below are taken out and laid open.
You draw cards from your pack, one at a time and never put back, until you stand. If your total is \
above {limit}, the round is lost at once. When you stand, I draw from my pack until my total is {stands} \
or more. If mine is above {limit}, or less than yours, you win the round; if they are equal, it is a tie.
A round that you win counts 1, a tie 0.5, and a round that you lose 0.

{hands}

The result is the sum over the rounds. {judged}
{form}
{instruction}"""


@dataclass(frozen=True, kw_only=True)
class BlackjackConfig(Config):
    """Knobs of the pack and the rounds."""

    num_rounds: int = 4
    """Rounds played."""
    num_values: int = 5
    """Different values of cards in the pack."""
    copies: int = 3
    """Most cards of one value."""
    max_value: int = 12
    """Highest card."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn, or takes long to value."""
        super().__post_init__()
        self.require(1 <= self.num_rounds <= 50, "num_rounds", "1 to 50")
        self.require(4 <= self.max_value <= 20, "max_value", "4 to 20")
        widest = min(10, self.max_value)
        self.require(3 <= self.num_values <= widest, "num_values", f"3 to {widest} (at most max_value)")
        self.require(2 <= self.copies <= 8, "copies", "2 to 8")


@register
class Blackjack(DecisionGame[BlackjackConfig]):
    """Draw or stand in a game like twenty-one, with a pack and a limit that are new in each task.

    Odds are exact: cards are not put back, and the dealer's totals are enumerated. Effort is the number of
    action values in the exact solution.
    """

    id = "Blackjack-v0"
    domain = "games"
    max_level = 15
    form = 'An action is "draw" or "stand".'

    def at_level(self, level: int) -> BlackjackConfig:
        """Add a round at each level, and a card's value at every other."""
        return BlackjackConfig(num_rounds=1 + level, num_values=3 + min(level // 2, 5), copies=3 + level // 6)

    def draw(self, rng: Random, config: BlackjackConfig) -> dict[str, Any]:
        """Draw the pack, the limit, and the first cards of each round."""
        values = sorted(rng.sample(range(1, config.max_value + 1), config.num_values))
        counts = [rng.randint(2, config.copies) for _ in values]
        mean = sum(value * count for value, count in zip(values, counts, strict=True)) / sum(counts)
        limit = max(round(mean * rng.uniform(2.9, 3.6)), 2 * values[-1])
        pack = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
        return {
            "values": values,
            "counts": counts,
            "limit": limit,
            "stands": limit - rng.randint(1, max(2, round(mean / 1.5))),
            "hands": [sorted(rng.sample(pack, 2)) for _ in range(config.num_rounds)],
            "shown": [rng.choice(pack) for _ in range(config.num_rounds)],
        }

    def worth_playing(self, truth: Truth) -> bool:
        """Return whether every round begins with a decision that matters."""
        values = action_values(self, freeze(truth))
        starts = (values[at, ()] for at in range(len(truth["hands"])))
        return all(abs(rated["draw"] - rated["stand"]) > TOLERANCE for rated in starts)

    def write_prompt(self, truth: Truth) -> str:
        """Return the rules, the pack and what lies open."""
        pack = [f"{count} of {value}" for value, count in zip(truth["values"], truth["counts"], strict=True)]
        hands = [
            f"Round {at}: you hold {low} and {high}; I show {shown}."
            for at, ((low, high), shown) in enumerate(zip(truth["hands"], truth["shown"], strict=True), 1)
        ]
        return _RULES.format(
            rounds="one round" if len(hands) == 1 else f"{len(hands)} rounds",
            pack=", ".join(pack),
            limit=truth["limit"],
            stands=truth["stands"],
            hands="\n".join(hands),
            judged=JUDGED.format(turns=truth["turns"]),
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the pack and what lies open."""
        pack = [[int(number) for number in pair] for pair in re.findall(r"(\d+) of (\d+)", text)]
        hands = re.findall(r"^Round \d+: you hold (\d+) and (\d+); I show (\d+)\.$", text, re.MULTILINE)
        return {
            "values": [value for _, value in pack],
            "counts": [count for count, _ in pack],
            "limit": int(re.findall(r"above (\d+), the", text)[0]),
            "stands": int(re.findall(r"my total is (\d+) or more", text)[0]),
            "hands": [[int(low), int(high)] for low, high, _ in hands],
            "shown": [int(shown) for *_, shown in hands],
            "turns": int(re.findall(r"You have (\d+) turns", text)[0]),
        }

    def first(self, truth: Truth) -> Node:
        """Begin the first round with no cards drawn."""
        return (0, ())

    def longest(self, truth: Truth) -> int:
        """Return the most decisions: cards drawn, lowest first, and standing once a round."""
        return sum(self._longest_round(truth, hand) for hand in truth["hands"])

    def _longest_round(self, truth: Truth, hand: list[int]) -> int:
        total, decisions = sum(hand), 1
        for value, count in _rest(truth, tuple(hand)):
            for _ in range(count):
                total += value
                decisions += total <= truth["limit"]
        return decisions

    def choices(self, truth: Truth, node: Node) -> list[str]:
        """Draw while there are cards, or stand."""
        at, drawn = node
        return ["draw", "stand"] if _rest(truth, (*truth["hands"][at], *drawn)) else ["stand"]

    def outcomes(self, truth: Truth, node: Node, choice: str) -> list[Outcome]:
        """Draw each card that is left with its odds, or let the dealer draw."""
        at, drawn = node
        held = (*truth["hands"][at], *drawn)
        after = (at + 1, ()) if at + 1 < len(truth["hands"]) else None
        if choice == "stand":
            return _showdown(truth, sum(held), truth["shown"][at], after)
        rest = _rest(truth, held)
        cards = sum(count for _, count in rest)
        found = []
        for value, count in rest:
            lost = sum(held) + value > truth["limit"]
            told = f"You draw {value}." + (" That is too much: you lose the round." if lost else "")
            following: Node | None = after if lost else (at, tuple(sorted((*drawn, value))))
            found.append(Outcome(chance=count / cards, node=following, told=told))
        return found

    def show(self, truth: Truth, node: Node) -> str:
        """Show the round's open cards."""
        at, drawn = node
        held = (*truth["hands"][at], *drawn)
        cards = ", ".join(map(str, held))
        return f"Round {at + 1}: you hold {cards} (total {sum(held)}); I show {truth['shown'][at]}."

    def read_choice(self, truth: Truth, text: str) -> str | None:
        """Read one of two words."""
        return text if text in ("draw", "stand") else None


def _rest(truth: Truth, taken: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the values that are left in a pack, and how many of each."""
    left = zip(truth["values"], truth["counts"], strict=True)
    return [(value, count - taken.count(value)) for value, count in left if count > taken.count(value)]


def _showdown(truth: Truth, total: int, shown: int, after: Node | None) -> list[Outcome]:
    pack = tuple(_rest(truth, (shown,)))
    win = tie = 0.0
    for dealt, chance in dealer_totals(pack, shown, truth["stands"]):
        win += chance * (dealt > truth["limit"] or dealt < total)
        tie += chance * (dealt == total)
    results = ((win, 1.0, "win"), (tie, 0.5, "tie"), (max(1 - win - tie, 0.0), 0.0, "lose"))
    return [
        Outcome(chance=chance, gain=gain, node=after, told=f"I draw my cards, and you {word} the round.")
        for chance, gain, word in results
    ]


@lru_cache(maxsize=4096)
def dealer_totals(
    pack: tuple[tuple[int, int], ...], total: int, stands: int
) -> tuple[tuple[int, float], ...]:
    """Return each total at which the dealer may end, and its chance.

    >>> dealer_totals(((2, 1), (3, 1)), 5, 8)
    ((8, 0.5), (10, 0.5))
    """
    cards = sum(count for _, count in pack)
    if total >= stands or not cards:
        return ((total, 1.0),)
    found: dict[int, float] = {}
    for at, (value, count) in enumerate(pack):
        rest = (*pack[:at], (value, count - 1), *pack[at + 1 :]) if count > 1 else pack[:at] + pack[at + 1 :]
        for end, chance in dealer_totals(rest, total + value, stands):
            found[end] = found.get(end, 0.0) + chance * count / cards
    return tuple(sorted(found.items()))
