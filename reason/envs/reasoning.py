"""The environment over every family: one task an episode, played by the protocol that suits it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any, ClassVar, Self

import gymnasium
from gymnasium.error import ResetNeeded

from reason.envs.arguments import check_action, check_count, check_options, check_seed
from reason.envs.episode import Episode, Step, Turn, answer, begin
from reason.envs.protocol import choose
from reason.envs.rules import Feedback, Reward, Rules
from reason.envs.slot import Slot, Start
from reason.envs.spaces import UnicodeText
from reason.envs.task_source import OPTIONS, TaskSource
from reason.envs.timings import Timings
from reason.envs.tool import Dialect, Tool
from reason.errors import ConfigError
from reason.family import Family
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["MAX_OBSERVATION", "ReasoningEnv", "Step", "fresh_seed"]

MAX_OBSERVATION = 2**31 - 1
"""Characters of the longest observation: prompts are ours, and imported problems may be large."""


class ReasoningEnv(gymnasium.Env[str, str]):
    """A family's tasks as a Gymnasium environment: text in, text out.

    ``reset(seed=s)`` plays the task at ``reason.seeding.index_of(s)``, the resets after it the tasks at
    ``index_of(s, 1)``, ``index_of(s, 2)``, ... What a text does is up to the task's protocol
    (``reason/envs/protocols/``): an answer to a question, an action in a game, calls of tools. An episode
    ends with the first right answer, with the game, or where a limit cuts it (:class:`StopReason`).

    The reward of a turn, by ``reward``:

    - None: in a game what the family's transition gives (an episode's rewards add up to its score), else
      ``binary``.
    - ``binary``: 1 for a right answer or a goal reached, else 0.
    - ``shaped``: what the turn gains over the episode's best so far, so that nothing is won by dragging an
      episode out. A right answer is worth 1; a wrong one half its partial credit, which is the larger of its
      score and the mean of its components (each cut to [0, 1]).
    - a function: its value for the turn's verdict; 0 on turns without one (calls of tools). It may be
      called in a thread.
    - an :class:`~reason.envs.rules.EpisodeReward`: its value for the whole episode, with the last turn.
    - NaN, whatever the rule, where the answer could not be scored or a tool failed through our fault.

    From the first three, ``invalid_penalty`` is taken where a turn cannot be read or is not allowed.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"], "render_fps": 1}  # type: ignore[misc]

    def __init__(
        self,
        family: str,
        *,
        level: int | None = None,
        split: str = "train",
        max_turns: int | None = None,
        max_chars: int = 1_000_000,
        reward: Reward | None = None,
        feedback: Feedback = "detail",
        invalid_penalty: float = 0.0,
        max_invalid: int | None = None,
        tools: Sequence[str | Tool] = (),
        dialect: str | Dialect | None = None,
        max_tool_calls: int | None = None,
        render_mode: str | None = None,
        **knobs: Any,
    ) -> None:
        """Make an environment; ``gym.make("reason/SAT-v0", level=3)`` does it by id.

        Args:
            family: Id or name of the family.
            level: Difficulty; the family's default where neither it nor knobs are given.
            split: ``train``, ``validation`` or ``test``.
            max_turns: Texts that a policy may write to one task; this and the next eight are described in
                :class:`reason.envs.rules.Rules`.
            max_chars: See there.
            reward: See there.
            feedback: See there.
            invalid_penalty: See there.
            max_invalid: See there.
            tools: See there.
            dialect: See there.
            max_tool_calls: See there.
            render_mode: ``ansi`` lets :meth:`render` return the conversation.
            **knobs: Knobs of the family, put over the level's.

        Raises:
            UnknownFamilyError: there is no such family.
            ConfigError: an argument that cannot be; an unknown one with "did you mean".
        """
        arguments = list(signature(ReasoningEnv).parameters)
        self._source = TaskSource.of(family, split=split, level=level, knobs=knobs, arguments=arguments)
        self._rules = Rules(
            max_turns=max_turns, max_chars=max_chars, reward=reward, feedback=feedback,
            invalid_penalty=invalid_penalty, max_invalid=max_invalid,
            tools=tools, dialect=dialect, max_tool_calls=max_tool_calls,
        )  # fmt: skip
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ConfigError(f"render_mode must be 'ansi' or None, got {render_mode!r}")
        self.render_mode = render_mode
        self.observation_space = UnicodeText(MAX_OBSERVATION)
        self.action_space = UnicodeText(self._rules.max_chars)
        self._slot = Slot()
        self._timings = Timings()

    @property
    def family(self) -> Family[Any]:
        """The family it plays."""
        return self._source.family

    @property
    def task(self) -> Task:
        """The task in play; it holds the ground truth, so keep it from the policy.

        Raises:
            gymnasium.error.ResetNeeded: there was no reset yet.
        """
        if self._slot.episode is None:
            raise ResetNeeded("there is no task before reset()")
        return self._slot.episode.task

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Start an episode.

        Args:
            seed: Starts a stream of tasks; without it the stream goes on (the first one from fresh entropy).
            options: For this episode only: ``task`` (a :class:`reason.Task` to play), or any of
                ``split``, ``index`` and ``level``.

        Returns:
            The last user message of the prompt, and the ``info``.

        Raises:
            ConfigError: a seed or option that cannot be; nothing has changed then.
            GenerationError: there is no task there; nothing has changed then.
        """
        seed, start = self._plan(seed, options)
        return self._begin(seed, start, self._open(start))

    async def areset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Start an episode, drawing its task in a thread; as :meth:`reset` otherwise."""
        seed, start = self._plan(seed, options)
        return self._begin(seed, start, await asyncio.to_thread(self._open, start))

    def step(self, action: str) -> Step:
        """Answer.

        Args:
            action: All that the policy wrote in this turn, thinking included.

        Returns:
            Observation (feedback, or an empty text at the end), reward, terminated, truncated, info.

        Raises:
            TypeError: ``action`` is not a string.
            gymnasium.error.ResetNeeded: the episode has ended or not begun.
        """
        text, before = check_action(action), self._slot.current()
        return self._commit(before, self._answer(before, text))

    async def astep(self, action: str) -> Step:
        """Answer, verifying in a thread; as :meth:`step` otherwise. Cancelled, it has changed nothing.

        Raises:
            RuntimeError: the environment was stepped or reset in the meantime.
        """
        text, before = check_action(action), self._slot.current()
        return self._commit(before, await asyncio.to_thread(self._answer, before, text))

    def get_state(self) -> dict[str, Any]:
        """Return where the environment stands, as JSON data with the ground truth in it."""
        return self._slot.to_dict()

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go back to where :meth:`get_state` was called, in any environment of the same family.

        Raises:
            TaskFormatError: it is no such state, or of an environment with other tools; nothing has
                changed then.
            ConfigError: it is of another family.
        """
        self._slot.restore(state, self._source, self._rules)

    def fork(self, n: int) -> list[Self]:
        """Return ``n`` environments that stand where this one stands and go on independently."""
        return [copy.copy(self) for _ in range(check_count(n, "n", least=0))]

    def __copy__(self) -> Self:
        """Copy what may change: the slot and the random generators. Tasks and transcripts are shared."""
        twin = type(self).__new__(type(self))
        changing = ("_slot", "_timings", "_np_random", "observation_space", "action_space")
        twin.__dict__.update(self.__dict__)
        twin.__dict__.update({name: copy.deepcopy(getattr(self, name)) for name in changing})
        return twin

    def get_metrics(self) -> dict[str, dict[str, float]]:
        """Return the time spent, by phase: ``count``, ``seconds`` and ``max_seconds`` of each.

        ``draw`` is the making of tasks, ``judge`` all that a step does, and ``tool.<name>`` the calls of a
        tool within it. Copies and forks begin at nothing. Clocks stand here and never in ``info``.
        """
        return self._timings.to_dict()

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools on offer in the episode, in OpenAI's function format."""
        return choose(self.task, self._rules).tools(self.task, self._rules) or []

    @property
    def dialect(self) -> Dialect | None:
        """How the policy writes calls; None where the episode has no tools."""
        return choose(self.task, self._rules).dialect(self.task, self._rules)

    def conclude(self) -> Verdict:
        """Judge the episode as if it ended here, without ending it."""
        episode = self._slot.episode
        if episode is None:
            raise ResetNeeded("there is no task before reset()")
        return choose(episode.task, self._rules).conclude(episode.task, episode.state, None)

    def render(self) -> str | None:
        """Return the conversation so far where ``render_mode`` is ``ansi``."""
        if self.render_mode is None:
            return None
        return self._slot.episode.render() if self._slot.episode else ""

    def _plan(self, seed: int | None, options: dict[str, Any] | None) -> tuple[int | None, Start]:
        seed = check_seed(seed)
        start = self._slot.plan(
            self._source,
            seed=seed,
            options=check_options(options, OPTIONS),
            fresh_seed=lambda: fresh_seed(self),
        )
        return seed, start

    def _open(self, start: Start) -> tuple[Episode, dict[str, Any]]:
        with self._timings.phase("draw"):
            return begin(self._source.draw(start.place), self._rules)

    def _begin(
        self, seed: int | None, start: Start, opened: tuple[Episode, dict[str, Any]]
    ) -> tuple[str, dict[str, Any]]:
        first = self._slot.begin(start, opened)
        super().reset(seed=seed)
        return first

    def _answer(self, before: Episode, text: str) -> Turn:
        with self._timings.phase("judge"):
            turn = answer(before, text, self._rules)
        self._timings.add_all(turn.seconds)
        return turn

    def _commit(self, before: Episode, turn: Turn) -> Step:
        self._slot.commit(before, turn.episode)
        return turn.step


def fresh_seed(env: gymnasium.Env[Any, Any] | gymnasium.vector.VectorEnv[Any, Any, Any]) -> int:
    """Return the seed of an environment's own generator, which Gymnasium draws from fresh entropy."""
    seed = env.np_random_seed
    # Below zero: the generator was set from outside, and its seed is not known.
    return int(env.np_random.integers(2**63)) if seed is None or seed < 0 else seed
