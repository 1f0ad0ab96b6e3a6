"""A file that is written beside its place, locked, and moved into it only when it is whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from reason.errors import InputFormatError

try:
    import fcntl
except ImportError:  # Windows has no flock: two runs at once on one path are not noticed there.
    fcntl = None  # type: ignore[assignment]

__all__ = ["PartialFile"]


class PartialFile:
    """The unfinished form of a file: ``<path>.partial``, held by one process at a time.

    Nothing is ever visible at ``path`` but a whole file: :meth:`commit` brings the bytes to the disk and
    moves them there in one step. What was written before a crash stays in the partial file.
    """

    def __init__(self, path: Path, *, suffix: str = ".partial") -> None:
        """Open the partial file, made where there is none, and lock it.

        Args:
            path: Where the whole file shall stand; a symbolic link is followed.
            suffix: What the partial file's name has behind ``path``'s.

        Raises:
            InputFormatError: ``path`` cannot be a file, or another process is writing it.
        """
        self.path = Path(os.path.realpath(path))
        if not self.path.parent.is_dir():
            raise InputFormatError(f"{path}: there is no folder {self.path.parent}; create it first")
        if self.path.exists() and not self.path.is_file():
            raise InputFormatError(f"{path} is no regular file; name a file to write")
        self.partial_path = self.path.with_name(self.path.name + suffix)
        self.file = _open_locked(self.partial_path)
        self._gone = False

    def commit(self) -> None:
        """Bring all bytes to the disk and put the file in its place."""
        self.file.flush()
        os.fsync(self.file.fileno())
        os.replace(self.partial_path, self.path)
        self._gone = True
        self._sync_folder()

    def discard(self) -> None:
        """Remove the partial file, unless it is in its place already."""
        # Once it has moved, a file of that name is another run's.
        if not self._gone:
            self._gone = True
            self.partial_path.unlink(missing_ok=True)

    def discard_if_empty(self) -> None:
        """Remove the partial file where it holds nothing."""
        if os.fstat(self.file.fileno()).st_size == 0:
            self.discard()

    def close(self) -> None:
        """Let go of the file and its lock."""
        self.file.close()

    def _sync_folder(self) -> None:
        # Without it a power cut can undo the move although the bytes are on the disk.
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file; what it holds stays for the next run."""
        try:
            self.close()
        except OSError:
            # A full disk fails again at the flush of close(): the first error is the one to show.
            if error is None:
                raise


def _open_locked(path: Path) -> BinaryIO:
    while True:
        file = open(path, "r+b", opener=_create)  # noqa: SIM115
        try:
            _lock(file, path)
            here = os.stat(path)
        except FileNotFoundError:
            here = None
        except BaseException:
            file.close()
            raise
        mine = os.fstat(file.fileno())
        if not stat.S_ISREG(mine.st_mode):
            file.close()
            raise InputFormatError(f"{path} is no regular file; remove it or choose another name")
        # Between open and lock another run may have moved the file to its place: then lock anew.
        if here is not None and (here.st_dev, here.st_ino) == (mine.st_dev, mine.st_ino):
            return file
        file.close()


def _create(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o666)


def _lock(file: BinaryIO, path: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputFormatError(
            f"another process is writing {path}; wait for it, or choose another name"
        ) from None
    except OSError:
        # Some network file systems have no locks; refusing to write there would be worse.
        return
