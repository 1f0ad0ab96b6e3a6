"""Checks mode: the trusted checks and the hostile candidate live in two processes.

They exchange plain values over a socket pair. The candidate holds nothing else: not the checks' text,
not the report, and (by the system call filter and by being of another, undumpable process) no way to
look into the checker. It can only answer its calls, or kill it, which counts as its own failure.
"""

from __future__ import annotations

import builtins
import inspect
import json
import linecache
import os
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .child import CompileError, Reporter, compile_source, execute, find_function
from .values import NotPlainError, pack, unpack

_LENGTH = struct.Struct("<I")
_LONGEST_MESSAGE = 1 << 24
_CHECKS_FILE = "checks.py"


class CandidateGoneError(Exception):
    """The candidate's process ended, or stopped speaking the protocol."""


class CandidateSide:
    """Answers calls, in the candidate's process."""

    def __init__(self, pair: socket.socket) -> None:
        """Answer over ``pair``."""
        self._pair = pair

    def serve(self, source: bytes, entry_point: str | None) -> None:
        """Load the program and answer until the checker closes the pair."""
        try:
            code = compile_source(source)
        except CompileError as error:
            _send(self._pair, {"compile_error": str(error)})
            return

        def answer(module: ModuleType) -> None:
            names = [] if entry_point else [n for n, v in vars(module).items() if _is_own_function(module, v)]
            if entry_point:
                find_function(module, entry_point)
            _send(self._pair, {"loaded": names})
            try:
                while True:
                    _send(self._pair, self._call(module, _receive(self._pair)))
            except CandidateGoneError:
                os._exit(0)  # the checker has heard enough

        ended = execute(code, "solution", answer, finalizes=False)
        _send(self._pair, {"load_error": ended["error"] or f"exit status {ended['status']}"})

    def _call(self, module: ModuleType, request: Any) -> dict[str, Any]:
        arguments, process = unpack(request["arguments"]), os.getpid()
        try:
            value = find_function(module, request["name"])(*arguments, **unpack(request["keywords"]))
            if inspect.isgenerator(value):
                value = list(value)
            if os.getpid() != process:
                os._exit(0)  # a copy that the candidate forked: it has no say
            return {"value": pack(value)}
        except NotPlainError as error:
            return {"not_plain": str(error)}
        except BaseException as error:
            if os.getpid() != process:
                raise
            return {"error": type(error).__name__, "message": str(error)[:1000]}


