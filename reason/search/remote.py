"""A running retrieval server as a retriever: whatever answers Search-R1's ``POST /retrieve``."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from reason.errors import ReasonError
from reason.search.corpus import Corpus, Page
from reason.search.retriever import Hit, check_query, check_top_k

__all__ = ["RemoteRetriever", "RetrievalError"]

MAX_REPLY_BYTES = 64_000_000


class RetrievalError(ReasonError, RuntimeError):
    """A retrieval server cannot be reached, or answers something else."""


class RemoteRetriever:
    """Asks a server; its pages are not known beforehand, so ``corpus`` is empty."""

    def __init__(self, url: str, *, timeout_s: float = 30.0) -> None:
        """Take the server's address.

        Args:
            url: Such as ``http://127.0.0.1:8000``; ``/retrieve`` is added where the address has no path.
            timeout_s: Seconds to wait for an answer.

        Raises:
            ValueError: it is no address.
        """
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise ValueError(f"url must begin with http:// or https://, got {url!r:.80}")
        self.corpus = Corpus(())
        rest = url.partition("://")[2].rstrip("/")
        self._url = url if "/" in rest else f"{url.rstrip('/')}/retrieve"
        self._timeout_s = timeout_s

    def search(self, query: str, *, top_k: int = 3) -> tuple[Hit, ...]:
        """Return what the server finds.

        Raises:
            RetrievalError: it does not answer as it should.
        """
        asked = {"queries": [check_query(query)], "topk": check_top_k(top_k), "return_scores": True}
        request = urllib.request.Request(
            self._url, json.dumps(asked).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as response:
                body = response.read(MAX_REPLY_BYTES + 1)
            if len(body) > MAX_REPLY_BYTES:
                raise ValueError(f"the reply has more than {MAX_REPLY_BYTES} bytes")
            return tuple(_hit(item) for item in json.loads(body)["result"][0][:top_k])
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise RetrievalError(f"{self._url}: {type(error).__name__}: {error}") from error


def _hit(item: Any) -> Hit:
    document = item.get("document", item)
    first, _, rest = str(document["contents"]).partition("\n")
    title = str(document.get("title") or first.strip('"'))
    text = str(document.get("text") or rest or first)
    page = Page(id=str(document.get("id", title)), title=title, text=text)
    return Hit(page=page, score=float(item.get("score", 0.0)))
