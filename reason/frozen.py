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
    if value is None or type(value) in (bool, int):
        return value
    if type(value) is str:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{name} holds a lone surrogate, which has no UTF-8: {value!r:.80}") from None
        return value
    if type(value) is float:
        if not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value!r}")
        return value
    if isinstance(value, list | tuple):
        return tuple(freeze(item, name=f"{name}[{position}]") for position, item in enumerate(value))
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{name} must have string keys, got {key!r}")
        return FrozenDict(
            {freeze(key, name=name): freeze(item, name=f"{name}.{key}") for key, item in value.items()}
        )
    raise TypeError(f"{name} must be JSON data, got {type(value).__name__}: {value!r:.80}")


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
