"""A question of any of the mathematics families; also the family of questions that are read from files."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from statistics import fmean
from typing import Any

from reason import registry
from reason.errors import UnknownFamilyError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.registry import register
from reason.seeding import stream
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.math import verify_math

__all__ = ["FAMILIES", "MathQuestion", "MathQuestionConfig", "draft_question"]

FAMILIES = (
    "ArithmeticExpression-v0",
    "FractionArithmetic-v0",
    "LinearEquation-v0",
    "LinearSystem-v0",
    "FiniteSum-v0",
    "ModularArithmetic-v0",
    "InclusionExclusion-v0",
    "BayesRule-v0",
    "MatrixInvariant-v0",
    "Vectors-v0",
    "PolygonArea-v0",
    "UnitConversion-v0",
)
"""What is mixed where no families are named: a change here changes every task, and so the version."""
DRAWS_OF_EFFORT = 8

_TOPIC = re.compile(r"Topic: ([A-Za-z0-9 ]{1,60})\n\n")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")

_PROMPT = """\
{question}

{instruction}"""


@dataclass(frozen=True, kw_only=True)
class MathQuestionConfig(Config):
    """Knobs of the mixture."""

    family_level: int = 3
    """Level of the family that is drawn."""
    families: tuple[str, ...] = FAMILIES
    """Ids of the families that are mixed in equal parts; any family of mathematics can be named."""

    def __post_init__(self) -> None:
        """Reject families and levels that do not exist."""
        super().__post_init__()
        self.require(self.family_level >= 0, "family_level", "0 or greater")
        self.require(len(set(self.families)) == len(self.families) > 0, "families", "different ids")
        for name in self.families:
            try:
                family = registry.get(name)
            except UnknownFamilyError as error:
                self.require(False, "families", f"ids that exist ({error})")
            self.require(family.domain == "math", "families", f"of domain math, which {name} is not")
            self.require(family.id != MathQuestion.id, "families", "others than the mixture itself")
            highest = family.max_level
            self.require(
                highest is None or self.family_level <= highest,
                "family_level",
                f"at most {highest} for {name}",
            )


@register
class MathQuestion(Family[MathQuestionConfig]):
    """Answer a question of any of the mathematics families, or one of your own.

    Effort is the logarithm of the drawn family's effort, relative to that family's level 0.
    """

    id = "MathQuestion-v0"
    domain = "math"

    def at_level(self, level: int) -> MathQuestionConfig:
        """Play every family of the mixture at the level."""
        return MathQuestionConfig(family_level=level)

    def generate(self, rng: Random, config: MathQuestionConfig) -> Draft:
        """Draw a family, and a task of it."""
        family = registry.get(rng.choice(config.families))
        draft = family.generate(rng, family.at_level(config.family_level))
        content = (
            [message.content for message in draft.messages()] if draft.canonical is None else draft.canonical
        )
        first, *others = draft.messages()
        return replace(
            draft,
            prompt=(replace(first, content=_heading(family) + first.content), *others),
            canonical=[family.id, content],
            finish=lambda kept: _measured(family, kept, draft.finish),
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Let the drawn family judge; a question that was read is judged by ``verify_math``."""
        if "family" in task.ground_truth:
            family, inner = _inner(task)
            return replace(family.verify(inner, answer), components={})
        return verify_math(task.ground_truth["answer"], answer)

    def solve(self, task: Task) -> str | None:
        """Solve as the family of the heading does; a question that was read has neither."""
        topic = _TOPIC.match(task.text)
        if topic is None:
            return None
        family = registry.get(topic[1].replace(" ", ""))
        return family.solve(_without_heading(task, family))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the drawn family's."""
        family, inner = _inner(task)
        return family.near_misses(inner)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the drawn family's."""
        family, inner = _inner(task)
        return family.equivalents(inner)

    def chance(self, config: MathQuestionConfig) -> float:
        """Return the mean over the families: no answer is the likeliest of more than its own."""
        families = [registry.get(name) for name in config.families]
        return fmean(family.chance(family.at_level(config.family_level)) for family in families)


def draft_question(question: str, answer: str) -> Draft:
    """Make the family's part of a task of a question that was not drawn.

    Args:
        question: What is asked.
        answer: Its right answer, in any spelling that :func:`reason.verifiers.math.verify_math` reads.
    """
    return Draft(
        prompt=_PROMPT.format(question=question, instruction=ANSWER_INSTRUCTION),
        ground_truth={"answer": answer},
        reference=answer,
        metadata={"topic": "imported"},
    )


def _heading(family: Family[Any]) -> str:
    return f"Topic: {_WORDS.sub(' ', family.name)}\n\n"


def _without_heading(task: Task, family: Family[Any]) -> Task:
    first, *others = task.prompt
    return replace(
        task, prompt=(replace(first, content=first.content.removeprefix(_heading(family))), *others)
    )


def _measured(
    family: Family[Any], draft: Draft, finish: Callable[[Draft], Draft | None] | None
) -> Draft | None:
    """Do what the family leaves for drafts that are kept, and put its effort on a scale that all share."""
    whole = finish(draft) if finish else draft
    if whole is None:
        return None
    return replace(
        whole,
        effort=math.log2(1 + (whole.effort or 0.0) / _least_effort(family.id)),
        ground_truth={**whole.ground_truth, "family": family.id},
        metadata={**whole.metadata, "family": family.id},
    )


@lru_cache(maxsize=256)
def _least_effort(family_id: str) -> float:
    """Return the mean effort of a family's level 0."""
    family = registry.get(family_id)
    efforts = []
    for index in range(DRAWS_OF_EFFORT):
        config = family.at_level(0)
        draft = family.generate(stream(family_id, "train", index, config.to_dict()), config)
        whole = draft.finish(draft) if draft.finish else draft
        if whole is not None:
            efforts.append(whole.effort or 0.0)
    return max(1.0, fmean(efforts or [1.0]))


def _inner(task: Task) -> tuple[Family[Any], Task]:
    """Return the drawn family, and the task as that family would have it."""
    family = registry.get(task.ground_truth["family"])
    return family, replace(
        _without_heading(task, family),
        family=family.id,
        version=family.version,
        level=task.config["family_level"],
        config=family.at_level(task.config["family_level"]).to_dict(),
    )
