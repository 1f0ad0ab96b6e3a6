"""Real input made into tasks: one file a format.

A module here is a format of ``reason import``. It has ``SUFFIXES`` (of the files that it finds in a folder),
``SUMMARY`` (one line) and ``read(path)``, which yields a :class:`reason.Task` for what can be used and an
:class:`Unusable` for what cannot, so that one bad line costs one task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError
from reason.family import Draft, Family
from reason.task import Task

__all__ = ["Unusable", "find_files", "imported_task"]


@dataclass(frozen=True, kw_only=True)
class Unusable:
    """A part of a file of which no task can be made."""

    place: str
    """File and line, such as ``train.jsonl:12``."""
    reason: str
    """Why not, in a few words."""


def find_files(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the file that a path names, or the files of a folder and its subfolders in their order.

    Args:
        path: A file, whatever its name, or a folder.
        suffixes: Ends of the names that are looked for in a folder, in small letters.

    Raises:
        InputFormatError: there is nothing there, or no such file in the folder.
    """
    if not path.exists():
        raise InputFormatError(f"{path}: there is no such file or folder")
    if not path.is_dir():
        return [path]
    files = [file for file in path.rglob("*") if file.name.lower().endswith(suffixes) and file.is_file()]
    if not files:
        raise InputFormatError(f"{path}: no file in this folder ends in {', '.join(suffixes)}")
    return sorted(files, key=lambda file: file.relative_to(path).parts)


def imported_task(
    family: Family[Any],
    config: Mapping[str, Any],
    draft: Draft,
    *,
    index: int,
    metadata: Mapping[str, Any] | None = None,
) -> Task:
    """Make a task of a draft that was not drawn: no split, level or licence is known of it.

    Args:
        family: Judges it.
        config: Its knobs, JSON.
        draft: What a drawn task of the family has.
        index: Of the task, in what is imported.
        metadata: What else is known of it.
    """
    return Task(
        family=family.id,
        version=family.version,
        split="imported",
        index=index,
        level=None,
        config=config,
        prompt=draft.messages(),
        tools=draft.tools,
        ground_truth=draft.ground_truth,
        reference=draft.reference,
        metadata={"licence": "NOASSERTION", "language": "und", **draft.metadata, **(metadata or {})},
    )
