"""The supervisor: start, greet, then answer one request after another until the host goes away."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # without the enumerations around it, dear in a fresh fork
import _socket
import contextlib
import gc
import importlib
import json
import linecache
import os
import socket
import stat
import struct
import sys
import threading
from typing import Any, NoReturn

from . import checker, child, compiled, confine, scratch, watch
from .frames import MAXIMUM_HEADER, Channel, Request, open_channel, read_exactly
from .payload import Payload, read_payload
from .streams import MemoryFiles, Streams

_HARNESS_FAILED, _OUT_OF_MEMORY = 70, 71
"""Exit statuses of a child that could not even begin; the host knows them."""
_JSON = {None: "null", True: "true", False: "false", "cpu": '"cpu"', "wall": '"wall"'}
"""For the one header that is written often: the encoder touches forty pages, each to be copied."""
_BLOB_SIZE = struct.Struct("<I")
_HAS_READ = 1
"""A child adds it when it has read its payload: the stream is then where it should be."""
_HAS_COMPILED = 1 << 8
"""A child adds it when the program is known to be Python."""


class _Spare:
    """A child that was forked ahead of its program, and waits to be told what to run."""

    def __init__(self, pid: int, orders: _socket.socket, files: MemoryFiles) -> None:
        """Keep what leads to it."""
        self.pid = pid
        self.files = files
        self._orders = orders

    def order(self, request: Request) -> None:
        """Let it run a program; if it has died meanwhile, its exit status says so."""
        with contextlib.suppress(OSError):
            self._orders.send(_BLOB_SIZE.pack(request.blob_size) + request.text, _socket.MSG_NOSIGNAL)
        self._orders.close()

    def dismiss(self) -> None:
        """End it unused."""
        self._orders.close()
        os.kill(self.pid, _signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Supervisor:
    """One warm process that forks a child a request."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Confine this process and prepare whatever is the same for all programs."""
        self._channel = open_channel(options["socket"])
        if options["mount"]:
            confine.mount_scratch(options["scratch"], options["scratch_bytes"], options["scratch_inodes"])
        os.chdir(options["scratch"])
        os.umask(0o022)
        confine.reset_signals()
        _signal.pthread_sigmask(_signal.SIG_BLOCK, [_signal.SIGCHLD])
        if os.getpid() != 1:
            confine.become_subreaper()
        confine.drop_privileges(options["uid"])
        _close_all_but(self._channel)
        _silence()
        self._scratch = scratch.Scratch(options["scratch"])
        self._confinement = confine.Confinement(counted_uid=options["counted_uid"])
        self._streams = Streams()
        files = MemoryFiles()
        self._rehearse(files, cases=16)
        files.close()
        linecache.clearcache()
        _silence()
        self._streams.prepare()
        # What children have come to before anything hostile ran in them; see the constants above.
        self._progress = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._confinement.measure()

    def _rehearse(self, files: MemoryFiles, *, cases: int) -> None:
        """Run a program here, so that none has to warm up the code and the memory that all of them use."""
        payload = Payload(b"print(input())", [memoryview(b"1")] * cases, [])
        child.run_cases(
            payload, files, self._streams, entry_point=None, output_bytes=1, compiled=lambda: None
        )
        files.clear()

    def serve(self) -> None:
        """Greet, then answer until the host closes the stream."""
        languages = ["python", *(name for name in compiled.COMPILERS if compiled.find_compiler(name))]
        clean = self._scratch.empty()
        resident = self._confinement.resident_bytes
        greeting = {"id": 0, "ready": clean, "languages": languages, "resident": resident}
        self._channel.send(json.dumps(greeting).encode())
        spare = self._fork_spare()
        while (request := self._channel.receive_request()) is not None:
            self._answer(request, spare)
            spare = self._fork_spare()

    def _fork_spare(self) -> _Spare:
        """Fork the next child while the host still reads the last answer: nobody waits for it then.

        Everything of the last program is dead by now, so that the two never meet.
        """
        files = MemoryFiles()
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        pid = self._fork(self._await_order, ours, theirs, files)
        theirs.close()
        return _Spare(pid, ours, files)

    def _await_order(self, ours: _socket.socket, theirs: _socket.socket, files: MemoryFiles) -> None:
        """Get ready, then run what is ordered: the pages that every program writes to are copied by now."""
        ours.close()
        os.setsid()
        self._rehearse(files, cases=1)
        order = theirs.recv(2 * MAXIMUM_HEADER)
        theirs.close()
        if order:
            (blob_size,) = _BLOB_SIZE.unpack_from(order)
            self._run_program(json.loads(order[_BLOB_SIZE.size :]), blob_size, files)

    def _answer(self, request: Request, spare: _Spare) -> None:
        header, files = request.header, spare.files
        if header["mode"] == "checks":
            spare.dismiss()
            pid, readers = self._start_checks(header, request.blob_size, files), 2
        else:
            spare.order(request)
            pid, readers = spare.pid, 1
        ending = watch.watch(pid, header["limits"], self._channel.reading)
        try:
            progress = os.eventfd_read(self._progress)
        except BlockingIOError:
            progress = 0
        in_step = progress % _HAS_COMPILED == readers * _HAS_READ
        self._reply(header, files, ending, in_step=in_step, compiled=progress >= _HAS_COMPILED)
        files.close()

    def _reply(
        self,
        header: dict[str, Any],
        files: MemoryFiles,
        ending: watch.Ending,
        *,
        in_step: bool,
        compiled: bool,
    ) -> None:
        limit = int(header["limits"]["output_bytes"])
        parts = [(files.report, 2 * limit + (1 << 16)), (files.stdout, limit), (files.stderr, limit)]
        sizes = [os.fstat(descriptor).st_size for descriptor, _ in parts]
        sent = [(descriptor, min(size, most)) for (descriptor, most), size in zip(parts, sizes, strict=True)]
        artifact = _open_artifact() if header["mode"] == "compile" else None
        if artifact is not None:
            sent.append((artifact, os.fstat(artifact).st_size))
        largest, clean = 0, True
        if artifact is None and not self._scratch.is_clean():
            largest = self._scratch.largest_file()
            clean = self._scratch.empty()
        measured = (
            f'"id":{header["id"]:d},"status":{ending.status:d},"cpu":{ending.cpu:.6f},"wall":{ending.wall:.6f},'
            f'"resident":{ending.resident:d},"written":{sizes},"sizes":{[size for _, size in sent]},'
            f'"largest_file":{largest:d},"stopped":{_JSON[ending.stopped]},'
            f'"clean":{_JSON[clean]},"in_step":{_JSON[in_step]},"compiled":{_JSON[compiled]}'
        )
        self._channel.send(f"{{{measured}}}".encode(), sent)
        if artifact is not None:
            os.close(artifact)
            clean = self._scratch.empty()
        if not (clean and in_step):
            raise SystemExit(_HARNESS_FAILED)

    def _fork(self, body: Any, *arguments: Any) -> int:
        pid = confine.fork()
        if pid < 0:
            raise OSError("cannot fork")
        if pid == 0:
            code = _HARNESS_FAILED
            try:
                _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [_signal.SIGCHLD])
                body(*arguments)
                code = 0
            except MemoryError:
                code = _OUT_OF_MEMORY
            finally:
                os._exit(code)
        return pid

    def _run_program(self, header: dict[str, Any], blob_size: int, files: MemoryFiles) -> None:
        payload = read_payload(self._channel.reading, blob_size)
        mode = header["mode"]
        self._leave_supervisor(last=mode in ("compile", "execute"))
        limits = header["limits"] | {"payload_bytes": blob_size}
        if mode == "compile":
            self._confinement.limit(limits, fresh_image=True)
            compiled.compile_program(payload, header["language"], files)
        if mode == "execute":
            compiled.execute_binary(payload, files, self._confinement, limits)
        self._confine_python(limits)
        child.run_cases(
            payload,
            files,
            self._streams,
            entry_point=header["entry_point"],
            output_bytes=limits["output_bytes"],
            compiled=lambda: self._note(_HAS_COMPILED, last=True),
        )

    def _start_checks(self, header: dict[str, Any], blob_size: int, files: MemoryFiles) -> int:
        """Fork the checker, then the candidate, and return the checker's process id."""
        checks_size = header["checks_bytes"]
        ours, theirs = socket.socketpair()
        pid = self._fork(self._run_checker, header, checks_size, files, ours, theirs)
        self._fork(self._run_candidate, header, blob_size - checks_size, files, ours, theirs)
        ours.close()
        theirs.close()
        return pid

    def _run_checker(
        self,
        header: dict[str, Any],
        size: int,
        files: MemoryFiles,
        ours: socket.socket,
        theirs: socket.socket,
    ) -> None:
        text = read_exactly(self._channel.reading, size)
        theirs.close()
        ours.sendall(b"!")  # the candidate's text is next in the stream
        self._leave_supervisor(last=True)
        self._confinement.limit(header["limits"] | {"payload_bytes": size}, others=2)
        self._confinement.filter_program()
        gc.enable()
        reporter = child.Reporter(files)
        checker.CheckerSide(ours, reporter, header["entry_point"]).run((text or b"").decode())

    def _run_candidate(
        self,
        header: dict[str, Any],
        size: int,
        files: MemoryFiles,
        ours: socket.socket,
        theirs: socket.socket,
    ) -> None:
        ours.close()
        theirs.recv(1)
        payload = read_payload(self._channel.reading, size)
        self._leave_supervisor(last=True)
        self._streams.begin(files, b"")
        for descriptor in files.all():
            os.close(descriptor)
        # Undumpable it stays: the checker is a process of the same user.
        self._confine_python(header["limits"] | {"payload_bytes": size}, others=2, dumpable=False)
        checker.CandidateSide(theirs).serve(payload.source, header["entry_point"])

    def _leave_supervisor(self, *, last: bool) -> None:
        """Say that the payload was read, and let go of all that is the supervisor's."""
        self._note(_HAS_READ, last=last)
        for descriptor in {self._channel.reading, self._channel.writing, self._scratch.descriptor}:
            os.close(descriptor)

    def _note(self, progress: int, *, last: bool) -> None:
        os.eventfd_write(self._progress, progress)
        if last:
            os.close(self._progress)

    def _confine_python(self, limits: dict[str, Any], *, others: int = 1, dumpable: bool = True) -> None:
        _signal.signal(_signal.SIGPIPE, _signal.SIG_IGN)
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        if dumpable:
            confine.set_dumpable(True)  # /dev/stdin leads through /proc/self, closed to the undumpable
            confine.volunteer_for_memory_kills()
        self._confinement.limit(limits, others=others)
        self._confinement.filter_program()
        gc.enable()


def _close_all_but(channel: Channel) -> None:
    """Keep the standard descriptors and the stream, and nothing else that was inherited."""
    kept = sorted({channel.reading, channel.writing})
    for low, high in zip([2, *kept], [*kept, 1 << 16], strict=True):
        os.closerange(low + 1, high)


def _silence() -> None:
    """Let go of what the standard descriptors lead to."""
    nothing = os.open("/dev/null", os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    os.close(nothing)


def _open_artifact() -> int | None:
    try:
        descriptor = os.open(compiled.ARTIFACT, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return descriptor


def main() -> NoReturn:
    """Run until the host goes away."""
    options = json.loads(sys.argv[1])
    sys.path[:] = [*sys.path[1:], *options["path"]]  # the first entry is this package's own home
    for name in options["preload"]:
        importlib.import_module(name)
    supervisor = Supervisor(options)
    if threading.active_count() != 1:
        raise SystemExit("a preloaded module has started a thread: a fork would lose it")
    gc.collect()
    gc.freeze()
    gc.disable()
    with contextlib.suppress(watch.HostGoneError, ConnectionError):  # nobody is left to answer to
        supervisor.serve()
    watch.kill_all()
    os._exit(0)


if __name__ == "__main__":
    main()
