"""What the rewards on searches look at: the evidence that an episode found, and what the policy wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reason.envs.episode import Episode
from reason.errors import ConfigError

__all__ = ["Evidence", "evidence_of", "thinking", "turns", "well_formed"]

_TAG = re.compile(r"<\s*+(/?)\s*+(think|answer)\s*+>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The pages of an episode."""

    gold: tuple[str, ...]
    """Ids of the pages that the answer rests on."""
    pages: tuple[str, ...]
    """Ids of all pages that were shown, in order, each once."""
    runs: int
    """Runs of retrievers that the searches took: see :data:`reason.search.graph.RUNS`."""


def evidence_of(episode: Episode) -> Evidence:
    """Return the evidence of an episode with the tool ``search``.

    Raises:
        ConfigError: there is no such tool, or the task does not say which pages it rests on.
    """
    tools, gold = episode.state.get("tools"), episode.task.ground_truth.get("pages")
    seen = tools.get("search") if isinstance(tools, Mapping) else None
    if seen is None:
        raise ConfigError(f"this reward needs the tool search; {episode.task.family} was played without it")
    if not gold:
        raise ConfigError("this reward needs a task that says which pages its answer rests on")
    return Evidence(gold=tuple(gold), pages=tuple(seen["pages"]), runs=int(seen["runs"]))


def turns(episode: Episode) -> list[str]:
    """Return what the policy wrote, turn by turn."""
    shown = len(episode.task.prompt)
    return [content for role, content in episode.messages[shown:] if role == "assistant"]


def thinking(text: str) -> str:
    """Return what stands between the first ``<think>`` of a turn and the last ``</think>``; empty without."""
    tags = [match for match in _TAG.finditer(text) if match[2].casefold() == "think"]
    opening = next((match for match in tags if not match[1]), None)
    closing = next((match for match in reversed(tags) if match[1]), None)
    if opening is None or closing is None or closing.start() < opening.end():
        return ""
    return text[opening.end() : closing.start()]


def well_formed(episode: Episode) -> bool:
    """Tell whether every turn thinks between tags first, once, and only the last one answers, once.

    That is the form that Search-R1 and its followers ask for; the search itself is the dialect's business.
    """
    written = turns(episode)
    return bool(written) and [*map(_form, written)] == [_THINK] * (len(written) - 1) + [[*_THINK, *_ANSWER]]


_THINK, _ANSWER = ["think", "/think"], ["answer", "/answer"]


def _form(text: str) -> list[str]:
    if not text.lstrip().casefold().startswith("<think>"):
        return []
    return [match[1] + match[2].casefold() for match in _TAG.finditer(text)]
