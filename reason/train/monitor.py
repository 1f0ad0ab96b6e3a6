"""What a run looks like from outside: a live table in a terminal, a line a step anywhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

__all__ = ["Monitor", "sparkline"]

_BARS = "▁▂▃▄▅▆▇█"
_SHOWN = {
    "reward": "reward",
    "solve_rate": "solve rate",
    "dead_groups": "dead groups",
    "entropy": "entropy",
    "clip_fraction_high": "clipped above",
    "clip_fraction_low": "clipped below",
    "ratio_max": "largest ratio",
    "sampler_mismatch_max": "sampler mismatch",
    "truncated": "truncated",
    "response_tokens": "tokens an episode",
    "grad_norm": "gradient norm",
    "decode_tokens_per_second": "decoded tokens/s",
    "update_tokens_per_second": "trained tokens/s",
    "mfu": "MFU",
    "memory_gib": "memory (GiB)",
}


def sparkline(values: list[float], width: int = 40) -> str:
    """Draw numbers as bars from the least to the largest.

    >>> sparkline([0.0, 0.5, 1.0])
    '▁▅█'

    Args:
        values: What to draw; not finite is left out.
        width: Bars at most; the last ones are drawn.
    """
    known = [value for value in values if math.isfinite(value)][-width:]
    if not known:
        return ""
    low, high = min(known), max(known)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[int((value - low) * scale + 0.5)] for value in known)


class Monitor:
    """Shows the metrics of a run as they come."""

    def __init__(self, steps: int, *, console: Console | None = None, live: bool = True) -> None:
        """Begin to show.

        Args:
            steps: Steps of the run.
            console: Where; standard output where None.
            live: Whether to draw a table that changes, where the console is a terminal.
        """
        self._console = console or Console()
        self._history: dict[str, list[float]] = {}
        self._last: dict[str, Mapping[str, float]] = {}
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        )
        self._task = self._progress.add_task("training", total=steps)
        self._live = Live(console=self._console, refresh_per_second=4, transient=False)
        self._draws = live and self._console.is_terminal
        if self._draws:
            self._live.start()

    def write(self, kind: str, step: int, metrics: Mapping[str, float]) -> None:
        """Take the metrics of a step."""
        self._last[kind] = metrics
        for name in ("reward", "solve_rate", "loss"):
            if name in metrics:
                self._history.setdefault(f"{kind}/{name}", []).append(metrics[name])
        if kind == "train":
            self._progress.update(self._task, completed=step)
        if self._draws:
            self._live.update(self._view())
        elif kind == "eval" or (kind == "train" and step % 10 == 0):
            self._console.print(self._line(kind, step, metrics))

    def close(self) -> None:
        """Stop to show; what is drawn stays."""
        if self._draws:
            self._live.stop()

    def _view(self) -> Group:
        table = Table("", "train", "evaluation", box=None, pad_edge=False)
        train, evaluated = self._last.get("train", {}), self._last.get("eval", {})
        for name, label in _SHOWN.items():
            if name in train or name in evaluated:
                table.add_row(label, _number(train.get(name)), _number(evaluated.get(name)))
        parts: list[Any] = [self._progress, table]
        for name, values in self._history.items():
            if len(values) > 1:
                parts.append(Text(f"{name:18} {sparkline(values)}"))
        return Group(*parts)

    def _line(self, kind: str, step: int, metrics: Mapping[str, float]) -> str:
        names = ("reward", "solve_rate", "dead_groups", "entropy", "ratio_max", "decode_tokens_per_second")
        shown = (f"{_SHOWN[name]} {_number(metrics[name])}" for name in names if name in metrics)
        return f"step {step:5} {kind:6} " + "  ".join(shown)


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
