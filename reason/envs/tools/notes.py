"""Notes: what a policy wants to keep when its context is cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.frozen import freeze
from reason.task import Task

__all__ = ["Notes"]

MAX_NOTES = 100
MAX_NOTE_CHARS = 2_000


@dataclass(frozen=True, kw_only=True)
class Notes(Tool):
    """Keep notes and show them again."""

    name: str = "notes"
    description: str = "Keep a note for later turns; an empty text shows all notes."
    parameters: Mapping[str, Any] = freeze(
        {
            "type": "object",
            "properties": {
                "text": {
                    "type": "string",
                    "description": "The note, or an empty text.",
                    "maxLength": MAX_NOTE_CHARS,
                }
            },
            "required": ["text"],
        }
    )
    max_chars: int = MAX_NOTES * (MAX_NOTE_CHARS + 6)
    timeout_s: float | None = None

    def initial_state(self, task: Task) -> Any:
        """Begin without notes."""
        return {"notes": []}

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Keep a note, or show all."""
        notes, text = state["notes"], arguments["text"].strip()
        if not text:
            shown = "\n".join(f"{number}. {note}" for number, note in enumerate(notes, 1))
            return ToolResult(text=shown or "There are no notes.")
        if len(notes) >= MAX_NOTES:
            return ToolResult(text=f"there are {MAX_NOTES} notes already, which is the most", error=True)
        return ToolResult(text=f"Kept as note {len(notes) + 1}.", state={"notes": [*notes, text]})