class CheckerSide:
    """Runs the checks, in a process of its own."""

    def __init__(self, pair: socket.socket, reporter: Reporter, entry_point: str | None) -> None:
        """Call the candidate over ``pair`` and report to ``reporter``."""
        self._pair = pair
        self._reporter = reporter
        self._entry_point = entry_point
        self._calls = 0
        self._raised: list[BaseException] = []

    def run(self, checks: str) -> None:
        """Run the checks and write the one line of the verdict."""
        try:
            loaded = _receive(self._pair)
            if not isinstance(loaded, dict) or "loaded" not in loaded:
                self._report_load(loaded if isinstance(loaded, dict) else {})
                return
            lines = checks.splitlines(keepends=True)
            linecache.cache[_CHECKS_FILE] = (len(checks), None, lines, _CHECKS_FILE)
            namespace = self._namespace(loaded["loaded"])
            exec(compile(checks, _CHECKS_FILE, "exec", dont_inherit=True), namespace)
            _run_tests(namespace)
            if not self._calls:
                raise ImportError("the checks never call the candidate")
        except BaseException as error:
            self._reporter.line(**self._verdict(error))
        else:
            self._reporter.line(check="passed")

    def _report_load(self, message: dict[str, Any]) -> None:
        if "compile_error" in message:
            self._reporter.line(compile_error=str(message["compile_error"])[:4000])
        else:
            self._reporter.line(check="raised", detail=f"loading failed: {message.get('load_error')}"[:500])

    def _namespace(self, names: Any) -> dict[str, Any]:
        module = ModuleType("checks")
        sys.modules["checks"] = module
        namespace = module.__dict__
        offered = [self._entry_point] if self._entry_point else names
        for name in offered if isinstance(offered, list) else []:
            # What the checks take for a builtin must never be the candidate's.
            usable = isinstance(name, str) and name.isidentifier() and not name.startswith("__")
            if usable and not hasattr(builtins, name):
                namespace[name] = self._proxy(name)
        target = self._entry_point or next((n for n in namespace if not n.startswith("__")), None)
        namespace["candidate"] = self._proxy(target or "candidate")
        namespace["__builtins__"] = builtins
        return namespace

    def _proxy(self, name: str) -> Callable[..., Any]:
        def candidate(*arguments: Any, **keywords: Any) -> Any:
            self._calls += 1
            _send(self._pair, {"name": name, "arguments": pack(arguments), "keywords": pack(keywords)})
            return self._result(_receive(self._pair))

        candidate.__name__ = candidate.__qualname__ = name
        return candidate

    def _result(self, reply: Any) -> Any:
        if not isinstance(reply, dict):
            raise CandidateGoneError("the candidate answered out of turn")
        if "value" in reply:
            try:
                return unpack(reply["value"])
            except (ValueError, TypeError, RecursionError) as error:
                raise CandidateGoneError("the candidate answered out of turn") from error
        if "not_plain" in reply:
            raise AssertionError(f"the candidate returned {reply['not_plain']}, which is not plain data")
        kind = getattr(builtins, str(reply.get("error")), None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = RuntimeError
        try:
            problem: Exception = kind(str(reply.get("message")))
        except TypeError:  # UnicodeDecodeError and its like need more arguments
            problem = RuntimeError(str(reply.get("message")))
        self._raised.append(problem)
        raise problem

    def _verdict(self, error: BaseException) -> dict[str, Any]:
        lines = traceback.format_exception_only(error)
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"line {frame.lineno}" for frame in frames if frame.filename == _CHECKS_FILE]
        detail = f"{where[-1] + ': ' if where else ''}{lines[-1].strip()}"[:500]
        if isinstance(error, CandidateGoneError) or any(error is raised for raised in self._raised):
            return {"check": "raised", "detail": detail}
        # A name that is missing before the first call is one that the candidate should have defined.
        if self._calls or isinstance(error, AssertionError | NameError):
            return {"check": "failed", "detail": detail}
        return {"check": "broken", "detail": detail}


def _run_tests(namespace: dict[str, Any]) -> None:
    """Run what the checks define: ``check(candidate)``, ``test_*`` functions and methods, ``TestCase``s."""
    for name, value in list(namespace.items()):
        if inspect.isfunction(value) and value.__code__.co_filename == _CHECKS_FILE:
            if name == "check" or name.startswith("test_"):
                value(*[namespace["candidate"]] * len(inspect.signature(value).parameters))
        elif isinstance(value, type) and value.__module__ == namespace["__name__"]:
            _run_class(value)


def _run_class(kind: type) -> None:
    unittest = sys.modules.get("unittest")
    if unittest is not None and issubclass(kind, unittest.TestCase):
        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(kind).run(result)
        for test, text in [*result.failures, *result.errors]:
            raise AssertionError(f"{test.id()}: {text.strip().splitlines()[-1]}")
    elif kind.__name__.startswith("Test"):
        for name in [name for name in dir(kind) if name.startswith("test_")]:
            getattr(kind(), name)()


def _is_own_function(module: ModuleType, value: Any) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__


def _send(pair: socket.socket, message: dict[str, Any]) -> None:
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > _LONGEST_MESSAGE:
        raise NotPlainError("a value too large to be sent")
    try:
        pair.sendall(_LENGTH.pack(len(data)) + data)
    except OSError as error:
        raise CandidateGoneError("the candidate is gone") from error


def _receive(pair: socket.socket) -> Any:
    try:
        size = _LENGTH.unpack(_exactly(pair, _LENGTH.size))[0]
        if size > _LONGEST_MESSAGE:
            raise CandidateGoneError("the candidate sent too much")
        return json.loads(_exactly(pair, size))
    except (OSError, ValueError, RecursionError) as error:
        raise CandidateGoneError("the candidate answered out of turn") from error


def _exactly(pair: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = pair.recv(min(size - len(data), 1 << 16))
        if not part:
            raise CandidateGoneError("the candidate is gone")
        data += part
    return bytes(data)
