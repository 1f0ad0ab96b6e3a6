"""Noisy advisors: trust a first opinion or override it, and pay for others of known reliability."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.family import Config
from reason.generators.games.decisions import JUDGED, DecisionGame, Node, Outcome, Truth
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["Advisors", "AdvisorsConfig"]

_RULES = """\
A shipment is either genuine or forged. Of such shipments {prior}% are genuine. Your assistant, who is right \
{reliability}% of the time, says that this one is {says}.
You may trust the assistant or override him: that is your verdict and ends the game. A right verdict \
earns {prize}, a wrong one nothing. Before that you may ask advisors, each at most once, for a fee that \
is taken from the result. The assistant and the advisors err independently of each other; each is right \
equally often about genuine and about forged shipments.

{advisors}

The result is what the verdict earns, less the fees. {judged}
{form}
{instruction}"""
_NAMES = (
    *("Ada", "Bao", "Cleo", "Dina", "Egon", "Fern", "Gita", "Hugo", "Ines", "Jun", "Kofi", "Lena", "Milo"),
    *("Nora", "Omar", "Pia", "Quin", "Rosa", "Sven", "Tala", "Uma", "Vito", "Wren", "Xena", "Yuri", "Zoe"),
)
_ANSWERS = ("forged", "genuine")


@dataclass(frozen=True, kw_only=True)
class AdvisorsConfig(Config):
    """Knobs of the advisors."""

    num_advisors: int = 4
    """Advisors who may be asked."""
    prize: int = 100
    """What a right verdict earns."""
    max_fee: int = 8
    """The highest fee of an advisor."""

    def __post_init__(self) -> None:
        """Reject what has too many positions to be valued."""
        super().__post_init__()
        self.require(1 <= self.num_advisors <= 8, "num_advisors", "1 to 8")
        self.require(10 <= self.prize <= 1_000_000, "prize", "10 to 1000000")
        self.require(1 <= self.max_fee <= self.prize, "max_fee", "1 to prize")


@register
class Advisors(DecisionGame[AdvisorsConfig]):
    """Decide whom to ask, and whether to trust or to override, with advisors of known reliability and fee.

    What is best is a sequential test (Wald 1947), solved exactly over all sets of answers. Effort is the
    number of action values in the solution.
    """

    id = "Advisors-v0"
    domain = "games"
    max_level = 4
    form = (
        'An action is "trust", "override", or "ask" and the name of an advisor whom you have not asked yet.'
    )

    def at_level(self, level: int) -> AdvisorsConfig:
        """Add an advisor at each level."""
        return AdvisorsConfig(num_advisors=1 + level)

    def draw(self, rng: Random, config: AdvisorsConfig) -> dict[str, Any]:
        """Draw the odds, the advisors and what the assistant says."""
        prior, reliability = rng.randint(25, 75), rng.randint(55, 75)
        genuine = rng.random() * 100 < prior
        right = rng.random() * 100 < reliability
        advisors = [
            [name, rng.randint(55, 90), rng.randint(1, config.max_fee)]
            for name in rng.sample(_NAMES, config.num_advisors)
        ]
        return {
            "prior": prior,
            "reliability": reliability,
            "says": int(genuine == right),
            "advisors": advisors,
            "prize": config.prize,
        }

    def write_prompt(self, truth: Truth) -> str:
        """Return the rules and the advisors."""
        advisors = [
            f"{name}: right {right}% of the time, fee {fee}." for name, right, fee in truth["advisors"]
        ]
        return _RULES.format(
            prior=truth["prior"],
            reliability=truth["reliability"],
            says=_ANSWERS[truth["says"]],
            prize=truth["prize"],
            advisors="\n".join(advisors),
            judged=JUDGED.format(turns=truth["turns"]),
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the odds and the advisors."""
        found = re.findall(r"^([A-Z][a-z]+): right (\d+)% of the time, fee (\d+)\.$", text, re.MULTILINE)
        return {
            "prior": int(re.findall(r"shipments (\d+)% are", text)[0]),
            "reliability": int(re.findall(r"who is right (\d+)%", text)[0]),
            "says": int("this one is genuine" in text),
            "advisors": [[name, int(right), int(fee)] for name, right, fee in found],
            "prize": int(re.findall(r"earns (\d+), a wrong", text)[0]),
            "turns": int(re.findall(r"You have (\d+) turns", text)[0]),
        }

    def canonical(self, truth: Truth) -> Any:
        """Names and order of the advisors make no difference."""
        terms = sorted((right, fee) for _, right, fee in truth["advisors"])
        return [truth["prior"], truth["reliability"], truth["says"], truth["prize"], terms]

    def stake(self, truth: Truth, best: float) -> float:
        """Giving away half the prize leaves nothing."""
        return float(truth["prize"] / 2)

    def first(self, truth: Truth) -> Node:
        """Begin with nobody asked."""
        return (-1,) * len(truth["advisors"])

    def longest(self, truth: Truth) -> int:
        """Ask all, and decide."""
        return len(truth["advisors"]) + 1

    def choices(self, truth: Truth, node: Node) -> list[str]:
        """Decide, or ask whoever was not asked."""
        asked = zip(truth["advisors"], node, strict=True)
        return ["trust", "override", *(f"ask {name}" for (name, *_), answer in asked if answer < 0)]

    def outcomes(self, truth: Truth, node: Node, choice: str) -> list[Outcome]:
        """Weigh both truths by the answers so far."""
        genuine = _belief(truth, node)
        if not choice.startswith("ask "):
            verdict = truth["says"] if choice == "trust" else 1 - truth["says"]
            right = genuine if verdict else 1 - genuine
            return [
                Outcome(chance=right, gain=truth["prize"], node=None, told="Your verdict is right."),
                Outcome(chance=1 - right, node=None, told="Your verdict is wrong."),
            ]
        at = [name for name, *_ in truth["advisors"]].index(choice.removeprefix("ask "))
        name, percent, fee = truth["advisors"][at]
        says_genuine = genuine * percent / 100 + (1 - genuine) * (1 - percent / 100)
        return [
            Outcome(
                chance=chance,
                gain=-fee,
                node=(*node[:at], answer, *node[at + 1 :]),
                told=f"{name} says: {_ANSWERS[answer]}.",
            )
            for answer, chance in ((1, says_genuine), (0, 1 - says_genuine))
        ]

    def show(self, truth: Truth, node: Node) -> str:
        """List the answers so far."""
        answers = zip(truth["advisors"], node, strict=True)
        told = [f"{name} said {_ANSWERS[answer]}" for (name, *_), answer in answers if answer >= 0]
        return f"The assistant said {_ANSWERS[truth['says']]}{''.join(f', {each}' for each in told)}."

    def read_choice(self, truth: Truth, text: str) -> str | None:
        """Read a verdict, or a name."""
        if text in ("trust", "override"):
            return text
        match = re.fullmatch(r"ask ([a-z]{1,20})", text)
        return f"ask {match[1].capitalize()}" if match else None


def _belief(truth: Truth, node: Node) -> float:
    """Return the probability that the shipment is genuine (Bayes)."""
    genuine, forged = truth["prior"] / 100, 1 - truth["prior"] / 100
    reports = [(truth["reliability"], truth["says"])]
    reports += [(right, answer) for (_, right, _), answer in zip(truth["advisors"], node, strict=True)]
    for right, answer in reports:
        if answer >= 0:
            genuine *= right / 100 if answer else 1 - right / 100
            forged *= 1 - right / 100 if answer else right / 100
    return float(genuine / (genuine + forged))
