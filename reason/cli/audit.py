"""``reason audit``: measure what a family's tasks and verdicts are worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reason import registry
from reason.cli.arguments import LEVELS_HELP, format_levels, parse_levels
from reason.cli.terminal import heading, print_table, printable, progress

if TYPE_CHECKING:
    from reason.testing import Audit, Evidence

NAME = "audit"


def command(
    names: Annotated[
        list[str], typer.Argument(metavar="FAMILY...", help="Families, such as SAT; `all` for every one.")
    ],
    tasks: Annotated[int, typer.Option(min=1, help="Tasks a family, spread over the levels.")] = 200,
    levels: Annotated[str, typer.Option(help=LEVELS_HELP)] = "0-5",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all that was measured to this file, as JSON.")
    ] = None,
) -> None:
    """Run the conformance kit on families and show what it measured; exit code 1 where a check fails."""
    from reason.testing import CHECKS, Plan, audit

    ids = list(registry.ids()) if names == ["all"] else [registry.get(name).id for name in names]
    plan = Plan(tasks=tasks, levels=parse_levels(levels) or ())
    audits: list[Audit] = []
    with progress("auditing") as show:
        total = len(ids) * len(CHECKS)
        done = 0

        def advance(_: object) -> None:
            nonlocal done
            show(done, total)
            done += 1

        for family_id in ids:
            audits.append(audit(family_id, plan, progress=advance))
        show(total, total)
    for result in audits:
        _print_checks(result)
    _print_errors(audits)
    if json_file is not None:
        json_file.write_text(json.dumps([result.to_dict() for result in audits], indent=1) + "\n")
    if not all(result.passed for result in audits):
        raise typer.Exit(1)


def _print_checks(result: Audit) -> None:
    heading(f"{result.family}: {result.plan.tasks} tasks of levels {format_levels(result.plan.levels)}")
    print_table(
        ["check", "result", ">cases", ">failed", "measured"],
        [
            (each.check, "pass" if each.passed else "FAIL", each.tried, each.failed, _measured(each))
            for each in result.evidence
        ],
    )
    for evidence in result.broken:
        typer.echo(f"\n{evidence.check}: {printable(evidence.rule)}")
        for example in evidence.examples:
            typer.echo(f"  - {printable(example)}")
    typer.echo()


def _print_errors(audits: list[Audit]) -> None:
    heading("Errors of the verdicts")
    print_table(
        ["family", "checks", "wrong accepted", "right rejected", "best blind policy", ">slowest verdict"],
        [
            (
                result.family,
                f"{len(result.evidence) - len(result.broken)} of {len(result.evidence)} pass",
                _share(*result.false_positives),
                _share(*result.false_negatives),
                _blind(result),
                f"{result.slowest_verdict_s * 1000:.1f} ms",
            )
            for result in audits
        ],
    )


def _blind(result: Audit) -> str:
    name = "blind_policies_stay_at_chance"
    hits, chance = result.figure(name, "best hits"), result.figure(name, "declared chance")
    return "-" if hits is None else f"{hits} (chance {chance:.3f})"


def _share(errors: int, tried: int) -> str:
    return f"{errors} of {tried}" + (f" ({errors / tried:.2%})" if errors else "")


def _measured(evidence: Evidence) -> str:
    parts = [f"{name}: {_shown(value)}" for name, value in evidence.figures.items()]
    parts += [f"{name}: {seconds * 1000:.1f} ms" for name, seconds in evidence.timings.items()]
    return "; ".join(parts)


def _shown(value: Any) -> str:
    return " ".join(f"{item:g}" for item in value) if isinstance(value, list) else str(value)
