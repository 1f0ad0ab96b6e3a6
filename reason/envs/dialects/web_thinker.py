"""WebThinker's marks: search queries and clicked links between special tokens.

Source: Li et al., "WebThinker: Empowering Large Reasoning Models with Deep Research Capability" (2504.21776).
"""

from __future__ import annotations

from typing import ClassVar

from reason.envs.dialects._tagged import TagDialect, Verb

__all__ = ["WebThinker"]


class WebThinker(TagDialect):
    """``<|begin_search_query|>`` and ``<|begin_click_link|>``, each with its result."""

    name = "web_thinker"
    stop = ("<|end_search_query|>", "<|end_click_link|>")
    preface = "You may search, and open the pages that you find, while you reason:"
    verbs: ClassVar[tuple[Verb, ...]] = (
        Verb(
            tool="search",
            argument="query",
            opening="<|begin_search_query|>",
            closing="<|end_search_query|>",
            result_opening="<|begin_search_result|>",
            result_closing="<|end_search_result|>",
            usage="query",
        ),
        Verb(
            tool="open_page",
            argument="page",
            opening="<|begin_click_link|>",
            closing="<|end_click_link|>",
            result_opening="<|begin_click_result|>",
            result_closing="<|end_click_result|>",
            usage="page",
        ),
    )
