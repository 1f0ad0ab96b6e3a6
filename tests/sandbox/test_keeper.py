"""The slots' processes: recycled, killed, replaced, and gone with their host.

These tests count what runs below this process, so no pool that another test keeps open may run beside them.
"""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from reason.sandbox import Case, Judgement, Outcome, Program, open_backend
from reason.sandbox.pool import Pool

ECHO = Program(source="print(input())")


def echo(pool: Pool, text: str) -> Outcome:
    [outcome] = pool.run(ECHO, [Case(stdin=text, expected=text)])
    return outcome


def below(pid: int) -> list[int]:
    """The processes below a process, depth first."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            pids = [int(child) for child in children.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in pids:
            found += [child, *below(child)]
    return found


def wait_until(condition: object, seconds: float = 10.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_slots_are_recycled_and_leave_no_process() -> None:
    before = set(below(os.getpid()))
    with Pool(open_backend("bubblewrap"), workers=1, spare=0, recycle_after=3) as pool:
        places = set()
        for number in range(7):
            assert echo(pool, str(number)).judgement is Judgement.AC
            places |= set(below(os.getpid())) - before
        assert len(places) >= 4  # two processes a place, and more than one place
    wait_until(lambda: not set(below(os.getpid())) - before)


def test_a_slot_that_dies_while_idle_costs_nobody_anything() -> None:
    before = set(below(os.getpid()))
    with Pool(open_backend("bubblewrap"), workers=1, spare=1) as pool:
        for _ in range(3):
            echo(pool, "a")
            for pid in sorted(set(below(os.getpid())) - before):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)  # a killed process takes a moment to let go of its pipes
            assert echo(pool, "b").judgement is Judgement.AC


def test_a_slot_that_dies_under_a_program_is_replaced_and_the_program_run_again() -> None:
    before = set(below(os.getpid()))
    with Pool(open_backend("bubblewrap"), workers=1, spare=0) as pool, ThreadPoolExecutor(1) as thread:
        echo(pool, "a")
        program = Program(source="import time; time.sleep(0.5); print(1)")
        future = thread.submit(pool.run, program, [Case(expected="1")] * 2)
        time.sleep(0.2)
        # The outermost first: a supervisor that outlives its program would rightly call that RE.
        for pid in sorted(set(below(os.getpid())) - before):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert [outcome.judgement for outcome in future.result()] == [Judgement.AC] * 2


def parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_a_program_that_loses_its_supervisor_twice_is_a_runtime_error() -> None:
    before = set(below(os.getpid()))
    stop = threading.Event()

    def kill_supervisors_at_work() -> None:
        while not stop.is_set():
            for program in set(below(os.getpid())) - before:
                # This process, bwrap, the supervisor, a program: whose supervisor is shot when it runs.
                supervisor = parent(program)
                bwrap = parent(supervisor) if supervisor else None
                if supervisor and bwrap and parent(bwrap) == os.getpid():
                    os.kill(supervisor, signal.SIGKILL)
            time.sleep(0.01)

    with Pool(open_backend("bubblewrap"), workers=1, spare=1) as pool:
        assert echo(pool, "a").judgement is Judgement.AC
        thread = threading.Thread(target=kill_supervisors_at_work)
        thread.start()
        outcomes = pool.run(Program(source="import time; time.sleep(5)"), [Case(expected="")] * 3)
        stop.set()
        thread.join()
    assert [outcome.judgement for outcome in outcomes] == [Judgement.RE] * 3


@pytest.mark.parametrize("backend", ["bubblewrap", "process"])
def test_a_host_that_is_killed_leaves_nothing(backend: str, tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from reason.sandbox import Case, Limits, Program, open_sandbox
        sandbox = open_sandbox(sys.argv[1], workers=1)
        sandbox.run(Program(source="print(1)"), [Case(expected="1")])
        print("ready", flush=True)
        limits = Limits(cpu_seconds=90, wall_seconds=90)
        sandbox.run(Program(source="while True: pass"), [Case(expected="")], limits)
        """
    )
    environment = {**os.environ, "REASON_SANDBOX": backend, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script, backend], stdout=subprocess.PIPE, text=True, env=environment
    ) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "ready\n"
        time.sleep(0.3)
        started = below(host.pid)
        assert len(started) >= 2
        host.kill()
    wait_until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() and alive(pid) for pid in started))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
