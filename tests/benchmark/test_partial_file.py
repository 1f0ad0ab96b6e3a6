import os
import stat
import subprocess
import sys

import pytest

from reason.benchmark.partial_file import PartialFile
from reason.errors import InputFormatError


def test_nothing_is_at_the_path_before_it_is_whole(tmp_path):
    path = tmp_path / "file"
    with PartialFile(path) as partial:
        partial.file.write(b"half")
        assert not path.exists()
        partial.file.write(b" and half")
        partial.commit()
        assert path.read_bytes() == b"half and half"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_written_is_there_for_the_next_run(tmp_path):
    with PartialFile(tmp_path / "file") as partial:
        partial.file.write(b"kept")
    with PartialFile(tmp_path / "file") as partial:
        assert partial.file.read() == b"kept"


def test_two_at_once_are_refused(tmp_path):
    with PartialFile(tmp_path / "file"), pytest.raises(InputFormatError, match="another process is writing"):
        PartialFile(tmp_path / "file")
    PartialFile(tmp_path / "file").close()


def test_a_killed_process_leaves_no_lock(tmp_path):
    code = """
import sys, os, signal
from pathlib import Path
from reason.benchmark.partial_file import PartialFile
partial = PartialFile(Path(sys.argv[1]))
partial.file.write(b"kept"); partial.file.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "file")], check=False)
    with PartialFile(tmp_path / "file") as partial:
        assert partial.file.read() == b"kept"


def test_a_run_that_begins_after_the_move_is_not_disturbed(tmp_path):
    path = tmp_path / "file"
    with PartialFile(path) as first:
        first.file.write(b"first")
        first.commit()
        with PartialFile(path) as second:
            first.discard()
            second.file.write(b"second")
            second.commit()
    assert path.read_bytes() == b"second"


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    link = tmp_path / "link"
    link.symlink_to(target)
    with PartialFile(link) as partial:
        partial.file.write(b"text")
        partial.commit()
    assert link.is_symlink()
    assert target.read_bytes() == b"text"


def test_the_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "plain").touch()
    with PartialFile(tmp_path / "file") as partial:
        partial.commit()
    assert stat.S_IMODE(os.stat(tmp_path / "file").st_mode) == stat.S_IMODE(
        os.stat(tmp_path / "plain").st_mode
    )


def test_what_cannot_be_a_file_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(InputFormatError, match="no regular file"):
            PartialFile(tmp_path / name)
    with pytest.raises(InputFormatError, match="there is no folder"):
        PartialFile(tmp_path / "missing" / "file")
