"""Problems in the shapes in which data sets write them, as one record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Checked", "Record", "Solution", "read_record"]

Language = Literal["python", "c", "cpp"]

MAX_TEXT_CHARS = 2_000_000
MAX_SOLUTIONS = 2_000
_CODECONTESTS = {2: "cpp", 3: "python", "CPP": "cpp", "PYTHON3": "python", "C": "c"}
"""Numbers and names of the languages that can be run here; 1 is Python 2 and 4 is Java."""
_NAMES = {"python3": "python", "py": "python", "c++": "cpp", "python": "python", "cpp": "cpp", "c": "c"}


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A reference solution: a program that reads standard input and prints."""

    language: Language
    source: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """A problem whose solutions are programs."""

    name: str
    statement: str
    examples: tuple[tuple[str, str], ...]
    """Inputs with their outputs."""
    solutions: tuple[Solution, ...]
    skipped: int = 0
    """Solutions in languages that are not run here."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A problem whose solution is a function, and whose checks are given."""

    name: str
    prompt: str
    entry_point: str | None
    """None where the checks call functions by their names."""
    solution: str
    checks: str


def read_record(data: Any) -> Record | Checked:
    """Read one problem in the shape of CodeContests, APPS, TACO, LiveCodeBench, HumanEval or MBPP.

    Raises:
        ValueError: it has none of these shapes, or lacks what its shape needs.
        TypeError: a value is of another type.
    """
    if not isinstance(data, Mapping):
        raise TypeError(f"a problem must be an object, got {type(data).__name__}")
    if "entry_point" in data and "canonical_solution" in data:
        return _human_eval(data)
    if "test_list" in data and "code" in data:
        return _mbpp(data)
    if "description" in data:
        return _code_contests(data)
    if "question" in data:
        return _apps(data)
    if "question_content" in data:
        return _live_code_bench(data)
    raise ValueError(
        "it has no shape that is known (CodeContests: description; APPS and TACO: question; LiveCodeBench: "
        "question_content; HumanEval: entry_point; MBPP: test_list)"
    )


def _human_eval(data: Mapping[str, Any]) -> Checked:
    prompt, entry_point = _text(data, "prompt"), _text(data, "entry_point")
    if not entry_point.isidentifier():
        raise ValueError(f"entry_point must name a function, got {entry_point[:40]!r}")
    return Checked(
        name=_name(data, "task_id"),
        prompt=prompt,
        entry_point=entry_point,
        solution=prompt + _text(data, "canonical_solution"),
        checks=_text(data, "test"),
    )


def _mbpp(data: Mapping[str, Any]) -> Checked:
    tests = _list(data["test_list"], "test_list")
    imports = _list(data.get("test_imports") or [], "test_imports")
    if not tests:
        raise ValueError("test_list must hold at least one test")
    said = _text(data, "text" if "text" in data else "prompt")
    setup = data.get("test_setup_code") or ""
    return Checked(
        name=_name(data, "task_id"),
        prompt=f"{said}\n\nYour code must pass these tests:\n\n" + "\n".join(tests),
        entry_point=None,
        solution=_text(data, "code"),
        checks="\n".join([*imports, setup, *tests]) + "\n",
    )


def _code_contests(data: Mapping[str, Any]) -> Record:
    given = data.get("solutions") or []
    if isinstance(given, Mapping):
        languages, sources = (
            _list(given.get(key) or [], f"solutions.{key}", str | int) for key in ("language", "solution")
        )
        given = [{"language": a, "solution": b} for a, b in zip(languages, sources, strict=True)]
    found, skipped = [], 0
    for each in _list(given, "solutions", Mapping)[:MAX_SOLUTIONS]:
        language = _CODECONTESTS.get(each.get("language"))
        if language is None:
            skipped += 1
        else:
            found.append(Solution(language=language, source=_text(each, "solution")))  # type: ignore[arg-type]
    examples: list[tuple[str, str]] = []
    for key in ("public_tests", "private_tests"):
        examples += _pairs(data.get(key) or {}, "input", "output", key)
    return Record(
        name=_name(data, "name"),
        statement=_text(data, "description"),
        examples=tuple(examples),
        solutions=tuple(found),
        skipped=skipped,
    )


