"""Evidence selection: pay for the exhibits that tell suspects apart, and conclude when it is worth it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.family import Config
from reason.generators.games.decisions import JUDGED, DecisionGame, Node, Outcome, Truth
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["Evidence", "EvidenceConfig"]

_RULES = """\
Exactly one of these suspects did it. The weights say how likely each is before any evidence: a suspect of \
weight 4 is twice as likely as one of weight 2. The table says what each exhibit shows if that suspect did it.

{table}

Each turn you open one exhibit, for its fee, and see what it shows, or you conclude by naming a suspect. The \
conclusion ends the game; a right one earns {prize}, a wrong one nothing. An exhibit that shows the same \
for all suspects who are still possible cannot be opened.

The result is what the conclusion earns, less the fees. {judged}
{form}
{instruction}"""
_NAMES = (
    *("Abel", "Bruna", "Cato", "Delia", "Emil", "Frida", "Gero", "Hanna", "Igor", "Jutta", "Karl", "Livia"),
    *("Mara", "Nils", "Olga", "Paul", "Rita", "Simon", "Tilda", "Ugo", "Vera", "Willa", "Yann", "Zita"),
)
_EXHIBITS = (
    "boots",
    "clock",
    "gloves",
    "hat",
    "key",
    "lamp",
    "letter",
    "note",
    "purse",
    "ring",
    "rope",
    "torch",
)
_COLOURS = ("red", "green", "blue", "white")


@dataclass(frozen=True, kw_only=True)
class EvidenceConfig(Config):
    """Knobs of the table."""

    num_suspects: int = 6
    """Suspects, of whom one did it."""
    num_exhibits: int = 4
    """Exhibits that may be opened."""
    num_values: int = 2
    """Different things that an exhibit may show."""
    prize: int = 100
    """What a right conclusion earns."""
    max_fee: int = 25
    """The highest fee of an exhibit."""

    def __post_init__(self) -> None:
        """Reject what has no names, or too many positions to be valued."""
        super().__post_init__()
        self.require(2 <= self.num_suspects <= 12, "num_suspects", "2 to 12")
        self.require(1 <= self.num_exhibits <= 8, "num_exhibits", "1 to 8")
        self.require(2 <= self.num_values <= 4, "num_values", "2 to 4")
        self.require(10 <= self.prize <= 1_000_000, "prize", "10 to 1000000")
        self.require(1 <= self.max_fee <= self.prize, "max_fee", "1 to prize")


@register
class Evidence(DecisionGame[EvidenceConfig]):
    """Open the exhibits that are worth their fee, and conclude who did it when no more are.

    An adaptive test plan of greatest expected value, solved exactly over the sets of suspects that may be
    left. Effort is the number of action values in the solution.
    """

    id = "Evidence-v0"
    domain = "games"
    max_level = 9
    form = 'An action is "open" and an exhibit, or "conclude" and a suspect, such as "conclude Ada".'

    def at_level(self, level: int) -> EvidenceConfig:
        """Add a suspect at each level, and an exhibit at every other."""
        return EvidenceConfig(num_suspects=3 + level, num_exhibits=2 + level // 2, num_values=2 + level // 7)

    def draw(self, rng: Random, config: EvidenceConfig) -> dict[str, Any]:
        """Draw suspects, exhibits, fees and the table."""
        shown = _COLOURS[: config.num_values]
        return {
            "suspects": rng.sample(_NAMES, config.num_suspects),
            "weights": [rng.randint(1, 9) for _ in range(config.num_suspects)],
            "exhibits": sorted(rng.sample(_EXHIBITS, config.num_exhibits)),
            "fees": [rng.randint(1, config.max_fee) for _ in range(config.num_exhibits)],
            "table": [
                [rng.choice(shown) for _ in range(config.num_exhibits)] for _ in range(config.num_suspects)
            ],
            "prize": config.prize,
        }

    def write_prompt(self, truth: Truth) -> str:
        """Return the rules and the table."""
        heads = [f"{name} (fee {fee})" for name, fee in zip(truth["exhibits"], truth["fees"], strict=True)]
        rows = [
            f"| {' | '.join([name, str(weight), *shown])} |"
            for name, weight, shown in zip(truth["suspects"], truth["weights"], truth["table"], strict=True)
        ]
        head = f"| {' | '.join(['suspect', 'weight', *heads])} |"
        rule = f"|{'---|' * (len(heads) + 2)}"
        return _RULES.format(
            table="\n".join([head, rule, *rows]),
            prize=truth["prize"],
            judged=JUDGED.format(turns=truth["turns"]),
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the table."""
        lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
        heads = [re.findall(r"([a-z]+) \(fee (\d+)\)", head)[0] for head in lines[0][2:]]
        return {
            "suspects": [row[0] for row in lines[1:]],
            "weights": [int(row[1]) for row in lines[1:]],
            "exhibits": [name for name, _ in heads],
            "fees": [int(fee) for _, fee in heads],
            "table": [row[2:] for row in lines[1:]],
            "prize": int(re.findall(r"earns (\d+), a wrong", text)[0]),
            "turns": int(re.findall(r"You have (\d+) turns", text)[0]),
        }

    def canonical(self, truth: Truth) -> Any:
        """Names and the order of the suspects make no difference."""
        rows = sorted(zip(truth["weights"], map(tuple, truth["table"]), strict=True))
        return [rows, truth["fees"], truth["prize"]]

    def stake(self, truth: Truth, best: float) -> float:
        """Giving away half the prize leaves nothing."""
        return float(truth["prize"] / 2)

    def first(self, truth: Truth) -> Node:
        """Begin with all suspects."""
        return tuple(range(len(truth["suspects"])))

    def longest(self, truth: Truth) -> int:
        """Open all exhibits, and conclude."""
        return len(truth["exhibits"]) + 1

    def choices(self, truth: Truth, node: Node) -> list[str]:
        """Name a suspect, or open what tells some apart."""
        exhibits = [
            f"open {name}"
            for at, name in enumerate(truth["exhibits"])
            if len({truth["table"][suspect][at] for suspect in node}) > 1
        ]
        return [*(f"conclude {truth['suspects'][suspect]}" for suspect in node), *exhibits]

    def outcomes(self, truth: Truth, node: Node, choice: str) -> list[Outcome]:
        """Split the suspects by what the exhibit shows, each with its weight."""
        verb, _, name = choice.partition(" ")
        weights = truth["weights"]
        total = sum(weights[suspect] for suspect in node)
        if verb == "conclude":
            chance = weights[truth["suspects"].index(name)] / total
            return [
                Outcome(chance=chance, gain=truth["prize"], node=None, told="Your conclusion is right."),
                Outcome(chance=1 - chance, node=None, told="Your conclusion is wrong."),
            ]
        at = truth["exhibits"].index(name)
        parts: dict[str, list[int]] = {}
        for suspect in node:
            parts.setdefault(truth["table"][suspect][at], []).append(suspect)
        return [
            Outcome(
                chance=sum(weights[suspect] for suspect in part) / total,
                gain=-truth["fees"][at],
                node=tuple(part),
                told=f"The {name}: {shown}.",
            )
            for shown, part in sorted(parts.items())
        ]

    def show(self, truth: Truth, node: Node) -> str:
        """List who is still possible."""
        return f"Still possible: {', '.join(truth['suspects'][suspect] for suspect in node)}."

    def read_choice(self, truth: Truth, text: str) -> str | None:
        """Read a verb and a name."""
        match = re.fullmatch(r"(?:open (?:the )?([a-z]{1,20})|conclude ([a-z]{1,20}))", text)
        if not match:
            return None
        return f"open {match[1]}" if match[1] else f"conclude {match[2].capitalize()}"
