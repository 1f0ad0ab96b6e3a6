"""``reason replay``: a recorded episode in the terminal, turn by turn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reason.cli.terminal import heading, print_table, printable

if TYPE_CHECKING:
    from reason.envs.transcripts import Transcript, TranscriptTurn

MAX_CHARS = 4_000
"""Characters of a message that are shown; more with ``--whole``."""


def command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Transcripts (.jsonl) of a Recording.")],
    episode: Annotated[int | None, typer.Option(min=1, help="Show only this episode, from 1.")] = None,
    task_id: Annotated[str | None, typer.Option("--task", help="Show only episodes of this task id.")] = None,
    as_list: Annotated[bool, typer.Option("--list", help="Show one line an episode.")] = False,
    all_at_once: Annotated[bool, typer.Option("--all", help="Do not wait for Enter between turns.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Show long messages whole.")] = False,
) -> None:
    """Show recorded episodes turn by turn; on a terminal, Enter goes on and q ends.

    Each turn shows what was written, what came back, the reward and the verdict. Record episodes with
    reason.envs.wrappers.recording.Recording.
    """
    from reason.envs.transcripts import read_transcripts

    found = (
        (number, transcript)
        for number, transcript in enumerate(read_transcripts(path), start=1)
        if task_id in (None, transcript.task.task_id)
    )
    if episode is not None:
        found = ((number, transcript) for number, transcript in islice(found, episode) if number == episode)
    if as_list:
        _list(found)
        return
    shown, waits = 0, sys.stdin.isatty() and sys.stdout.isatty() and not all_at_once
    for number, transcript in found:
        shown += 1
        if not _show(number, transcript, waits=waits, most=None if whole else MAX_CHARS):
            return
    if not shown:
        raise typer.BadParameter(f"{path} holds no such episode", param_hint="FILE")


def _list(found: Iterator[tuple[int, Transcript]]) -> None:
    rows = [
        [number, transcript.task.family, transcript.task.level, len(transcript.turns), _total(transcript),
         transcript.turns[-1].stop_reason if transcript.turns else None, transcript.task.task_id]
        for number, transcript in found
    ]  # fmt: skip
    print_table([">episode", "family", ">level", ">turns", ">reward", "stop", "task"], rows)


def _show(number: int, transcript: Transcript, *, waits: bool, most: int | None) -> bool:
    """Show one episode; return whether to go on."""
    task = transcript.task
    level = "" if task.level is None else f", level {task.level}"
    heading(f"Episode {number}: {task.family}{level}, {task.split} {task.index}, id {task.task_id}")
    for message in transcript.prompt:
        _message(message["role"], message["content"], most)
    for count, turn in enumerate(transcript.turns, start=1):
        if waits and not _goes_on():
            return False
        heading(f"Turn {count} of {len(transcript.turns)}")
        _turn(turn, most)
    heading(f"Total reward {_total(transcript)}")
    typer.echo("")
    return True


def _goes_on() -> bool:
    """Wait for Enter; q or the end of the input ends the replay."""
    try:
        return input("-- Enter: next turn, q: end -- ").strip().lower() != "q"
    except EOFError:
        typer.echo("")
        return False


def _turn(turn: TranscriptTurn, most: int | None) -> None:
    for message in turn.messages:
        _message(message["role"], message["content"], most)
    parts = [f"reward {'not scored' if turn.reward is None else f'{turn.reward:g}'}"]
    if turn.stop_reason is not None:
        parts.append(f"stop: {turn.stop_reason}")
    if turn.verdict:
        passed = {True: "right", False: "not right", None: "not scored"}[turn.verdict.get("passed")]
        parts.append(passed if not turn.verdict.get("detail") else f"{passed} ({turn.verdict['detail']})")
    typer.echo(printable("; ".join(parts)) + "\n")


def _message(role: str, content: str, most: int | None) -> None:
    heading(f"[{role}]")
    if most is not None and len(content) > most:
        content = f"{content[:most]}\n... {len(content) - most} more characters (--whole shows them)"
    typer.echo(printable(content) + "\n")


def _total(transcript: Transcript) -> str:
    rewards = [turn.reward for turn in transcript.turns]
    if any(reward is None for reward in rewards):
        return "not scored"
    return f"{sum(reward or 0.0 for reward in rewards):g}"
