"""Each level is harder than the last, by a solver's measured work, and none is slow to draw."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from reason.testing.conformance import Tally, check
from reason.testing.subject import Subject

MIN_CORRELATION = 0.9
"""Least Spearman correlation between level and mean effort."""
EFFORT_TASKS = 24
"""Tasks a level over which effort is averaged."""
SPEED_LEVEL = 5
SPEED_TASKS = 30
MEDIAN_SECONDS, MAX_SECONDS = 0.02, 1.0
NOISE = 5.0
"""How many times slower a busy machine may be before slowness counts."""


@check(f"Levels are harder by measured effort: Spearman of level and mean effort at least {MIN_CORRELATION}.")
def levels_are_harder(subject: Subject, tally: Tally) -> None:
    """Average ``metadata["effort"]`` over each level from 0 to 9, or to ``max_level``."""
    top = subject.plan.hardest if subject.family.max_level is None else subject.family.max_level
    means = []
    for level in range(min(top, subject.plan.hardest) + 1):
        measured = [task.metadata.get("effort") for task in subject.draw(level, EFFORT_TASKS)]
        efforts = [effort for effort in measured if isinstance(effort, int | float)]
        missing = len(measured) - len(efforts)
        tally.case(not missing, f"{missing} of {len(measured)} tasks of level {level} have no effort")
        if missing:
            return
        means.append(statistics.fmean(efforts))
    tally.figures["mean effort"] = [float(f"{mean:.4g}") for mean in means]
    if len(means) == 1:
        return
    correlation = spearman(range(len(means)), means)
    tally.figures["correlation"] = round(correlation, 3)
    tally.case(correlation >= MIN_CORRELATION, f"the correlation is {correlation:.3f}; mean effort: {means}")
    tally.case(means[-1] > means[0], f"the last level takes no more effort than the first: {means}")


@check(
    f"A level-{SPEED_LEVEL} task is drawn in {MEDIAN_SECONDS * 1000:.0f} ms at the median, "
    f"never more than {MAX_SECONDS:g} s ({NOISE:g} times that on a busy machine)."
)
def tasks_are_drawn_quickly(subject: Subject, tally: Tally) -> None:
    """Time draws that no other check has made, in processor time: other work does not count."""
    top = subject.family.max_level
    level = SPEED_LEVEL if top is None else min(SPEED_LEVEL, top)
    subject.family.task(level=level, index=20_000)
    seconds = []
    for index in range(20_001, 20_001 + SPEED_TASKS):
        started = time.process_time()
        subject.family.task(level=level, index=index)
        seconds.append(time.process_time() - started)
    median, slowest = statistics.median(seconds), max(seconds)
    tally.timings["median draw"], tally.timings["slowest draw"] = median, slowest
    tally.case(median <= NOISE * MEDIAN_SECONDS, f"the median is {median * 1000:.0f} ms")
    tally.case(slowest <= NOISE * MAX_SECONDS, f"the slowest took {slowest:.1f} s")


def spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Return Spearman's rank correlation, equal values sharing their mean rank; 0 where one side is constant.

    >>> spearman([0, 1, 2], [5, 7, 9]), spearman([0, 1, 2], [9, 7, 5]), spearman([0, 1], [3, 3])
    (1.0, -1.0, 0.0)
    """
    ranks = [_ranks(left), _ranks(right)]
    if any(len(set(side)) == 1 for side in ranks):
        return 0.0
    return statistics.correlation(*ranks)


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) - 1) / 2 for value in values]
