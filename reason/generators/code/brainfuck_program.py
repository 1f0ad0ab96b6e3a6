"""Brainfuck: what does a program of eight symbols print?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.code.running import printed_by
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["BrainfuckProgram", "BrainfuckProgramConfig", "run_brainfuck"]

PHRASINGS = (
    "What does this Brainfuck program print?",
    "Run this Brainfuck program by hand and give what it prints.",
)
RULES = (
    "Cells hold 0 to 255 and begin at 0; > and < move to the next and the previous cell, + and - change the "
    "cell by 1, [ and ] repeat what stands between them while the cell is not 0, and . prints the character "
    "with the cell's ASCII code."
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_CHARS = 400


@dataclass(frozen=True, kw_only=True)
class BrainfuckProgramConfig(Config):
    """Knobs of the text that is printed and of how."""

    letters: int = 4
    """Letters printed."""
    nested: bool = False
    """Whether letters are made by loops in loops."""

    def __post_init__(self) -> None:
        """Reject texts of no use."""
        super().__post_init__()
        self.require(2 <= self.letters <= 100, "letters", "2 to 100")


@register
class BrainfuckProgram(Family[BrainfuckProgramConfig]):
    """Say what a Brainfuck program prints (Müller 1993).

    Effort is the number of symbols that are run.
    """

    id = "BrainfuckProgram-v0"
    domain = "code"
    max_level = 24

    def at_level(self, level: int) -> BrainfuckProgramConfig:
        """Print more letters; from level 3, made by loops in loops."""
        return BrainfuckProgramConfig(letters=4 + 2 * level, nested=level >= 3)

    def generate(self, rng: Random, config: BrainfuckProgramConfig) -> Draft:
        """Draw a text and write a program for it: by factors, by steps from the last letter, or nested."""
        text = "".join(rng.choice(LETTERS) for _ in range(config.letters))
        program, cell = "", 0
        for place, letter in enumerate(text):
            code = ord(letter)
            if place and abs(code - cell) <= 8 and rng.random() < 0.7:
                program += ("+" if code > cell else "-") * abs(code - cell) + "."
            elif config.nested and rng.random() < 0.5:
                program += ">" * (place > 0) + _nested(rng, code)
            else:
                program += ">" * (place > 0) + _factors(rng, code)
            cell = code
        printed, steps = run_brainfuck(program)
        if printed != text:
            raise RuntimeError(f"the program for {text!r} prints {printed!r}")
        return Draft(
            prompt=f"{rng.choice(PHRASINGS)} {RULES}\n```\n{program}\n```\nIt prints capital letters only. "
            f"Answer with them, without spaces.\n{ANSWER_INSTRUCTION}",
            ground_truth={"text": text},
            reference=text,
            effort=float(steps),
            canonical=program,
            metadata={"topic": "machines"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the letters; quotes around them do not count."""
        if len(answer) > MAX_CHARS:
            return Verdict.wrong(f"an answer has at most {MAX_CHARS} characters", status=Status.PARSE_ERROR)
        text = plain(answer)
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            text = text[1:-1]
        if not re.fullmatch("[A-Z]+", text):
            return Verdict.wrong("it must be capital letters alone", status=Status.PARSE_ERROR)
        return Verdict.right() if text == task.ground_truth["text"] else Verdict.wrong("another text")

    def solve(self, task: Task) -> str | None:
        """Compile it to Python, and let the sandbox run that."""
        program = task.text.split("```")[1].strip()
        lines, depth = ["import sys", "cells, at = [0] * 1000, 0"], 0
        code = {
            ">": "at += 1",
            "<": "at -= 1",
            "+": "cells[at] = (cells[at] + 1) % 256",
            "-": "cells[at] = (cells[at] - 1) % 256",
            ".": "sys.stdout.write(chr(cells[at]))",
            "[": "while cells[at]:",
        }
        for symbol in program:
            if symbol == "]":
                depth -= 1
                continue
            lines.append("    " * depth + code[symbol])
            depth += symbol == "["
        return printed_by("\n".join(lines))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield texts with one letter changed, lost, doubled or moved."""
        text = task.reference or ""
        yield from (text[:-1], text[1:], text + text[-1], text.lower())
        yield text[:-1] + LETTERS[(LETTERS.index(text[-1]) + 1) % 26]
        yield LETTERS[(LETTERS.index(text[0]) - 1) % 26] + text[1:]
        if text[::-1] != text:
            yield text[::-1]

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the text in quotes and with spaces around it."""
        return (f'"{task.reference}"', f"'{task.reference}'", f" {task.reference} ", f"`{task.reference}`")


def run_brainfuck(program: str, max_steps: int = 100_000) -> tuple[str, int]:
    """Return what a program prints, and how many symbols were run.

    Raises:
        ValueError: its brackets do not match, it leaves the tape, or it takes too many steps.
    """
    partner: dict[int, int] = {}
    opened: list[int] = []
    for place, symbol in enumerate(program):
        if symbol == "[":
            opened.append(place)
        elif symbol == "]":
            if not opened:
                raise ValueError("a ] without [")
            partner[place] = opened[-1]
            partner[opened.pop()] = place
    if opened:
        raise ValueError("a [ without ]")
    cells, at, place, steps, printed = [0], 0, 0, 0, []
    while place < len(program):
        symbol = program[place]
        steps += 1
        if steps > max_steps:
            raise ValueError("too many steps")
        if symbol in "><":
            at += 1 if symbol == ">" else -1
            if at < 0:
                raise ValueError("it leaves the tape")
            if at == len(cells):
                cells.append(0)
        elif symbol in "+-":
            cells[at] = (cells[at] + (1 if symbol == "+" else -1)) % 256
        elif symbol == ".":
            printed.append(chr(cells[at]))
        elif (symbol == "[" and not cells[at]) or (symbol == "]" and cells[at]):
            place = partner[place]
        place += 1
    return "".join(printed), steps


def _factors(rng: Random, code: int) -> str:
    """Write a program that sets the next cell, over the present one as a counter."""
    times = rng.randint(5, 10)
    each, rest = divmod(code, times)
    return f"{'+' * times}[>{'+' * each}<-]>{'+' * rest}."


def _nested(rng: Random, code: int) -> str:
    outer, inner = rng.randint(2, 4), rng.randint(2, 4)
    each, rest = divmod(code, outer * inner)
    return f"{'+' * outer}[>{'+' * inner}[>{'+' * each}<-]<-]>>{'+' * rest}."
