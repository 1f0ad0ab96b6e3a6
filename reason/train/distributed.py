"""Several processes that train one policy: who they are, sums over them, and FSDP2."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from reason.errors import ConfigError

__all__ = ["World", "full_tensor", "shard", "world"]


@dataclass(frozen=True, kw_only=True)
class World:
    """The processes of the run; one of them where there is no ``torchrun``."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def leads(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def share(self, items: Sequence[Any]) -> list[Any]:
        """Return this process's part of something that all know."""
        return list(items[self.rank :: self.size])

    def sum(self, values: Sequence[float]) -> list[float]:
        """Add numbers up over all processes."""
        return self._reduce(values, "SUM")

    def max(self, values: Sequence[float]) -> list[float]:
        """Take the largest numbers of all processes."""
        return self._reduce(values, "MAX")

    def gather(self, item: Any) -> list[Any]:
        """Return what each process gave, in the order of their ranks."""
        if self.size == 1:
            return [item]
        found: list[Any] = [None] * self.size
        torch.distributed.all_gather_object(found, item)
        return found

    def barrier(self) -> None:
        """Wait for all processes."""
        if self.size > 1:
            torch.distributed.barrier()

    def _reduce(self, values: Sequence[float], operation: str) -> list[float]:
        if self.size == 1:
            return [float(value) for value in values]
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.all_reduce(tensor, op=getattr(torch.distributed.ReduceOp, operation))
        return [float(value) for value in tensor.tolist()]


@contextmanager
def world(device: str = "auto") -> Iterator[World]:
    """Join the processes that ``torchrun`` started, if it did, and leave them at the end.

    Args:
        device: ``cpu``, ``cuda``, or ``auto`` for a GPU where there is one.

    Raises:
        ConfigError: there is no such device.
    """
    cuda = torch.cuda.is_available()
    if device == "cuda" and not cuda:
        raise ConfigError("policy.device is 'cuda', but torch sees no GPU here")
    kind = ("cuda" if cuda else "cpu") if device == "auto" else device
    size = int(os.environ.get("WORLD_SIZE", "1"))
    rank, local = int(os.environ.get("RANK", "0")), int(os.environ.get("LOCAL_RANK", "0"))
    place = torch.device("cuda", local) if kind == "cuda" else torch.device("cpu")
    if kind == "cuda":
        torch.cuda.set_device(place)
    joined = size > 1 and not torch.distributed.is_initialized()
    if joined:
        torch.distributed.init_process_group("nccl" if kind == "cuda" else "gloo")
    try:
        yield World(rank=rank, size=size, device=place)
    finally:
        if joined:
            torch.distributed.destroy_process_group()


def shard(policy: nn.Module, members: World, *, bfloat16: bool = False) -> None:
    """Cut a policy's weights over all processes, in place (FSDP2); one process keeps them whole.

    Gradients then come out as the mean over processes, so losses are multiplied by their number.

    Args:
        policy: Anything with blocks in ``layers``.
        members: The processes.
        bfloat16: Whether blocks compute in bfloat16 on float32 weights.
    """
    if members.size == 1:
        return
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    mesh = init_device_mesh(members.device.type, (members.size,))
    precision = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
    options: dict[str, Any] = {"mesh": mesh} | ({"mp_policy": precision} if bfloat16 else {})
    blocks = next((child for name, child in policy.named_modules() if name.endswith("layers")), None)
    for block in blocks.children() if blocks is not None else ():
        fully_shard(block, **options)
    fully_shard(policy, reshard_after_forward=False, **options)


def full_tensor(tensor: Tensor) -> Tensor:
    """Return a weight as a whole, with its gradient, where it may be cut over processes."""
    from torch.distributed.tensor import DTensor

    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
