"""What every wrapper of ``reason/envs/wrappers/`` is: an environment to wrap, fork and save in its turn.

A wrapper changes what the policy sees and what the environment inside reads; that environment keeps its
own books: its ``task_id``, state and ``render`` are those of the task as it was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

import gymnasium
from gymnasium.error import ResetNeeded

from reason.envs.arguments import check_action
from reason.envs.episode import Step
from reason.envs.playable import Playable
from reason.envs.reasoning import ReasoningEnv
from reason.envs.tool import Dialect
from reason.errors import ConfigError, TaskFormatError
from reason.frozen import thaw
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["Begun", "ReasoningWrapper"]

Begun = tuple[str, dict[str, Any]]
"""What ``reset`` returns."""


class ReasoningWrapper(gymnasium.Wrapper[str, str, str, str]):
    """A wrapper that does nothing; others override ``begin``, ``show``, ``prompt``, ``read``, ``after``."""

    own_options: ClassVar[tuple[str, ...]] = ()
    """Options of ``reset`` that are this wrapper's."""
    own_state: ClassVar[Mapping[str, type]] = {}
    """What :meth:`begin` returns, by key and type."""

    def __init__(self, env: gymnasium.Env[str, str]) -> None:
        """Wrap an environment.

        Raises:
            ConfigError: it is not a ``ReasoningEnv``, or a wrapper around one that can be forked.
        """
        if not isinstance(env.unwrapped, ReasoningEnv) or not hasattr(env, "fork"):
            raise ConfigError(f"{type(self).__name__} wraps a ReasoningEnv, got {env!r:.80}")
        super().__init__(env)
        self.own: dict[str, Any] = {}
        """What the wrapper keeps of the episode, as JSON; saved and forked with the environment."""

    # What wrappers override ----------------------------------------------------------------------

    def begin(self, task: Task, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return what to keep of an episode that begins, as ``own_state`` says.

        Raises:
            ConfigError: the wrapper cannot play this task, or an option cannot be; the reset is undone.
        """
        return {}

    def show(self, role: str, content: str) -> str:
        """Return what the policy sees of a message of the environment, or of a marked part of one.

        Asked once for each message, when it is new; the policy's own messages stand as it wrote them.
        """
        return content

    def prompt(self, text: str) -> str:
        """Return the prompt's last user message as the policy sees it, after :meth:`show`."""
        return text

    def read(self, text: str) -> str:
        """Return what the environment inside reads for a text of the policy; never raises on text."""
        return text

    def after(self, text: str, step: Step) -> Step:
        """Return a step as the policy sees it."""
        return step

    # What every environment has ------------------------------------------------------------------

    @property
    def inner(self) -> Playable:
        """The environment inside."""
        return cast(Playable, self.env)

    @property
    def task(self) -> Task:
        """The task in play."""
        return self.inner.task

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools on offer, in OpenAI's function format."""
        return self.inner.tools

    @property
    def dialect(self) -> Dialect | None:
        """How calls are written; None where there are no tools."""
        return self.inner.dialect

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Begun:
        """Start an episode; as in the environment inside, with this wrapper's options."""
        before, (own, inner) = self.inner.get_state(), self._split(options)
        return self._begin(before, own, self.inner.reset(seed=seed, options=inner))

    async def areset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Begun:
        """Start an episode, drawing its task in a thread."""
        before, (own, inner) = self.inner.get_state(), self._split(options)
        return self._begin(before, own, await self.inner.areset(seed=seed, options=inner))

    def step(self, action: str) -> Step:
        """Answer; as in the environment inside."""
        text = self._text(action)
        return self._after(text, self.inner.step(self.read(text)))

    async def astep(self, action: str) -> Step:
        """Answer, verifying in a thread."""
        text = self._text(action)
        return self._after(text, await self.inner.astep(self.read(text)))

    def conclude(self) -> Verdict:
        """Judge the episode as if it ended here."""
        return self.inner.conclude()

    def get_metrics(self) -> dict[str, dict[str, float]]:
        """Return the time spent, by phase."""
        return self.inner.get_metrics()

    def get_state(self) -> dict[str, Any]:
        """Return where the environment inside and this wrapper stand, as JSON data."""
        return {"env": self.inner.get_state(), "own": thaw(self.own)}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go back to where :meth:`get_state` was called.

        Raises:
            TaskFormatError: it is no state of such a wrapper; nothing has changed then.
            ConfigError: it is of another family.
        """
        if not isinstance(state, Mapping) or set(state) != {"env", "own"}:
            raise TaskFormatError(f"not a wrapper's state (env, own): {state!r:.80}")
        own, kinds = state["own"], self.own_state
        if not isinstance(own, Mapping) or (own and set(own) != set(kinds)):
            raise TaskFormatError(f"not the state of a {type(self).__name__}: {own!r:.80}")
        if wrong := next((key for key, value in own.items() if type(value) is not kinds[key]), None):
            raise TaskFormatError(f"{wrong} must be of type {kinds[wrong].__name__}, got {own[wrong]!r:.80}")
        self.inner.set_state(state["env"])
        self.own = thaw(own)

    def fork(self, n: int) -> list[Self]:
        """Return ``n`` environments that stand where this one stands and go on independently."""
        return [self._around(env) for env in self.inner.fork(n)]

    def __copy__(self) -> Self:
        """Copy what may change."""
        return self.fork(1)[0]

    def _around(self, env: Any) -> Self:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.env, twin.own = env, thaw(self.own)
        return twin

    def _split(self, options: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any] | None]:
        if not isinstance(options, Mapping):
            return {}, options
        own = {name: value for name, value in options.items() if name in self.own_options}
        return own, {name: value for name, value in options.items() if name not in own}

    def _begin(self, before: dict[str, Any], options: Mapping[str, Any], begun: Begun) -> Begun:
        info, kept = begun[1], self.own
        messages = info["messages"]
        users = [at for at, one in enumerate(messages) if one["role"] == "user"]
        last = users[-1] if users else len(messages) - 1
        try:
            self.own = self.begin(self.task, options)
            shown = [self.show(one["role"], one["content"]) for one in messages]
            shown[last] = self.prompt(shown[last])
        except Exception:
            self.own = kept
            self.inner.set_state(before)
            raise
        for message, content in zip(messages, shown, strict=True):
            message["content"] = content
        return shown[last], info

    def _text(self, action: str) -> str:
        if self.own.get("over"):
            raise ResetNeeded("the episode has ended: call reset()")
        return check_action(action)

    def _after(self, text: str, step: Step) -> Step:
        observation, reward, terminated, truncated, info = step
        info["messages"][0]["content"] = text
        for at, message in enumerate(info["messages"][1:], 1):
            spans = [span for span in info.get("spans", ()) if span["message"] == at]
            observation = message["content"] = self._shown(message, spans)
        return self.after(text, (observation, reward, terminated, truncated, info))

    def _shown(self, message: Mapping[str, str], spans: list[dict[str, Any]]) -> str:
        """Show a message; each marked part on its own, so that its marks can follow it."""
        role, content, shown, done = message["role"], message["content"], "", 0
        for span in spans:
            if done < span["start"]:
                shown += self.show(role, content[done : span["start"]])
            part, done = self.show(role, content[span["start"] : span["stop"]]), span["stop"]
            span["start"], span["stop"] = len(shown), len(shown) + len(part)
            shown += part
        return shown + self.show(role, content[done:]) if done < len(content) else shown
