"""Expressions in x: written, differentiated rule by rule, and read back by sympy."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import TYPE_CHECKING

from reason.generators.math.worked import Working

if TYPE_CHECKING:
    import sympy

__all__ = [
    "Expression",
    "X",
    "add",
    "call",
    "differentiate",
    "multiply",
    "number",
    "power",
    "to_sympy",
    "write",
]

Expression = tuple["str | int | Fraction | Expression", ...]
"""``("number", value)``, ``("x",)``, ``("+" | "*" | "/", one, other)``, ``("^", base, exponent)`` with an
integer exponent, or a function's name and its argument."""

X: Expression = ("x",)
FUNCTIONS = ("sin", "cos", "tan", "exp", "ln", "sqrt")


def number(value: Fraction | int) -> Expression:
    """Return a constant."""
    return ("number", Fraction(value))


ZERO, ONE = number(0), number(1)


def add(one: Expression, other: Expression) -> Expression:
    """Return a sum, without zeros."""
    if one == ZERO or other == ZERO:
        return other if one == ZERO else one
    if one[0] == other[0] == "number":
        return number(_value(one) + _value(other))
    return ("+", one, other)


def multiply(one: Expression, other: Expression) -> Expression:
    """Return a product, without ones and with its constant in front."""
    (left, one_rest), (right, other_rest) = _split(one), _split(other)
    factor = left * right
    rest = [each for each in (one_rest, other_rest) if each is not None]
    if not factor or not rest:
        return number(factor)
    product: Expression = rest[0] if len(rest) == 1 else ("*", rest[0], rest[1])
    return product if factor == 1 else ("*", number(factor), product)


def _split(expression: Expression) -> tuple[Fraction, Expression | None]:
    """Return the constant in front of an expression, and what it multiplies."""
    if expression[0] == "number":
        return _value(expression), None
    if expression[0] == "*" and _part(expression, 1)[0] == "number":
        return _value(_part(expression, 1)), _part(expression, 2)
    return Fraction(1), expression


def power(base: Expression, exponent: int) -> Expression:
    """Return an integer power."""
    if exponent == 0:
        return ONE
    return base if exponent == 1 else ("^", base, exponent)


def call(name: str, argument: Expression) -> Expression:
    """Return a function of an expression."""
    return (name, argument)


def _part(expression: Expression, at: int) -> Expression:
    part = expression[at]
    if not isinstance(part, tuple):
        raise TypeError(f"expression[{at}] must be an expression, got {part!r:.80}")
    return part


def _value(expression: Expression) -> Fraction:
    value = expression[1]
    if not isinstance(value, Fraction):
        raise TypeError(f"expression must be a number, got {expression!r:.80}")
    return value


def write(expression: Expression) -> str:
    """Write an expression with all its signs, and the parentheses that it needs.

    >>> write(("+", ("*", number(3), ("^", X, 2)), number(-1)))
    '3*x^2 - 1'
    """
    kind = expression[0]
    if kind == "number":
        return str(_value(expression))
    if kind == "x":
        return "x"
    if kind in FUNCTIONS:
        return f"{kind}({write(_part(expression, 1))})"
    left = write(_part(expression, 1))
    if kind == "^":
        base = _part(expression, 1)
        exponent = expression[2]
        whole = base[0] == "x" or base[0] in FUNCTIONS
        return f"{left if whole else f'({left})'}^{exponent if str(exponent).isdigit() else f'({exponent})'}"
    right = write(_part(expression, 2))
    if kind == "+":
        return f"{left} - {right[1:]}" if right.startswith("-") else f"{left} + {right}"
    one, other = _part(expression, 1), _part(expression, 2)
    if one[0] == "+" or (one[0] == "number" and "/" in left):
        left = f"({left})"
    if one == number(-1) and kind == "*" and other[0] != "+":
        return f"-{right}"
    fraction = other[0] == "number" and "/" in right
    if other[0] in ("+", "/") or right.startswith("-") or (kind == "/" and other[0] == "*") or fraction:
        right = f"({right})"
    return f"{left}{kind}{right}"


RULES = {
    "+": "sum rule",
    "*": "product rule",
    "/": "quotient rule",
    "^": "power and chain rule",
}


def differentiate(expression: Expression, working: Working) -> tuple[Expression, str | None]:
    """Differentiate with respect to x, writing a step for each rule that is used.

    Returns:
        The derivative and the id of the last step; None for a constant and for x.
    """
    kind = expression[0]
    if kind in ("number", "x"):
        return (ZERO if kind == "number" else ONE), None
    inner = _part(expression, 1)
    inner_slope, first = differentiate(inner, working)
    after = [first] if first else []
    if kind in ("+", "*", "/"):
        other = _part(expression, 2)
        other_slope, second = differentiate(other, working)
        after += [second] if second else []
        if kind == "+":
            slope = add(inner_slope, other_slope)
        else:
            left, right = multiply(inner_slope, other), multiply(inner, other_slope)
            slope = add(left, right)
            if kind == "/":
                slope = ("/", add(left, multiply(number(-1), right)), power(other, 2))
    elif kind == "^":
        exponent = expression[2]
        if not isinstance(exponent, int):
            raise TypeError(f"exponent must be an integer, got {exponent!r:.80}")
        slope = multiply(multiply(number(exponent), power(inner, exponent - 1)), inner_slope)
    else:
        slope = _slope(str(kind), inner, inner_slope)
    rule = RULES.get(str(kind), f"derivative of {kind} and chain rule")
    text = f"{rule}: the derivative of {write(expression)} is {write(slope)}"
    return slope, working.step(text, write(slope), *after, work=1 + len(write(slope)) / 8)


def _slope(name: str, inner: Expression, inner_slope: Expression) -> Expression:
    match name:
        case "sin":
            return multiply(inner_slope, call("cos", inner))
        case "cos":
            return multiply(multiply(number(-1), inner_slope), call("sin", inner))
        case "exp":
            return multiply(inner_slope, call("exp", inner))
        case "tan":
            return ("/", inner_slope, power(call("cos", inner), 2))
        case "ln":
            return ("/", inner_slope, inner)
        case "sqrt":
            return ("/", inner_slope, multiply(number(2), call("sqrt", inner)))
    raise ValueError(f"name must be one of {', '.join(FUNCTIONS)}, got {name!r}")


def to_sympy(text: str) -> sympy.Expr:
    """Read an expression of a prompt of ours by way of Python's parser."""
    import sympy

    functions = {name: getattr(sympy, name) for name in FUNCTIONS}
    x = sympy.Symbol("x")

    def convert(node: ast.expr) -> sympy.Expr:
        match node:
            case ast.Constant(value=int() as value):
                return sympy.Integer(value)
            case ast.Name(id="x"):
                return x
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -convert(operand)
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return functions[name](convert(argument))
            case ast.BinOp(left=left, op=operator, right=right):
                one, other = convert(left), convert(right)
                match operator:
                    case ast.Add():
                        return one + other
                    case ast.Sub():
                        return one - other
                    case ast.Mult():
                        return one * other
                    case ast.Div():
                        return one / other
                    case ast.Pow():
                        return one**other
        raise ValueError(f"text must be an expression in x, got {text!r:.80}")

    return convert(ast.parse(text.replace("^", "**").strip(), mode="eval").body)
