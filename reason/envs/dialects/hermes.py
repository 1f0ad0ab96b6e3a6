"""Hermes' tags: JSON between ``<tool_call>`` and ``</tool_call>``, as Qwen and Nous Hermes write calls.

Results go out as ``<tool_response>`` blocks in a user message, which are the tokens that these models' chat
templates make of tool messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reason.envs.dialects._tagged import blocks, disarm, pattern, spoken
from reason.envs.json_text import load_json
from reason.envs.tool import Dialect, ToolCall, ToolResult
from reason.frozen import thaw

__all__ = ["Hermes"]

_TAGS = pattern(
    [("<tool_call>", "</tool_call>"), ("<answer>", "</answer>"), ("<tool_response>", "</tool_response>")]
)
_INSTRUCTIONS = """\
# Tools

You may call functions. Their signatures:
<tools>
{schemas}
</tools>

To call one, write a JSON object with its name and arguments between <tool_call> tags:
<tool_call>
{{"name": <function-name>, "arguments": <arguments as an object>}}
</tool_call>
The results come between <tool_response> tags. Answer only after you have read them."""


class Hermes(Dialect):
    """``<tool_call>`` and ``<tool_response>``."""

    name = "hermes"
    stop = ("<tool_response>",)

    def instructions(self, tools: Sequence[Mapping[str, Any]]) -> str:
        """List the signatures as JSON, one a line, as the models' own chat templates do."""
        if not tools:
            return ""
        schemas = [json.dumps(thaw(tool), ensure_ascii=False) for tool in tools]
        return _INSTRUCTIONS.format(schemas="\n".join(schemas))

    def parse(self, text: str) -> list[ToolCall] | None:
        """Read each block as one call."""
        calls = [_read(block.content) for block in blocks(spoken(text), _TAGS, 1)]
        return calls or None

    def write(self, calls: Sequence[ToolCall]) -> str:
        """Write one block a call, with ``<`` escaped inside its strings."""
        return "\n".join(f"<tool_call>\n{_json(call)}\n</tool_call>" for call in calls)

    def render(self, results: Sequence[tuple[ToolCall, ToolResult]]) -> str:
        """Write one block a result."""
        return "\n".join(
            f"<tool_response>\n{disarm(result.text, _TAGS)}\n</tool_response>" for _, result in results
        )


def _read(content: str) -> ToolCall:
    try:
        data = load_json(content.strip())
    except ValueError as error:
        return ToolCall(name="", error=f"the call cannot be read: {error}")
    if not isinstance(data, dict):
        return ToolCall(name="", error='a call is an object with "name" and "arguments"')
    return ToolCall.of(data.get("name"), data.get("arguments", data.get("parameters")))


def _json(call: ToolCall) -> str:
    if call.error or not call.name:
        raise ValueError(f"a call that was not read cannot be written: {call.error!r}")
    data = {"name": call.name, "arguments": thaw(call.arguments)}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
