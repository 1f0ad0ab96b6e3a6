"""Many environments of one family as one, verified in parallel: what ``gymnasium.make_vec`` returns."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from inspect import signature
from typing import Any, ClassVar, Literal

import numpy as np
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from reason.envs.arguments import check_action, check_count, check_options
from reason.envs.batching import batch_infos
from reason.envs.episode import Episode, Step, Turn, answer, begin
from reason.envs.layout import VECTOR_OPTIONS, Layout
from reason.envs.protocol import Scorer
from reason.envs.reasoning import MAX_OBSERVATION, fresh_seed
from reason.envs.rules import Rules
from reason.envs.scorers import ProcessScorer
from reason.envs.slot import Slot
from reason.envs.spaces import UnicodeText
from reason.envs.task_source import Place, TaskSource
from reason.envs.timings import Timings
from reason.envs.workers import Workers
from reason.errors import ConfigError
from reason.scoring import score
from reason.task import Task

__all__ = ["ReasoningVectorEnv"]

VectorStep = tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


class ReasoningVectorEnv(VectorEnv[tuple[str, ...], Sequence[str], NDArray[Any]]):
    """``num_envs`` environments like :class:`reason.envs.reasoning.ReasoningEnv`, in groups on equal tasks.

    Environments ``0 .. group_size - 1`` are the first group, and so on. Group ``g`` of ``reset(seed=s)``
    walks the stream of the seed ``reason.seeding.derive("vector", s, g)``; with a list of seeds,
    environment ``i`` plays exactly what a single one plays after ``reset(seed=seeds[i])``. Each
    environment counts its own resets, so groups that are reset together stay on equal tasks.

    Nothing resets by itself (``AutoresetMode.DISABLED``): pass ``reset(options={"reset_mask": mask})``.
    Every call happens wholly or, where it raises, not at all.
    """

    metadata: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "render_modes": ["ansi"],
        "render_fps": 1,
        "autoreset_mode": AutoresetMode.DISABLED,
    }

    def __init__(
        self,
        family: str,
        *,
        num_envs: int = 1,
        group_size: int = 1,
        workers: Literal["thread", "process"] = "thread",
        max_workers: int | None = None,
        level: int | None = None,
        split: str = "train",
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        **arguments: Any,
    ) -> None:
        """Make a vector; ``gym.make_vec("reason/SAT-v0", num_envs=8, group_size=4)`` does it by id.

        Args:
            family: Id or name of the family.
            num_envs: Number of environments, a multiple of ``group_size``.
            group_size: Environments side by side on the same task.
            workers: Where answers are judged: ``thread``, or ``process`` for verifiers that compute in
                Python (:class:`reason.envs.scorers.ProcessScorer`). Games, tools and reward functions stay in
                threads.
            max_workers: How many verify at once; one thread is the caller's. None takes as many as there
                are processors, and four threads more.
            level: As for one environment, like all that follow.
            split: See :class:`reason.envs.reasoning.ReasoningEnv`.
            max_episode_steps: Lowers ``max_turns``; Gymnasium's name for it.
            render_mode: See there.
            **arguments: The other arguments of one environment (``max_turns``, ``reward``, ``tools``, ...; a
                reward function may be called in several threads at once), and knobs of the family.

        Raises:
            UnknownFamilyError: there is no such family.
            ConfigError: an argument that cannot be; an unknown one with "did you mean".
        """
        known = [*signature(ReasoningVectorEnv).parameters, *Rules.names()]
        own = {name: value for name, value in arguments.items() if name in Rules.names()}
        knobs = {name: value for name, value in arguments.items() if name not in own}
        self._source = TaskSource.of(family, split=split, level=level, knobs=knobs, arguments=known)
        self._rules = _shortened(Rules(**own), max_episode_steps)
        self._layout = Layout(num_envs=num_envs, group_size=group_size)
        self.num_envs, self.group_size = self._layout.num_envs, self._layout.group_size
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ConfigError(f"render_mode must be 'ansi' or None, got {render_mode!r}")
        self.render_mode = render_mode
        self.single_observation_space = UnicodeText(MAX_OBSERVATION)
        self.single_action_space = UnicodeText(self._rules.max_chars)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        count = _count(workers, max_workers)
        self._workers = Workers(count)
        self._scorer: Scorer = score if workers == "thread" else ProcessScorer(self._source.family, count)
        self._timings = Timings()
        self._slots = [Slot() for _ in range(self.num_envs)]
        self._in_work: set[int] = set()
        self._observations = [""] * self.num_envs
        self._infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]

    @property
    def tasks(self) -> tuple[Task | None, ...]:
        """The task that each environment plays; None before its first reset."""
        return tuple(slot.episode.task if slot.episode else None for slot in self._slots)

    @property
    def infos(self) -> tuple[dict[str, Any], ...]:
        """The latest ``info`` of each environment as a plain dictionary, beside the batched arrays."""
        return tuple(self._infos)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Start episodes.

        Args:
            seed: One seed for all, or a list with one an environment; None goes on.
            options: ``reset_mask`` (NumPy booleans: which environments to reset), ``levels`` and ``tasks``
                (lists with one entry an environment, None for the environment's own), and for all alike
                the options of one environment. Entries of a list are equal within a group.

        Returns:
            The observations of all environments, old ones where the mask is False, and the batched
            ``info`` of those that were reset.

        Raises:
            ConfigError: a seed or option that cannot be.
            GenerationError: there is no task there.
        """
        self._check_open()
        given = check_options(options, VECTOR_OPTIONS)
        chosen = self._layout.chosen(given.get("reset_mask"))
        seeds, own_options = self._layout.seeds(seed), self._layout.options(given)
        starts = {
            i: self._slots[i].plan(
                self._source, seed=seeds[i], options=own_options[i], fresh_seed=partial(self._fresh_stream, i)
            )
            for i in chosen
        }
        with self._timings.phase("draw"):
            tasks = self._draw({i: start.place for i, start in starts.items()})
            opened = {i: begin(tasks[i], self._rules) for i in chosen}
        for i in chosen:
            self._observations[i], self._infos[i] = self._slots[i].begin(starts[i], opened[i])
        if isinstance(seed, int | np.integer):
            super().reset(seed=int(seed))
        return tuple(self._observations), batch_infos({i: self._infos[i] for i in chosen}, self.num_envs)

    def step(self, actions: Sequence[str]) -> VectorStep:
        """Answer in all environments.

        Args:
            actions: One text an environment.

        Returns:
            Observations, rewards, terminations, truncations and batched ``info``.

        Raises:
            TypeError: the actions are not a sequence of strings.
            ValueError: there are not ``num_envs`` of them.
            gymnasium.error.ResetNeeded: an episode has ended or not begun; :meth:`step_some` leaves it out.
        """
        if isinstance(actions, str | Mapping) or not hasattr(actions, "__len__"):
            raise TypeError(f"actions must be a sequence of strings, got {type(actions).__name__}")
        if len(actions) != self.num_envs:
            raise ValueError(f"actions must hold num_envs={self.num_envs} texts, got {len(actions)}")
        steps = self.step_some(dict(enumerate(actions)))
        observations, rewards, terminations, truncations, infos = zip(*steps.values(), strict=True)
        return (
            observations,
            np.array(rewards, dtype=np.float64),
            np.array(terminations, dtype=np.bool_),
            np.array(truncations, dtype=np.bool_),
            batch_infos(dict(enumerate(infos)), self.num_envs),
        )

    def step_some(self, actions: Mapping[int, str]) -> dict[int, Step]:
        """Answer in some environments.

        Args:
            actions: Position of an environment to its text.

        Returns:
            Position to what :meth:`reason.envs.reasoning.ReasoningEnv.step` returns, in the order given.

        Raises:
            TypeError: it is no mapping, or an action is not a string.
            IndexError: there is no environment at a position.
            gymnasium.error.ResetNeeded: an episode has ended or not begun.
        """
        answers = self._pending(actions)
        with self._timings.phase("step"):
            try:
                turns = self._workers.map(self._judge, answers)
            except KeyboardInterrupt:
                if isinstance(self._scorer, ProcessScorer):
                    self._scorer.interrupt()
                raise
        return self._commit(answers, turns)

    async def astep_some(self, actions: Mapping[int, str]) -> dict[int, Step]:
        """Answer in some environments without blocking the event loop; as :meth:`step_some` otherwise.

        Several calls may run at once on different environments, so at most ``num_envs`` texts wait or are
        in work. Cancelled, a call has changed nothing.

        Raises:
            RuntimeError: another call stepped or reset one of the environments in the meantime.
        """
        answers = self._pending(actions)
        self._in_work.update(answers)
        try:
            with self._timings.phase("step"):
                turns = await self._workers.amap(self._judge, answers)
        finally:
            self._in_work.difference_update(answers)
        return self._commit(answers, turns)

    def get_metrics(self) -> dict[str, dict[str, float]]:
        """Return the time spent, by phase: ``count``, ``seconds`` and ``max_seconds`` of each.

        ``draw`` is the making of the tasks of one ``reset``, ``step`` one call of any step method from first
        to last, ``judge`` what one environment's step took within it (over ``step``: how many worked at
        once), and ``tool.<name>`` the calls of a tool.
        """
        return self._timings.to_dict()

    def render(self) -> tuple[str, ...] | None:
        """Return the conversation of each environment where ``render_mode`` is ``ansi``."""
        if self.render_mode is None:
            return None
        return tuple(slot.episode.render() if slot.episode else "" for slot in self._slots)

    def close_extras(self, **kwargs: Any) -> None:
        """Wait for running verifications and end the threads and processes."""
        self._workers.close()
        if isinstance(self._scorer, ProcessScorer):
            self._scorer.close()

    def _check_open(self) -> None:
        if self.closed:
            raise ClosedEnvironmentError("the environments are closed; make them anew")

    def _fresh_stream(self, position: int) -> int:
        return self._layout.group_seed(fresh_seed(self), position)

    def _draw(self, places: dict[int, Task | Place]) -> dict[int, Task]:
        """Draw each task once for neighbours on the same place: a group is drawn once."""
        tasks: dict[int, Task] = {}
        last: Task | Place | None = None
        for i, place in places.items():
            if last is None or place != last:
                task, last = self._source.draw(place), place
            tasks[i] = task
        return tasks

    def _pending(self, actions: Mapping[int, str]) -> dict[int, tuple[Episode, str]]:
        """Check all actions before any is judged; return each with the episode that it answers."""
        self._check_open()
        if not isinstance(actions, Mapping):
            raise TypeError(f"actions must map positions to strings, got {type(actions).__name__}")
        pending: dict[int, tuple[Episode, str]] = {}
        for position, action in actions.items():
            if not isinstance(position, int | np.integer) or not 0 <= position < self.num_envs:
                raise IndexError(f"positions are 0 to {self.num_envs - 1}, got {position!r}")
            i = int(position)
            text = check_action(action, f"actions[{i}]")
            if i in self._in_work:
                raise RuntimeError(f"environment {i} is being stepped by another call: await one at a time")
            try:
                pending[i] = self._slots[i].current(), text
            except ResetNeeded as error:
                raise ResetNeeded(f"environment {i}: {error}") from None
        return pending

    def _judge(self, pending: tuple[Episode, str]) -> Turn:
        with self._timings.phase("judge"):
            turn = answer(*pending, self._rules, scorer=self._scorer)
        self._timings.add_all(turn.seconds)
        return turn

    def _commit(
        self, pending: Mapping[int, tuple[Episode, str]], turns: Mapping[int, Turn]
    ) -> dict[int, Step]:
        for i, (before, _) in pending.items():
            self._slots[i].check_unchanged(before)
        for i, turn in turns.items():
            self._slots[i].commit(pending[i][0], turn.episode)
            self._observations[i], self._infos[i] = turn.step[0], turn.step[4]
        return {i: turn.step for i, turn in turns.items()}


def _count(workers: str, max_workers: int | None) -> int:
    """Return how many verify at once."""
    if workers not in ("thread", "process"):
        raise ConfigError(f"workers must be 'thread' or 'process', got {workers!r:.80}")
    if max_workers is not None:
        return check_count(max_workers, "max_workers")
    return (os.cpu_count() or 1) + 4 * (workers == "thread")


def _shortened(rules: Rules, max_episode_steps: int | None) -> Rules:
    if max_episode_steps is None:
        return rules
    limit = check_count(max_episode_steps, "max_episode_steps")
    return replace(rules, max_turns=limit if rules.max_turns is None else min(rules.max_turns, limit))
