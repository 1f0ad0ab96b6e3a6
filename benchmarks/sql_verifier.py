"""How right and how fast SQL verdicts are, beside the comparisons of BIRD and of the test suites, in one run.

    python benchmarks/sql_verifier.py --output sql.json

The peers' rules are written here anew from their descriptions, and run as theirs do: in this process, on a
connection that may write, the answer first.

- set: the rows as a set (BIRD's EX, 2305.03111).
- bag: the rows as a multiset with DISTINCT taken out, columns in any order (Zhong et al., 2010.02840).
"""

import argparse
import itertools
import json
import re
import sqlite3
import statistics
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from reason.verifiers.sql import verify_sql

CASES = Path(__file__).parent.parent / "tests" / "verifiers" / "sql"
MOST_PERMUTATIONS = 5_000


def main() -> None:
    """Print and write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, help="write the figures here, as JSON")
    options = parser.parse_args()
    console = Console()
    database, cases = read_cases()
    judges: dict[str, Callable[[str, str], bool | None]] = {
        "reason": lambda gold, answer: verify_sql([database], gold, answer).passed,
        "set (BIRD EX)": lambda gold, answer: compare_sets(database, gold, answer),
        "bag (test suite)": lambda gold, answer: compare_bags(database, gold, answer),
    }
    judges["reason"]("SELECT 1", "SELECT 1")  # a warm worker
    rows = [judge_case(case, judges) for case in track(cases, description="hazards", console=console)]
    show(console, rows, list(judges))
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(rows, indent=1) + "\n")


def read_cases() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the database of the tests, and its SQLite cases: what is right, wrong, and no query at all."""
    data = tomllib.loads((CASES / "cases.toml").read_text())
    tables = {
        name: {
            "columns": table["columns"],
            "rows": [[None if value == "\0null" else value for value in row] for row in table["rows"]],
        }
        for name, table in data["tables"].items()
    }
    cases = [
        case for case in data["case"] if "sqlite" in case.get("dialects", ["sqlite"]) and "order" not in case
    ]
    for answer in (CASES / "refused.txt").read_text().splitlines():
        for gold in ("SELECT id FROM customer", "SELECT id FROM customer WHERE id > 100"):
            cases.append({"why": f"no query: {answer}", "gold": gold, "answer": answer, "passed": False})
    return {"tables": tables}, cases


def judge_case(case: dict[str, Any], judges: dict[str, Callable[[str, str], bool | None]]) -> dict[str, Any]:
    """Return what each judge says of a case, and in how many seconds."""
    row: dict[str, Any] = {"why": case["why"], "passed": case["passed"], "verdicts": {}, "seconds": {}}
    for name, judge in judges.items():
        start = time.perf_counter()
        row["verdicts"][name] = judge(case["gold"], case["answer"])
        row["seconds"][name] = time.perf_counter() - start
    return row


def show(console: Console, rows: list[dict[str, Any]], judges: list[str]) -> None:
    """Print who is wrong where."""
    table = Table(title=f"{len(rows)} hazards, {sum(row['passed'] for row in rows)} of them right answers")
    for column in ("judge", "wrong accepted", "right rejected", "median ms", "verdicts/s"):
        table.add_column(column, justify="right" if column != "judge" else "left")
    for name in judges:
        accepted = [row["why"] for row in rows if row["verdicts"][name] and not row["passed"]]
        rejected = [row["why"] for row in rows if not row["verdicts"][name] and row["passed"]]
        seconds = [row["seconds"][name] for row in rows]
        figures = [f"{1e3 * statistics.median(seconds):.2f}", f"{len(seconds) / sum(seconds):.0f}"]
        table.add_row(name, str(len(accepted)), str(len(rejected)), *figures)
        for kind, which in (("accepts", accepted), ("rejects", rejected)):
            if which:
                console.print(
                    f"{name} wrongly {kind}: {'; '.join(dict.fromkeys(which))}", style="dim", markup=False
                )
    console.print(table)


def fetch(database: dict[str, Any], gold: str, answer: str) -> tuple[list[Any], list[Any]] | None:
    """Run the answer, then the gold, on one connection; None where one of them fails."""
    connection = sqlite3.connect(":memory:")
    try:
        for name, table in database["tables"].items():
            connection.execute(
                f"CREATE TABLE {name} ({', '.join(' '.join(column) for column in table['columns'])})"
            )
            places = ", ".join("?" * len(table["columns"]))
            connection.executemany(f"INSERT INTO {name} VALUES ({places})", table["rows"])
        found = connection.execute(answer).fetchmany(10_000)
        return connection.execute(gold).fetchmany(10_000), found
    except (sqlite3.Error, sqlite3.Warning):
        return None
    finally:
        connection.close()


def compare_sets(database: dict[str, Any], gold: str, answer: str) -> bool:
    """Compare the rows as sets."""
    found = fetch(database, gold, answer)
    return found is not None and set(found[0]) == set(found[1])


def compare_bags(database: dict[str, Any], gold: str, answer: str) -> bool:
    """Compare rows as multisets, for some order of columns; as lists where the gold says ORDER BY."""
    plain = [re.sub(r"(?i)\bdistinct\b", "", text) for text in (gold, answer)]
    found = fetch(database, *plain)
    if found is None:
        return False
    right, rows = found
    if not right and not rows:
        return True
    if len(right) != len(rows) or len(right[0]) != len(rows[0]):
        return False
    ordered = "order by" in gold.lower()
    for places in itertools.islice(itertools.permutations(range(len(right[0]))), MOST_PERMUTATIONS):
        moved = [tuple(row[place] for place in places) for row in rows]
        if moved == right if ordered else Counter(moved) == Counter(right):
            return True
    return False


if __name__ == "__main__":
    main()
