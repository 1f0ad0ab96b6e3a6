"""The collector: what each step plays, here or on Ray's actors, and what evaluations play."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reason.curricula.curriculum import Curriculum, Result
from reason.envs.group import GroupReward
from reason.envs.playable import Playable
from reason.errors import ConfigError
from reason.train.config import TrainConfig
from reason.train.distributed import World
from reason.train.environments import Plan, make_curriculum, plan_groups
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer
from reason.train.ray_rollouts import RayRollouts
from reason.train.replica import Replica
from reason.train.rollout import Roller
from reason.train.trajectory import Group

__all__ = ["Collector"]


class Collector:
    """Plays the groups of a run. Its position in the stream of tasks is one number."""

    def __init__(
        self,
        envs: Mapping[str, Playable],
        policy: Policy,
        tokenizer: Tokenizer,
        config: TrainConfig,
        *,
        replica: Replica,
        world: World,
        group_reward: GroupReward | None,
    ) -> None:
        """Make a collector.

        Args:
            envs: By name.
            policy: What is trained.
            tokenizer: Of the policy.
            config: Of the run.
            replica: What samples.
            world: The processes.
            group_reward: Rewards a group from its outcome; None takes the environments' own rewards.

        Raises:
            ConfigError: a setting that cannot be.
        """
        self.groups_drawn = 0
        """Groups that were played so far: the position in the stream of tasks."""
        self.staleness = 0
        """Updates that the weights of the last step's groups were behind."""
        self.curriculum = make_curriculum(config.curriculum, envs)
        _check_tokens(self.curriculum, config, policy.config.max_position)
        self._envs, self._policy, self._config, self._world = envs, policy, config, world
        weights = {env.name: env.weight for env in config.envs}
        self._weights = {name: weights.get(name, 1.0) for name in envs}
        asynchronous = config.rollout.asynchronous
        self.roller = Roller(
            envs,
            tokenizer,
            replica.engine,
            config=config.rollout,
            seed=config.seed,
            max_position=policy.config.max_position,
            asynchronous=world.device.type == "cuda" if asynchronous is None else asynchronous,
            group_reward=group_reward,
        )
        self._remote: RayRollouts | None = None
        if config.rollout.workers:
            if world.size > 1:
                raise ConfigError("rollout.workers are for one training process; start it without torchrun")
            if (group_reward is None) != (config.reward is None) or set(envs) != {
                env.name for env in config.envs
            }:
                raise ConfigError(
                    "rollout.workers make environments and reward from the configuration: name both there"
                )
            self._remote = RayRollouts(config, policy, tokenizer)

    def collect(self, *, steps_left: int) -> list[Group]:
        """Play a step's groups; with dynamic sampling, more until enough of them can teach.

        Args:
            steps_left: Steps of the run, this one included.
        """
        rollout = self._config.rollout
        if self._remote is not None:
            return self._collect_remotely(self._remote, steps_left)
        played: list[Group] = []
        missing, spare = rollout.groups, rollout.groups * rollout.max_redraws
        while missing:
            plans = self._plan(missing)
            self.groups_drawn += missing
            own = self.roller.play(self._world.share(plans), rollout.group_size, self._config.sampling)
            played += self._all(own)
            missing = min(rollout.groups - sum(group.alive for group in played), spare)
            spare -= missing
        return played

    def kept(self, played: Sequence[Group]) -> list[Group]:
        """Return the groups to learn from: where groups were redrawn, those that can teach."""
        rollout = self._config.rollout
        if not rollout.max_redraws:
            return list(played)
        return [group for group in played if group.alive][: rollout.groups]

    def tell_curriculum(self, played: Sequence[Group], advantages: Mapping[int, Mapping[int, float]]) -> None:
        """Let the curriculum know what became of its choices.

        Args:
            played: Groups of the step, those that were not learned from among them.
            advantages: Of the members that were, by group and member.
        """
        if self.curriculum is not None:
            chosen = [(group, group.choice) for group in played if group.choice is not None]
            self.curriculum.update(
                [
                    Result(
                        choice=choice,
                        rewards_G=group.rewards_G,
                        passed_G=group.passed_G,
                        advantages_G=_advantages_G(group, advantages.get(group.index)),
                        index=group.task_index,
                    )
                    for group, choice in chosen
                ]
            )

    def evaluate(self, *, temperature: float) -> list[Group]:
        """Play the evaluation's tasks, the same ones each time; the position in the stream stays."""
        evaluation = self._config.evaluation
        plans: list[Plan] = []
        for name in self._envs:
            plans += plan_groups(
                range(len(plans), len(plans) + evaluation.episodes),
                seed=self._config.seed,
                weights={name: 1.0},
                purpose="evaluation",
                options={"split": evaluation.split},
            )
        sampling = replace(self._config.sampling, temperature=temperature)
        return self._all(self.roller.play(self._world.share(plans), 1, sampling, purpose="evaluation"))

    def state_dict(self) -> dict[str, Any]:
        """Return where the collector stands, as JSON."""
        return {
            "groups_drawn": self.groups_drawn,
            "curriculum": self.curriculum and self.curriculum.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned.

        Raises:
            ValueError: it is of another curriculum.
        """
        if self.curriculum is not None:
            self.curriculum.load_state_dict(state["curriculum"] or {})
        self.groups_drawn = int(state["groups_drawn"])

    def close(self) -> None:
        """End the threads and Ray's actors; the environments stay open."""
        self.roller.close()
        if self._remote is not None:
            self._remote.close()

    def _collect_remotely(self, remote: RayRollouts, steps_left: int) -> list[Group]:
        count = self._config.rollout.groups
        played, self.staleness = remote.step(
            lambda ahead: self._plan(count, ahead=ahead * count), self._policy.state_dict(), left=steps_left
        )
        self.groups_drawn += count
        return played

    def _plan(self, count: int, *, ahead: int = 0) -> list[Plan]:
        """Say what the next groups play."""
        start = self.groups_drawn + ahead
        return plan_groups(
            range(start, start + count),
            seed=self._config.seed,
            weights=self._weights,
            curriculum=self.curriculum,
        )

    def _all(self, own: Sequence[Group]) -> list[Group]:
        """Return the groups of all processes in the order of their numbers."""
        gathered = [group for groups in self._world.gather(list(own)) for group in groups]
        return sorted(gathered, key=lambda group: group.index)


def _advantages_G(group: Group, known: Mapping[int, float] | None) -> NDArray[np.float64] | None:
    if known is None:
        return None
    return np.array([known.get(member.member, math.nan) for member in group.members])


def _check_tokens(curriculum: Curriculum | None, config: TrainConfig, max_position: int) -> None:
    """Reject a curriculum whose episodes may be longer than the engine has room for."""
    most = None if curriculum is None else curriculum.most_tokens()
    if most is not None and most > min(config.sampling.max_tokens, max_position):
        raise ConfigError(
            f"the curriculum asks for episodes of {most} tokens, but sampling.max_tokens is "
            f"{config.sampling.max_tokens} and the policy takes {max_position}"
        )
