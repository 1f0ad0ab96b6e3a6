"""A group: the same task several times, stepped in any order and rewarded together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from reason.envs.arguments import check_action, check_count
from reason.envs.episode import Step
from reason.envs.playable import Playable
from reason.envs.timings import Timings
from reason.envs.workers import Workers
from reason.process import ProcessVerdict, score_steps
from reason.task import Task

__all__ = ["EnvGroup", "GroupOutcome", "GroupReward"]

EnvT = TypeVar("EnvT", bound=Playable)


@dataclass(frozen=True, kw_only=True)
class GroupOutcome:
    """What became of the members, as arrays of ``size`` entries: all that a group reward may look at."""

    rewards: NDArray[np.float64]
    """The sum of each member's rewards; NaN where it could not be scored or has not ended: mask it."""
    scores: NDArray[np.float64]
    """The score of its last verdict; NaN likewise, and where it has none."""
    passed: NDArray[np.float64]
    """1 or 0 of its last verdict; NaN likewise."""
    done: NDArray[np.bool_]
    """Whether it has ended."""
    turns: NDArray[np.int64]
    """Texts it has written."""
    chars: NDArray[np.int64]
    """Characters of these texts."""
    components: Mapping[str, NDArray[np.float64]]
    """The components of its last verdict; NaN likewise."""
    stop_reasons: tuple[str | None, ...]
    processes: tuple[tuple[ProcessVerdict, ...], ...] = ()
    """How each member went about it, text by text (the empty text, where it wrote none); empty where the
    family judges answers alone."""

    @property
    def max_steps(self) -> int:
        """The most steps that a member wrote."""
        return max((sum(len(one.steps) for one in texts) for texts in self.processes), default=0)

    def reward(self, function: GroupReward) -> NDArray[np.float64]:
        """Return what a function gives the members; NaN for those that could not be scored or have not ended.

        Raises:
            ValueError: it gives something else than :data:`GroupReward` says.
        """
        rewards, size = np.array(function(self), dtype=np.float64), len(self.rewards)
        shapes = [(size,), *([(size, 1 + self.max_steps)] if self.processes else [])]
        if rewards.shape not in shapes or np.isinf(rewards).any():
            raise ValueError(f"group rewards must be {size} finite numbers or NaN, got {rewards!r:.200}")
        rewards[np.isnan(self.rewards)] = np.nan
        return rewards


GroupReward = Callable[[GroupOutcome], "NDArray[np.float64]"]
"""A pure function from what became of a group to a reward for each member; or, with a second axis, to what
each member gets outside of steps, then for each of its steps over all its texts (NaN where there is none)."""


@dataclass
class _Tally:
    """What a member has done since the reset."""

    info: dict[str, Any]
    reward: float = 0.0
    chars: int = 0
    done: bool = False
    processes: list[ProcessVerdict] = field(default_factory=list)


