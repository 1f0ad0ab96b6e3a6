"""Dialects in which a call is a pair of tags around one argument: what they all do alike.

How a text is read:

- Only what follows the last ``</think>`` counts; thinking that is open at the end of the text counts too,
  since a sampler that stops at a closing tag leaves it open.
- A closing tag closes the nearest opening of its kind, and of blocks inside each other the outer one is the
  call, so that a program may hold the text of a search.
- An opening that is never closed is a call to the end of the text where no other tag follows it: samplers
  cut off the text at which they stop.
- What follows a result is not read: the policy wrote that result itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from reason.envs.tool import Dialect, ToolCall, ToolResult
from reason.errors import ConfigError
from reason.frozen import FrozenDict

__all__ = ["Block", "TagDialect", "Verb", "blocks", "disarm", "pattern", "spoken"]

_END_OF_THINKING = re.compile(r"<\s*+/\s*+(?:think|thinking)\s*+>", re.IGNORECASE)
_FENCE = re.compile(r"```[A-Za-z0-9_+-]*+[ \t]*+\n")


class Block(NamedTuple):
    """A part of a text between an opening and its closing."""

    kind: int
    """Position of its pair of tags in the list that was asked for."""
    start: int
    """Where its opening begins."""
    stop: int
    """Where its closing ends."""
    content: str
    closed: bool
    """False where the end of the text stands for the closing."""


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One kind of call: its tags, the tool that it calls, and the tags of its results."""

    tool: str
    argument: str
    """Name of the tool's one argument."""
    opening: str
    closing: str
    result_opening: str
    result_closing: str
    code: bool = False
    """Whether the argument is a program: white space counts, and a fence around all of it goes."""
    usage: str = ""
    """What the policy is told to write between the tags."""
    fixed: Mapping[str, str] = field(default_factory=FrozenDict)
    """Other arguments, which the tags themselves stand for."""
    does: str = ""
    """What the policy is told of it; the tool's own description where empty."""
    bare: bool = False
    """Whether there may be nothing between the tags, so that the call has no argument."""

    def fits(self, call: ToolCall) -> bool:
        """Tell whether these tags are for such a call."""
        return call.name == self.tool and self.fixed.items() <= call.arguments.items()

    def arguments(self, content: str) -> dict[str, str]:
        """Return a call's arguments by what stands between the tags."""
        return {**self.fixed, self.argument: content} if content.strip() else dict(self.fixed)


class TagDialect(Dialect):
    """A dialect made of verbs."""

    verbs: ClassVar[tuple[Verb, ...]]
    preface: ClassVar[str] = ""
    """What is said before the list of verbs."""
    joint: ClassVar[str] = "\n"
    """What stands between two results, and before and after them where ``framed``."""
    framed: ClassVar[bool] = False
    result_inner: ClassVar[str] = "\n"
    """What stands between a result and its tags."""

    def instructions(self, tools: Sequence[Mapping[str, Any]]) -> str:
        """List the verbs of the tools on offer.

        Raises:
            ConfigError: the dialect has no tags for one of them.
        """
        lines = [self.preface] if self.preface else []
        for tool in tools:
            function = tool["function"]
            verbs = [verb for verb in self.verbs if verb.tool == function["name"]]
            if not verbs:
                listed = ", ".join(dict.fromkeys(verb.tool for verb in self.verbs))
                raise ConfigError(
                    f"dialect {self.name!r} has no tags for the tool {function['name']!r} (it has: {listed})"
                )
            lines += [
                f"- {verb.opening} {verb.usage} {verb.closing}: {verb.does or function['description']} "
                f"The result comes between {verb.result_opening} and {verb.result_closing}."
                for verb in verbs
            ]
        return "\n".join(lines)

    def parse(self, text: str) -> list[ToolCall] | None:
        """Read the blocks in their order."""
        calls = []
        for block in blocks(spoken(text), self._pattern, len(self.verbs)):
            verb = self.verbs[block.kind]
            content = _program(block.content) if verb.code else block.content.strip()
            if not content.strip() and not verb.bare:
                if block.closed:
                    calls.append(ToolCall(name=verb.tool, error=f"{verb.opening} holds no {verb.argument}"))
                continue
            calls.append(ToolCall.of(verb.tool, verb.arguments(content)))
        return calls or None

    def write(self, calls: Sequence[ToolCall]) -> str:
        """Write one block a call.

        Raises:
            ValueError: a call has no tags, or could not be read back.
        """
        parts = []
        for call in calls:
            verb = next((verb for verb in self.verbs if verb.fits(call)), None)
            content = call.arguments.get(verb.argument, "") if verb else ""
            if verb is None or not isinstance(content, str) or call.arguments != verb.arguments(content):
                raise ValueError(f"dialect {self.name!r} has no words for {call.line()[:80]}")
            edge = "\n" if verb.code else ""
            parts.append(f"{verb.opening}{edge}{content}{edge}{verb.closing}")
        text = "\n".join(parts)
        read = [(call.name, call.arguments) for call in self.parse(text) or ()]
        if read != [(call.name, call.arguments) for call in calls]:
            raise ValueError(f"calls hold tags or edges that {self.name!r} cannot write: {text[:80]!r}")
        return text

    def render(self, results: Sequence[tuple[ToolCall, ToolResult]]) -> str:
        """Write each result between the tags of its verb; the tool's or the first where the call has none."""
        shown = []
        for call, result in results:
            named = [verb for verb in self.verbs if verb.tool == call.name]
            verb = next((verb for verb in named if verb.fits(call)), [*named, *self.verbs][0])
            inner = self.result_inner
            text = disarm(result.text, self._pattern)
            shown.append(f"{verb.result_opening}{inner}{text}{inner}{verb.result_closing}")
        text = self.joint.join(shown)
        return f"{self.joint}{text}{self.joint}" if self.framed else text

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        calls = [(verb.opening, verb.closing) for verb in self.verbs]
        results = dict.fromkeys((verb.result_opening, verb.result_closing) for verb in self.verbs)
        return pattern([*calls, ("<answer>", "</answer>"), *results])


