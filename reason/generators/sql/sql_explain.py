"""Explanation: which of some questions a query answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Draft, Family
from reason.frozen import thaw
from reason.generators.sql.alike import neighbours_of
from reason.generators.sql.asking import AskingConfig
from reason.generators.sql.schema import Schema, draw_schema, read_schema
from reason.generators.sql.tree import render
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["SQLExplain", "SQLExplainConfig"]

SOURCES = ("SQLFilter-v0", "SQLJoin-v0", "SQLGroup-v0", "SQLTop-v0", "SQLSubquery-v0")
"""Families whose queries are explained."""
MAX_TRIES = 100
_MOST_NEAR = 12
"""Changes of which two are combined."""
_SECONDS = 20.0
_LETTERS = "ABCD"
_DIALECTS = {"sqlite": "SQLite", "duckdb": "DuckDB"}
_SHOWN = re.compile(
    r"```sql\n(?P<ddl>.*?)\n```\n\n.*?\n\n```sql\n(?P<query>.*?)\n```\n\n.*?\n\n(?P<options>A\. .*?)\n\n",
    re.DOTALL,
)
_OPTION = re.compile(r"^([A-D])\. (.+)$", re.MULTILINE)
_ANSWER = re.compile(r"(?:option|question|answer)?\s*[:#]?\s*[(\[]?([A-D])[)\]]?[.:]?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class SQLExplainConfig(AskingConfig):
    """Knobs of the query; the numbers of tables, columns and conditions are those of the source's level."""

    source: str = "mixed"
    """The family whose query it is; ``mixed`` draws one of ``SOURCES``."""
    source_level: int = 2
    """The level of that family."""

    def __post_init__(self) -> None:
        """Reject sources and sizes that cannot be."""
        super().__post_init__()
        self.require(self.source in ("mixed", *SOURCES), "source", f"mixed or one of {', '.join(SOURCES)}")
        self.require(0 <= self.source_level <= 9, "source_level", "0 to 9")


