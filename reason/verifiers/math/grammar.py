r"""The grammar of answers: LALR(1) over the lexer's tokens, in linear time, building the tree as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from lark import Lark
from lark.exceptions import LarkError, VisitError
from lark.lexer import Lexer
from lark.lexer import Token as Terminal

from reason.verifiers.math.builder import Builder
from reason.verifiers.math.lexing import LexError, Token
from reason.verifiers.math.tree import Expression, children

__all__ = ["ParseError", "parse"]

MAX_TREE_DEPTH = 90

GRAMMAR = r"""
start: listing

listing: entry (SEP entry)*

?entry: relation
      | DOTS -> dots
text: TEXT+

?relation: side ((REL | SUCHTHAT) side)* (MOD side)? -> relation
?side: union
     | text
?union: ratio (SETOP ratio)* -> set_operation
?ratio: quantity (COLON quantity)* -> ratio

?quantity: sum
         | measured+ -> measures
         | CURRENCY sum (UNIT | TEXT)* -> money
         | MINUS CURRENCY sum -> debt
measured: sum (UNIT | CURRENCY | TEXT) TEXT*

?sum: product
    | (PLUS | MINUS | PM) product -> signed
    | sum (PLUS | MINUS | PM) product -> add
    | sum (PLUS | MINUS | PM) DOTS -> add_dots
    | sum (PLUS | MINUS | PM) DOTS (PLUS | MINUS | PM) product -> add_dots_more

?product: factor
        | product TIMES signed_factor -> multiply
        | product DIV signed_factor -> divide
        | product implicit -> adjoin
        | product group_power -> adjoin_group

?signed_factor: factor
              | (PLUS | MINUS) signed_factor -> negate

?factor: power
       | call
?implicit: plain_power
         | call

?power: plain_power
      | group_power

?plain_power: plain
            | plain_power POW exponent -> power
            | plain_power FACT -> factorial
            | plain_power PERCENT -> percent
            | plain_power DEGREE -> degree

?group_power: group
            | group_power POW exponent -> power
            | group_power FACT -> factorial
            | group_power PERCENT -> percent
            | group_power DEGREE -> degree

?exponent: plain
         | group
         | call
         | (PLUS | MINUS) exponent -> negate
         | plain POW exponent -> power
         | group POW exponent -> power

?call: call_core
     | call_core POW exponent -> power
     | call_core FACT -> factorial
call_core: FUNC scripts group -> call_group
     | FUNC scripts bare -> call_bare
     | FUNC scripts call -> call_bare
     | CALL group -> call_named
     | BIGOP scripts product -> big_operator

scripts: script*
script: POW simple_exponent -> upper
      | SUB simple -> lower
?simple_exponent: simple
                | MINUS simple -> negate_simple
?simple: plain

?bare: plain_power
     | bare plain_power -> adjoin
     | bare group_power -> adjoin

?plain: NUM -> number
      | NAME -> name
      | CONST -> constant
      | BASED -> based
      | FRAC argument argument -> fraction
      | BINOM argument argument -> binomial
      | SQRT argument -> square_root
      | SQRT group -> square_root
      | CBRT group -> cube_root
      | ROOT LB listing RB argument -> nth_root
      | ROOT LB listing RB group -> nth_root
      | OVERLINE argument -> overline
      | MARK argument -> mark
      | braces
      | BARL listing BARR -> absolute
      | FLOORL sum FLOORR -> floor
      | CEILL sum CEILR -> ceiling
      | BEGINMATRIX rows ENDMATRIX -> matrix
      | BEGINCASES listing ENDCASES -> cases
?argument: plain
braces: LBRACE listing? RBRACE -> braces
      | LBRACE sum CHOOSE sum RBRACE -> choose

group: opening listing? closing -> group
opening: LP | LB | LC | LANGLE
closing: RP | RB | RC | RANGLE

rows: row (ROW row)* ROW?
row: listing (AMP listing)*
"""

_TERMINALS = """
AMP BARL BARR BASED BEGINCASES BEGINMATRIX BIGOP BINOM CALL CBRT CEILL CEILR CHOOSE COLON CONST CURRENCY
DEGREE DIV DOTS ENDCASES ENDMATRIX FACT FLOORL FLOORR FRAC FUNC LANGLE LB LBRACE LC LP MARK MINUS
MOD NAME NUM OVERLINE PERCENT PLUS PM POW RANGLE RB RBRACE RC REL ROOT ROW RP SEP SETOP SQRT SUB
SUCHTHAT TEXT TIMES UNIT
"""


class ParseError(ValueError):
    """The text is no answer that can be read."""


class _Ready(Lexer):
    """Hands lark the tokens that were cut before."""

    def __init__(self, _: Any) -> None: ...

    def lex(self, data: Any) -> Iterator[Terminal]:  # type: ignore[override]
        for token in data:
            yield Terminal(token.kind, token.text)


@cache
def _parser() -> Lark:
    declared = "%declare " + " ".join(_TERMINALS.split())
    return Lark(
        f"{GRAMMAR}\n{declared}\n",
        parser="lalr",
        lexer=_Ready,
        transformer=Builder(),
        maybe_placeholders=False,
    )


def parse(tokens: list[Token]) -> Expression:
    """Build the syntax tree of an answer.

    Args:
        tokens: From :func:`reason.verifiers.math.lexing.tokenize`.

    Raises:
        ParseError: they are no answer, or one that is nested too deep.
    """
    if not tokens:
        raise ParseError("nothing to read")
    try:
        tree: Expression = _parser().parse(tokens)  # type: ignore[assignment]
    except VisitError as error:
        raise ParseError(str(error.orig_exc)[:200]) from None
    except (LarkError, LexError, ValueError) as error:
        raise ParseError(str(error).splitlines()[0][:200]) from None
    level: list[Expression] = [tree]
    for _ in range(MAX_TREE_DEPTH):
        level = [below for node in level for below in children(node)]
        if not level:
            return tree
    raise ParseError("nested too deep")
