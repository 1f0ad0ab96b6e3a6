"""The syntax tree of an answer: plain frozen data, whatever notation it was written in."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    "Based",
    "Call",
    "Constant",
    "Expression",
    "Group",
    "Listing",
    "Matrix",
    "Number",
    "PlusMinus",
    "Power",
    "Product",
    "Quantity",
    "Ratio",
    "Relation",
    "Root",
    "SetOperation",
    "Sum",
    "Symbol",
    "Text",
    "children",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A rational number."""

    value: Fraction
    places: int | None = None
    """Decimals it was written with, or None where it was no decimal."""
    digits: int = 0
    """Significant digits of a decimal."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One of ``pi``, ``e``, ``i``, ``oo``, and the sets ``empty``, ``set R``, ``set Z``, ``set N``, ..."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, with its subscript and primes."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms added."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors multiplied; a quotient has a power of -1."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A base and an exponent."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Root:
    """A root written with a radical sign: real for a negative number where the index is odd."""

    index: int
    radicand: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments; ``name`` is known (``sin``) or an opaque one (``f``)."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class PlusMinus:
    """Both signs of an operand; ``sign`` is -1 for the lower sign first."""

    operand: Expression
    sign: int


@dataclass(frozen=True, slots=True)
class Based:
    """Digits in a stated base."""

    digits: str
    base: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with a unit: ``unit`` is a known one's text, ``noun`` is what stands behind in words."""

    value: Expression
    unit: str
    noun: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Terms separated by colons."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items in brackets: more than one item, or brackets that mean more than precedence."""

    opening: str
    items: tuple[Expression, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Expression, ...], ...]
    fence: str = "("


@dataclass(frozen=True, slots=True)
class Relation:
    """Sides joined by relations: ``a < b <= c`` has three sides and two signs."""

    sides: tuple[Expression, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetOperation:
    """``cup``, ``cap`` or ``setminus`` of two sets."""

    name: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries side by side, with what separates them: ``,``, ``;``, ``and``, ``or``."""

    items: tuple[Expression, ...]
    separators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    words: str


Expression = (
    Number
    | Constant
    | Symbol
    | Sum
    | Product
    | Power
    | Root
    | Call
    | PlusMinus
    | Based
    | Quantity
    | Ratio
    | Group
    | Matrix
    | Relation
    | SetOperation
    | Listing
    | Text
)


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the nodes directly below one."""
    match node:
        case Sum(terms=below) | Product(factors=below) | Call(arguments=below) | Ratio(terms=below):
            return below
        case Group(items=below) | Relation(sides=below) | Listing(items=below):
            return below
        case Power(base=base, exponent=exponent):
            return (base, exponent)
        case Root(radicand=below) | PlusMinus(operand=below) | Quantity(value=below):
            return (below,)
        case Matrix(rows=rows):
            return tuple(entry for row in rows for entry in row)
        case SetOperation(left=left, right=right):
            return (left, right)
    return ()
