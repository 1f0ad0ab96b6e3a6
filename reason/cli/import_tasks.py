"""``reason import``: make tasks of files in formats of other programs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from reason.cli.generate import OUT_HELP
from reason.cli.terminal import print_table, printable
from reason.errors import ConfigError, InputFormatError
from reason.family import closest
from reason.importers import Unusable
from reason.task import Task

NAME = "import"

NOT_SHOWN = frozenset({"licence", "language"})
"""Metadata that is the same in all rows and says nothing about the file."""

FIRST_COLUMN = "file"
"""Metadata in which an importer says from which file a task is."""
LONGEST_CELL = 40
LONGEST_VALUE = 200
"""Characters above which a value is a text of its own (a program, a statement) and no cell."""
MOST_SHOWN = 40
"""Tasks, and things left out, that are shown one by one."""

_Scalar = bool | int | float | str


def command(
    format_name: Annotated[str | None, typer.Argument(metavar="FORMAT", help="Such as dimacs.")] = None,
    path: Annotated[Path | None, typer.Argument(help="A file, or a folder of files.")] = None,
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what stands at --out.")] = False,
) -> None:
    """Read files of a format, show what they hold, and with --out write their tasks.

    What cannot be used is left out, and named with its line and the reason. Without arguments it lists the
    formats.
    """
    if format_name is None:
        print_table(
            ["format", "files", "summary"],
            [
                (name, " ".join(module.SUFFIXES), module.SUMMARY)
                for name, module in ((name, _importer(name)) for name in _formats())
            ],
        )
        return
    if format_name not in _formats():
        raise ConfigError(
            f"there is no format {format_name!r}{closest(format_name, _formats())} "
            f"(there are {', '.join(_formats())})"
        )
    if path is None:
        raise ConfigError(f"name a file or folder: reason import {format_name} PATH")
    found = _Found()
    tasks = found.pass_on(_importer(format_name).read(path))
    count = _write(tasks, out, force) if out is not None else sum(1 for _ in tasks)
    found.show()
    typer.echo(printable(f"{count} tasks" + (f" written to {out}" if out is not None else "")))


class _Found:
    """What an importer has found, as far as it is shown."""

    def __init__(self) -> None:
        self.count = 0
        self.rows: list[Mapping[str, _Scalar]] = []
        self.same: dict[str, _Scalar] = {}
        self.num_unusable = 0

    def pass_on(self, items: Iterable[Task | Unusable]) -> Iterator[Task]:
        """Yield the tasks, and say at once what is none: a file may take long.

        Raises:
            InputFormatError: there is no task at all.
        """
        for item in items:
            if isinstance(item, Unusable):
                self.num_unusable += 1
                if self.num_unusable <= MOST_SHOWN:
                    typer.echo(printable(f"left out {item.place}: {item.reason}"), err=True)
                continue
            row = _row(item)
            self.same = {
                name: value
                for name, value in (self.same if self.count else row).items()
                if row.get(name) == value
            }
            self.count += 1
            if len(self.rows) < MOST_SHOWN:
                self.rows.append(row)
            yield item
        if not self.count and self.num_unusable:
            raise InputFormatError(f"there is no task in it: all {self.num_unusable} are left out")

    def show(self) -> None:
        """Print what differs from task to task as a table, what is the same in all, and what was left out."""
        same = self.same if self.count > 1 else {}
        names = dict.fromkeys(name for row in self.rows for name in row if name not in same)
        columns = sorted(names, key=lambda name: name != FIRST_COLUMN)
        if columns:
            print_table(columns, [[_cell(row.get(name)) for name in columns] for row in self.rows])
        if self.count > len(self.rows):
            typer.echo(f"... and {self.count - len(self.rows)} more")
        if same:
            told = ", ".join(f"{name} {_cell(value)}" for name, value in same.items())
            typer.echo(printable(f"in all: {told}"))
        if self.num_unusable:
            more = max(0, self.num_unusable - MOST_SHOWN)
            typer.echo(
                f"{self.num_unusable} left out" + (f", {more} of them not shown" if more else ""), err=True
            )


def _formats() -> list[str]:
    folder = importlib.import_module("reason.importers").__path__
    return sorted(module.name for module in pkgutil.iter_modules(folder))


def _importer(name: str) -> ModuleType:
    return importlib.import_module(f"reason.importers.{name}")


def _write(tasks: Iterable[Task], out: Path, force: bool) -> int:
    from reason.benchmark.tasks_file import check_suffix, write_tasks

    check_suffix(out)
    if out.exists() and not force:
        raise InputFormatError(f"{out} exists; choose another name, or add --force to replace it")
    return write_tasks(out, tasks)


def _row(task: Task) -> dict[str, _Scalar]:
    """Return the plain values that a task has: where it comes from, its knobs, what is known of it."""
    row: dict[str, _Scalar] = {}
    for data in (task.metadata, task.config, task.ground_truth):
        for name, value in data.items():
            if isinstance(value, _Scalar) and name not in NOT_SHOWN and len(str(value)) <= LONGEST_VALUE:
                row[name] = value
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    text = None if value is None else " ".join(str(value).split())
    return text if text is None or len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
