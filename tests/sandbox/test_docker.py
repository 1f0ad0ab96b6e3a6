"""The Docker backend: how a container is locked down, and that none outlives its host."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reason.errors import SandboxError, SandboxUnavailableError
from reason.sandbox import Case, Judgement, Limits, Program, Sandbox, open_sandbox
from reason.sandbox.container import oom_file, socket_parent
from reason.sandbox.docker import Docker
from reason.sandbox.engine import LABEL, engine_url, remove_leaked
from reason.sandbox.owner import owner_mark
from reason.sandbox.pool import Pool

pytestmark = pytest.mark.docker
HELLO = Program(source="print(input())")
CASE = Case(stdin="hello", expected="hello")
HOST = """
import sys, time
from reason.sandbox import Case, Limits, Program, open_sandbox
sandbox = open_sandbox("docker", workers=1)
while sandbox.health().slots < 2:
    time.sleep(0.05)
print("ready", flush=True)
if sys.argv[1] == "busy":
    sleeper = Program(source="import time; time.sleep(600)")
    sandbox.run(sleeper, [Case(compare=False)], Limits(wall_seconds=600))
time.sleep(600)
"""
TIDY = """
import json, os, threading
from reason.sandbox import Case, Program, open_sandbox
with open_sandbox("docker", workers=2) as sandbox:
    sandbox.run(Program(source="print(1)"), [Case(expected="1")])
    sandbox.run(Program(source="import os; os.kill(1, 9)"), [Case(compare=False)])
names = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd") if int(number) > 2]
files = [os.readlink(name) for name in names if os.path.islink(name)]
print(json.dumps({"threads": len(threading.enumerate()), "files": files}))
"""


def containers(client: Any, owner: str | None = None) -> list[Any]:
    found = client.containers.list(all=True, filters={"label": f"{LABEL}=slot"}, ignore_removed=True)
    return [item for item in found if owner is None or f"/{owner}/" in item.labels[f"{LABEL}.owner"]]


def own(client: Any) -> list[Any]:
    return containers(client, str(os.getpid()))


def wait_until(check: Any, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


@pytest.fixture(params=["socket", "attach"])
def sandbox(request: pytest.FixtureRequest, docker_client: Any) -> Iterator[Sandbox]:
    with open_sandbox("docker", workers=1, stream=request.param) as opened:
        yield opened
    assert not own(docker_client)


def test_a_program_is_judged_over_either_stream(sandbox: Sandbox) -> None:
    big = "x" * 300_000
    outcomes = sandbox.run(HELLO, [CASE, Case(stdin=big, expected=big), Case(stdin="a", expected="b")])
    assert [outcome.judgement for outcome in outcomes] == [Judgement.AC, Judgement.AC, Judgement.WA]
    assert all(outcome.isolated for outcome in outcomes)
    assert set(outcomes[0].enforced) == set(vars(Limits()))


def test_memory_that_no_process_limit_sees_is_limited(sandbox: Sandbox) -> None:
    # Shared mappings of several processes: each is small, and together they are not.
    source = """
import mmap, os, time
parts = [mmap.mmap(-1, 40 << 20) for _ in range(8)]
for part in parts:
    if os.fork() == 0:
        part.write(b"x" * (40 << 20))
        time.sleep(5)
        os._exit(0)
for part in parts:
    os.wait()
