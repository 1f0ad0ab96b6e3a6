"""Powers modulo a number by squaring (Knuth, The Art of Computer Programming, volume 2, section 4.6.3)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_squaring(text: str) -> str:
    """Square, and multiply where the exponent has a one."""
    base, exponent, modulus = map(int, text.split())
    result = 1 % modulus
    while exponent:
        if exponent % 2:
            result = result * base % modulus
        base = base * base % modulus
        exponent //= 2
    return str(result)


def by_library(text: str) -> str:
    """Let Python do it."""
    base, exponent, modulus = map(int, text.split())
    return str(pow(base, exponent, modulus))


def by_multiplying(text: str) -> str:
    """Multiply as often as the exponent says."""
    base, exponent, modulus = map(int, text.split())
    result = 1 % modulus
    for _ in range(exponent):
        result = result * base % modulus
    return str(result)


@register
class PowerRemainder(BundledProblem):
    """Find the remainder of a large power."""

    id = "ProblemPowerRemainder-v0"
    statement = """
What is the remainder when a to the power of b is divided by m?

Input
The only line contains three integers a, b and m (2 <= a <= 10^12, 2 <= b <= 10^12, 50 <= m <= 10^12).

Output
One integer: the remainder.
"""
    examples = (("7 10 60\n", "49"),)
    solutions = (by_squaring, by_library)
    brute_force = by_multiplying
