"""Inferring the grammar of a problem's inputs from its statement, checked against its examples."""

# ruff: noqa: E501 - a pattern broken in the middle is harder to read than a long line

from __future__ import annotations

import re
from collections.abc import Sequence

from reason.problems.expressions import Expression
from reason.problems.format_block import read_format
from reason.problems.grammar import Bounds, Field, Grammar, GrammarError, Line, Number, Row
from reason.problems.matching import match_input
from reason.problems.phrases import read_count, read_fields
from reason.problems.promises import find_properties
from reason.problems.statement import find_bounds, input_section, plain_statement

__all__ = ["read_grammar"]

_SUBJECT = (
    r"(?:(?:and|then|finally|next|after (?:that|them|this)|it is followed by|this is followed by|followed by|the input|input"
    r"|each test(?: case)?|the description|every test case|first),?\s+)*"
)
_OF = r"(?:\s+(?:of|in|for)\s+(?:the\s+|each\s+|every\s+|a\s+|this\s+)?(?:standard\s+)?(?:input|test(?:\s?case)?s?|data ?set|description|file|case)(?:\s+case)?)*"
_HOLDS = r"\s*,?\s*(?:also\s+)?(?:will\s+)?(?:each\s+)?(?:contains?|consists? of|holds?|has|have|gives?|describes?|is|are|starts? with|includes?)(?:\s+(?:only|exactly|of))?\s*:?\s+"
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|only|next|last|following|single|one|final|1st|2nd|3rd|4th)"
)
_ONE_LINE = re.compile(
    rf"^{_SUBJECT}(?:in |on )?(?:the |a )?(?:{_ORDINAL} )?(?:and (?:the )?only )?(?:input )?line{_OF}{_HOLDS}(?P<what>.+)$",
    re.I,
)
_BY_ORDER = re.compile(
    rf"^{_SUBJECT}(?:in|on) the (?:{_ORDINAL} )(?:and only )?line{_OF}\s*,?\s*(?:there (?:is|are)|you are given|are given|is given|comes?)?\s+(?P<what>.+)$",
    re.I,
)
_INPUT_IS = re.compile(
    r"^(?:the )?(?:only )?input(?: file| data)?\s+(?:contains?|consists? of|is|has)\s+(?:(?:only |just )?(?:a |one )?(?:single |only )?line(?:,? (?:containing|with|that contains|of))\s+)?(?P<what>.+)$",
    re.I,
)
_MANY = r"(?P<count>(?:\d+|[A-Za-z](?:_\w+)?)(?:\s?[-+*/]\s?\d+)?|\d[A-Za-z]|two|three|four)"
_MANY_LINES = re.compile(
    rf"^{_SUBJECT}(?:each of )?(?:the )?(?:next|following|remaining|last|subsequent)\s+{_MANY}\s+lines{_OF}{_HOLDS}(?P<what>.+)$",
    re.I,
)
_FOLLOW = re.compile(
    rf"^{_SUBJECT}(?:the )?(?:next|following|there (?:are|follow))?\s*{_MANY}\s+lines\s*(?:follow|describe[^.,;:]*)?\s*[,.:;]?\s*(?:(?:each|every)(?: one)?(?: of (?:them|which|these lines|the lines))?(?: line)?|the i-th of (?:them|which|these lines))?(?:{_HOLDS}|\s*with\s+|\s*containing\s+)(?P<what>.+)$",
    re.I,
)
_FOLLOW_ALONE = re.compile(
    rf"^{_SUBJECT}(?:the )?(?:next|following)?\s*{_MANY}\s+lines\s*(?:follow|describe|contain the description|give)\b[^<]*$",
    re.I,
)
_EACH = re.compile(
    rf"^(?:each|every)(?: one)?(?: of (?:them|which|these|the (?:following |next )?lines|these lines))?(?: (?:such |of these )?lines?)?{_OF}{_HOLDS}(?P<what>.+)$|^the (?:i-th|j-th|i th|ith)(?: (?:of (?:them|these lines|which|those lines|the (?:next|following)(?: \w+)? lines)|line(?: of them)?|of the [^,]{{1,30}} lines))?{_OF}{_HOLDS}(?P<also>.+)$",
    re.I,
)
_TESTS = re.compile(
    r"(?:integer |number )?(?:(?<![A-Za-z])\(?(?P<name>[A-Za-z])\)?(?![A-Za-z])(?<!\ba).{0,60}?)?(?:number of|amount of|count of|how many) (?:independent )?(?:test ?cases|tests|data ?sets|queries to answer separately)",
    re.I,
)
_FILLER = re.compile(
    r"^(?:the )?(?:descriptions?|input|test cases?|each test(?: case)?|first line of each|next|then|every test case)\b[^<]*?(?:follows?|described|given in the following|consists? of (?:\w+ lines|multiple test cases|several test cases|one or more lines|two parts)|contains multiple test cases|lines?)\W*$",
    re.I,
)
_NO_LINE = re.compile(r"\b(?:lines?|input|contains?|given)\b", re.I)
MAX_LINES = 12
MAX_SENTENCE_CHARS = 600


