"""Running Python programs: one child, any number of cases, the report written as it goes.

Everything here lives in the same process as hostile code from the first case on, so nothing that is
written is trusted by anyone: the host believes only what it can compare with what it expects, and the
supervisor's own measurements.
"""

from __future__ import annotations

import _thread
import atexit
import builtins
import gc
import json
import linecache
import os
import sys
import threading
import traceback
from collections.abc import Callable
from time import monotonic, process_time
from types import CodeType, ModuleType
from typing import Any

from .payload import Payload
from .streams import MemoryFiles, Streams
from .values import NotPlainError, to_json

_FILE = "solution.py"
_collect = gc.collect
_encode = json.JSONEncoder(separators=(",", ":")).encode
_write, _fstat, _getpid = os.write, os.fstat, os.getpid
_process_time, _monotonic = process_time, monotonic


_CLEAN = {"status": 0, "error": None}
_CLEAN_LINE = b'{"out":%d,"err":%d,"cpu":%.6f,"wall":%.6f,"status":0,"error":null}\n'


class CompileError(Exception):
    """The program is not Python."""


class Reporter:
    """Writes one line a finished step into the report."""

    def __init__(self, files: MemoryFiles) -> None:
        """Write to the report of ``files``."""
        self._began = 0.0, 0.0
        self._files = files

    def line(self, **fields: Any) -> None:
        """Append a line."""
        data = _encode(fields).encode() + b"\n"
        while data:
            data = data[_write(self._files.report, data) :]

    def begin(self) -> None:
        """Note the clocks: a case begins."""
        self._began = _process_time(), _monotonic()

    def end(self, **fields: Any) -> None:
        """Append the line that closes a case: its output ends here."""
        cpu, wall = _process_time() - self._began[0], _monotonic() - self._began[1]
        out = _fstat(self._files.stdout).st_size
        error = _fstat(self._files.stderr).st_size
        if fields == _CLEAN:
            # The same line as below, at a fifth of the price: there is one a case.
            _write(self._files.report, _CLEAN_LINE % (out, error, cpu, wall))
            return
        self.line(out=out, err=error, cpu=round(cpu, 6), wall=round(wall, 6), **fields)


def run_cases(
    payload: Payload,
    files: MemoryFiles,
    streams: Streams,
    *,
    entry_point: str | None,
    output_bytes: int,
    compiled: Callable[[], None],
) -> None:
    """Compile the program once and run it on each case, until one leaves traces behind.

    Args:
        payload: the program and its cases.
        files: where input, output and report live.
        streams: the standard streams.
        entry_point: the function to call with each case's arguments; None: the program reads and prints.
        output_bytes: longest JSON value that may be returned.
        compiled: called when the program is known to be Python, before any of it runs.
    """
    reporter = Reporter(files)
    streams.begin(files, b"")
    try:
        code = compile_source(payload.source)
    except CompileError as error:
        reporter.line(compile_error=str(error))
        return
    compiled()
    finalizes = may_finalize(payload.source)
    for index, data in enumerate(payload.inputs):
        streams.begin(files, data)
        reporter.begin()
        fields: dict[str, Any] = {}

        if entry_point is None:
            fields.update(execute(code, "__main__", None, finalizes=finalizes))
        else:
            call = _caller(entry_point, payload.arguments[index], output_bytes, fields)
            fields.update(execute(code, "solution", call, finalizes=finalizes))
        residue = fields.pop("residue") or _thread._count() > 0
        if not Streams.end() and fields["status"] == 0:
            fields["status"], fields["error"] = 1, "output could not be written"
        reporter.end(**fields)
        if residue or fields["status"] or _foreign_children():
            # A fresh child for the cases that follow: this one is no longer as it was.
            return


