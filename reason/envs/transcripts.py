"""Transcripts: whole episodes in a file, one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError, ReasonError
from reason.frozen import thaw
from reason.task import Task

__all__ = ["Transcript", "TranscriptTurn", "append_transcript", "read_transcripts"]

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class TranscriptTurn:
    """One turn: what was written, and what came of it."""

    messages: tuple[Mapping[str, str], ...]
    """The policy's text, and the environment's where there is one."""
    reward: float | None
    """None where it could not be scored: JSON has no NaN."""
    terminated: bool
    truncated: bool
    stop_reason: str | None
    verdict: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """One episode."""

    task: Task
    """With its ground truth."""
    prompt: tuple[Mapping[str, str], ...]
    """As the policy saw it."""
    turns: tuple[TranscriptTurn, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "format": FORMAT,
            "task": self.task.to_dict(),
            "prompt": thaw(self.prompt),
            "turns": [{name: thaw(value) for name, value in vars(turn).items()} for turn in self.turns],
        }

    @classmethod
    def from_dict(cls, data: Any) -> Transcript:
        """Rebuild a transcript.

        Raises:
            ValueError: it is not :meth:`to_dict`'s data.
        """
        if not isinstance(data, Mapping) or data.get("format") != FORMAT:
            raise ValueError(f"not a transcript of format {FORMAT}")
        try:
            turns = tuple(
                TranscriptTurn(
                    messages=_messages(turn["messages"]),
                    reward=None if turn["reward"] is None else float(turn["reward"]),
                    terminated=bool(turn["terminated"]),
                    truncated=bool(turn["truncated"]),
                    stop_reason=None if turn["stop_reason"] is None else str(turn["stop_reason"]),
                    verdict=dict(turn["verdict"]),
                )
                for turn in data["turns"]
            )
            return cls(task=Task.from_dict(data["task"]), prompt=_messages(data["prompt"]), turns=turns)
        except ReasonError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a transcript: {type(error).__name__}: {error}") from error


def append_transcript(path: str | Path, transcript: Transcript) -> None:
    """Add an episode to the end of a file; lines of several processes do not mix."""
    line = json.dumps(transcript.to_dict(), allow_nan=False) + "\n"
    with open(path, "ab", buffering=0) as file:
        file.write(line.encode())


def read_transcripts(path: str | Path) -> Iterator[Transcript]:
    """Yield the episodes of a file.

    Raises:
        InputFormatError: a line is no transcript; the message names file and line.
        OSError: it cannot be opened.
    """
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield Transcript.from_dict(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise InputFormatError(f"{path}, line {number}: {error}") from error


def _messages(data: Any) -> tuple[Mapping[str, str], ...]:
    found = []
    for message in data:
        role, content = message["role"], message["content"]
        if not (isinstance(role, str) and isinstance(content, str)):
            raise TypeError(f"a message has a role and a content, got {message!r:.80}")
        found.append({"role": role, "content": content})
    return tuple(found)
