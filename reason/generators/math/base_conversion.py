"""Numbers in other bases: convert an integer between two bases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.worked import Working, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.numerals import check_numeral, write_numeral

__all__ = ["BaseConversion", "BaseConversionConfig"]

PHRASINGS = (
    "Convert the number {numeral} from base {source} to base {target}.",
    "{numeral} is written in base {source}. Write the same number in base {target}.",
    "What is the base-{source} number {numeral} in base {target}?",
)


@dataclass(frozen=True, kw_only=True)
class BaseConversionConfig(Config):
    """Knobs of the number."""

    bits: int = 16
    """Binary digits of the number."""
    max_base: int = 16
    """Largest base; digits above 9 are the letters from A."""
    through_ten: bool = False
    """Whether one of the two bases is always ten."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(4 <= self.bits <= 4_000, "bits", "4 to 4000")
        self.require(3 <= self.max_base <= 36, "max_base", "3 to 36")


@register
class BaseConversion(Family[BaseConversionConfig]):
    """Write a whole number of one base in another base, from 2 to 36.

    Effort is the schoolbook work of reading the digits by Horner's rule and of dividing by the new base.
    """

    id = "BaseConversion-v0"
    domain = "math"

    def at_level(self, level: int) -> BaseConversionConfig:
        """Take longer numbers and more bases."""
        return BaseConversionConfig(
            bits=min(12 + 6 * level, 4_000), max_base=min(10 + 3 * level, 36), through_ten=level < 3
        )

    def generate(self, rng: Random, config: BaseConversionConfig) -> Draft:
        """Draw a number and two bases."""
        number = rng.randrange(1 << (config.bits - 1), 1 << config.bits)
        bases = [base for base in range(2, config.max_base + 1) if base != 10]
        source, target = rng.sample(bases, 2)
        if config.through_ten or rng.random() < 0.3:
            source, target = (source, 10) if rng.random() < 0.5 else (10, target)
        numeral, answer = write_numeral(number, source), write_numeral(number, target)
        question = rng.choice(PHRASINGS).format(numeral=numeral, source=source, target=target)
        letters = " Digits above 9 are the letters A, B, C and so on." if max(source, target) > 10 else ""
        working = _work_out(numeral, number, source, target)
        return Draft(
            prompt=f"{question}{letters} Answer with the digits alone.\n{ANSWER_INSTRUCTION}",
            ground_truth={"number": str(number), "source": source, "target": target},
            reference=answer,
            effort=working.work,
            canonical=[str(number), source, target],
            trace=tuple(working.steps),
            metadata={"topic": "bases"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Read the numeral in the new base."""
        truth = task.ground_truth
        return check_numeral(answer, int(truth["number"]), truth["target"])

    def solve(self, task: Task) -> str | None:
        """Read by Python's ``int``, and divide by the largest powers first."""
        numeral = re.findall(r"\b[0-9A-Z]{3,}\b", task.text)
        source, target = map(int, re.findall(r"base[- ]([0-9]+)", task.text))
        number = next(int(each, source) for each in numeral if _is_numeral(each, source))
        power, digits = 1, ""
        while power * target <= number:
            power *= target
        while power:
            digit, number = divmod(number, power)
            digits += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit]
            power //= target
        return digits

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours, the digits reversed, and the number in other bases."""
        truth, reference = task.ground_truth, task.reference or ""
        number, target = int(truth["number"]), truth["target"]
        for other in (number + 1, number - 1, number * target, number + target, number // target):
            yield write_numeral(other, target)
        for base in {truth["source"], 10, 2} - {target}:
            if write_numeral(number, base) != reference:
                yield write_numeral(number, base)
        if reference[::-1] != reference:
            yield reference[::-1]
        yield from (f"-{reference}", f"{reference} or 1", f"{reference}.5", f"{reference}_{target + 1}")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield small letters, spaces, and the base as an index."""
        reference, target = task.reference or "", task.ground_truth["target"]
        yield from (f" {reference} ", reference.lower(), f"${reference}$", f"{reference}_{{{target}}}")
        yield from (f"{reference}_{target}", f"0{reference}")
        if target in (2, 8, 16):
            yield {2: "0b", 8: "0o", 16: "0x"}[target] + reference

    def chance(self, config: BaseConversionConfig) -> float:
        """One in all numbers of that size."""
        return 1 / (1 << (config.bits - 1))


def _is_numeral(text: str, base: int) -> bool:
    try:
        int(text, base)
    except ValueError:
        return False
    return any(character.isdigit() for character in text) or text.isupper()


def _work_out(numeral: str, number: int, source: int, target: int) -> Working:
    working, after = Working(), []
    if source != 10:
        value, work = 0, 0.0
        for character in numeral:
            work += multiplying(value, source)
            value = value * source + int(character, source)
        text = f"{numeral} in base {source} is {value} in base ten (multiply by {source}, add the next digit)"
        after = [working.step(text, value, work=work)]
    left = number
    while target != 10 and left:
        quotient, digit = divmod(left, target)
        shown = write_numeral(digit, target)
        text = f"{left} = {target} * {quotient} + {digit}, digit {shown}"
        after = [working.step(text, shown, *after, work=multiplying(left, target))]
        left = quotient
    working.step("The digits, the last one first, make the number", write_numeral(number, target), *after)
    return working