def compile_source(source: bytes) -> CodeType:
    """Return the program's code.

    Raises:
        CompileError: with the compiler's message.
    """
    # Asked for by the first traceback, if there is one.
    linecache.cache[_FILE] = (lambda: source.decode("utf-8", "replace"),)
    try:
        return compile(source, _FILE, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise CompileError("".join(traceback.format_exception_only(error))[:4000]) from None


def may_finalize(source: bytes) -> bool:
    """Say whether a program's text has finalizers (methods, or generators that wait in a ``try``)."""
    return b"__del__" in source or b"yield" in source


def execute(
    code: CodeType, name: str, then: Callable[[ModuleType], None] | None, *, finalizes: bool
) -> dict[str, Any]:
    """Execute code as a fresh module, and end it as an interpreter would: threads, hooks, finalizers.

    Args:
        code: the program.
        name: the module's name.
        then: what to do when it has run.
        finalizes: whether it may have finalizers, which must find its names still there: this is dearer.

    Returns:
        ``status``, the exit status of an interpreter; ``error``, the name of what it died of;
        ``residue``, whether it changed what the next case would find.
    """
    module = ModuleType(name)
    vars(module).update(__builtins__=builtins, __file__=_FILE)
    sys.modules[name] = module
    sys.argv[:] = [_FILE]
    process, hooks = _getpid(), atexit._ncallbacks()
    status, error = _guarded(lambda: _run_module(code, module, then))
    if _thread._count() > 0:
        _guarded(_join_threads)
    residue = atexit._ncallbacks() != hooks
    if residue:
        atexit._run_exitfuncs()
    # As at an interpreter's end: finalizers print now, or into the next case's output.
    sys.modules.pop(name, None)
    if finalizes:
        del module
        _collect()
    else:
        _guarded(vars(module).clear)
    if _getpid() != process:
        # A copy that the program forked and let run out of its text: it ends here, as any process would.
        Streams.end()
        os._exit(status)
    return {"status": status, "error": error, "residue": residue}


def _run_module(code: CodeType, module: ModuleType, then: Callable[[ModuleType], None] | None) -> None:
    exec(code, module.__dict__)
    if then is not None:
        then(module)


def _guarded(action: Callable[[], None]) -> tuple[int, str | None]:
    """Do something of the program's and return the exit status and error that it came to."""
    try:
        action()
    except SystemExit as exit_:
        return _exit_status(exit_.code), None
    except BaseException as problem:
        _show(problem)
        return 1, type(problem).__name__
    return 0, None


def find_function(module: ModuleType, name: str) -> Callable[..., Any]:
    """Return a function of the module, or a method of its class ``Solution``."""
    function = getattr(module, name, None)
    if function is None and isinstance(solution := getattr(module, "Solution", None), type):
        function = getattr(solution(), name, None)
    if not callable(function):
        raise NameError(f"the program defines no function {name!r}")
    return function  # type: ignore[no-any-return]


def _caller(
    entry_point: str, arguments: list[Any], output_bytes: int, fields: dict[str, Any]
) -> Callable[[ModuleType], None]:
    def call(module: ModuleType) -> None:
        fields.update(_returned(find_function(module, entry_point)(*arguments), output_bytes))

    return call


def _returned(value: Any, output_bytes: int) -> dict[str, Any]:
    try:
        text = to_json(value)
    except NotPlainError as error:
        return {"not_plain": str(error)[:200]}
    if len(text) > output_bytes:
        return {"too_long": len(text)}
    return {"value": text}


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return int(code) & 0xFF
    print(code, file=sys.stderr)
    return 1


def _show(problem: BaseException) -> None:
    """Print a traceback without this file's own frames; the program's own ``__str__`` may fail."""
    try:
        inner = problem.__traceback__
        while inner is not None and inner.tb_frame.f_code.co_filename == __file__:
            inner = inner.tb_next
        traceback.print_exception(type(problem), problem, inner, limit=-20)
    except BaseException:
        _write(2, f"{type(problem).__name__}\n".encode(errors="replace"))


def _join_threads() -> None:
    current = threading.current_thread()
    while waiting := [t for t in threading.enumerate() if t is not current and not t.daemon]:
        for thread in waiting:
            thread.join()


def _foreign_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
