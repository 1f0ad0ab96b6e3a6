"""Noun phrases of input sections: ``two integers n and m``, ``n integers a_1, ..., a_n``, ``a string s``."""

# ruff: noqa: E501 - a pattern broken in the middle is harder to read than a long line

from __future__ import annotations

import re

from reason.problems.expressions import Expression, ExpressionError, parse_expression
from reason.problems.grammar import Field, GrammarError, Number, Row, Word
from reason.problems.statement import NAME, plain_name

__all__ = ["COUNT_WORDS", "find_alphabet", "read_count", "read_fields"]

_WORDS_BY_COUNT = (
    ("a", "an", "one", "single", "a single", "exactly one", "only one", "the", "1"),
    ("two", "2", "a pair of"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
)
COUNT_WORDS = {word: number for number, words in enumerate(_WORDS_BY_COUNT, 1) for word in words}
_COUNT = "|".join(sorted(COUNT_WORDS, key=len, reverse=True))
_LETTER = r"(?:[A-Za-z](?:_\w{1,3})?(?![A-Za-z_]))"
_ADJECTIVES = (
    r"(?:(?:space|blank|white ?space)[- ]separated\s+|separated\s+|positive\s+|non[- ]?negative\s+|natural\s+"
    r"|whole\s+|distinct\s+|different\s+|pairwise\s+|unique\s+|decimal\s+|random\s+|more\s+)*"
)
_QUANTITY = r"(?:\d++|[A-Za-z](?:\w*[A-Z_\d]\w*)?(?![A-Za-z])(?:\s?[-+*/]\s?\d+)?|\d[A-Za-z](?![A-Za-z]))"
_DOTS = rf"(?P<first>{NAME})\s*,?\s+(?:{NAME}\s*,?\s+)*\.\.\.\s*,?\s*(?:and\s+)?(?P<last>{NAME}|[A-Za-z]\w*_[\w+-]+)"
_SCALARS = re.compile(
    rf"(?:(?:the|exactly)\s+)?(?:(?P<count>{_COUNT})\s+)?{_ADJECTIVES}(?:integers?|numbers?|ints?)\s*(?:[:,]\s*)?"
    rf"(?P<names>{NAME}(?:\s*,\s*(?!\.\.\.|and\b){NAME}(?!\s*,?\s*\.\.\.))*(?:\s*,?\s*and\s+(?:an? (?:integer|number) )?{NAME}(?!\w))?)"
    rf"(?!\w)(?!\s*,?\s*(?:{NAME}\s*,\s*)*\.\.\.)(?!')",
    re.IGNORECASE,
)
_ROW = re.compile(
    rf"(?:the\s+)?(?:(?:an?\s+)?(?:array|sequence|list|row|permutation)\s+(?:{NAME}\s+)?(?:of|with|containing)\s+)?"
    rf"(?:the\s+)?(?:(?P<count>{_QUANTITY}|{_COUNT})\s+)?{_ADJECTIVES}"
    rf"(?:integers?|numbers?|elements?|values?|array|sequence|list|permutation|heights?|weights?|costs?)"
    rf"(?:\s+of\s+the\s+(?:array|sequence|list|permutation)(?:\s+[a-z](?![A-Za-z]))?)?\s*[:,(]?\s*{_DOTS}\)?"
    r"(?:\s*,?\s*(?:which is\s+)?(?:(?:a\s+)?permutation\s+)?of\s+(?:the\s+)?(?:integers\s+|numbers\s+)?(?:from\s+)?1\s+(?:to|through)\s+\w+)?",
    re.IGNORECASE,
)
_UNNAMED_ROW = re.compile(
    rf"(?P<count>{_QUANTITY})\s+{_ADJECTIVES}(?:integers|numbers)(?!\s+[A-Za-z]_)"
    rf"(?:\s*,?\s*(?:representing|describing|denoting|of|in)?\s*(?:the\s+)?(?:elements of\s+)?(?:the\s+)?"
    rf"(?:array|sequence|list|permutation)?\s*(?P<name>[A-Za-z])(?![A-Za-z_]))?",
)
_PERMUTATION = re.compile(
    rf"(?:an?|the)\s+permutation\s+(?P<name>[A-Za-z])?\s*(?:of\s+)?(?:the\s+)?(?:{_ADJECTIVES}(?:integers|numbers)\s+)?"
    rf"(?:from\s+)?1\s*(?:,\s*2\s*,?\s*\.\.\.\s*,?|to|through|\.\.\.|—)\s*(?P<count>{_QUANTITY})",
)
_WORDS = re.compile(
    rf"(?:the\s+)?(?:(?P<count>{_COUNT}|{_QUANTITY})\s+)?"
    rf"(?:non[- ]?empty\s+|binary\s+|lower[- ]?case\s+|upper[- ]?case\s+|distinct\s+|different\s+|(?:English|Latin)\s+|space[- ]separated\s+)*"
    rf"(?:strings?|words?|text|pattern|message)(?![A-Za-z])\s*:?\s*"
    rf"(?:(?P<names>{NAME}(?:\s*,\s*(?!\.\.\.|(?:which|that|each|both|all|the|an?|with|where|consisting)\b){NAME})*(?:\s*,?\s*and\s+{NAME})?)(?![\w']))?",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    rf"\s*,?\s*(?:(?:(?:each\s+)?(?:of|with|having)\s+)?length\s+(?:exactly\s+)?(?P<length>{_QUANTITY})"
    rf"|(?:(?:each\s+)?of|with|containing)\s+(?:exactly\s+)?(?P<count>{_QUANTITY})\s+(?:\w+\s+){{0,3}}?(?:characters|letters|digits|symbols))"
)
_CHARACTERS = re.compile(rf"(?P<count>{_QUANTITY})\s+(?:\w+\s+){{0,3}}?(?:characters|letters|symbols)")
_MADE_OF = re.compile(
    r"\s*,?\s*(?:(?:which|that)\s+)?(?:each(?:\s+of\s+which)?(?:\s+is)?(?:\s+either)?(?=\s+')|(?:consists?|consisting|contain(?:s|ing)|made|composed|formed)\s*(?:up\s+)?(?:only\s+)?(?:of|from)?"
    r"|of)\s+(?:only\s+)?[^,;]*?(?:letters?|characters?|digits?|brackets|parentheses|symbols|'[^']')"
    r"(?:\s*(?:from\s+)?(?:,|and|or|to|through|\.\.\.|—|from)?\s*(?:'[^']{1,3}'|[a-z]\b(?!\s+string)|\d\b))*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s+—|,?\s+(?:where|which|denoting|representing|describing|separated|indicating|giving|meaning|respectively"
    r"|specifying|that|as described|in this order|in that order|with a space|on a line|such that|i\.e\.)\b"
    r"|\s*:\s+(?:the|an?|its|their)\b"
    r"|\s*,\s+(?:the|an?)\s+(?!(?:[\w-]+\s+){0,2}(?:integers?|numbers?|strings?|words?|text|pattern|array|sequence|permutation)\b)"
    r"|\s*,\s+(?:the|an?)\s+(?:\w+\s+){1,3}(?:on|of|in|at|that|between|from|to)\b|\s*;",
    re.IGNORECASE,
)  # fmt: skip
_BARE = re.compile(rf"{_LETTER}(?:\s*,\s*{_LETTER})*(?:\s*,?\s*and\s+{_LETTER})?(?=\s*(?:$|[,.;:(—]|and\b))")
_GLUE = re.compile(r"(?:[\s,.;:]|and(?![A-Za-z])|then(?![A-Za-z])|followed by|also)*", re.IGNORECASE)


def read_fields(text: str, whole: str, serial: int) -> tuple[Field, ...]:
    """Read what a line holds.

    Args:
        text: What stands behind ``contains``, in plain spelling.
        whole: The whole statement, in which alphabets are looked up.
        serial: Number of the line, for the names of rows that have none.

    Raises:
        GrammarError: some words are not understood; the message cites them.
    """
    rest = re.sub(r"\([^()]*(?:<|between|\||length|indexed|not necessarily)[^()]*\)+", " ", text)
    rest = re.sub(r"\b(?:each\s+)?(?:between|in the range)\s.*$", "", rest)
    found: list[Field] = []
    while rest := rest[_GLUE.match(rest).end() :]:  # type: ignore[union-attr]
        for read in (
            _read_permutation,
            _read_row,
            _read_scalars,
            _read_words,
            _read_unnamed_row,
            _read_characters,
            _read_names,
        ):
            if (got := read(rest, whole, serial + len(found))) is not None:
                fields, length = got
                found += fields
                rest = rest[length:]
                break
        else:
            if found and (_TRAILING.match(rest) or _TRAILING.match(" " + rest) or rest.startswith("(")):
                break
            raise GrammarError(f"what a line holds is not understood: {rest.strip()[:80]!r}")
        if trailing := _TRAILING.match(rest):
            rest = _after_description(rest[trailing.end() :])
    if not found:
        raise GrammarError(f"what a line holds is not understood: {text.strip()[:80]!r}")
    return tuple(found)


def read_count(text: str) -> Expression:
    """Read how many there are of something, in words, digits or a formula.

    Raises:
        GrammarError: it is none of them.
    """
    word = " ".join(text.split())
    if word.lower() in COUNT_WORDS and not (len(word) == 1 and word.isupper()):
        return Expression(operator="number", number=COUNT_WORDS[word.lower()])
    try:
        return parse_expression(re.sub(r"_\w+", "", word))
    except ExpressionError as error:
        raise GrammarError(f"a count is not understood: {text[:40]!r}") from error


def find_alphabet(name: str, near: str, whole: str) -> str:
    """Return the characters of a word, as the statement tells them nearest to its name.

    Raises:
        GrammarError: it does not tell them.
    """
    about = [s for s in re.split(r"[\n.](?!\.)", whole) if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", s)]
    for text in (near, *about, whole):
        if alphabet := _alphabet(text):
            return alphabet
    raise GrammarError(f"the statement does not say which characters {name} is made of")


def _alphabet(text: str) -> str:
    found: set[str] = set()
    if match := re.search(
        r"letters?\s+(?:from\s+)?'?([a-zA-Z])'?\s*(?:to|through|—|-|\.\.\.)\s*'?([a-zA-Z])'?(?!\w)", text
    ):
        return "".join(map(chr, range(ord(match[1]), ord(match[2]) + 1)))
    case = re.search(
        r"(lower|upper)[- ]?case(?:\s+(?:or|and)\s+(lower|upper)[- ]?case)?", text, re.IGNORECASE
    )
    if case:
        for word in filter(None, case.groups()):
            found |= set(map(chr, range(97, 123) if word.lower() == "lower" else range(65, 91)))
    elif re.search(r"(?:English|Latin)\s+(?:alphabet\s+)?letters", text):
        found |= {chr(code) for start in (65, 97) for code in range(start, start + 26)}
    if re.search(
        r"binary string|(?:digits|characters)\s+'?0'?\s*(?:and|or|,)\s*'?1|0s? and 1s?|zeros and ones",
        text,
        re.IGNORECASE,
    ):
        return "01"
    if re.search(r"\bdigits\b", text):
        found |= set("0123456789")
    if re.search(r"parenthes[ei]s|(?:round )?brackets", text) and not found:
        found |= set("()")
    if quoted := re.findall(r"'([^'\s])'", text):
        found |= set(quoted)
    elif not found and (
        match := re.search(
            r"(?:letters|characters)\s+((?:[A-Za-z.#*](?:\s*,\s*|\s+(?:and|or)\s+|,?\s+(?:and|or)\s+))+[A-Za-z.#*])(?!\w)",
            text,
        )
    ):
        found |= set(re.findall(r"(?<!\w)[A-Za-z.#*](?!\w)", match[1]))
    return "".join(sorted(found))


_Found = tuple[list[Field], int] | None


def _read_scalars(text: str, whole: str, serial: int) -> _Found:
    match = _SCALARS.match(text)
    if not match:
        return None
    names = _split_names(match["names"])
    count = (match["count"] or "").lower()
    if count and count not in ("the",) and COUNT_WORDS[count] != len(names):
        return None
    return [Number(name=name) for name in names], match.end()


def _read_row(text: str, whole: str, serial: int) -> _Found:
    match = _ROW.match(text)
    if not match:
        return None
    name, last = plain_name(match["first"]), match["last"]
    start = re.search(r"(\d+)$", match["first"])
    index = re.search(r"_(?:[A-Za-z\d]+_)?([A-Za-z\d]+(?:[-+]\d+)?)$", last) or re.search(
        r"(?<=[a-z])(\d+|[A-Znm])$", last
    )
    if index is None:
        raise GrammarError(f"how many values there are is not understood: {match[0][:80]!r}")
    count = read_count(index[1])
    if match["count"] and match["count"].lower() not in ("the", "a", "an"):
        count = read_count(match["count"])
    elif start and start[1] == "0":
        count = Expression(operator="+", operands=(count, Expression(operator="number", number=1)))
    return [Row(item=Number(name=name), count=count)], match.end()


def _read_unnamed_row(text: str, whole: str, serial: int) -> _Found:
    match = _UNNAMED_ROW.match(text)
    if not match or (match["count"].isdigit() and not match["name"]):
        return None
    return [
        Row(item=Number(name=match["name"] or f"values{serial}"), count=read_count(match["count"]))
    ], match.end()


def _read_permutation(text: str, whole: str, serial: int) -> _Found:
    match = _PERMUTATION.match(text)
    if not match:
        return None
    return [
        Row(item=Number(name=match["name"] or f"values{serial}"), count=read_count(match["count"]))
    ], match.end()


def _read_words(text: str, whole: str, serial: int) -> _Found:
    match = _WORDS.match(text)
    if not match:
        return None
    names = _split_names(match["names"]) if match["names"] else []
    end, length = match.end(), None
    dots = re.compile(rf"\s*{_DOTS}").match(text, match.start("names")) if match["names"] else None
    if names and names[0].lower() in ("of", "with", "consisting", "which", "that", "containing", "denoting"):
        names, end = [], match.start("names")
    if dots:
        names, end = [plain_name(dots["first"])], dots.end()
    if found := _LENGTH.match(text, end):
        length, end = read_count(found["length"] or found["count"]), found.end()
    if made := _MADE_OF.match(text, end):
        end = made.end()
        if found := _LENGTH.match(text, end):
            length, end = read_count(found["length"] or found["count"]), found.end()
    names = names or [f"word{serial}"]
    words = [
        Word(name=name, alphabet=find_alphabet(name, text[:end], whole), length=length) for name in names
    ]
    count = match["count"]
    many = dots is not None or (count and count.lower() not in COUNT_WORDS)
    if not many:
        if count and count.lower() != "the" and COUNT_WORDS[count.lower()] != len(words):
            raise GrammarError(f"{count} words need as many names: {text[:60]!r}")
        return list(words), end
    number = read_count(count) if count else read_count(str(dots["last"]).rpartition("_")[2] if dots else "1")
    return [Row(item=words[0], count=number)], end


def _read_characters(text: str, whole: str, serial: int) -> _Found:
    match = _CHARACTERS.match(text)
    if not match:
        return None
    end = match.end()
    if made := _MADE_OF.match(text, end):
        end = made.end()
    name = f"word{serial}"
    alphabet = find_alphabet(name, text, whole)
    return [Word(name=name, alphabet=alphabet, length=read_count(match["count"]))], end


def _read_names(text: str, whole: str, serial: int) -> _Found:
    match = _BARE.match(text)
    return ([Number(name=name) for name in _split_names(match[0])], match.end()) if match else None


def _split_names(names: str) -> list[str]:
    names = re.sub(r"\b(?:an?\s+)?(?:integer|number)\s+", "", names)
    return [
        plain_name(name.strip()) for name in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", names) if name.strip()
    ]


def _after_description(rest: str) -> str:
    """Skip a description up to the next item, where one follows."""
    match = re.compile(
        r"(?:,|\band)\s+(?:an?|two|three|the)\s+(?:\w+\s+)?(?:integers?|strings?|numbers?)\s"
    ).search(rest)
    return rest[match.start() :] if match else ""
