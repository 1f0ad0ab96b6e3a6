"""What the families of Text-to-SQL share: from a drawn tree to a task, and from a prompt back to a query.

A family draws the tree of a question; the prompt, the gold query and the databases are made of it. The
databases are made after the query: one of realistic values among which the constants of the query and what
lies next to them are frequent, and those that tell the mutants of the query from it.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from random import Random
from typing import Any, ClassVar, Literal, TypeVar

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.sql.schema import Schema, draw_schema, read_schema
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["AskingConfig", "AskingFamily"]

DIALECT_NAMES = {"sqlite": "SQLite", "duckdb": "DuckDB"}
RULES = """\
Rules: show exactly the columns that are asked for, in that order. Rows may come in any order unless the
question asks for one. Keep repeated rows unless the question asks for different ones. What a row lacks is
missing (NULL), and so is all that would be reached through it. A condition on a missing value does not hold,
unless the question says otherwise. Texts are compared exactly, unless the question says otherwise."""
MAX_TRIES = 300
"""Trees that are drawn before a configuration is given up."""
_PROMPT = re.compile(
    r"```sql\n(?P<ddl>.*?)\n```\n(?P<notes>(?:\nNote: [^\n]*)*)\n?\nQuestion: (?P<question>.*)\n\nWrite one "
    r"(?P<dialect>\w+) query", re.DOTALL,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AskingConfig(Config):
    """Knobs that every family of questions has."""

    num_tables: int = 2
    """Least number of tables in the schema; those that they refer to come along."""
    num_columns: int = 2
    """How many columns are shown."""
    num_conditions: int = 1
    """How many comparisons the rows must meet."""
    depth: int = 0
    """Most steps from table to table."""
    style: Literal["mixed", "explicit", "business"] = "mixed"
    """How the question speaks: of columns, or as people in an office do; ``mixed`` draws one of them."""
    evidence: float = 0.2
    """How often a condition has a name that a note explains."""
    dialect: Literal["sqlite", "duckdb"] = "sqlite"
    """The engine that runs the queries."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_tables <= 12, "num_tables", "1 to 12")
        self.require(1 <= self.num_columns <= 12, "num_columns", "1 to 12")
        self.require(0 <= self.num_conditions <= 8, "num_conditions", "0 to 8")
        self.require(0 <= self.depth <= 4, "depth", "0 to 4")
        self.require(0.0 <= self.evidence <= 1.0, "evidence", "0 to 1")


AskingConfigT = TypeVar("AskingConfigT", bound=AskingConfig)