@register
class SQLExplain(Family[SQLExplainConfig]):
    """Choose the question that a SQL query answers, among four.

    The four are all combinations of two small changes, so that none of them stands in the middle of the
    others; databases tell each wrong question's query from the one shown. Effort is the number of nodes of
    the query.
    """

    id = "SQLExplain-v0"
    domain = "sql"
    components = ()
    max_level = 9

    def at_level(self, level: int) -> SQLExplainConfig:
        """Take the source's queries of the same level."""
        return SQLExplainConfig(source_level=level)

    def generate(self, rng: Random, config: SQLExplainConfig) -> Draft:
        """Draw a question of another family, and questions that are like it."""
        knobs = {"style": config.style, "evidence": 0.0, "dialect": config.dialect}
        for _ in range(MAX_TRIES):
            # Anew each time: the shortest questions of some families have nothing to be mistaken for.
            name = rng.choice(SOURCES) if config.source == "mixed" else config.source
            source = _family(name)
            knobs_of_source = source.configure(config.source_level, knobs)
            schema = draw_schema(rng, knobs_of_source.num_tables)
            question = source.ask(rng, schema, knobs_of_source)
            if question is None:
                continue
            options = _options(source, schema, question, rng, config)
            if options is not None:
                return self._draft(rng, config, name, schema, options)
        raise GenerationError(f"{self.id}: {MAX_TRIES} questions of {config} had too few that are like them")

    def _draft(
        self, rng: Random, config: SQLExplainConfig, name: str, schema: Schema, found: list[tuple[Any, str]]
    ) -> Draft:
        question, _ = found[0]
        query = question.query(schema)
        gold = render(query, config.dialect)

        def finish(draft: Draft) -> Draft | None:
            from reason.generators.sql.suite import Drawing

            suite = Drawing(schema, question, render(question.query(schema), "sqlite"), rng).suite()
            if suite is None:
                return None
            queries = [render(other.query(schema), config.dialect) for other, _ in found[1:]]
            if not _told_apart(thaw(suite.databases), gold, queries, config.dialect):
                return None
            options = [text for _, text in found]
            order = rng.sample(range(len(options)), len(options))
            letter = _LETTERS[order.index(0)]
            return replace(
                draft,
                prompt=_prompt(schema, gold, [options[place] for place in order], config.dialect),
                ground_truth={"letter": letter},
                reference=letter,
            )

        return Draft(
            prompt=gold,
            ground_truth={},
            reference=None,
            effort=float(sum(1 for _ in query.walk())),
            canonical=["explain", schema.world.name, repr(question)],
            metadata={"topic": "explanation", "world": schema.world.name, "source": name},
            finish=finish,
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the letter."""
        truth = task.ground_truth
        match = _ANSWER.fullmatch(plain(answer.strip())) if len(answer) < 200 else None
        if match is None:
            return Verdict.wrong(f"it is none of the letters {_LETTERS}", status=Status.PARSE_ERROR)
        return Verdict.right() if match[1].upper() == truth["letter"] else Verdict.wrong("another question")

    def solve(self, task: Task) -> str | None:
        """Write the query of each question, and look for the one that is shown."""
        match = _SHOWN.search(task.text)
        if match is None:
            return None
        schema = read_schema(match["ddl"])
        dialect = "duckdb" if task.text.startswith(f"This is the {_DIALECTS['duckdb']} ") else "sqlite"
        found = [
            letter
            for letter, text in _OPTION.findall(match["options"])
            if _plain(match["query"])
            in {_plain(render(reading.query(schema), dialect)) for reading in _read(schema, text)}
        ]
        return found[0] if len(found) == 1 else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the other letters, and more than one."""
        truth = task.ground_truth
        yield from (letter for letter in _LETTERS if letter != truth["letter"])
        yield from (" or ".join(_LETTERS), _LETTERS, "E")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the letter in other spellings."""
        letter = task.ground_truth["letter"]
        yield from (letter.lower(), f"({letter})", f"{letter}.", f"Option {letter}", f" {letter} ")

    def chance(self, config: SQLExplainConfig) -> float:
        """Return the chance of a guess."""
        return 1.0 / len(_LETTERS)


def _plain(query: str) -> str:
    """Write whole amounts as whole numbers, as English does."""
    return re.sub(r"\b([0-9]+)\.0\b", r"\1", query)


def _family(name: str) -> Any:
    from reason.registry import get

    return get(name)


def _options(
    source: Any, schema: Schema, question: Any, rng: Random, config: SQLExplainConfig
) -> list[tuple[Any, str]] | None:
    """Return the question, two that are like it and one that is like both of these, with their words."""
    style = rng.choice(("explicit", "business")) if config.style == "mixed" else config.style
    book, seed = source._phrasebook(schema, style), rng.random()
    near = list(neighbours_of(schema, question))
    rng.shuffle(near)
    beside = {
        repr(other): [repr(each) for each in neighbours_of(schema, other)] for other in near[:_MOST_NEAR]
    }
    for number, one in enumerate(near[:_MOST_NEAR]):
        for other in near[:number]:
            both = [each for each in neighbours_of(schema, one)
                    if repr(each) in beside[repr(other)] and each != question]  # fmt: skip
            for last in both:
                four = [question, one, other, last]
                try:
                    # The same templates for all, so that no wording gives the answer away.
                    said = [book.say("question", each, each.subject, Random(seed)) for each in four]
                except LookupError:
                    continue
                queries = {render(each.query(schema), "sqlite") for each in four}
                if len(set(said)) == len(queries) == len(four):
                    return list(zip(four, said, strict=True))
    return None


def _told_apart(databases: list[Any], gold: str, queries: Sequence[str], dialect: str) -> bool:
    """Say whether each of the queries gives something else than the gold on some database."""
    from reason.verifiers.sql import verify_sql

    verdicts = [verify_sql(databases, gold, query, dialect=dialect, timeout_s=_SECONDS) for query in queries]
    return all(verdict.passed is False and verdict.components["runs"] for verdict in verdicts)


def _read(schema: Schema, text: str) -> Iterator[Any]:
    for name in SOURCES:
        yield from _family(name).read_question(schema, text)


def _prompt(schema: Schema, query: str, options: Sequence[str], dialect: str) -> str:
    listed = "\n".join(f"{letter}. {text}" for letter, text in zip(_LETTERS, options, strict=False))
    engine = _DIALECTS[dialect]
    return (
        f"This is the {engine} database of {schema.world.about}:\n\n```sql\n{schema.ddl()}\n```\n\n"
        f"and this a query on it:\n\n```sql\n{query}\n```\n\n"
        f"Which of these questions does it answer?\n\n{listed}\n\n"
        f"Answer with the letter alone. {ANSWER_INSTRUCTION}"
    )
