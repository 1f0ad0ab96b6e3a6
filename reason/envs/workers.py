"""Threads that share a heap of work."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["Workers"]

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")


class _Heap(Generic[JobT, ResultT]):
    """Jobs that any number of threads take from until none is left."""

    def __init__(self, function: Callable[[JobT], ResultT], jobs: Mapping[int, JobT]) -> None:
        self.function = function
        self.waiting = deque(jobs.items())
        self.results: dict[int, ResultT] = {}

    def work(self) -> None:
        """Do jobs until none waits; where one fails, the others are left undone."""
        try:
            while True:
                try:
                    key, job = self.waiting.popleft()
                except IndexError:
                    return
                self.results[key] = self.function(job)
        except BaseException:
            self.waiting.clear()
            raise


class Workers:
    """Up to ``count`` threads, the caller's among them.

    A job costs no future of its own: quick jobs under Python's global lock run as fast as in one thread,
    and a slow one (a program in a sandbox) holds up no other.
    """

    def __init__(self, count: int) -> None:
        """Make the pool; its threads start when they are first needed."""
        self.count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="reason-verify")

    def map(self, function: Callable[[JobT], ResultT], jobs: Mapping[int, JobT]) -> dict[int, ResultT]:
        """Return ``function`` of each job, under the job's key and in the order of the jobs."""
        heap = _Heap(function, jobs)
        futures = [self._pool.submit(heap.work) for _ in range(min(self.count, len(jobs)) - 1)]
        try:
            heap.work()
        finally:
            started = [future for future in futures if not future.cancel()]
        for future in started:
            future.result()
        return {key: heap.results[key] for key in jobs}

    async def amap(self, function: Callable[[JobT], ResultT], jobs: Mapping[int, JobT]) -> dict[int, ResultT]:
        """Do the same without blocking the event loop; cancelled, it begins no more jobs."""
        heap, loop = _Heap(function, jobs), asyncio.get_running_loop()
        workers = range(min(self.count, len(jobs)))
        try:
            await asyncio.gather(*(loop.run_in_executor(self._pool, heap.work) for _ in workers))
        finally:
            heap.waiting.clear()
        return {key: heap.results[key] for key in jobs}

    def close(self) -> None:
        """Wait for the jobs that run and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)