class AskingFamily(Family[AskingConfigT]):
    """A family of questions: subclass it with :meth:`ask` and ``phrases``."""

    domain = "sql"
    answer_kind = "code"
    components = ("runs", "same")
    max_level = 9
    phrases: ClassVar[tuple[Any, ...]] = ()
    """:class:`reason.generators.sql.phrase.Phrase` of the family's own nodes."""
    topic: ClassVar[str]
    """What the family trains."""
    rules: ClassVar[str] = ""
    """What its questions take for granted, beside ``RULES``."""

    @abstractmethod
    def ask(self, rng: Random, schema: Schema, config: AskingConfigT) -> Any:
        """Draw a :class:`reason.generators.sql.tree.Question`; None where the schema does not allow it.

        Args:
            rng: What draws.
            schema: What there is.
            config: The knobs.
        """

    def generate(self, rng: Random, config: AskingConfigT) -> Draft:
        """Draw schemas until one allows a question; its databases are made when the draft is kept."""
        for _ in range(MAX_TRIES):
            schema = draw_schema(rng, config.num_tables)
            question = self.ask(rng, schema, config)
            if question is not None:
                return self._draft(rng, config, schema, question)
        raise GenerationError(f"{self.id}: {MAX_TRIES} schemas allowed no question of {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Run the answer and the gold query on every database of the task."""
        from reason.verifiers.sql import verify_sql

        truth = task.ground_truth
        return verify_sql(
            truth["databases"],
            truth["gold_sql"],
            answer,
            dialect=truth["dialect"],
            order_matters=truth["order_matters"],
        )

    def solve(self, task: Task) -> str | None:
        """Read the question back, and write the only query that it can stand for."""
        from reason.generators.sql.tree import render

        match = _PROMPT.search(task.text)
        if match is None:
            return None
        schema = read_schema(match["ddl"])
        readings = self.read_question(schema, match["question"], match["notes"] or "")
        dialect = {name: key for key, name in DIALECT_NAMES.items()}[match["dialect"]]
        written = {render(question.query(schema), dialect) for question in readings}
        if len(written) > 1:
            raise GenerationError(f"{self.id}: {match['question']!r} can be read as {sorted(written)}")
        return written.pop() if written else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield mutants that the databases notice, and queries that run and answer something else."""
        from reason.generators.sql.suite import noticed_mutants

        gold = task.ground_truth["gold_sql"]
        yield from ("SELECT 1", "SELECT NULL WHERE 1 = 0", f"{gold}; {gold}", f"EXPLAIN {gold}")
        yield f"SELECT *, 1 FROM ({gold}) AS answer"
        yield from noticed_mutants(task, 6)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with other names and layout, and wrapped where no order is asked for."""
        import sqlglot

        truth = task.ground_truth
        gold, dialect = truth["gold_sql"], truth["dialect"]
        yield f"{gold};"
        yield f"-- this is the query\n{gold}"
        yield sqlglot.parse_one(gold, read=dialect).sql(dialect=dialect, pretty=True)
        yield re.sub(r"\bt([0-9]+)\b(?=[^']*(?:'[^']*'[^']*)*$)", r"Row_\1", gold)
        if not truth["order_matters"]:
            yield f"SELECT * FROM ({gold}) AS answer"
            yield f"WITH answer AS ({gold}) SELECT * FROM answer"

    # From a tree to a task, and back -------------------------------------------------------------

    def read_question(self, schema: Schema, text: str, notes: str = "") -> list[Any]:
        """Return all trees that a question can stand for; one, if it is clear.

        Args:
            schema: What it speaks of.
            text: The question.
            notes: The notes that came with it, a line each.
        """
        book = self._phrasebook(schema)
        for note in re.findall(r"Note: (.*)", notes):
            for definition in book.read("note", note, ""):
                book.terms[definition.name] = definition
        lower = text.lower()
        found = []
        for table in schema.tables.values():
            if table.noun.lower() in lower or table.plural.lower() in lower:
                found += [question for question in book.read("question", text, table.name)
                          if question.subject == table.name]  # fmt: skip
        return found

    def _phrasebook(self, schema: Schema, style: str = "") -> Any:
        from reason.generators.sql.conditions import CONDITIONS
        from reason.generators.sql.phrase import Phrasebook

        return Phrasebook(schema, (*self.phrases, *CONDITIONS), style)

    def _draft(self, rng: Random, config: AskingConfigT, schema: Schema, question: Any) -> Draft:
        from reason.generators.sql.suite import Drawing
        from reason.generators.sql.tree import render

        style = rng.choice(("explicit", "business")) if config.style == "mixed" else config.style
        book = self._phrasebook(schema, style)
        said = book.say("question", question, question.subject, rng)
        notes = [book.say("note", node, node.table, rng) for node in _definitions(question)]
        query = question.query(schema)
        written = render(query, config.dialect)
        truth = {
            "gold_sql": written,
            "dialect": config.dialect,
            "order_matters": query.args.get("order") is not None,
        }

        def finish(draft: Draft) -> Draft | None:
            suite = Drawing(schema, question, render(question.query(schema), "sqlite"), rng).suite()
            if suite is None:
                return None
            survivors = Counter(mutant.kind for mutant in suite.survivors)
            metadata = {
                "num_mutants": suite.num_mutants,
                "num_equal": len(suite.equal),
                "num_killed": suite.num_mutants - len(suite.equal) - len(suite.survivors),
                "kill_rate": suite.kill_rate,
                "survivors": dict(sorted(survivors.items())),
                "num_databases": len(suite.databases),
            }
            truth = {**draft.ground_truth, "databases": thaw(suite.databases)}
            return replace(draft, ground_truth=truth, metadata={**draft.metadata, **metadata})

        return Draft(
            prompt=_prompt(schema, said, notes, config.dialect, self.rules),
            ground_truth=truth,
            reference=written,
            effort=float(sum(1 for _ in query.walk())),
            canonical=[schema.world.name, repr(question)],
            metadata={"topic": self.topic, "world": schema.world.name, "style": style},
            finish=finish,
        )


def _prompt(schema: Schema, said: str, notes: list[str], dialect: str, rules: str) -> str:
    noted = "".join(f"\nNote: {note}" for note in notes) + ("\n" if notes else "")
    engine = DIALECT_NAMES[dialect]
    return (
        f"This is the {engine} database of {schema.world.about}:\n\n```sql\n{schema.ddl()}\n```\n{noted}\n"
        f"Question: {said}\n\nWrite one {engine} query that answers it.\n"
        f"{RULES}{' ' * bool(rules)}{rules}\n{ANSWER_INSTRUCTION}"
    )


def _definitions(node: Any) -> Iterator[Any]:
    """Yield the definitions that a tree uses."""
    from reason.generators.sql.tree import Definition

    if isinstance(node, Definition):
        yield node
    if is_dataclass(node):
        for item in fields(node):
            yield from _definitions(getattr(node, item.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _definitions(item)
