"""ARENA's reward: form, exact match, the relevance of what is cited, and a bonus where all three are full."""

from __future__ import annotations

from collections.abc import Iterable

from reason.envs.dialects.arena import citations
from reason.envs.episode import Episode
from reason.envs.rules import EpisodeReward
from reason.envs.tools.search import library_of
from reason.rewards.search_episode import evidence_of, turns, well_formed
from reason.search.corpus import title_key
from reason.verdict import Verdict

__all__ = ["arena", "arena_of", "relevance"]

FULL, PARTIAL = 1.0, 0.5
BONUS = 10.0


def relevance(cited: Iterable[str], gold: Iterable[str]) -> float:
    """Return 1 where exactly the gold pages are cited, 0.5 where some of them are, else 0.

    >>> relevance(["a", "b"], ["b", "a"]), relevance(["a", "c"], ["a", "b"]), relevance([], ["a"])
    (1.0, 0.5, 0.0)

    Args:
        cited: Ids of the pages that the policy says it used; how often and in which order does not count.
        gold: Ids of the pages that the answer rests on.

    Raises:
        ValueError: there is no gold page, so that relevance means nothing.
    """
    said, wanted = set(cited), set(gold)
    if not wanted:
        raise ValueError("gold must hold a page")
    if said == wanted:
        return FULL
    return PARTIAL if said & wanted else 0.0


def arena(*, well_formed: bool, exact_match: bool, relevance: float) -> float:
    """Return form + exact match + relevance, and 10 more where all three are 1.

    Source: Ren et al., "Effective and Transparent RAG: Adaptive-Reward Reinforcement Learning for Decision
    Traceability" (2505.13258, ARENA), from notes on its text; the code was not seen.

    >>> arena(well_formed=True, exact_match=True, relevance=1.0)
    13.0
    >>> arena(well_formed=True, exact_match=False, relevance=0.5)
    1.5

    Args:
        well_formed: Whether the text has the asked form.
        exact_match: Whether the answer is right.
        relevance: Of :func:`relevance`: 0, 0.5 or 1.

    Raises:
        ValueError: ``relevance`` is none of these.
    """
    if relevance not in (0.0, PARTIAL, FULL):
        raise ValueError(f"relevance must be 0, 0.5 or 1, got {relevance!r}")
    total = float(well_formed) + float(exact_match) + relevance
    return total + BONUS if well_formed and exact_match and relevance == FULL else total


def _of(episode: Episode, verdict: Verdict) -> float:
    corpus = library_of(episode.task, None).corpus
    gold = [page for page_id in evidence_of(episode).gold if (page := corpus.get(page_id))]
    last = turns(episode)[-1]
    cited = [title_key(page.title) for title in citations(last) for page in corpus.find(title)[:1]]
    unknown = [title for title in citations(last) if not corpus.find(title)]
    return arena(
        well_formed=well_formed(episode) and bool(citations(last)) and "<analysis>" in last.casefold(),
        exact_match=verdict.passed is True,
        relevance=relevance([*cited, *unknown], [title_key(page.title) for page in gold]),
    )


arena_of = EpisodeReward(_of)
"""ARENA's reward of an episode of Search-v0 (``protocol="arena"``): an environment's ``reward``.

The form is Search-R1's with citations and an analysis in the last turn; pages are compared by title.
"""
