"""ARENA's reward: form, exact match, the relevance of what is cited, and a bonus where all three are full."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["arena", "relevance"]

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
    Traceability" (2505.13258, ARENA), from its text; the code was not seen.

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
