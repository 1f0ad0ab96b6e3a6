"""Equality of answers by their kind, which the gold's tree shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from reason.verifiers.limited import limited
from reason.verifiers.math import matrices
from reason.verifiers.math.decimals import agrees_to_full_precision, within
from reason.verifiers.math.equations import same_equation, same_inequality, up_to_constant
from reason.verifiers.math.forms import entries, is_scalar, labelled, plain_value, settled
from reason.verifiers.math.quantities import has_unit, same_quantity
from reason.verifiers.math.realsets import RealSet, equal_sets, real_set
from reason.verifiers.math.scalars import same
from reason.verifiers.math.transport import encoded
from reason.verifiers.math.tree import (
    Based,
    Call,
    Constant,
    Expression,
    Group,
    Listing,
    Number,
    Product,
    Ratio,
    Relation,
    SetOperation,
    Symbol,
    Text,
)

__all__ = ["Matcher"]

MAX_PENDING = 6
MAX_ITEMS = 200


class Matcher:
    """Compares trees; pairs of scalars that it cannot decide wait for the slow tier."""

    def __init__(self, *, kind: str | None, tolerance: Fraction | None) -> None:
        """Compare by a declared kind and within a declared tolerance, or by neither."""
        self.kind = kind
        self.tolerance = tolerance
        self.pending: list[tuple[Expression, Expression]] = []
        self._known: dict[tuple[Expression, Expression], bool] = {}

    def decide(self, timeout_s: float) -> None:
        """Have sympy decide the pairs that wait, in a worker that can be killed.

        Raises:
            LimitExceeded: it took too long, or too much memory.
        """
        from reason.verifiers.math.symbolic import equal_pairs

        pairs, self.pending = self.pending[:MAX_PENDING], []
        found = limited(equal_pairs, [[encoded(a), encoded(b)] for a, b in pairs], timeout_s=timeout_s)
        self._known |= dict(zip(pairs, found, strict=True))

    def same(self, gold: Expression, answer: Expression) -> bool:
        """Tell whether two scalars without units are equal."""
        if (known := self._known.get((gold, answer))) is not None:
            return known
        if isinstance(gold, Based) or isinstance(answer, Based):
            return gold == answer
        if self.tolerance is not None and within(gold, answer, self.tolerance):
            return True
        equal = same(gold, answer)
        if equal:
            return True
        if agrees_to_full_precision(gold, answer):
            return True
        if equal is None and len(self.pending) < MAX_PENDING:
            self.pending.append((gold, answer))
        return False

    def match(self, gold: Expression, answer: Expression) -> bool:
        """Tell whether an answer is what the gold says."""
        gold, answer = settled(gold), settled(answer)
        if self.kind == "antiderivative":
            return up_to_constant(labelled(gold)[1], labelled(answer)[1], self.same, declared=True)
        listed = entries(gold)
        if listed is not None and (isinstance(gold, Listing) or is_scalar(labelled(gold)[1])):
            if isinstance(gold, Listing) and any(map(_is_inequality, gold.items)):
                alike = isinstance(answer, Listing) and answer.separators == gold.separators
                return self._sets(gold, answer) or (
                    alike and real_set(gold) is None and self._list(listed, answer)
                )
            return self._list(listed, answer)
        if isinstance(gold, Relation) and not set(gold.signs) <= {"=", "in"}:
            return self._sets(gold, answer) or same_inequality(gold, answer, self.same)
        label, value = labelled(gold)
        if isinstance(value, Relation):
            return same_equation(value, answer, self.same)
        their_label, their_value = labelled(answer)
        if label is not None and isinstance(gold, Relation) and isinstance(answer, Relation):
            if _agree(label, their_label) and self._value(value, their_value):
                return True
            return same_equation(gold, answer, self.same)
        return self._value(value, their_value)

    def _value(self, gold: Expression, answer: Expression) -> bool:
        """Compare values without labels."""
        if isinstance(answer, Relation) and not isinstance(gold, Group | SetOperation):
            return False
        if (rows := matrices.value(gold)) is not None:
            vector = matrices.column(gold)
            if vector and isinstance(answer, Group) and answer.opening != "{" and not matrices.value(answer):
                return self._in_order(vector, answer.items)
            return matrices.equal(rows, matrices.value(answer), self.match)
        if isinstance(gold, Group):
            return self._group(gold, answer)
        if isinstance(gold, SetOperation) or (isinstance(gold, Constant) and not is_scalar(gold)):
            nothing = _is_none(gold) and _is_none(answer)
            return nothing or self._sets(gold, answer) or gold == answer or self._structure(gold, answer)
        if isinstance(gold, Ratio) or isinstance(answer, Ratio):
            return self._ratio(gold, answer)
        if isinstance(gold, Text):
            return _is_none(gold) and _is_none(answer)
        if not is_scalar(gold):
            return False
        items = entries(answer)
        if isinstance(answer, Group) and answer.opening == "{" and len(answer.items) == 1:
            return self._value(gold, labelled(answer.items[0])[1])
        if items is not None:
            return len(items) <= 4 and all(self.match(gold, item) for item in items)
        return is_scalar(answer) and self._scalar(gold, answer)

    def _scalar(self, gold: Expression, answer: Expression) -> bool:
        if has_unit(gold) or has_unit(answer):
            return same_quantity(gold, answer, self.same)
        if up_to_constant(gold, answer, self.same, declared=False):
            return True
        return self.same(gold, answer)

    def _list(self, gold: Sequence[Expression], answer: Expression) -> bool:
        """Compare entries in any order; labelled ones by their labels."""
        labels = [labelled(item)[0] for item in gold]
        distinct = None not in labels and len(set(map(repr, labels))) == len(labels)
        roots = _are_roots(labels)
        record = self.kind == "tuple" or (distinct and not roots)
        answers = _items(answer, minimum=3 if _is_bracketed(answer) and not record else 1)
        points = all(isinstance(item, Group) for item in gold)
        if answers is None or len(gold) > MAX_ITEMS or (len(answers) != len(gold) and not points):
            return False
        if any(isinstance(item, Text) and item.words == "..." for item in (*gold, *answers)):
            return all(map(self._item, gold, answers))
        if roots:
            bases = {label.name.partition("_")[0] for label in labels if isinstance(label, Symbol)}
            theirs = [labelled(item)[0] for item in answers]
            if all(label is None or (isinstance(label, Symbol) and label.name in bases) for label in theirs):
                values = [labelled(item)[1] for item in gold]
                return _paired(values, [labelled(item)[1] for item in answers], self._item)
        unlabelled = all(labelled(item)[0] is None for item in answers)
        if (record and unlabelled) or _is_bracketed(answer):
            return all(self._item(one, other) for one, other in zip(gold, answers, strict=True))
        if distinct and not unlabelled and not all(labelled(item)[0] for item in answers):
            return False
        if points:  # told twice is told
            return _covers(gold, answers, self._item) and _covers(
                answers, gold, lambda a, b: self._item(b, a)
            )
        return _paired(list(gold), list(answers), self._item)

    def _item(self, gold: Expression, answer: Expression) -> bool:
        if isinstance(gold, Text) and isinstance(answer, Text):
            return gold.words.casefold() == answer.words.casefold()
        return self.match(gold, answer)

    def _group(self, gold: Group, answer: Expression) -> bool:
        """Compare a set, an interval, a tuple or a list in brackets."""
        if (
            isinstance(answer, Group)
            and answer.opening == "("
            and len(answer.items) == 1
            and len(gold.items) > 1
        ):
            return self._group(gold, answer.items[0])
        if gold.opening == "{":
            return self._braces(gold, answer)
        if len(gold.items) == 1 and gold.opening == "[" and is_scalar(gold.items[0]) and is_scalar(answer):
            return False
        pair = len(gold.items) == 2
        infinite = pair and any(_is_infinite(item) for item in gold.items)
        mixed = (gold.opening == "(") != (gold.closing == ")")
        if pair and (infinite or mixed or self.kind in ("interval", "inequality")):
            return self._sets(gold, answer)
        if (isinstance(answer, Group) and answer.opening != "{") or matrices.column(answer) is not None:
            return self._ordered(gold, answer)
        if isinstance(answer, SetOperation) or (isinstance(answer, Relation) and self.kind is not None):
            return self._sets(gold, answer)
        items = _items(answer, minimum=1)
        if isinstance(answer, Group) and answer.closing == "\\}":
            return False
        return items is not None and self._in_order(gold.items, items)

    def _ordered(self, gold: Group, answer: Expression) -> bool:
        items: Sequence[Expression] | None = matrices.column(answer)
        if isinstance(answer, Group):
            items = answer.items
            round_ones = {gold.opening, gold.closing, answer.opening, answer.closing} <= set("()<>")
            alike = (gold.opening, gold.closing) == (answer.opening, answer.closing)
            items = items if alike or round_ones or len(items) > 2 else None
        return items is not None and self._in_order(gold.items, items)

    def _in_order(self, gold: Sequence[Expression], answer: Sequence[Expression]) -> bool:
        if len(gold) != len(answer):
            return False
        return all(self._item(one, other) for one, other in zip(gold, answer, strict=True))

    def _braces(self, gold: Group, answer: Expression) -> bool:
        if any(isinstance(item, Relation) for item in gold.items):
            return self._sets(gold, answer)
        listed = entries(Listing(gold.items, (",",) * (len(gold.items) - 1))) or list(gold.items)
        if isinstance(answer, Group) and answer.opening == "{" and not _is_builder(answer):
            theirs = entries(Listing(answer.items, (",",) * (len(answer.items) - 1))) or list(answer.items)
            return _covers(listed, theirs, self._item) and _covers(
                theirs, listed, lambda a, b: self._item(b, a)
            )
        if len(listed) == 1 and is_scalar(labelled(answer)[1]):
            return self.match(listed[0], answer)
        return self._list(listed, answer) if not _is_bracketed(answer) else self._sets(gold, answer)

    def _sets(self, gold: Expression, answer: Expression) -> bool:
        """Compare as sets of real numbers."""
        expected = real_set(gold)
        if expected is None:
            return False
        found = real_set(answer)
        if found is None or not _same_variable(expected, found):
            return False
        declared = self.kind in ("inequality", "interval")
        if found.membership and not expected.membership and not declared:
            return False
        return equal_sets(expected, found, self.same)

    def _structure(self, gold: Expression, answer: Expression) -> bool:
        if (
            not isinstance(gold, SetOperation)
            or not isinstance(answer, SetOperation)
            or gold.name != answer.name
        ):
            return False
        pairs = [((gold.left, answer.left), (gold.right, answer.right))]
        if gold.name != "setminus":
            pairs.append(((gold.left, answer.right), (gold.right, answer.left)))
        return any(all(self._value(one, other) for one, other in pair) for pair in pairs)

    def _ratio(self, gold: Expression, answer: Expression) -> bool:
        sides = []
        for node in (gold, answer):
            terms: tuple[Expression, ...] = (node, Number(Fraction(1)))
            if isinstance(node, Ratio):
                terms = tuple(plain_value(term) for term in node.terms)
            elif not is_scalar(node):
                return False
            sides.append(terms)
        first, second = sides
        if len(first) != len(second) or any(term == Number(Fraction(0)) for term in (*first, *second)):
            return False
        return all(
            self.same(Product((one, second[-1])), Product((other, first[-1])))
            for one, other in zip(first[:-1], second[:-1], strict=True)
        )


def _items(node: Expression, *, minimum: int) -> list[Expression] | None:
    """Return the entries of a list, in brackets or not."""
    if isinstance(node, Group):
        if len(node.items) < minimum or any(
            isinstance(item, Relation) and "|" in item.signs for item in node.items
        ):
            return None
        return entries(Listing(node.items, (",",) * (len(node.items) - 1))) or list(node.items)
    label, value = labelled(node)
    if isinstance(value, Group) and label is not None:
        return _items(value, minimum=minimum)
    return entries(node)


def _is_bracketed(node: Expression) -> bool:
    return isinstance(node, Group) and node.opening in ("(", "[", "<")


def _is_inequality(node: Expression) -> bool:
    return isinstance(node, Relation) and not set(node.signs) <= {"=", "~"}


def _is_builder(node: Group) -> bool:
    return any(isinstance(item, Relation) for item in node.items)


def _are_roots(labels: Sequence[Expression | None]) -> bool:
    """Tell whether labels number the values of one unknown: x_1, x_2."""
    names = [label.name.partition("_") for label in labels if isinstance(label, Symbol)]
    return (
        len(names) == len(labels) and len({name[0] for name in names}) == 1 and all(name[1] for name in names)
    )


def _paired(
    gold: list[Expression], answer: list[Expression], equal: Callable[[Expression, Expression], bool]
) -> bool:
    """Match each entry of one list with one of the other."""
    for item in gold:
        found = next((index for index, other in enumerate(answer) if equal(item, other)), None)
        if found is None:
            return False
        answer.pop(found)
    return True


def _covers(
    some: Sequence[Expression], others: Sequence[Expression], equal: Callable[[Expression, Expression], bool]
) -> bool:
    if max(len(some), len(others)) > MAX_ITEMS:
        return False
    return all(any(equal(one, other) for other in others) for one in some)


def _agree(label: Expression, other: Expression | None) -> bool:
    """Tell whether two labels may name the same thing."""
    if other is None or label == other:
        return True
    if isinstance(label, Symbol) and isinstance(other, Symbol):
        return False
    if isinstance(label, Call) and isinstance(other, Call):
        return label.name == other.name
    return isinstance(label, Text | Call) or isinstance(other, Text | Call)


def _is_infinite(node: Expression) -> bool:
    return node == Constant("oo") or (isinstance(node, Product) and Constant("oo") in node.factors)


def _same_variable(one: RealSet, other: RealSet) -> bool:
    names = {name for name in (one.variable, other.variable) if name not in (None, "()")}
    return len(names) < 2


_NOTHING = frozenset(
    ("no solution", "no solutions", "no real solution", "no real solutions", "empty set", "none")
)


def _is_none(node: Expression) -> bool:
    if isinstance(node, Text):
        return node.words.casefold().removeprefix("the ") in _NOTHING
    return node == Constant("empty") or (isinstance(node, Group) and node.opening == "{" and not node.items)
