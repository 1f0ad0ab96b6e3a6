"""Ctrl-C as a wish: the first one is noted, the second one is obeyed at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["Interruption"]


class Interruption:
    """While entered, the first SIGINT or SIGTERM sets :attr:`asked`; a second SIGINT raises as ever.

    Outside of the main thread, where signals cannot be caught, nothing changes.
    """

    def __init__(self) -> None:
        """Make one that has not been asked."""
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Catch signals from now on."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give the signals back."""
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            # None: somebody's own that was not set from Python, and cannot be.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before = {}
