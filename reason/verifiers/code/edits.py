"""Search/replace edits: how a policy changes files without writing them again.

The blocks are SWE-RL's (Wei et al. 2025, 2502.18449), Agentless' before it::

    | ### path/to/file.py
    | <<<<<<< SEARCH
    | lines that are there
    | =======
    | lines that shall be there
    | >>>>>>> REPLACE

(without the bars, which stand here for the sake of doctest).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Edit", "apply_edits", "has_edits", "read_edits"]

MAX_CHARS = 100_000
MAX_EDITS = 50
_SEARCH, _MIDDLE, _REPLACE = "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One block."""

    path: str
    """Empty where there is only one file."""
    search: str
    replace: str


def has_edits(text: str) -> bool:
    """Tell whether a text means to give edits."""
    return any(line.strip() == _SEARCH for line in text.splitlines())


def read_edits(text: str) -> list[Edit]:
    """Read the blocks of a text; what stands outside them is passed over.

    Raises:
        ValueError: a block is not closed, empty or changes nothing, or there are none or too many.
    """
    if len(text) > MAX_CHARS:
        raise ValueError(f"edits have at most {MAX_CHARS} characters")
    edits: list[Edit] = []
    path = ""
    part: list[str] | None = None
    search: list[str] | None = None
    for line in text.split("\n"):
        mark = line.strip()
        if part is None:
            if mark.startswith("### "):
                path = mark[4:].strip().strip("`")
            elif mark == _SEARCH:
                part = []
        elif mark == _MIDDLE and search is None:
            search, part = part, []
        elif mark == _REPLACE and search is not None:
            edits.append(_edit(path, search, part))
            part = search = None
        elif mark == _SEARCH:
            raise ValueError("a block begins inside another")
        else:
            part.append(line.rstrip("\r"))
    if part is not None:
        raise ValueError("a block is not closed")
    if not 1 <= len(edits) <= MAX_EDITS:
        raise ValueError(f"there must be 1 to {MAX_EDITS} blocks, got {len(edits)}")
    return edits


def _edit(path: str, search: Sequence[str], replace: Sequence[str]) -> Edit:
    before, after = "\n".join(search), "\n".join(replace)
    if not before.strip():
        raise ValueError("a block searches for nothing")
    if before == after:
        raise ValueError("a block changes nothing")
    return Edit(path=path, search=before, replace=after)


def apply_edits(files: Mapping[str, str], edits: Sequence[Edit]) -> dict[str, str]:
    """Return the files after all edits, made in order, each at whole lines and at the first place.

    Raises:
        ValueError: there is no such file, or what is searched for does not stand in it.
    """
    changed = dict(files)
    for edit in edits:
        path = edit.path or (next(iter(changed)) if len(changed) == 1 else "")
        if path not in changed:
            raise ValueError(f"there is no file {path[:80]!r}")
        lines, search = changed[path].split("\n"), edit.search.split("\n")
        place = _find(lines, search)
        if place is None:
            raise ValueError(f"what is searched for does not stand in {path or 'the program'}")
        lines[place : place + len(search)] = edit.replace.split("\n") if edit.replace else []
        changed[path] = "\n".join(lines)
    return changed


def _find(lines: Sequence[str], search: Sequence[str]) -> int | None:
    bare = [line.rstrip() for line in lines]
    wanted = [line.rstrip() for line in search]
    for place in range(len(bare) - len(wanted) + 1):
        if bare[place] == wanted[0] and bare[place : place + len(wanted)] == wanted:
            return place
    return None
