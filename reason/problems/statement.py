"""A statement in plain spelling: its sections, and the bounds that it tells."""

# ruff: noqa: E501 - a pattern broken in the middle is harder to read than a long line

from __future__ import annotations

import re
from collections.abc import Iterator

from reason.problems.expressions import Expression, ExpressionError, parse_expression
from reason.problems.grammar import Bounds, GrammarError

__all__ = ["NAME", "find_bounds", "input_section", "plain_name", "plain_statement"]

MAX_CHARS = 40_000
MAX_LINE_CHARS = 4_000
MAX_CLAUSE_CHARS = 400

NAME = r"\|?[A-Za-z]\w*\|?(?:\[\w+\])?"
"""A variable, with what it is indexed by."""

# The signs that look like others are what is looked for here.
# ruff: noqa: RUF001
_SPELLINGS = (
    (r"&lt;", "<"), (r"&gt;", ">"), (r"&le;", "<="), (r"&ge;", ">="), (r"&nbsp;", " "), (r"&amp;", "&"),
    (r"\\(?:leqslant|leqq|leq|le)(?![A-Za-z])|≤|⩽|≦|=<", "<="),
    (r"\\(?:geqslant|geqq|geq|ge)(?![A-Za-z])|≥|⩾|≧", ">="),
    (r"\\lt(?![A-Za-z])", "<"), (r"\\gt(?![A-Za-z])", ">"),
    (r"\\(?:neq|ne)(?![A-Za-z])|≠|<>", "!="),
    (r"\\(?:times|cdot|ast)(?![A-Za-z])|[×·⋅]", "*"),
    (r"\\(?:ldots|cdots|dots|hdots)(?![A-Za-z])|[…⋯]|\.\.\.+| \. \. \.", " ... "),
    (r"\\vdots(?![A-Za-z])|⋮|^\s*:\s*$", "..."),
    (r"\\(?:mathrm|mathit|text|texttt|textrm|textbf|textit|operatorname)\{([^{}]*)\}", r"\1"),
    (r"\\(?:left|right|displaystyle|quad)(?![A-Za-z])|\\[,;:! ]", " "),
    (r"\\(?:l?vert|r?vert|mid)(?![A-Za-z])", "|"),
    (r"[−‒]", "-"), (r"\s[–—―]\s?|(?<=\s)--{1,2}(?=\s)", " — "), (r"[–—―]", " — "), (r"[‘’“”`]", "'"), (r"\$+", ""), (r" ", " "),
    (r"(?<![\d*])\*\*([^*\n]{1,80})\*\*(?![\d*])", r"\1"), (r"(?<=\d)\*\*(?=\d)", "^"),
    (r"^[ \t]*[*•-][ \t]+", ""), (r"([_^])\{\s*([^{}]{1,20}?)\s*\}", r"\1(\2)"),
    (r"_\((\w+)\)", r"_\1"), (r"\^\((\d+)\)", r"^\1"),
    (r"_\((\w+)\s*,\s*(\w+)\)", r"_\1_\2"), (r"_\((\w+)\s*([-+])\s*(\d+)\)", r"_\1\3"),
    (r"(?<![\w/*(),.-])(\d{1,3}),(\d{3})(?![\d,])", r"\1\2"), (r"(?<![\w/*(),.-])(\d{1,3}),(\d{3}),(\d{3})(?![\d,])", r"\1\2\3"), (r"\b(\d+)e(\d+)\b", r"\1*10^\2"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.MULTILINE), spelling) for pattern, spelling in _SPELLINGS)

_HEADING = re.compile(
    r"^[\s#*=:-]*+(?P<name>input(?: format| specification| data)?|output(?: format| specification)?|constraints?"
    r"|notes?|scoring|limits?|(?:sample |examples? )?(?:examples?|tests?|samples?|explanation|input|output)?(?: ?\d+)?"
    r"|subtasks?|problem(?: statement)?|statement)[\s#*=:-]*$",
    re.IGNORECASE | re.MULTILINE,
)


def plain_statement(text: str) -> str:
    r"""Return a statement without LaTeX, HTML entities and typographic signs.

    >>> plain_statement(r"$1 \leq a_{i} \le 10^{5}$")
    '1 <= a_i <= 10^5'

    Raises:
        GrammarError: it, or a line of it, is longer than in any statement.
    """
    if len(text) > MAX_CHARS:
        raise GrammarError(f"the statement has {len(text)} characters; {MAX_CHARS} are read")
    if (longest := max(map(len, text.splitlines()), default=0)) > MAX_LINE_CHARS:
        raise GrammarError(f"a line of the statement has {longest} characters; {MAX_LINE_CHARS} are read")
    for pattern, spelling in _COMPILED:
        text = pattern.sub(spelling, text)
    return re.sub(r"[ \t]+", " ", text)


def input_section(plain: str) -> str:
    """Return what a plain statement says of its input.

    Raises:
        GrammarError: no heading says where that stands.
    """
    headings = [match for match in _HEADING.finditer(plain) if match["name"].strip()]
    for number, heading in enumerate(headings):
        if not heading["name"].lower().startswith("input"):
            continue
        stop = headings[number + 1].start() if number + 1 < len(headings) else len(plain)
        if (section := plain[heading.end() : stop].strip()) and re.search(r"[A-Za-z]{2}", section):
            return section
    raise GrammarError("the statement has no section headed Input")


