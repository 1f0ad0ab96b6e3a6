"""``<search>`` alone, answered between ``<result>`` and ``</result>``.

Source: Chen et al., "ReSearch: Learning to Reason with Search for LLMs via Reinforcement Learning"
(2503.19470).
"""

from __future__ import annotations

from reason.envs.dialects._tagged import TagDialect
from reason.envs.dialects.tool_star import ToolStar

__all__ = ["Search"]


class Search(TagDialect):
    """``<think>``, ``<search>``, ``<result>``, ``<answer>``."""

    name = "search"
    stop = ("</search>", "</answer>")
    preface = "You may search while you reason:"
    verbs = tuple(verb for verb in ToolStar.verbs if verb.tool == "search")
