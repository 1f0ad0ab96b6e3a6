"""``reason play``: a person answers in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from reason import registry
from reason.cli.arguments import SET_HELP, parse_knobs
from reason.cli.show import FAMILY_HELP, INDEX_HELP, SEED_HELP, SPLIT_HELP, place, show_prompt, show_solution
from reason.cli.terminal import heading, printable
from reason.family import Family
from reason.scoring import score
from reason.task import Task
from reason.verdict import Verdict

HOW_TO = (
    "Write your answer and end it with an empty line. /next takes another task, /solution shows a right "
    "answer, /quit ends."
)
COMMANDS = {"/next", "/solution", "/quit", "/help"}


@dataclass
class _Tally:
    shown: int = 0
    tried: int = 0
    right: int = 0


def command(
    name: Annotated[str, typer.Argument(metavar="FAMILY", help=FAMILY_HELP)],
    level: Annotated[int | None, typer.Option(help="Difficulty, from 0.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help=SEED_HELP)] = None,
    index: Annotated[int | None, typer.Option(min=0, help=INDEX_HELP)] = None,
    split: Annotated[str, typer.Option(help=SPLIT_HELP)] = "train",
    settings: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
) -> None:
    """Answer tasks yourself and see each verdict; a wrong answer may be tried again.

    An answer is the final answer alone, or a whole completion with its tags. It may have several lines:
    it ends with an empty line (in a fenced block of code: with its last fence) or with Ctrl-D.
    """
    family = registry.get(name)
    knobs = parse_knobs(settings)
    entries = _entries(sys.stdin)
    tally = _Tally()
    typer.echo(HOW_TO + "\n")
    try:
        episode = 0
        while True:
            task = family.task(split=split, index=place(seed, index, episode), level=level, knobs=knobs)
            tally.shown += 1
            show_prompt(task)
            if not _play(task, family, entries, tally):
                break
            episode += 1
    finally:
        typer.echo(f"{tally.shown} tasks, {tally.right} solved, {tally.tried} answers")


def _play(task: Task, family: Family[Any], entries: Iterator[str], tally: _Tally) -> bool:
    """Take answers to one task until it is solved or left; return whether another one is wanted."""
    while True:
        if sys.stdin.isatty():
            typer.echo("> ", nl=False)
        entry = next(entries, "/quit")
        if entry == "/quit":
            return False
        if entry == "/next":
            return True
        if entry == "/solution":
            show_solution(task)
        elif entry == "/help":
            typer.echo(HOW_TO)
        else:
            verdict = score(task, completion_of(entry, code=family.answer_kind == "code"))
            tally.tried += 1
            _show_verdict(verdict)
            if verdict.passed:
                tally.right += 1
                return True


def completion_of(entry: str, *, code: bool) -> str:
    """Return what a person typed as a completion: as it is where it marks a final answer, else as one."""
    from reason.verifiers.extraction import extract_answer, format_answer

    if extract_answer(entry, code=code).answer is not None:
        return entry
    try:
        return format_answer(entry)
    except ValueError:
        return entry


def _show_verdict(verdict: Verdict) -> None:
    if verdict.passed is None:
        told = "Could not be scored, through a fault of ours."
    elif verdict.passed:
        told = "Right."
    else:
        told = f"Not right (score {verdict.score:g}, {verdict.status.value})."
    heading(told)
    if verdict.detail:
        typer.echo(printable(verdict.detail))
    for name, value in verdict.components.items():
        typer.echo(f"  {name}: {value:g}")
    typer.echo("")


def _entries(lines: Iterator[str]) -> Iterator[str]:
    """Yield what is typed: a command, or the lines of an answer up to an empty one."""
    block: list[str] = []
    fenced = False
    for line in lines:
        text = line.rstrip("\r\n")
        if not block and text.strip().lower() in COMMANDS:
            yield text.strip().lower()
            continue
        if text.strip().startswith("```"):
            fenced = not fenced
        if text.strip() or fenced:
            block.append(text)
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)
