"""The ``reason`` command: one file a subcommand, found by walking this folder.

A module of this folder is a subcommand when it has a function ``command``, or ``app``, a ``typer.Typer``
with subcommands of its own. The subcommand is called like the module, or as its ``NAME`` says. Modules
import what is heavy inside their functions, so that every command starts at once.
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
import traceback
import warnings
from collections.abc import Iterable
from types import ModuleType
from typing import Annotated, TextIO

import typer

from reason import __version__
from reason.errors import ReasonError

__all__ = ["application", "main"]

USER_FAULT = 2
"""Exit code where what the user gave cannot be."""
OUR_FAULT = 70
"""Exit code of a bug in Reason (EX_SOFTWARE)."""
INTERRUPTED = 130
"""Exit code after Ctrl-C (128 + SIGINT)."""
PIPE_CLOSED = 141
"""Exit code after the reader of our output went away (128 + SIGPIPE)."""

TRACEBACK = "--traceback"

# Typer brings its own copy of click since 0.26; these are its error classes under either.
_USAGE_ERROR = typer.BadParameter.__bases__[0]
_SHOWN_ERROR = _USAGE_ERROR.__bases__[0]


def main() -> None:
    """Run the command line and exit."""
    arguments = sys.argv[1:]
    if TRACEBACK in arguments:
        arguments.remove(TRACEBACK)
        os.environ["REASON_TRACEBACK"] = "1"
    warnings.showwarning = _show_warning
    _prepare_streams()
    sys.exit(_run(arguments))


def _prepare_streams() -> None:
    # Python has None for a stream that was closed before the start.
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character shows its code instead of an error.
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")


def application(names: Iterable[str] | None = None) -> typer.Typer:
    """Build the command from the modules of this folder.

    Args:
        names: Modules to look at; all where None.
    """
    app = typer.Typer(name="reason", invoke_without_command=True)
    app.callback()(_root)
    for name in _module_names() if names is None else names:
        module = importlib.import_module(f"reason.cli.{name}")
        _add(app, module, getattr(module, "NAME", name))
    return app


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    # main() takes it out of the arguments wherever it stands; here it is for the help text.
    show_traceback: Annotated[
        bool, typer.Option(TRACEBACK, help="Show where an error comes from (or set REASON_TRACEBACK=1).")
    ] = False,
) -> None:
    """A gym of verifiable reasoning tasks: draw them, play them, write benchmarks and score answers."""
    if version:
        typer.echo(f"reason-gym {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _module_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def _add(app: typer.Typer, module: ModuleType, name: str) -> None:
    if isinstance(group := getattr(module, "app", None), typer.Typer):
        app.add_typer(group, name=name)
    elif callable(command := getattr(module, "command", None)):
        app.command(name)(command)


def _run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every failure becomes one line on standard error."""
    try:
        # Where the first word is a module's name, the others need not be imported.
        wanted = [name for name in _module_names() if name == next(iter(arguments), None)]
        command = typer.main.get_command(application(wanted or None))
        code = command.main(arguments, prog_name="reason", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):
            return _pipe_closed()
        return stop.code if isinstance(stop.code, int) else USER_FAULT
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as error:
        if os.environ.get("REASON_TRACEBACK", "0") not in ("", "0"):
            traceback.print_exc()
        else:
            _complain(_sentence(error))
        return _exit_code(error)


def _pipe_closed() -> int:
    # Python flushes standard output once more when it ends; there must be something to take it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return PIPE_CLOSED


def _exit_code(error: Exception) -> int:
    known = (ReasonError, ValueError, OSError, _SHOWN_ERROR)
    return USER_FAULT if isinstance(error, known) else OUR_FAULT


def _sentence(error: Exception) -> str:
    if isinstance(error, _USAGE_ERROR):
        context = getattr(error, "ctx", None)
        hint = f" (see `{context.command_path} --help`)" if context else ""
        return _shown(error).rstrip(".") + hint
    if isinstance(error, _SHOWN_ERROR):
        return _shown(error)
    if isinstance(error, OSError):
        what = error.strerror or str(error)
        return f"{error.filename}: {what}" if error.filename is not None else what
    if isinstance(error, ReasonError | ValueError):
        return str(error)
    return (
        f"a fault of ours, not of your input: {type(error).__name__}: {error}; "
        f"run it again with {TRACEBACK} and report what it shows"
    )


def _shown(error: Exception) -> str:
    return str(error.format_message())  # type: ignore[attr-defined]


def _complain(message: str) -> None:
    from reason.cli.terminal import printable

    line = " ".join(printable(message).split())
    try:
        sys.stderr.write(f"reason: {line}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _complain(f"warning: {message}")
