"""String functions: lengths, parts, upper and lower case, and texts put together."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_condition
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.showing import REPORTS, Report, draw_plain, joined
from reason.generators.sql.tree import Column, Comparison, Scope
from reason.registry import register

__all__ = ["Affix", "Beginning", "Changed", "Length", "Long", "Pair", "Rest", "SQLText", "SQLTextConfig"]


@dataclass(frozen=True)
class Length:
    """How many characters a text has."""

    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.Length(this=self.column.sql(scope))


@dataclass(frozen=True)
class Beginning:
    """The first characters of a text."""

    size: int
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.Substring(
            this=self.column.sql(scope), start=exp.Literal.number(1), length=exp.Literal.number(self.size)
        )


@dataclass(frozen=True)
class Rest:
    """A text without its first characters."""

    size: int
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.Substring(this=self.column.sql(scope), start=exp.Literal.number(self.size + 1))


@dataclass(frozen=True)
class Changed:
    """A text in another spelling."""

    how: str
    """``upper``, ``lower``, ``word`` (the first) or ``joined`` (spaces are hyphens)."""
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        column = self.column.sql(scope)
        space = exp.Literal.string(" ")
        match self.how:
            case "upper":
                return exp.Upper(this=column)
            case "lower":
                return exp.Lower(this=column)
            case "joined":
                # Of the names that both engines have for it, sqlglot reads this one as a plain function.
                return exp.Anonymous(this="REPLACE", expressions=[column, space, exp.Literal.string("-")])
        place = exp.StrPosition(this=exp.DPipe(this=column, expression=space), substr=space.copy())
        end = exp.Sub(this=place, expression=exp.Literal.number(1))
        return exp.Substring(this=column.copy(), start=exp.Literal.number(1), length=end)


@dataclass(frozen=True)
class Pair:
    """Two texts with something between them; missing where either is."""

    first: Column
    between: str
    second: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        head = exp.DPipe(this=self.first.sql(scope), expression=exp.Literal.string(self.between))
        return exp.DPipe(this=head, expression=self.second.sql(scope))


@dataclass(frozen=True)
class Long:
    """A text of some length."""

    operator: str
    number: int
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return Comparison(Length(self.column), self.operator, self.number).sql(scope)

    def fitting(self, pool: list[str], *, met: bool) -> list[str]:
        """Return the texts that have this length, or that have not; of them those nearest to the bound."""
        found = [text for text in pool if _TESTS[self.operator](len(text), self.number) is met]
        nearest = min((abs(len(text) - self.number) for text in found), default=0)
        return [text for text in found if abs(len(text) - self.number) <= nearest + 1]


@dataclass(frozen=True)
class Affix:
    """A text that begins as another does: of two columns."""

    column: Column
    size: int
    other: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        left, right = Beginning(self.size, self.column), Beginning(self.size, self.other)
        return Comparison(left, "=", right).sql(scope)


_TESTS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_SEPARATORS = {
    " / ": "a slash between spaces",
    "-": "a hyphen",
    ", ": "a comma and a space",
    ": ": "a colon and a space",
}
_CHANGES = {
    "upper": ("{column:word} in upper case", "{column:word} in capital letters"),
    "lower": ("{column:word} in lower case", "{column:word} in small letters"),
    "word": ("first word of the {column:word} (what stands before the first space, or all of it)",),
    "joined": ("{column:word} with a hyphen for each space",),
}
_LENGTHS = {
    ">": ("longer than {number:number} characters",),
    "<": ("shorter than {number:number} characters",),
    ">=": ("at least {number:number} characters long",),
    "<=": ("at most {number:number} characters long",),
}
PHRASES = (
    *REPORTS,
    *(Phrase("shown", Changed, text, {"how": how}) for how, texts in _CHANGES.items() for text in texts),
    Phrase("shown", Length, "length of the {column:word}"),
    Phrase("shown", Length, "number of characters of the {column:word}"),
    Phrase("shown", Beginning, "first {size:number} characters of the {column:word}"),
    Phrase("shown", Rest, "{column:word} without its first {size:number} characters"),
    *(
        Phrase(
            "shown",
            Pair,
            f"{{first:word}} followed by {{second:word}} (in one text, {words} in between)",
            {"between": text},
        )
        for text, words in _SEPARATORS.items()
    ),
    *(
        Phrase("atom", Long, f"whose {{column:word}} is {text}", {"operator": operator})
        for operator, texts in _LENGTHS.items()
        for text in texts
    ),
    Phrase(
        "atom", Affix, "whose {column:word} begins with the same {size:number} characters as the {other:word}"
    ),
)


@dataclass(frozen=True, kw_only=True)
class SQLTextConfig(AskingConfig):
    """Knobs of the question."""

    num_functions: int = 1
    """How many of the columns that are shown are made by string functions."""
    num_text_conditions: int = 0
    """How many conditions are on what a string function gives."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_functions <= 6, "num_functions", "1 to 6")
        self.require(0 <= self.num_text_conditions <= 2, "num_text_conditions", "0 to 2")