def read_grammar(statement: str, examples: Sequence[str] = ()) -> Grammar:
    """Infer what the inputs of a problem look like.

    Args:
        statement: The whole statement, with a section headed ``Input`` (bounds may stand in any section).
        examples: Inputs that the grammar must fit.

    Raises:
        GrammarError: something is not understood, or an example is not of the grammar found; the message
            is the reason.
    """
    plain = plain_statement(statement)
    section = input_section(plain)
    tests, lines = None, read_format(section, plain)
    if lines is None:
        tests, lines = _read_sentences(section, plain)
    bounds = find_bounds(plain)
    bounds.update(_nearby_bounds(section, lines, bounds))
    properties, implied = find_properties(plain, lines, bounds)
    bounds.update(implied)
    grammar = Grammar(lines=lines, bounds=bounds, properties=properties, tests=tests)
    for number, example in enumerate(examples, 1):
        if problem := match_input(grammar, example):
            raise GrammarError(f"example {number} is not as the statement says: {problem}")
    return grammar


def sentences(section: str) -> list[str]:
    """Cut a section into its sentences; a full stop ends one where white space and no dots follow it."""
    text = re.sub(r"\n\s*\n", "\n", section)
    text = re.sub(r"\s\.\.\.(?=[\s,])", " @@@", text)
    # A line of the text that begins with a small letter goes on with the sentence before it.
    text = re.sub(r"\n(?=[a-z(])", " ", text)
    pieces = re.split(
        r"(?<=[.;!])\s+(?=[A-Z*-]|[a-z]\d? (?:\w+ )?lines)|\n"
        r"|,?\s+(?:and )?(?=the (?:second|third|fourth|next|last) line )",
        text,
    )
    return [piece.replace("@@@", "...").strip(" \t*-") for piece in pieces if piece.strip(" \t*-.")]


def _read_sentences(section: str, plain: str) -> tuple[str | None, tuple[Line, ...]]:
    tests: str | None = None
    lines: list[Line] = []
    waiting: Expression | None = None
    for text in sentences(section):
        sentence = text.rstrip(".;: ")
        if len(sentence) > MAX_SENTENCE_CHARS:
            raise GrammarError(f"a sentence has {len(sentence)} characters: {sentence[:60]!r}...")
        if re.match(
            r"it'?s? (?:is )?(?:also )?guaranteed|all .{1,60} are (?:distinct|different|integers)",
            sentence,
            re.I,
        ):
            continue
        if (
            not lines
            and (found := _TESTS.search(sentence))
            and re.search(r"line|contains|input", sentence, re.I)
        ):
            tests = found["name"] or _lone_name(sentence) or "t"
            continue
        if (
            waiting is None
            and not _EACH.match(sentence)
            and (match := _FOLLOW_ALONE.match(sentence))
            and not _has_items(sentence)
        ):
            waiting = read_count(match["count"])
            continue
        if (read := _read_line(sentence, plain, waiting, len(lines))) is not None:
            lines.append(read)
            waiting = None
        elif _NO_LINE.search(sentence) and not _is_known_talk(sentence):
            raise GrammarError(f"a sentence is not understood: {sentence[:100]!r}")
        if len(lines) > MAX_LINES:
            raise GrammarError(f"the input has more than {MAX_LINES} kinds of lines")
    if not lines:
        raise GrammarError("no sentence of the input section says what a line contains")
    if waiting is not None:
        raise GrammarError("some lines follow of which nothing is said")
    return tests, tuple(lines)


