"""Hostile answers: a data file of texts that break careless verifiers.

Each line of ``hostile.jsonl`` is one text: ``kind``, ``name`` and ``parts``, a list of ``[text, times]``
that are repeated and joined. ``{reference}`` stands for the task's own answer, so that the text gets past a
first look, and ``{canary}`` for the path of a file that no verifier may create.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["MAX_CHARS", "Hostile", "load"]

MAX_CHARS = 1_000_000
"""Longest part that is built, in characters."""


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """One hostile text."""

    kind: str
    """What it attacks: ``control``, ``unicode``, ``megabyte``, ``nesting``, ``markers``, ``numbers``,
    ``execution``, ``serialised`` or ``text``."""
    name: str
    parts: tuple[tuple[str, int], ...]

    def text(self, *, reference: str = "1", canary: str = "CANARY") -> str:
        """Build the text, each part at most :data:`MAX_CHARS` long."""
        return "".join(self._pieces(reference, canary))

    def _pieces(self, reference: str, canary: str) -> Iterator[str]:
        for unit, times in self.parts:
            filled = unit.replace("{reference}", reference).replace("{canary}", canary)
            yield filled * min(times, max(1, MAX_CHARS // max(1, len(filled))))


@cache
def load() -> tuple[Hostile, ...]:
    """Return every hostile text, in the order of the file."""
    lines = files("reason.testing").joinpath("hostile.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        Hostile(
            kind=data["kind"], name=data["name"], parts=tuple((unit, times) for unit, times in data["parts"])
        )
        for data in map(json.loads, lines)
    )
