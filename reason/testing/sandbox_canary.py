"""The clean program that follows every hostile one, and tells what it can see of it.

This file is read as text and run inside the sandbox under test: it uses nothing but the standard library.
On an empty input it prints ``clean``. Else its input is a JSON record (see :class:`Request`), and it prints
one: ``findings``, each the trace of an earlier program, and ``fingerprint``, the state that it was started
in, which must be the same before and after any other program has run.
"""

import builtins
import ctypes
import fcntl
import gc
import io
import json
import os
import platform
import re
import resource
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from typing import Any, TypedDict


class Request(TypedDict):
    """What the canary is asked to look for."""

    pattern: str
    """A regular expression of the earlier program's trace, written so that it does not match itself."""
    isolated: bool
    """True where processes and folders are the sandbox's own, and anything in them is a finding."""


def entries_found(isolated: bool) -> list[str]:
    """List what lies in the folders that must be empty when a program starts."""
    places = [".", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"] if isolated else ["."]
    found = []
    for place in places:
        try:
            found += [f"file {os.path.join(place, name)!r}" for name in os.listdir(place)]
        except OSError as error:
            if place == ".":
                found.append(f"scratch cannot be read: {error}")
    return found


def scratch_fault() -> list[str]:
    """Use the scratch folder, as a program may."""
    try:
        with open("canary", "w") as file:
            file.write("x")
        os.mkdir("canary-folder")
        os.rmdir("canary-folder")
        os.remove("canary")
    except OSError as error:
        return [f"scratch cannot be used: {error}"]
    return []


def processes_found() -> list[str]:
    """List the processes that are neither this one nor one of its ancestors."""
    family, pid = set(), os.getpid()
    while pid > 0 and pid not in family:
        family.add(pid)
        try:
            with open(f"/proc/{pid}/stat") as file:
                pid = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            pid = os.getppid() if pid == os.getpid() else 0
    family.add(1)
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        pids = []
    if not pids:
        pids = [pid for pid in range(1, os.getpid() + 300) if process_exists(pid)]
    return [f"process {pid}" for pid in pids if pid not in family and process_exists(pid)]


def process_exists(pid: int) -> bool:
    """Tell whether a process lives, without a signal (a filter may refuse those)."""
    try:
        os.getsid(pid)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def objects_found(isolated: bool) -> list[str]:
    """Look for the kernel's named objects that the abuse programs make."""
    libc = ctypes.CDLL(None)
    found = []
    for name, key in (("shmget", 0x5EA5), ("msgget", 0x5EA5), ("semget", 0x5EA5)):
        if getattr(libc, name)(key, 0, 0) != -1:
            found.append(f"System V object of {name}")
    for name in ("shm_open", "mq_open", "sem_open"):
        call = getattr(libc, name, None)
        if isolated and call is not None and call(b"/left-behind", os.O_RDONLY, 0) not in (-1, 0):
            found.append(f"POSIX object of {name}")
    request_key = {"x86_64": 249, "aarch64": 218}.get(platform.machine())
    if request_key and libc.syscall(request_key, b"user", b"left-behind", None, 0) > 0:
        found.append("key in a keyring")
    if isolated:
        for kind in ("shm", "msg", "sem"):
            try:
                with open(f"/proc/sysvipc/{kind}") as file:
                    found += [f"System V {kind}: {line.split()[:2]}" for line in file.readlines()[1:]]
            except OSError:
                pass
    return found


def interpreter_faults() -> list[str]:
    """Look for patches that an earlier program made to the interpreter."""
    patched = [name for name, value in vars(builtins).items() if type(value).__name__ == "function"]
    marks: dict[str, bool] = {
        "builtins.left_behind": hasattr(builtins, "left_behind"),
        "str.left_behind": hasattr(str, "left_behind"),
        "sys.modules": "left_behind" in sys.modules,
        "sys.path": "/left-behind" in sys.path,
        "environment": "LEFT_BEHIND" in os.environ,
        "json": json.loads(json.dumps({"a": [1, None, True]})) != {"a": [1, None, True]},
        "io": io.StringIO("x").read() != "x" or io.BytesIO(b"x").read() != b"x",
        "arithmetic": str(len("1234567")) != chr(55) or int("3") + int("4") != len("1234567"),
        "threads": threading.active_count() != 1,
    }
    return [f"{name} changed" for name in (*patched, *(name for name, bad in marks.items() if bad))]


def memory_areas() -> Iterator[tuple[int, int]]:
    """Yield the areas of memory (start, stop) that may hold data of an earlier program."""
    try:
        with open("/proc/self/maps") as maps:
            for line in maps:
                area, mode = line.split()[:2]
                if mode.startswith("rw"):
                    start, _, stop = area.partition("-")
                    yield int(start, 16), int(stop, 16)
        return
    except OSError:
        pass
    # An undumpable process may not read its own map: walk the arenas of known objects, and the heap.
    arena = 1 << 20
    for base in sorted({id(thing) // arena * arena for thing in gc.get_objects()}):
        yield base, base + arena
    sbrk = ctypes.CDLL(None).sbrk
    sbrk.restype = ctypes.c_void_p
    top = sbrk(0) or 0
    if 0 < top < 1 << 56:
        yield max(top - (24 << 20), 1 << 16) // 4096 * 4096, top // 4096 * 4096


def traces_in_memory(pattern: str) -> list[str]:
    """Count the copies of an earlier program's trace in this process's memory."""
    expression = re.compile(pattern.encode())
    reader, writer = os.pipe()
    count, page, overlap = 0, 4096, 28
    for start, stop in memory_areas():
        tail = b""
        for address in range(start, min(stop, start + (1 << 28)), page):
            try:
                # The kernel copies, and answers EFAULT where nothing is mapped; a page always fits in a pipe.
                length = os.write(writer, (ctypes.c_char * page).from_address(address))
            except OSError:
                tail = b""
                continue
            text = tail + os.read(reader, length)
            count += len(expression.findall(text))
            tail = text[-overlap:]
    os.close(reader)
    os.close(writer)
    return [f"{count} traces of an earlier program in memory"] if count else []


def listing(place: str) -> list[str] | str:
    """List a folder, or say why not."""
    try:
        return sorted(os.listdir(place))
    except OSError as error:
        return type(error).__name__


def descriptors() -> list[str]:
    """Describe every open descriptor: number, kind and mode."""
    found = []
    for descriptor in range(256):
        try:
            kind = stat.S_IFMT(os.fstat(descriptor).st_mode)
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL) & ~0o100000
        except OSError:
            continue
        found.append(f"{descriptor} {kind:o} {flags:o}")
    return found


def fingerprint(isolated: bool) -> dict[str, Any]:
    """Describe the state that a program is started in."""
    umask = os.umask(0)
    os.umask(umask)
    folder = os.statvfs(".")
    timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    hooks = [str(getattr(hook, "__name__", hook)) for hook in sys.meta_path]
    limits = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    return {
        # Where there is no mount namespace every slot has a folder of its own name.
        "environment": {name: value.replace(os.getcwd(), "SCRATCH") for name, value in os.environ.items()},
        "folder": os.getcwd() if isolated else None,
        "folder mode": stat.S_IMODE(os.stat(".").st_mode),
        "free": [folder.f_bfree, folder.f_ffree] if isolated else None,
        "roots": {place: listing(place) for place in ("/", "/dev", "/run")} if isolated else None,
        "umask": umask,
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": len(os.sched_getaffinity(0)),
        "policy": os.sched_getscheduler(0),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in limits},
        "handlers": {int(number): str(signal.getsignal(number)) for number in signal.valid_signals()},
        "masks": [sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), sorted(signal.sigpending())],
        "timers": [signal.getitimer(timer) for timer in timers],
        "descriptors": descriptors(),
        "import": [sys.path, hooks, len(sys.path_hooks)],
        "modules": len(sys.modules),
        "streams": [type(stream).__name__ for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "tracing": [str(sys.gettrace()), str(sys.getprofile()), sys.getrecursionlimit(), gc.isenabled()],
        "session": os.getsid(0) == os.getpid(),
    }


def main() -> None:
    """Answer the request on standard input."""
    text = sys.stdin.read()
    if not text.strip():
        print("clean")
        return
    request: Request = json.loads(text)
    isolated = request["isolated"]
    state = fingerprint(isolated)
    findings = entries_found(isolated) + scratch_fault() + interpreter_faults() + objects_found(isolated)
    if isolated:
        findings += processes_found()
    findings += traces_in_memory(request["pattern"])
    print(json.dumps({"findings": findings, "fingerprint": state}))


if __name__ == "__main__":
    main()
