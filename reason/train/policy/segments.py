"""The segments of a packed batch as rows of padded batches.

Sizes in the names: S segments of the packed batch; in a bucket B segments, Q tokens of their own, and T keys
(the tokens of the prefix, then their own).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from reason.train.packing import Packed

__all__ = ["Bucket", "Spans", "buckets_of"]

MAX_PAIRS = 1 << 25
"""Pairs of query and key in one bucket: bounds the memory that masks and padding take."""
MIN_FILL, FREE_PADDING = 0.6, 32
"""A segment joins a bucket of longer ones if it fills this share of them, or lacks no more than so many
tokens: then one larger call costs less than two."""


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Where each segment stands, and where the prefix that stands before it."""

    start_S: NDArray[np.int64]
    length_S: NDArray[np.int64]
    prefix_start_S: NDArray[np.int64]
    prefix_length_S: NDArray[np.int64]
    """0 where there is none."""

    @classmethod
    def of(cls, packed: Packed) -> Spans:
        """Read them off a packed batch."""
        bounds = np.asarray(packed.bounds_S1, dtype=np.int64)
        start_S, length_S = bounds[:-1], np.diff(bounds)
        prefix_S = np.asarray(packed.prefix_of_S, dtype=np.int64)
        return cls(
            start_S=start_S,
            length_S=length_S,
            prefix_start_S=np.where(prefix_S >= 0, start_S[prefix_S], 0),
            prefix_length_S=np.where(prefix_S >= 0, length_S[prefix_S], 0),
        )

    @property
    def keys_S(self) -> NDArray[np.int64]:
        """Tokens that a segment's last one sees."""
        return self.prefix_length_S + self.length_S

    def key_index(self) -> NDArray[np.int64]:
        """Return the tokens that each segment sees, segment after segment."""
        ranges = [
            np.arange(start, start + length)
            for prefix_start, prefix_length, own_start, own_length in zip(
                self.prefix_start_S, self.prefix_length_S, self.start_S, self.length_S, strict=True
            )
            for start, length in ((prefix_start, prefix_length), (own_start, own_length))
        ]
        return np.concatenate(ranges)


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Segments of like length, one a row. What pads a row points at token 0."""

    rows_B: NDArray[np.int64]
    """Which segments."""
    query_index_B_Q: NDArray[np.int64]
    """Places of a segment's own tokens in the packed batch."""
    key_index_B_T: NDArray[np.int64]
    """Places of its prefix's and its own tokens."""
    prefix_length_B: NDArray[np.int64]
    length_B: NDArray[np.int64]

    @property
    def prefixed(self) -> bool:
        """Whether any segment has a prefix; otherwise queries and keys are the same tokens."""
        return bool(self.prefix_length_B.any())

    def visible_B_Q_T(self) -> NDArray[np.bool_]:
        """Return which keys each query sees. A query that pads a row sees what nobody reads."""
        query, key = np.arange(self.query_index_B_Q.shape[1]), np.arange(self.key_index_B_T.shape[1])
        seen = key[None, None, :] <= (self.prefix_length_B[:, None] + query[None])[:, :, None]
        return np.asarray(seen, dtype=np.bool_)


def buckets_of(spans: Spans) -> list[Bucket]:
    """Divide the segments into buckets, those with a prefix apart from those without."""
    return [_bucket(spans, np.asarray(rows, dtype=np.int64)) for rows in _partition(spans)]


def _partition(spans: Spans) -> list[list[int]]:
    keys_S, length_S, prefixed_S = spans.keys_S, spans.length_S, spans.prefix_length_S > 0
    partition: list[list[int]] = []
    longest, queries = 0, 0
    for segment in np.lexsort((-length_S, -keys_S, prefixed_S)).tolist():
        keys, wanted = int(keys_S[segment]), max(queries, int(length_S[segment]))
        if (
            partition
            and prefixed_S[segment] == prefixed_S[partition[-1][0]]
            and keys >= min(MIN_FILL * longest, longest - FREE_PADDING)
            and (len(partition[-1]) + 1) * wanted * longest <= MAX_PAIRS
        ):
            partition[-1].append(segment)
            queries = wanted
        else:
            partition.append([segment])
            longest, queries = keys, int(length_S[segment])
    return partition


def _bucket(spans: Spans, rows: NDArray[np.int64]) -> Bucket:
    start, length = spans.start_S[rows, None], spans.length_S[rows, None]
    prefix_start, prefix_length = spans.prefix_start_S[rows, None], spans.prefix_length_S[rows, None]
    query, key = np.arange(int(length.max()))[None], np.arange(int((prefix_length + length).max()))[None]
    key_index = np.where(key < prefix_length, prefix_start + key, start + key - prefix_length)
    return Bucket(
        rows_B=rows,
        query_index_B_Q=np.where(query < length, start + query, 0),
        key_index_B_T=np.where(key < prefix_length + length, key_index, 0),
        prefix_length_B=prefix_length[:, 0],
        length_B=length[:, 0],
    )
