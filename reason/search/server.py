"""A retrieval server that speaks what search trainers speak: ``POST /retrieve``.

=============================  =============================================  ========================
client                         request                                        ``result``
=============================  =============================================  ========================
Search-R1, verl, slime, ReSeek JSON ``{"queries": [...], "topk", ...}``       a list of hits a query
SkyRL                          JSON, ``queries`` or one ``query``             a list of hits a query
GEM                            msgpack, ``queries``; the reply is msgpack     a list of hits a query
GEM, one query                 msgpack, ``query``                             a list of hits
=============================  =============================================  ========================

With ``return_scores`` a hit is ``{"document": {...}, "score": ...}``, without it the document itself: ``id``,
``contents`` (the quoted title, a line break, the text), ``title`` and ``text``. ``topk`` may be null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reason.errors import ConfigError
from reason.search.library import Library
from reason.search.retriever import MAX_TOP_K, Hit, check_top_k

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["MAX_BODY_BYTES", "MAX_QUERIES", "RetrieveRequest", "build_app", "read_request", "retrieve"]

MAX_BODY_BYTES = 16_000_000
MAX_QUERIES = 4_096
"""Queries of one request."""
MSGPACK = "application/msgpack"


@dataclass(frozen=True, kw_only=True)
class RetrieveRequest:
    """What a client asks for."""

    queries: tuple[str, ...]
    top_k: int
    return_scores: bool = False
    flat: bool = False
    """Whether the reply is one list of hits, not a list of lists."""
    msgpack: bool = False
    """Whether the reply is msgpack."""


def read_request(body: bytes, *, default_top_k: int = 3) -> RetrieveRequest:
    """Read a request in any of the dialects; what it is written in shows in its first byte.

    Args:
        body: JSON or msgpack.
        default_top_k: Hits a query where the client does not say.

    Raises:
        ValueError: it is neither, or asks for what cannot be; the message is for the client.
    """
    packed = bool(body) and body[0] >= 0x80
    data = _unpack(body) if packed else _load(body)
    if not isinstance(data, Mapping):
        raise ValueError(f"the request must be an object, got {type(data).__name__}")
    queries, query = data.get("queries"), data.get("query")
    flat = queries is None and isinstance(query, str) and packed
    if queries is None:
        queries = [query] if isinstance(query, str) else query
    elif isinstance(queries, str):
        queries = [queries]
    if not isinstance(queries, list) or not all(isinstance(each, str) for each in queries):
        raise ValueError("the request needs queries, a list of strings, or query, a string")
    if len(queries) > MAX_QUERIES:
        raise ValueError(f"a request has at most {MAX_QUERIES} queries, got {len(queries)}")
    top_k = data.get("topk")
    scores = data.get("return_scores", False)
    if not isinstance(scores, bool):
        raise ValueError(f"return_scores must be a boolean, got {scores!r:.80}")
    return RetrieveRequest(
        queries=tuple(queries),
        # Servers that these clients were written for take 0 as "not said".
        top_k=default_top_k if top_k is None or (type(top_k) is int and top_k == 0) else _top_k(top_k),
        return_scores=scores,
        flat=flat,
        msgpack=packed,
    )


def retrieve(library: Library, request: RetrieveRequest) -> dict[str, Any]:
    """Answer a request: ``{"result": ...}``."""
    rows = [
        [_written(hit, request.return_scores) for hit in library.search(query, top_k=request.top_k)]
        for query in request.queries
    ]
    return {"result": rows[0] if request.flat else rows}


def build_app(library: Library, *, default_top_k: int = 3) -> Starlette:
    """Build the server as an ASGI application: ``POST /retrieve``, and ``GET /health``.

    Raises:
        ConfigError: starlette or msgpack is not installed, or ``default_top_k`` cannot be.
    """
    check_top_k(default_top_k)
    try:
        import msgpack  # noqa: F401
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import JSONResponse
        from starlette.routing import Route
    except ModuleNotFoundError as error:
        raise ConfigError(f"a server needs {error.name}: pip install 'reason-gym[serve]'") from error
    library.search("", top_k=1)  # the index is built before the first client waits for it

    async def answer(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return JSONResponse({"error": f"a request has at most {MAX_BODY_BYTES} bytes"}, 413)
        try:
            asked = read_request(bytes(body), default_top_k=default_top_k)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        # In a thread: a large batch must not keep other clients waiting.
        return await run_in_threadpool(_reply, library, asked)

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "pages": len(library.corpus)})

    return Starlette(
        routes=[Route("/retrieve", answer, methods=["POST"]), Route("/health", health, methods=["GET"])]
    )


def _reply(library: Library, asked: RetrieveRequest) -> Response:
    from starlette.responses import Response

    found = retrieve(library, asked)
    if asked.msgpack:
        import msgpack

        return Response(msgpack.packb(found), media_type=MSGPACK)
    return Response(
        json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"), media_type="application/json"
    )


def _load(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("the request is not UTF-8") from None
    except RecursionError:
        raise ValueError("the request is nested too deeply") from None
    except ValueError:
        raise ValueError("the request is neither JSON nor msgpack") from None


def _unpack(body: bytes) -> Any:
    import msgpack

    try:
        return msgpack.unpackb(body, raw=False)
    except Exception:
        # The library's errors have no common root.
        raise ValueError("the request is neither JSON nor msgpack") from None


def _top_k(top_k: Any) -> int:
    if type(top_k) is not int or not 1 <= top_k <= MAX_TOP_K:
        raise ValueError(f"topk must be an integer from 1 to {MAX_TOP_K}, or null, got {top_k!r:.80}")
    return top_k


def _written(hit: Hit, scored: bool) -> dict[str, Any]:
    page = hit.page
    document = {"id": page.id, "contents": page.contents, "title": page.title, "text": page.text}
    return {"document": document, "score": hit.score} if scored else document
