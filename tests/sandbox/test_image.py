"""The sandbox's image: deterministic, found again at once, and able to run what it should."""

import io
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from reason.errors import ConfigError, SandboxError
from reason.sandbox import engine, image, rootfs
from reason.sandbox.archive import write_archive
from reason.sandbox.image import ImageRecipe, ensure_image, find_image

linux = pytest.mark.skipif(sys.platform != "linux", reason="made from a Linux machine's files")
PACK = """
import hashlib, io, sys
from pathlib import Path
from reason.sandbox import archive, rootfs
source = Path(sys.argv[1])
entries = [*rootfs.tree_entries(source, rootfs.library_folder() + "/json")]
file = io.BytesIO()
archive.write_archive(entries, file)
print(hashlib.sha256(file.getvalue()).hexdigest(), rootfs.content_hash(entries))
"""


def run(client: Any, tag: str, *command: str) -> str:
    output: bytes = client.containers.run(tag, list(command), network_mode="none", remove=True, user="12345")
    return output.decode()


@linux
def test_same_files_give_the_same_archive_in_any_process() -> None:
    source = Path(io.__file__).parent / "json"
    prints = {
        subprocess.run(
            [sys.executable, "-c", PACK, str(source)],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(prints) == 1


def test_the_content_hash_sees_names_bytes_links_and_modes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    entries = [
        rootfs.RootEntry(path="/a", source=file),
        rootfs.RootEntry(path="/b", source=file),
        rootfs.RootEntry(path="/a", source=file, executable=True),
        rootfs.RootEntry(path="/a", link="one"),
        rootfs.RootEntry(path="/a", link="two"),
        rootfs.RootEntry(path="/a", content=b"two"),
    ]
    assert len({rootfs.content_hash([entry]) for entry in entries}) == len(entries)
    assert rootfs.content_hash(entries[:1]) == rootfs.content_hash(
        [rootfs.RootEntry(path="/a", content=b"one")]
    )


@linux
def test_an_archive_holds_every_folder_once_and_nothing_of_a_person() -> None:
    file = io.BytesIO()
    write_archive(rootfs.root_entries(), file)
    file.seek(0)
    with tarfile.open(fileobj=file) as archive:
        members = archive.getmembers()
    names = [member.name for member in members]
    assert len(names) == len(set(names))
    known = set(names)
    assert all(str(Path(name).parent) in known | {"."} for name in names)
    assert not [name for name in names if name.startswith(("home", "root"))]
    assert {(member.uid, member.gid, member.mtime) for member in members} == {(0, 0, 0)}
    assert not [member.name for member in members if member.mode & 0o022 and member.isfile()]


@linux
def test_a_requirement_is_carried_with_its_package() -> None:
    assert set(rootfs.required_distributions(["SymPy"])) >= {"sympy", "mpmath"}
    paths = {entry.path for entry in rootfs.package_entries("mpmath")}
    assert f"{rootfs.library_folder()}/site-packages/mpmath/__init__.py" in paths


@pytest.mark.parametrize("name", ["no-such-distribution-here", "sympy; rm -rf /", "", "-r", "../x"])
def test_a_package_that_cannot_be_is_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigError, match="packages") as caught:
        rootfs.required_distributions(ImageRecipe(packages=(name,)).packages)
    assert repr(name) in str(caught.value)


def test_modules_are_named_as_programs_import_them() -> None:
    recipe = ImageRecipe(packages=("numpy", "sympy", "duckdb", "not-installed-here"))
    assert recipe.modules() == ("numpy", "sympy", "duckdb", "not_installed_here")


@linux
def test_debians_compilers_come_with_what_they_call() -> None:
    try:
        paths = {entry.path for entry in rootfs.compiler_entries()}
    except SandboxError as error:
        pytest.skip(str(error))
    for end in (
        "/gcc",
        "/g++",
        "/cc1",
        "/cc1plus",
        "/collect2",
        "/as",
        "/ld",
        "/stdio.h",
        "/crt1.o",
        "/vector",
    ):
        assert [path for path in paths if path.endswith(end)], end
    assert sum(Path(path).stat().st_size for path in paths if Path(path).is_file()) < 400 * 2**20


@pytest.mark.docker
def test_a_second_build_is_instant_and_gives_the_same_image(docker_client: Any) -> None:
    tag = ensure_image(docker_client, ImageRecipe(source="host"))
    lines: list[str] = []
    started = time.monotonic()
    assert ensure_image(docker_client, ImageRecipe(source="host"), lines.append) == tag
    assert time.monotonic() - started < 2
    assert not lines
    assert find_image(docker_client, ImageRecipe(packages=("numpy", "duckdb"), compilers=True)) != tag


@pytest.mark.docker
def test_another_supervisor_gives_another_image_on_the_same_base(
    docker_client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = ensure_image(docker_client, ImageRecipe(source="host"))
    (tmp_path / "__init__.py").write_text(f"# {time.time_ns()}\n")
    monkeypatch.setattr(image, "SUPERVISOR", tmp_path)
    lines: list[str] = []
    other = ensure_image(docker_client, ImageRecipe(source="host"), lines.append)
    try:
        assert other != tag
        assert not [line for line in lines if "importing" in line]
        layers = [docker_client.images.get(name).attrs["RootFS"]["Layers"] for name in (tag, other)]
        assert layers[0][0] == layers[1][0]
    finally:
        docker_client.images.remove(other)


@pytest.mark.docker
def test_the_host_image_runs_the_whole_standard_library(docker_client: Any) -> None:
    tag = ensure_image(docker_client, ImageRecipe(source="host"))
    program = """
import pkgutil, importlib, sys, warnings
warnings.simplefilter("ignore")
skip = {"antigravity", "this", "idlelib", "tkinter", "turtle", "test", "lib2to3", "turtledemo", "ensurepip"}
optional = {"_tkinter", "msilib", "winreg", "winsound", "_gdbm", "_dbm", "dbm", "nis", "_curses_panel"}
windows = {"asyncio.windows_events", "asyncio.windows_utils", "multiprocessing.popen_spawn_win32"}
broken = []
for name in sorted(sys.stdlib_module_names - skip - optional):
    if importlib.util.find_spec(name) is None or name.startswith(("_test", "_ctypes_test", "_xx", "xx")):
        continue
    try:
        importlib.import_module(name)
    except ImportError as error:
        broken.append((name, str(error)))
print(sys.prefix, [found for found in broken if "No module named" not in found[1]])
"""
    assert run(docker_client, tag, image.PYTHON, "-I", "-S", "-c", program) == "/usr/local []\n"


@pytest.mark.docker
def test_extra_packages_can_be_imported_inside(docker_client: Any) -> None:
    recipe = ImageRecipe(packages=("numpy",), source="host")
    tag = ensure_image(docker_client, recipe)
    try:
        program = "import numpy; print((numpy.eye(2) @ [3, 4]).tolist())"
        assert run(docker_client, tag, image.PYTHON, "-I", "-c", program) == "[3.0, 4.0]\n"
    finally:
        docker_client.images.remove(tag)


@pytest.mark.docker
def test_the_image_holds_bytecode_that_python_takes(docker_client: Any) -> None:
    tag = ensure_image(docker_client, ImageRecipe(source="host"))
    program = """
import subprocess, sys
command = [sys.executable, "-v", "-I", "-S", "-c", "import statistics"]
log = subprocess.run(command, capture_output=True, text=True, check=True).stderr
print([line for line in log.splitlines() if line.startswith("# code object from") and ".pyc" not in line])
print(sum("code object from" in line for line in log.splitlines()) > 10)
"""
    assert run(docker_client, tag, image.PYTHON, "-I", "-S", "-c", program) == "[]\nTrue\n"


@pytest.mark.docker
def test_a_registry_that_does_not_answer_is_an_error_in_words(docker_client: Any) -> None:
    with pytest.raises(SandboxError, match=r"localhost:1/nothing.*cannot be pulled"):
        engine.pull(docker_client, "localhost:1/nothing:none")


@pytest.mark.docker
def test_a_failed_build_says_what_the_engine_said_and_leaves_no_image(docker_client: Any) -> None:
    with pytest.raises(SandboxError, match="no-such-file"):
        engine.build(
            docker_client, {"Dockerfile": b"FROM scratch\nCOPY no-such-file /\n"}, "reason-sandbox:broken"
        )
    assert not image.tag_exists(docker_client, "reason-sandbox:broken")
