"""The report of a run: one HTML file with its curves, which needs nothing from elsewhere."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reason.train.curves import COLOURS, Curve, curves_of
from reason.train.metrics import read_metrics

__all__ = ["write_report"]

_WIDTH, _HEIGHT, _MARGIN = 460, 220, 44
_FIRST = (
    "reward", "solve_rate", "dead_groups", "entropy", "loss", "grad_norm", "ratio_max", "clip_fraction_low",
    "clip_fraction_high", "sampler_mismatch_max", "truncated", "masked", "response_tokens", "turns",
    "decode_tokens_per_second", "update_tokens_per_second", "mfu", "memory_gib",
)  # fmt: skip
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1000px;padding:0 1rem}
.plots{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}figcaption{font-weight:600}
svg{border:1px solid #e5e7eb;background:#fff}table{border-collapse:collapse}td,th{padding:.15rem .8rem;
text-align:right;border-bottom:1px solid #e5e7eb}td:first-child,th:first-child{text-align:left}
pre{background:#f3f4f6;padding:1rem;overflow:auto}
"""


def write_report(folder: Path, *, title: str = "Reason: a training run") -> Path:
    """Write ``report.html`` of a run from its ``metrics.jsonl``.

    Args:
        folder: Of the run.
        title: Heading.

    Returns:
        The file.
    """
    lines = read_metrics(folder / "metrics.jsonl")
    names = dict.fromkeys(name for line in lines for name in line if name not in ("kind", "step", "update"))
    plain = [name for name in names if not name.endswith(("_low", "_high")) or name.startswith("clip")]
    ordered = [name for name in _FIRST if name in plain]
    ordered += sorted(name for name in plain if name not in ordered)
    figures = [_figure(name, curves) for name in ordered if (curves := curves_of(lines, name))]
    config = folder / "config.json"
    settings = config.read_text(encoding="utf-8") if config.exists() else ""
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1>{_table(lines)}"
        f"<h2>Curves</h2><div class=plots>{''.join(figures)}</div>"
        f"<h2>Configuration</h2><pre>{html.escape(settings)}</pre>{_samples(folder)}</html>\n"
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def _figure(name: str, curves: Sequence[Curve]) -> str:
    steps = [step for curve in curves for step, _ in curve.points]
    values = [value for curve in curves for _, value in curve.points]
    values += [end for curve in curves for _, low, high in curve.band for end in (low, high)]
    left, right, low, high = min(steps), max(steps), min(values), max(values)
    if math.isclose(low, high, rel_tol=1e-12, abs_tol=1e-300):
        low, high = low - 0.5, high + 0.5

    def place(step: float, value: float) -> str:
        x = _MARGIN + (step - left) / max(right - left, 1e-9) * (_WIDTH - _MARGIN - 10)
        y = _HEIGHT - 24 - (value - low) / (high - low) * (_HEIGHT - 40)
        return f"{x:.1f},{y:.1f}"

    drawn = []
    for curve in curves:
        colour = COLOURS.get(curve.kind, "#111")
        if len(curve.band) > 1:
            ends = [place(at, top) for at, _, top in curve.band]
            ends += [place(at, bottom) for at, bottom, _ in reversed(curve.band)]
            drawn.append(f'<polygon points="{" ".join(ends)}" fill="{colour}" opacity=".15"/>')
        line = " ".join(place(*point) for point in curve.points)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        if len(curve.points) == 1:
            x, y = line.split(",")
            drawn.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
    texts = (
        f'<text x="2" y="16" font-size="11">{high:.4g}</text>'
        f'<text x="2" y="{_HEIGHT - 26}" font-size="11">{low:.4g}</text>'
        f'<text x="{_MARGIN}" y="{_HEIGHT - 6}" font-size="11">{left:g}</text>'
        f'<text x="{_WIDTH - 10}" y="{_HEIGHT - 6}" font-size="11" text-anchor="end">{right:g}</text>'
    )
    legend = ", ".join(
        f'<span style="color:{COLOURS.get(curve.kind, "#111")}">{html.escape(curve.kind)}</span>'
        for curve in curves
    )
    return (
        f"<figure><figcaption>{html.escape(name)} ({legend})</figcaption>"
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{html.escape(name)}">'
        f"{''.join(drawn)}{texts}</svg></figure>"
    )


def _table(lines: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for line in (line for line in lines if line["kind"] == "eval"):
        interval = (line.get("solve_rate_low"), line.get("solve_rate_high"))
        between = "" if None in interval else f"{interval[0]:.3f} to {interval[1]:.3f}"
        cells = (line["step"], _cell(line.get("reward")), _cell(line.get("solve_rate")), between)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    heads = "<tr><th>step</th><th>reward</th><th>solve rate</th><th>95 % interval</th></tr>"
    return f"<h2>Evaluations</h2><table>{heads}{''.join(rows)}</table>"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _samples(folder: Path) -> str:
    shown = []
    for sample in read_metrics(folder / "samples.jsonl")[-4:]:
        turns = "\n".join(f"[{part['by']}] {part['text']}" for part in sample["episode"])
        heading = f"step {sample['step']}, {sample['env']}, reward {sample['reward']}"
        shown.append(f"<h3>{html.escape(heading)}</h3><pre>{html.escape(turns[:4000])}</pre>")
    return "<h2>Last samples</h2>" + "".join(shown) if shown else ""
