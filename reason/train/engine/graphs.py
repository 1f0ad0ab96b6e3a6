"""The eager engine with each decoding step recorded once as a CUDA graph and then replayed.

A step of a small model is some hundreds of kernels that the host takes longer to launch than the GPU to run;
a graph is launched at once. It fixes all shapes and addresses, so there is one graph for each bucket of
(rows, places looked at, whether any row truncates), over the same static cache and state.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from reason.errors import ConfigError
from reason.train.engine.eager import EagerEngine
from reason.train.engine.rows import Turn
from reason.train.policy.protocol import Policy

__all__ = ["GraphEngine", "batch_bucket", "length_bucket"]

LARGE_BATCH = 64
"""Above it buckets grow by this much; below they double."""
SMALLEST_LENGTH, LONG = 128, 1024
"""Lengths double from the first; above the second they grow by it."""


def batch_bucket(rows: int) -> int:
    """Return the rows of the graph that runs ``rows``.

    >>> [batch_bucket(rows) for rows in (1, 3, 64, 65, 300)]
    [1, 4, 64, 128, 320]
    """
    if rows <= LARGE_BATCH:
        return 1 << (rows - 1).bit_length()
    return -(-rows // LARGE_BATCH) * LARGE_BATCH


def length_bucket(places: int) -> int:
    """Return the places that the graph for ``places`` looks at.

    >>> [length_bucket(places) for places in (1, 129, 1000, 1025)]
    [128, 256, 1024, 2048]
    """
    if places <= LONG:
        return max(SMALLEST_LENGTH, 1 << (places - 1).bit_length())
    return -(-places // LONG) * LONG


class GraphEngine(EagerEngine):
    """Samples from a decoder on a GPU, one graph launch a token."""

    def __init__(
        self, policy: Policy, *, num_slots: int, max_length: int, steps_per_check: int | None = None
    ) -> None:
        """Allocate the cache; graphs are recorded when their bucket is first used.

        Args:
            policy: As of the eager engine, on a GPU.
            num_slots: As of the eager engine.
            max_length: As of the eager engine.
            steps_per_check: As of the eager engine.

        Raises:
            ConfigError: the policy is not on a GPU.
        """
        device = policy.output_weight_V_D.device
        if device.type != "cuda":
            raise ConfigError(f"the graphs engine needs a policy on a CUDA device, got {device}; take eager")
        super().__init__(policy, num_slots=num_slots, max_length=max_length, steps_per_check=steps_per_check)
        self._graphs: dict[tuple[int, int, bool], torch.cuda.CUDAGraph] = {}
        self._addresses = self._weight_addresses()
        self._pool = torch.cuda.graph_pool_handle()

    def load_weights(self, policy: Policy) -> None:
        """Sample from these weights; graphs stay valid unless the weights have moved in memory."""
        super().load_weights(policy)
        if self._weight_addresses() != self._addresses:
            self._graphs.clear()
            self._addresses = self._weight_addresses()

    def _weight_addresses(self) -> list[int]:
        return [parameter.data_ptr() for parameter in self._policy.parameters()]

    def _begin(self, turns: Sequence[Turn]) -> bool:
        replaced = super()._begin(turns)
        if replaced:
            self._graphs.clear()
        return replaced

    def _batch_size(self, rows: int) -> int:
        return min(batch_bucket(rows), len(self._decoding_S))

    def _length(self, places: int) -> int:
        return min(length_bucket(places), self._max_length)

    def _advance(self, batch: int, length: int, truncated: bool) -> None:
        """Replay the bucket's graph.

        The first step of a bucket runs plainly, which also lets libraries allocate what they need; the
        recording that follows it runs nothing.
        """
        key = batch, length, truncated
        graph = self._graphs.get(key)
        if graph is not None:
            graph.replay()
            return
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            super()._advance(batch, length, truncated)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            super()._advance(batch, length, truncated)
        self._graphs[key] = graph
