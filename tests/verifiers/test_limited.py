import asyncio
import contextlib
import importlib
import multiprocessing
import operator
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.errors import ReasonError, VerifierError
from reason.verifiers.limited import LimitExceeded, Pool, limited

HERE = Path(__file__).parent
# A worker finds a module by the caller's path and its name.
sys.path.insert(0, str(HERE))
functions = importlib.import_module("limited_functions")

json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def lives(process_id: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def ends(process_id: int, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while lives(process_id) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(process_id)


def run_script(source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter where every warning is an error."""
    start = f"""
        import os, signal, sys, threading, time
        sys.path[:] = {sys.path!r}
        import limited_functions as functions
        from reason.verifiers.limited import limited
    """
    return subprocess.run(
        [sys.executable, "-W", "error", *options, "-c", textwrap.dedent(start) + textwrap.dedent(source)],
        capture_output=True,
        text=True,
        timeout=60,
    )


@settings(max_examples=50, deadline=None)
@given(json_data)
def test_json_data_crosses_unchanged(value):
    assert limited(functions.echo, value) == value


def test_text_of_any_kind_and_size_crosses():
    for text in ("\ud800", "\x00\u2028", "x" * 5_000_000):
        assert limited(functions.echo, text) == text


def test_the_worker_stays_and_is_another_process():
    process_ids = {limited(functions.process_id) for _ in range(300)}
    assert len(process_ids) == 1
    assert os.getpid() not in process_ids


@pytest.mark.parametrize("function", [functions.spin_in_c, functions.backtrack, functions.spin_in_python])
def test_time_runs_out_and_the_process_is_gone(function, tmp_path):
    limited(functions.process_id)
    start = time.monotonic()
    with pytest.raises(LimitExceeded, match=rf"{function.__name__} took more than 0\.5 s"):
        limited(function, str(tmp_path / "process"), timeout_s=0.5, memory_bytes=2**32)
    assert 0.5 <= time.monotonic() - start < 5
    assert not lives(int((tmp_path / "process").read_text()))


def test_what_a_function_started_ends_with_it(tmp_path):
    with pytest.raises(LimitExceeded):
        limited(functions.sleep_with_a_child, str(tmp_path / "process"), timeout_s=1)
    assert ends(int((tmp_path / "process").read_text()))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (functions.allocate, [10**9]),
        (functions.allocate_bit_by_bit, []),
        (operator.mul, ["a", 10**12]),
        (functions.abort, []),
    ],
    ids=["one piece", "many pieces", "far too much", "a library that aborts"],
)
def test_memory_runs_out(function, arguments):
    with pytest.raises(LimitExceeded, match="memory"):
        limited(function, *arguments, timeout_s=20, memory_bytes=2**28)
    assert limited(functions.echo, 1) == 1


def test_memory_within_the_limit_is_free_again_and_again():
    process_ids = set()
    for _ in range(5):
        assert limited(functions.allocate, 10**8, timeout_s=30, memory_bytes=2**27) == 10**8
        process_ids.add(limited(functions.process_id))
    assert len(process_ids) == 1


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (functions.raise_value_error, ["no such clause"], "ValueError: no such clause"),
        (functions.raise_value_error, ["\ud800"], "ValueError"),
        (functions.leave, [], "SystemExit: done"),
        (functions.recurse, [0], "RecursionError"),
        (functions.leave_at_once, [3], "status 3"),
        (functions.read_address_zero, [], "status -11"),
        (functions.echo, [1, 2], "TypeError"),
        (functions.big_integer, [], "ValueError"),
        (iter, [[]], "not JSON serializable"),
    ],
)
def test_a_failure_of_the_function_is_a_verifier_error(function, arguments, message):
    with pytest.raises(VerifierError, match=f"{function.__name__}.*{message}"):
        limited(function, *arguments)
    assert limited(functions.echo, 1) == 1


def test_a_failure_carries_the_traceback_of_the_worker():
    with pytest.raises(VerifierError) as caught:
        limited(functions.raise_value_error, "x")
    assert "in raise_value_error" in caught.value.__notes__[0]


def test_printing_and_reading_do_not_disturb():
    assert limited(functions.print_and_read, '{"result": 1}') == ""
    assert limited(functions.echo, 1) == 1


def test_eight_threads_at_once_get_their_own_results():
    # In a process of its own: other tests leave workers here that were killed and must be replaced.
    result = run_script(
        """
        from concurrent.futures import ThreadPoolExecutor
        from reason.verifiers.limited import MAX_WORKERS

        def call(number):
            return limited(functions.echo, number), limited(functions.nap, 0.001)

        with ThreadPoolExecutor(8) as threads:
            results = list(threads.map(call, range(200)))
        assert [number for number, _ in results] == list(range(200))
        assert len({process_id for _, process_id in results}) <= MAX_WORKERS
        """
    )
    assert result.returncode == 0, result.stderr


def test_threads_that_run_out_of_time_do_not_harm_others(tmp_path):
    def call(number):
        if number % 4:
            return limited(functions.echo, number)
        with pytest.raises(LimitExceeded):
            limited(functions.spin_in_python, str(tmp_path / str(number)), timeout_s=0.2)
        return number

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(call, range(24))) == list(range(24))


def test_asyncio_calls_through_threads():
    async def main():
        calls = (asyncio.to_thread(limited, functions.echo, number) for number in range(20))
        return await asyncio.gather(*calls)

    assert asyncio.run(main()) == list(range(20))


def test_a_worker_outlives_the_thread_that_started_it():
    result = run_script("""
        started = []
        thread = threading.Thread(target=lambda: started.append(limited(functions.process_id)))
        thread.start()
        thread.join()
        time.sleep(0.2)
        print(started == [limited(functions.process_id)])
    """)
    assert (result.stdout, result.stderr) == ("True\n", "")


def test_an_idle_worker_that_is_killed_is_replaced():
    process_id = limited(functions.process_id)
    os.kill(process_id, signal.SIGKILL)
    assert limited(functions.echo, 5) == 5
    assert limited(functions.process_id) != process_id


def test_an_interrupted_call_leaves_no_reply_behind():
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        limited(functions.nap, 1.0)
    timer.join()
    assert limited(functions.echo, "mine") == "mine"


def test_a_pool_has_workers_of_its_own_and_no_more_than_asked_for():
    pool = Pool(2)
    with ThreadPoolExecutor(6) as threads:
        naps = [threads.submit(limited, functions.nap, 0.1, timeout_s=30, pool=pool) for _ in range(6)]
    workers = {nap.result() for nap in naps}
    assert 1 <= len(workers) <= 2
    assert limited(functions.process_id) not in workers
    pool.close()
    assert all(ends(worker) for worker in workers)
    with pytest.raises(VerifierError, match="closed"):
        limited(functions.process_id, pool=pool)
    assert limited(functions.echo, 1) == 1


def test_a_pool_that_is_closed_ends_the_calls_that_run(tmp_path):
    pool, path = Pool(1), tmp_path / "process_id"
    with ThreadPoolExecutor(2) as threads:
        calls = [
            threads.submit(limited, functions.spin_in_c, str(path), timeout_s=60, pool=pool) for _ in range(2)
        ]
        while not path.exists() or not path.read_text():
            time.sleep(0.01)
        pool.close()
        for call in calls:
            with pytest.raises(VerifierError):
                call.result(timeout=30)
    assert ends(int(path.read_text()))


def test_a_fork_of_the_caller_has_workers_of_its_own():
    result = run_script("""
        before = limited(functions.process_id)
        child = os.fork()
        if child == 0:
            print(limited(functions.process_id) != before, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        print(limited(functions.process_id) == before)
    """)
    assert (result.stdout, result.stderr) == ("True\nTrue\n", "")


def test_a_fork_does_not_keep_the_workers_of_its_parent_alive():
    result = run_script("""
        before = limited(functions.process_id)
        if os.fork() == 0:
            devnull = os.open(os.devnull, os.O_RDWR)
            os.dup2(devnull, 1), os.dup2(devnull, 2)
            time.sleep(8)
            os._exit(0)
        print(before, flush=True)
        os._exit(0)
    """)
    assert ends(int(result.stdout), seconds=3)


@pytest.mark.parametrize("last", ["pass", "os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)", "1 / 0"])
def test_the_end_of_the_caller_is_the_end_of_its_workers(last):
    result = run_script(f"""
        threads = [threading.Thread(target=limited, args=(functions.nap, 0.1)) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(limited(functions.process_id), flush=True)
        {last}
    """)
    assert ends(int(result.stdout))
    assert "Warning" not in result.stderr


@pytest.mark.parametrize("function", ["spin_in_c", "spin_in_python"])
def test_a_busy_worker_ends_when_its_caller_is_killed(function, tmp_path):
    path = tmp_path / "process"
    run_script(f"""
        arguments = (functions.{function}, {str(path)!r})
        threading.Thread(target=limited, args=arguments, kwargs={{"timeout_s": 1000}}).start()
        while not os.path.exists({str(path)!r}):
            time.sleep(0.02)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert ends(int(path.read_text()), seconds=5)


def test_a_worker_inherits_no_descriptor():
    result = run_script("""
        for _ in range(10):
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)
        print(len(limited(functions.open_descriptors)))
    """)
    # The three streams, the two pipes, and the folder that is being listed.
    assert (result.stdout, result.stderr) == ("7\n", "")


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-I"], ["-X", "dev"]])
def test_options_of_the_interpreter_do_not_matter(options):
    result = run_script("print(limited(functions.echo, 'here'))", *options)
    assert (result.stdout, result.stderr) == ("here\n", "")


def test_a_module_that_only_the_caller_can_find_is_found(tmp_path, monkeypatch):
    (tmp_path / "late_module.py").write_text("def double(number):\n    return 2 * number\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import late_module

    assert limited(late_module.double, 21) == 42


def test_a_child_that_was_spawned_may_call():
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        assert pool.apply(limited, (functions.echo, "spawned")) == "spawned"


def nested():
    def inner():
        pass

    return inner


@pytest.mark.parametrize("function", [lambda: 1, nested(), "x".upper, str.upper, object(), None, "echo"])
def test_a_function_that_cannot_be_imported_is_refused(function):
    with pytest.raises(ValueError, match="function must stand"):
        limited(function)


@pytest.mark.parametrize("limits", [{"timeout_s": 0}, {"timeout_s": -1}, {"timeout_s": float("nan")}])
@pytest.mark.parametrize("name", ["timeout_s", "memory_bytes"])
def test_a_limit_that_cannot_be_is_refused(limits, name):
    with pytest.raises(ValueError, match=f"{name} must be positive and finite"):
        limited(functions.echo, 1, **{name: limits["timeout_s"]})


@pytest.mark.parametrize("value", ["2", None, True])
def test_a_limit_that_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="timeout_s must be a number"):
        limited(functions.echo, 1, timeout_s=value)


def deep() -> list[object]:
    data: list[object] = []
    for _ in range(100_000):
        data = [data]
    return data


@pytest.mark.parametrize("argument", [{1, 2}, b"x", object(), deep()], ids=["set", "bytes", "object", "deep"])
def test_an_argument_that_is_no_json_is_refused(argument):
    with pytest.raises(TypeError, match=r"arguments of limited_functions\.echo must be JSON data"):
        limited(functions.echo, argument)


def test_the_error_is_a_time_out_and_pickles():
    assert issubclass(LimitExceeded, ReasonError)
    assert issubclass(LimitExceeded, TimeoutError)
    copy = pickle.loads(pickle.dumps(LimitExceeded("too slow")))
    assert (type(copy), str(copy)) == (LimitExceeded, "too slow")


def test_a_worker_whose_program_cannot_start_is_our_fault(monkeypatch):
    with contextlib.suppress(ProcessLookupError):
        os.kill(limited(functions.process_id), signal.SIGKILL)
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(VerifierError, match="cannot start a worker"):
        limited(functions.echo, 1)
