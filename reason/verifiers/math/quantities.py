"""Values with units: percent, degrees, money, measures, and nouns behind a number."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from reason.verifiers.math.rational import rational
from reason.verifiers.math.tree import Call, Expression, Number, Power, Product, Quantity, Sum, Symbol
from reason.verifiers.math.units import Unit, read_unit

__all__ = ["has_unit", "same_quantity"]

Same = Callable[[Expression, Expression], bool]


def has_unit(node: Expression) -> bool:
    """Tell whether a scalar carries a unit, a percent or a degree sign."""
    if isinstance(node, Sum):
        return any(isinstance(term, Quantity) for term in node.terms)
    return isinstance(node, Quantity) or _sign(node) is not None


def same_quantity(gold: Expression, answer: Expression, same: Same) -> bool:
    """Compare two scalars, of which one carries a unit.

    A unit that is missing on one side is forgiven; one that is there must be of the same dimension, and the
    values must be equal in the same unit.
    """
    gold, answer = _total(gold), _total(answer)
    signs = _sign(gold), _sign(answer)
    if signs != (None, None):
        return _same_signed(gold, answer, signs, same)
    gold, answer = _measured(gold, answer), _measured(answer, gold)
    if not isinstance(gold, Quantity) or not isinstance(answer, Quantity):
        bare = [node.value if isinstance(node, Quantity) else node for node in (gold, answer)]
        return not any(map(_is_suspect, (gold, answer))) and same(bare[0], bare[1])
    units = read_unit(gold.unit) if gold.unit else None, read_unit(answer.unit) if answer.unit else None
    if units[0] and units[1]:
        if units[0].dimension != units[1].dimension:
            return False
        return same(_scaled(gold.value, units[0]), _scaled(answer.value, units[1]))
    if units[0] or units[1] or not _same_noun(gold.noun, answer.noun):
        return False
    return same(gold.value, answer.value)


def _scaled(value: Expression, unit: Unit) -> Expression:
    return value if unit.factor == 1 else Product((value, Number(unit.factor)))


def _is_suspect(node: Expression) -> bool:
    """Tell whether the words behind a number change what it says."""
    return isinstance(node, Quantity) and not _NEGATING.isdisjoint(_WORD.findall(node.noun.casefold()))


_NEGATING = frozenset(
    re.findall(
        r"\S+",
        """
    or not no maybe perhaps if than less more at least most about approximately around off wrong
    million billion thousand hundred dozen squared cubed half halves thirds quarters fifths tenths
    percent base minus plus times
""",
    )
)


def _total(node: Expression) -> Expression:
    """Add up measures such as 5 ft 3 in, in their base unit."""
    if not isinstance(node, Sum) or not all(isinstance(term, Quantity) and term.unit for term in node.terms):
        return node
    units = [read_unit(term.unit) for term in node.terms if isinstance(term, Quantity)]
    first = units[0]
    if first is None or any(unit is None or unit.dimension != first.dimension for unit in units):
        return node
    values = [term.value for term in node.terms if isinstance(term, Quantity)]
    factors = [unit.factor / first.factor for unit in units if unit is not None]
    terms = tuple(Product((value, Number(factor))) for value, factor in zip(values, factors, strict=True))
    unit = node.terms[0]
    return Quantity(Sum(terms), unit.unit if isinstance(unit, Quantity) else "")


def _measured(node: Expression, other: Expression) -> Expression:
    """Read the letters of ``5 m/s^2`` as units where the other side has some."""
    if not isinstance(other, Quantity) or not other.unit or not isinstance(node, Product):
        return node
    values, names = [], []
    for factor in node.factors:
        match factor:
            case Symbol(name=name):
                names.append(name)
            case Power(base=Symbol(name=name), exponent=Number(value=power)):
                names.append(f"{name}^{power}")
            case Power(
                base=Power(base=Symbol(name=name), exponent=Number(value=power)), exponent=Number(value=value)
            ):
                names.append(f"{name}^{power * value}")
            case _:
                values.append(factor)
    unit = " ".join(names)
    if not values or not names or not read_unit(unit):
        return node
    return Quantity(values[0] if len(values) == 1 else Product(tuple(values)), unit)


_WORD = re.compile(r"[a-z]{2,}")


def _same_noun(gold: str, answer: str) -> bool:
    """Tell whether what is counted is the same: the words of one are among those of the other."""
    first, second = (
        {word.removesuffix("s").removesuffix("e") for word in _WORD.findall(noun.casefold())}
        - {"of", "th", "in"}
        for noun in (gold, answer)
    )
    return first <= second or second <= first


def _sign(node: Expression) -> str | None:
    if isinstance(node, Product) and node.factors[0] == Number(Fraction(-1)) and len(node.factors) == 2:
        return _sign(node.factors[1])
    if isinstance(node, Quantity):
        return _sign(node.value)
    return node.name if isinstance(node, Call) and node.name in ("percent", "degree") else None


def _same_signed(
    gold: Expression, answer: Expression, signs: tuple[str | None, str | None], same: Same
) -> bool:
    """Compare percentages and angles: as values, or as numbers where one side leaves the sign out."""
    bare = [_bare(node) for node in (gold, answer)]
    if any(map(_is_suspect, (gold, answer))):
        return False
    if signs[0] == signs[1]:
        return same(bare[0], bare[1])
    if None not in signs:
        return False
    other = answer if signs[0] else gold
    if "percent" in signs and isinstance(other, Quantity):
        return False
    if any(isinstance(node, Quantity) and node.unit for node in (gold, answer)):
        return _radians(gold, answer) and same(
            *(n.value if isinstance(n, Quantity) else n for n in (gold, answer))
        )
    if signs[0]:
        return same(bare[0], bare[1]) or same(gold, answer)
    value = rational(bare[0], {})
    if signs[1] == "percent" and value is not None and abs(value) < 1:
        return same(gold, answer)  # 0.5% is not 0.5, though 50% is
    return same(bare[0], bare[1]) or same(gold, answer)


def _bare(node: Expression) -> Expression:
    if isinstance(node, Product) and len(node.factors) == 2:
        return Product((node.factors[0], _bare(node.factors[1])))
    if isinstance(node, Quantity):
        return _bare(node.value)
    return node.arguments[0] if isinstance(node, Call) and node.name in ("percent", "degree") else node


def _radians(gold: Expression, answer: Expression) -> bool:
    return all(
        not isinstance(node, Quantity) or node.unit in ("rad", "radian", "radians") for node in (gold, answer)
    )
