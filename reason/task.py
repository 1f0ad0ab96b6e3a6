"""The task: frozen JSON data, the only thing that crosses a process or trainer boundary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from reason.errors import TaskFormatError
from reason.frozen import FrozenDict, canonical_json, content_hash, freeze, thaw

__all__ = ["Message", "Role", "Task"]

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a conversation, as chat templates take it."""

    role: Role
    content: str

    def __post_init__(self) -> None:
        """Reject an unknown role or a content that is not text."""
        if self.role not in get_args(Role):
            raise ValueError(f"Message.role must be one of {', '.join(get_args(Role))}, got {self.role!r}")
        object.__setattr__(self, "content", _text(self.content, "Message.content"))

    def to_dict(self) -> dict[str, str]:
        """Return ``{"role": ..., "content": ...}``."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One problem: what the policy sees, and what its verifier needs.

    Equal tasks have equal bytes on every machine, and a task can be scored without being generated
    again. ``task_id`` is computed from all other fields, so it cannot disagree with them.
    """

    family: str
    """Id of the family that drew it and that verifies it, such as ``SAT-v0``."""
    version: int
    """The generator's version, from the family's id."""
    split: str
    index: int
    """Position in its stream, from 0."""
    level: int | None
    """Difficulty level, or None where knobs were given instead."""
    config: Mapping[str, Any]
    """The family's knobs."""
    prompt: tuple[Message, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    """Tools on offer, in OpenAI's function schema."""
    ground_truth: Mapping[str, Any]
    """What the verifier needs; never shown to the policy."""
    reference: str | None
    """One answer that the verifier accepts, without tags; None where none is known."""
    trace: tuple[Mapping[str, Any], ...] = ()
    """Optional reference steps, a graph: ``id``, ``depends_on``, ``text``, ``value``."""
    metadata: Mapping[str, Any] = field(default_factory=FrozenDict)
    """Topic, effort (a solver's measured work), licence, language."""
    task_id: str = field(init=False)
    """Hash of all other fields."""

    def __post_init__(self) -> None:
        """Freeze the data and compute ``task_id``."""
        for name in ("version", "index"):
            if type(getattr(self, name)) is not int:
                raise TypeError(f"Task.{name} must be an integer, got {getattr(self, name)!r}")
        if self.level is not None and type(self.level) is not int:
            raise TypeError(f"Task.level must be an integer or None, got {self.level!r}")
        if not self.prompt or not all(isinstance(message, Message) for message in self.prompt):
            raise TypeError(f"Task.prompt must hold messages, got {self.prompt!r:.80}")
        object.__setattr__(self, "prompt", tuple(self.prompt))
        for name in ("family", "split"):
            object.__setattr__(self, name, _text(getattr(self, name), f"Task.{name}"))
        if self.reference is not None:
            object.__setattr__(self, "reference", _text(self.reference, "Task.reference"))
        for name in ("config", "ground_truth", "metadata", "tools", "trace"):
            object.__setattr__(self, name, freeze(getattr(self, name), name=f"Task.{name}"))
        object.__setattr__(self, "task_id", content_hash(self._frozen_body()))

    @property
    def text(self) -> str:
        """The last user message: what a single-turn policy answers."""
        return next(
            (message.content for message in reversed(self.prompt) if message.role == "user"),
            self.prompt[-1].content,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data, ``task_id`` first."""
        return {"task_id": self.task_id, **{name: thaw(value) for name, value in self._frozen_body().items()}}

    def to_json(self) -> str:
        """Return one line of canonical JSON."""
        return canonical_json({"task_id": self.task_id, **self._frozen_body()})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Task:
        """Rebuild a task.

        Raises:
            TaskFormatError: a field is missing, unknown or of the wrong type, or ``task_id`` does not
                belong to the other fields (the data was changed).
        """
        if not isinstance(data, Mapping):
            raise TaskFormatError(f"a task is a JSON object, got {type(data).__name__}")
        values = dict(data)
        task_id = values.pop("task_id", None)
        known = set(_FIELDS)
        if unknown := sorted(set(values) - known):
            raise TaskFormatError(f"a task has no field {unknown[0]!r}; it has {', '.join(sorted(known))}")
        if missing := sorted(known - set(values)):
            raise TaskFormatError(f"the task lacks {', '.join(missing)}")
        try:
            values["prompt"] = tuple(Message(**message) for message in values["prompt"])
            task = cls(**values)
        except (TypeError, ValueError) as error:
            raise TaskFormatError(f"not a task: {error}") from error
        if task_id != task.task_id:
            raise TaskFormatError(
                f"task_id {task_id!r} does not belong to this content ({task.task_id}): it was changed"
            )
        return task

    @classmethod
    def from_json(cls, text: str | bytes) -> Task:
        """Rebuild a task from one line of JSON.

        Raises:
            TaskFormatError: it is not JSON, or not a task.
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise TaskFormatError(f"not JSON: {error}") from error
        return cls.from_dict(data)

    def _frozen_body(self) -> dict[str, Any]:
        body = {name: getattr(self, name) for name in _FIELDS}
        body["prompt"] = tuple(message.to_dict() for message in self.prompt)
        return body


_FIELDS = tuple(item.name for item in fields(Task) if item.init)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {value!r:.80}")
    return str(freeze(str(value), name=name))
