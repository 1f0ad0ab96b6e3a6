"""``reason score``: score a file of answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reason.cli.terminal import print_table, printable, progress

if TYPE_CHECKING:
    from reason.benchmark.score import Row

BELOW = 1
"""Exit code where the mean score is below ``--fail-under``."""
UNSCORABLE = 3
"""Exit code where a sample could not be scored: no figure is to be trusted before that is mended."""

ANSWERS_HELP = (
    'JSON lines {"task_id": ..., "completion": whole text} or {"task_id": ..., "answer": final answer}; '
    "several lines for one task are samples."
)


def command(
    tasks: Annotated[Path, typer.Argument(help="Tasks: .jsonl, .jsonl.gz or .parquet.")],
    answers: Annotated[Path, typer.Argument(help=ANSWERS_HELP)],
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Also write the figures to a file.")
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Exit with 1 where the mean score is below this.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that verify.")] = 1,
) -> None:
    """Score answers against tasks, by family and level.

    A task without an answer counts as not passed. What could not be scored through a fault of ours is
    shown apart, counts in no mean, and makes the exit code 3.
    """
    from reason.benchmark.score import score_file

    with progress(str(answers)) as show:
        report = score_file(tasks, answers, workers=workers, on_progress=show)
    print_table(
        ["family", ">level", ">tasks", ">answered", ">samples", ">passed", ">mean score",
         ">95% interval", ">no answer", ">unscorable"],
        [_cells(row) for row in (*report.rows, report.total)],
        last_is_total=True,
    )  # fmt: skip
    missing = report.total.tasks - report.total.answered
    if missing:
        typer.echo(f"{missing} of {report.total.tasks} tasks have no answer: they count as not passed")
    if json_path is not None:
        _write(json_path, report.to_dict())
    mean = report.total.mean_score
    if report.total.unscorable:
        typer.echo(
            f"{report.total.unscorable} of {report.total.samples} samples could not be scored, through a "
            "fault of ours: they are masked, not counted as wrong",
            err=True,
        )
        for fault in report.faults:
            typer.echo(printable(f"  {fault}"), err=True)
        raise typer.Exit(UNSCORABLE)
    if fail_under is not None and mean is not None and mean < fail_under:
        typer.echo(f"mean score {mean:.4f} is below {fail_under}", err=True)
        raise typer.Exit(BELOW)


def _cells(row: Row) -> list[object]:
    interval = row.interval
    return [
        row.family or "all",
        row.level,
        row.tasks,
        row.answered,
        row.samples,
        row.passed,
        None if row.mean_score is None else f"{row.mean_score:.3f}",
        None if interval is None else f"{interval[0]:.3f}-{interval[1]:.3f}",
        row.statuses["no_answer"],
        row.unscorable,
    ]


def _write(path: Path, data: dict[str, Any]) -> None:
    from reason.benchmark.partial_file import PartialFile

    with PartialFile(path, suffix=".writing") as partial:
        partial.file.truncate(0)
        partial.file.write(json.dumps(data, indent=2, allow_nan=False).encode() + b"\n")
        partial.commit()
