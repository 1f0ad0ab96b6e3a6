"""``reason serve``: servers for trainers that ask over HTTP."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from reason.errors import ConfigError

app = typer.Typer(help="Serve what trainers ask for over HTTP.", no_args_is_help=True)


@app.callback()
def _serve() -> None:
    """Serve what trainers ask for over HTTP."""


@app.command("search")
def search(
    corpus: Annotated[
        Path | None,
        typer.Option(help="A JSONL file of pages, or a folder of text or Markdown; else a fictional world."),
    ] = None,
    world: Annotated[
        int | None, typer.Option(min=0, help="Seed of the fictional world, 0 by default.")
    ] = None,
    pages: Annotated[int | None, typer.Option(help="Things in the fictional world, 3000 by default.")] = None,
    retriever: Annotated[str, typer.Option(help="bm25 or tantivy.")] = "bm25",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    top_k: Annotated[int, typer.Option(min=1, max=1000, help="Pages where a client does not say.")] = 3,
) -> None:
    """Answer POST /retrieve as Search-R1's retrieval server does, and the dialects of SkyRL and GEM."""
    if corpus is not None and (world is not None or pages is not None):
        raise ConfigError("give --corpus, or --world and --pages, not both")
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise ConfigError("a server needs uvicorn: pip install 'reason-gym[serve]'") from error
    from reason.search.library import check_make, open_library
    from reason.search.server import build_app
    from reason.search.world import WorldSettings

    knobs = {} if pages is None else {"num_pages": pages}
    source = WorldSettings(seed=world or 0, **knobs) if corpus is None else corpus
    library = open_library(source, check_make(retriever))
    application = build_app(library, default_top_k=top_k)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=2048) as listener:
        address = f"[{host}]" if ":" in host else host
        typer.echo(
            f"{len(library.corpus)} pages at http://{address}:{listener.getsockname()[1]}/retrieve", err=True
        )
        config = uvicorn.Config(application, log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])
