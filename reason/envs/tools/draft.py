"""``draft``: a report that is written, checked and edited section by section.

Source: WebThinker's tools of its report mode (Li et al., 2504.21776). There another model writes and edits as
it is told, which has no place in an environment that does the same every time: here the policy writes itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.search.schemas import DRAFT
from reason.task import Task

__all__ = ["Draft", "report"]

MAX_SECTIONS = 50
MAX_NAME_CHARS = 200


@dataclass(frozen=True, kw_only=True)
class Draft(Tool):
    """Write a report section by section, look at it, and change it."""

    name: str = DRAFT["name"]
    description: str = DRAFT["description"]
    parameters: Mapping[str, Any] = DRAFT["parameters"]
    max_chars: int = MAX_SECTIONS * (MAX_NAME_CHARS + 40)
    timeout_s: float | None = None

    def initial_state(self, task: Task) -> Any:
        """Begin with an empty report."""
        return {"sections": []}

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Write, check or edit."""
        sections = [(section["name"], section["text"]) for section in state["sections"]]
        name, _, contents = arguments.get("text", "").strip().partition("\n")
        name, contents = " ".join(name.strip(" #").split()), contents.strip()
        place = next((place for place, (other, _) in enumerate(sections) if _same(other, name)), None)
        action = arguments["action"]
        if action == "check":
            return _check(sections, name, place)
        if not name or len(name) > MAX_NAME_CHARS:
            return _wrong(f"the first line must be the section's name, of 1 to {MAX_NAME_CHARS} characters")
        if action == "write":
            return _write(sections, name, contents, place)
        if place is None:
            return _wrong(f"there is no section {name!r} to edit; {_outline(sections)}")
        if contents:
            return _kept(
                [*sections[:place], (sections[place][0], contents), *sections[place + 1 :]],
                f"Section {place + 1}, {sections[place][0]!r}, was replaced.",
            )
        told = f"Section {place + 1}, {sections[place][0]!r}, was taken out."
        return _kept([*sections[:place], *sections[place + 1 :]], told)


def report(state: Mapping[str, Any]) -> str:
    """Return a report as Markdown, from the tool's state (``env.get_state()`` holds it)."""
    return "\n\n".join(f"## {section['name']}\n{section['text']}" for section in state["sections"])


def _check(sections: list[tuple[str, str]], name: str, place: int | None) -> ToolResult:
    if not name:
        return ToolResult(text=_outline(sections))
    if place is None:
        return _wrong(f"there is no section {name[:MAX_NAME_CHARS]!r}; {_outline(sections)}")
    return ToolResult(text="{}\n{}".format(*sections[place]))


def _write(sections: list[tuple[str, str]], name: str, contents: str, place: int | None) -> ToolResult:
    if not contents:
        return _wrong("after the section's name a line break and its contents must follow")
    if place is not None:
        return _wrong(f"there is a section {sections[place][0]!r} already: edit it")
    if len(sections) >= MAX_SECTIONS:
        return _wrong(f"the report has {MAX_SECTIONS} sections already, which is the most")
    return _kept([*sections, (name, contents)], f"Section {len(sections) + 1}, {name!r}, was written.")


def _outline(sections: list[tuple[str, str]]) -> str:
    if not sections:
        return "The report is empty."
    lines = [f"{number}. {name} ({len(text)} characters)" for number, (name, text) in enumerate(sections, 1)]
    return "\n".join(["The sections:", *lines])


def _kept(sections: list[tuple[str, str]], told: str) -> ToolResult:
    return ToolResult(
        text=told, state={"sections": [{"name": name, "text": text} for name, text in sections]}
    )


def _wrong(told: str) -> ToolResult:
    return ToolResult(text=told, error=True)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
