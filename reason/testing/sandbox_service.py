"""What every sandbox must do for threads, for asyncio and when it is closed; see ``sandbox_behaviours``."""

import asyncio
import contextlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from reason.errors import SandboxError
from reason.sandbox.protocol import Case, Judgement, Limits, Outcome, Program, Sandbox
from reason.testing.sandbox_abuse import describe
from reason.testing.sandbox_behaviours import AC, ROOMY, OpenBackend, judged, require

__all__ = ["SERVICE"]


def serves_threads(open_backend: OpenBackend) -> None:
    """Programs from many threads each get their own answer."""
    faults: list[str] = []

    def work(worker: int, sandbox: Sandbox) -> None:
        for round_number in range(4):
            text = f"{worker}-{round_number}"
            outcomes = sandbox.run(
                Program(source=f"print(input(), {text!r})"),
                [Case(stdin="in", expected=f"in {text}")] * 2,
                ROOMY,
            )
            faults.extend(describe(outcome) for outcome in outcomes if outcome.judgement is not AC)

    with open_backend(2) as sandbox:
        threads = [threading.Thread(target=work, args=(worker, sandbox), daemon=True) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        require(not any(thread.is_alive() for thread in threads), "a thread hangs")
    require(not faults, f"{faults[:3]}")


def serves_asyncio(open_backend: OpenBackend) -> None:
    """Many ``arun`` at once leave the event loop free and each get their own answer."""

    async def work(sandbox: Sandbox) -> None:
        gaps, stop = [0.0], asyncio.Event()

        async def heart() -> None:
            while not stop.is_set():
                before = time.monotonic()
                await asyncio.sleep(0.01)
                gaps.append(time.monotonic() - before)

        beating = asyncio.create_task(heart())
        programs = [Program(source=f"import time; time.sleep(0.2); print({n})") for n in range(6)]
        many = await asyncio.gather(
            *(sandbox.arun(p, [Case(expected=str(n))], ROOMY) for n, p in enumerate(programs))
        )
        stop.set()
        await beating
        judged([outcomes[0] for outcomes in many], *[AC] * 6)
        require(max(gaps) < 0.15, f"the event loop stood still for {max(gaps):.2f} s")

    with open_backend(2) as sandbox:
        asyncio.run(work(sandbox))


def stops_when_cancelled(open_backend: OpenBackend) -> None:
    """Cancelling ``arun`` kills the program and frees its slot at once."""

    async def work(sandbox: Sandbox) -> None:
        limits = Limits(cpu_seconds=50, wall_seconds=50)
        for source in ("import time; time.sleep(40)", "while True: pass"):
            task = asyncio.create_task(
                sandbox.arun(Program(source=source), [Case(compare=False)] * 3, limits)
            )
            await asyncio.sleep(0.5)
            started = time.monotonic()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
                raise AssertionError("a cancelled run returned outcomes")
            judged(await sandbox.arun(Program(source="print(1)"), [Case(expected="1")], ROOMY), AC)
            require(time.monotonic() - started < 10, "the slot was not freed")

    with open_backend(1) as sandbox:
        asyncio.run(work(sandbox))


def maps_in_order(open_backend: OpenBackend) -> None:
    """``map`` yields in the order of the jobs, over all slots, and takes a stream without end."""

    def jobs(numbers: Iterable[int]) -> Iterator[tuple[Program, list[Case]]]:
        for n in numbers:
            yield (
                Program(source=f"import time; time.sleep({0.3 if n % 3 == 0 else 0}); print({n})"),
                [Case(expected=str(n))],
            )

    with open_backend(2) as sandbox:
        results = list(sandbox.map(jobs(range(9)), ROOMY))
        judged([outcomes[0] for outcomes in results], *[AC] * 9)
        first = list(itertools.islice(sandbox.map(jobs(itertools.count()), ROOMY), 5))
        judged([outcomes[0] for outcomes in first], *[AC] * 5)
        judged(sandbox.run(Program(source="print(1)"), [Case(expected="1")], ROOMY), AC)


def closes_once_and_for_all(open_backend: OpenBackend) -> None:
    """Closing may be repeated; a closed sandbox says so, and holds no process, thread or descriptor."""
    with open_backend(1) as sandbox:  # what the first opening loads and keeps is no leak
        judged(sandbox.run(Program(source="print(1)"), [Case(expected="1")], ROOMY), AC)
    before = held()
    sandbox = open_backend(2)
    judged(sandbox.run(Program(source="print(1)"), [Case(expected="1")], ROOMY), AC)
    sandbox.close()
    sandbox.close()
    attempts: dict[str, Callable[[], object]] = {
        "run": lambda: sandbox.run(Program(source="print(1)"), [Case(compare=False)], ROOMY),
        "map": lambda: list(sandbox.map([(Program(source="print(1)"), [Case(compare=False)])], ROOMY)),
        "arun": lambda: asyncio.run(sandbox.arun(Program(source="print(1)"), [Case(compare=False)], ROOMY)),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except SandboxError:
            continue
        raise AssertionError(f"{name} works after close")
    require(not sandbox.health().ready, "a closed sandbox says that it is ready")
    deadline = time.monotonic() + 10
    while any(held()[name] > before[name] for name in before) and time.monotonic() < deadline:
        time.sleep(0.1)
    after = held()
    require(all(after[name] <= before[name] for name in before), f"before {before}, after {after}")


def closes_under_work(open_backend: OpenBackend) -> None:
    """Closing while a program runs ends that run soon, with an error or an outcome that cannot be scored."""
    ends: list[object] = []
    sandbox = open_backend(1)

    def work() -> None:
        try:
            limits = Limits(cpu_seconds=50, wall_seconds=50)
            ends.extend(
                sandbox.run(Program(source="import time; time.sleep(40)"), [Case(compare=False)], limits)
            )
        except SandboxError as error:
            ends.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    time.sleep(1.0)
    sandbox.close()
    thread.join(15)
    require(not thread.is_alive(), "the run goes on after close")
    verdicts = [end for end in ends if isinstance(end, Outcome) and end.judgement is not Judgement.IE]
    require(len(ends) == 1 and not verdicts, f"the run ended with {ends}")


def held() -> dict[str, int]:
    """Count what this process holds: child processes, threads, descriptors."""
    own, children = os.getpid(), 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children += int(stat.read_text().rpartition(")")[2].split()[1]) == own
    descriptors = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return {"children": children, "threads": threading.active_count(), "descriptors": descriptors}


SERVICE: tuple[Callable[[OpenBackend], None], ...] = (
    serves_threads,
    serves_asyncio,
    stops_when_cancelled,
    maps_in_order,
    closes_once_and_for_all,
    closes_under_work,
)
