"""The contract of a family: one generator of tasks and the verifier that judges their answers.

A family is one file under ``reason/generators/<domain>/`` (or anywhere, through the entry-point group
``reason.families``): a frozen ``Config`` of knobs, and a class that draws, judges and can be audited.
"""

from __future__ import annotations

import re
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from random import Random
from typing import Any, ClassVar, Generic, Literal, get_args, get_origin

from reason.config import Config, ConfigT, closest, frozen_values
from reason.errors import ConfigError, GenerationError, RegistryError
from reason.frozen import FrozenDict
from reason.seeding import check_split, split_of, stream
from reason.task import Message, Task
from reason.verdict import Verdict

__all__ = ["ANSWER_INSTRUCTION", "ID_PATTERN", "Config", "ConfigT", "Draft", "Family", "closest"]

ID_PATTERN = re.compile(r"(?P<name>[A-Z][A-Za-z0-9]*)-v(?P<version>[0-9]+)")
"""What a family's id looks like: ``SAT-v0``."""

ANSWER_INSTRUCTION = "Give your final answer between <answer> and </answer>."
"""The one sentence with which every prompt asks for its answer."""

MAX_DRAWS = 400
"""Draws after which a split is taken to be empty at that configuration (a quarter split misses 400 times
in a row with probability 1e-50 where the space is large)."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a family's ``generate`` returns: the part of a task that only the family knows."""

    prompt: str | tuple[Message, ...]
    """The question; a plain string becomes one user message."""
    ground_truth: Mapping[str, Any]
    reference: str | None
    """One right answer, without tags, from the generator or its solver."""
    effort: float | None = None
    """Measured work of a reference solver (conflicts, nodes, proof length): orders the levels."""
    canonical: Any = None
    """JSON that is equal for tasks that are the same problem (sorted clauses, say); the prompt's text
    where None. Splits are disjoint in it."""
    trace: tuple[Mapping[str, Any], ...] = ()
    tools: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=FrozenDict)
    finish: Callable[[Draft], Draft | None] | None = None
    """Adds what is costly (effort, say); called only for a draft that its split keeps, since half of all
    draws and more belong to another one. None: the draft will not do after all, and another is drawn."""

    def messages(self) -> tuple[Message, ...]:
        """Return the prompt as messages."""
        return (Message(role="user", content=self.prompt),) if isinstance(self.prompt, str) else self.prompt


