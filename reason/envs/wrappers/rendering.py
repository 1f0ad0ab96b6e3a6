"""Rendering: the same episodes in other words, such as another language or a smaller vocabulary."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import gymnasium

from reason.envs.wrapper import ReasoningWrapper
from reason.errors import ConfigError
from reason.task import Task

__all__ = ["Phrasebook", "Renderer", "Rendering"]


class Renderer(ABC):
    """Other words for the messages of an environment, and the way back for those of the policy.

    Both methods are functions of their arguments alone: an episode is rendered again in every fork and
    every replay, and has to read the same there. They take any text, since a message may repeat what the
    policy wrote. What they raise is raised by ``reset``, which is undone, or by ``step``.
    """

    @abstractmethod
    def show(self, task: Task, role: str, content: str) -> str:
        """Return a message of the environment as the policy sees it.

        Args:
            task: The task in play. Say no more of it than the message does.
            role: ``system``, ``user``, ``tool``, or ``assistant`` in a prompt that has examples.
            content: The message, or a part of it that is marked in ``info["spans"]``. What the policy has
                to write itself (``<answer>``, the tags of calls, names) is best left as it is.
        """

    def read(self, task: Task, text: str) -> str:
        """Return what the environment reads for a text of the policy: the text itself, unless overridden."""
        return text


class Phrasebook(Renderer):
    """Replace phrases where they stand as whole words, the longest first.

    >>> book = Phrasebook({"Too low.": "Zu klein.", "turn": "Zug"})
    >>> book.show(None, "user", "Too low. 1 turn is left, so return.")
    'Zu klein. 1 Zug is left, so return.'
    """

    def __init__(self, phrases: Mapping[str, str], *, back: bool = False) -> None:
        """Make a renderer.

        Args:
            phrases: The environment's words to the policy's.
            back: Put the environment's words for the policy's in its texts; then no two phrases may have
                the same words.

        Raises:
            ConfigError: a phrase is empty or no text, or the way back is not clear.
        """
        for pair in phrases.items():
            if not all(isinstance(part, str) and part for part in pair):
                raise ConfigError(f"phrases must map texts to texts, neither empty, got {pair!r:.80}")
        self._there = _Replacement(dict(phrases))
        self._back = _Replacement({shown: own for own, shown in phrases.items()} if back else {})
        if back and len(self._back.words) != len(phrases):
            raise ConfigError("phrases must differ in their words, or they cannot be read back")

    def show(self, task: Task, role: str, content: str) -> str:
        """Replace the environment's phrases."""
        return self._there.of(content)

    def read(self, task: Task, text: str) -> str:
        """Replace the policy's phrases, where asked to."""
        return self._back.of(text)


class _Replacement:
    """One pass over a text that puts words for words."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        self._pattern = re.compile("|".join(map(_whole, sorted(words, key=len, reverse=True))))

    def of(self, text: str) -> str:
        return self._pattern.sub(lambda found: self.words[found[0]], text) if self.words else text


def _whole(phrase: str) -> str:
    """Return a pattern of a phrase whose first and last words are no parts of longer ones."""
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", phrase) else ""
    return f"{before}{re.escape(phrase)}{after}"


class Rendering(ReasoningWrapper):
    """Show every message as a renderer words it, the system's, the prompt's and tools' results included.

    The conversation only grows: each message is worded once, when it is new, and what the policy wrote
    stands in it as written. ``info["spans"]`` are moved to where the marked parts stand now;
    ``info["verdict"]`` and ``info["tools"]`` are not worded anew.
    """

    def __init__(self, env: gymnasium.Env[str, str], renderer: Renderer) -> None:
        """Wrap an environment.

        Args:
            env: The environment.
            renderer: Finds the words.

        Raises:
            ConfigError: ``renderer`` is none.
        """
        super().__init__(env)
        if not isinstance(renderer, Renderer):
            raise ConfigError(f"renderer must be a Renderer, got {renderer!r:.80}")
        self.renderer = renderer

    def show(self, role: str, content: str) -> str:
        """Return a message in the renderer's words.

        Raises:
            TypeError: the renderer returned no text.
        """
        return _text(self.renderer.show(self.task, role, content), "show")

    def read(self, text: str) -> str:
        """Return what the environment inside reads.

        Raises:
            TypeError: the renderer returned no text.
        """
        return _text(self.renderer.read(self.task, text), "read")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"Renderer.{name} must return a text, got {value!r:.80}")
    return value
