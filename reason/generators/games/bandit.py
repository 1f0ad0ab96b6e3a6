"""Bandits with a horizon: pull machines of unknown odds so that the expected winnings are greatest."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.family import Config
from reason.generators.games.decisions import JUDGED, DecisionGame, Node, Outcome, Truth
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["Bandit", "BanditConfig"]

_RULES = """\
You may pull the levers of {count} machines, {pulls} pulls in all. A pull wins or loses; a win pays what the \
machine pays, a loss pays nothing.
Each machine wins with a chance of its own, the same at every pull. You do not know it: it was drawn at \
random, once, from the Beta distribution with the two parameters a and b that stand beside the machine \
(its mean is a / (a + b); after s wins and f losses what you know of it is the Beta distribution with a + \
s and b + f).

{machines}

The result is the sum of what the machines pay. {judged}
{form}
{instruction}"""
_SIZES = ((2, 2), (2, 3), (2, 4), (2, 6), (2, 8), (3, 6), (3, 7), (3, 8), (3, 9), (3, 10))
"""Machines and pulls of each level."""


@dataclass(frozen=True, kw_only=True)
class BanditConfig(Config):
    """Knobs of the machines."""

    num_machines: int = 2
    """Number of machines, named by letters."""
    num_pulls: int = 6
    """Pulls, and so decisions, of a game."""
    max_parameter: int = 6
    """Largest parameter of a Beta distribution."""
    max_pay: int = 12
    """Most that a win may pay."""

    def __post_init__(self) -> None:
        """Reject what has too many positions to be valued."""
        super().__post_init__()
        self.require(2 <= self.num_machines <= 4, "num_machines", "2 to 4")
        most = {2: 20, 3: 11, 4: 8}[self.num_machines]
        self.require(
            1 <= self.num_pulls <= most, "num_pulls", f"1 to {most} with {self.num_machines} machines"
        )
        self.require(1 <= self.max_parameter <= 1_000, "max_parameter", "1 to 1000")
        self.require(2 <= self.max_pay <= 1_000_000, "max_pay", "2 to 1000000")


@register
class Bandit(DecisionGame[BanditConfig]):
    """Pull machines of unknown odds, each a Bernoulli arm with a Beta prior, as a Bayesian would do best.

    Outcomes are drawn from what is known so far, which is the same law as drawing each machine's odds first
    (de Finetti). Effort is the number of action values in the exact solution.
    """

    id = "Bandit-v0"
    domain = "games"
    max_level = len(_SIZES) - 1
    form = 'An action is the letter of the machine that you pull, such as "A".'

    def at_level(self, level: int) -> BanditConfig:
        """Give more pulls, and from level 5 a third machine."""
        num_machines, num_pulls = _SIZES[level]
        return BanditConfig(num_machines=num_machines, num_pulls=num_pulls)

    def draw(self, rng: Random, config: BanditConfig) -> dict[str, Any]:
        """Draw the machines."""
        count = range(config.num_machines)
        return {
            "names": "".join(rng.sample(string.ascii_uppercase, config.num_machines)),
            "priors": [[rng.randint(1, config.max_parameter) for _ in range(2)] for _ in count],
            "pays": [rng.randint(2, config.max_pay) for _ in count],
            "pulls": config.num_pulls,
        }

    def write_prompt(self, truth: Truth) -> str:
        """Return the rules and the machines."""
        machines = [
            f"Machine {name}: a win pays {pay}; a = {a}, b = {b}."
            for name, pay, (a, b) in zip(truth["names"], truth["pays"], truth["priors"], strict=True)
        ]
        return _RULES.format(
            count=len(machines),
            pulls=truth["pulls"],
            machines="\n".join(machines),
            judged=JUDGED.format(turns=truth["turns"]),
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the machines."""
        machines = re.findall(
            r"^Machine ([A-Z]): a win pays (\d+); a = (\d+), b = (\d+)\.$", text, re.MULTILINE
        )
        return {
            "names": "".join(name for name, *_ in machines),
            "priors": [[int(a), int(b)] for *_, a, b in machines],
            "pays": [int(pay) for _, pay, *_ in machines],
            "pulls": int(re.findall(r"machines, (\d+) pulls", text)[0]),
            "turns": int(re.findall(r"You have (\d+) turns", text)[0]),
        }

    def canonical(self, truth: Truth) -> Any:
        """Names and order of the machines make no difference."""
        machines = zip(truth["pays"], map(tuple, truth["priors"]), strict=True)
        return [truth["pulls"], sorted(machines)]

    def first(self, truth: Truth) -> Node:
        """Begin with no wins and no losses."""
        return ((0, 0),) * len(truth["names"])

    def longest(self, truth: Truth) -> int:
        """Every pull is a decision."""
        return int(truth["pulls"])

    def choices(self, truth: Truth, node: Node) -> list[str]:
        """Pull any machine."""
        return list(truth["names"])

    def outcomes(self, truth: Truth, node: Node, choice: str) -> list[Outcome]:
        """Win with the mean of what is known of the machine."""
        at = truth["names"].index(choice)
        (a, b), (wins, losses) = truth["priors"][at], node[at]
        chance = (a + wins) / (a + b + wins + losses)
        over = sum(map(sum, node)) + 1 == truth["pulls"]
        won, lost = (
            None if over else (*node[:at], record, *node[at + 1 :])
            for record in ((wins + 1, losses), (wins, losses + 1))
        )
        pay = truth["pays"][at]
        return [
            Outcome(chance=chance, gain=pay, node=won, told=f"Machine {choice} wins: it pays {pay}."),
            Outcome(chance=1 - chance, node=lost, told=f"Machine {choice} loses."),
        ]

    def show(self, truth: Truth, node: Node) -> str:
        """List wins and losses."""
        records = [
            f"{name}: {wins} won, {losses} lost"
            for name, (wins, losses) in zip(truth["names"], node, strict=True)
        ]
        left = truth["pulls"] - sum(map(sum, node))
        return f"{'; '.join(records)}. Pulls left: {left}."

    def read_choice(self, truth: Truth, text: str) -> str | None:
        """Read a letter."""
        match = re.fullmatch(r"(?:(?:pull )?machine |pull )?([a-z])", text)
        return match[1].upper() if match else None
