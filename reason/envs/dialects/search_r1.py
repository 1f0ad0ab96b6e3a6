"""Search-R1's tags: ``<search>`` is answered between ``<information>`` and ``</information>``.

Source: Jin et al., "Search-R1: Training LLMs to Reason and Leverage Search Engines with Reinforcement
Learning" (2503.09516); its results stand between two blank lines.
"""

from __future__ import annotations

from typing import ClassVar

from reason.envs.dialects._tagged import TagDialect, Verb

__all__ = ["SearchR1"]


class SearchR1(TagDialect):
    """``<think>``, ``<search>``, ``<information>``, ``<answer>``."""

    name = "search_r1"
    stop = ("</search>", "</answer>")
    joint = "\n\n"
    framed = True
    result_inner = ""
    preface = "Reason between <think> and </think> first. Where you lack knowledge, ask for it:"
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb(
            tool="search",
            argument="query",
            opening="<search>",
            closing="</search>",
            result_opening="<information>",
            result_closing="</information>",
            usage="query",
        ),
    )
