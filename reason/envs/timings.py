"""How long the phases of an environment's work take."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

__all__ = ["Timings"]


class Timings:
    """Counts, seconds and the longest time of each phase; may be added to from many threads.

    Times belong to one object on one machine: its copies, pickled or not, begin at nothing.
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self._lock = threading.Lock()
        self._phases: dict[str, list[float]] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what is done inside, also where it raises."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - started)

    def add(self, name: str, seconds: float) -> None:
        """Count one more run of a phase."""
        with self._lock:
            entry = self._phases.setdefault(name, [0, 0.0, 0.0])
            entry[0] += 1
            entry[1] += seconds
            entry[2] = max(entry[2], seconds)

    def add_all(self, seconds: Mapping[str, float]) -> None:
        """Count one run of each phase given."""
        for name, value in seconds.items():
            self.add(name, value)

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return ``count``, ``seconds`` and ``max_seconds`` by phase."""
        with self._lock:
            return {
                name: {"count": count, "seconds": seconds, "max_seconds": longest}
                for name, (count, seconds, longest) in self._phases.items()
            }

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as a new one."""
        return Timings, ()
