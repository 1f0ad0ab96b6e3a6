"""What a family says of itself is there, and its verdicts are of one form."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import fields
from itertools import islice
from typing import Any

import gymnasium

from reason.errors import ReasonError
from reason.family import ANSWER_INSTRUCTION, Config, Family
from reason.task import Task
from reason.testing.conformance import Tally, check
from reason.testing.properties.answers import place
from reason.testing.subject import Subject, tagged
from reason.verdict import Verdict

SUMMARY_CHARS = 120
BUILT_IN = "reason.generators."


@check("A family has a summary, a licence, a domain, levels that exist and a docstring under each knob.")
def the_family_is_documented(subject: Subject, tally: Tally) -> None:
    """Read what lists and galleries show."""
    family = subject.family
    summary = family.summary
    tally.case(
        bool(summary) and len(summary) <= SUMMARY_CHARS and summary.endswith("."),
        f"the class docstring must begin with a sentence of up to {SUMMARY_CHARS} characters: {summary!r}",
    )
    tally.case(
        bool(re.fullmatch(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*", family.licence)),
        f"licence must be an SPDX expression, got {family.licence!r}",
    )
    module = type(family).__module__
    domain = module.removeprefix(BUILT_IN).split(".")[0] if module.startswith(BUILT_IN) else family.domain
    tally.case(
        bool(family.domain) and family.domain == domain,
        f"domain must be {domain!r}, the folder of {module}, got {family.domain!r}",
    )
    top = family.max_level
    tally.case(
        top is None or 0 <= family.default_level <= top,
        f"default_level is {family.default_level}, but max_level is {top}",
    )
    if top is not None:
        tally.case(_refuses(family, top + 1), f"level {top + 1} exists, but max_level is {top}")
    tally.case(_refuses(family, -1), "level -1 exists")
    documented = knob_docstrings(family.config_type)
    for name in family.config_type.names():
        tally.case(bool(documented.get(name)), f"the knob {name} has no docstring under it")


@check(f"Every prompt asks for its answer in the words of ANSWER_INSTRUCTION: {ANSWER_INSTRUCTION!r}")
def prompts_ask_for_the_answer(subject: Subject, tally: Tally) -> None:
    """Read the prompts; where a long reference stands in one verbatim is a figure, since a choice may be."""
    leaks = 0
    for task in subject.tasks():
        said = "\n".join(message.content for message in task.prompt)
        tally.case(ANSWER_INSTRUCTION in said, f"{place(task)} lacks the sentence: {said!r:.200}")
        leaks += task.reference is not None and len(task.reference) >= 8 and task.reference in said
    tally.figures["prompts that hold their reference"] = leaks


@check("Every verdict has exactly the family's components, passes exactly at score 1, and is the same again.")
def verdicts_are_of_one_form(subject: Subject, tally: Tally) -> None:
    """Take every road to a verdict: silence, nonsense, right and wrong answers."""
    keys = set(subject.family.components)
    for level in subject.levels:
        for task in subject.draw(level, max(4, subject.tasks_per_level // 4)):
            for completion in _roads(subject, task):
                verdict = subject.score(task, completion)
                tally.case(
                    set(verdict.components) == keys,
                    f"{place(task)}, {completion!r:.80}: the components are {sorted(verdict.components)}, "
                    f"declared are {sorted(keys)}",
                )
                tally.case(
                    (verdict.score == 1.0) == bool(verdict.passed),
                    f"{place(task)}, {completion!r:.80}: score {verdict.score} with passed={verdict.passed}",
                )
                tally.case(
                    subject.score(task, completion) == verdict,
                    f"{place(task)}, {completion!r:.80}: judged twice, it gets two verdicts",
                )
            # `score` fills in what a wrong answer may lack; a right one must have earned them all.
            right = _verified(subject.family, task)
            tally.case(
                right is None or not right.passed or set(right.components) == keys,
                f"{place(task)}: verify gives the reference only {sorted(right.components) if right else []}",
            )


@check("Gymnasium's env checker has nothing to say, not even a warning.")
def the_environment_is_sound(subject: Subject, tally: Tally) -> None:
    """Make the environment by its id and run ``check_env`` on it."""
    from gymnasium.utils.env_checker import check_env

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = gymnasium.make(f"reason/{subject.family.id}")
        check_env(env.unwrapped)
        env.close()
    told = "; ".join(str(warning.message) for warning in caught)
    tally.case(not caught, f"it warns: {told}")


def knob_docstrings(config_type: type[Config]) -> dict[str, str]:
    """Return the docstring under each knob, read from the source."""
    found: dict[str, str] = {}
    for owner in reversed(config_type.__mro__):
        if not issubclass(owner, Config) or owner is Config:
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(definition, ast.ClassDef)
        for statement, following in zip(definition.body, definition.body[1:], strict=False):
            match statement, following:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    found[name] = inspect.cleandoc(text)
    return {field.name: found[field.name] for field in fields(config_type) if field.name in found}


def _refuses(family: Family[Any], level: int) -> bool:
    try:
        family.configure(level)
    except ReasonError:
        return True
    return False


def _roads(subject: Subject, task: Task) -> Iterator[str]:
    yield from ("", "no tag", "<answer></answer>", "<answer>1</answer> or <answer>2</answer>")
    for answer in ("banana", "0", "-1", "[]", "{}", '{"a": null}', "(", "9" * 5000, "\x00", "\ud800", "٤٢"):
        yield tagged(answer)
    if task.reference is not None:
        yield tagged(task.reference)
    for answers in (subject.family.near_misses(task), subject.family.equivalents(task)):
        yield from map(tagged, islice(answers, 3))


def _verified(family: Family[Any], task: Task) -> Verdict | None:
    """Return what ``verify`` itself says of the reference; None where it raises."""
    try:
        return None if task.reference is None else family.verify(task, task.reference)
    except Exception:
        return None
