"""Work spread over processes, with results in the order of the work."""

from __future__ import annotations

import importlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from reason import registry
from reason.errors import ConfigError, GenerationError

__all__ = ["check_workers", "ordered_map"]

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

ITEMS_AHEAD = 3
"""Items that are handed out for each worker: the next is there when one is done."""


def check_workers(workers: int) -> None:
    """Reject a number of workers that cannot be.

    Raises:
        ConfigError: it is not an integer from 1.
    """
    if type(workers) is not int or workers < 1:
        raise ConfigError(f"workers must be an integer from 1, got {workers!r}")


def ordered_map(
    function: Callable[[ItemT], ResultT], items: Iterable[ItemT], *, workers: int, family_ids: Iterable[str]
) -> Generator[ResultT, None, None]:
    """Yield ``function`` of each item, in the order of the items; few are taken ahead.

    Args:
        function: A function of an importable module; its arguments and results are pickled.
        items: The work, taken as it can be done.
        workers: Processes that do it; 1 does it here.
        family_ids: Families that the function needs; the workers import their modules, so that a
            family that only this process imported is known there.

    Raises:
        GenerationError: a worker died (killed, or out of memory).
    """
    check_workers(workers)
    if workers == 1:
        yield from map(function, items)
        return
    modules = sorted({type(registry.get(family_id)).__module__ for family_id in family_ids})
    executor = ProcessPoolExecutor(
        workers,
        # Not fork: a forked child would hold this process's file locks after its death.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        initargs=(modules,),
    )
    waiting: deque[Future[ResultT]] = deque()
    rest = iter(items)
    try:
        while True:
            with _interrupts_held():
                waiting.extend(
                    executor.submit(function, item)
                    for item in itertools.islice(rest, workers * ITEMS_AHEAD - len(waiting))
                )
            if not waiting:
                return
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise GenerationError(
            "a worker process died (killed, or out of memory); use fewer --workers"
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while worker processes start: they inherit the mask, so only this process sees it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(modules: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for module in modules:
        if module != "__main__":
            importlib.import_module(module)


def _end_with_parent() -> None:
    # The pool's pipes stay open in its workers, so that nothing tells them that the parent was killed.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