def _apps(data: Mapping[str, Any]) -> Record:
    cases = _unpacked(data.get("input_output") or "{}", "input_output")
    if not isinstance(cases, Mapping):
        raise TypeError(f"input_output must be an object, got {type(cases).__name__}")
    if cases.get("fn_name"):
        raise ValueError("it asks for a function, whose inputs no statement describes")
    solutions = _list(_unpacked(data.get("solutions") or "[]", "solutions"), "solutions")
    return Record(
        name=_name(data, "name", "problem_id", "id"),
        statement=_text(data, "question"),
        examples=tuple(_pairs(cases, "inputs", "outputs", "input_output")),
        solutions=tuple(Solution(language="python", source=source) for source in solutions[:MAX_SOLUTIONS]),
    )


def _live_code_bench(data: Mapping[str, Any]) -> Record:
    examples = []
    for each in _list(
        _unpacked(data.get("public_test_cases") or "[]", "public_test_cases"), "public_test_cases", Mapping
    ):
        if each.get("testtype", "stdin") != "stdin":
            raise ValueError("it asks for a function, whose inputs no statement describes")
        examples.append((_text(each, "input"), _text(each, "output")))
    found, skipped = [], 0
    for given in _list(_unpacked(data.get("solutions") or "[]", "solutions"), "solutions", str | Mapping)[
        :MAX_SOLUTIONS
    ]:
        if isinstance(given, str):
            found.append(Solution(language="python", source=given))
            continue
        language = _NAMES.get(str(given.get("language", "python")).lower())
        if language is None:
            skipped += 1
        else:
            key = "source" if "source" in given else "solution"
            found.append(Solution(language=language, source=_text(given, key)))  # type: ignore[arg-type]
    return Record(
        name=_name(data, "question_title", "question_id"),
        statement=_text(data, "question_content"),
        examples=tuple(examples),
        solutions=tuple(found),
        skipped=skipped,
    )


def _pairs(data: Any, inputs: str, outputs: str, key: str) -> Iterable[tuple[str, str]]:
    if not isinstance(data, Mapping):
        raise TypeError(f"{key} must be an object, got {type(data).__name__}")
    left = _list(data.get(inputs) or [], f"{key}.{inputs}", str | list)
    right = _list(data.get(outputs) or [], f"{key}.{outputs}", str | list)
    if len(left) != len(right):
        raise ValueError(f"{key} holds {len(left)} inputs and {len(right)} outputs")
    # Some files give the lines as a list.
    texts = [
        ["\n".join(map(str, each)) if isinstance(each, list) else each for each in side]
        for side in (left, right)
    ]
    return zip(*texts, strict=True)


def _unpacked(value: Any, key: str) -> Any:
    """Return JSON data that the shape may give as a text of JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{key} is no JSON: {error}") from error


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise TypeError(f"{key} must be a text, got {value!r:.60}")
    if len(value) > MAX_TEXT_CHARS:
        raise ValueError(f"{key} has {len(value)} characters; {MAX_TEXT_CHARS} are read")
    # A lone surrogate cannot be written to any file.
    return value.encode("utf-8", "replace").decode()


def _list(value: Any, key: str, kind: Any = str) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(each, kind) for each in value):
        raise TypeError(f"{key} must be a list, got {value!r:.60}")
    return value


def _name(data: Mapping[str, Any], *keys: str) -> str:
    found = next((data[key] for key in keys if isinstance(data.get(key), str | int)), "problem")
    return " ".join(str(found).encode("utf-8", "replace").decode().split())[:80] or "problem"
