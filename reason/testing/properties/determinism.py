"""The same place of the same stream holds the same bytes, whoever draws it, and nothing else is disturbed."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from reason.seeding import stream
from reason.testing.conformance import Tally, check
from reason.testing.subject import Subject
from reason.testing.witness import ask_witness

THREADS = 8
TASKS_PER_LEVEL = 3
Place = tuple[str, int, int]


@check("A task has the same bytes in every process, thread, order and hash seed.")
def tasks_are_byte_identical(subject: Subject, tally: Tally) -> None:
    """Draw some tasks again: here, in eight threads at once, and in two other processes."""
    places = [
        (split, level, index)
        for level in subject.levels
        for split in ("train", "test")
        for index in range(TASKS_PER_LEVEL)
    ]
    first = {place: _bytes(subject, place) for place in places}
    for place in places:
        tally.case(_bytes(subject, place) == first[place], f"{place} differs when it is drawn twice")
    for place, text in _from_threads(subject, places):
        tally.case(text == first[place], f"{place} differs when {THREADS} threads draw at once")
    for seed, flags, order in (("0", (), places), ("4242", ("-O",), places[::-1])):
        # Another hash seed, time zone, optimisation and order of drawing.
        environment = {"PYTHONHASHSEED": seed, "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
        job = {"job": "draw", "places": order}
        replies = ask_witness(subject.family, job, flags=flags, environment=environment)
        for place, text in zip(order, replies, strict=True):
            tally.case(text == first[place], f"{place} differs in a process with PYTHONHASHSEED={seed}")


@check("Drawing, judging and playing leave the global random generators as they were.")
def global_generators_are_untouched(subject: Subject, tally: Tally) -> None:
    """Compare the states of ``random`` and NumPy (and of PyTorch where it is loaded) before and after."""
    import gymnasium

    for level in subject.levels:
        before = _global_states()
        task = subject.family.task(level=level, index=10_000)
        drawn = _global_states()
        subject.answer(task, task.reference)
        subject.family.solve(task)
        list(subject.family.near_misses(task))
        list(subject.family.equivalents(task))
        judged = _global_states()
        env = gymnasium.make(f"reason/{subject.family.id}", level=level)
        env.reset(seed=1)
        env.step("<answer>no</answer>")
        env.close()
        played = _global_states()
        for done, then, now in (
            ("drawing", before, drawn),
            ("judging", drawn, judged),
            ("playing", judged, played),
        ):
            changed = [name for name in then if then[name] != now[name]]
            tally.case(
                not changed, f"{done} at level {level} changes the global state of {', '.join(changed)}"
            )


def _bytes(subject: Subject, place: Place) -> str:
    split, level, index = place
    return subject.family.task(split=split, level=level, index=index).to_json()


def _from_threads(subject: Subject, places: list[Place]) -> Iterator[tuple[Place, str]]:
    """Draw all places in each thread, each in an order of its own, switching threads as often as can be."""
    orders = [stream("threads", thread).sample(places, len(places)) for thread in range(THREADS)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            drawn = list(pool.map(lambda order: [_bytes(subject, place) for place in order], orders))
    finally:
        sys.setswitchinterval(interval)
    for order, texts in zip(orders, drawn, strict=True):
        yield from zip(order, texts, strict=True)


def _global_states() -> dict[str, str]:
    states = {"random": repr(random.getstate()), "numpy.random": repr(np.random.get_state())}
    if torch := sys.modules.get("torch"):
        states["torch"] = torch.random.get_rng_state().numpy().tobytes().hex()
    return states
