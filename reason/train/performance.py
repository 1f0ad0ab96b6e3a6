"""How fast a step was: seconds and tokens by phase, the share of the device's peak, memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence

import numpy as np
import torch

from reason.envs.timings import Timings
from reason.train.policy.protocol import PolicyShape
from reason.train.trajectory import Group

__all__ = ["Meter", "peak_flops", "training_flops"]

PEAK_FLOPS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "4090": 165e12, "B200": 2250e12}
"""Dense bfloat16 multiply-adds of tensor cores in FLOP a second, from the makers' data sheets."""

PHASES = ("rollout", "decode", "env", "reset", "update")


def peak_flops(device: torch.device) -> float | None:
    """Return a device's peak in FLOP a second; None where it is not known, as for a CPU."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    return next((peak for part, peak in PEAK_FLOPS.items() if part in name), None)


def training_flops(
    shape: PolicyShape, num_parameters: int, lengths: Sequence[int], *, tokens: int | None = None
) -> float:
    """Return the FLOP of one forward and backward pass: 6 N a token, and attention's 6 L d T.

    Attention is causal: half of 12 L d T, of the length T of each sequence. Source: Chowdhery et al.,
    "PaLM" (2204.02311, appendix B).

    Args:
        shape: Sizes of the model.
        num_parameters: N.
        lengths: Tokens of each sequence.
        tokens: Positions that were computed, where shared prompts make them fewer than all lengths together.
    """
    length_S = np.asarray(lengths, dtype=np.float64)
    dense = 6.0 * num_parameters * (length_S.sum() if tokens is None else tokens)
    return float(dense + 6.0 * shape.num_layers * shape.d_model * (length_S**2).sum())


class Meter:
    """Measures one step, from its making on."""

    def __init__(self, *timings: Timings) -> None:
        """Begin.

        Args:
            timings: Where the phases are added up.
        """
        self._timings = timings
        self._before, self._started = self._seconds(), time.perf_counter()

    def metrics(
        self,
        played: Sequence[Group],
        learned: Sequence[Group],
        *,
        shape: PolicyShape,
        num_parameters: int,
        passes: int,
        device: torch.device,
        processes: int = 1,
    ) -> dict[str, float]:
        """Return the metrics of the step.

        Args:
            played: Groups of all processes.
            learned: Those that passes were made for, each prompt once.
            shape: Sizes of the model.
            num_parameters: Its weights.
            passes: Times that each token was learned from.
            device: Of this process.
            processes: How many there are.
        """
        spent = {name: value - self._before.get(name, 0.0) for name, value in self._seconds().items()}
        found = {f"seconds_{name}": spent[name] for name in PHASES if name in spent}
        found["seconds_step"] = time.perf_counter() - self._started
        generated = sum(member.num_generated for group in played for member in group.members)
        lengths = [len(member.token_ids_T) for group in learned for member in group.members]
        repeated = sum(
            group.members[0].prompt_length * (len(group.members) - 1) for group in learned if group.members
        )
        tokens = sum(lengths) - repeated
        found["decode_tokens_per_second"] = generated / max(spent.get("decode", 0.0), 1e-9)
        found["rollout_tokens_per_second"] = generated / max(spent.get("rollout", 0.0), 1e-9)
        found["update_tokens_per_second"] = passes * tokens / max(spent.get("update", 0.0), 1e-9)
        if peak := peak_flops(device):
            flops = passes * training_flops(shape, num_parameters, lengths, tokens=tokens)
            found["mfu"] = flops / (max(spent.get("update", 0.0), 1e-9) * peak * processes)
        found["memory_gib"] = _memory(device) / 2**30
        return found

    def _seconds(self) -> dict[str, float]:
        return {
            name: entry["seconds"] for timings in self._timings for name, entry in timings.to_dict().items()
        }


def _memory(device: torch.device) -> float:
    """Return the most bytes that were in use: of the GPU, or of the process."""
    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else most * 1024)
