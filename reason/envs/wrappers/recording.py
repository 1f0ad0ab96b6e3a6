"""Recording: every episode goes to a file, for ``reason replay`` and for later."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import gymnasium

from reason.envs.episode import Step
from reason.envs.transcripts import Transcript, TranscriptTurn, append_transcript
from reason.envs.wrapper import Begun, ReasoningWrapper
from reason.frozen import thaw

__all__ = ["Recording"]


class Recording(ReasoningWrapper):
    """Write each episode as one line of JSON when it ends, is reset or the environment is closed.

    Put it outermost: it writes what the policy saw. Forks write to the same file, each its whole
    conversation. The file holds the task with its ground truth, and no clock: the same play gives the same
    bytes.
    """

    own_state: ClassVar[Mapping[str, type]] = {"prompt": list, "turns": list}

    def __init__(self, env: gymnasium.Env[str, str], path: str | Path) -> None:
        """Wrap an environment.

        Args:
            env: The environment.
            path: A JSONL file; episodes are added to its end.
        """
        super().__init__(env)
        self.path = Path(path)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Begun:
        """Start an episode; an unfinished one is written."""
        unfinished = self._unfinished()
        return self._begun(unfinished, super().reset(seed=seed, options=options))

    async def areset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Begun:
        """Start an episode, drawing its task in a thread; an unfinished one is written."""
        unfinished = self._unfinished()
        return self._begun(unfinished, await super().areset(seed=seed, options=options))

    def after(self, text: str, step: Step) -> Step:
        """Keep the turn; write the episode where it ends."""
        _, reward, terminated, truncated, info = step
        turn = {
            "messages": thaw(info["messages"]),
            "reward": None if math.isnan(reward) else reward,
            "terminated": terminated,
            "truncated": truncated,
            "stop_reason": info["stop_reason"],
            "verdict": thaw(info["verdict"]),
        }
        self.own["turns"].append(turn)
        if terminated or truncated:
            append_transcript(self.path, self._transcript())
        return step

    def close(self) -> None:
        """Write an unfinished episode and close the environment."""
        if (unfinished := self._unfinished()) is not None:
            append_transcript(self.path, unfinished)
        self.own = {}
        super().close()

    def _begun(self, unfinished: Transcript | None, begun: Begun) -> Begun:
        if unfinished is not None:
            append_transcript(self.path, unfinished)
        self.own = {"prompt": thaw(begun[1]["messages"]), "turns": []}
        return begun

    def _unfinished(self) -> Transcript | None:
        turns = self.own.get("turns")
        if not turns or turns[-1]["terminated"] or turns[-1]["truncated"]:
            return None
        return self._transcript()

    def _transcript(self) -> Transcript:
        turns = tuple(TranscriptTurn(**turn) for turn in thaw(self.own["turns"]))
        return Transcript(task=self.task, prompt=tuple(self.own["prompt"]), turns=turns)
