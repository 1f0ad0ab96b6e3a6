"""One episode behind the few verbs that harnesses and servers know: messages, tools, step, verify, close."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from gymnasium.error import ClosedEnvironmentError

from reason.envs.arguments import check_action
from reason.envs.episode import Step
from reason.envs.playable import Playable
from reason.envs.tool import ToolCall
from reason.errors import ConfigError
from reason.verdict import Verdict

__all__ = ["Session"]


class Session:
    """An episode of an environment, begun when the session is made (OpenEnv's ``ResourceSession``).

    The session keeps a fork of its own, so one environment can open many.
    """

    def __init__(
        self, env: Playable, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """Begin an episode.

        Args:
            env: A :class:`reason.envs.reasoning.ReasoningEnv`, wrapped or not; it stays as it is.
            seed: As of ``reset``.
            options: As of ``reset``.

        Raises:
            ConfigError: a seed or option that cannot be.
        """
        (self._env,) = env.fork(1)
        _, info = self._env.reset(seed=seed, options=None if options is None else dict(options))
        self._messages: list[dict[str, str]] = list(info["messages"])
        self._prompt_length = len(self._messages)
        self._verdict: Verdict | None = None
        self._closed = False
        self.done = False
        """Whether the episode has ended."""
        self.total_reward = 0.0
        """The sum of the rewards so far; NaN where something could not be scored."""

    def initial_messages(self) -> list[dict[str, str]]:
        """Return the prompt, as ``{"role", "content"}``."""
        return [dict(message) for message in self._messages[: self._prompt_length]]

    def messages(self) -> list[dict[str, str]]:
        """Return the whole conversation so far."""
        return [dict(message) for message in self._messages]

    def list_tools(self) -> list[dict[str, Any]]:
        """Return the tools on offer, in OpenAI's function format."""
        return self._open().tools

    def call_tool(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Call one tool: a turn like any other, written and answered in the environment's dialect.

        Raises:
            ConfigError: the episode has no tools.
            ValueError: the dialect has no words for this call.
            gymnasium.error.ResetNeeded: the episode has ended.
        """
        dialect = self._open().dialect
        if dialect is None:
            raise ConfigError("the episode has no tools; make the environment with tools=[...]")
        return self.step(dialect.write([ToolCall.of(name, arguments)]))[0]

    def step(self, message: str | Mapping[str, Any]) -> Step:
        """Answer with a text, or an assistant's message that holds one.

        Raises:
            TypeError: it holds no text.
            gymnasium.error.ResetNeeded: the episode has ended.
        """
        text = message.get("content") if isinstance(message, Mapping) else message
        step = self._open().step(check_action(text, "message"))
        _, reward, terminated, truncated, info = step
        self._messages += info["messages"]
        self._verdict = Verdict.from_dict(info["verdict"]) if info["verdict"] else None
        self.done = terminated or truncated
        self.total_reward += reward
        return step

    def verify(self) -> Verdict:
        """Judge the episode as it stands: the last verdict, or what ending it here would give."""
        return self._verdict or self._open().conclude()

    def close(self) -> None:
        """Give the episode up; may be called twice."""
        if not self._closed:
            self._closed = True
            self._env.close()

    def __enter__(self) -> Self:
        """Return this session."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _open(self) -> Playable:
        if self._closed:
            raise ClosedEnvironmentError("the session is closed; open another one")
        return self._env
