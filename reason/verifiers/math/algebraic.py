r"""Exact zero tests: an algebraic number that is smaller than its bound is zero.

Values at a point are evaluated numerically beside bounds on the absolute values of all conjugates of a
numerator and a denominator that are algebraic integers. If the degree is at most D, a number that is not
zero is at least :math:`(u^{D-1} l)^{-1}` (Burnikel, Funke, Mehlhorn, Schirra, Schmitt: A separation bound for
real algebraic expressions, Algorithmica 2009). What is transcendental (pi, logarithms, exponentials and
trigonometric functions of variables) is rewritten into independent unknowns, each given a random value: an
identity that holds for them holds.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping
from fractions import Fraction

from reason.verifiers.math.bounded import MAX_PRECISION, Arithmetic, Unproven, Value
from reason.verifiers.math.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    factorize,
    frozen,
    key,
    polynomial,
    without_common_powers,
    without_logarithm,
)
from reason.verifiers.math.rational import rational
from reason.verifiers.math.tree import (
    Call,
    Constant,
    Expression,
    Group,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
)

__all__ = ["Dependent", "Unproven", "is_zero"]

_ROUNDS = 2
"""Exponents of transcendental unknowns whose denominators divide this stay rational."""


class Dependent(ValueError):
    """Not zero for independent values of what is transcendental: if equal, by a law not known here."""


class _Point(Arithmetic):
    """Evaluates at one point, to one precision."""

    def __init__(
        self, point: Mapping[str, Fraction], seed: str, precision: int, *, rough: bool = False
    ) -> None:
        super().__init__(precision, rough=rough, real=bool(point))
        self.point = point
        self.seed = seed
        self.largest = 0.0
        self.claims: list[Value] = []
        """Values that must be zero too, for the whole to be proved."""
        self.unknowns: set[Hashable] = set()

    def __call__(self, node: Expression) -> Value:
        value = self._value(node)
        self.largest = max(self.largest, value.above + value.below)
        if self.largest > MAX_PRECISION:
            raise Unproven("the bound is too large")
        return value

    def _value(self, node: Expression) -> Value:
        exact = rational(node, self.point)
        if exact is not None:
            return self.rational(exact)
        match node:
            case Constant(name="i"):
                self.degrees["i"] = 2
                return Value(self.mp.j, 0, 0)
            case Constant(name="e"):
                return self._exp({ONE: Fraction(1)}, "e")
            case Constant(name="pi"):
                return self._unknown("pi")
            case Sum(terms=terms):
                return self.sum([self(term) for term in terms])
            case Product(factors=factors):
                return self.product([self(factor) for factor in factors])
            case Root(index=index, radicand=radicand):
                return self.root(self(radicand), index, node)
            case Power(base=base, exponent=exponent):
                return self._power(base, exponent, node)
            case Group(items=(single,)):
                return self(single)
            case Call(name=name, arguments=arguments):
                return self._call(name, arguments, node)
        raise Unproven(type(node).__name__)

    def _unknown(self, label: Hashable, power: int = 1) -> Value:
        self.unknowns.add(label)
        chance = random.Random(f"{self.seed}{label!r}")
        value = Fraction(chance.randrange(3, 500))
        shown = self.rational(value**power)
        return Value(shown.number, shown.above, shown.below, free=True)

    def _power(self, base: Expression, exponent: Expression, node: Expression) -> Value:
        number = rational(exponent, self.point)
        constant = rational(exponent, {})
        if constant is not None or (number is not None and number.denominator == 1 and abs(number) <= 60):
            power = constant if constant is not None else number
            if power is None or abs(power.numerator) > 5_000 or power.denominator > 100:
                raise Unproven("a large exponent")
            if base == Constant("e"):
                return self._exp({ONE: power}, "e")
            shown = self(base)
            if power.denominator > 1:
                shown = self.root(shown, power.denominator, base)
            return self.whole_power(shown, int(power.numerator))
        if (plain := without_logarithm(base, exponent)) is not None:
            return self(plain)
        if isinstance(base, Product) or (isinstance(base, Call) and base.name == "fraction"):
            return self._split_power(base, exponent)
        value = rational(base, {})
        expanded = polynomial(exponent)
        if base == Constant("e"):
            return self._exp(expanded, "e")
        if value is None:
            return self._exp(expanded, key(base))
        if value <= 0:
            raise Unproven("a power of a negative number")
        factors = [(prime, count) for prime, count in factorize(value.numerator)]
        factors += [(prime, -count) for prime, count in factorize(value.denominator)]
        scaled = [({m: c * count for m, c in expanded.items()}, prime) for prime, count in factors]
        return self.product([self._exp(scaled_exponent, prime) for scaled_exponent, prime in scaled])

    def _split_power(self, base: Expression, exponent: Expression) -> Value:
        if isinstance(base, Product):
            return self.product([self(Power(factor, exponent)) for factor in base.factors])
        above, below = base.arguments  # type: ignore[union-attr]
        return self.product([self(Power(above, exponent)), self.inverse(self(Power(below, exponent)))])

    def _exp(self, exponent: Polynomial, label: Hashable) -> Value:
        """Evaluate ``label ** exponent``: one unknown for each monomial of the exponent."""
        parts = []
        for monomial, coefficient in exponent.items():
            atoms = dict(monomial)
            imaginary = atoms.pop(("c", "i"), Fraction(0))
            if imaginary not in (0, 1) or (imaginary and label != "e"):
                raise Unproven("a complex exponent")
            rest = tuple(sorted(atoms.items(), key=repr))
            if imaginary:
                parts.append(self._turn(rest, coefficient))
            elif monomial == ONE and isinstance(label, int):
                value = self.rational(Fraction(label))
                if coefficient.denominator > 1:
                    value = self.root(value, coefficient.denominator, label)
                parts.append(self.whole_power(value, coefficient.numerator))
            elif monomial == ONE and label != "e":
                raise Unproven("a power")
            else:
                parts.append(self._unknown_power(("pow", label, rest), coefficient))
        return self.product(parts)

    def _unknown_power(self, label: Hashable, exponent: Fraction) -> Value:
        if abs(exponent) > 50 or exponent.denominator > 60:
            raise Unproven("a large exponent")
        rounds = exponent * _ROUNDS
        if rounds.denominator == 1:
            return self._unknown(label, int(rounds))
        value = self.root(self._unknown(label, _ROUNDS), exponent.denominator, label)
        return self.whole_power(value, exponent.numerator)

    def _turn(self, monomial: Monomial, coefficient: Fraction) -> Value:
        """Evaluate ``exp(i * coefficient * monomial)``: a root of unity for a multiple of pi."""
        if monomial == ((("c", "pi"), Fraction(1)),):
            if coefficient.denominator > 720:
                raise Unproven("a root of unity of a large order")
            self.degrees["unity", coefficient.denominator] = 2 * coefficient.denominator
            return Value(self.mp.expjpi(self.mp.mpf(coefficient.numerator) / coefficient.denominator), 0, 0)
        return self._unknown_power(("turn", monomial), coefficient)

    def _call(self, name: str, arguments: tuple[Expression, ...], node: Expression) -> Value:
        first = arguments[0] if arguments else Number(Fraction(0))
        match name, len(arguments):
            case "fraction", 2:
                return self.product([self(first), self.inverse(self(arguments[1]))])
            case "percent", 1:
                return self(Product((first, Number(Fraction(1, 100)))))
            case "degree", 1:
                return self(Product((first, Constant("pi"), Number(Fraction(1, 180)))))
            case "exp", 1:
                return self._exp(polynomial(first), "e")
            case "ln", 1:
                return self._ln(first)
            case (("log" | "lg" | "lb"), _):
                base = arguments[1] if len(arguments) > 1 else Number(Fraction(2 if name == "lb" else 10))
                return self.product([self._ln(first), self.inverse(self._ln(base))])
            case "abs", 1:
                value = self(first)
                number = value.number
                if value.free or abs(self.mp.im(number)) > self.mp.mpf(2) ** (-self.mp.prec // 4):
                    return self._unknown(key(node))
                return self.product([value, self.rational(Fraction(1 if self.mp.re(number) >= 0 else -1))])
        if name in ("factorial", "binomial") and self.point:
            raise Unproven(name)
        if name in _ARCS and len(arguments) == 1 and (turns := self._arc(name, first)) is not None:
            return self(Product((Number(turns), Constant("pi"))))
        if name in _CIRCULAR and len(arguments) == 1:
            return self._circular(name, polynomial(first))
        return self._unknown(key(node))

    def _circular(self, name: str, angle: Polynomial) -> Value:
        """Evaluate a trigonometric or hyperbolic function by exponentials."""
        imaginary = ("c", "i")
        if "h" not in name:
            angle = {tuple(sorted([*m, (imaginary, Fraction(1))], key=repr)): c for m, c in angle.items()}
            if any(dict(monomial).get(imaginary) != 1 for monomial in angle):
                raise Unproven("a complex angle")
        up = self._exp(angle, "e")
        down = self._exp({monomial: -coefficient for monomial, coefficient in angle.items()}, "e")
        minus = self.negative(down)
        half = self.rational(Fraction(1, 2))
        even, odd = (
            self.product([self.sum([up, down]), half]),
            self.product([self.sum([up, minus]), half]),
        )
        if "h" not in name:
            odd = self.product([odd, self.inverse(self(Constant("i")))])
        match name.removesuffix("h"):
            case "sin":
                return odd
            case "cos":
                return even
            case "tan":
                return self.product([odd, self.inverse(even)])
            case "cot":
                return self.product([even, self.inverse(odd)])
            case "sec":
                return self.inverse(even)
        return self.inverse(odd)

    def _arc(self, name: str, argument: Expression) -> Fraction | None:
        """Return the multiple of pi that an inverse function is, where it is a simple one."""
        mp = self.mp
        value = self(argument)
        if value.free or mp.im(value.number) != 0:
            return None
        ratio = getattr(mp, "a" + name.removeprefix("arc"))(mp.re(value.number)) / mp.pi
        if mp.im(ratio) != 0:
            return None
        for denominator in (24, 60):
            turns = Fraction(int(mp.nint(ratio * denominator)), denominator)
            if abs(ratio - mp.mpf(turns.numerator) / turns.denominator) < mp.mpf(2) ** -60:
                angle = Product((Number(turns), Constant("pi")))
                proof = self.sum([self(Call(name.removeprefix("arc"), (angle,))), self.negative(value)])
                self.claims.append(proof)
                return turns
        return None

    def _ln(self, node: Expression) -> Value:
        """Evaluate a logarithm: of products as sums, of primes and what else remains as unknowns."""
        value = rational(node, {})
        if value is not None:
            if value <= 0:
                raise Unproven("a logarithm of a negative number")
            parts = [(p, c) for p, c in factorize(value.numerator)]
            parts += [(p, -c) for p, c in factorize(value.denominator)]
            logs = [self.product([self._unknown(("ln", p)), self.rational(Fraction(c))]) for p, c in parts]
            return self.sum([self.rational(Fraction(0)), *logs])
        match node:
            case Group(items=(single,)):
                return self._ln(single)
            case Product(factors=factors) if rational(factors[0], {}) != -1:
                return self.sum([self._ln(factor) for factor in factors])
            case Call(name="fraction", arguments=(above, below)):
                return self.sum(
                    [self._ln(above), self(Product((Number(Fraction(-1)), Call("ln", (below,)))))]
                )
            case Power(base=base, exponent=exponent):
                return self(exponent) if base == Constant("e") else self._scaled_ln(base, exponent)
            case Root(index=index, radicand=radicand):
                return self._scaled_ln(radicand, Number(Fraction(1, index)))
            case Constant(name="e"):
                return self.rational(Fraction(1))
            case Symbol(name=name):
                return self._unknown(("ln", name))
        expanded = polynomial(node)
        powers, expanded = without_common_powers(expanded)
        if powers:
            logs = [
                self.product([self._unknown(("ln", name)), self.rational(p)]) for name, p in powers.items()
            ]
            rest = expanded.get(ONE) if len(expanded) == 1 else None
            return self.sum([*logs, self._ln(Number(rest)) if rest else self._ln_of_sum(expanded)])
        return self._ln_of_sum(expanded)

    def _ln_of_sum(self, expanded: Polynomial) -> Value:
        content = sorted(expanded.items(), key=repr)[0][1] if expanded else Fraction(0)
        if content <= 0 or len(expanded) == 1:
            return self._unknown(("ln", frozen(expanded)))
        primitive = frozen({monomial: value / content for monomial, value in expanded.items()})
        return self.sum([self._ln(Number(content)), self._unknown(("ln", primitive))])

    def _scaled_ln(self, base: Expression, exponent: Expression) -> Value:
        return self.product([self(exponent), self._ln(base)])


_TRANSCENDENTAL = frozenset(("pi",))  # alone it has no algebraic relation
_ARCS = frozenset(("arcsin", "arccos", "arctan"))
_CIRCULAR = frozenset(
    ["sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"]
)


def is_zero(node: Expression, point: Mapping[str, Fraction], seed: str) -> bool:
    """Decide whether a scalar is zero at a point, with random values for what is transcendental.

    Args:
        node: A scalar.
        point: Values of the variables.
        seed: Of the random values.

    Raises:
        Unproven: it cannot be decided, or the point is outside the real domain.
        Dependent: it is not zero for independent values of what is transcendental.
        TooLarge: a number is out of bounds.
    """
    rough = _Point(point, seed, 192, rough=True)
    value = rough(node)
    degree = 1.0
    for each in rough.degrees.values():
        degree *= each
    bits = max((degree - 1) * each.above + each.below for each in (value, *rough.claims)) + 16
    precision = bits + 2 * rough.largest + 64
    if precision > MAX_PRECISION:
        raise Unproven("the bound is too large")
    fine = _Point(point, seed, int(precision))
    tiny = fine.mp.mpf(2) ** int(-bits)
    value = fine(node)
    if any(abs(claim.number) >= tiny for claim in fine.claims):
        raise Unproven("an inverse function that is no simple multiple of pi")
    zero = bool(abs(value.number) < tiny)
    if value.free and not zero and not fine.unknowns <= _TRANSCENDENTAL:
        raise Dependent("what is transcendental may depend on each other")
    return zero
