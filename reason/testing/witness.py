"""A process of its own that draws or scores: what it says cannot come from memory shared with the audit.

:func:`ask_witness` starts it, sends it one job, and yields its replies while they come in time; a reply
that does not come means that the process hangs, and it is killed. The child reads its job from standard
input and answers in lines of JSON; whatever a family prints goes nowhere.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any, NoReturn, TextIO

from reason import registry
from reason.errors import ReasonError
from reason.family import Family
from reason.scoring import score
from reason.task import Task
from reason.testing import hostile
from reason.verdict import Verdict

__all__ = ["WitnessError", "WitnessSilentError", "ask_witness"]

READY, FINISHED = {"ready": True}, {"finished": True}
START_SECONDS = 120.0
"""Longest that a process may take to start and import its family, in seconds."""
CPU_SECONDS = 600
"""Processor time after which a child ends even where nobody is left to kill it."""
MEMORY_BYTES = 4 * 2**30
"""Address space of a child that reads hostile text."""
DETAIL_CHARS = 2_000
"""Longest ``Verdict.detail`` that is still one line for a person."""
NOISE = 5.0
"""How many times slower a busy machine may be before elapsed time counts."""
BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from reason.testing.witness import main; main()"
)


class WitnessError(ReasonError, RuntimeError):
    """The other process ended without an answer."""


class WitnessSilentError(WitnessError, TimeoutError):
    """The other process did not answer in time and was killed."""


def ask_witness(
    family: Family[Any],
    job: Mapping[str, Any],
    *,
    silence_s: float = 300.0,
    flags: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> Iterator[Any]:
    """Do a job in a new process, and yield its replies.

    Args:
        family: Must be importable: defined in a module, not in ``__main__``.
        job: ``{"job": name, ...}``, JSON; the names are the keys of ``JOBS``.
        silence_s: Longest wait for the next reply, in seconds.
        flags: Flags of the Python interpreter.
        environment: Variables put over this process's.
        folder: Working directory of the process.

    Raises:
        WitnessSilentError: no reply came in time.
        WitnessError: the process ended without finishing its job.
    """
    module = type(family).__module__
    if module == "__main__":
        raise WitnessError(f"{family.id} is defined in __main__: put it into a module that can be imported")
    request = json.dumps({**job, "module": module, "family": family.id})
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, *flags, "-c", BOOT, json.dumps([os.path.abspath(entry) for entry in sys.path])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env={**os.environ, **(environment or {})},
        )
        lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_converse, args=(process, request.encode(), lines), daemon=True)
        reader.start()
        try:
            wait_s = START_SECONDS
            while (line := lines.get(timeout=wait_s)) is not None:
                wait_s = silence_s
                if (reply := json.loads(line)) == FINISHED:
                    return
                if reply != READY:
                    yield reply
        except queue.Empty:
            raise WitnessSilentError(f"no answer within {wait_s:g} s") from None
        finally:
            process.kill()
            process.wait()
            reader.join()
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise WitnessError(f"the process ended with status {process.returncode}: {last[0]}")


def _converse(
    process: subprocess.Popen[bytes], request: bytes, lines: queue.SimpleQueue[bytes | None]
) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout:
        with contextlib.suppress(OSError), process.stdin:
            process.stdin.write(request)
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


# The child ------------------------------------------------------------------------------------


def main() -> NoReturn:
    """Do the one job that standard input asks for."""
    request = json.load(sys.stdin)
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _limit("RLIMIT_CPU", CPU_SECONDS)
    importlib.import_module(request["module"])
    family = registry.get(request["family"])
    _say(replies, READY)
    for reply in JOBS[request["job"]](family, request):
        _say(replies, reply)
    _say(replies, FINISHED)
    # No clean-up: what a hostile answer left running must not keep the process alive.
    os._exit(0)


def _say(replies: TextIO, reply: Any) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def _draw(family: Family[Any], request: Mapping[str, Any]) -> Iterator[str]:
    """Draw tasks: ``places`` is a list of (split, level, index)."""
    for split, level, index in request["places"]:
        yield family.task(split=split, level=level, index=index).to_json()


def _score(family: Family[Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Score ``pairs`` of (task as JSON, completion), where nothing can be generated."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError("a task was generated again in order to score it")

    for name in ("generate", "task", "tasks", "at_level"):
        setattr(type(family), name, refuse)
    for text, completion in request["pairs"]:
        yield score(Task.from_json(text), completion).to_dict()


def _hostile(family: Family[Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Score hostile texts, each ``[name in the file, road]`` of ``tries``, naming it before it is tried.

    The roads: ``tagged`` and ``bare`` are completions; ``direct`` goes to ``verify`` without extraction,
    which is the same for all families and takes most of the time that a megabyte takes.
    """
    _limit("RLIMIT_AS", MEMORY_BYTES)
    task = Task.from_json(request["task"])
    reference = task.reference or "1"
    roads: dict[str, Callable[[str], Verdict]] = {
        "tagged": lambda text: score(task, f"<answer>{text}</answer>"),
        "bare": lambda text: score(task, text),
        "direct": lambda text: family.verify(task, text),
    }
    # What is imported at the first verdict is imported here, before text that runs would be noticed.
    roads["tagged"](reference)
    texts = {each.name: each for each in hostile.load()}
    executed = _watch_execution()
    for name, road in request["tries"]:
        text = texts[name].text(reference=reference, canary=request["canary"])
        yield {"trying": name}
        executed.clear()
        wall, processor = time.perf_counter(), time.process_time()
        try:
            problem = _problem(roads[road](text))
        except BaseException as error:
            problem = f"it raised {type(error).__name__}: {error}"[:300]
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        # On a busy machine the processor's time says how long it took, unless it was slept or waited away.
        seconds = max(processor, wall / NOISE)
        yield {
            "tried": name,
            "seconds": seconds,
            "problem": "the verifier runs text as Python code" if executed else problem,
        }


def _problem(verdict: Verdict) -> str:
    if verdict.status.ours:
        return f"the verdict blames us: {verdict.status.value}, {verdict.detail[:200]}"
    if len(verdict.detail) > DETAIL_CHARS or "\n" in verdict.detail:
        return f"Verdict.detail is to be one line, and has {len(verdict.detail)} characters"
    json.dumps(verdict.to_dict())
    return ""


def _watch_execution() -> list[str]:
    """Note code that is compiled from a string and run, as eval, exec and sympify do.

    ``<string>`` is also the origin of what dataclasses and named tuples build, but those are built while
    a module is imported.
    """
    executed: list[str] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "exec" or not isinstance(arguments[0], CodeType):
            return
        if arguments[0].co_filename not in ("<string>", "<stdin>"):
            return
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return
        executed.append(arguments[0].co_name)

    sys.addaudithook(note)
    return executed


def _limit(name: str, value: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on Windows, or a lower one is set
        import resource

        resource.setrlimit(getattr(resource, name), (value, value))


JOBS: Mapping[str, Callable[[Family[Any], Mapping[str, Any]], Iterator[Any]]] = {
    "draw": _draw,
    "score": _score,
    "hostile": _hostile,
}
