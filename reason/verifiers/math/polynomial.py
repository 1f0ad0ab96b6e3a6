"""Canonical sums of monomials with rational coefficients: most equal answers have the same one."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

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
    children,
)

__all__ = [
    "Monomial",
    "Polynomial",
    "TooLarge",
    "factorize",
    "key",
    "polynomial",
    "without_common_powers",
    "without_logarithm",
]

Monomial = tuple[tuple[Hashable, Fraction], ...]
"""Atoms and their exponents, sorted."""
Polynomial = dict[Monomial, Fraction]

MAX_TERMS = 1_000
MAX_BITS = 400_000
ONE: Monomial = ()


class TooLarge(ValueError):
    """The value is too large to be computed."""


def guard(value: Fraction) -> Fraction:
    """Return a number, unless it has too many digits."""
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise TooLarge("too many digits")
    return value


def power(base: Fraction, exponent: int) -> Fraction:
    """Raise a rational number, unless the result has too many digits."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits > 1 and abs(exponent) * bits > MAX_BITS:
        raise TooLarge("a power that is too large")
    return base**exponent if bits > 1 else base ** (exponent % 2 if base == -1 else exponent)


def factorize(number: int) -> list[tuple[int, int]]:
    """Return primes below 10,000 and their exponents, and what is left of a number as if it were prime."""
    found = []
    prime = 2
    while prime * prime <= number and prime < 10_000:
        count = 0
        while number % prime == 0:
            number //= prime
            count += 1
        if count:
            found.append((prime, count))
        prime += 1 if prime == 2 else 2
    return [*found, (number, 1)] if number > 1 else found


def polynomial(node: Expression) -> Polynomial:
    """Expand a scalar into its canonical sum; what cannot be expanded becomes an atom.

    Raises:
        TooLarge: it has too many terms or digits.
    """
    match node:
        case Number(value=value):
            return {ONE: value} if value else {}
        case Symbol(name=name):
            return {((("v", name), Fraction(1)),): Fraction(1)}
        case Constant(name=name):
            return {((("c", name), Fraction(1)),): Fraction(1)}
        case Sum(terms=terms):
            total: Polynomial = {}
            for term in terms:
                _accumulate(total, polynomial(term))
            return total
        case Product(factors=factors):
            product: Polynomial = {ONE: Fraction(1)}
            for factor in factors:
                product = _multiply(product, polynomial(factor))
            return product
        case Power(base=base, exponent=exponent):
            return _power(polynomial(base), polynomial(exponent), base)
        case Root(index=index, radicand=radicand):
            return _power(polynomial(radicand), {ONE: Fraction(1, index)}, radicand)
        case Call(name="fraction", arguments=(above, below)):
            return _multiply(polynomial(above), _power(polynomial(below), {ONE: Fraction(-1)}, below))
        case Call(name="percent", arguments=(below,)):
            return _multiply(polynomial(below), {ONE: Fraction(1, 100)})
        case Call(name="degree", arguments=(below,)):
            return _multiply(polynomial(below), {((("c", "pi"), Fraction(1)),): Fraction(1, 180)})
        case Call(name="exp", arguments=(below,)):
            return _power(polynomial(Constant("e")), polynomial(below), Constant("e"))
        case Group(items=(single,)):
            return polynomial(single)
    return _atom(_opaque(node))


def key(node: Expression) -> Hashable:
    """Return what equal scalars share, if their canonical sums do."""
    return frozen(polynomial(node))


def frozen(value: Polynomial) -> Hashable:
    """Return a canonical sum as something hashable and ordered."""
    return tuple(sorted(value.items(), key=repr))


def _opaque(node: Expression) -> Hashable:
    name = getattr(node, "name", "") or getattr(node, "fence", "")
    keys = tuple(key(below) for below in children(node))
    if name in ("gcd", "lcm", "max", "min"):
        keys = tuple(sorted(keys, key=repr))
    return ("f", type(node).__name__, name, keys or repr(node))


def _atom(atom: Hashable, exponent: Fraction = Fraction(1)) -> Polynomial:
    return {((atom, exponent),): Fraction(1)}


def _accumulate(total: Polynomial, more: Polynomial) -> None:
    for monomial, coefficient in more.items():
        value = guard(total.get(monomial, Fraction(0)) + coefficient)
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    if len(total) > MAX_TERMS:
        raise TooLarge("too many terms")


def _multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > 4 * MAX_TERMS:
        raise TooLarge("too many terms")
    product: Polynomial = {}
    for one, first in left.items():
        for other, second in right.items():
            extra: list[Polynomial] = []
            coefficient = guard(first * second)
            exponents = dict(one)
            for atom, exponent in other:
                exponents[atom] = exponents.get(atom, Fraction(0)) + exponent
            coefficient, monomial = _reduce(coefficient, exponents, extra)
            piece: Polynomial = {monomial: coefficient}
            for more in extra:
                piece = _multiply(piece, more)
            _accumulate(product, piece)
    return product


def _reduce(
    coefficient: Fraction, exponents: dict[Hashable, Fraction], extra: list[Polynomial]
) -> tuple[Fraction, Monomial]:
    """Apply ``i**2 = -1`` and ``sqrt(p)**2 = p``, and expand sums whose exponent became whole."""
    kept: dict[Hashable, Fraction] = {}
    for atom, exponent in exponents.items():
        if not exponent:
            continue
        if atom == ("c", "i") and exponent.denominator == 1:
            turns = int(exponent) % 4
            coefficient *= -1 if turns >= 2 else 1
            exponent = Fraction(turns % 2)
        elif isinstance(atom, int):
            whole = exponent.numerator // exponent.denominator
            coefficient *= power(Fraction(atom), whole)
            exponent -= whole
        elif isinstance(atom, tuple) and atom[0] == "p" and exponent.denominator == 1 and 0 < exponent <= 4:
            base = dict(atom[1])
            for _ in range(int(exponent)):
                extra.append(base)
            continue
        if exponent:
            kept[atom] = exponent
    return coefficient, tuple(sorted(kept.items(), key=repr))


