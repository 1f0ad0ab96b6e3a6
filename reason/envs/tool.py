"""What a tool and a dialect are: the contract of ``reason/envs/tools/`` and ``reason/envs/dialects/``.

**A tool** is one file ``reason/envs/tools/<name>.py`` with one subclass of :class:`Tool`, a frozen
keyword-only dataclass whose fields have defaults (``name`` is the file's name)::

    @dataclass(frozen=True, kw_only=True)
    class Notes(Tool):
        name: str = "notes"
        description: str = "Keep a note; an empty text shows all notes."
        parameters: Mapping[str, Any] = freeze(
            {
                "type": "object",
                "properties": {"text": {"type": "string"}},
                "required": ["text"],
            }
        )

        def initial_state(self, task):
            return {"notes": []}

        def call(self, task, state, arguments):
            notes = [*state["notes"], arguments["text"]]
            return ToolResult(text="kept", state={"notes": notes})

- ``call`` is pure: everything that a later call may depend on is in the JSON ``state`` (frozen: lists are
  tuples), so that episodes fork, save and replay. What cannot be JSON (a Python session) is rebuilt from a
  journal in the state. A tool owns no process: it borrows shared ones and opens them when first needed.
  Tools pickle, and are called from several threads at once.
- ``arguments`` have been checked against ``parameters``. What the policy did wrong is
  ``ToolResult(error=True)`` with a sentence; an exception says that we failed: the episode ends with
  ``tool_error`` and reward NaN.
- The same task, state and arguments give the same text: no clock, no network, no order of a set.
- Tools with equal ``shares`` have one state together (``search`` and ``open_page``); the first of them in the
  list makes it. Calls of one turn that share a state run one after the other in the order written; the
  others run at once.
- Limits are fields: ``max_calls`` an episode, ``max_chars`` of a result (the rest is cut, with a note),
  ``timeout_s`` of a call. After ``timeout_s`` the caller stops waiting and the state stays as it was; a
  tool that can hang must itself end what it started by then.

**A dialect** is one file ``reason/envs/dialects/<name>.py`` with one subclass of :class:`Dialect`: it reads
calls out of a policy's text and writes results as the next message. ``parse`` never raises on text, takes
time linear in it, and returns None where the text makes no call, so that it is an answer. A call that is
meant but cannot be read is a :class:`ToolCall` with ``error`` (:meth:`ToolCall.of` does that; for other JSON
use :func:`reason.envs.json_text.load_json`, never ``json.loads``). Where a text
holds calls *and* an answer, the calls are made and the answer is not judged: its results were not read yet.

**A world** (a bank, a calendar) needs no tools of its own: it is an interactive family
(:class:`reason.interactive.InteractiveFamily`) whose tasks list their functions in ``Task.tools``. A call of
one of them reaches ``transition`` as the action :meth:`ToolCall.line`, one line of JSON
``{"arguments":{...},"name":"transfer"}``; a turn without a call reaches it as the extracted answer. So a
world is scored offline like every game: from its list of actions.

**Who plays with what**: an environment's tools are those of its argument ``tools`` (names or instances), and
those of ``Task.tools``, which must have files (or be the world's). The dialect is the argument ``dialect``,
else the task's ``metadata["dialect"]``, else ``hermes``. Its instructions follow the prompt's last user
message, so a family does not describe tools in its prompt.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from reason.envs.json_text import load_json
from reason.errors import ConfigError
from reason.frozen import FrozenDict, freeze, thaw
from reason.task import Task

__all__ = ["Dialect", "Tool", "ToolCall", "ToolResult"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_ESCAPE = re.compile(r"\\.|[<>`~]")
_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One call that a policy made."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=FrozenDict)
    id: str = ""
    """The call's own mark, where a dialect has one (OpenAI's ``tool_call_id``)."""
    error: str = ""
    """Why the call could not be read; it is answered with this sentence, and no tool is called."""

    def __post_init__(self) -> None:
        """Freeze the arguments."""
        object.__setattr__(self, "arguments", freeze(self.arguments, name="ToolCall.arguments"))

    @classmethod
    def of(cls, name: Any, arguments: Any, *, id: str = "") -> ToolCall:
        """Build a call from whatever a policy wrote; never raises, what is wrong becomes ``error``.

        Args:
            name: What stands where the name should.
            arguments: A mapping, or JSON text that should be an object; None and ``""`` are no arguments.
            id: The call's own mark.
        """
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return cls(name="", id=id, error=f"a call needs the name of a tool, got {_brief(name)}")
        try:
            if isinstance(arguments, str):
                arguments = load_json(arguments) if arguments.strip() else {}
            if arguments is None:
                arguments = {}
            if not isinstance(arguments, Mapping):
                return cls(name=name, id=id, error=f"arguments must be an object, got {_brief(arguments)}")
            return cls(name=name, arguments=arguments, id=id)
        except RecursionError:
            return cls(name=name, id=id, error="the arguments cannot be read: they are nested too deeply")
        except (ValueError, TypeError) as error:
            return cls(name=name, id=id, error=f"the arguments cannot be read: {_plain(str(error))}")

    def line(self) -> str:
        """Return the call as one line of JSON that holds no tag, fence or box: an action of a world."""
        text = json.dumps(
            {"arguments": thaw(self.arguments), "name": self.name}, sort_keys=True, separators=(",", ":")
        )
        return _ESCAPE.sub(_escape, text)


@dataclass(frozen=True, kw_only=True)
class ToolResult:
    """What a call gave."""

    text: str
    """What the policy reads."""
    state: Any = None
    """The tool's state after the call, as JSON."""
    error: bool = False
    """True where the policy called it wrongly; the text says how."""

    def __post_init__(self) -> None:
        """Freeze the state and reject a text that is none."""
        if not isinstance(self.text, str):
            raise TypeError(f"ToolResult.text must be a string, got {self.text!r:.80}")
        object.__setattr__(self, "state", freeze(self.state, name="ToolResult.state"))


