"""Code breaking, as in Mastermind: find a hidden row of colours, which may repeat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any, Literal

from reason.family import Config, Draft
from reason.generators.games.codes import Code, CodeGame, Codes, Marks, all_codes, join_pegs, pegs, split_pegs
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.turns import count_turns
from reason.registry import register
from reason.task import Task

__all__ = ["CodeBreaking", "CodeBreakingConfig"]

COLOURS = tuple(
    re.findall(
        r"\w+",
        """
        amber aqua azure beige black blue bronze brown coral cream crimson cyan ebony emerald
        fuchsia gold green grey indigo ivory jade khaki lavender lemon lilac lime magenta maroon
        mauve mint mustard navy ochre olive orange peach pink plum purple red rose ruby rust salmon
        sapphire scarlet silver tan teal turquoise violet white yellow
        """,
    )
)
MAX_CODES = 20_000

_SIZES = ((2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 4), (4, 5), (4, 6), (4, 7), (4, 8), (5, 6), (5, 7))
"""Code length and colours of each level."""
_TURNS = (5, 5, 6, 7, 7, 8, 8, 9, 9, 10, 9, 10)
_RULES = """\
I have chosen a secret row of {length} pegs. Each peg has one of {num_colours} colours: {colours}. A colour \
may stand on several pegs. Find the row within {turns}.

Each turn you name a row of {length} colours. {answers} A guess with {length} black pegs is the secret and \
wins. Anything that is no such row costs a turn and tells you nothing.

An action is the colours of a row in order, such as: {example}. {instruction}"""
_ANSWERS = {
    "pegs": "I answer with black pegs (one for each peg of your row that has its colour in the same place of"
    " the secret) and white pegs (one for each further peg of your row whose colour stands elsewhere in the"
    " secret; no peg of the secret is counted twice).",
    "black": "I answer with black pegs only: one for each peg of your row that has its colour in the same"
    " place of the secret.",
}


@dataclass(frozen=True, kw_only=True)
class CodeBreakingConfig(Config):
    """Knobs of a row of colours."""

    length: int = 3
    """Pegs in the row."""
    num_colours: int = 4
    """Colours to choose from."""
    num_turns: int = 7
    """Guesses granted."""
    feedback: Literal["pegs", "black"] = "pegs"
    """``pegs``: black and white, as in Mastermind; ``black``: black only, which takes more guesses."""

    def __post_init__(self) -> None:
        """Reject rows that are none, or too many."""
        super().__post_init__()
        self.require(2 <= self.num_colours <= len(COLOURS), "num_colours", f"2 to {len(COLOURS)}")
        self.require(1 <= self.length <= 14, "length", "1 to 14")
        count = self.num_colours**self.length
        self.require(count <= MAX_CODES, "length", f"such that there are at most {MAX_CODES} rows ({count})")
        self.require(1 <= self.num_turns <= 1_000, "num_turns", "1 to 1000")


@register
class CodeBreaking(CodeGame[CodeBreakingConfig]):
    """Find a hidden row of colours, which may repeat, from black and white pegs (Mastermind)."""

    id = "CodeBreaking-v0"
    max_level = len(_SIZES) - 1

    def at_level(self, level: int) -> CodeBreakingConfig:
        """Lengthen the row and add colours; level 7 is the board game's four pegs of six colours."""
        length, num_colours = _SIZES[level]
        return CodeBreakingConfig(length=length, num_colours=num_colours, num_turns=_TURNS[level])

    def generate(self, rng: Random, config: CodeBreakingConfig) -> Draft:
        """Draw the colours and a row of them."""
        colours = rng.sample(COLOURS, config.num_colours)
        prompt = _RULES.format(
            length=config.length,
            num_colours=config.num_colours,
            colours=", ".join(colours),
            turns=count_turns(config.num_turns),
            answers=_ANSWERS[config.feedback],
            example=" ".join([*colours, *[colours[0]] * config.length][: config.length]),
            instruction=TURN_INSTRUCTION,
        )
        truth = {
            "colours": colours,
            "length": config.length,
            "feedback": config.feedback,
            "num_turns": config.num_turns,
        }
        return self.draft(rng, prompt, truth, topic="code breaking", symbols=colours)

    def space(self, truth: Mapping[str, Any]) -> Codes:
        """Return every row."""
        return all_codes(len(truth["colours"]), truth["length"], repeats=True)

    def marks(self, truth: Mapping[str, Any], guesses: Codes, codes: Codes) -> Marks:
        """Put the pegs into one number."""
        black, white = pegs(guesses, codes)
        return join_pegs(black, white if truth["feedback"] == "pegs" else white * 0)

    def tell(self, truth: Mapping[str, Any], guess: Code, mark: int) -> str:
        """Write the pegs."""
        black, white = split_pegs(mark)
        whites = f", white {white}" if truth["feedback"] == "pegs" else ""
        return f"{self.write_code(truth, guess)}: black {black}{whites}."

    def read_code(self, truth: Mapping[str, Any], action: str) -> Code | str:
        """Read colours with spaces or commas between them."""
        colours, length = truth["colours"], truth["length"]
        names = action.replace(",", " ").split()
        if len(names) != length or not set(names) <= set(colours):
            return f"That is not a row of {length} colours out of {', '.join(colours)}."
        return tuple(colours.index(name) for name in names)

    def write_code(self, truth: Mapping[str, Any], code: Code) -> str:
        """Write the colours."""
        return " ".join(truth["colours"][number] for number in code)

    def text_codes(self, prompt: str) -> list[str]:
        """Read the colours and the length."""
        match = re.search(r"row of ([0-9]+) pegs\. .*? colours: ([a-z, ]+)\.", prompt)
        return [" ".join(row) for row in product(match[2].split(", "), repeat=int(match[1]))] if match else []

    def text_answer(self, prompt: str, guess: str, code: str) -> str:
        """Take off equal pegs, then match the rest as multisets."""
        pairs = list(zip(guess.split(), code.split(), strict=True))
        rest = [pair for pair in pairs if pair[0] != pair[1]]
        white = (Counter(one for one, _ in rest) & Counter(other for _, other in rest)).total()
        whites = "" if "black pegs only" in prompt else f", white {white}"
        return f"{guess}: black {len(pairs) - len(rest)}{whites}."

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with commas."""
        yield from super().equivalents(task)
        actions = (task.reference or "").splitlines()
        yield "\n".join(", ".join(action.split()) for action in actions)
        yield "\n".join(",".join(action.split()).title() for action in actions)

    def chance(self, config: CodeBreakingConfig) -> float:
        """Bound the share of all rows of all colours that a list of guesses can name.

        A row of one colour is the likeliest secret: that colour must be among those drawn.
        """
        rows = float(config.num_colours**config.length)
        return min(1.0, config.num_turns * config.num_colours / (len(COLOURS) * rows))
