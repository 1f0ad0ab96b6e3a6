"""``reason sandbox``: build the image, see what can be isolated here, run a program in isolation."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from reason.cli.terminal import heading, print_table, printable
from reason.errors import ConfigError, SandboxError

if TYPE_CHECKING:
    from reason.sandbox.doctor import Finding

LANGUAGES: dict[str, Literal["python", "c", "cpp"]] = {
    ".py": "python",
    ".c": "c",
    ".cpp": "cpp",
    ".cc": "cpp",
}

app = typer.Typer(help="Run model-written programs in isolation.", no_args_is_help=True)

Package = Annotated[
    list[str] | None, typer.Option("--package", "-p", help="A package programs may import; repeatable.")
]
Compilers = Annotated[bool, typer.Option("--compilers", help="Also carry C and C++ compilers.")]


@app.command()
def build(
    package: Package = None,
    compilers: Compilers = False,
    source: Annotated[
        str, typer.Option(help="registry (python-slim), host (this machine's Python), or auto: either.")
    ] = "auto",
    prune: Annotated[bool, typer.Option("--prune", help="Then remove our other images.")] = False,
) -> None:
    """Build the image of the Docker backend; instant when the engine has it."""
    from reason.sandbox.engine import connect
    from reason.sandbox.image import ImageRecipe, ensure_image, remove_images

    recipe = ImageRecipe(packages=tuple(package or ()), compilers=compilers, source=source)  # type: ignore[arg-type]
    client = connect()
    try:
        started = time.monotonic()
        tag = ensure_image(client, recipe, lambda line: typer.echo(printable(line), err=True))
        typer.echo(tag)
        typer.echo(f"ready in {time.monotonic() - started:.1f} s", err=True)
        if prune:
            for removed in remove_images(client, keep=tag):
                typer.echo(f"removed {removed}", err=True)
    finally:
        client.close()


@app.command()
def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Look only; do not run the hostile programs (20 s a backend).")
    ] = False,
) -> None:
    """Say what is available, what isolation each backend gives, and attack each one."""
    from reason.sandbox.doctor import diagnose

    heading("This machine")
    findings = diagnose()
    print_table(["part", "state", "detail"], [(row.subject, row.state, row.detail) for row in findings])
    if not quick:
        heading("The quick part of the abuse suite")
        working = [
            row.subject.split()[0]
            for row in findings
            if row.subject.endswith("backend") and row.state == "ok"
        ]
        attacked = [attack(name) for name in working]
        print_table(
            ["backend", "state", "detail"], [(row.subject, row.state, row.detail) for row in attacked]
        )
        findings += attacked
    if remedies := dict.fromkeys(row.remedy for row in findings if row.remedy):
        heading("What would help")
        for remedy in remedies:
            typer.echo(f"- {remedy}")
    if not any(row.subject.endswith("backend") and row.state == "ok" for row in findings):
        raise typer.Exit(1)
    if any(row.state == "broken" for row in findings):
        raise typer.Exit(1)


def attack(backend: str) -> Finding:
    """Run the quick part of the abuse suite against a backend."""
    from reason.sandbox import open_sandbox
    from reason.sandbox.doctor import Finding
    from reason.testing.sandbox import CheckResult, check_sandbox

    def show(result: CheckResult) -> None:
        typer.echo(printable(f"{backend}: {result.name}: {result.status} {result.detail}".rstrip()), err=True)

    report = check_sandbox(lambda workers: open_sandbox(backend, workers=workers), quick=True, progress=show)
    counts = ", ".join(f"{report.count(status)} {status}" for status in ("passed", "failed", "skipped"))
    return Finding(
        subject=f"{backend} under attack", state="ok" if report.passed else "broken", detail=counts
    )


@app.command()
def run(
    file: Annotated[
        Path, typer.Argument(help="The program: .py, .c, .cpp or .cc.", exists=True, dir_okay=False)
    ],
    backend: Annotated[
        str, typer.Option(help="docker, bubblewrap, process, or auto: the first that works.")
    ] = "auto",
    cpu: Annotated[float, typer.Option(help="Processor time, in seconds.")] = 2.0,
    wall: Annotated[
        float | None, typer.Option(help="Elapsed time, in seconds; three times --cpu by default.")
    ] = None,
    memory: Annotated[int, typer.Option(help="Memory, in MiB.")] = 256,
) -> None:
    """Run a program on standard input, in isolation, and say what became of it."""
    from reason.sandbox import Case, Judgement, Limits, Program, open_sandbox

    limits = Limits(
        cpu_seconds=cpu, wall_seconds=3 * cpu if wall is None else wall, memory_bytes=memory * 2**20
    )
    language = LANGUAGES.get(file.suffix)
    if language is None:
        raise ConfigError(f"{file}: the suffix must be one of {', '.join(LANGUAGES)}, got {file.suffix!r}")
    program = Program(source=file.read_text(encoding="utf-8"), language=language)
    given = "" if sys.stdin.isatty() else sys.stdin.read()
    with open_sandbox(backend, workers=1) as sandbox:
        outcome = sandbox.run(program, [Case(stdin=given, compare=False)], limits)[0]
        name = sandbox.health().backend
    # What a hostile program prints must not drive the terminal; a file gets it as it is.
    for text, stream in ((outcome.stdout, sys.stdout), (outcome.stderr, sys.stderr)):
        stream.write(printable(text) if stream.isatty() else text)
        stream.flush()
    used = (
        f"exit {outcome.exit_code}, {outcome.cpu_seconds:.3f} s cpu, {outcome.wall_seconds:.3f} s wall, "
        f"{outcome.memory_bytes / 2**20:.0f} MiB, {name if outcome.isolated else f'{name}, NOT isolated'}"
    )
    typer.echo(printable(f"reason: {outcome.judgement} ({used}) {outcome.detail}".rstrip()), err=True)
    if outcome.judgement is Judgement.IE:
        raise SandboxError(f"the sandbox failed: {outcome.detail}")
    if outcome.judgement is not Judgement.AC:
        raise typer.Exit(1)
