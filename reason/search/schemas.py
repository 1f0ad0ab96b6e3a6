"""What the tools of a search are called and take: for tasks that list them, and for the tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reason.frozen import freeze, thaw
from reason.search.graph import MODES

__all__ = [
    "DRAFT",
    "DRAFT_ACTIONS",
    "MAX_RESULTS",
    "MAX_SECTION_CHARS",
    "OPEN_PAGE",
    "SEARCH",
    "SearchTool",
    "function_schema",
]

MAX_RESULTS = 20
"""Pages that one search may ask for."""
MAX_SECTION_CHARS = 10_000
"""Characters of a section of a report, its name included."""
DRAFT_ACTIONS = ("write", "check", "edit")

SearchTool = Mapping[str, Any]

SEARCH: SearchTool = freeze(
    {
        "name": "search",
        "description": "Find the pages that fit a query best.",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look for, in words."},
                "top_k": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_RESULTS,
                    "description": "How many pages, 3 where it is not given.",
                },
                "mode": {
                    "type": "string",
                    "enum": list(MODES),
                    "description": "By words (passage, the default), by links (graph) or by both (hybrid).",
                },
            },
            "required": ["query"],
        },
    }
)
OPEN_PAGE: SearchTool = freeze(
    {
        "name": "open_page",
        "description": "Read a page and the names of the pages that it links to.",
        "parameters": {
            "type": "object",
            "properties": {"page": {"type": "string", "description": "Title or id of the page."}},
            "required": ["page"],
        },
    }
)
DRAFT: SearchTool = freeze(
    {
        "name": "draft",
        "description": "Write a report section by section, look at it, and change it.",
        "parameters": {
            "type": "object",
            "properties": {
                "action": {
                    "type": "string",
                    "enum": list(DRAFT_ACTIONS),
                    "description": "write adds a section; check shows the names of all sections, or one "
                    "section; edit replaces a section, or takes it out.",
                },
                "text": {
                    "type": "string",
                    "maxLength": MAX_SECTION_CHARS,
                    "description": "Name of the section; for write and edit then a line break and its "
                    "contents. Empty for check: all names. Without contents for edit: the section goes.",
                },
            },
            "required": ["action"],
        },
    }
)


def function_schema(tool: SearchTool) -> dict[str, Any]:
    """Return a tool in OpenAI's function format."""
    return {"type": "function", "function": thaw(tool)}
