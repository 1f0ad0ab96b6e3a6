"""``search``: find pages in the task's world, or in a corpus of one's own.

Its state keeps the queries and the ids of all pages that were shown, for rewards over the evidence: see
``env.get_state()``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.errors import ConfigError
from reason.search.library import Library, format_hits, open_library
from reason.search.schemas import SEARCH
from reason.search.world import WorldSettings
from reason.task import Task

__all__ = ["Search", "library_of"]


@dataclass(frozen=True, kw_only=True)
class Search(Tool):
    """Find the pages that fit a query best."""

    name: str = SEARCH["name"]
    description: str = SEARCH["description"]
    parameters: Mapping[str, Any] = SEARCH["parameters"]
    timeout_s: float | None = 120.0
    """The first search of a corpus builds its index, which takes a second for a few thousand pages."""
    source: str | None = None
    """A JSONL file, a folder of text or Markdown, or the address of a retrieval server; the task's own
    world where None."""
    top_k: int = 3
    """Pages found where the policy does not say."""

    def initial_state(self, task: Task) -> Any:
        """Begin with nothing asked and nothing seen."""
        return {"queries": (), "pages": ()}

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Search and write what was found."""
        library = library_of(task, self.source)
        if not arguments["query"].strip():
            return ToolResult(text="the query is empty", error=True)
        hits = library.search(
            arguments["query"],
            top_k=arguments.get("top_k", self.top_k),
            mode=arguments.get("mode", "passage"),
        )
        after = {
            "queries": (*state["queries"], arguments["query"]),
            "pages": tuple(dict.fromkeys([*state["pages"], *(hit.page.id for hit in hits)])),
        }
        return ToolResult(text=format_hits(hits), state=after)


def library_of(task: Task, source: str | None) -> Library:
    """Return what a task is searched in.

    Raises:
        ConfigError: there is no source, and the task has no world of its own.
    """
    if source is not None:
        return open_library(source)
    world = task.ground_truth.get("world")
    if not isinstance(world, Mapping):
        raise ConfigError(
            f"{task.family} has no pages to search: give the tool a source, such as a .jsonl file"
        )
    return open_library(WorldSettings.from_dict(world))
