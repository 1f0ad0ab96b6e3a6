"""OpenAI's tool calls as JSON: an assistant message with ``tool_calls``, answered by tool messages.

Read are the whole message, its ``tool_calls`` alone, a list of calls or one call, each with or without the
``function`` around name and arguments, and the older ``function_call``. The JSON is all of the text (after
thinking), or a fenced block of it, or what follows a line that begins with a bracket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reason.envs.dialects._tagged import spoken
from reason.envs.json_text import load_json
from reason.envs.tool import Dialect, ToolCall, ToolResult
from reason.frozen import thaw
from reason.verifiers.markers import fences

__all__ = ["OpenAI"]

_MEANT = re.compile(r'"(?:tool_calls|function_call|function)"\s*+:')
_LINE = re.compile(r"^[ \t]*+(?=[\[{])", re.MULTILINE)
_INSTRUCTIONS = """\
You may call these functions:
{schemas}

To call some, write nothing but a JSON object of this form, with the arguments as JSON text:
{{"tool_calls": [{{"id": "1", "type": "function", "function": {{"name": "...", "arguments": "{{...}}"}}}}]}}
Each result is a line of JSON with the id of its call. Answer only after you have read them."""


class OpenAI(Dialect):
    """``{"tool_calls": [...]}`` and lines of ``{"role": "tool", ...}``."""

    name = "openai"
    role = "tool"

    def instructions(self, tools: Sequence[Mapping[str, Any]]) -> str:
        """List the functions as JSON, one a line."""
        if not tools:
            return ""
        return _INSTRUCTIONS.format(
            schemas="\n".join(json.dumps(thaw(tool), ensure_ascii=False) for tool in tools)
        )

    def parse(self, text: str) -> list[ToolCall] | None:
        """Read the calls of the first JSON in the text that makes some."""
        said = spoken(text)
        problem = ""
        for candidate in _candidates(said):
            try:
                data = load_json(candidate)
            except ValueError as error:
                if _MEANT.search(candidate):
                    problem = problem or f"the calls cannot be read: {error}"
                continue
            if (calls := _read(data)) is not None:
                return calls
        return [ToolCall(name="", error=problem)] if problem else None

    def write(self, calls: Sequence[ToolCall]) -> str:
        """Write one message with all calls; those without a mark of their own are numbered."""
        listed = []
        for number, call in enumerate(calls, 1):
            if call.error or not call.name:
                raise ValueError(f"a call that was not read cannot be written: {call.error!r}")
            function = {"name": call.name, "arguments": json.dumps(thaw(call.arguments))}
            listed.append({"id": call.id or f"call_{number}", "type": "function", "function": function})
        return json.dumps({"tool_calls": listed})

    def render(self, results: Sequence[tuple[ToolCall, ToolResult]]) -> str:
        """Write one tool message a line, as JSON, so that no text can pass for another message."""
        lines = []
        for call, result in results:
            message = {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": result.text}
            lines.append(json.dumps(message, ensure_ascii=False))
        return "\n".join(lines)


def _candidates(text: str) -> Iterator[str]:
    """Yield the parts of a text that may be JSON: at most one of each kind, so that the time stays linear."""
    stripped = text.strip()
    if stripped[:1] in ("{", "["):
        yield stripped
    if found := fences(text):
        yield found[-1].content(text).strip()
    if line := _LINE.search(text):
        yield text[line.end() :].strip()


def _read(data: Any) -> list[ToolCall] | None:
    """Return the calls of a JSON value; None where it is of no form that calls have."""
    if isinstance(data, dict):
        if isinstance(data.get("tool_calls"), list):
            data = data["tool_calls"]
        elif isinstance(data.get("function_call"), dict):
            data = [data["function_call"]]
        elif "tool_calls" in data:
            if not data["tool_calls"]:
                return None
            return [ToolCall(name="", error="tool_calls must be a list of calls")]
        else:
            data = [data]
    if not isinstance(data, list) or not data or not any(map(_is_call, data)):
        return None
    return [_call(item) for item in data]


def _is_call(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    return isinstance(item.get("function"), dict) or ("name" in item and "arguments" in item)


def _call(item: Any) -> ToolCall:
    if not _is_call(item):
        return ToolCall(name="", error='a call is an object with a "function"')
    function = item["function"] if isinstance(item.get("function"), dict) else item
    mark = item.get("id")
    try:
        return ToolCall.of(
            function.get("name"), function.get("arguments"), id=_mark(mark) if isinstance(mark, str) else ""
        )
    except (TypeError, ValueError) as error:
        return ToolCall(name="", error=f"the call cannot be read: {error}")


def _mark(text: str) -> str:
    return text[:100].encode("utf-8", "backslashreplace").decode()
