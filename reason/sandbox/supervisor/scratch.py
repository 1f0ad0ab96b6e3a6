"""Emptying the scratch folder of whatever a program left there."""

from __future__ import annotations

import contextlib
import os
import stat

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Scratch:
    """The folder that programs write in, held open: its path is the programs' to tamper with."""

    def __init__(self, path: str) -> None:
        """Open the folder.

        Args:
            path: an existing folder, in the state to which it is to be brought back.
        """
        self._path = path
        self.descriptor = os.open(path, _FOLDER)
        status = os.fstat(self.descriptor)
        self._mode = stat.S_IMODE(status.st_mode)
        self._identity = status.st_dev, status.st_ino

    def is_clean(self) -> bool:
        """Say whether the folder is where and as it was, and empty."""
        try:
            there, held = os.lstat(self._path), os.fstat(self.descriptor)
            same = (there.st_dev, there.st_ino) == self._identity
            return same and stat.S_IMODE(held.st_mode) == self._mode and not os.listdir(self.descriptor)
        except OSError:
            return False

    def largest_file(self) -> int:
        """Return the size of the largest regular file directly in it, in bytes."""
        largest = 0
        with contextlib.suppress(OSError), os.scandir(self.descriptor) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    largest = max(largest, status.st_size)
        return largest

    def empty(self) -> bool:
        """Remove everything in it and say whether it is clean now.

        No link is followed. Nested folders are first moved up to the top, so that neither depth nor the
        length of a path matters, and at most two descriptors are open.
        """
        try:
            if stat.S_IMODE(os.fstat(self.descriptor).st_mode) != self._mode:
                os.fchmod(self.descriptor, self._mode)
            _empty_folder(self.descriptor)
        except OSError:
            return False
        return self.is_clean()


def _empty_folder(top: int) -> None:
    moved = 0
    folders = _unlink_files(top)
    while folders:
        name = folders.pop()
        _open_up(name, top)
        inner = os.open(name, _FOLDER, dir_fd=top)
        try:
            for nested in _unlink_files(inner):
                _open_up(nested, inner)
                while True:
                    moved += 1
                    target = f"moved-{moved}"
                    try:
                        os.stat(target, dir_fd=top, follow_symlinks=False)
                    except FileNotFoundError:
                        break
                os.rename(nested, target, src_dir_fd=inner, dst_dir_fd=top)
                folders.append(target)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=top)


def _open_up(name: bytes | str, parent: int) -> None:
    """Let its owner read a folder that may be closed.

    No process of the program lives any more, so that what was seen to be a folder cannot have become a
    link (which this call would follow).
    """
    if stat.S_IMODE(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode) & 0o700 != 0o700:
        os.chmod(name, 0o700, dir_fd=parent)


def _unlink_files(folder: int) -> list[bytes | str]:
    """Unlink all that is not a folder, and return the names of the folders."""
    folders: list[bytes | str] = []
    for name in os.listdir(folder):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            folders.append(name)
        else:
            os.unlink(name, dir_fd=folder)
    return folders
