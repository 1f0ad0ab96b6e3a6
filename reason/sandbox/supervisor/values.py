"""Values that may cross from one process to another: plain data, rebuilt on the other side."""

from __future__ import annotations

import json
import math
from typing import Any

_DEPTH = 200
_LONG_INT_BITS = 13000  # below the 4300 digits that int() and str() convert by default


class NotPlainError(TypeError):
    """The value is not plain data."""


def to_json(value: Any) -> str:
    """Return a value as JSON text: null, true, numbers, text, lists and objects with text keys.

    Tuples become lists. Integers too long for a decimal conversion become ``{"": "0x..."}``, which no
    returned value can be taken for, since an empty key is then wrapped as well.

    Raises:
        NotPlainError: it holds anything else.
    """
    return json.dumps(_lower(value, _DEPTH), separators=(",", ":"))


def _lower(value: Any, depth: int) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is str or kind is float:
        return value
    if kind is int:
        return value if value.bit_length() <= _LONG_INT_BITS else {"": hex(value)}
    if depth == 0:
        raise NotPlainError("nested too deeply")
    if kind is list or kind is tuple:
        return [_lower(item, depth - 1) for item in value]
    if kind is dict:
        lowered = {}
        for key, item in value.items():
            if type(key) is not str:
                raise NotPlainError(f"a key of type {type(key).__name__}, where JSON has text only")
            lowered[key] = _lower(item, depth - 1)
        return {"": lowered} if "" in lowered else lowered
    # A subclass is taken for the data it holds, by its base's own methods and not by its overrides.
    for base in (int, float, str, list, tuple, dict):
        if isinstance(value, base):
            return _lower(_as_base(value, base), depth - 1)
    raise NotPlainError(f"a value of type {kind.__name__}")


def _as_base(value: Any, base: type) -> Any:
    if base is int:
        return int.__pos__(value)
    if base is float:
        return float.__pos__(value)
    if base is str:
        return str.__str__(value)
    if base is dict:
        return dict(dict.items(value))
    return list(tuple.__iter__(value) if base is tuple else list.__iter__(value))


def pack(value: Any, depth: int = _DEPTH) -> Any:
    """Return Python's plain data as JSON data that keeps every type, for the checker's calls.

    Raises:
        NotPlainError: it holds an object that is not plain data.
    """
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind is int:
        return value if value.bit_length() <= _LONG_INT_BITS else {"int": hex(value)}
    if depth == 0:
        raise NotPlainError("nested too deeply")
    if kind is list:
        return [pack(item, depth - 1) for item in value]
    if kind is dict:
        return {"dict": [[pack(key, depth - 1), pack(item, depth - 1)] for key, item in value.items()]}
    for name, sequence in _SEQUENCES.items():
        if kind is sequence:
            return {name: [pack(item, depth - 1) for item in value]}
    if kind is bytes:
        return {"bytes": value.hex()}
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    for base in (int, float, str, list, tuple, dict):
        if isinstance(value, base):
            return pack(_rebuild(value, base), depth - 1)
    raise NotPlainError(f"a value of type {kind.__name__}")


def unpack(value: Any) -> Any:
    """Rebuild what :func:`pack` lowered, from builtin types alone.

    Raises:
        ValueError: the other side sent something else.
    """
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise ValueError("not a packed value")
    [(name, content)] = value.items()
    if name == "dict":
        return {unpack(key): unpack(item) for key, item in content}
    if name in _SEQUENCES:
        return _SEQUENCES[name](unpack(item) for item in content)
    if name == "int":
        return int(content, 16)
    if name == "float":
        return float(content)
    if name == "bytes":
        return bytes.fromhex(content)
    if name == "complex":
        return complex(*content)
    raise ValueError("not a packed value")


_SEQUENCES: dict[str, type] = {"tuple": tuple, "set": set, "frozenset": frozenset}


def _rebuild(value: Any, base: type) -> Any:
    plain = _as_base(value, base)
    return tuple(plain) if base is tuple else plain
