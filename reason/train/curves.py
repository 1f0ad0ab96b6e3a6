"""The curves of a run: read from its metrics, drawn in a terminal or as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reason.train.metrics import read_metrics

__all__ = ["COLOURS", "Curve", "curves_of", "draw_png", "draw_text"]

COLOURS = {"train": "#2563eb", "eval": "#d97706", "warmup": "#6b7280"}
_MARKS = {"train": "·", "eval": "●", "warmup": "·"}


class Curve(NamedTuple):
    """One line of a plot."""

    kind: str
    """``train``, ``eval`` or ``warmup``."""
    points: list[tuple[float, float]]
    """Step and value."""
    band: list[tuple[float, float, float]]
    """Step, lower and upper end of an interval."""


def curves_of(lines: Sequence[Mapping[str, Any]], name: str) -> list[Curve]:
    """Return the curves of one metric, one for each kind of line that has it.

    Args:
        lines: Of ``metrics.jsonl``.
        name: Metric.
    """
    curves = []
    for kind in dict.fromkeys(str(line["kind"]) for line in lines):
        own = [line for line in lines if line["kind"] == kind and line.get(name) is not None]
        where = "update" if kind == "warmup" else "step"
        points = [(float(line[where]), float(line[name])) for line in own]
        band = [
            (float(line[where]), float(line[f"{name}_low"]), float(line[f"{name}_high"]))
            for line in own
            if line.get(f"{name}_low") is not None and line.get(f"{name}_high") is not None
        ]
        # Warm-up counts updates, not steps: only its loss is worth a plot of its own.
        if points and (kind != "warmup" or name == "loss"):
            curves.append(Curve(kind, points, band))
    return curves


def draw_text(
    curves: Sequence[Curve], *, width: int = 70, height: int = 14, reference: float | None = None
) -> str:
    """Draw curves with characters.

    Args:
        curves: What to draw; evaluations over all others.
        width: Characters of the plot, its axis aside.
        height: Lines of the plot.
        reference: Where to draw a horizontal line.
    """
    steps = [step for curve in curves for step, _ in curve.points]
    values = [value for curve in curves for _, value in curve.points]
    values += [] if reference is None else [reference]
    if not steps:
        return "(nothing to draw)"
    left, right, low, high = min(steps), max(steps), min(values), max(values)
    cells = [[" "] * width for _ in range(height)]

    def row(value: float) -> int:
        return round((high - value) / (high - low or 1.0) * (height - 1))

    if reference is not None:
        cells[row(reference)] = ["┄"] * width
    for curve in sorted(curves, key=lambda one: one.kind == "eval"):
        for step, value in curve.points:
            cells[row(value)][round((step - left) / (right - left or 1.0) * (width - 1))] = _MARKS.get(
                curve.kind, "*"
            )
    heads = {0: f"{high:.2f}", height - 1: f"{low:.2f}"}
    if reference is not None:
        heads.setdefault(row(reference), f"{reference:.2f}")
    drawn = [f"{heads.get(number, ''):>7} │{''.join(line)}" for number, line in enumerate(cells)]
    axis = f"{'':7} └{'─' * width}"
    ends = f"{'':9}{left:<{width // 2}g}{right:>{width - width // 2}g}"
    legend = ", ".join(f"{_MARKS.get(curve.kind, '*')} {curve.kind}" for curve in curves)
    return "\n".join([*drawn, axis, ends, f"{'':9}step; {legend}"])


def draw_png(folder: Path, name: str = "solve_rate", *, reference: float | None = None) -> Path | None:
    """Draw one metric of a run as ``<name>.png``; None where matplotlib is not installed.

    Args:
        folder: Of the run.
        name: Metric.
        reference: Where to draw a horizontal line, such as a bound.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(7, 4), layout="tight")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for curve in curves_of(read_metrics(folder / "metrics.jsonl"), name):
        colour = COLOURS.get(curve.kind, "#111")
        steps, values = zip(*curve.points, strict=True)
        axes.plot(steps, values, label=curve.kind, color=colour)
        if curve.band:
            at, low, high = zip(*curve.band, strict=True)
            axes.fill_between(at, low, high, alpha=0.2, color=colour, linewidth=0)
    if reference is not None:
        axes.axhline(reference, color="#6b7280", linestyle="--", label=f"{reference:.3f}")
    axes.set_xlabel("step")
    axes.set_ylabel(name.replace("_", " "))
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    path = folder / f"{name}.png"
    figure.savefig(path, dpi=120)
    return path