def pattern(pairs: Sequence[tuple[str, str]]) -> re.Pattern[str]:
    """Compile pairs of tags into one pattern, whose groups ``o<n>`` and ``c<n>`` name the n-th pair.

    A tag ``<name>`` may have any case and inner spacing; a mark ``<|name|>`` is one token, spelt one way.
    """
    parts = []
    for number, (opening, closing) in enumerate(pairs):
        parts.append(f"(?P<o{number}>{_spellings(opening)})|(?P<c{number}>{_spellings(closing)})")
    return re.compile("|".join(parts), re.IGNORECASE | re.ASCII)


def blocks(text: str, tags: re.Pattern[str], count: int) -> list[Block]:
    """Find the outermost blocks of the first ``count`` pairs of a pattern, in time linear in the text.

    Args:
        text: Hostile text.
        tags: Of :func:`pattern`. Pairs after the first ``count`` only bound an opening that is not closed;
            those after the next (results) end the reading.
        count: How many of its pairs are calls.
    """
    opened: dict[int, re.Match[str]] = {}
    found: list[Block] = []
    results: list[int] = []
    last: re.Match[str] | None = None
    for match in tags.finditer(text):
        last = match
        group = match.lastgroup or ""
        kind = int(group[1:])
        if kind >= count:
            if kind > count and group[0] == "o":
                results.append(match.start())
        elif group[0] == "o":
            opened[kind] = match
        elif kind in opened:
            opening = opened.pop(kind)
            content = text[opening.end() : match.start()]
            found.append(Block(kind, opening.start(), match.end(), content, True))
    outer: list[Block] = []
    for block in sorted(found, key=lambda block: block.start):
        if not outer or block.start >= outer[-1].stop:
            outer.append(block)
    if last is not None and any(last is match for match in opened.values()):
        kind = int((last.lastgroup or "")[1:])
        outer.append(Block(kind, last.start(), len(text), text[last.end() :], False))
    return _before_results(outer, results)


def _before_results(outer: list[Block], results: list[int]) -> list[Block]:
    """Leave out what follows the first result outside all blocks that comes after a call."""
    if not outer:
        return outer
    place = 0
    for start in results:
        while place < len(outer) and outer[place].stop <= start:
            place += 1
        if place and (place == len(outer) or outer[place].start > start):
            return outer[:place]
    return outer


def spoken(text: str) -> str:
    """Return what a policy wrote after its thinking."""
    end = 0
    for match in _END_OF_THINKING.finditer(text):
        end = match.end()
    return text[end:]


def disarm(text: str, tags: re.Pattern[str]) -> str:
    """Take from a result the power to open or close a dialect's tags: their ``<`` becomes ``&lt;``."""
    return tags.sub(lambda match: "&lt;" + match[0][1:], text)


def _spellings(tag: str) -> str:
    name = tag.strip("</>")
    if name.startswith("|"):
        return f"(?-i:{re.escape(tag)})"
    return rf"<\s*+/\s*+{re.escape(name)}\s*+>" if tag.startswith("</") else rf"<\s*+{re.escape(name)}\s*+>"


def _program(content: str) -> str:
    """Take off one line break at each end, and a fence around the whole."""
    content = content.removeprefix("\r").removeprefix("\n").removesuffix("\n").removesuffix("\r")
    stripped = content.strip()
    if (fence := _FENCE.match(stripped)) and stripped.endswith("\n```") and stripped.count("```") == 2:
        return stripped[fence.end() : -4]
    return content
