"""Streams do not overlap and do not repeat themselves."""

from __future__ import annotations

from typing import get_args

import gymnasium

from reason.seeding import Split
from reason.task import Task
from reason.testing.conformance import Tally, check
from reason.testing.subject import Subject

MIN_UNIQUE = 0.99
"""Least share of different tasks in a stream."""


@check("No problem stands in two splits.")
def splits_are_disjoint(subject: Subject, tally: Tally) -> None:
    """Reset an environment of each split by seeds 0 to 50, and draw from each stream, and compare prompts."""
    for level in dict.fromkeys((subject.levels[0], subject.levels[-1])):
        where: dict[str, tuple[str, str]] = {}
        for split in get_args(Split):
            drawn = [(f"seed {seed}", task) for seed, task in enumerate(_played(subject, split, level))]
            if level == subject.levels[0]:
                # The smallest space is where an overlap shows, so more of it is looked at: all that the
                # next check draws of train, and as much of the two others together.
                count = subject.plan.stream if split == "train" else subject.plan.stream // 2
                stream = subject.draw(level, count, split)
                drawn += [(f"index {task.index}", task) for task in stream]
            for name, task in drawn:
                other, place = where.setdefault(_said(task), (split, name))
                tally.case(
                    other == split,
                    f"level {level}: {name} of {split} is {place} of {other}: {task.text!r:.200}",
                )


@check(f"At least {MIN_UNIQUE:.0%} of a stream are different tasks, unless the family is declared finite.")
def streams_do_not_repeat(subject: Subject, tally: Tally) -> None:
    """Count different prompts in a stream of the lowest level, and among the tasks of each other level."""
    seen = 0
    total = 0
    for level in subject.levels:
        count = subject.plan.stream if level == subject.levels[0] else subject.tasks_per_level
        different = len({_said(task) for task in subject.draw(level, count)})
        seen, total = seen + different, total + count
        if level == subject.levels[0]:
            tally.figures["unique"] = round(different / count, 4)
        # In a short stream one repetition may be bad luck.
        allowed = max(1, int((1 - MIN_UNIQUE) * count))
        tally.case(
            different >= count - allowed or subject.family.finite,
            f"level {level}: {different} of {count} tasks are different",
        )
    if subject.family.finite:
        tally.figures["declared"] = "finite"
        tally.case(seen < total, f"it is declared finite, but all of {total} tasks are different")


def _played(subject: Subject, split: str, level: int) -> list[Task]:
    """Return the tasks that ``reset`` plays on the plan's seeds."""
    env = gymnasium.make(f"reason/{subject.family.id}", split=split, level=level)
    tasks = []
    for seed in range(subject.plan.seeds):
        env.reset(seed=seed)
        tasks.append(env.get_wrapper_attr("task"))
    env.close()
    return tasks


def _said(task: Task) -> str:
    return "\n".join(message.content for message in task.prompt)