@register
class SQLText(AskingFamily[SQLTextConfig]):
    """Write a SQL query that takes texts apart, changes them and puts them together.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLText-v0"
    topic = "string functions"
    phrases = PHRASES

    def at_level(self, level: int) -> SQLTextConfig:
        """Add functions, conditions on their values, plain conditions and other tables in turn."""
        return SQLTextConfig(
            num_tables=1 + level // 2,
            num_columns=1 + level // 4,
            num_functions=1 + (level >= 1) + (level >= 4) + (level >= 8),
            num_text_conditions=int(level >= 2),
            num_conditions=(level >= 3) + (level >= 7) + (level >= 9),
            depth=int(level >= 5),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLTextConfig) -> Any:
        """Draw functions of the texts of any table that has some."""
        subject = rng.choice(list(schema.tables))
        texts = columns_within(schema, subject, config.depth, ("name", "category"))
        if not texts:
            return None
        made: list[Any] = []
        for _ in range(4 * config.num_functions):
            if len(made) < config.num_functions and (value := _draw_function(rng, texts)) not in made:
                made.append(value)
        rng.shuffle(texts)
        conditions = [
            _draw_long(rng, schema, subject, column) for column in texts[: config.num_text_conditions]
        ]
        used = texts[: config.num_text_conditions]
        if None in conditions:
            return None
        others = [column for column in columns_within(schema, subject, config.depth) if column not in used]
        plain = draw_condition(
            rng,
            schema,
            subject,
            config.num_conditions,
            config.depth,
            evidence=config.evidence,
            columns=others,
        )
        shown = draw_plain(rng, schema, subject, config.num_columns - 1, 0)
        values = [*shown, *made]
        if len(values) < config.num_columns - 1 + config.num_functions or (
            plain is None and config.num_conditions
        ):
            return None
        rng.shuffle(values)
        conditions = [*conditions, plain]
        rng.shuffle(conditions)
        return Report(subject, tuple(values), joined(*conditions))


def _draw_function(rng: Random, texts: list[Column]) -> Any:
    column = rng.choice(texts)
    chance = rng.random()
    if chance < 0.2 and len(texts) > 1:
        return Pair(
            column, rng.choice(tuple(_SEPARATORS)), rng.choice([other for other in texts if other != column])
        )
    if chance < 0.35:
        return Length(column)
    if chance < 0.5:
        return Beginning(rng.randint(2, 4), column)
    if chance < 0.6:
        return Rest(rng.randint(2, 4), column)
    return Changed(rng.choice(tuple(_CHANGES)), column)


def _draw_long(rng: Random, schema: Schema, subject: str, column: Column) -> Any:
    texts = [
        other
        for other in columns_within(schema, subject, 0, ("name", "category"))
        if other != column and not column.path
    ]
    if texts and rng.random() < 0.1:
        return Affix(column, 1, rng.choice(texts))
    lengths = {len(value) for value in schema.column(subject, column.path, column.name).values}
    # On both sides of the bound there is a text: else no database of real values tells it from the next one.
    steps = {">": 1, ">=": -1, "<": -1, "<=": 1}
    fitting = [
        (sign, size) for sign, step in steps.items() for size in sorted(lengths) if size + step in lengths
    ]
    return Long(*rng.choice(fitting), column) if fitting else None
