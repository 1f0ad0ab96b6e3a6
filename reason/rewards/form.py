"""Form: whether a text says its thinking and its answer in the tags it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["form"]


def form(
    texts_G: Sequence[str | None],
    *,
    style: Literal["strict", "soft", "tags"] = "strict",
    thinking: str = "think",
    answer: str = "answer",
) -> NDArray[np.float64]:
    """Return how far each text keeps the form ``<think>...</think><answer>...</answer>``, in [0, 1].

    - ``strict``: 1 where each of the four tags comes once, in their order, with nothing but white space
      before, between and after the two parts, and neither part is blank;
    - ``soft``: 1 where each comes once, in their order, whatever else there is;
    - ``tags``: a quarter for each tag that comes exactly once.

    Source: DeepSeek-R1 and open-r1 (strict), CogniSQL-R1-Zero and ARTIST (soft beside strict), TRL's tag
    count. Time is linear in the text: tags are counted and found, not matched by a pattern.

    >>> right, late = "<think>2+2</think> <answer>4</answer>", "Well, <think>2+2</think><answer>4</answer>"
    >>> [form([right, late, None], style=style).tolist() for style in ("strict", "soft")]
    [[1.0, 0.0, nan], [1.0, 1.0, nan]]

    Args:
        texts_G: What each member wrote; None where it is not known.
        style: What counts.
        thinking: Name of the first tag.
        answer: Name of the second.

    Returns:
        G rewards; NaN where a text is None.

    Raises:
        ValueError: ``style`` is another word.
    """
    rules = {"strict": _strict, "soft": _soft, "tags": _tags}
    if style not in rules:
        raise ValueError(f"style must be one of {', '.join(rules)}, got {style!r}")
    marks = f"<{thinking}>", f"</{thinking}>", f"<{answer}>", f"</{answer}>"
    found = [np.nan if text is None else float(rules[style](text, marks)) for text in texts_G]
    return np.array(found, dtype=np.float64)


def _tags(text: str, marks: Sequence[str]) -> float:
    return sum(text.count(mark) == 1 for mark in marks) / len(marks)


def _soft(text: str, marks: Sequence[str]) -> bool:
    places = [text.find(mark) for mark in marks]
    return _tags(text, marks) == 1 and places == sorted(places)


def _strict(text: str, marks: Sequence[str]) -> bool:
    if not _soft(text, marks):
        return False
    before, rest = text.split(marks[0])
    thought, rest = rest.split(marks[1])
    between, rest = rest.split(marks[2])
    said, after = rest.split(marks[3])
    return bool(thought.strip() and said.strip()) and not (before + between + after).strip()
