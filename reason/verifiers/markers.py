r"""What can mark a final answer in a text: ``<answer>`` tags, boxes, fenced blocks. Linear time each.

:mod:`reason.verifiers.extraction` says what they are worth.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Marker", "boxes", "fences", "tags"]

_TAG = re.compile(r"<\s*+(/\s*+)?+answer\s*+>", re.ASCII | re.IGNORECASE)
_BOX = re.compile(
    r"\\(?:boxed|fbox)(?:"
    r"\s*+\{(?:([^{}\\]*+)\}|())"  # 1: all of a box without braces inside; 2: the start of any other
    r"|[ \t]*+([-+\u2212]?\.?\d[^\s$\\{}()<>]*+|(?<=[ \t])[A-Z](?!\w)))"  # 3: one number or letter
    r"|(\{++)|(\}++)"  # 4, 5
    r"|(?:\\(?:[{}]|\\(?!boxed|fbox)))++",  # escaped: no brace
    re.ASCII,
)
_FENCE = re.compile(r"^([ \t]*+)(`{3,}+|~{3,}+)[ \t]*+([^`\s][^`\r\n]*+)?+\r?$", re.MULTILINE)


class Marker(NamedTuple):
    """A piece of text that says "this is the answer", and where the answer stands in it."""

    start: int
    stop: int
    """Where the whole marker stands."""
    inner_start: int
    inner_stop: int
    """Where the answer stands."""
    indent: int = 0
    """Columns to take off each line of a fenced block."""
    fenced: bool = False
    """Whether it is a fenced block."""

    def content(self, text: str) -> str:
        """Return what it marks, as it stands in ``text``."""
        inner = text[self.inner_start : self.inner_stop]
        return re.sub(rf"^[ \t]{{1,{self.indent}}}+", "", inner, flags=re.MULTILINE) if self.indent else inner


def tags(text: str) -> list[Marker]:
    """Find the complete ``<answer>…</answer>``, each from the opening tag that is nearest to its end."""
    found = []
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(text):
        if not tag[1]:
            opened = tag
        elif opened:
            if not _is_instruction(text, opened, tag):
                found.append(Marker(opened.start(), tag.end(), opened.end(), tag.start()))
            opened = None
    return found


def _is_instruction(text: str, opened: re.Match[str], closed: re.Match[str]) -> bool:
    """Recognise ``between <answer> and </answer>``, which a policy that repeats its prompt writes."""
    if closed.start() - opened.end() > 16 or text[opened.end() : closed.start()].strip() != "and":
        return False
    return text[max(0, opened.start() - 16) : opened.start()].rstrip().lower().endswith("between")


def boxes(text: str) -> list[Marker]:
    r"""Find the complete ``\boxed{…}`` and ``\fbox{…}`` that stand in no other one."""
    first = min((place for place in map(text.find, ("\\boxed", "\\fbox")) if place >= 0), default=len(text))
    found: list[Marker] = []
    opened: list[tuple[int, int, int]] = []  # start, start of the content, depth of braces outside
    depth = 0  # of braces, counted from the outermost open box
    for token in _BOX.finditer(text, first):
        kind = token.lastindex
        if kind == 1:
            found.append(Marker(*token.span(), *token.span(1)))
        elif kind == 2:
            opened.append((*token.span(), depth))
            depth += 1
        elif kind == 3:
            start = token.start(3)
            stop = start + len(token[3].rstrip(".,;:!?*"))
            found.append(Marker(token.start(), stop, start, stop))
        elif opened and kind == 4:
            depth += len(token[4])
        elif opened and kind == 5:
            end = token.end()
            depth -= len(token[5])
            while opened and opened[-1][2] >= depth:
                start, inner_start, outside = opened.pop()
                stop = end - (outside - depth)
                while found and found[-1].start > start:
                    found.pop()
                found.append(Marker(start, stop, inner_start, stop - 1))
            if not opened:
                depth = 0
    return found


def fences(text: str) -> list[Marker]:
    """Find the closed fenced blocks."""
    found: list[Marker] = []
    if "```" not in text and "~~~" not in text:
        return found
    opened: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        if opened is None:
            opened = line
        elif line[2].startswith(opened[2]):
            if line[3]:
                opened = line  # the one before was never closed
            else:
                start, stop = line.span()
                found.append(Marker(opened.start(), stop, opened.end() + 1, start, len(opened[1]), True))
                opened = None
    return found
