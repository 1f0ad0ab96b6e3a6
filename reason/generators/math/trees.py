"""Expression trees: drawn, written with as few parentheses as can be, and worked out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.generators.math.worked import Working, adding, multiplying

__all__ = ["Node", "draw_tree", "evaluate_text", "work_out", "write_tree"]

PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


@dataclass(frozen=True, kw_only=True)
class Node:
    """A number as it is written, or an operator between two nodes."""

    value: Fraction
    written: str = ""
    """How a number is written."""
    operator: str = ""
    """Empty for a number."""
    parts: tuple[Node, ...] = ()


def draw_tree(
    rng: Random,
    num_operators: int,
    leaf: Callable[[Random], Node],
    operators: Sequence[str],
    accept: Callable[[Fraction], bool],
) -> Node:
    """Draw a tree whose values are all accepted.

    Args:
        rng: The only randomness.
        num_operators: Operators in the tree.
        leaf: Draws a number.
        operators: Those of ``+ - * / ^`` that are drawn from; the exponent of ``^`` is 2 or 3.
        accept: Whether the value of a subtree may stand; at least one operator must give one always.
    """
    if num_operators == 0:
        return leaf(rng)
    left_operators = rng.randrange(num_operators)
    left = draw_tree(rng, left_operators, leaf, operators, accept)
    right = draw_tree(rng, num_operators - 1 - left_operators, leaf, operators, accept)
    for operator in rng.sample(list(operators), len(operators)):
        other = right
        if operator == "^":
            exponent = rng.choice((2, 3))
            other = Node(value=Fraction(exponent), written=str(exponent))
        value = _apply(operator, left.value, other.value)
        if value is not None and accept(value):
            return Node(value=value, operator=operator, parts=(left, other))
    value = left.value + right.value
    return Node(value=value, operator="+", parts=(left, right))


def _apply(operator: str, left: Fraction, right: Fraction) -> Fraction | None:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator == "/":
        return left / right if right else None
    return left ** int(right) if right.denominator == 1 and 0 < right <= 9 else None


def write_tree(node: Node, signs: dict[str, str] | None = None) -> str:
    """Write a tree with the parentheses that it needs."""
    if not node.operator:
        return node.written
    left, right = node.parts
    rank = PRECEDENCE[node.operator]
    texts = [write_tree(left, signs), write_tree(right, signs)]
    if _rank(left) < rank or (node.operator == "^" and _rank(left) <= rank):
        texts[0] = f"({texts[0]})"
    if _rank(right) < rank or (_rank(right) == rank and node.operator != "+") or texts[1].startswith("-"):
        texts[1] = f"({texts[1]})"
    sign = (signs or {}).get(node.operator, node.operator)
    return f"{texts[0]}^{texts[1]}" if node.operator == "^" else f"{texts[0]} {sign} {texts[1]}"


def _rank(node: Node) -> int:
    if node.operator:
        return PRECEDENCE[node.operator]
    if node.written.startswith("-"):
        return 0
    return 2 if "/" in node.written else 4


def work_out(node: Node, working: Working) -> str | None:
    """Write the steps of a tree, innermost first; return the id of the last, None for a number."""
    if not node.operator:
        return None
    left, right = node.parts
    after = [name for name in (work_out(left, working), work_out(right, working)) if name]
    a, b = left.value, right.value
    if node.operator in "+-":
        work = adding(a, b)
    elif node.operator == "^":
        work = sum(multiplying(a, a**power) for power in range(1, int(b)))
    else:
        work = multiplying(a, b)
    shown = [str(a), f"({b})" if b < 0 or (b.denominator > 1 and node.operator == "/") else str(b)]
    text = f"{shown[0]} {node.operator} {shown[1]} = {node.value}"
    return working.step(text, node.value, *after, work=work)


def evaluate_text(text: str) -> Fraction:
    """Evaluate an expression of a prompt of ours by way of Python's parser, in fractions.

    >>> evaluate_text("2 + 3 * 4^2 / 6 - 0.5")
    Fraction(19, 2)
    """
    for sign, plain in {"\u00d7": "*", "\u00f7": "/", "^": "**", "\u2212": "-"}.items():
        text = text.replace(sign, plain)
    return _evaluate(ast.parse(text, mode="eval").body, text)


def _evaluate(node: ast.expr, text: str) -> Fraction:
    match node:
        case ast.Constant():
            return Fraction(ast.get_source_segment(text, node) or "")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand, text)
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _evaluate(left, text), _evaluate(right, text)
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case ast.Pow():
                    return Fraction(a ** int(b))
    raise ValueError(f"text must be an expression of numbers and + - * / ^, got {text!r:.80}")
