"""The phrases of conditions, which every family speaks."""

from __future__ import annotations

from reason.generators.sql.phrase import Phrase
from reason.generators.sql.tree import (
    All,
    AnyOf,
    Between,
    Comparison,
    Definition,
    Has,
    Match,
    Missing,
    OneOf,
    Term,
)

__all__ = ["CONDITIONS"]

_NUMBERS = {
    ">": ("above", "greater than", "more than"),
    "<": ("below", "less than"),
    ">=": ("at least",),
    "<=": ("at most",),
    "=": ("exactly", "equal to"),
    "<>": ("different from", "anything but"),
}
_DATES = {
    ">": ("after",),
    "<": ("before",),
    ">=": ("on or after", "no earlier than"),
    "<=": ("on or before", "no later than"),
    "=": ("exactly",),
    "<>": ("different from",),
}


def _comparisons() -> list[Phrase]:
    found = []
    for words, column, constant in ((_NUMBERS, "quantity", "number"), (_DATES, "day", "date")):
        for operator, phrases in words.items():
            fixed = {"operator": operator}
            for phrase in phrases:
                found += [
                    Phrase(
                        "atom", Comparison, f"whose {{left:{column}}} is {phrase} {{right:{constant}}}", fixed
                    ),
                    Phrase(
                        "atom",
                        Comparison,
                        f"whose {{left:{column}}} is {phrase} the {{right:{column}}}",
                        fixed,
                    ),
                ]
    return found


CONDITIONS: tuple[Phrase, ...] = (
    *_comparisons(),
    Phrase("atom", Comparison, "whose {left:word} is {right:text}", {"operator": "="}),
    Phrase("atom", Comparison, "with {right:text} as {left:word}", {"operator": "="}),
    Phrase("atom", Comparison, "whose {left:word} is not {right:text}", {"operator": "<>"}),
    Phrase("atom", Comparison, "whose {left:word} is other than {right:text}", {"operator": "<>"}),
    Phrase(
        "atom", Between, "whose {column:quantity} is between {low:number} and {high:number} (both included)"
    ),
    Phrase(
        "atom",
        Between,
        "whose {column:quantity} is in the range from {low:number} to {high:number} (inclusive)",
    ),
    Phrase("atom", Between, "whose {column:day} lies between {low:date} and {high:date} (both included)"),
    Phrase("atom", OneOf, "whose {column:word} is one of {values:text|}", {"negated": False}),
    Phrase("atom", OneOf, "whose {column:word} is either {values:text|}", {"negated": False}),
    Phrase("atom", OneOf, "whose {column:word} is neither of {values:text|}", {"negated": True}),
    Phrase("atom", Missing, "whose {column:column} is missing", {"negated": False}),
    Phrase("atom", Missing, "whose {column:column} is not recorded", {"negated": False}),
    Phrase("atom", Missing, "whose {column:column} is known", {"negated": True}),
    Phrase("atom", Missing, "for which no {column:reference} is recorded", {"negated": False}),
    Phrase("atom", Missing, "for which some {column:reference} is recorded", {"negated": True}),
    Phrase(
        "atom",
        Match,
        "whose {column:word} starts with {text:text} (in upper or lower case)",
        {"how": "starts"},
    ),
    Phrase(
        "atom", Match, "whose {column:word} ends with {text:text} (in upper or lower case)", {"how": "ends"}
    ),
    Phrase(
        "atom",
        Match,
        "whose {column:word} contains {text:text} (in upper or lower case)",
        {"how": "contains"},
    ),
    Phrase("atom", Has, "that have one or more {link:link}", {"where": None, "negated": False}),
    Phrase("atom", Has, "that have one or more {link:link} ({where:condition@link})", {"negated": False}),
    Phrase("atom", Has, "that have no {link:link}", {"where": None, "negated": True}),
    Phrase("atom", Has, "that have no {link:link} ({where:condition@link})", {"negated": True}),
    Phrase("atom", Term, "that are {definition:term}"),
    Phrase("note", Definition, "{name:name} {table:plural} are those {where:condition@table}."),
    Phrase("part", All, "({items:part&})"),
    Phrase("part", AnyOf, "({items:part/})"),
    Phrase("condition", All, "{items:part&}"),
    Phrase("condition", AnyOf, "{items:part/}"),
)
"""Category ``condition`` stands behind a plural noun; ``part`` stands among others."""
