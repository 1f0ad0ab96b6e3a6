"""``<python>`` alone: programs between tags, answered between ``<result>`` and ``</result>``."""

from __future__ import annotations

from reason.envs.dialects._tagged import TagDialect
from reason.envs.dialects.tool_star import ToolStar

__all__ = ["Python"]


class Python(TagDialect):
    """``<think>``, ``<python>``, ``<result>``, ``<answer>``."""

    name = "python"
    stop = ("</python>", "</answer>")
    preface = "You may run programs while you reason:"
    verbs = tuple(verb for verb in ToolStar.verbs if verb.tool == "python")
