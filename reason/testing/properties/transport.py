"""A task is data: it survives pickle, JSON and another process, and is scored there as it is."""

from __future__ import annotations

import json
import pickle
from itertools import islice

from reason.task import Task
from reason.testing.conformance import Tally, check
from reason.testing.properties.answers import place
from reason.testing.subject import Subject, tagged
from reason.testing.witness import ask_witness
from reason.verdict import Verdict

PAIRS_PER_LEVEL = 3


@check("Tasks, knobs, verdicts and families survive pickle.")
def everything_pickles(subject: Subject, tally: Tally) -> None:
    """Compare each with its copy."""
    for level in subject.levels:
        task = subject.draw(level, 1)[0]
        for name, thing in (
            ("the task", task),
            ("the configuration", subject.config(task)),
            ("the verdict", subject.answer(task, task.reference)),
        ):
            tally.case(pickle.loads(pickle.dumps(thing)) == thing, f"level {level}: {name} changes in pickle")
    copy = pickle.loads(pickle.dumps(subject.family))
    tally.case(type(copy) is type(subject.family), "the family's pickle is of another class")


@check("Tasks, knobs and verdicts survive JSON, and a task's knobs alone draw its equal.")
def everything_survives_json(subject: Subject, tally: Tally) -> None:
    """Compare each with its copy, and draw each task again from the knobs that it holds."""
    for task in subject.tasks():
        copy = Task.from_json(task.to_json())
        tally.case(
            copy == task and copy.to_json() == task.to_json(),
            f"{place(task)} changes on its way through JSON",
        )
        config = subject.config(task)
        knobs = json.loads(json.dumps(config.to_dict()))
        tally.case(
            subject.family.config_type.from_dict(knobs) == config,
            f"the knobs of {place(task)} change on their way through JSON",
        )
        verdict = subject.answer(task, task.reference)
        again = Verdict.from_dict(json.loads(json.dumps(verdict.to_dict())))
        tally.case(again == verdict, f"the verdict on {place(task)} changes on its way through JSON")
    for level in subject.levels:
        task = subject.draw(level, 1)[0]
        if task.config:
            drawn = subject.family.task(split=task.split, index=task.index, knobs=task.config)
            tally.case(
                (drawn.prompt, drawn.ground_truth) == (task.prompt, task.ground_truth),
                f"the knobs of {place(task)} draw another task",
            )


@check("A task is scored from its JSON alone, in a new process in which nothing can be drawn.")
def tasks_score_without_regeneration(subject: Subject, tally: Tally) -> None:
    """Compare verdicts on right and wrong answers between this process and one that cannot generate."""
    pairs: list[tuple[Task, str]] = []
    for level in subject.levels:
        for task in subject.draw(level, PAIRS_PER_LEVEL):
            wrong = islice(subject.family.near_misses(task), 2)
            for answer in (task.reference or "", *wrong, "banana"):
                pairs.append((task, tagged(answer)))
    job = {"job": "score", "pairs": [(task.to_json(), completion) for task, completion in pairs]}
    replies = ask_witness(subject.family, job, flags=("-O",), environment={"PYTHONHASHSEED": "99"})
    for (task, completion), reply in zip(pairs, replies, strict=True):
        here = subject.score(task, completion).to_dict()
        tally.case(
            reply == json.loads(json.dumps(here)),
            f"{place(task)}, {completion!r:.80}: {here} here, {reply} in another process",
        )
