"""How the command line shows things: tables, progress, and text that cannot harm a terminal."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "heading", "print_table", "printable", "progress"]

SECONDS_BETWEEN_LINES = 10.0
"""How often progress is told where there is no terminal to draw a bar on."""

_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories: controls, invisible format marks, halves of pairs, other line ends."""


def printable(text: str) -> str:
    r"""Show control characters by their codes: they could drive the terminal or turn the reading direction.

    >>> printable("safe" + chr(27) + "[2J")
    'safe\\x1b[2J'
    """
    return "".join(
        character.encode("unicode_escape").decode()
        if character not in "\n\t" and unicodedata.category(character) in _HARMFUL
        else character
        for character in text
    )


def heading(text: str) -> None:
    """Print a line that stands out."""
    if os.environ.get("NO_COLOR"):
        typer.echo(printable(text))
    else:
        typer.secho(printable(text), bold=True)


def console(file: TextIO | None = None) -> Console:
    """Return a rich console that writes plain text where ``NO_COLOR`` is set or no terminal is there."""
    from rich.console import Console

    plain = bool(os.environ.get("NO_COLOR"))
    return Console(
        file=file, color_system=None if plain else "auto", markup=False, highlight=False, emoji=False
    )


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, last_is_total: bool = False
) -> None:
    """Print a table: drawn on a terminal, else as aligned plain columns of full width.

    Args:
        columns: Headings; one that starts with ``>`` is aligned to the right.
        rows: Cells; None is shown as a dash.
        last_is_total: Set the last row off.
    """
    cells = [["-" if cell is None else printable(str(cell)) for cell in row] for row in rows]
    right = [heading.startswith(">") for heading in columns]
    headings = [heading.removeprefix(">") for heading in columns]
    if sys.stdout.isatty():
        _draw_table(headings, right, cells, last_is_total)
        return
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    for row in [headings, *cells]:
        aligned = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        typer.echo("  ".join(aligned).rstrip())


def _draw_table(headings: list[str], right: list[bool], cells: list[list[str]], last_is_total: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, header_style="bold")
    for heading, to_right in zip(headings, right, strict=True):
        table.add_column(heading, justify="right" if to_right else "left", overflow="fold")
    for number, row in enumerate(cells, start=1):
        table.add_row(*row, end_section=last_is_total and number == len(cells) - 1)
    console().print(table)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how far a work is, with its rate and the time left.

    Args:
        label: What is done.

    Yields:
        A function to call with the amount done and the whole; its first call says what was done before.
    """
    rate = _Rate()
    if not sys.stderr.isatty():
        yield _Lines(label, rate)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(sys.stderr)) as bar:
        work = None

        def show(done: int, total: int) -> None:
            nonlocal work
            if work is None:
                # What an earlier run did is no speed of this one.
                work = bar.add_task(printable(label), total=total, completed=done, rate="")
            speed = rate.of(done)
            bar.update(work, completed=done, rate="" if speed is None else f"{speed:,.1f}/s")

        yield show


class _Rate:
    """Work per second since the first call."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None

    def of(self, done: int) -> float | None:
        if self._began is None:
            self._began = time.monotonic(), done
            return None
        since, before = self._began
        seconds = time.monotonic() - since
        return (done - before) / seconds if seconds > 0 and done > before else None


class _Lines:
    """Progress told in a line now and then."""

    def __init__(self, label: str, rate: _Rate) -> None:
        self._label = label
        self._rate = rate
        self._told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        rate = self._rate.of(done)
        now = time.monotonic()
        if now - self._told < SECONDS_BETWEEN_LINES or done >= total:
            return
        self._told = now
        speed = f", {rate:,.1f}/s, {(total - done) / rate:,.0f} s left" if rate else ""
        typer.echo(printable(f"{self._label}: {done} of {total}{speed}"), err=True)
