"""RouteRAG's tags: Search-R1's, and before a query what to search by: ``[passage]``, ``[graph]`` or both.

Source: Guo et al., "RouteRAG: Efficient Retrieval-Augmented Generation from Text and Graph via Reinforcement
Learning" (2512.09487).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reason.envs.dialects.search_r1 import SearchR1
from reason.envs.tool import ToolCall

__all__ = ["RouteRag"]

_CHOICE = re.compile(r"\[(passage|graph)\]\s*+", re.IGNORECASE)
_MARKS = {"passage": "[passage]", "graph": "[graph]", "hybrid": "[passage][graph]"}


class RouteRag(SearchR1):
    """``<think>``, ``<search>[passage]``, ``<search>[graph]``, ``<information>``, ``<answer>``."""

    name = "route_rag"
    preface = (
        "Reason between <think> and </think> first. Begin a query with [passage] to search by words, with "
        "[graph] to search by links, or with [passage][graph] to search by both, which costs most. Where you "
        "lack knowledge, ask for it:"
    )

    def parse(self, text: str) -> list[ToolCall] | None:
        """Read the blocks in their order; a query without a choice is searched by words."""
        calls = super().parse(text)
        return calls and [call if call.error else _routed(call) for call in calls]

    def write(self, calls: Sequence[ToolCall]) -> str:
        """Write one block a call.

        Raises:
            ValueError: a call has no tags, or could not be read back.
        """
        parts = []
        for call in calls:
            mark = _MARKS.get(str(call.arguments.get("mode", "")), "")
            rest = {name: value for name, value in call.arguments.items() if not (mark and name == "mode")}
            part = super().write([ToolCall(name=call.name, arguments=rest)])
            parts.append(part.replace("<search>", f"<search>{mark}", 1))
        text = "\n".join(parts)
        if [(call.name, call.arguments) for call in self.parse(text) or ()] != [
            (call.name, call.arguments) for call in calls
        ]:
            raise ValueError(f"calls hold tags or edges that {self.name!r} cannot write: {text[:80]!r}")
        return text


def _routed(call: ToolCall) -> ToolCall:
    query, chosen = str(call.arguments["query"]), set[str]()
    while match := _CHOICE.match(query):
        chosen.add(match[1].casefold())
        query = query[match.end() :]
        if len(chosen) == 2:
            break
    if not chosen:
        return call
    if not query:
        return ToolCall(name=call.name, error="<search> holds no query")
    mode = "hybrid" if len(chosen) == 2 else chosen.pop()
    return ToolCall.of(call.name, {"query": query, "mode": mode})
