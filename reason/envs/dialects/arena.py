"""ARENA's tags: Search-R1's, and with the answer the pages that it rests on and how it follows from them.

Source: Ren et al., "Effective and Transparent RAG: Adaptive-Reward Reinforcement Learning for Decision
Traceability" (2505.13258): evidence, analysis, answer. There all passages stand in the prompt and are named
by number; here they are found by searches and named by title. That is no call: :func:`citations` reads it.
"""

from __future__ import annotations

from reason.envs.dialects._tagged import blocks, pattern, spoken
from reason.envs.dialects.search_r1 import SearchR1

__all__ = ["Arena", "citations"]

_RELEVANCE = pattern(
    [("<relevance>", "</relevance>"), ("<answer>", "</answer>"), ("<information>", "</information>")]
)


class Arena(SearchR1):
    """``<think>``, ``<search>``, ``<information>``, ``<relevance>``, ``<analysis>``, ``<answer>``."""

    name = "arena"
    preface = (
        "Reason between <think> and </think> first. Before the answer, write the titles of the pages that it "
        "rests on between <relevance> and </relevance>, one a line, and how it follows from them between "
        "<analysis> and </analysis>. Where you lack knowledge, ask for it:"
    )


def citations(text: str) -> list[str]:
    r"""Return the titles that a turn cites, in order; nothing where it cites none.

    >>> citations("<relevance>\nDorvale\n- Bryn Holm\n</relevance><answer>312</answer>")
    ['Dorvale', 'Bryn Holm']
    """
    found = blocks(spoken(text), _RELEVANCE, 1)
    lines = (line.strip().lstrip("-* ").strip('" ') for block in found for line in block.content.split("\n"))
    return [line for line in lines if line]
