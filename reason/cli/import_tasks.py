"""``reason import``: make tasks of files in formats of other programs."""

from __future__ import annotations

import importlib
import inspect
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
from reason.task import Task

NAME = "import"

NOT_SHOWN = frozenset({"licence", "language"})
"""Metadata that is the same in all rows and says nothing about the file."""

FIRST_COLUMN = "file"
"""Metadata in which an importer says from which file a task is."""
LONGEST_CELL = 40

_Scalar = bool | int | float | str


def command(
    format_name: Annotated[str | None, typer.Argument(metavar="FORMAT", help="Such as dimacs.")] = None,
    path: Annotated[Path | None, typer.Argument(help="A file, or a folder of files.")] = None,
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what stands at --out.")] = False,
) -> None:
    """Read files of a format, show what they hold, and with --out write their tasks.

    Without arguments it lists the formats.
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
    rows: list[Mapping[str, _Scalar]] = []
    tasks = _noted(_read(_importer(format_name), path), rows)
    count = _write(tasks, out, force) if out is not None else sum(1 for _ in tasks)
    _show(rows)
    typer.echo(printable(f"{count} tasks" + (f" written to {out}" if out is not None else "")))


def _read(importer: ModuleType, path: Path) -> Iterator[Task]:
    """Read with an importer; one that can leave a line out says so on the way."""
    if "report" not in inspect.signature(importer.read).parameters:
        return importer.read(path)  # type: ignore[no-any-return]
    return importer.read(path, report=lambda text: typer.echo(printable(text), err=True))  # type: ignore[no-any-return]


def _show(rows: list[Mapping[str, _Scalar]]) -> None:
    """Print what differs from file to file as a table, and below it what is the same in all."""
    names = sorted(dict.fromkeys(name for row in rows for name in row), key=lambda name: name != FIRST_COLUMN)
    same = [name for name in names if len(rows) > 1 and len({row.get(name) for row in rows}) == 1]
    columns = [name for name in names if name not in same]
    if columns:
        print_table(columns, [[_cell(row.get(name)) for name in columns] for row in rows])
    if same:
        told = ", ".join(f"{name} {_cell(rows[0][name])}" for name in same)
        typer.echo(printable(f"in all: {told}"))


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


def _noted(tasks: Iterable[Task], rows: list[Mapping[str, _Scalar]]) -> Iterator[Task]:
    for task in tasks:
        rows.append(_row(task))
        yield task


def _row(task: Task) -> dict[str, _Scalar]:
    """Return the plain values that a task has: where it comes from, its knobs, what is known of it."""
    row: dict[str, _Scalar] = {}
    for data in (task.metadata, task.config, task.ground_truth):
        for name, value in data.items():
            if isinstance(value, _Scalar) and name not in NOT_SHOWN:
                row[name] = value
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    text = None if value is None else str(value)
    return text if text is None or len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
