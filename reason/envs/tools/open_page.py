"""``open_page``: read a page by its title, and follow its links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.envs.tools.search import NOTHING_SEEN, library_of
from reason.search.corpus import Corpus, Page
from reason.search.schemas import OPEN_PAGE
from reason.task import Task

__all__ = ["OpenPage"]

MAX_LINKS = 50
_SHOWN = 80


@dataclass(frozen=True, kw_only=True)
class OpenPage(Tool):
    """Read a page and the names of the pages that it links to."""

    name: str = OPEN_PAGE["name"]
    description: str = OPEN_PAGE["description"]
    parameters: Mapping[str, Any] = OPEN_PAGE["parameters"]
    shares: str | None = "search"
    """The pages that it shows are evidence as those that a search shows."""
    timeout_s: float | None = 120.0
    source: str | None = None
    """A JSONL file or a folder of text or Markdown; the task's own world where None."""

    def initial_state(self, task: Task) -> Any:
        """Begin with nothing asked and nothing seen."""
        return NOTHING_SEEN

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Write every page of that title, or the one of that id."""
        corpus = library_of(task, self.source).corpus
        name = arguments["page"].strip().strip('"')
        pages = corpus.find(name)
        if not pages:
            return ToolResult(text=f"there is no page {name[:_SHOWN]!r}: search for it first", error=True)
        seen = tuple(dict.fromkeys([*state["pages"], *(page.id for page in pages)]))
        text = "\n\n".join(_written(corpus, page) for page in pages)
        return ToolResult(text=text, state={**state, "pages": seen})


def _written(corpus: Corpus, page: Page) -> str:
    linked = [target.title for target in corpus.linked(page)]
    links = "; ".join(linked[:MAX_LINKS]) or "none"
    more = f"; and {len(linked) - MAX_LINKS} more" if len(linked) > MAX_LINKS else ""
    return f"{page.title}\n{page.text}\nLinks: {links}{more}"
