"""A slot: which stream of tasks an environment walks, and the episode that it plays now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gymnasium.error import ResetNeeded

from reason.envs.arguments import check_count, check_seed
from reason.envs.episode import Episode, check_fits
from reason.envs.rules import Rules
from reason.envs.task_source import Place, TaskSource
from reason.errors import TaskFormatError
from reason.seeding import index_of
from reason.task import Task

__all__ = ["Slot", "Start"]


class Start(NamedTuple):
    """A reset that was checked but not yet done."""

    before: Episode | None
    stream: int
    starts: int
    place: Task | Place


class Slot:
    """The state of one environment; all of it changes in :meth:`begin`, :meth:`commit` and :meth:`restore`.

    Deciding comes before changing, so that drawing and verifying may run elsewhere in between and a
    call that fails or is cancelled has changed nothing.
    """

    def __init__(self) -> None:
        """Make a slot that has not begun."""
        self.stream: int | None = None
        """Seed of the tasks it walks."""
        self.starts = 0
        """Episodes begun since that seed was given."""
        self.episode: Episode | None = None

    def plan(
        self,
        source: TaskSource,
        *,
        seed: int | None,
        options: Mapping[str, Any],
        fresh_seed: Callable[[], int],
    ) -> Start:
        """Decide which task comes next.

        Args:
            source: Where tasks come from.
            seed: A new stream, or None to go on in the old one.
            options: Options of ``reset``.
            fresh_seed: Gives a stream where none was ever begun.

        Raises:
            ConfigError: the options cannot be.
        """
        stream, starts = (self.stream, self.starts) if seed is None else (seed, 0)
        if stream is None:
            stream = fresh_seed()
        return Start(self.episode, stream, starts, source.locate(index_of(stream, starts), options))

    def begin(self, start: Start, opened: tuple[Episode, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        """Put a planned episode, opened on its task, into place and return what ``reset`` does."""
        self.check_unchanged(start.before)
        self.episode, info = opened
        self.stream, self.starts = start.stream, start.starts + 1
        return self.episode.prompt, info

    def current(self) -> Episode:
        """Return the episode that waits for an answer.

        Raises:
            gymnasium.error.ResetNeeded: it has ended or not begun.
        """
        if self.episode is None:
            raise ResetNeeded("call reset() before step()")
        if self.episode.stop_reason is not None:
            raise ResetNeeded(f"the episode has ended ({self.episode.stop_reason.value}): call reset()")
        return self.episode

    def commit(self, before: Episode, after: Episode) -> None:
        """Put ``after`` in the place of ``before``.

        Raises:
            RuntimeError: another call has changed the slot since ``before`` was read.
        """
        self.check_unchanged(before)
        self.episode = after

    def __deepcopy__(self, memo: dict[int, Any]) -> Slot:
        """Copy the slot; its episode cannot change."""
        twin = Slot()
        twin.stream, twin.starts, twin.episode = self.stream, self.starts, self.episode
        return twin

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data, with the ground truth in it."""
        return {
            "seed": self.stream,
            "starts": self.starts,
            "episode": self.episode and self.episode.to_dict(),
        }

    def restore(self, data: Mapping[str, Any], source: TaskSource, rules: Rules) -> None:
        """Go back to where :meth:`to_dict` was called.

        Raises:
            TaskFormatError: it is not that method's data, or of an environment with other tools.
            ConfigError: its task is of another family than ``source``.
        """
        if not isinstance(data, Mapping) or set(data) != {"seed", "starts", "episode"}:
            raise TaskFormatError(f"not an environment's state (seed, starts, episode): {data!r:.80}")
        seed, starts = check_seed(data["seed"]), check_count(data["starts"], "starts", least=0)
        episode = None if data["episode"] is None else Episode.from_dict(data["episode"])
        if episode is not None:
            source.locate(0, {"task": episode.task})
            check_fits(episode, rules)
        self.stream, self.starts, self.episode = seed, starts, episode

    def check_unchanged(self, before: Episode | None) -> None:
        """Raise a RuntimeError where another call has changed the slot since ``before`` was read."""
        if self.episode is not before:
            raise RuntimeError(
                "the environment was stepped or reset while this call ran: await one at a time"
            )
