"""``reason show``: one task, as a policy would see it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from reason import registry
from reason.cli.arguments import SET_HELP, parse_knobs
from reason.cli.terminal import heading, printable
from reason.errors import ConfigError
from reason.seeding import index_of
from reason.task import Task

FAMILY_HELP = "A family, such as SAT or SAT-v0 (`reason list` shows all)."
SEED_HELP = "Take the task that gym.make(...).reset(seed=SEED) plays."
INDEX_HELP = "Take the task at this place of its stream, from 0."
SPLIT_HELP = "train, validation or test."


def command(
    name: Annotated[str, typer.Argument(metavar="FAMILY", help=FAMILY_HELP)],
    level: Annotated[int | None, typer.Option(help="Difficulty, from 0.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help=SEED_HELP)] = None,
    index: Annotated[int | None, typer.Option(min=0, help=INDEX_HELP)] = None,
    split: Annotated[str, typer.Option(help=SPLIT_HELP)] = "train",
    settings: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
    solution: Annotated[
        bool, typer.Option("--solution", help="Also show a right answer and the ground truth.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write the whole task as one line of JSON.")
    ] = False,
) -> None:
    """Show one task: what the policy sees, and with --solution what its verifier knows."""
    task = registry.get(name).task(
        split=split, index=place(seed, index), level=level, knobs=parse_knobs(settings)
    )
    if as_json:
        typer.echo(task.to_json())
        return
    show_prompt(task)
    if solution:
        show_solution(task)


def place(seed: int | None, index: int | None, episode: int = 0) -> int:
    """Return the index that ``--seed`` or ``--index`` asks for, and its ``episode``-th successor's.

    Raises:
        ConfigError: both are given.
    """
    if seed is None:
        return (index or 0) + episode
    if index is not None:
        raise ConfigError("--seed and --index both choose the task; give one of them")
    return index_of(seed, episode)


def show_prompt(task: Task, *, tools: bool = True) -> None:
    """Print where a task comes from, its messages and, where asked, its tools as a policy gets them."""
    level = "" if task.level is None else f", level {task.level}"
    knobs = ", ".join(f"{name}={_brief(value)}" for name, value in task.config.items())
    heading(f"{task.family}{level}, {task.split} {task.index}, id {task.task_id}")
    if knobs:
        typer.echo(printable(knobs))
    for message in task.prompt:
        if len(task.prompt) > 1 or message.role != "user":
            heading(f"[{message.role}]")
        typer.echo("\n" + printable(message.content) + "\n")
    for tool in task.tools if tools else ():
        heading("[tool]")
        typer.echo(printable(json.dumps(tool, ensure_ascii=False)))


def show_solution(task: Task) -> None:
    """Print a task's reference answer, ground truth, trace and metadata."""
    heading("Right answer")
    typer.echo(printable("none is known" if task.reference is None else task.reference))
    for title, data in (("Ground truth", task.ground_truth), ("Metadata", task.metadata)):
        if data:
            heading(title)
        for name, value in data.items():
            typer.echo(f"{printable(name)}: {_brief(value)}")
    if task.trace:
        heading("Steps")
    for step in task.trace:
        typer.echo(_brief(step))


def _brief(value: Any) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