def plain_name(name: str) -> str:
    """Return a variable without its index, where that stands for all of its values.

    >>> plain_name("a_i"), plain_name("A_i_j"), plain_name("x_1"), plain_name("max_sum")
    ('a', 'A', 'x', 'max_sum')
    """
    length = name.startswith("|")
    name = re.sub(r"\[\w+\]$", "", name.strip("|"))
    name = re.sub(r"(?:_(?:[ijkxyNMnm]|\d+|[ijk][ijk]|\d\d))+$", "", name) or name
    return f"|{name}|" if length else name


_ATOM = r"(?:(?:min|max)\s*\((?:[^()<>]|\([^()<>]{1,20}\)){1,40}+\)|\d++|\|\w{1,20}\||[A-Za-z](?:_\w{1,4})?(?![A-Za-z_])|\([^()<>]{1,30}\))"
_VALUE = rf"-? ?{_ATOM}(?: ?[-+*/^] ?{_ATOM}|{_ATOM})*+"
_NAMES = rf"{NAME}(?:\s*,\s*{NAME}|\s+and\s+{NAME})*"
_CHAIN = re.compile(rf"(?<![\w.])({_VALUE})\s*(<=?)\s*({_NAMES})\s*(<=?)\s*({_VALUE})")
_LONG_CHAIN = re.compile(rf"(?<![\w.])({_VALUE})\s*<=?\s*({NAME})\s*(<=?)\s*({NAME})\s*<=?\s*({_VALUE})")
_BETWEEN = re.compile(
    rf"(?<!\w)({_NAMES})[\s)]+(?:(?:is|are|will be|lies?)\s+)?(?:an? )?(?:integers?\s+)?(?:all\s+|each\s+)?"
    rf"(?:between|from|in the range(?: from)?|of)\s+\[?({_VALUE})\s*(?:and|to|,|through)\s*({_VALUE})(?:\]|(?![\w^]))",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    rf"length of (?:the )?(?:string |word |strings )?'?({NAME})'?(?:\s+(?:is|will be))?\s+(?:an integer )?(?:"
    rf"(?:between|from)\s+({_VALUE})\s+(?:and|to)\s+({_VALUE})"
    rf"|(?:at most|(?:does|will) not exceed|not greater than|no more than)\s+({_VALUE}))",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    rf"(?<!\w)({NAME})\s+(?:is\s+)?(?:at most|does not exceed|not greater than|no more than)\s+({_VALUE})",
    re.IGNORECASE,
)
_ONE_SIDED = re.compile(rf"(?<![\w<=])({NAME})\s*(<=?)\s*(\d[\d*^+-]*)(?!\s*<)")
_ONE = Expression(operator="number", number=1)


def find_bounds(plain: str) -> dict[str, Bounds]:
    """Collect the bounds that a plain statement tells, the first of each name.

    Args:
        plain: What :func:`plain_statement` returned.
    """
    found: dict[str, Bounds] = {}
    for name, low, high in _told(plain):
        if name not in found and name not in low.names | high.names:
            found[name] = Bounds(low=low, high=high)
    return found


def _told(plain: str) -> Iterator[tuple[str, Expression, Expression]]:
    for clause in re.split(r"(?<=[.;])\s|(?<![<=,])\n(?!\s*[<=])", plain):
        # Long ones are prose, and patterns take the square of their length.
        if len(clause) <= MAX_CLAUSE_CHARS:
            yield from _told_by(clause)


def _told_by(plain: str) -> Iterator[tuple[str, Expression, Expression]]:
    # l <= r between two bounds: both lie between them, and r from l on.
    for low, first, sign, second, high in _LONG_CHAIN.findall(plain):
        least, most = _read(low), _read(high)
        if least is not None and most is not None and plain_name(first) != plain_name(second):
            yield plain_name(first), least, most
            start = Expression(operator="name", name=plain_name(first))
            yield plain_name(second), start if sign == "<=" else _shifted(start, 1), most
    for low, after_low, names, before_high, high in _CHAIN.findall(plain):
        least, most = _read(low), _read(high)
        if least is not None and most is not None:
            least = _shifted(least, 1) if after_low == "<" else least
            most = _shifted(most, -1) if before_high == "<" else most
            yield from ((name, least, most) for name in _listed(names))
    for names, low, high in _BETWEEN.findall(plain):
        least, most = _read(low), _read(high)
        if least is not None and most is not None:
            yield from ((name, least, most) for name in _listed(names))
    for name, low, high, alone in _LENGTH.findall(plain):
        least, most = _read(low) if low else _ONE, _read(high or alone)
        if least is not None and most is not None:
            yield f"|{plain_name(name)}|", least, most
    for name, high in _AT_MOST.findall(plain):
        if (most := _read(high)) is not None:
            yield plain_name(name), _ONE, most
    for name, sign, high in _ONE_SIDED.findall(plain):
        if (most := _read(high)) is not None:
            yield plain_name(name), _ONE, _shifted(most, -1) if sign == "<" else most


def _listed(names: str) -> list[str]:
    return [plain_name(name.strip()) for name in re.split(r"\s*,\s*|\s+and\s+", names)]


def _read(text: str) -> Expression | None:
    try:
        return _renamed(parse_expression(re.sub(r"\|(\w+)\|", r"len_\1", text)))
    except ExpressionError:
        return None


def _renamed(expression: Expression) -> Expression:
    """Give a length its bars again, and take the index off a name."""
    if expression.operator == "name":
        name = expression.name
        name = f"|{name[4:]}|" if name.startswith("len_") else plain_name(name)
        return Expression(operator="name", name=name)
    operands = tuple(_renamed(operand) for operand in expression.operands)
    return Expression(operator=expression.operator, number=expression.number, operands=operands)


def _shifted(expression: Expression, by: int) -> Expression:
    one = Expression(operator="number", number=abs(by))
    return Expression(operator="+" if by > 0 else "-", operands=(expression, one))
