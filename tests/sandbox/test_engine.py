"""``scripts/engine``: a private engine starts, survives a crash, and leaves nothing behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "engine"
DEATH = """
import os, signal, subprocess, sys, time
from reason.sandbox import Case, Program, open_sandbox
from reason.sandbox.engine import LABEL, connect

script, folder = sys.argv[1:]
def start():
    command = [sys.executable, script, "start", "--private", "--folder", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
start()
url = f"unix://{folder}/docker.sock"
with open_sandbox("docker", workers=1, url=url) as sandbox:
    def run():
        program, cases = Program(source="print(input())"), [Case(stdin="a", expected="a")] * 3
        judgements = {str(outcome.judgement) for outcome in sandbox.run(program, cases)}
        print(*judgements, flush=True)
    run()
    while sandbox.health().slots < 2:
        time.sleep(0.05)
    client = connect(url)
    found = client.containers.list(filters={"label": f"{LABEL}=slot"})
    supervisors = [client.api.inspect_container(item.id)["State"]["Pid"] for item in found]
    client.close()
    os.kill(int(open(f"{folder}/docker.pid").read()), signal.SIGKILL)
    run()
    for supervisor in supervisors:
        os.kill(supervisor, signal.SIGKILL)
    time.sleep(0.5)
    run()
    start()
    run()
"""
can_start = pytest.mark.skipif(
    os.name != "posix"
    or os.getuid() != 0
    or not shutil.which("dockerd", path=os.environ["PATH"] + ":/usr/sbin"),
    reason="NO ENGINE CAN BE STARTED: needs root and dockerd",
)


def engine(folder: Path, command: str, *options: str, **settings: object) -> subprocess.CompletedProcess[str]:
    result: subprocess.CompletedProcess[str] = subprocess.run(
        [sys.executable, str(SCRIPT), command, "--folder", str(folder), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **settings,  # type: ignore[call-overload]
    )
    return result


def processes_of(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if f"{folder}/" in words:
                found.append(words)
    return found


def mounts_of(folder: Path) -> list[str]:
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if f" {folder}/" in line]


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own folder: its path may be too long for a unix socket.
    parent = Path(tempfile.mkdtemp(prefix="reason-test-"))
    yield parent / "engine"
    engine(parent / "engine", "stop")
    parent.rmdir()


@can_start
@pytest.mark.docker
def test_start_and_stop_are_each_the_same_command_twice(folder: Path) -> None:
    first = engine(folder, "start", "--private")
    again = engine(folder, "start", "--private")
    assert first.stdout == again.stdout == f"export DOCKER_HOST=unix://{folder}/docker.sock\n", first.stderr
    client = docker.DockerClient(base_url=f"unix://{folder}/docker.sock")
    assert client.info()["DockerRootDir"] == f"{folder}/data"
    client.close()
    assert engine(folder, "status").returncode == 0
    for _ in range(2):
        assert engine(folder, "stop").returncode == 0
        assert not list(folder.parent.iterdir())
        assert not processes_of(folder)
    assert engine(folder, "status", "--private").returncode == 3


@can_start
@pytest.mark.docker
def test_a_crash_hinders_neither_start_nor_stop(folder: Path) -> None:
    for command in ("start", "stop"):
        assert engine(folder, "start", "--private").returncode == 0
        os.kill(int((folder / "docker.pid").read_text()), signal.SIGKILL)
        result = engine(folder, command, *(["--private"] if command == "start" else []))
        assert result.returncode == 0, result.stderr
    assert not folder.exists()
    assert not processes_of(folder)


@can_start
@pytest.mark.docker
def test_a_stale_process_id_of_another_process_is_left_alone(folder: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        folder.mkdir(mode=0o700)
        (folder / "docker.pid").write_text(str(bystander.pid))
        assert engine(folder, "start", "--private").returncode == 0
        assert engine(folder, "stop").returncode == 0
        assert bystander.poll() is None
        bystander.kill()


@can_start
@pytest.mark.docker
def test_an_engine_that_answers_is_used_and_not_stopped(folder: Path) -> None:
    assert engine(folder, "start", "--private").returncode == 0
    host = f"unix://{folder}/docker.sock"
    environment = {**os.environ, "DOCKER_HOST": host}
    other = folder.with_name("other")
    assert engine(other, "start", env=environment).stdout == f"export DOCKER_HOST={host}\n"
    assert not other.exists()
    assert engine(other, "stop", env=environment).returncode == 0
    assert engine(folder, "status", "--private").returncode == 0


@can_start
@pytest.mark.docker
def test_stop_ends_containers_and_mounts(folder: Path, tmp_path: Path) -> None:
    import io
    import tarfile

    assert engine(folder, "start", "--private").returncode == 0
    client = docker.DockerClient(base_url=f"unix://{folder}/docker.sock")
    # The smallest image that can wait: one static program is not at hand everywhere, so a shell's closure is.
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", dereference=True) as archive:
        listing = subprocess.run(["ldd", "/bin/sleep"], capture_output=True, text=True, check=True).stdout
        libraries = [word for word in listing.split() if word.startswith("/")]
        for path in ["/bin/sleep", *libraries]:
            archive.add(path, arcname=path.lstrip("/"))
    image = json.loads(client.api.import_image_from_data(packed.getvalue(), repository="waiting"))["status"]
    client.containers.run(image, ["/bin/sleep", "600"], detach=True, network_mode="none", cap_drop=["ALL"])
    client.close()
    assert mounts_of(folder)
    os.kill(int((folder / "docker.pid").read_text()), signal.SIGKILL)
    assert engine(folder, "stop").returncode == 0
    assert not mounts_of(folder)
    assert not processes_of(folder)


def test_a_folder_that_others_can_write_is_refused_in_one_sentence(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    result = engine(folder, "start", "--private")
    folder.rmdir()
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("scripts/engine: ")
    assert len(result.stderr.splitlines()) == 1
    assert str(folder) in result.stderr


def test_without_root_it_says_so_in_one_sentence(folder: Path) -> None:
    if os.getuid() != 0:
        result = engine(folder, "start", "--private")
    elif Path("/usr/bin/python3").exists() and not tempfile.gettempdir().startswith("/root"):
        folder.parent.chmod(0o777)
        command = ["/usr/bin/python3", "-", "start", "--private", "--folder", str(folder)]
        result = subprocess.run(
            command,
            input=SCRIPT.read_text(),
            capture_output=True,
            text=True,
            user=65534,
            cwd="/",
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)
    else:
        pytest.skip("no interpreter that another user can run")
    assert result.returncode == 1, result.stderr
    assert "needs root" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@can_start
@pytest.mark.docker
def test_an_engine_that_dies_under_a_sandbox_costs_no_task_and_no_verdict(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEATH, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # Warm containers outlive their engine; without them a program is unscorable, and never wrong.
    assert done.stdout.split() == ["AC", "AC", "IE", "AC"]


@can_start
@pytest.mark.docker
def test_run_gives_an_engine_for_the_length_of_a_command(folder: Path) -> None:
    ask = "import docker, os; print(docker.from_env().info()['DockerRootDir']); raise SystemExit(7)"
    result = engine(folder, "run", "--private", sys.executable, "-c", ask)
    assert (result.returncode, result.stdout) == (7, f"{folder}/data\n"), result.stderr
    assert not folder.exists()
    assert not processes_of(folder)


@can_start
@pytest.mark.docker
def test_run_leaves_an_engine_that_was_started_by_hand(folder: Path) -> None:
    assert engine(folder, "start", "--private").returncode == 0
    assert engine(folder, "run", "--private", "true").returncode == 0
    assert engine(folder, "status", "--private").returncode == 0
