"""The learner: groups of trajectories become optimiser steps.

Flat arrays of a rollout hold its target tokens, by sequence, then by token. All processes know all
trajectories and compute the same advantages; each makes the passes for its share.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reason.errors import ConfigError
from reason.seeding import stream
from reason.train import loss as losses
from reason.train.batch import Rollout, TokenBatch, Totals, merge_metrics
from reason.train.config import ComponentConfig, OptimizerConfig
from reason.train.credit import credits_of, given_advantages, mean_advantages
from reason.train.distributed import World
from reason.train.masks import lengths, live_sequences, loss_mask, top_entropy
from reason.train.optimizer import Optimizer
from reason.train.packing import MicroBatch, targets_of
from reason.train.passes import Passes, Scored
from reason.train.policy.protocol import Policy
from reason.train.trajectory import Group, Trajectory
from reason.train.value_head import ValueHead
from reason.train.whole import load_moments, load_weights, whole_moments, whole_weights

__all__ = ["Learner"]


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """A rollout with all that the losses need of it; arrays are flat over its tokens."""

    trajectories: Sequence[Trajectory]
    rows: NDArray[np.int64]
    """Where the tokens of each sequence begin; one more at the end."""
    arrays: Mapping[str, NDArray[Any]]
    """By the names of ``TokenBatch``."""
    teaches_S: NDArray[np.bool_]
    """Sequences that have a gradient; the others' passes are saved."""


