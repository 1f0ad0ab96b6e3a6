"""Problems about decimal digits: sums, last digits, trailing zeros, and counts of numbers by their digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["DigitProblems", "DigitProblemsConfig"]

PHRASINGS = {
    "last": (
        "What are the last {count} digits of {base}^{exponent}? Write them without leading zeros.",
        "Find the remainder of {base}^{exponent} on division by 10^{count}.",
    ),
    "zeros": (
        "How many zeros does {number}! (the factorial of {number}) end with?",
        "Find the number of trailing zeros in the decimal expansion of {number}!.",
    ),
    "digit_sum": (
        "What is the sum of the decimal digits of {left} * {right}?",
        "Multiply {left} by {right} and add up the digits of the product. What is the sum?",
    ),
    "with_sum": (
        "How many integers from 0 to {number} have decimal digits that add up to {total}?",
        "Count the integers n with 0 <= n <= {number} whose digit sum is {total}.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class DigitProblemsConfig(Config):
    """Knobs of the numbers."""

    digits: int = 4
    """Digits of the numbers."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.digits <= 200, "digits", "2 to 200")


@register
class DigitProblems(ValueFamily[DigitProblemsConfig]):
    """Answer a question about decimal digits of powers, factorials, products and ranges.

    Trailing zeros of factorials are Legendre's formula; counts by digit sum are made digit by digit. Effort
    is the schoolbook work.
    """

    id = "DigitProblems-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> DigitProblemsConfig:
        """Add a digit a level."""
        return DigitProblemsConfig(digits=min(4 + level, 200))

    def generate(self, rng: Random, config: DigitProblemsConfig) -> Draft:
        """Draw one of four questions."""
        asked = rng.choice(tuple(PHRASINGS))
        low, high = 10 ** (config.digits - 1), 10**config.digits
        working = Working()
        fields: dict[str, int]
        if asked == "last":
            fields = {
                "base": 10 * rng.randrange(1, 10 ** max(1, config.digits // 2)) + rng.randint(1, 9),
                "exponent": rng.randrange(low, high),
                "count": 2 + config.digits // 4,
            }
            answer = _last_digits(fields["base"], fields["exponent"], fields["count"], working)
        elif asked == "zeros":
            fields = {"number": rng.randrange(low, high)}
            answer = _trailing_zeros(fields["number"], working)
        elif asked == "digit_sum":
            fields = {"left": rng.randrange(low, high), "right": rng.randrange(low, high)}
            answer = _product_sum(fields["left"], fields["right"], working)
        else:
            middle = 9 * config.digits // 2
            spread = config.digits
            fields = {
                "number": rng.randrange(low, high),
                "total": rng.randint(middle - spread, middle + spread),
            }
            answer = _count_with_sum(fields["number"], fields["total"], working)
        return self.draft(
            rng,
            phrasings=PHRASINGS[asked],
            fields=fields,
            truth={"asked": asked, **{name: str(value) for name, value in fields.items()}},
            answer=str(answer),
            working=working,
            topic="digits",
        )

    def solve(self, task: Task) -> str | None:
        """Use whole numbers of Python, a sum over powers of five, or a table over digits from the right."""
        numbers = [int(number) for number in re.findall(r"[0-9]+", task.text)]
        if "^" in task.text:
            count, base, exponent = numbers if "last" in task.text else (numbers[3], numbers[0], numbers[1])
            return str(pow(base, exponent, 10**count))
        if "!" in task.text:
            power, zeros = 5, 0
            while power <= numbers[0]:
                zeros += numbers[0] // power
                power *= 5
            return str(zeros)
        if "product" in task.text or " * " in task.text:
            return str(sum(map(int, str(numbers[0] * numbers[1]))))
        return str(_count_by_table(numbers[-2] if numbers[0] == 0 else numbers[0], numbers[-1]))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours."""
        value = int(task.reference or 0)
        yield from (str(value + 1), str(value - 1), str(value * 10 + 1), f"-{value + 1}", f"{value}.5")


def _last_digits(base: int, exponent: int, count: int, working: Working) -> int:
    modulus, value, work = 10**count, 1, 0.0
    for bit in bin(exponent)[2:]:
        work += multiplying(value, value)
        value = value * value % modulus
        if bit == "1":
            work += multiplying(value, base % modulus)
            value = value * base % modulus
    text = f"Squaring and multiplying modulo {modulus}, {base}^{exponent} leaves {value}"
    working.step(text, value, work=work)
    return value


def _trailing_zeros(number: int, working: Working) -> int:
    total, left = 0, number
    after: list[str] = []
    while left >= 5:
        work = multiplying(left, 5) * 4
        left //= 5
        total += left
        after.append(working.step(f"Divide by 5, rounding down: {left}", left, *after[-1:], work=work))
    working.step(f"The quotients add up to {total} factors 5, and there are more factors 2", total, *after)
    return total


def _product_sum(left: int, right: int, working: Working) -> int:
    product = left * right
    first = working.step(f"{left} * {right} = {product}", product, work=multiplying(left, right))
    total = sum(map(int, str(product)))
    working.step(f"Its digits add up to {total}", total, first, work=len(str(product)))
    return total


def _count_with_sum(number: int, total: int, working: Working) -> int:
    """Count by the first digit that is smaller than the bound's; the rest is free."""

    @cache
    def free(places: int, rest: int) -> int:
        if rest < 0 or places == 0:
            return int(rest == 0)
        return sum(free(places - 1, rest - digit) for digit in range(10))

    digits = [int(digit) for digit in str(number)]
    count, used, after = 0, 0, []
    for at, digit in enumerate(digits):
        places = len(digits) - at - 1
        found = sum(free(places, total - used - smaller) for smaller in range(digit))
        count += found
        text = f"{found} numbers agree with the bound on {at} digits and are smaller in the next"
        after.append(working.step(text, found, work=10 * places + digit))
        used += digit
    count += used == total
    working.step(f"Together with the bound itself where it fits: {count}", count, *after)
    return count


def _count_by_table(number: int, total: int) -> int:
    """Count all numbers up to a bound by their digit sum, adding one digit of the bound at a time."""
    below: dict[int, int] = {}
    used = 0
    for digit in map(int, str(number)):
        after: dict[int, int] = {}
        for rest, ways in below.items():
            for d in range(10):
                after[rest + d] = after.get(rest + d, 0) + ways
        for d in range(digit):
            after[used + d] = after.get(used + d, 0) + 1
        below, used = after, used + digit
    return below.get(total, 0) + (used == total)
