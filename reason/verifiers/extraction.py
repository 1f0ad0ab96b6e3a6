r"""The one rule by which a completion's final answer is found.

1. Thinking is not the answer: only what follows the last ``</think>`` counts (or ``</thinking>``,
   ``</thought>``, ``</reasoning>``, ``</seed:think>``, ``<|end_of_thought|>``, ``<|END_THINKING|>``,
   ``[/THINK]``, ``◁/think▷``, ``<|channel|>final``). Thinking that is opened after that and never closed
   was cut off: no answer.
2. The last complete ``<answer>…</answer>`` is the answer; else the last complete ``\boxed{…}`` or
   ``\fbox{…}`` (also ``\boxed 7``); else, only where code is asked for, the last closed fenced block;
   else there is none.
3. A tag closes the nearest opening, so ``<answer>a<answer>b</answer>`` is ``b``. What is never closed is
   passed over. Tags may have any case and inner spacing, but no attributes; look-alikes (full-width
   brackets, ``&lt;answer&gt;``, ``<ans\u200bwer>``) are text. A tag counts inside a code fence too. Of
   nested boxes the outer one counts.
4. Last wins where words stand between two answers (a revision). Two that differ with nothing but white
   space, punctuation or "or", "and" and the like between them, of whatever kind, are a hedge: no answer.
   The same value twice is fine. ``between <answer> and </answer>``, the instruction itself, is no answer.
5. An answer that is just one ``\boxed{…}`` or one fenced block is what stands inside; one that holds two
   different boxed values is no answer (a program may hold what it likes). An empty answer is none, and
   hides what stood before.
6. White space, NUL and other controls, zero-width and direction marks go from both ends; inside an answer
   nothing changes (:func:`reason.verifiers.spelling.plain` does that), but a lone surrogate becomes
   U+FFFD. HTML entities stay as they are.

All of it takes time linear in the text, whatever the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from reason.verifiers.markers import Marker, boxes, fences, tags
from reason.verifiers.spelling import EDGE, alike

__all__ = ["Extraction", "extract_answer", "format_answer"]

_THOUGHT = re.compile(
    # One set of first characters lets the search skip all others.
    r"[<\[◁](?:(?P<close>(?<=<)(?:\s*+/\s*+(?:seed:)?(?:think|thinking|thoughts?|reasoning)\s*+>"
    r"|\|end_of_thought\|>|\|end_thinking\|>|\|channel\|>\s*+final\b)|(?-i:(?<=\[)/THINK\])|(?<=◁)/think▷)"
    r"|(?<=<)(?:\s*+(?:seed:)?(?:think|thinking|thoughts?|reasoning)\s*+>"
    r"|\|begin_of_thought\|>|\|start_thinking\|>|\|channel\|>\s*+analysis\b)|(?-i:(?<=\[)THINK\])|(?<=◁)think▷)",
    re.ASCII | re.IGNORECASE,
)
# Most texts: one answer of printable ASCII, and nothing anywhere that could begin another marker.
_SIMPLE = re.compile(r"[^<\[\\`~◁]*+<answer>([ !-;=-Z\]^_a-}]++)</answer>[^<\[\\`~◁]*+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Between two answers a word or a relation makes the second a revision, unless the word just links them.
_LINK = re.compile(r"[^\W_]+|[=≈≠≡→⇒]")
_LINKS = frozenset(
    re.findall(
        r"\w+",
        """
        and or nor also either else otherwise alternatively alternative maybe perhaps possibly plus answer br
        und oder et ou y o или и 和 或 或者 または
        text textrm mathrm quad qquad lor vee land wedge
        """,
    )
)
_MAX_LAYERS = 4
"""How many wrappers around one answer are taken off: more is no spelling but an attack."""
_MAX_SPELLINGS = 16
"""How many different spellings of one value may stand side by side."""

_UNFINISHED = "the thinking was opened and never closed, so there is no final answer"
_MISSING = "no complete <answer>…</answer> or \\boxed{…}"
_EMPTY = "the final answer is empty"
_HEDGE = "two different final answers"


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What was found in a completion."""

    answer: str | None
    """The final answer; None where there is none, or more than one."""
    detail: str = ""
    """One line for a person: why there is none."""


_Finder = Callable[[str], list[Marker]]


