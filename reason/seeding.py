"""Seeds: hashes of what a task is, so that no two streams share a draw.

Never ``seed + index`` (neighbouring seeds would share data), never ``hash()`` (it changes with
PYTHONHASHSEED), never a global generator.
"""

from __future__ import annotations

import hashlib
import random
from typing import Any, Literal, get_args

from reason.errors import ConfigError
from reason.frozen import canonical_json

__all__ = ["Split", "derive", "index_of", "split_of", "stream"]

Split = Literal["train", "validation", "test"]


def derive(*parts: Any) -> int:
    """Hash JSON data to 64 bits.

    >>> derive("SAT-v0", 1) == derive("SAT-v0", 1) != derive("SAT-v0", 2)
    True
    """
    return int.from_bytes(hashlib.blake2b(canonical_json(parts).encode(), digest_size=8).digest(), "big")


def stream(*parts: Any) -> random.Random:
    """Return a generator of its own for the stream that ``parts`` name.

    ``random.Random`` and not NumPy's ``Generator``: NumPy promises no stable streams across
    releases (NEP 19), and the same task must have the same bytes for years.
    """
    return random.Random(hashlib.blake2b(canonical_json(parts).encode(), digest_size=32).digest())


def index_of(seed: int, episode: int = 0) -> int:
    """Return the index of the task that ``reset(seed=seed)`` plays, and its ``episode``-th successor's.

    Returns:
        An index below 2**53, so that it survives JSON readers that keep numbers as doubles.
    """
    return derive("episode", seed, episode) >> 11


def split_of(content: Any) -> Split:
    """Return the one split that a content belongs to: half train, a quarter each validation and test.

    Splits are cut by what a task says, not by where it stands in a stream: the same problem drawn
    twice lands in the same split, so that no test problem was ever trained on.
    """
    bucket = derive("split", content) % 4
    return ("train", "train", "validation", "test")[bucket]


def check_split(split: str) -> None:
    """Reject a name that is no split.

    Raises:
        ConfigError: it is none of train, validation and test.
    """
    if split not in get_args(Split):
        raise ConfigError(f"split must be one of {', '.join(get_args(Split))}, got {split!r}")
