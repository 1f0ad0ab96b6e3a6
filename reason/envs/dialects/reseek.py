"""ReSeek's tags: Search-R1's, and ``<judge>`` with Yes or No on whether the last information helps.

A judgement is no call: it stands in a turn beside the next search or the answer. :func:`judgements` reads it.
Source: "ReSeek: A Self-Correcting Framework for Search Agents with Instructive Rewards" (2510.00568).
"""

from __future__ import annotations

from reason.envs.dialects._tagged import blocks, pattern, spoken
from reason.envs.dialects.search_r1 import SearchR1

__all__ = ["ReSeek", "judgements"]

_JUDGE = pattern([("<judge>", "</judge>"), ("<answer>", "</answer>"), ("<information>", "</information>")])
_WORDS = {"yes": True, "no": False}


class ReSeek(SearchR1):
    """``<think>``, ``<search>``, ``<information>``, ``<judge>``, ``<answer>``."""

    name = "reseek"
    preface = (
        "Reason between <think> and </think> first. After each information, say between <judge> and "
        "</judge> whether it helps: Yes or No. Where you lack knowledge, ask for it:"
    )


def judgements(text: str) -> list[bool | None]:
    """Return the judgements of one turn in order, True for Yes; None for one that says something else.

    >>> judgements("<judge>Yes</judge><search>who</search>")
    [True]
    """
    found = blocks(spoken(text), _JUDGE, 1)
    return [_WORDS.get(block.content.strip().rstrip(".").casefold()) for block in found]
