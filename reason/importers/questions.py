"""Questions of one's own made into Search-v0 tasks, searched in whatever the tool ``search`` is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError
from reason.generators.search.search import Search, SearchConfig, draft_question
from reason.importers import find_files, imported_task
from reason.task import Task
from reason.verifiers.short_answer import normalize

__all__ = ["SUFFIXES", "SUMMARY", "make_task", "read"]

SUFFIXES = (".jsonl",)
SUMMARY = "questions with answers, to be searched in a corpus of one's own"

MAX_QUESTION_CHARS = 20_000
_ANSWERS = ("answers", "answer", "golden_answers")
_EXAMPLE = '{"question": "...", "answers": ["..."]}'


def read(path: Path, *, protocol: str = "search_r1") -> Iterator[Task]:
    """Yield one task a line, in the order of the file; of a folder, the files in the order of their paths.

    A line is an object with ``question`` and ``answers`` (or ``answer``, or ``golden_answers`` as Search-R1's
    data has it): a text or a list, the first of which is the reference; and optionally ``pages``, the ids of
    the pages that the answer rests on, for rewards over the evidence.

    All lines are read before the first task comes, so that a broken one stops the import at once.

    Args:
        path: A JSONL file, or a folder that is searched with all its subfolders.
        protocol: As in :func:`make_task`.

    Raises:
        ConfigError: there is no such protocol.
        InputFormatError: there is nothing to read, or a line cannot be; it names file, line and fix.
    """
    files = find_files(Path(path), SUFFIXES)
    for file in files:
        if not sum(1 for _ in _tasks([file], protocol)):
            raise InputFormatError(f"{file}: there is no question in it; a line is {_EXAMPLE}")
    return _tasks(files, protocol)


def make_task(
    question: str,
    answers: Sequence[str],
    *,
    pages: Sequence[str] = (),
    protocol: str = "search_r1",
    index: int = 0,
) -> Task:
    """Make a task of a question; play it in ``gym.make("reason/Search-v0", tools=[Search(source=...)])``.

    Args:
        question: What is asked.
        answers: All that are right, the reference first.
        pages: Ids of the pages that the answer rests on, where they are known.
        protocol: The dialect of the calls, as the knob of Search-v0.
        index: Of the task.

    Raises:
        ValueError: there is no question or no answer in it.
        ConfigError: there is no such protocol.
    """
    if not isinstance(question, str) or not 0 < len(question.strip()) <= MAX_QUESTION_CHARS:
        most = MAX_QUESTION_CHARS
        raise ValueError(f"question must be a text of 1 to {most} characters, got {question!r:.80}")
    for name, texts in (("answers", answers), ("pages", pages)):
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{name} must be a list of texts, got {texts!r:.80}")
    if bad := [answer for answer in answers if not normalize(answer)]:
        raise ValueError(f"answers must each hold a word or a number, got {bad[0]!r:.80}")
    if not answers:
        raise ValueError("answers must hold at least one answer")
    config = SearchConfig(num_hops=1, protocol=protocol)  # type: ignore[arg-type]
    draft = draft_question(question.strip(), tuple(answers), pages=tuple(pages), protocol=protocol)
    return imported_task(Search(), config.to_dict(), draft, index=index)


def _tasks(files: Sequence[Path], protocol: str) -> Iterator[Task]:
    SearchConfig(num_hops=1, protocol=protocol)  # type: ignore[arg-type]
    index = 0
    for file in files:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    task = _task_of(json.loads(line.decode("utf-8-sig")), protocol, index)
                except (ValueError, TypeError, RecursionError) as error:
                    raise InputFormatError(f"{file}:{number}: {error}; a line is {_EXAMPLE}") from error
                yield task
                index += 1


def _task_of(data: Any, protocol: str, index: int) -> Task:
    if not isinstance(data, Mapping):
        raise TypeError(f"a question must be an object, got {type(data).__name__}")
    given = [data[name] for name in _ANSWERS if data.get(name) is not None]
    if len(given) != 1:
        raise ValueError(f"a question needs one of {', '.join(_ANSWERS)}")
    answers = given[0] if isinstance(given[0], list) else [given[0]]
    # Data sets write years and counts as numbers.
    answers = [str(answer) if type(answer) in (int, float) else answer for answer in answers]
    pages = data.get("pages") or ()
    return make_task(data.get("question", ""), answers, pages=pages, protocol=protocol, index=index)
