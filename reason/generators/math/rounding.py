"""Rounding: write a quotient or a product to so many decimals, significant figures or to a power of ten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["Rounding", "RoundingConfig"]

PHRASINGS = (
    "Compute {left} {sign} {right} and round the result to {precision}.",
    "Round {left} {sign} {right} to {precision}.",
    "What is {left} {sign} {right}, rounded to {precision}?",
)
ORDINALS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


@dataclass(frozen=True, kw_only=True)
class RoundingConfig(Config):
    """Knobs of the numbers."""

    digits: int = 4
    """Digits of each number."""
    precision: int = 3
    """Most decimals or significant figures that are asked for."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.digits <= 200, "digits", "2 to 200")
        self.require(1 <= self.precision <= 200, "precision", "1 to 200")


@register
class Rounding(ValueFamily[RoundingConfig]):
    """Round a product or a quotient to decimals, significant figures or a power of ten.

    Halves go away from zero. Effort is the schoolbook work of the multiplication, or of the long division up
    to the digit that decides.
    """

    id = "Rounding-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> RoundingConfig:
        """Take longer numbers and more digits."""
        return RoundingConfig(digits=min(3 + level, 200), precision=min(2 + level // 2, 200))

    def generate(self, rng: Random, config: RoundingConfig) -> Draft:
        """Draw two decimals, and how precise the result must be."""
        left, right = (_draw_decimal(rng, config.digits) for _ in range(2))
        sign = rng.choice("*/")
        value = Fraction(left) * Fraction(right) if sign == "*" else Fraction(left) / Fraction(right)
        exponent = _exponent(value)
        style = rng.choice(("decimals", "figures", "tens"))
        count = rng.randint(1, config.precision)
        if style == "tens":
            place = min(3, max(0, exponent)) if exponent > 0 else 0
            place = rng.randint(0, place)
            precision = {0: "the nearest whole number", 1: "the nearest ten", 2: "the nearest hundred"}.get(
                place, "the nearest thousand"
            )
        elif style == "decimals":
            place = -max(count, 1 - exponent if exponent < 0 else 1)
            precision = f"{_count(-place)} decimal place{'s' if place < -1 else ''}"
        else:
            place = exponent - count + 1
            precision = f"{_count(count)} significant figure{'s' if count > 1 else ''}"
        answer = _round(value, place)
        working = Working()
        columns = max(1, exponent - place + 2)
        work = multiplying(Fraction(left).numerator, Fraction(right).numerator) if sign == "*" else 0.0
        work += columns * len(right) if sign == "/" else columns
        unrounded = _decimal(value, max(0, 2 - place))
        first = working.step(f"{left} {sign} {right} begins with {unrounded}", unrounded, work=work)
        working.step(f"Rounded to {precision} it is {answer}", answer, first)
        return self.draft(
            rng,
            phrasings=[f"{text} (Halves are rounded away from zero.)" for text in PHRASINGS],
            fields={"left": left, "right": right, "sign": sign, "precision": precision},
            truth={"left": left, "right": right, "sign": sign, "place": place},
            answer=answer,
            working=working,
            topic="rounding",
        )

    def solve(self, task: Task) -> str | None:
        """Read the numbers and let the decimal module round."""
        match = re.search(r"([0-9.]+) ([*/]) ([0-9.]+?),? (?:and|to|rounded)", task.text)
        wanted = re.search(r"to (?:the nearest (\w+ ?\w*)|(\w+) (decimal|significant))", task.text)
        if match is None or wanted is None:
            return None
        with localcontext(prec=1_000, rounding=ROUND_HALF_UP):
            left, right = Decimal(match[1]), Decimal(match[3])
            value = left * right if match[2] == "*" else left / right
            if wanted[1]:
                place = ["whole number", "ten", "hundred", "thousand"].index(wanted[1])
            else:
                counts = {name: count for count, name in ORDINALS.items()}
                count = counts.get(wanted[2]) or int(wanted[2])
                place = -count if wanted[3] == "decimal" else value.adjusted() - count + 1
            return f"{value.quantize(Decimal(1).scaleb(place)):f}"

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield the neighbours at the last place, and the value unrounded."""
        truth, value = task.ground_truth, Fraction(task.reference or 0)
        unit = Fraction(10) ** truth["place"]
        places = max(0, -truth["place"])
        yield from (_decimal(value + unit, places), _decimal(value - unit, places))
        yield from (
            _decimal(value + unit / 10, places + 1),
            _decimal(value * 10 + unit, places),
        )
        if value:
            yield f"-{task.reference}"
        yield f"{truth['left']} {truth['sign']} {truth['right']}"


def _draw_decimal(rng: Random, digits: int) -> str:
    number = str(rng.randrange(10 ** (digits - 1), 10**digits))
    point = rng.randint(1, digits)
    return number[:point] + ("." + number[point:] if point < digits else "")


def _count(number: int) -> str:
    return ORDINALS.get(number, str(number))


def _exponent(value: Fraction) -> int:
    """Return the power of ten of the first digit of a positive value."""
    exponent = len(str(value.numerator)) - len(str(value.denominator))
    return exponent - (value < Fraction(10) ** exponent)


def _round(value: Fraction, place: int) -> str:
    unit = Fraction(10) ** place
    return _decimal(int(value / unit + Fraction(1, 2)) * unit, max(0, -place))


def _decimal(value: Fraction, places: int) -> str:
    """Write a value with so many decimals, cutting off the rest."""
    scaled = int(abs(value) * 10**places)
    text = str(scaled).zfill(places + 1)
    sign = "-" if value < 0 and scaled else ""
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)