class EnvGroup(Generic[EnvT]):
    """``size`` environments on one task: forks of one environment, wrapped or not.

    Members are stepped in any order and as unevenly as one likes; each has its own conversation. At most
    ``size`` steps are in work at once.
    """

    def __init__(self, env: EnvT, size: int, *, max_workers: int | None = None) -> None:
        """Make a group.

        Args:
            env: An environment; the group plays forks of it and leaves it alone.
            size: Number of members.
            max_workers: Threads that verify at once in :meth:`step_some`; None takes as many as there
                are processors, and at most ``size``.

        Raises:
            ConfigError: a number that cannot be.
        """
        self.size = check_count(size, "size")
        workers = min(self.size, os.cpu_count() or 1) if max_workers is None else max_workers
        self._workers = Workers(check_count(workers, "max_workers"))
        (self._leader,) = env.fork(1)
        self.members: tuple[EnvT, ...] = ()
        """The environments; none before :meth:`reset`."""
        self._tallies: list[_Tally] = []
        self._timings = Timings()

    @property
    def task(self) -> Task:
        """The task of all members."""
        return self._leader.task

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> list[tuple[str, dict[str, Any]]]:
        """Start an episode in all members: one task is drawn, and forked.

        Args:
            seed: Starts a stream of tasks, as in one environment; without it the stream goes on.
            options: As in one environment.

        Returns:
            Observation and ``info`` of each member.

        Raises:
            ConfigError: a seed or option that cannot be.
        """
        with self._timings.phase("draw"):
            observation, info = self._leader.reset(seed=seed, options=options)
            self.members = tuple(self._leader.fork(self.size))
        infos = [deepcopy(info) for _ in range(self.size)]
        self._tallies = [_Tally(info) for info in infos]
        return [(observation, info) for info in infos]

    def step(self, member: int, action: str) -> Step:
        """Answer as one member."""
        return self.step_some({member: action})[member]

    def step_some(self, actions: Mapping[int, str]) -> dict[int, Step]:
        """Answer as some members, verified in parallel.

        Raises:
            IndexError: there is no such member.
            TypeError: an action is not a string.
            gymnasium.error.ResetNeeded: a member's episode has ended; none has moved then.
        """
        checked = self._checked(actions)
        with self._timings.phase("step"):
            return self._workers.map(self._step, checked)

    async def astep_some(self, actions: Mapping[int, str]) -> dict[int, Step]:
        """Do the same without blocking the event loop; a member that is cancelled has not moved."""
        checked = self._checked(actions)
        with self._timings.phase("step"):
            steps = await asyncio.gather(*map(self._astep, checked.values()))
        return dict(zip(checked, steps, strict=True))

    def outcome(self) -> GroupOutcome:
        """Return what became of the members so far."""
        tallies = self._tallies
        names = dict.fromkeys(name for tally in tallies for name in tally.info["reward_components"])

        def gather(value: Callable[[dict[str, Any]], Any]) -> NDArray[np.float64]:
            found = [value(tally.info) if tally.done else None for tally in tallies]
            return np.array([np.nan if one is None else one for one in found], dtype=np.float64)

        def component(info: dict[str, Any], name: str) -> Any:
            return None if info["verdict"].get("score") is None else info["reward_components"].get(name)

        return GroupOutcome(
            rewards=np.array([tally.reward if tally.done else np.nan for tally in tallies], dtype=np.float64),
            scores=gather(lambda info: info["verdict"].get("score")),
            passed=gather(lambda info: info["verdict"].get("passed")),
            done=np.array([tally.done for tally in tallies], dtype=np.bool_),
            turns=np.array([tally.info["turn"] for tally in tallies], dtype=np.int64),
            chars=np.array([tally.chars for tally in tallies], dtype=np.int64),
            components={name: gather(partial(component, name=name)) for name in names},
            stop_reasons=tuple(tally.info["stop_reason"] for tally in tallies),
            processes=self._processes(),
        )

    @property
    def rewards(self) -> NDArray[np.float64]:
        """The sum of each member's rewards; NaN where it could not be scored or has not ended."""
        return self.outcome().rewards

    def compute_group_rewards(self, function: GroupReward) -> NDArray[np.float64]:
        """Return a reward for each member, from all of them together.

        Args:
            function: From the outcome to ``size`` finite numbers or NaN, or to a row of such numbers for
                each member. What it says of a member that could not be scored or has not ended is made
                NaN: mask it.

        Raises:
            ValueError: the function returned something else.
        """
        outcome = self.outcome()
        with self._timings.phase("group_reward"):
            return outcome.reward(function)

    def get_metrics(self) -> dict[str, dict[str, float]]:
        """Return the time spent, by phase: the group's own, and those of its members added up."""
        metrics = self._timings.to_dict()
        for env in self.members:
            for phase, entry in env.get_metrics().items():
                total = metrics.setdefault(phase, {"count": 0, "seconds": 0.0, "max_seconds": 0.0})
                total["count"] += entry["count"]
                total["seconds"] += entry["seconds"]
                total["max_seconds"] = max(total["max_seconds"], entry["max_seconds"])
        return metrics

    def close(self) -> None:
        """Wait for running steps, and end the threads and members."""
        self._workers.close()
        for env in (*self.members, self._leader):
            env.close()

    def _checked(self, actions: Mapping[int, str]) -> dict[int, tuple[int, str]]:
        """Check all actions before any is made; return each with its member, under that member."""
        checked = {}
        for member, action in actions.items():
            if isinstance(member, bool) or not isinstance(member, int | np.integer):
                raise IndexError(f"members are numbers from 0, got {member!r}")
            if not 0 <= member < len(self.members):
                raise IndexError(f"there is no member {member!r} of {len(self.members)}: reset() makes them")
            if self._tallies[member].done:
                raise ResetNeeded(f"member {member}: the episode has ended: call reset()")
            checked[int(member)] = int(member), check_action(action, f"actions[{member}]")
        return checked

    def _step(self, pending: tuple[int, str]) -> Step:
        member, text = pending
        step = self.members[member].step(text)
        return self._note(member, text, step, score_steps(self.task, text))

    async def _astep(self, pending: tuple[int, str]) -> Step:
        member, text = pending
        # Before the step: whoever is cancelled here has not moved.
        process = await asyncio.to_thread(score_steps, self.task, text)
        return self._note(member, text, await self.members[member].astep(text), process)

    def _processes(self) -> tuple[tuple[ProcessVerdict, ...], ...]:
        untold = score_steps(self.task, "")
        if untold is None:
            return ()
        return tuple(tuple(tally.processes) or (untold,) for tally in self._tallies)

    def _note(self, member: int, text: str, step: Step, process: ProcessVerdict | None) -> Step:
        """Keep what a step did; ``text`` is the policy's own, before any wrapper reads it."""
        tally = self._tallies[member]
        tally.processes += [] if process is None else [process]
        tally.info, tally.reward = step[4], tally.reward + step[1]
        tally.chars += len(text)
        tally.done = step[2] or step[3]
        return step
