"""``reason list``: which families there are."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from reason import registry
from reason.cli.terminal import print_table
from reason.errors import ConfigError
from reason.family import closest


def command(
    domain: Annotated[
        str | None, typer.Option(help="Show the families of one domain, such as logic.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object a line.")] = False,
) -> None:
    """List the families: id, domain, levels, licence and what each asks."""
    families = list(registry.families())
    if domain is not None:
        domains = sorted({family.domain for family in families})
        if domain not in domains:
            raise ConfigError(
                f"there is no domain {domain!r}{closest(domain, domains)} (there are {', '.join(domains)})"
            )
        families = [family for family in families if family.domain == domain]
    if as_json:
        for family in families:
            data = {
                "id": family.id,
                "domain": family.domain,
                "max_level": family.max_level,
                "default_level": family.default_level,
                "licence": family.licence,
                "finite": family.finite,
                "knobs": list(family.config_type.names()),
                "summary": family.summary,
            }
            typer.echo(json.dumps(data))
        return
    print_table(
        ["id", "domain", "levels", "licence", "summary"],
        [
            (
                family.id,
                family.domain,
                "0 and up" if family.max_level is None else f"0-{family.max_level}",
                family.licence,
                family.summary,
            )
            for family in families
        ],
    )