class Family(ABC, Generic[ConfigT]):
    """One kind of task. Subclass it in one file, decorate the class with ``@register``; nothing else.

    The class docstring's first line is the family's summary. Instances have no state.
    """

    id: ClassVar[str]
    """Name and version, such as ``SAT-v0``; the version rises when the same index gives other bytes."""
    domain: ClassVar[str]
    """The folder it belongs to, such as ``logic``."""
    licence: ClassVar[str] = "Apache-2.0"
    """SPDX licence of the generated tasks."""
    default_level: ClassVar[int] = 3
    """The level played where neither level nor knobs are given."""
    max_level: ClassVar[int | None] = None
    """Hardest level, or None where levels have no end."""
    finite: ClassVar[bool] = False
    """True where so few tasks exist that a stream must repeat itself."""
    components: ClassVar[tuple[str, ...]] = ()
    """Keys of ``Verdict.components``; every verdict of the family has them all."""
    answer_kind: ClassVar[Literal["text", "code"]] = "text"
    """``code`` lets the last fenced block stand for an answer that has no tag."""
    config_type: ClassVar[type[Config]]
    """Set from ``Family[...]``."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Read the configuration's type from the ``Family[...]`` base."""
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, "__orig_bases__", ()):
            if isinstance(base, type) or not issubclass(get_origin(base) or object, Family):
                continue
            (config_type,) = get_args(base)
            if isinstance(config_type, type):
                if not (issubclass(config_type, Config) and is_dataclass(config_type)):
                    raise RegistryError(
                        f"{cls.__name__}: {config_type!r} must be a dataclass that extends Config"
                    )
                cls.config_type = config_type

    # What a family must say -------------------------------------------------------------------

    @abstractmethod
    def at_level(self, level: int) -> ConfigT:
        """Return the knobs of a level; level 0 is trivial and each level strictly harder than the last."""

    @abstractmethod
    def generate(self, rng: Random, config: ConfigT) -> Draft:
        """Draw one task using no randomness but ``rng``.

        Whatever the prompt claims (a unique solution, an optimum) is proved here by a solver.

        Raises:
            GenerationError: no task exists for this configuration.
        """

    @abstractmethod
    def verify(self, task: Task, answer: str) -> Verdict:
        """Judge an extracted answer; never raises on text, whatever the text is.

        It takes time linear in the answer, or calls :func:`reason.verifiers.limited.limited`.
        """

    # What an audit asks of a family -----------------------------------------------------------

    def solve(self, task: Task) -> str | None:
        """Answer from ``task.prompt`` alone, by another road than ``generate``'s; None gives up.

        The audit plays it on hundreds of tasks: where the verifier rejects it, generator, prompt and
        verifier disagree.
        """
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield wrong answers that look right; the audit demands that each is rejected."""
        return ()

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spellings of right answers; the audit demands that each is accepted."""
        return ()

    def chance(self, config: ConfigT) -> float:
        """Return the highest probability with which an answer that ignores the prompt is right."""
        return 0.0

    # What every family has --------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The id without its version."""
        return self.id.rpartition("-v")[0]

    @property
    def version(self) -> int:
        """The number in the id."""
        return int(self.id.rpartition("-v")[2])

    @property
    def summary(self) -> str:
        """The first line of the class docstring."""
        return (type(self).__doc__ or "").strip().partition("\n")[0]

    def configure(self, level: int | None = None, knobs: Mapping[str, Any] | None = None) -> ConfigT:
        """Return the knobs of a level, with ``knobs`` put over them.

        Raises:
            ConfigError: the level does not exist, or a knob is unknown or out of range.
        """
        if isinstance(knobs, Mapping) or knobs is None:
            knobs = dict(knobs or {})
        else:
            raise ConfigError(f"knobs must be a mapping of names to values, got {knobs!r:.80}")
        self.config_type.check_names(knobs)
        if level is None and knobs:
            try:
                return typing.cast("ConfigT", self.config_type.from_dict(knobs))
            except ConfigError as error:
                raise ConfigError(f"{self.id}: {error}") from error
        config = self.at_level(self.check_level(self.default_level if level is None else level))
        return replace(config, **frozen_values(knobs)) if knobs else config

    def check_level(self, level: int) -> int:
        """Return the level as an integer.

        Raises:
            ConfigError: it is not an integer, negative, or above ``max_level``.
        """
        if isinstance(level, bool) or not hasattr(level, "__index__"):
            raise ConfigError(f"{self.id}: level must be an integer, got {level!r}")
        level = level.__index__()
        if level < 0 or (self.max_level is not None and level > self.max_level):
            top = "any number up" if self.max_level is None else str(self.max_level)
            raise ConfigError(f"{self.id}: level must be 0 to {top}, got {level}")
        return level

    def task(
        self,
        *,
        split: str = "train",
        index: int = 0,
        level: int | None = None,
        knobs: Mapping[str, Any] | None = None,
    ) -> Task:
        """Draw the task at one place of one stream: the same arguments give the same bytes anywhere.

        Args:
            split: ``train``, ``validation`` or ``test``; no content stands in two of them.
            index: Position in the stream, from 0.
            level: Difficulty; ``default_level`` where neither it nor knobs are given.
            knobs: Knobs put over the level's, or over the defaults where no level is given.

        Raises:
            ConfigError: an argument that cannot be.
            GenerationError: this configuration has no task in this split.
        """
        check_split(split)
        if isinstance(index, bool) or not hasattr(index, "__index__") or index.__index__() < 0:
            raise ConfigError(f"index must be an integer from 0, got {index!r}")
        index = index.__index__()
        config = self.configure(level, knobs)
        if level is None and not knobs:
            level = self.default_level
        rng = stream(self.id, split, index, config.to_dict())
        for _ in range(MAX_DRAWS):
            draft = self.generate(rng, config)
            if split_of([self.id, _content(draft)]) == split:
                whole = draft.finish(draft) if draft.finish else draft
                if whole is None:
                    continue
                return self._make_task(
                    whole, config, split, index, None if level is None else self.check_level(level)
                )
        raise GenerationError(
            f"{self.id} drew {MAX_DRAWS} tasks and none that will do belongs to split {split!r}: "
            f"{config} allows too few tasks; choose a higher level or wider knobs"
        )

    def tasks(
        self,
        *,
        split: str = "train",
        level: int | None = None,
        start: int = 0,
        stop: int | None = None,
        knobs: Mapping[str, Any] | None = None,
    ) -> Iterator[Task]:
        """Yield the tasks of a stream from ``start`` up to ``stop`` (without end where None)."""
        index = start
        while stop is None or index < stop:
            yield self.task(split=split, index=index, level=level, knobs=knobs)
            index += 1

    def _make_task(self, draft: Draft, config: Config, split: str, index: int, level: int | None) -> Task:
        metadata = {"licence": self.licence, "language": "en", "effort": draft.effort, **draft.metadata}
        return Task(
            family=self.id,
            version=self.version,
            split=split,
            index=index,
            level=level,
            config=config.to_dict(),
            prompt=draft.messages(),
            tools=draft.tools,
            ground_truth=draft.ground_truth,
            reference=draft.reference,
            trace=draft.trace,
            metadata=metadata,
        )


def _content(draft: Draft) -> Any:
    return [message.content for message in draft.messages()] if draft.canonical is None else draft.canonical