def _read_line(sentence: str, plain: str, waiting: Expression | None, serial: int) -> Line | None:
    if match := _MANY_LINES.match(sentence) or _FOLLOW.match(sentence):
        return Line(fields=read_fields(match["what"], plain, serial), repeat=read_count(match["count"]))
    if match := _EACH.match(sentence):
        repeat = waiting or _count_in(sentence)
        if repeat is None:
            return None
        return Line(fields=read_fields(match["what"] or match["also"], plain, serial), repeat=repeat)
    if match := _ONE_LINE.match(sentence) or _BY_ORDER.match(sentence) or _INPUT_IS.match(sentence):
        return Line(fields=read_fields(match["what"], plain, serial))
    return None


def _count_in(sentence: str) -> Expression | None:
    match = re.search(r"of the (?:next|following) (\w+) lines", sentence)
    return read_count(match[1]) if match else None


def _has_items(sentence: str) -> bool:
    return bool(re.search(r"\beach\b.*\b(?:contain|integer|string)|,\s*(?:each|with)\b", sentence, re.I))


def _is_known_talk(sentence: str) -> bool:
    if re.fullmatch(
        r"(?:there are )?(?:two|three|four|several) lines(?: of input| in the input)?", sentence, re.I
    ):
        return True
    if _FILLER.match(sentence) or re.match(
        r"(?:note|please|you|see|for|if|so|thus|in other|there (?:is|are) no|the sum of|sum of|here|where)\b",
        sentence,
        re.I,
    ):
        return True
    # A sentence that only tells bounds.
    return bool(re.search(r"<|between", sentence)) and not re.search(r"\b(?:line|contains)\b", sentence)


def _lone_name(sentence: str) -> str | None:
    match = re.search(r"(?:integer|number) ([A-Za-z])(?![A-Za-z])", sentence) or re.search(
        r"\b([A-Za-z]) \((?:1|0) <", sentence
    )
    return match[1] if match else None


def _nearby_bounds(section: str, lines: Sequence[Line], told: dict[str, Bounds]) -> dict[str, Bounds]:
    """Find bounds that name nothing: ``n integers, each between 1 and 100``; and a permutation's."""
    found: dict[str, Bounds] = {}
    rows = [each for line in lines for each in line.fields if _plain_row(each) and _name_of(each) not in told]
    matches = re.findall(
        r"(?:each|all|every)?\s*(?:of them )?(?:integers? )?(?:is |are )?(?:between|in the range|from)\s+\[?(-?[\d*^]+)\s*(?:and|to|,)\s*(-?[\d*^]+|[A-Za-z])",
        section,
    )
    if len(rows) == 1 and len(matches) >= 1:
        low, high = matches[-1]
        found[_name_of(rows[0])] = Bounds(low=_number(low), high=_number(high))
    return found


def _number(text: str) -> Expression:
    from reason.problems.expressions import parse_expression

    return parse_expression(text)


def _plain_row(each: Field) -> bool:
    return isinstance(each, Row) and isinstance(each.item, Number)


def _name_of(each: Field) -> str:
    return each.item.name if isinstance(each, Row) else each.name