"""
    limits = Limits(cpu_seconds=4, wall_seconds=12, memory_bytes=100 << 20)
    [outcome] = sandbox.run(Program(source=source), [Case(expected="x")], limits)
    assert outcome.judgement in (Judgement.MLE, Judgement.RE), outcome
    assert sandbox.run(HELLO, [CASE])[0].judgement is Judgement.AC


def test_the_container_is_locked_down(docker_client: Any) -> None:
    with open_sandbox("docker", workers=1) as sandbox:
        assert sandbox.run(HELLO, [CASE])[0].judgement is Judgement.AC
        wait_until(lambda: len(own(docker_client)) == 2)
        facts = [docker_client.api.inspect_container(item.id) for item in own(docker_client)]
    assert len({fact["Config"]["User"] for fact in facts}) == 2
    for fact in facts:
        assert not fact["Config"]["User"].startswith("0:")
        settings = fact["HostConfig"]
        assert settings["NetworkMode"] == "none"
        assert settings["IpcMode"] == "none"
        assert settings["ReadonlyRootfs"]
        assert settings["CapDrop"] == ["ALL"]
        assert not settings["CapAdd"]
        assert not settings["Privileged"]
        assert settings["Memory"] == settings["MemorySwap"] > 0
        assert 0 < settings["PidsLimit"] <= 512
        assert settings["LogConfig"]["Type"] == "none"
        assert settings["AutoRemove"]
        assert "no-new-privileges" in settings["SecurityOpt"]
        [profile] = [item for item in settings["SecurityOpt"] if item.startswith("seccomp=")]
        assert json.loads(profile.removeprefix("seccomp="))["defaultAction"] == "SCMP_ACT_ERRNO"
        assert all(word in settings["Tmpfs"]["/scratch"] for word in ("noexec", "nosuid", "nodev", "size="))
        assert [mount["RW"] for mount in fact["Mounts"]] == [False]


def test_nothing_of_a_slot_remains_on_the_host(docker_client: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="reason-") as folder:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", TIDY],
            env={**os.environ, "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not os.listdir(folder)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report["threads"] == 1
    assert not [name for name in report["files"] if "socket" in name or "sock" in name]


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_a_host_that_is_killed_leaves_no_container(docker_client: Any, state: str) -> None:
    with subprocess.Popen([sys.executable, "-c", HOST, state], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "ready\n"
        if state == "busy":
            time.sleep(0.5)
        assert len(containers(docker_client, str(host.pid))) == 2
        assert host.poll() is None
        host.send_signal(signal.SIGKILL)
    wait_until(lambda: not containers(docker_client, str(host.pid)))


def test_a_container_of_a_dead_host_is_removed_by_the_next_and_no_other(docker_client: Any) -> None:
    backend = Docker()
    image = backend.prepare()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        marks = {
            "dead": f"{owner_mark().partition('/')[0]}/999999999/1",
            "reused": f"{owner_mark().partition('/')[0]}/{stranger.pid}/1",
            "living": owner_mark(),
            "elsewhere": "another-machine/1/1",
        }
        made = {}
        try:
            for name, mark in marks.items():
                made[name] = docker_client.containers.create(
                    image, ["python3"], network_mode="none", labels={LABEL: "slot", f"{LABEL}.owner": mark}
                )
            assert remove_leaked(docker_client) <= 2  # a sandbox of another test may have been quicker
            left = {item.id for item in containers(docker_client)}
            assert {name for name, item in made.items() if item.id in left} == {"living", "elsewhere"}
        finally:
            for item in made.values():
                if item.id in {other.id for other in containers(docker_client)}:
                    item.remove(force=True)
            stranger.kill()
            backend.close()


def test_a_socket_folder_of_a_dead_host_is_removed_by_the_next_and_no_other(docker_client: Any) -> None:
    left = {
        name: socket_parent() / f"reason-slot-{pid}-test"
        for name, pid in (("dead", 999999999), ("own", os.getpid()))
    }
    for folder in left.values():
        folder.mkdir()
        (folder / "socket").touch()
    Docker().close()
    assert not left["dead"].exists()
    assert left["own"].exists()
    shutil.rmtree(left["own"])


def test_a_container_that_is_killed_from_outside_loses_no_task(docker_client: Any) -> None:
    with open_sandbox("docker", workers=1) as sandbox:
        assert sandbox.run(HELLO, [CASE])[0].judgement is Judgement.AC
        for _ in range(2):
            for item in own(docker_client):
                item.remove(force=True)
            assert sandbox.run(HELLO, [CASE])[0].judgement is Judgement.AC
    assert not own(docker_client)


def test_a_container_that_is_killed_under_a_program_is_replaced(docker_client: Any) -> None:
    source = "import time\ntime.sleep(1.5)\nprint(input())"
    limits = Limits(cpu_seconds=5, wall_seconds=15)
    with Pool(Docker(), workers=1, spare=0) as sandbox:
        assert sandbox.run(HELLO, [CASE])[0].judgement is Judgement.AC
        results: list[Any] = []
        thread = threading.Thread(
            target=lambda: results.extend(sandbox.run(Program(source=source), [CASE], limits))
        )
        thread.start()
        time.sleep(0.5)
        [busy] = own(docker_client)
        busy.kill()
        thread.join(60)
        assert [outcome.judgement for outcome in results] == [Judgement.AC]


def test_an_engine_that_does_not_answer_is_named_with_remedies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SandboxUnavailableError, match=r"/nowhere/docker\.sock.*scripts/engine"):
        Docker()
    with pytest.raises(SandboxUnavailableError):
        Docker(url="tcp://127.0.0.1:1")


def test_the_engine_is_looked_for_where_docker_and_podman_listen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://elsewhere:2375")
    assert engine_url() == "tcp://elsewhere:2375"
    monkeypatch.delenv("DOCKER_HOST")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "podman").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tmp_path / "podman")
        listener.bind("podman.sock")
        os.chdir("/")
        assert engine_url() in (f"unix://{tmp_path}/podman/podman.sock", "unix:///var/run/docker.sock")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"stream": "telepathy"}, ValueError),
        ({"packages": ("no such package",)}, ValueError),
        ({"runtime": "no-such-runtime"}, SandboxError),
        ({"image": "no-such-image:at-all"}, SandboxError),
    ],
)
def test_options_that_cannot_be_are_errors_in_words(
    docker_client: Any, options: dict[str, Any], error: type[Exception]
) -> None:
    [value] = [item if isinstance(item, str) else item[0] for item in options.values()]

    def start() -> None:
        backend = Docker(**options)
        try:
            backend.start(0).kill()
        finally:
            backend.close()

    with pytest.raises(error, match=value):
        start()
    assert not own(docker_client)


def test_packages_are_imported_before_the_fork(docker_client: Any) -> None:
    source = "import sys\nbefore = 'numpy' in sys.modules\nimport numpy\nprint(before, numpy.arange(4).sum())"
    with open_sandbox("docker", workers=1, packages=("numpy",)) as sandbox:
        [outcome] = sandbox.run(Program(source=source), [Case(expected="True 6")])
        assert outcome.judgement is Judgement.AC, outcome


def test_a_limit_beyond_what_the_container_allows_is_not_called_enforced(docker_client: Any) -> None:
    backend = Docker()
    assert "processes" in backend.enforced(Limits())
    assert "processes" not in backend.enforced(Limits(processes=10_000))
    backend.close()


def test_the_kernels_count_of_memory_kills_is_found_for_a_container(docker_client: Any) -> None:
    with open_sandbox("docker", workers=1) as sandbox:
        sandbox.run(HELLO, [CASE])
        item = own(docker_client)[0]
        process = docker_client.api.inspect_container(item.id)["State"]["Pid"]
        assert oom_file(process) is not None
    assert oom_file(0) is None
