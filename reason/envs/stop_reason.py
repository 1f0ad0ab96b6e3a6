"""Why an episode ended."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["StopReason"]


class StopReason(StrEnum):
    """The one cause that ended an episode; only ``answered`` terminates it, the others truncate it."""

    ANSWERED = "answered"
    """The last answer was judged and nothing was left to try (right, or whatever it was where there is one
    turn), or a game came to its end."""
    MAX_TURNS = "max_turns"
    """No turn was left."""
    MAX_CHARS = "max_chars"
    """The policy wrote more characters in one turn than the limit; they were not read."""
    INVALID_ACTION = "invalid_action"
    """Too many turns in a row could not be read or were not allowed."""
    BUDGET = "budget"
    """The policy went on when a budget of the whole episode (tool calls, characters, turns) was spent."""
    TOOL_ERROR = "tool_error"
    """A tool failed through our fault: the reward is NaN, mask the episode."""
    UNSCORABLE = "unscorable"
    """The answer could not be scored, through our fault: the reward is NaN, mask the episode."""
