"""Functions of a world: what they mean, and the names under which one task offers them.

A world declares each operation once; every task draws names for it and for its parameters, so that a
policy has to read the schemas. Inside, calls have the names of the declaration.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

__all__ = [
    "FINISH",
    "Call",
    "Operation",
    "Parameter",
    "draw_names",
    "read_call",
    "read_names",
    "schemas",
    "write",
]

Call = tuple[str, Mapping[str, Any]]
"""An operation and its arguments, in the names of the declaration."""
Names = Mapping[str, Mapping[str, Any]]
"""By operation: ``name``, and ``parameters`` from declared to offered names."""

MAX_CALL_CHARS = 2_000
MAX_BRACKETS = 64
"""Brackets of a call, in strings or not: arguments are flat."""
MAX_INTEGER = 10**9


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of an operation."""

    name: str
    spellings: tuple[str, ...]
    kind: Literal["string", "integer"] = "string"
    description: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that can be done in a world."""

    name: str
    spellings: tuple[str, ...]
    """Names that no other operation of the world has."""
    description: str
    """Differs from those of all other operations of the world."""
    parameters: tuple[Parameter, ...] = ()


FINISH = Operation(
    name="finish",
    spellings=("finish", "close_ticket", "submit_ticket", "mark_as_done"),
    description="End the work on the ticket; it is judged then.",
    parameters=(
        Parameter(
            name="ticket",
            spellings=("ticket", "ticket_number", "number_of_ticket"),
            kind="integer",
            description="Number of the ticket.",
        ),
    ),
)
"""The operation with which every world's work ends."""


def draw_names(rng: Random, operations: Sequence[Operation]) -> dict[str, Any]:
    """Draw the names under which a task offers operations."""
    return {
        operation.name: {
            "name": rng.choice(operation.spellings),
            "parameters": {each.name: rng.choice(each.spellings) for each in operation.parameters},
        }
        for operation in operations
    }


def schemas(operations: Sequence[Operation], names: Names) -> list[dict[str, Any]]:
    """Write operations in OpenAI's function format."""
    found = []
    for operation in operations:
        offered = names[operation.name]["parameters"]
        properties = {
            offered[each.name]: {"type": each.kind, "description": each.description}
            for each in operation.parameters
        }
        function = {
            "name": names[operation.name]["name"],
            "description": operation.description,
            "parameters": {"type": "object", "properties": properties, "required": list(properties)},
        }
        found.append({"type": "function", "function": function})
    return found


def read_names(operations: Sequence[Operation], tools: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Find out from schemas, by their descriptions, under which names operations are offered."""
    by_description = {tool["function"]["description"]: tool["function"] for tool in tools}
    names = {}
    for operation in operations:
        function = by_description[operation.description]
        properties = function["parameters"]["properties"]
        offered = {item["description"]: name for name, item in properties.items()}
        parameters = {each.name: offered[each.description] for each in operation.parameters}
        names[operation.name] = {"name": function["name"], "parameters": parameters}
    return names


def write(call: Call, names: Names) -> str:
    """Write a call as the line of JSON that a policy's call becomes."""
    operation, arguments = call
    offered = names[operation]["parameters"]
    data = {
        "arguments": {offered[name]: value for name, value in arguments.items()},
        "name": names[operation]["name"],
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def read_call(action: str, operations: Sequence[Operation], names: Names) -> Call | str:
    """Read a line of JSON that a policy wrote; a sentence where it is no call of the world.

    Args:
        action: Hostile text of any length.
        operations: Of the world.
        names: Under which the task offers them.
    """
    if len(action) > MAX_CALL_CHARS or action.count("{") + action.count("[") > MAX_BRACKETS:
        return "That is too long or too nested for a call."
    try:
        data = json.loads(action)
    except (ValueError, RecursionError):
        return 'That is no call: write one line of JSON, {"name": ..., "arguments": {...}}.'
    if not isinstance(data, dict) or set(data) != {"name", "arguments"}:
        return 'A call has a "name" and "arguments", and nothing else.'
    by_name = {names[operation.name]["name"]: operation for operation in operations}
    name, arguments = data["name"], data["arguments"]
    if not isinstance(name, str) or name not in by_name:
        return f"There is no such function (there are: {', '.join(by_name)})."
    operation = by_name[name]
    offered = names[operation.name]["parameters"]
    if not isinstance(arguments, dict) or set(arguments) != set(offered.values()):
        listed = ", ".join(offered.values()) or "none"
        return f"{name} takes these arguments, all of them and no others: {listed}."
    read: dict[str, Any] = {}
    for each in operation.parameters:
        value = _read_value(arguments[offered[each.name]], each.kind)
        if value is None:
            return f"{name}: {offered[each.name]} must be of type {each.kind}."
        read[each.name] = value
    return operation.name, read


def _read_value(value: Any, kind: str) -> str | int | None:
    """Return an argument as its parameter wants it; None where it is none of that type."""
    if kind == "string":
        if not isinstance(value, str):
            return None
        return value.strip().encode("utf-8", "replace").decode()
    if isinstance(value, float) and value.is_integer():
        value = int(value) if abs(value) <= MAX_INTEGER else None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
        return None
    return value
