"""The pool: threads, asyncio, cancellation, recycling, and slots that die."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reason.errors import SandboxError
from reason.sandbox import Case, Judgement, Limits, Outcome, Program, open_backend, open_sandbox
from reason.sandbox.backend import Backend
from reason.sandbox.pool import Pool

ECHO = Program(source="print(input())")
LOOP = Program(source="while True: pass")
LONG = Limits(cpu_seconds=60, wall_seconds=60)


def echo(pool: Pool, text: str) -> Outcome:
    [outcome] = pool.run(ECHO, [Case(stdin=text, expected=text)])
    return outcome


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(open_backend("bubblewrap"), workers=2) as pool:
        yield pool


def test_many_threads_share_few_slots(pool: Pool) -> None:
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda n: echo(pool, str(n)), range(40)))
    assert [outcome.stdout for outcome in outcomes] == [f"{n}\n" for n in range(40)]


def test_map_yields_in_order_and_draws_jobs_as_needed(pool: Pool) -> None:
    drawn = []

    def jobs() -> Iterator[tuple[Program, list[Case]]]:
        for number in itertools.count():
            drawn.append(number)
            pause = 0.05 if number == 0 else 0
            source = f"import time; time.sleep({pause}); print({number})"
            yield Program(source=source), [Case(expected=str(number))]

    results = list(itertools.islice(pool.map(jobs()), 6))
    assert [outcome.stdout for [outcome] in results] == [f"{n}\n" for n in range(6)]
    assert len(drawn) < 6 + 5


def test_arun_leaves_the_event_loop_free(pool: Pool) -> None:
    async def main() -> tuple[list[list[Outcome]], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        program = Program(source="import time; time.sleep(0.2)")
        results = await asyncio.gather(*(pool.arun(program, [Case(expected="")]) for _ in range(4)))
        ticking.cancel()
        return results, ticks

    results, ticks = asyncio.run(main())
    assert [outcome.judgement for [outcome] in results] == [Judgement.AC] * 4
    assert ticks > 10


def test_cancelling_kills_the_program_and_frees_the_slot(pool: Pool) -> None:
    async def main() -> float:
        tasks = [asyncio.create_task(pool.arun(LOOP, [Case(expected="")], LONG)) for _ in range(2)]
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
        start = time.monotonic()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        [outcome] = await pool.arun(ECHO, [Case(stdin="a", expected="a")])
        assert outcome.judgement is Judgement.AC
        return time.monotonic() - start

    assert asyncio.run(main()) < 10


def test_a_timeout_around_arun_cancels_it(pool: Pool) -> None:
    async def main() -> None:
        await asyncio.wait_for(pool.arun(LOOP, [Case(expected="")], LONG), 0.3)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(main())
    assert echo(pool, "x").judgement is Judgement.AC


def test_each_case_is_told_its_own_time(pool: Pool) -> None:
    program = Program(source="import time; time.sleep(float(input()))")
    outcomes = pool.run(program, [Case(stdin=text, expected="") for text in ("0", "0.3", "0")])
    assert [outcome.wall_seconds >= 0.3 for outcome in outcomes] == [False, True, False]


def test_no_cases_no_outcomes(pool: Pool) -> None:
    assert pool.run(ECHO, []) == []


class Failing:
    """A backend whose engine is dead: the first ``good`` starts work."""

    def __init__(self, good: int) -> None:
        self._inner: Backend = open_backend("bubblewrap")
        self.name, self.isolated, self.isolation = "failing", True, self._inner.isolation
        self.good = good

    def start(self, slot: int) -> object:
        self.good -= 1
        if self.good < 0:
            raise SandboxError("the engine is dead")
        return self._inner.start(slot)

    def enforced(self, limits: Limits) -> tuple[str, ...]:
        return self._inner.enforced(limits)

    def compiling(self) -> None:
        return None

    def close(self) -> None:
        self._inner.close()


def test_a_dead_engine_is_our_fault_and_never_raises() -> None:
    with open_sandbox(Failing(0), workers=1) as sandbox:  # type: ignore[arg-type]
        outcomes = sandbox.run(ECHO, [Case(stdin="1", expected="1")] * 2)
        assert [outcome.judgement for outcome in outcomes] == [Judgement.IE] * 2
        assert "the engine is dead" in outcomes[0].detail


def test_an_engine_that_recovers_is_used_again() -> None:
    backend = Failing(0)
    with Pool(backend, workers=1) as pool:  # type: ignore[arg-type]
        assert echo(pool, "a").judgement is Judgement.IE
        backend.good = 100
        assert echo(pool, "a").judgement is Judgement.AC


def test_a_language_without_a_compiler_is_our_fault() -> None:
    backend = Failing(100)
    with Pool(backend, workers=1) as pool:  # type: ignore[arg-type]
        [outcome] = pool.run(Program(source="int main() {}", language="cpp"), [Case(expected="")])
    assert outcome.judgement is Judgement.IE
    assert "compiler" in outcome.detail


def test_a_closed_pool_says_so() -> None:
    pool = Pool(open_backend("bubblewrap"), workers=1)
    pool.close()
    pool.close()
    with pytest.raises(SandboxError, match="closed"):
        echo(pool, "a")
    assert not pool.health().ready


def test_closing_ends_what_is_running() -> None:
    pool = Pool(open_backend("bubblewrap"), workers=1)
    echo(pool, "a")
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(pool.run, LOOP, [Case(expected="")], LONG)
        time.sleep(0.3)
        start = time.monotonic()
        pool.close()
        with pytest.raises(SandboxError):
            future.result(timeout=20)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("fields", [{"workers": 0}, {"workers": True}, {"spare": -1}, {"recycle_after": 0}])
def test_numbers_out_of_range_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        Pool(open_backend("bubblewrap"), **fields)
