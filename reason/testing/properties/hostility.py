"""Text from a policy is hostile: it is judged in time, raises nothing and runs nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from reason.task import Task
from reason.testing import hostile
from reason.testing.conformance import Tally, check
from reason.testing.subject import Subject
from reason.testing.witness import WitnessError, ask_witness

VERDICT_SECONDS = 1.0
"""Longest that a verdict may take, in seconds."""
SILENCE_SECONDS = 12.0
"""Time after which a verdict is taken to hang, in seconds."""
MAX_RESTARTS = 3
"""Hanging or fatal texts after which the rest is not tried any more."""
SHORT = 10_000
"""Characters up to which a text is tried as a completion, tagged and bare, and at two levels."""


@check("Every hostile text gets a verdict within a second; none raises, none blames us, none runs.")
def hostile_text_is_harmless(subject: Subject, tally: Tally) -> None:
    """Judge every text of ``hostile.jsonl`` in a process that can be killed, in an empty folder.

    The folder must be empty afterwards, and no code may have been compiled from a string.
    """
    easiest, hardest = subject.levels[0], subject.levels[-1]
    short = [each.name for each in hostile.load() if len(each.text()) <= SHORT]
    tries = [(each.name, "tagged" if each.name in short else "direct") for each in hostile.load()]
    bare = [(name, "bare") for name in short]
    with tempfile.TemporaryDirectory(prefix="reason-canary-") as folder:
        slowest = _try(subject, subject.draw(hardest, 1)[0], [*tries, *bare], folder, tally)
        if hardest != easiest:
            again = [(name, "tagged") for name in short]
            slowest = max(slowest, _try(subject, subject.draw(easiest, 1)[0], again, folder, tally))
        left = sorted(os.listdir(folder))
        tally.case(not left, f"a hostile text was run: it created {', '.join(left)}")
    tally.figures["texts"] = len(tries)
    tally.timings["slowest verdict"] = slowest


def _try(subject: Subject, task: Task, tries: Sequence[tuple[str, str]], folder: str, tally: Tally) -> float:
    """Judge the texts, starting again after each that is fatal; return the slowest, in seconds."""
    slowest, done = 0.0, 0
    for _ in range(MAX_RESTARTS):
        job = {
            "job": "hostile",
            "task": task.to_json(),
            "canary": os.path.join(folder, "CANARY"),
            "tries": tries[done:],
        }
        name = "the first verdict"
        try:
            for reply in ask_witness(subject.family, job, silence_s=SILENCE_SECONDS, folder=folder):
                if "trying" in reply:
                    name = reply["trying"]
                    continue
                done += 1
                slowest = max(slowest, reply["seconds"])
                problem = reply["problem"]
                if not problem and reply["seconds"] > VERDICT_SECONDS:
                    problem = f"it took {reply['seconds']:.1f} s"
                tally.case(not problem, f"level {task.level}, hostile text {name!r}: {problem}")
            return slowest
        except WitnessError as error:
            tally.case(False, f"level {task.level}, hostile text {name!r}: {error}")
            slowest = max(slowest, SILENCE_SECONDS) if isinstance(error, TimeoutError) else slowest
            done += 1
    tally.case(False, f"level {task.level}: {MAX_RESTARTS} texts were fatal, the rest was not tried")
    return slowest
