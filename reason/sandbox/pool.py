"""The pool of warm slots: what a user holds as a sandbox, whatever the backend."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from reason.errors import SandboxError
from reason.sandbox.backend import Backend
from reason.sandbox.compare import check_request
from reason.sandbox.keeper import Keeper
from reason.sandbox.protocol import Case, Health, Judgement, Limits, Outcome, Program
from reason.sandbox.slot import Slot, SlotLostError
from reason.sandbox.tiers import Attempt

__all__ = ["Pool"]


class _Job:
    """One call of ``run``: what it takes to cancel it from another thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.slot: Slot | None = None
        self.cancelled = False


class Pool:
    """A sandbox over any backend: one warm slot a worker, and one spare."""

    def __init__(
        self,
        backend: Backend,
        *,
        workers: int | None = None,
        spare: int = 1,
        strict: bool = False,
        recycle_after: int = 1000,
    ) -> None:
        """Start the slots in the background; the first program waits for the first of them.

        Args:
            backend: starts the supervisors; closed with the pool.
            workers: programs that run at once; None: one a processor.
            spare: warm slots beyond that, which take over at once when a slot is thrown away.
            strict: whether every case gets a process of its own.
            recycle_after: requests after which a slot is replaced.

        Raises:
            ValueError: a number is out of range.
        """
        workers = (os.cpu_count() or 1) if workers is None else workers
        counts = (("workers", workers, 1), ("spare", spare, 0), ("recycle_after", recycle_after, 1))
        for name, value, least in counts:
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
        self._backend = backend
        self._strict = strict
        self._workers = workers
        self._recycle_after = recycle_after
        self._owner = os.getpid()
        self._closing = threading.Lock()
        self._closed = False
        self._compiled: Pool | None = None
        self._compiling = threading.Lock()
        self._permits = threading.BoundedSemaphore(workers)
        self._runners = ThreadPoolExecutor(workers, thread_name_prefix="reason-sandbox")
        self._keeper = Keeper(backend, slots=workers + spare, recycle_after=recycle_after)
        atexit.register(self.close)

    def run(
        self,
        program: Program,
        cases: Sequence[Case],
        limits: Limits = Limits(),  # noqa: B008
        *,
        stop: bool = False,
    ) -> list[Outcome]:
        """Run a program on each case; one outcome a case, in order.

        With ``stop``, the outcomes end with the first that is not AC, and nothing is run beyond it.

        Raises:
            SandboxError: the sandbox is closed.
            TypeError: an argument or an expected value is of the wrong type.
            ValueError: an expected value is not JSON.
        """
        check_request(program, cases, limits)
        return self._run(program, cases, limits, _Job(), stop=stop)

    async def arun(self, program: Program, cases: Sequence[Case], limits: Limits = Limits()) -> list[Outcome]:  # noqa: B008
        """Do the same without blocking the event loop; cancelling it kills the program."""
        import asyncio  # here, for it is slow to load and most users are synchronous

        check_request(program, cases, limits)
        job = _Job()
        future = self._submit(program, cases, limits, job)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            self._cancel(job)
            raise

    def map(
        self,
        jobs: Iterable[tuple[Program, Sequence[Case]]],
        limits: Limits = Limits(),  # noqa: B008
    ) -> Iterator[list[Outcome]]:
        """Run many programs over all slots, yielding results in the order of the jobs.

        Jobs are drawn as they are needed, so that an endless stream of them is fine.
        """
        running: deque[tuple[Future[list[Outcome]], _Job]] = deque()
        source = iter(jobs)
        try:
            while True:
                while len(running) < 2 * self._workers and (item := next(source, None)) is not None:
                    program, cases = item
                    check_request(program, cases, limits)
                    job = _Job()
                    running.append((self._submit(program, cases, limits, job), job))
                if not running:
                    return
                yield running.popleft()[0].result()
        finally:
            for future, job in running:
                future.cancel()
                self._cancel(job)

    def health(self) -> Health:
        """Say what this sandbox is and whether it can work."""
        return Health(
            backend=self._backend.name,
            ready=self._keeper.ready,
            slots=self._keeper.idle,
            isolation=self._backend.isolation,
            detail=self._keeper.detail,
        )

    def close(self) -> None:
        """Kill everything that was started and leave nothing behind; may be called twice."""
        if os.getpid() != self._owner:
            return  # a forked copy: the slots are its parent's
        with self._closing:
            if self._closed:
                return
            self._closed = True
        atexit.unregister(self.close)
        self._keeper.close()
        self._runners.shutdown(wait=True, cancel_futures=True)
        with self._compiling:
            compiled = self._compiled
        if compiled is not None:
            compiled.close()
        self._backend.close()

    def __enter__(self) -> Self:
        """Return this sandbox."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _submit(
        self, program: Program, cases: Sequence[Case], limits: Limits, job: _Job
    ) -> Future[list[Outcome]]:
        self._keeper.check_open()
        return self._runners.submit(self._run, program, cases, limits, job)

    def _run(
        self, program: Program, cases: Sequence[Case], limits: Limits, job: _Job, *, stop: bool = False
    ) -> list[Outcome]:
        self._keeper.check_open()
        attempt = Attempt(program, cases, limits, strict=self._strict, stop=stop)
        failures = 0
        while cases:
            try:
                pool = self._pool_for(program)
                if pool is not self:
                    return pool._run(program, cases, limits, job, stop=stop)
                self._run_once(attempt, job)
                break
            except SlotLostError:
                attempt.lost()
                if attempt.losses == 2:
                    attempt.give_up(Judgement.RE, "killed its supervisor twice")
                    break
            except SandboxError as error:
                failures += 1
                if job.cancelled or self._closed:
                    raise
                if failures == 2:
                    attempt.give_up(Judgement.IE, str(error))
                    break
            if job.cancelled:
                raise SandboxError("the run was cancelled")
            self._keeper.check_open()
        backend = self._backend
        return attempt.outcomes(isolated=backend.isolated, enforced=backend.enforced(limits))

    def _run_once(self, attempt: Attempt, job: _Job) -> None:
        with self._permits:
            slot = self._keeper.take()
            try:
                with job.lock:
                    if job.cancelled:
                        raise SandboxError("the run was cancelled")
                    job.slot = slot
                attempt.run(slot)
            finally:
                with job.lock:
                    job.slot = None
                self._keeper.give(slot)

    def _cancel(self, job: _Job) -> None:
        with job.lock:
            job.cancelled = True
            slot = job.slot
            if slot is not None:
                slot.usable = False  # whoever gives it back throws it away
        if slot is not None:
            # Not here: an event loop must not wait for it.
            threading.Thread(target=slot.kill, name="reason-sandbox-cancel").start()

    def _pool_for(self, program: Program) -> Pool:
        """Return the pool whose slots know the program's language.

        Raises:
            SandboxError: there is none.
        """
        if program.language == "python":
            return self
        slot = self._keeper.take()
        languages = slot.languages
        self._keeper.give(slot)
        if program.language in languages:
            return self
        with self._compiling:
            self._keeper.check_open()
            if self._compiled is None and (backend := self._backend.compiling()) is not None:
                self._compiled = Pool(
                    backend,
                    workers=self._workers,
                    spare=0,
                    strict=self._strict,
                    recycle_after=self._recycle_after,
                )
            if self._compiled is None:
                raise SandboxError(f"this sandbox has no compiler for {program.language!r}")
            return self._compiled
