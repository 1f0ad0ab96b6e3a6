"""Tool-Star's tags: ``<search>`` and ``<python>``, both answered between ``<result>`` and ``</result>``.

Source: Dong et al., "Tool-Star: Empowering LLM-Brained Multi-Tool Reasoner via Reinforcement Learning"
(2505.16410); ReSearch (2503.19470) has the same search and result tags.
"""

from __future__ import annotations

from typing import ClassVar

from reason.envs.dialects._tagged import TagDialect, Verb

__all__ = ["ToolStar"]


class ToolStar(TagDialect):
    """``<think>``, ``<search>``, ``<python>``, ``<result>``, ``<answer>``."""

    name = "tool_star"
    stop = ("</search>", "</python>", "</answer>")
    preface = "You may call tools while you reason:"
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb(
            tool="search",
            argument="query",
            opening="<search>",
            closing="</search>",
            result_opening="<result>",
            result_closing="</result>",
            usage="query",
        ),
        Verb(
            tool="python",
            argument="code",
            opening="<python>",
            closing="</python>",
            result_opening="<result>",
            result_closing="</result>",
            code=True,
            usage="code",
        ),
    )
