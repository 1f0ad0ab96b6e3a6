"""What a world's tickets are made of: records, the effects of calls on them, and the knobs of a draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reason.family import Config
from reason.generators.tools.interface import Call

__all__ = ["Effect", "Records", "Ticket", "WorldConfig", "apply", "refusal"]

Records = Mapping[str, Any]
"""A world's state: records by their names."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a call does."""

    text: str
    changes: Records | None = None
    """Records that it sets; None as a value takes one away."""
    valid: bool = True
    """False where the world refuses the call."""


def refusal(why: str) -> Effect:
    """Return the effect of a call that the world refuses."""
    return Effect(text=why, valid=False)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a world's generator draws."""

    records: Records
    requests: Sequence[str]
    calls: Sequence[Call]
    """The reference work, closing aside."""
    looked_at: int
    """Records that the reference clerk compared to find those calls."""


@dataclass(frozen=True, kw_only=True)
class WorldConfig(Config):
    """Knobs of a world."""

    num_requests: int = 3
    """Requests of the ticket."""
    size: int = 8
    """How large the world is: accounts, events, products or files."""
    records: Literal["shown", "hidden"] = "shown"
    """``hidden``: the prompt has no records, and functions must be called to see them."""

    def __post_init__(self) -> None:
        """Reject worlds that no prompt could hold."""
        super().__post_init__()
        self.require(1 <= self.num_requests <= 30, "num_requests", "1 to 30")
        self.require(4 <= self.size <= 300, "size", "4 to 300")


def apply(records: dict[str, Any], effect: Effect) -> None:
    """Put the changes of an effect over records."""
    for name, record in (effect.changes or {}).items():
        if record is None:
            records.pop(name, None)
        else:
            records[name] = record
