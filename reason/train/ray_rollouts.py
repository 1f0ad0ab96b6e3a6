"""Rollouts on Ray actors, at most so many steps behind the weights that are trained."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from reason.errors import ConfigError
from reason.train.config import TrainConfig
from reason.train.distributed import World
from reason.train.environments import Plan, make_envs, make_group_reward
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer
from reason.train.replica import Replica
from reason.train.rollout import Roller
from reason.train.trajectory import Group

__all__ = ["RayRollouts", "RolloutWorker"]


class RolloutWorker:
    """What runs in an actor: environments, a copy of the policy, an engine."""

    def __init__(self, config: TrainConfig, policy: Policy, tokenizer: Tokenizer, device: str) -> None:
        """Make everything from the configuration; the weights come with the first call."""
        torch.set_num_threads(max(1, config.threads))
        place = torch.device(device)
        self._config, self._policy = config, policy.to(place).requires_grad_(False)
        self._replica = Replica(self._policy, tokenizer, config, World(device=place))
        self._roller = Roller(
            make_envs(config.envs),
            tokenizer,
            self._replica.engine,
            config=config.rollout,
            seed=config.seed,
            max_position=policy.config.max_position,
            asynchronous=bool(config.rollout.asynchronous or place.type == "cuda"),
            group_reward=make_group_reward(config.reward),
        )

    def play(self, weights: Mapping[str, Tensor], plans: Sequence[Plan]) -> list[Group]:
        """Play groups with these weights."""
        self._policy.load_state_dict(dict(weights))
        self._replica.refresh()
        return self._roller.play(plans, self._config.rollout.group_size, self._config.sampling)


class RayRollouts:
    """A queue of steps in flight, each played by all actors with the weights that it was asked for with.

    A step is asked for at most ``rollout.max_staleness`` steps before it is learned from, so its weights are
    at most that many updates old; 0 waits for each. Which weights play which groups depends on nothing but
    the configuration.
    """

    def __init__(self, config: TrainConfig, policy: Policy, tokenizer: Tokenizer) -> None:
        """Start the actors, on the Ray cluster that is there or a local one.

        Args:
            config: Of the run.
            policy: Is copied.
            tokenizer: Of the policy.

        Raises:
            ConfigError: Ray is not installed, or groups shall be redrawn.
        """
        try:
            import ray
        except ImportError as error:
            raise ConfigError("rollout.workers needs Ray: pip install 'reason-gym[scale]'") from error
        if config.rollout.max_redraws:
            raise ConfigError("rollout.max_redraws needs rollouts in this process; set rollout.workers to 0")
        self._ray: Any = ray
        self._owns = not ray.is_initialized()
        if self._owns:
            ray.init(include_dashboard=False, log_to_driver=False)
        self.max_staleness = config.rollout.max_staleness
        gpus = config.rollout.gpus_per_worker
        remote = ray.remote(num_cpus=1, num_gpus=gpus)(RolloutWorker)
        whole = copy.deepcopy(policy).to("cpu")
        device = "cuda" if gpus else "cpu"
        self._actors = [
            remote.remote(config, whole, tokenizer, device) for _ in range(config.rollout.workers)
        ]
        self._flying: deque[tuple[int, list[Any]]] = deque()
        """When each was asked for, in steps that were returned before, and its parts."""
        self._returned = 0

    def step(
        self, plan: Callable[[int], Sequence[Plan]], weights: Mapping[str, Tensor], *, left: int
    ) -> tuple[list[Group], int]:
        """Return the groups of the next step, and ask for later ones.

        Args:
            plan: From how many steps ahead to what is played then.
            weights: As they are now.
            left: Steps that are left, this one included.

        Returns:
            The groups, and how many updates their weights are behind.
        """
        shared: Any = None
        while len(self._flying) <= min(self.max_staleness, left - 1):
            if shared is None:
                shared = self._ray.put({name: tensor.cpu() for name, tensor in weights.items()})
            plans = plan(len(self._flying))
            count = len(self._actors)
            parts = [
                actor.play.remote(shared, plans[at::count])
                for at, actor in enumerate(self._actors)
                if plans[at::count]
            ]
            self._flying.append((self._returned, parts))
        asked, parts = self._flying.popleft()
        groups = [group for part in self._ray.get(parts) for group in part]
        behind, self._returned = self._returned - asked, self._returned + 1
        return sorted(groups, key=lambda group: group.index), behind

    def close(self) -> None:
        """End the actors, and the local cluster where this object started it."""
        for actor in self._actors:
            self._ray.kill(actor)
        if self._owns:
            self._ray.shutdown()