def extract_answer(text: str, *, code: bool = False) -> Extraction:
    r"""Find the final answer by the one rule of this module.

    >>> extract_answer("<think>4?</think> It is <answer>5</answer>. No: <answer> 6 </answer>").answer
    '6'
    >>> extract_answer(r"<answer>5</answer> or \boxed{6}")
    Extraction(answer=None, detail='two different final answers')

    Args:
        text: All that the policy wrote; any string, of any length.
        code: Let the last fenced block stand for an answer that is not marked otherwise.

    Returns:
        The answer, or why there is none.

    Raises:
        TypeError: ``text`` is not a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {type(text).__name__}")
    if (simple := _SIMPLE.fullmatch(text)) and (answer := simple[1].strip()) not in ("", "and"):
        return Extraction(answer=answer)
    return _extract(text, code=code)


def _extract(text: str, *, code: bool) -> Extraction:
    """Find the final answer in any text."""
    thoughts = deque(_THOUGHT.finditer(text), maxlen=1)
    if thoughts:
        if not thoughts[0]["close"]:
            return Extraction(answer=None, detail=_UNFINISHED)
        text = text[thoughts[0].end() :]
    finders = (tags, boxes, fences) if code else (tags, boxes)
    for rank, find in enumerate(finders):
        if markers := find(text):
            extraction = _unwrap(markers[-1], text, code=code)
            lesser = finders[rank + 1 :]
            beside = chain(_before(text, markers, lesser), _after(text, markers[-1], lesser))
            if extraction.answer is not None and _contradicts(extraction.answer, beside, code=code):
                return Extraction(answer=None, detail=_HEDGE)
            return extraction
    return Extraction(answer=None, detail=_MISSING + (" or closed code block" if code else ""))


def format_answer(answer: str) -> str:
    """Mark an answer as final: the inverse of :func:`extract_answer`, edge white space aside.

    >>> format_answer("42")
    '<answer>42</answer>'

    Args:
        answer: The answer's text.

    Raises:
        ValueError: it would not be read back as it is: it is empty, holds tags or two boxes, is just a box
            or a fenced block, or has an invisible character at an end.
        TypeError: ``answer`` is not a string.
    """
    if not isinstance(answer, str):
        raise TypeError(f"answer must be a string, got {type(answer).__name__}")
    marked = f"<answer>{answer}</answer>"
    found = extract_answer(marked)
    if found.answer != answer.strip():
        reason = found.detail or f"it would be read as {found.answer!r:.80}"
        raise ValueError(f"answer {answer!r:.80} cannot be marked as final: {reason}")
    return marked


def _before(text: str, markers: list[Marker], finders: Sequence[_Finder]) -> Iterator[tuple[Marker, str]]:
    """Yield the markers that links join to the last of ``markers``, backwards, and the text of each."""
    stop = markers[-1].start
    for position in range(len(markers) - 2, -2, -1):
        start = markers[position].stop if position >= 0 else 0
        gap, end = text[start:stop], stop - start
        for minor in reversed(_minor(gap, finders)):
            if not _links(gap[minor.stop : end]):
                return
            yield minor, gap
            end = minor.start
        if position < 0 or not _links(gap[:end]):
            return
        yield markers[position], text
        stop = markers[position].start


def _after(text: str, last: Marker, finders: Sequence[_Finder]) -> Iterator[tuple[Marker, str]]:
    """Yield the lesser markers that links join to the last one, in order."""
    gap, end = text[last.stop :], 0
    for minor in _minor(gap, finders):
        if not _links(gap[end : minor.start]):
            return
        yield minor, gap
        end = minor.stop


def _minor(gap: str, finders: Sequence[_Finder]) -> list[Marker]:
    """Find markers of all the kinds given; one of a later kind counts where none of an earlier touches it."""
    found: list[Marker] = []
    for find in finders:
        starts = [marker.start for marker in found]
        free = []
        for marker in find(gap):
            before = bisect_left(starts, marker.stop)
            if before == 0 or found[before - 1].stop <= marker.start:
                free.append(marker)
        found = sorted([*found, *free]) if found else free
    return found


def _contradicts(answer: str, beside: Iterable[tuple[Marker, str]], *, code: bool) -> bool:
    """Tell whether a marker beside the answer says something else."""
    contents: set[str] = set()
    for marker, text in beside:
        content = marker.content(text)
        if content in contents:
            continue
        contents.add(content)
        other = _unwrap(marker, text, code=code).answer
        if other is None or not other.strip(".…"):  # a place left open says nothing
            continue
        if len(contents) > _MAX_SPELLINGS or not alike(answer, other):
            return True
    return False


def _links(gap: str) -> bool:
    if not gap or gap.isspace():
        return True
    return all(word[0].lower() in _LINKS for word in _LINK.finditer(gap))


def _unwrap(marker: Marker, text: str, *, code: bool) -> Extraction:
    """Read what a marker says: take wrappers and edges off its content."""
    answer, fenced = marker.content(text), marker.fenced
    blocks = [] if fenced else fences(answer)
    if len(blocks) == 1 and not _rest(answer, blocks).strip(EDGE):
        answer, fenced = blocks[0].content(answer), True
    for _ in range(0 if code else _MAX_LAYERS):
        found = boxes(answer)
        if not found:
            break
        values = {box.content(answer) for box in found}
        last = found[-1].content(answer)
        if len(values) > _MAX_SPELLINGS or not all(alike(last, value) for value in values):
            return Extraction(answer=None, detail=_HEDGE)
        if not _links(_rest(answer, found)):
            break
        answer = last
    trimmed = answer.strip(EDGE)
    if not trimmed:
        return Extraction(answer=None, detail=_EMPTY)
    if fenced:  # its first line keeps its indentation: it may be a program
        before = answer[: len(answer) - len(answer.lstrip(EDGE))]
        trimmed = before[len(before.rstrip(" \t")) :] + trimmed
    return Extraction(answer=_SURROGATE.sub("\ufffd", trimmed))


def _rest(text: str, markers: list[Marker]) -> str:
    stops = [0, *(marker.stop for marker in markers)]
    starts = [*(marker.start for marker in markers), len(text)]
    return " ".join(text[stop:start] for stop, start in zip(stops, starts, strict=True))
