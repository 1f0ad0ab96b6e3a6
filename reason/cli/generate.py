"""``reason generate``: write tasks to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reason.cli.arguments import LEVELS_HELP, SET_HELP, format_levels, parse_knobs, parse_levels
from reason.cli.terminal import print_table, printable, progress

if TYPE_CHECKING:
    from reason.benchmark.plan import Plan

OUT_HELP = "File to write: .jsonl, .jsonl.gz or .parquet."


def command(
    names: Annotated[
        list[str], typer.Argument(metavar="FAMILY...", help="Families, such as SAT; `all` for every one.")
    ],
    count: Annotated[int, typer.Option(min=1, help="Tasks in all, spread evenly over families and levels.")],
    out: Annotated[Path, typer.Option(help=OUT_HELP)],
    levels: Annotated[str | None, typer.Option(help=LEVELS_HELP)] = None,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    settings: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the bytes are the same.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace what stands at --out.")] = False,
) -> None:
    """Write tasks to a file. An interrupted run continues when the same command is given again."""
    from reason.benchmark.generate import generate
    from reason.benchmark.plan import plan

    wanted = plan(
        names, count=count, levels=parse_levels(levels), split=split, knobs=parse_knobs(settings) or None
    )
    done = 0
    try:
        with progress(str(out)) as show:

            def advance(now: int, total: int) -> None:
                nonlocal done
                done = now
                show(now, total)

            outcome = generate(out, wanted, workers=workers, force=force, on_progress=advance)
    except KeyboardInterrupt:
        typer.echo(
            f"interrupted: {done} of {wanted.count} tasks are kept; the same command continues", err=True
        )
        raise typer.Exit(130) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"{reason}; {done} of {wanted.count} tasks are kept, the same command continues",
            str(error.filename or out),
        ) from error
    print_table(["family", "levels", ">tasks"], _families(wanted))
    typer.echo(printable(f"{out}: {_told(outcome.kept, outcome.count)}"))


def _families(wanted: Plan) -> list[tuple[str, str | None, int]]:
    rows = []
    for family_id in wanted.family_ids:
        streams = [stream for stream in wanted.streams if stream.family == family_id]
        levels = [stream.level for stream in streams if stream.level is not None]
        rows.append((family_id, format_levels(levels), sum(stream.count for stream in streams)))
    return rows


def _told(kept: int, count: int) -> str:
    if kept == count:
        return f"complete already, all {count} tasks are there; nothing was changed"
    return f"{count} tasks" + (f", of which {kept} were kept from an earlier run" if kept else "")
