"""Dense retrieval: pages and queries as vectors of any embedding function, compared by cosine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reason.errors import ConfigError
from reason.search.corpus import Corpus
from reason.search.retriever import Hit, check_query, check_top_k, rank, rank_found

__all__ = ["DenseRetriever", "Embed"]

Embed = Callable[[Sequence[str]], npt.ArrayLike]
"""Turns texts into vectors: one row a text."""


class DenseRetriever:
    """Ranks by the cosine of vectors; exact, by matrix product or with faiss's flat index."""

    def __init__(
        self,
        corpus: Corpus,
        embed: Embed,
        *,
        backend: Literal["numpy", "faiss"] = "numpy",
        batch_size: int = 256,
    ) -> None:
        """Embed every page.

        Args:
            corpus: The pages; ``Page.contents`` is embedded.
            embed: The embedding function; the same text must give the same vector.
            backend: ``faiss`` where it is installed.
            batch_size: Pages embedded at once.

        Raises:
            ConfigError: faiss is asked for and missing, or another argument cannot be.
            ValueError: ``embed`` gives no finite matrix.
        """
        if backend not in ("numpy", "faiss"):
            raise ConfigError(f"backend must be 'numpy' or 'faiss', got {backend!r}")
        if type(batch_size) is not int or batch_size < 1:
            raise ConfigError(f"batch_size must be a positive integer, got {batch_size!r}")
        self.corpus = corpus
        self._embed = embed
        starts = range(0, len(corpus), batch_size)
        rows = [self._vectors([page.contents for page in corpus[at : at + batch_size]]) for at in starts]
        self._matrix = np.concatenate(rows) if rows else np.zeros((0, 1), np.float32)
        self._index: Any = _faiss_index(self._matrix) if backend == "faiss" else None

    def search(self, query: str, *, top_k: int = 3) -> tuple[Hit, ...]:
        """Return the pages with the highest positive cosine."""
        check_top_k(top_k)
        vector = self._vectors([check_query(query)])
        if not len(self.corpus):
            return ()
        if vector.shape[1] != self._matrix.shape[1]:
            raise ValueError(
                f"embed gave {vector.shape[1]} dimensions for a query, {self._matrix.shape[1]} before"
            )
        if self._index is None:
            return rank(self.corpus, self._matrix @ vector[0], top_k)
        return rank_found(self.corpus, lambda limit: self._best(vector, limit), top_k)

    def _best(self, vector: npt.NDArray[np.float32], limit: int) -> list[tuple[float, int]]:
        scores, places = self._index.search(vector, limit)
        return [
            (float(score), int(place))
            for score, place in zip(scores[0], places[0], strict=True)
            if place >= 0 and score > 0
        ]

    def _vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors = np.asarray(self._embed(texts), np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise ValueError(
                f"embed must give {len(texts)} rows of finite numbers, got shape {vectors.shape}"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return np.asarray(unit, np.float32)


def _faiss_index(matrix: npt.NDArray[np.float32]) -> Any:
    try:
        import faiss  # type: ignore[import-not-found,unused-ignore]
    except ModuleNotFoundError as error:
        raise ConfigError("backend='faiss' needs faiss: pip install faiss-cpu") from error
    index = faiss.IndexFlatIP(matrix.shape[1])
    index.add(matrix)
    return index
