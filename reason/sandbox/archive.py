"""Packs a root file system as a tar archive for ``docker import``: same entries, same bytes."""

from __future__ import annotations

import importlib.util
import io
import marshal
import tarfile
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import BinaryIO

from reason.sandbox.rootfs import RootEntry, library_folder

__all__ = ["bytecode", "write_archive"]

MOUNT_POINTS = ("/dev", "/proc", "/run", "/sys", "/tmp")


def write_archive(
    entries: Iterable[RootEntry], stream: BinaryIO, progress: Callable[[str], None] = lambda line: None
) -> None:
    """Write the file system as a tar archive: same entries, same bytes.

    Args:
        entries: as :func:`root_entries` gives them.
        stream: a binary file to be written.
        progress: called with a line for a person, now and then.
    """
    folders: set[str] = set()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for mount_point in MOUNT_POINTS:
            add_folders(archive, folders, PurePosixPath(mount_point))
        for count, entry in enumerate(entries):
            if count % 1000 == 0:
                progress(f"{count} files packed")
            add_folders(archive, folders, PurePosixPath(entry.path).parent)
            add_entry(archive, entry)
            if entry.path.endswith(".py") and entry.path.startswith(library_folder()):
                add_bytecode(archive, folders, entry)


def add_folders(archive: tarfile.TarFile, known: set[str], folder: PurePosixPath) -> None:
    """Add a folder and its parents, once each."""
    for path in [*reversed(folder.parents), folder]:
        name = str(path).lstrip("/")
        if name and name not in known:
            known.add(name)
            member = tarfile.TarInfo(name)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)


def add_entry(archive: tarfile.TarFile, entry: RootEntry) -> None:
    """Add a file or a link, owned by root and without a time."""
    member = tarfile.TarInfo(entry.path.lstrip("/"))
    member.mode = 0o755 if entry.executable else 0o644
    if entry.link is not None:
        member.type, member.linkname = tarfile.SYMTYPE, entry.link
        archive.addfile(member)
        return
    body = entry.read()
    member.size = len(body)
    archive.addfile(member, io.BytesIO(body))


def add_bytecode(archive: tarfile.TarFile, folders: set[str], entry: RootEntry) -> None:
    """Add a module's bytecode, for the image's root cannot be written later."""
    try:
        path, code = bytecode(entry.path, entry.read())
    except (SyntaxError, ValueError):
        return  # A template, or a file of another Python.
    add_folders(archive, folders, PurePosixPath(path).parent)
    add_entry(archive, RootEntry(path=path, content=code))


def bytecode(path: str, source: bytes) -> tuple[str, bytes]:
    """Compile a module; return the path and the bytes of its cache file, which no file time can outdate."""
    code = marshal.dumps(compile(source, path, "exec", dont_inherit=True, optimize=0))
    # Flag 1 without flag 2: named by the source's hash, and not checked against it (PEP 552).
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source)
    return importlib.util.cache_from_source(path), head + code
