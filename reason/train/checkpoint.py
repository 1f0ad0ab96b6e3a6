"""Checkpoints: folders that are there in whole or not at all, from which a run goes on bit for bit."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from reason.errors import ConfigError, InputFormatError

__all__ = ["find_checkpoint", "list_checkpoints", "load_checkpoint", "save_checkpoint"]

_NAME = re.compile(r"step-(\d{6,})")
_STATE, _TENSORS = "state.json", "tensors.pt"


def save_checkpoint(
    folder: Path, step: int, *, state: Mapping[str, Any], tensors: Mapping[str, Any], keep: int
) -> Path:
    """Write a checkpoint, then delete the oldest ones.

    It is written beside its place, flushed to the disk and renamed, so that whatever happens in between,
    a power cut included, each folder called ``step-...`` is complete.

    Args:
        folder: Where checkpoints are; made where it is missing.
        step: Number of the step that is done.
        state: What is JSON.
        tensors: What ``torch.save`` takes and ``torch.load(weights_only=True)`` reads.
        keep: Checkpoints that stay, this one among them.

    Returns:
        The folder of the checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".*-step-*"):
        shutil.rmtree(left, ignore_errors=True)
    place, scratch = folder / f"step-{step:06d}", folder / f".writing-step-{step:06d}"
    scratch.mkdir()
    torch.save(dict(tensors), scratch / _TENSORS)
    (scratch / _STATE).write_text(json.dumps(state, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    for path in (scratch / _TENSORS, scratch / _STATE, scratch):
        _flush(path)
    replaced = _aside(place) if place.exists() else None
    scratch.rename(place)
    if replaced is not None:
        shutil.rmtree(replaced, ignore_errors=True)
    _flush(folder)
    for _, old in list_checkpoints(folder)[:-keep]:
        shutil.rmtree(_aside(old), ignore_errors=True)
    return place


def list_checkpoints(folder: Path) -> list[tuple[int, Path]]:
    """Return step and folder of each checkpoint, the oldest first."""
    if not folder.is_dir():
        return []
    found = [(int(match[1]), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return sorted(found)


def find_checkpoint(folder: Path, resume: str) -> Path | None:
    """Return the checkpoint to go on from.

    Args:
        folder: Where the run keeps its checkpoints.
        resume: ``auto`` for the newest one, if there is any, or the path of one.

    Raises:
        ConfigError: there is no checkpoint at that path.
    """
    if resume == "auto":
        found = list_checkpoints(folder)
        return found[-1][1] if found else None
    path = Path(resume)
    if not (path / _STATE).is_file():
        raise ConfigError(f"resume must be 'auto' or a folder called step-..., got {resume!r}")
    return path


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a checkpoint.

    Args:
        path: Its folder.
        device: Where its tensors go.

    Returns:
        State and tensors, as :func:`save_checkpoint` got them.

    Raises:
        InputFormatError: a file of it is missing or damaged.
    """
    try:
        state = json.loads((path / _STATE).read_text(encoding="utf-8"))
        # Nothing but tensors and plain data is read: a checkpoint of a stranger runs no code.
        tensors = torch.load(path / _TENSORS, map_location=device, weights_only=True)
    except (
        OSError, ValueError, RuntimeError, EOFError, LookupError, TypeError, AttributeError,
        pickle.UnpicklingError,
    ) as error:  # fmt: skip
        reason = str(error).partition("\n")[0]
        raise InputFormatError(f"{path} is no checkpoint that can be read: {reason}") from error
    if not isinstance(state, dict) or not isinstance(tensors, dict):
        raise InputFormatError(f"{path} is no checkpoint: it must hold tables, got {state!r:.80}")
    return state, tensors


def _aside(path: Path) -> Path:
    """Give a checkpoint that is to be deleted another name, so that no half of it is ever taken for one."""
    return path.rename(path.with_name(f".deleting-{path.name}"))


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
