"""What sessions, groups and wrappers ask of an environment: ``ReasoningEnv`` and every wrapper have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from reason.envs.episode import Step
from reason.envs.tool import Dialect
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["Playable"]


class Playable(Protocol):
    """An environment that can be stepped, awaited, forked, saved and judged."""

    @property
    def task(self) -> Task:
        """The task in play."""
        ...

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools on offer, in OpenAI's function format."""
        ...

    @property
    def dialect(self) -> Dialect | None:
        """How calls are written; None where there are no tools."""
        ...

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Start an episode."""
        ...

    async def areset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Start an episode without blocking the event loop."""
        ...

    def step(self, action: str, /) -> Step:
        """Answer."""
        ...

    async def astep(self, action: str, /) -> Step:
        """Answer without blocking the event loop."""
        ...

    def conclude(self) -> Verdict:
        """Judge the episode as it stands."""
        ...

    def get_state(self) -> dict[str, Any]:
        """Return where it stands, as JSON."""
        ...

    def set_state(self, state: Mapping[str, Any], /) -> None:
        """Go back to where :meth:`get_state` was called."""
        ...

    def fork(self, n: int, /) -> list[Self]:
        """Return ``n`` environments that go on independently."""
        ...

    def get_metrics(self) -> dict[str, dict[str, float]]:
        """Return the time spent, by phase."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...
