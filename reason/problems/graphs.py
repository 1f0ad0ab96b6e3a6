"""Graphs as lists of edges: drawn at random, and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

__all__ = ["draw_edges", "is_acyclic", "is_connected"]

MAX_TRIES = 200

Edge = tuple[int, int]


def is_connected(nodes: Sequence[int], edges: Iterable[Edge]) -> bool:
    """Tell whether edges join all nodes."""
    leader = {node: node for node in nodes}
    groups = len(leader)
    for left, right in edges:
        left, right = _find(leader, left), _find(leader, right)
        if left != right:
            leader[left] = right
            groups -= 1
    return groups <= 1


def is_acyclic(nodes: Sequence[int], edges: Sequence[Edge]) -> bool:
    """Tell whether directed edges form no cycle (Kahn 1962)."""
    after: dict[int, list[int]] = {node: [] for node in nodes}
    before = dict.fromkeys(nodes, 0)
    for left, right in edges:
        after[left].append(right)
        before[right] += 1
    free = [node for node in nodes if not before[node]]
    for node in free:
        for other in after[node]:
            before[other] -= 1
            if not before[other]:
                free.append(other)
    return len(free) == len(before)


def draw_edges(nodes: Sequence[int], count: int, wanted: frozenset[str], rng: Random) -> list[Edge] | None:
    """Draw edges; None where there are none that keep all wishes.

    Args:
        nodes: What they join.
        count: How many edges are wanted.
        wanted: Of ``unequal``, ``simple``, ``connected``, ``tree`` and ``acyclic``.
        rng: The only source of randomness.
    """
    simple = bool(wanted & {"simple", "tree"})
    if simple and count > len(nodes) * (len(nodes) - 1) // 2:
        return None
    edges: list[Edge] = []
    if wanted & {"connected", "tree"}:
        if count < len(nodes) - 1 or ("tree" in wanted and count != len(nodes) - 1):
            return None
        order = rng.sample(nodes, len(nodes))
        edges = [(rng.choice(order[:at]), order[at]) for at in range(1, len(order))]
    seen = {frozenset(edge) for edge in edges}
    distinct = simple or bool(wanted & {"unequal", "acyclic"})
    if len(nodes) < 2 and distinct and count:
        return None
    for _ in range(MAX_TRIES * (count + 1)):
        if len(edges) == count:
            break
        left, right = rng.sample(nodes, 2) if distinct else rng.choices(nodes, k=2)
        if simple and frozenset((left, right)) in seen:
            continue
        seen.add(frozenset((left, right)))
        edges.append((left, right))
    else:
        return None
    if "acyclic" in wanted:
        place = {node: at for at, node in enumerate(rng.sample(nodes, len(nodes)))}
        edges = [edge if place[edge[0]] < place[edge[1]] else edge[::-1] for edge in edges]
    else:
        edges = [edge if rng.random() < 0.5 else edge[::-1] for edge in edges]
    rng.shuffle(edges)
    return edges


def _find(leader: dict[int, int], node: int) -> int:
    while leader[node] != node:
        leader[node] = node = leader[leader[node]]
    return node
