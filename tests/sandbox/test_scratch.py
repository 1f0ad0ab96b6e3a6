"""Scratch is emptied, whatever was left in it, and nothing else is touched."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reason.sandbox.supervisor.scratch import Scratch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def scratch(folder: Path) -> Iterator[Scratch]:
    scratch = Scratch(str(folder))
    yield scratch
    os.close(scratch.descriptor)


def test_an_empty_folder_is_empty(scratch: Scratch, folder: Path) -> None:
    assert scratch.empty()


def test_files_links_and_pipes_go_and_what_links_lead_to_stays(
    scratch: Scratch, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    (folder / "file").write_text("x")
    (folder / "link").symlink_to(outside)
    (folder / "dangling").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    os.link(outside / "kept", folder / "hard")
    (folder / "bad\udcffname\n").touch()
    assert scratch.empty()
    assert (outside / "kept").read_text() == "x"


def test_closed_folders_go(scratch: Scratch, folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "c").touch()
    (folder / "a" / "b").chmod(0)
    (folder / "a").chmod(0)
    mode = folder.stat().st_mode
    folder.chmod(0)
    assert scratch.empty()
    assert folder.stat().st_mode == mode


def test_a_tree_deeper_than_any_path_goes(scratch: Scratch, folder: Path) -> None:
    before = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(1100):
            os.mkdir("folder")
            os.chdir("folder")
        Path("file").touch()
    finally:
        os.chdir(before)
    assert scratch.empty()


def test_names_that_the_cleaner_itself_uses_go(scratch: Scratch, folder: Path) -> None:
    for number in range(5):
        (folder / f"moved-{number}" / f"moved-{number + 1}" / "x").mkdir(parents=True)
    (folder / "moved-7").touch()
    assert scratch.empty()


def test_the_largest_file_is_seen_sparse_or_not(scratch: Scratch, folder: Path) -> None:
    (folder / "small").write_bytes(b"x" * 10)
    with (folder / "sparse").open("wb") as file:
        file.truncate(10**6)
    assert scratch.largest_file() == 10**6


def test_a_folder_replaced_by_a_link_is_seen_and_the_link_not_followed(
    scratch: Scratch, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o711)
    (outside / "kept").touch()
    (folder / "left").touch()
    folder.rename(tmp_path / "gone")
    folder.symlink_to(outside)
    assert not scratch.is_clean()
    assert not scratch.empty()
    assert (outside / "kept").exists()
    assert outside.stat().st_mode & 0o777 == 0o711