class Learner:
    """Owns the optimiser of a policy, and the loss that it is trained with."""

    def __init__(
        self,
        policy: Policy,
        *,
        loss: ComponentConfig,
        reference: Policy | None = None,
        config: OptimizerConfig,
        passes: Passes,
        max_generated: int,
        seed: int,
        total_steps: int,
        world: World | None = None,
    ) -> None:
        """Make a learner.

        Args:
            policy: What is trained, on its device, sharded where there are several processes.
            loss: Name and options.
            reference: Whole weights to copy where the loss needs a reference; the policy's where None.
            config: Of the optimiser.
            passes: How forward passes are made.
            max_generated: The most tokens that a sequence may generate.
            seed: Of the run; names the shuffles' random streams.
            total_steps: Steps of the schedule.
            world: The processes.

        Raises:
            ConfigError: there is no such loss, or an option cannot be.
        """
        self.loss = losses.load(loss.name, loss.options)
        self._needs = self.loss.options.needs
        self.policy, self._config, self._passes = policy, config, passes
        self._max_generated, self._seed = max_generated, seed
        self._world = world or World()
        self.advantages: Mapping[int, Mapping[int, float]] = {}
        """Mean advantage of each member in the last update, by group and member; empty where the loss has
        none."""
        self.value_head: ValueHead | None = None
        if "values_N" in self._needs:
            if self._world.size > 1:
                raise ConfigError(f"loss {loss.name!r} has a value head, which one process alone can train")
            self.value_head = ValueHead(policy.config.d_model).to(passes.device)
        self.reference: Policy | None = None
        self.remember_reference(reference or policy)
        modules = [policy] if self.value_head is None else [policy, self.value_head]
        self.optimizer = Optimizer(modules, config, total_steps=total_steps)

    def remember_reference(self, policy: Policy) -> None:
        """Measure divergences from this policy as it is now, where the loss has any."""
        if "reference_logprobs_N" in self._needs:
            self.reference = copy.deepcopy(policy).requires_grad_(False)

    def update(self, groups: Sequence[Group], step: int) -> dict[str, float]:
        """Learn from a rollout.

        Args:
            groups: All groups of all processes, in the same order everywhere.
            step: Number of the step: names the shuffles and sets the learning rate.

        Returns:
            Metrics.
        """
        trajectories = [member for group in groups for member in group.members if member.num_generated]
        prepared = self._prepare(trajectories)
        metrics: list[dict[str, float]] = []
        for epoch in range(self._config.epochs):
            for part in self._parts(trajectories, step, epoch):
                if prepared.teaches_S[part].any():
                    metrics.append(self._step(prepared, part, step, first=not metrics))
        return {**_summary(metrics), "skipped": float(1 - prepared.teaches_S.mean()) if trajectories else 1.0}

    def state_dict(self) -> dict[str, Any]:
        """Return weights and moments, those of sharded policies put together."""
        modules = {"policy": self.policy, "value_head": self.value_head, "reference": self.reference}
        weights = {name: whole_weights(one, self._world) for name, one in modules.items() if one is not None}
        moments = whole_moments(self.policy, self.optimizer.adam, self._world)
        return {**weights, "adam": moments, "optimizer": self.optimizer.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned."""
        modules = {"policy": self.policy, "value_head": self.value_head, "reference": self.reference}
        for name, module in modules.items():
            if module is not None:
                load_weights(module, state[name], self._world)
        load_moments(self.policy, self.optimizer.adam, state["adam"], self._world)
        self.optimizer.load_state_dict(state["optimizer"])

    def _prepare(self, trajectories: Sequence[Trajectory]) -> _Prepared:
        """Compute everything that does not change during the step."""
        sequence_N, _ = targets_of(trajectories)
        count = len(trajectories)
        rewards_S = np.array([member.reward for member in trajectories], dtype=np.float64)
        truncated_S = np.array([member.truncated for member in trajectories], dtype=np.bool_)
        masks_truncated = self.loss.options.mask_truncated
        mask_N = loss_mask(sequence_N, rewards_S, truncated_S if masks_truncated else None)
        arrays = self._known(trajectories, mask_N)
        credits_N, step_N = credits_of(trajectories) or (None, None)
        rollout = Rollout(
            rewards_S=rewards_S,
            group_S=np.array([member.group for member in trajectories], dtype=np.int64),
            sequence_N=sequence_N,
            mask_N=mask_N,
            old_logprobs_N=arrays["old_logprobs_N"],
            reference_logprobs_N=arrays.get("reference_logprobs_N"),
            old_values_N=arrays.get("old_values_N"),
            credits_N=credits_N,
            step_N=step_N,
        )
        found = self.loss.advantages(rollout)
        given_N = given_advantages(trajectories)
        if given_N is not None:
            found = replace(found, advantages_N=np.where(found.mask_N, given_N, 0.0))
        if self.loss.options.has_advantages:
            self.advantages = mean_advantages(trajectories, sequence_N, found)
        arrays |= {"advantages_N": found.advantages_N, "mask_N": found.mask_N}
        if found.returns_N is not None:
            arrays["returns_N"] = found.returns_N
        teaches_S = live_sequences(found, sequence_N, count)
        if self.loss.options.learns_without_advantage:
            teaches_S = lengths(found.mask_N, sequence_N, count) > 0
        rows = np.searchsorted(sequence_N, np.arange(count + 1))
        return _Prepared(trajectories=trajectories, rows=rows, arrays=arrays, teaches_S=teaches_S)

    def _known(
        self, trajectories: Sequence[Trajectory], mask_N: NDArray[np.bool_]
    ) -> dict[str, NDArray[Any]]:
        """Return what is known of the tokens before the first update, by the names of ``TokenBatch``."""
        sampler_N = _flat([member.sampler_logprobs_T[member.generated_T] for member in trajectories])
        arrays: dict[str, NDArray[Any]] = {"sampler_logprobs_N": sampler_N, "old_logprobs_N": sampler_N}
        if self._config.recompute_logprobs or {"keep_N", "old_values_N"} & self._needs:
            old_N, entropies_N, values_N = self._passes.score_all(self.policy, trajectories, self.value_head)
            if self._config.recompute_logprobs:
                arrays["old_logprobs_N"] = old_N
            if "keep_N" in self._needs:
                share = getattr(self.loss.options, "top_entropy", 1.0)
                arrays["keep_N"] = top_entropy(entropies_N, mask_N, share)
            if self.value_head is not None:
                arrays["old_values_N"] = values_N
        if self.reference is not None:
            arrays["reference_logprobs_N"], _, _ = self._passes.score_all(self.reference, trajectories)
        return arrays

    def _parts(self, trajectories: Sequence[Trajectory], step: int, epoch: int) -> list[NDArray[np.int64]]:
        """Cut the sequences into as many parts as there are updates; members of pairs stay together."""
        rng = stream("reason.train.shuffle", self._seed, step, epoch)
        groups = [member.group for member in trajectories]
        pairs = "group_S" in self._needs
        units = list(dict.fromkeys(groups)) if pairs else list(range(len(trajectories)))
        rng.shuffle(units)
        count = min(self._config.updates_per_rollout, len(units))
        parts = [set(units[number::count]) for number in range(count)]
        keys: Sequence[int] = groups if pairs else range(len(trajectories))
        return [
            np.array([at for at, key in enumerate(keys) if key in part], dtype=np.int64) for part in parts
        ]

    def _step(
        self, prepared: _Prepared, part: NDArray[np.int64], step: int, *, first: bool
    ) -> dict[str, float]:
        """Make one optimiser step of some sequences."""
        token_P = np.concatenate([np.arange(prepared.rows[at], prepared.rows[at + 1]) for at in part])
        sequence_P = np.repeat(np.arange(len(part)), np.diff(prepared.rows)[part])
        totals = Totals.of(prepared.arrays["mask_N"][token_P], sequence_P, max_tokens=self._max_generated)
        chosen = self._share([at for at in part if prepared.teaches_S[at]], prepared.trajectories)
        own = np.concatenate([*(np.arange(prepared.rows[at], prepared.rows[at + 1]) for at in chosen), []])
        arrays = {name: array[own.astype(np.int64)] for name, array in prepared.arrays.items()}
        trajectories = [prepared.trajectories[at] for at in chosen]
        micros = self._passes.micro_batches(trajectories, groups_together="group_S" in self._needs)
        # Before the first pass: sharded weights are gathered by all processes together, in one order.
        (most,) = self._world.max([len(micros)])
        outputs, tracked = [], _Tracked()
        for micro in micros:
            scored = self._passes.score(self.policy, micro.to(self._passes.device), self.value_head)
            batch = self._token_batch(micro, scored, arrays, trajectories)
            output = self.loss(batch, totals)
            torch.autograd.backward(output.loss * self._world.size)
            outputs.append({"loss": output.loss.detach(), **output.metrics})
            tracked.add(batch)
        self._idle(micros, int(most) - len(micros))
        norm = self.optimizer.step(step)
        merged = self._merge({name: float(value) for name, value in merge_metrics(outputs).items()})
        # The loss's means count sequences whose pass was saved; and after the first update its gap to the
        # sampler is mostly what was learned.
        merged = {name: value for name, value in merged.items() if not name.startswith("sampler_gap")}
        merged |= tracked.metrics(self._world, mismatch=first)
        return {**merged, "grad_norm": norm, "lr": self.optimizer.rate}

    def _share(self, chosen: Sequence[int], trajectories: Sequence[Trajectory]) -> list[int]:
        """Return this process's part of some sequences; pairs are not torn apart."""
        if "group_S" not in self._needs:
            return self._world.share(chosen)
        groups = set(self._world.share(list(dict.fromkeys(trajectories[at].group for at in chosen))))
        return [at for at in chosen if trajectories[at].group in groups]

    def _idle(self, micros: Sequence[MicroBatch], count: int) -> None:
        """Join the passes of processes that have more micro-batches than this one."""
        for _ in range(count):
            micro = (micros or self._passes.micro_batches([_dummy()]))[0].to(self._passes.device)
            scored = self._passes.score(self.policy, micro, self.value_head)
            total = scored.logprobs_M.sum() + (0 if scored.values_M is None else scored.values_M.sum())
            torch.autograd.backward(total * 0.0)

    def _token_batch(
        self,
        micro: MicroBatch,
        scored: Scored,
        arrays: Mapping[str, NDArray[Any]],
        trajectories: Sequence[Trajectory],
    ) -> TokenBatch:
        device = self._passes.device
        flat = micro.flat_M.cpu().numpy()

        def tensor(array: NDArray[Any]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(array)).to(device)

        fields = {
            name: tensor(array[flat] if array.dtype == np.bool_ else array[flat].astype(np.float32))
            for name, array in arrays.items()
        }
        row_M = micro.row_M.cpu().numpy()
        lengths = np.bincount(row_M[arrays["mask_N"][flat]], minlength=len(micro.trajectories_R))
        groups = [trajectories[at].group for at in micro.trajectories_R]
        return TokenBatch(
            logprobs_N=scored.logprobs_M,
            entropies_N=scored.entropies_M,
            values_N=scored.values_M,
            sequence_N=micro.row_M.to(device),
            lengths_S=tensor(lengths.astype(np.int64)),
            group_S=tensor(np.array(groups, dtype=np.int64)),
            **fields,
        )

    def _merge(self, metrics: Mapping[str, float]) -> dict[str, float]:
        """Combine a step's metrics over all processes."""
        if self._world.size == 1:
            return dict(metrics)
        return {
            name: float(value)
            for name, value in merge_metrics(
                {name: torch.tensor(value) for name, value in one.items()}
                for one in self._world.gather(dict(metrics))
            ).items()
        }


class _Tracked:
    """What every update is watched for, whatever the loss says of it."""

    def __init__(self) -> None:
        self._entropy = self._tokens = self._gap = self._gap_max = 0.0

    def add(self, batch: TokenBatch) -> None:
        mask = batch.mask_N
        if not mask.any():
            return
        logprobs = batch.logprobs_N.detach()[mask]
        gap = (logprobs - batch.sampler_logprobs_N[mask]).abs()
        self._tokens += float(mask.sum())
        self._gap += float(gap.sum())
        self._gap_max = max(self._gap_max, float(gap.max()))
        if batch.entropies_N is not None:
            self._entropy += float(batch.entropies_N.detach()[mask].sum())

    def metrics(self, world: World, *, mismatch: bool) -> dict[str, float]:
        entropy, tokens, gap = world.sum([self._entropy, self._tokens, self._gap])
        (gap_max,) = world.max([self._gap_max])
        found = {"entropy": entropy / max(tokens, 1.0)}
        # Only before the first update are the two the same policy.
        if mismatch:
            found |= {"sampler_mismatch": gap / max(tokens, 1.0), "sampler_mismatch_max": gap_max}
        return found


def _flat(arrays: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    return np.concatenate([*arrays, np.empty(0, np.float32)]).astype(np.float64)


def _dummy() -> Trajectory:
    return Trajectory(
        token_ids_T=np.zeros(2, np.int64), generated_T=np.array([False, True]),
        sampler_logprobs_T=np.zeros(2, np.float32), prompt_length=1, group=0, member=0, reward=0.0,
    )  # fmt: skip


def _summary(steps: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average a rollout's updates; take the largest of what ends in ``_max``."""
    names = dict.fromkeys(name for one in steps for name in one)
    found = {name: [one[name] for one in steps if name in one] for name in names}
    summary = {
        name: max(values) if name.endswith("_max") else float(np.mean(values))
        for name, values in found.items()
    }
    return {**summary, "updates": float(len(steps))}
