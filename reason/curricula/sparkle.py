"""SPARKLE's hints ladder: a task that nobody solves comes back with more of its solution, then with less."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from reason.curricula.curriculum import Choice, Remembering, Result
from reason.envs.arguments import check_count
from reason.envs.wrappers.hints import CHUNKS
from reason.errors import ConfigError

__all__ = ["Sparkle"]


class Sparkle(Remembering):
    """Play new tasks without hints; those that a whole group failed come back on a ladder of hints.

    A task on the ladder is played with ``chunks`` quarters of its solution before it (the environment needs
    :class:`reason.envs.wrappers.hints.Hints` around it). Where nobody solves it, it gets one chunk more;
    where the share of right answers is from ``solved_at``, one less; solved without hints it leaves, and
    likewise where ``max_chunks`` do not help. Each task settles at the fewest chunks that let some answers
    be right.

    Source: SPARKLE (2506.04723), from a summary: the solution of a problem with no right answer in 20 is cut
    into 4 chunks, and it is trained with 0 to 4 of them; and KnowRL (2604.12627), whose hints cut the share
    of problems without a right answer from 41.2% to 13.0%. Both pick the hints once, before training, KnowRL
    by a search for the smallest set of knowledge points that suffices (recalled, not verified; the wrapper's
    ``points`` are for that). That the ladder is climbed while training, up and down, is ours.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        retry_share: float = 0.5,
        solved_at: float = 0.5,
        max_chunks: int = 3,
        max_tasks: int = 1024,
        level: int = 0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            retry_share: Share of the groups that play a task of the ladder, where there is one.
            solved_at: Share of right answers from which a chunk is taken away.
            max_chunks: Most chunks that are shown, 1 to 4; four are the whole solution.
            max_tasks: Tasks on the ladder at once; the oldest leaves.
            level: Level of all environments.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(envs, {"ladder": []})
        if not 0 <= retry_share <= 1:
            raise ConfigError(f"retry_share must be in [0, 1], got {retry_share!r}")
        if not 0 < solved_at <= 1:
            raise ConfigError(f"solved_at must be in (0, 1], got {solved_at!r}")
        if check_count(max_chunks, "max_chunks") > CHUNKS:
            raise ConfigError(f"max_chunks must be 1 to {CHUNKS}, got {max_chunks!r}")
        check_count(max_tasks, "max_tasks")
        self.check_level(level)
        self.retry_share, self.solved_at, self.level = retry_share, solved_at, level
        self.max_chunks, self.max_tasks = max_chunks, max_tasks

    @property
    def ladder(self) -> tuple[tuple[str, int, int], ...]:
        """The tasks that come back: environment, index, and the chunks they are shown with next."""
        return tuple((task["env"], task["index"], task["chunks"]) for task in self._memory["ladder"])

    def next(self, rng: random.Random) -> Choice:
        """Choose a task of the ladder, or an environment for a new one."""
        ladder = self._memory["ladder"]
        if ladder and rng.random() < self.retry_share:
            task = rng.choice(ladder)
            return Choice(
                env=task["env"], level=self.level, index=task["index"], options={"chunks": task["chunks"]}
            )
        return Choice(env=rng.choice(list(self.envs)), level=self.level, options={"chunks": 0})

    def update(self, results: Sequence[Result]) -> None:
        """Move tasks up and down the ladder; a result whose trainer names no index cannot be retried."""
        for result in chain.from_iterable(self.by_env(results).values()):
            share = result.accuracy
            choice = result.choice
            index = choice.index if choice.index is not None else result.index
            if index is None or math.isnan(share) or choice.level != self.level:
                continue
            task = self._task(choice.env, index)
            shown = choice.options.get("chunks", 0)
            if task is not None and task["chunks"] == shown:
                self._move(task, share)
            elif task is None and shown == 0 and share == 0:
                self._memory["ladder"].append({"env": choice.env, "index": index, "chunks": 1})
                self._memory["ladder"] = self._memory["ladder"][-self.max_tasks :]

    def _task(self, env: str, index: int) -> dict[str, Any] | None:
        found = (task for task in self._memory["ladder"] if (task["env"], task["index"]) == (env, index))
        return next(found, None)

    def _move(self, task: dict[str, Any], share: float) -> None:
        if share == 0:
            task["chunks"] += 1
        elif share >= self.solved_at:
            task["chunks"] -= 1
        if not 0 <= task["chunks"] <= self.max_chunks:
            self._memory["ladder"].remove(task)
