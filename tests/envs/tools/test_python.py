import pickle

import gymnasium
import pytest

from reason.envs.tools.python import MAX_CELLS, Python


@pytest.fixture
def run(session):
    call = session(Python(cpu_seconds=1.0, wall_seconds=4.0))
    return lambda code: call(code=code)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("print('a'); 1 + 1", "a\n2"),
        ("x = 3", "[no output]"),
        ("None", "[no output]"),
        ("'text'", "'text'"),
        ("import sys; print('e', file=sys.stderr)", "e"),
        ("# nothing", "[no output]"),
        ("", "[no output]"),
        ("object()", "<object object at 0x…>"),
        ("hex(3735928559)", "'0xdeadbeef'"),
        ("print('é 東京')", "é 東京"),
        ("async def f(): pass\nf.__name__", "'f'"),
        ("import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()[1]", "0"),
    ],
)
def test_a_cell_gives_its_output_and_last_value(run, code, shown):
    result = run(code)
    assert (result.text, result.error) == (shown, False)


def test_names_last_and_old_output_does_not_come_again(run):
    run("print('once'); x = [1]; import math")
    run("x.append(2); import subprocess; _ = subprocess.run(['echo', 'twice'])")
    run("def f(n): return math.factorial(n)")
    assert run("x, f(4)").text == "([1, 2], 24)"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("1/0", "ZeroDivisionError: division by zero"),
        ("def f(:", "SyntaxError"),
        ("raise SystemExit('bye')", "SystemExit: bye"),
        ("input()", "EOFError"),
        ("raise BaseException('x')", "BaseException: x"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("print('\\ud800')", "UnicodeEncodeError"),
        ("x" * 20_001, "at most 20000 characters"),
    ],
)
def test_faults_are_told_without_our_own_frames(run, code, told):
    result = run(code)
    assert result.error
    assert told in result.text
    assert "json" not in result.text
    assert "exec" not in result.text


def test_what_a_failed_cell_did_before_its_fault_stays(run):
    run("x = 1\ny = 2\n1/0\nx = 5")
    assert run("x, y").text == "(1, 2)"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("while True: pass", "took too long"),
        ("x = bytearray(10**10)", "MemoryError"),
        ("while True: print('x' * 10_000)", "printed too much"),
        ("import os; os._exit(0)", "ended the session's process"),
        ("import os; os.kill(os.getpid(), 9)", "ended the session's process"),
    ],
)
def test_a_cell_over_its_limits_leaves_the_session_as_it_was(run, code, told):
    run("x = 7")
    result = run(code)
    assert result.error
    assert told in result.text
    assert run("x").text in ("7", "bytearray(b'')")


def test_chance_and_sets_are_the_same_again(session):
    code = "import random; print(random.random(), {'a', 'b', 'c', 'd'})"
    texts = {session(Python())(code=code).text for _ in range(4)}
    assert len(texts) == 1


def test_nothing_outside_is_reached(run):
    assert "Error" in run("import socket; socket.create_connection(('127.0.0.1', 22), 1)").text
    assert "Error" in run("open('/etc/shadow').read()").text


def test_a_session_has_a_most_of_cells(session):
    call = session(Python(), state={"cells": ["x = 1"] * MAX_CELLS})
    assert call(code="x").error
    call = session(Python(), state={"cells": ["x = 1"] * (MAX_CELLS - 1)})
    assert call(code="x").text == "1"


def test_episodes_with_a_session_fork_and_are_restored():
    env = gymnasium.make("reason/Sum-v0", tools=["python"], dialect="python").unwrapped
    env.reset(seed=1)
    env.step("<python>x = 1</python>")
    (fork,) = env.fork(1)
    fork.step("<python>x += 10</python>")
    env.step("<python>x += 1</python>")
    assert "\n11\n" in fork.step("<python>x</python>")[0]
    other = gymnasium.make("reason/Sum-v0", tools=["python"], dialect="python").unwrapped
    other.set_state(env.get_state())
    assert other.step("<python>x</python>") == env.step("<python>x</python>")
    assert pickle.loads(pickle.dumps(Python())) == Python()
