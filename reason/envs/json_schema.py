"""Check a policy's arguments against the JSON schema of a tool: the part of the standard that tools need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["complaint"]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def complaint(schema: Mapping[str, Any], value: Any, name: str = "arguments") -> str:
    """Say in one sentence what is wrong with a value; an empty text where nothing is.

    It knows ``type``, ``enum``, ``properties``, ``required``, ``additionalProperties`` (refused unless
    the schema allows them), ``items``, ``minimum``, ``maximum``, ``minLength``, ``maxLength``, ``minItems``
    and ``maxItems``; other words of the standard say nothing.

    >>> complaint({"type": "object", "properties": {"n": {"type": "integer"}}}, {"n": "3"})
    'n must be of type integer'

    Args:
        schema: A JSON schema.
        value: JSON data.
        name: What the value is called.
    """
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return f"{name} must be of type {' or '.join(kinds)}"
    if "enum" in schema and not any(_same(value, choice) for choice in schema["enum"]):
        return f"{name} must be one of {', '.join(map(repr, schema['enum']))}"
    if problem := _out_of_bounds(schema, value, name):
        return problem
    if isinstance(value, Mapping):
        return _object(schema, value, "" if name == "arguments" else f"{name}.")
    if isinstance(value, list | tuple) and "items" in schema:
        for position, item in enumerate(value):
            if problem := complaint(schema["items"], item, f"{name}[{position}]"):
                return problem
    return ""


def _object(schema: Mapping[str, Any], value: Mapping[str, Any], prefix: str) -> str:
    properties = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            return f"{prefix}{key} is missing"
    for key, item in value.items():
        if key in properties:
            if problem := complaint(properties[key], item, f"{prefix}{key}"):
                return problem
        elif not schema.get("additionalProperties", not properties):
            listed = ", ".join(properties) or "none"
            return f"there is no argument {f'{prefix}{key}'[:60]!r} (there are: {listed})"
    return ""


def _out_of_bounds(schema: Mapping[str, Any], value: Any, name: str) -> str:
    if isinstance(value, str):
        amount, words, unit = len(value), ("minLength", "maxLength"), " characters"
    elif isinstance(value, list | tuple):
        amount, words, unit = len(value), ("minItems", "maxItems"), " entries"
    elif _is(value, "number"):
        amount, words, unit = value, ("minimum", "maximum"), ""
    else:
        return ""
    least, most = (schema.get(word) for word in words)
    if least is not None and amount < least:
        return f"{name} must be at least {least}{unit}"
    if most is not None and amount > most:
        return f"{name} must be at most {most}{unit}"
    return ""


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()  # JSON has one kind of number
    return isinstance(value, _TYPES.get(kind, ()))


def _same(value: Any, choice: Any) -> bool:
    return bool(value == choice) and isinstance(value, bool) == isinstance(choice, bool)