@dataclass(frozen=True, kw_only=True)
class Tool(ABC):
    """A function that a policy may call; see the module for the contract."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON schema of the arguments, an ``object``."""
    shares: str | None = None
    """Name of the state that it shares with other tools; its own where None."""
    max_calls: int | None = None
    """Calls an episode; further ones are refused with a note."""
    max_chars: int = 8_000
    """Characters of the longest result that is shown whole."""
    timeout_s: float | None = 10.0
    """Seconds after which a call is given up; None calls it in the caller's thread and waits."""

    def __post_init__(self) -> None:
        """Reject what cannot be."""
        object.__setattr__(self, "parameters", freeze(self.parameters, name="Tool.parameters"))
        if not _NAME.fullmatch(self.name):
            raise ConfigError(f"Tool.name must be a short identifier, got {self.name!r}")
        if self.parameters.get("type") != "object":
            raise ConfigError(f"Tool.parameters of {self.name} must be the schema of an object")
        for name, least in (("max_calls", 0), ("max_chars", 1), ("timeout_s", 0.0)):
            value = getattr(self, name)
            if value is None and name != "max_chars":
                continue
            kinds = (int, float) if name == "timeout_s" else (int,)
            if type(value) not in kinds or not least <= value < float("inf") or value == 0.0 == least:
                raise ConfigError(f"{name} of the tool {self.name} must be {least} or more, got {value!r}")

    @property
    def state_name(self) -> str:
        """The name under which an episode keeps its state."""
        return self.shares or self.name

    def initial_state(self, task: Task) -> Any:
        """Return its state at the start of an episode, as JSON; None where it keeps none."""
        return None

    @abstractmethod
    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Answer one call.

        Args:
            task: The task in play, with its ground truth: nothing of that may be told.
            state: The tool's state, frozen JSON.
            arguments: Frozen JSON that fits ``parameters``.
        """

    def schema(self) -> dict[str, Any]:
        """Return its description in OpenAI's function format."""
        function = {
            "name": self.name,
            "description": self.description,
            "parameters": thaw(self.parameters),
        }
        return {"type": "function", "function": function}

    def mcp_view(self) -> dict[str, Any]:
        """Return its description as the Model Context Protocol lists tools."""
        return {"name": self.name, "description": self.description, "inputSchema": thaw(self.parameters)}


class Dialect(ABC):
    """A way of writing calls and results as text; see the module for the contract."""

    name: ClassVar[str]
    role: ClassVar[Literal["user", "tool"]] = "user"
    """Of the message that holds results."""
    stop: ClassVar[tuple[str, ...]] = ()
    """Texts after which a sampler should stop, so that no policy writes its own results."""

    @abstractmethod
    def instructions(self, tools: Sequence[Mapping[str, Any]]) -> str:
        """Tell a policy which tools there are and how to call them.

        Args:
            tools: In OpenAI's function format.
        """

    @abstractmethod
    def parse(self, text: str) -> list[ToolCall] | None:
        """Read the calls of one turn, in order; None where there is none. Never raises on text."""

    @abstractmethod
    def write(self, calls: Sequence[ToolCall]) -> str:
        """Write calls, such that :meth:`parse` reads them back.

        Raises:
            ValueError: the dialect has no words for one of them.
        """

    @abstractmethod
    def render(self, results: Sequence[tuple[ToolCall, ToolResult]]) -> str:
        """Write the results of one turn as the next message.

        A result's text is shown as it is, but must not be able to close the dialect's own tags.
        """


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 2 and found != "\\\\":
        return found
    return f"\\u{ord(found[-1]):04x}"


def _brief(value: Any) -> str:
    return _plain(repr(value)[:_SHOWN])


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
