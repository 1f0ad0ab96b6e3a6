"""WebThinker's marks: queries, clicked links and the sections of a report between special tokens.

Source: Li et al., "WebThinker: Empowering Large Reasoning Models with Deep Research Capability" (2504.21776).
What comes back of a report has no marks of its own there; these are ours.
"""

from __future__ import annotations

from typing import ClassVar

from reason.envs.dialects._tagged import TagDialect, Verb

__all__ = ["WebThinker"]

_OUTLINE = ("<|begin_article_outline|>", "<|end_article_outline|>")


class WebThinker(TagDialect):
    """``<|begin_search_query|>``, ``<|begin_click_link|>`` and three for ``draft``, each with its result."""

    name = "web_thinker"
    stop = (
        "<|end_search_query|>",
        "<|end_click_link|>",
        "<|end_write_section|>",
        "<|end_check_article|>",
        "<|end_edit_article|>",
    )
    preface = "You may do this while you reason:"
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
        Verb(
            tool="draft",
            argument="text",
            fixed={"action": "write"},
            opening="<|begin_write_section|>",
            closing="<|end_write_section|>",
            result_opening=_OUTLINE[0],
            result_closing=_OUTLINE[1],
            usage="name, a line break, contents",
            does="Write a section of a report.",
        ),
        Verb(
            tool="draft",
            argument="text",
            fixed={"action": "check"},
            bare=True,
            opening="<|begin_check_article|>",
            closing="<|end_check_article|>",
            result_opening=_OUTLINE[0],
            result_closing=_OUTLINE[1],
            usage="nothing, or the name of a section",
            does="See the names of all sections, or one section.",
        ),
        Verb(
            tool="draft",
            argument="text",
            fixed={"action": "edit"},
            opening="<|begin_edit_article|>",
            closing="<|end_edit_article|>",
            result_opening=_OUTLINE[0],
            result_closing=_OUTLINE[1],
            usage="name, a line break, new contents",
            does="Replace a section, or take it out where there are no new contents.",
        ),
    )
