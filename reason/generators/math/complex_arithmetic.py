"""Complex numbers: evaluate expressions over the Gaussian rationals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.gaussian import read_gaussian

__all__ = ["ComplexArithmetic", "ComplexArithmeticConfig"]

PHRASINGS = (
    "Compute\n{expression}\nand write the result as a + bi with exact a and b.",
    "Evaluate the following expression of complex numbers, in the form a + bi:\n{expression}",
    "Let i be the imaginary unit. Write\n{expression}\nin the form a + bi, with exact fractions.",
)
Value = tuple[Fraction, Fraction]


@dataclass(frozen=True, kw_only=True)
class ComplexArithmeticConfig(Config):
    """Knobs of the expression."""

    num_operations: int = 3
    """Operations between numbers."""
    max_part: int = 9
    """Largest real or imaginary part of a number."""
    max_power: int = 1
    """Largest exponent."""

    def __post_init__(self) -> None:
        """Reject what has numbers that are too long."""
        super().__post_init__()
        self.require(1 <= self.num_operations <= 40, "num_operations", "1 to 40")
        self.require(2 <= self.max_part <= 1_000, "max_part", "2 to 1000")
        self.require(1 <= self.max_power <= 12, "max_power", "1 to 12")


@register
class ComplexArithmetic(ValueFamily[ComplexArithmeticConfig]):
    """Add, multiply, divide and raise complex numbers with whole parts; the result is exact.

    Effort is the schoolbook work of the operations on real and imaginary parts.
    """

    id = "ComplexArithmetic-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> ComplexArithmeticConfig:
        """Add an operation a level; powers and larger parts come later."""
        return ComplexArithmeticConfig(
            num_operations=min(1 + level, 40),
            max_part=min(15 + 2 * level, 1_000),
            max_power=min(1 + level // 3, 4),
        )

    def generate(self, rng: Random, config: ComplexArithmeticConfig) -> Draft:
        """Apply operations from left to right, each to the value so far in parentheses."""
        working = Working()
        text, value, after = _draw_number(rng, config, working)
        for at in range(config.num_operations):
            operator = rng.choice("+-**/")
            other_text, other, name = _draw_number(rng, config, working)
            if operator == "/" and not any(other):
                operator = "*"
            result, work = _apply(operator, value, other)
            shown = f"({_write(value)}) {operator} ({_write(other)}) = {_write(result)}"
            after = [working.step(shown, _write(result), *after, *name, work=work)]
            text = (
                f"[{text}] {operator} {other_text}"
                if at and operator in "*/"
                else f"{text} {operator} {other_text}"
            )
            value = result
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"expression": text},
            truth={"expression": text},
            answer=_write(value),
            working=working,
            topic="complex numbers",
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Read both parts, and compare them."""
        found = read_gaussian(answer)
        if isinstance(found, str):
            return Verdict.wrong(found, status=Status.PARSE_ERROR)
        if found != read_gaussian(task.ground_truth["answer"]):
            return Verdict.wrong("another number")
        return Verdict.right()

    def solve(self, task: Task) -> str | None:
        """Compute with 2x2 matrices [[a, -b], [b, a]] by sympy, from the text."""
        import ast

        import sympy

        line = next(line for line in task.text.splitlines() if re.match(r"[\[(]", line))
        code = re.sub(r"([0-9])i", r"\1*i", line).replace("[", "(").replace("]", ")").replace("^", "**")
        unit = sympy.Matrix([[0, -1], [1, 0]])

        def compute(node: ast.expr) -> sympy.Matrix:
            match node:
                case ast.Name():
                    return unit
                case ast.Constant(value=number):
                    return sympy.eye(2) * number
                case ast.UnaryOp(operand=operand):
                    return -compute(operand)
                case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=exponent)):
                    return compute(left) ** exponent
                case ast.BinOp(left=left, op=operator, right=right):
                    one, other = compute(left), compute(right)
                    if isinstance(operator, ast.Add):
                        return one + other
                    if isinstance(operator, ast.Sub):
                        return one - other
                    return one * other if isinstance(operator, ast.Mult) else one * other.inv()
            raise ValueError(f"expression must hold operations only, got {ast.dump(node)!r:.80}")

        matrix = compute(ast.parse(code, mode="eval").body)
        return _write((Fraction(str(matrix[0, 0])), Fraction(str(matrix[1, 0]))))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield the conjugate, parts swapped and parts off by one."""
        value = read_gaussian(task.reference or "0")
        if isinstance(value, str):
            return
        a, b = value
        yield from (_write((a + 1, b)), _write((a, b + 1)), _write((a - 1, b - 1)))
        if b:
            yield from (_write((a, -b)), str(a) if a else "1")
        if a != b:
            yield _write((b, a))
        yield task.ground_truth["expression"]

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the parts in the other order, and LaTeX."""
        yield from super().equivalents(task)
        value = read_gaussian(task.reference or "0")
        if isinstance(value, str):
            return
        a, b = value
        yield f"({b})i + ({a})"
        over = [
            f"{'-' if part < 0 else ''}\\frac{{{abs(part.numerator)}}}{{{part.denominator}}}"
            for part in (a, b)
        ]
        yield f"{over[0]} {'' if b < 0 else '+ '}{over[1]}i"


def _draw_number(
    rng: Random, config: ComplexArithmeticConfig, working: Working
) -> tuple[str, Value, list[str]]:
    size = config.max_part
    a, b = rng.randint(-size, size), rng.choice((1, -1)) * rng.randint(1, size)
    value: Value = (Fraction(a), Fraction(b))
    text = f"({_write(value)})"
    exponent = rng.randint(1, config.max_power)
    if exponent == 1 or rng.random() < 0.5:
        return text, value, []
    power, work = value, 0.0
    for _ in range(exponent - 1):
        power, more = _apply("*", power, value)
        work += more
    name = working.step(f"{text}^{exponent} = {_write(power)}", _write(power), work=work)
    return f"{text}^{exponent}", power, [name]


def _apply(operator: str, left: Value, right: Value) -> tuple[Value, float]:
    (a, b), (c, d) = left, right
    if operator in "+-":
        sign = 1 if operator == "+" else -1
        return (a + sign * c, b + sign * d), adding(a, c) + adding(b, d)
    work = multiplying(a, c) + multiplying(a, d) + multiplying(b, c) + multiplying(b, d)
    if operator == "*":
        return (a * c - b * d, a * d + b * c), work + adding(a * c, b * d) + adding(a * d, b * c)
    norm = c * c + d * d
    result = ((a * c + b * d) / norm, (b * c - a * d) / norm)
    return result, 2 * work + multiplying(result[0], norm) + multiplying(result[1], norm)


def _write(value: Value) -> str:
    a, b = value
    if not b:
        return str(a)
    size = abs(b)
    part = "i" if size == 1 else f"{size}i" if size.denominator == 1 else f"({size})i"
    if not a:
        return f"-{part}" if b < 0 else part
    return f"{a} {'-' if b < 0 else '+'} {part}"