def _power(base: Polynomial, exponent: Polynomial, node: Expression) -> Polynomial:
    if set(exponent) - {ONE}:
        return _symbolic_power(base, exponent)
    number = exponent.get(ONE, Fraction(0))
    if not number:
        return {ONE: Fraction(1)}
    if not base:
        if number < 0:
            raise ZeroDivisionError
        return {}
    if len(base) == 1:
        (monomial, coefficient), *_ = base.items()
        if number.denominator == 1:
            return _monomial_power(monomial, coefficient, number)
        if all(isinstance(atom, int) or atom in _POSITIVE for atom, _ in monomial):
            return _multiply(_radical(coefficient, number), _monomial_power(monomial, Fraction(1), number))
    if number.denominator == 1 and 0 < number <= 40 and len(base) ** int(number) < 100 * MAX_TERMS:
        result = base
        for _ in range(int(number) - 1):
            result = _multiply(result, base)
        return result
    if any(atom == ("c", "oo") for monomial in base for atom, _ in monomial):
        raise TooLarge("infinity")
    content = next(iter(sorted(base.items(), key=repr)))[1]
    if number.denominator > 1:
        content = abs(content)
    primitive = frozen({monomial: value / content for monomial, value in base.items()})
    return _multiply(_radical(content, number), _atom(("p", primitive), number))


_POSITIVE = (("c", "pi"), ("c", "e"))


def _symbolic_power(base: Polynomial, exponent: Polynomial) -> Polynomial:
    """Expand ``b**(q1*m1 + q2*m2)`` into ``(b**m1)**q1 * (b**m2)**q2`` for a positive number ``b``."""
    if base == {((("c", "e"), Fraction(1)),): Fraction(1)}:
        label: Hashable = "e"
    elif set(base) == {ONE} and base[ONE] > 0:
        label = base[ONE]
    else:
        return _atom(("f", "power", frozen(base), frozen(exponent)))
    result: Polynomial = {ONE: Fraction(1)}
    for monomial, coefficient in exponent.items():
        if monomial == ONE:
            constant = {ONE: label} if isinstance(label, Fraction) else _atom(("c", "e"))
            result = _multiply(result, _power(constant, {ONE: coefficient}, Number(coefficient)))
        else:
            result = _multiply(result, _atom(("x", label, monomial), coefficient))
    return result


def _monomial_power(monomial: Monomial, coefficient: Fraction, exponent: Fraction) -> Polynomial:
    value = power(coefficient, int(exponent)) if exponent.denominator == 1 else coefficient
    exponents = {atom: each * exponent for atom, each in monomial}
    extra: list[Polynomial] = []
    value, reduced = _reduce(value, exponents, extra)
    result: Polynomial = {reduced: value}
    for more in extra:
        result = _multiply(result, more)
    return result


def _radical(number: Fraction, exponent: Fraction) -> Polynomial:
    """Return a rational power of a rational number in radicals of primes; real for odd roots."""
    if exponent.denominator == 1:
        return {ONE: power(number, int(exponent))}
    result: Polynomial = {ONE: Fraction(1)}
    if number < 0:
        number = -number
        if exponent.denominator % 2:
            result = {ONE: Fraction(-1 if exponent.numerator % 2 else 1)}
        elif exponent.denominator == 2:
            result = _monomial_power(((("c", "i"), Fraction(1)),), Fraction(1), Fraction(exponent.numerator))
        else:
            return _atom(("f", "root", -number, exponent))
    for side, sign in ((number.numerator, 1), (number.denominator, -1)):
        for prime, count in factorize(side):
            result = _multiply(
                result, _monomial_power(((prime, Fraction(1)),), Fraction(1), sign * count * exponent)
            )
    return result


def without_common_powers(value: Polynomial) -> tuple[dict[str, Fraction], Polynomial]:
    """Take out the powers of variables that all monomials share: ``1 + 1/x`` is ``1/x`` times ``x + 1``."""
    names = {
        atom[1] for monomial in value for atom, _ in monomial if isinstance(atom, tuple) and atom[0] == "v"
    }
    powers = {name: min(dict(m).get(("v", name), Fraction(0)) for m in value) for name in names}
    powers = {name: power for name, power in sorted(powers.items()) if power}
    factor = tuple((("v", name), -power) for name, power in powers.items())
    return powers, _multiply(value, {tuple(sorted(factor, key=repr)): Fraction(1)}) if powers else value


def without_logarithm(base: Expression, exponent: Expression) -> Expression | None:
    """Read ``e**(c ln x)`` and ``b**(c log_b x)`` as ``x**c``."""
    factors = list(exponent.factors if isinstance(exponent, Product) else (exponent,))
    for index, factor in enumerate(factors):
        match factor:
            case Call(name="ln", arguments=(inside,)) if base == Constant("e"):
                pass
            case Call(name="log", arguments=(inside, own)) if own == base:
                pass
            case _:
                continue
        rest = factors[:index] + factors[index + 1 :]
        return Power(inside, Product(tuple(rest))) if rest else inside
    return None
