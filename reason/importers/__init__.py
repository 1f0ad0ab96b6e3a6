"""Real input made into tasks: one file a format.

A module here is a format of ``reason import``. It has ``SUFFIXES`` (of the files that it finds in a folder),
``SUMMARY`` (one line) and ``read(path)``, which yields a :class:`reason.Task` for what can be used and an
:class:`Unusable` for what cannot, so that one bad line costs one task.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Unusable"]


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """A part of a file of which no task can be made."""

    place: str
    """File and line, such as ``train.jsonl:12``."""
    reason: str
    """Why not, in a few words."""
