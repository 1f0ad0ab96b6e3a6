"""Bin packing: which trajectories go to the forward pass together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

__all__ = ["Item", "first_fit"]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A trajectory as it is weighed."""

    index: int
    prompt: bytes
    """What it can share; a bin pays for each prompt once. Empty: nothing."""
    prompt_length: int
    """Positions of the prompt; 0 where there is none to share."""
    rest: int
    """Positions after the prompt."""


class _Bin:
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.prompts: set[bytes] = set()
        self.size = 0

    def cost(self, items: Sequence[Item]) -> int:
        prompts = {item.prompt: item.prompt_length for item in items if item.prompt not in self.prompts}
        return sum(item.rest for item in items) + sum(prompts.values())

    def add(self, items: Sequence[Item]) -> None:
        self.size += self.cost(items)
        self.items.extend(items)
        self.prompts.update(item.prompt for item in items)


def first_fit(blocks: Sequence[Sequence[Item]], max_size: int) -> list[list[Item]]:
    """Put each block whole into a bin of at most ``max_size`` positions: first fit, the largest first.

    Blocks with the same prompt stay together where they fit into one bin; where they do not, each goes to a
    bin that holds its prompt already before it opens another. Equal sizes keep their order.

    Args:
        blocks: Not empty each; what a block holds is not divided.
        max_size: Positions.

    Raises:
        ValueError: a block alone is larger.
    """
    clusters: defaultdict[Hashable, list[Sequence[Item]]] = defaultdict(list)
    for number, block in enumerate(blocks):
        clusters[block[0].prompt or number].append(block)
    bins: list[_Bin] = []
    for cluster in sorted(clusters.values(), key=lambda cluster: -_size(_joined(cluster))):
        whole = _joined(cluster)
        pieces = [whole] if _size(whole) <= max_size else sorted(cluster, key=lambda block: -_size(block))
        for piece in pieces:
            _place(piece, bins, max_size)
    return [one.items for one in bins]


def _place(items: Sequence[Item], bins: list[_Bin], max_size: int) -> None:
    if _size(items) > max_size:
        indices = ", ".join(str(item.index) for item in items)
        raise ValueError(
            f"max_tokens={max_size} is too small: trajectory {indices} needs {_size(items)} tokens"
        )
    holding = [one for one in bins if items[0].prompt and items[0].prompt in one.prompts]
    for one in (*holding, *bins):
        if one.size + one.cost(items) <= max_size:
            one.add(items)
            return
    bins.append(_Bin())
    bins[-1].add(items)


def _joined(blocks: Sequence[Sequence[Item]]) -> list[Item]:
    return [item for block in blocks for item in block]


def _size(items: Sequence[Item]) -> int:
    return _Bin().cost(items)
