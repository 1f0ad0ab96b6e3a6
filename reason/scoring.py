"""The one door to a verdict: extract the final answer, let the family judge it."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reason import registry
from reason.errors import LimitExceeded, SandboxError
from reason.family import Family
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.extraction import extract_answer

__all__ = ["score", "score_elsewhere"]


def score(task: Task, completion: str) -> Verdict:
    """Judge a policy's completion.

    Args:
        task: The task, from any process or file; its family need not draw it again.
        completion: All that the policy wrote, thinking included.

    Returns:
        A verdict whose ``components`` has all the family's keys. A failure of ours is a verdict
        with ``score=None``, so that one bad checker never stops a training run.

    Raises:
        UnknownFamilyError: the task's family is not installed.
        TypeError: ``completion`` is not a string.
    """
    if not isinstance(completion, str):
        raise TypeError(f"completion must be a string, got {type(completion).__name__}")
    family = registry.get(task.family)
    extraction = extract_answer(completion, code=family.answer_kind == "code")
    if extraction.answer is None:
        verdict = Verdict.wrong(extraction.detail, status=Status.NO_ANSWER)
    else:
        verdict = _verify(family, task, extraction.answer)
    components = {**dict.fromkeys(family.components, 0.0), **verdict.components}
    return replace(verdict, answer=extraction.answer, components=components)


def score_elsewhere(module: str, task_json: str, completion: str) -> dict[str, Any]:
    """Do the same in a process that knows nothing yet: JSON in, JSON out.

    Args:
        module: Where the family stands, which this process may not have imported.
        task_json: The task, as :meth:`reason.Task.to_json` writes it.
        completion: All that the policy wrote.
    """
    importlib.import_module(module)
    return score(_task(task_json), completion).to_dict()


_task = lru_cache(maxsize=64)(Task.from_json)


def _verify(family: Family[Any], task: Task, answer: str) -> Verdict:
    try:
        return family.verify(task, answer)
    except LimitExceeded as error:
        return Verdict.wrong(str(error), status=Status.TIMEOUT)
    except SandboxError as error:
        return Verdict.unscorable(str(error), status=Status.SANDBOX_ERROR)
    except Exception as error:
        return Verdict.unscorable(f"{type(error).__name__}: {error}")
