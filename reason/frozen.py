"""JSON that cannot change: the form in which data is kept, hashed and sent."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

__all__ = ["FrozenDict", "canonical_json", "content_hash", "freeze", "thaw"]


class FrozenDict(dict[str, Any]):
    """A dictionary that refuses to change, yet pickles, copies, compares and prints as one.

    >>> knobs = FrozenDict(num_vars=3)
    >>> knobs["num_vars"] = 4
    Traceback (most recent call last):
    TypeError: this mapping is frozen; copy it with dict(...) to change it
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping is frozen; copy it with dict(...) to change it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        """Hash by content: equal mappings have equal hashes."""
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, Any]]]:
        """Pickle and copy through the constructor, since items cannot be set."""
        return FrozenDict, (dict(self),)

    def __copy__(self) -> FrozenDict:
        """Return itself: nothing in it can change."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenDict:
        """Return itself: nothing in it can change."""
        return self


def freeze(value: Any, *, name: str = "value") -> Any:
    """Copy JSON data into tuples and :class:`FrozenDict`.

    Args:
        value: None, booleans, integers, finite floats, strings, lists or tuples, mappings with string keys.
        name: What the value is called in an error.

    Raises:
        TypeError: something in it is not JSON; the message says where.
        ValueError: a float is not finite, or a string holds a lone surrogate.
    """
    try:
        return _freeze(value)
    except _NotJsonError as problem:
        place = name + "".join(reversed(problem.path))
        raise problem.kind(f"{place} {problem.expected}") from None


class _NotJsonError(Exception):
    """Something is not JSON; the path to it grows on the way out, so that the way in costs nothing."""

    def __init__(self, kind: type[Exception], expected: str) -> None:
        super().__init__(expected)
        self.kind, self.expected = kind, expected
        self.path: list[str] = []


def _freeze(value: Any) -> Any:
    kind = type(value)
    if value is None or kind is int or kind is bool:
        return value
    if kind is str:
        return _freeze_text(value)
    if kind is float:
        if not math.isfinite(value):
            raise _NotJsonError(ValueError, f"must be finite, got {value!r}")
        return value
    key: Any = None
    try:
        if isinstance(value, list | tuple):
            items: list[Any] = []
            for item in value:
                if type(item) is int:  # the bulk of most tasks: no call for each
                    items.append(item)
                    continue
                key = len(items)
                items.append(_freeze(item))
            return tuple(items)
        if isinstance(value, Mapping):
            frozen = {}
            for key, item in value.items():
                if not isinstance(key, str):
                    raise _NotJsonError(TypeError, f"must have string keys, got {key!r}")
                frozen[_freeze_text(key)] = _freeze(item)
            return FrozenDict(frozen)
    except _NotJsonError as problem:
        if not problem.expected.startswith("must have string keys") or problem.path:
            problem.path.append(f".{key}" if isinstance(key, str) else f"[{key}]")
        raise
    raise _NotJsonError(TypeError, f"must be JSON data, got {kind.__name__}: {value!r:.80}")


def _freeze_text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _NotJsonError(
                ValueError, f"holds a lone surrogate, which has no UTF-8: {text!r:.80}"
            ) from None
    return str(text)


def thaw(value: Any) -> Any:
    """Copy frozen data into plain lists and dictionaries.

    >>> thaw(freeze({"clauses": [[1, -2]]}))
    {'clauses': [[1, -2]]}
    """
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [thaw(item) for item in value]
    return value


def canonical_json(value: Any) -> str:
    """Write data as JSON with sorted keys and no spaces: equal data give equal text.

    >>> canonical_json({"b": 1, "a": (True, None)})
    '{"a":[true,null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(value: Any) -> str:
    """Hash JSON data to 32 hexadecimal digits (BLAKE2b of its canonical JSON)."""
    return hashlib.blake2b(canonical_json(value).encode(), digest_size=16).hexdigest()
