"""``reason version``: what runs here, for a bug report."""

from __future__ import annotations

import importlib.metadata
import platform
import re

import typer

from reason import __version__, registry
from reason.cli.terminal import print_table


def command() -> None:
    """Show the versions of Reason, Python and every package that Reason can use."""
    rows = [
        ("reason-gym", __version__),
        ("python", platform.python_version()),
        ("system", platform.platform()),
    ]
    try:
        requirements = importlib.metadata.requires("reason-gym") or []
    except importlib.metadata.PackageNotFoundError:
        # Run from a source folder that is not installed.
        requirements = []
    names = dict.fromkeys(match[0] for text in requirements if (match := re.match(r"[A-Za-z0-9._-]+", text)))
    for name in names:
        try:
            rows.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            rows.append((name, "not installed"))
    print_table(["part", "version"], rows)
    typer.echo(f"{len(registry.ids())} families")
