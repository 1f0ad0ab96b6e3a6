"""How fast Text-to-SQL tasks are made, and how many wrong queries their databases notice, by family.

    python benchmarks/sql_generation.py --families SQLJoin SQLTop --tasks 20 --output sql.json

Mutants are counted as the tasks' metadata state them; ``--search`` looks on that many further random
databases for one that tells a mutant of the gold from it which the task's own databases leave unnoticed.
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

import reason
from reason.frozen import thaw
from reason.generators.sql.asking import AskingFamily
from reason.generators.sql.bench import Bench
from reason.generators.sql.mutants import mutants
from reason.generators.sql.neighbours import constants_of, neighbour
from reason.registry import families


def main() -> None:
    """Print and write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--families", nargs="*", help="such as SQLJoin; all families of questions by default")
    parser.add_argument("--level", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=5, help="of each family")
    parser.add_argument(
        "--search", type=int, default=0, help="random databases a task, to check the kill rate"
    )
    parser.add_argument("--output", type=Path, help="write the figures here, as JSON")
    options = parser.parse_args()
    console = Console()
    known = [family.id for family in families("sql") if isinstance(family, AskingFamily)]
    names = [reason.get(name).id for name in options.families] if options.families else known
    rows = [
        measure(name, options.level, options.tasks, options.search)
        for name in track(names, description="families", console=console)
    ]
    show(console, rows)
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(rows, indent=1) + "\n")


def measure(name: str, level: int, count: int, search: int) -> dict[str, Any]:
    """Make tasks of a family, and add up what they state.

    Args:
        name: The family.
        level: Of its tasks.
        count: How many.
        search: Random databases for each of them.
    """
    family = reason.get(name)
    family.task(level=level, index=count)  # imports, and worlds that are read once
    seconds, tasks = [], []
    for index in range(count):
        start = time.process_time()
        tasks.append(family.task(level=level, index=index))
        seconds.append(time.process_time() - start)
    total = {
        key: sum(task.metadata[key] for task in tasks) for key in ("num_mutants", "num_equal", "num_killed")
    }
    counted = total["num_mutants"] - total["num_equal"]
    missed = sum(find_missed(task, search) for task in tasks) if search else None
    return {
        "family": name,
        "level": level,
        "tasks": count,
        "median_ms": round(1000 * statistics.median(seconds), 1),
        "tasks_per_second": round(count / sum(seconds), 1),
        "mutants_per_task": round(total["num_mutants"] / count, 1),
        "kill_rate": round(total["num_killed"] / counted, 4),
        "databases_per_task": round(statistics.mean(task.metadata["num_databases"] for task in tasks), 1),
        "missed_by_search": missed,
    }


def find_missed(task: reason.Task, search: int) -> int:
    """Count mutants that the task's databases do not notice and a random one does."""
    truth = thaw(task.ground_truth)
    gold, databases = truth["gold_sql"], truth["databases"]
    shape = {
        table: {key: value for key, value in told.items() if key != "rows"}
        for table, told in databases[0]["tables"].items()
    }
    types = {table: dict(told["columns"]) for table, told in shape.items()}
    rng, constants = Random(task.task_id), constants_of(gold, "sqlite")
    left = [mutant.sql for mutant in mutants(gold, "sqlite", types)]
    with Bench(databases[0]["tables"], gold) as bench:
        for database in databases:
            bench.load(database["tables"])
            bench.answer()
            left = [sql for sql in left if not bench.notices(sql)]
        unnoticed = len(left)
        for _ in range(search if left else 0):
            bench.load(neighbour(shape, constants, rng)["tables"])
            if bench.answer():
                left = [sql for sql in left if not bench.notices(sql)]
    return unnoticed - len(left)


def show(console: Console, rows: list[dict[str, Any]]) -> None:
    """Print a line for each family."""
    table = Table(*(key.replace("_", " ") for key in rows[0]))
    for row in rows:
        table.add_row(*map(str, row.values()))
    console.print(table)


if __name__ == "__main__":
    main()
