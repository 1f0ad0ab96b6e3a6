"""``search``: find pages in the task's world, or in a corpus of one's own.

Its state keeps the queries, the ids of the pages that each found, the ids of all pages that were shown and
the runs of retrievers that it took, for rewards over the evidence (``reason/rewards/``) and
``env.get_state()``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.errors import ConfigError
from reason.frozen import freeze
from reason.search.graph import RUNS
from reason.search.library import Library, Make, check_make, format_hits, is_address, open_library
from reason.search.schemas import MAX_RESULTS, SEARCH
from reason.search.world import WorldSettings
from reason.task import Task

__all__ = ["NOTHING_SEEN", "Search", "library_of"]

NOTHING_SEEN: Mapping[str, Any] = freeze({"queries": (), "found": (), "pages": (), "runs": 0})
"""The state that ``search`` and ``open_page`` begin with."""


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
    retriever: Make = "bm25"
    """Of mode ``passage``: ``bm25``, ``tantivy``, or a function from the corpus to a retriever (one that
    pickles, where the environment must)."""
    top_k: int = 3
    """Pages found where the policy does not say."""

    def __post_init__(self) -> None:
        """Reject what cannot be."""
        super().__post_init__()
        check_make(self.retriever)
        if type(self.top_k) is not int or not 1 <= self.top_k <= MAX_RESULTS:
            raise ConfigError(f"top_k of the tool search must be 1 to {MAX_RESULTS}, got {self.top_k!r}")

    def initial_state(self, task: Task) -> Any:
        """Begin with nothing asked and nothing seen."""
        return NOTHING_SEEN

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Search and write what was found."""
        library = library_of(task, self.source, self.retriever)
        if not arguments["query"].strip():
            return ToolResult(text="the query is empty", error=True)
        mode = arguments.get("mode", "passage")
        if mode != "passage" and is_address(self.source):
            return ToolResult(
                text=f"there is no mode {mode!r} here: a server searches by passage", error=True
            )
        hits = library.search(arguments["query"], top_k=arguments.get("top_k", self.top_k), mode=mode)
        ids = tuple(hit.page.id for hit in hits)
        after = {
            "queries": (*state["queries"], arguments["query"]),
            "found": (*state["found"], ids),
            "pages": tuple(dict.fromkeys([*state["pages"], *ids])),
            "runs": state["runs"] + RUNS[mode],
        }
        return ToolResult(text=format_hits(hits), state=after)


def library_of(task: Task, source: str | None, retriever: Make = "bm25") -> Library:
    """Return what a task is searched in.

    Raises:
        ConfigError: there is no source, and the task has no world of its own.
    """
    if source is not None:
        return open_library(source, retriever)
    world = task.ground_truth.get("world")
    if not isinstance(world, Mapping):
        raise ConfigError(
            f"{task.family} has no pages to search: give the tool a source, such as a .jsonl file"
        )
    return open_library(WorldSettings.from_dict(world), retriever)
