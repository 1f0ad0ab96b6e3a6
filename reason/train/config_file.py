"""Read a run's configuration: TOML, with ``a.b=value`` put over it."""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from reason.config import closest
from reason.errors import ConfigError, InputFormatError
from reason.frozen import freeze
from reason.train.config import TrainConfig

__all__ = ["build", "load_config", "override", "to_toml_data"]

DataT = TypeVar("DataT")


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """Read a file.

    Args:
        path: A TOML file.
        overrides: ``a.b=value``, put over the file one after the other; ``envs.0.id=SAT-v0`` counts into
            a list. A value is TOML, or text where it is none.

    Raises:
        OSError: there is no such file.
        InputFormatError: it is no TOML.
        ConfigError: a key is unknown (with "did you mean"), or a value cannot be; the message has its path.
    """
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputFormatError(f"{path}: {error}") from error
    for setting in overrides:
        override(data, setting)
    return build(TrainConfig, data)


def override(data: dict[str, Any], setting: str) -> None:
    """Put one ``a.b=value`` over plain data, in place.

    >>> data = {"optimizer": {"lr": 0.1}}
    >>> override(data, "optimizer.lr=1e-3")
    >>> data
    {'optimizer': {'lr': 0.001}}

    Raises:
        ConfigError: it has no ``=``, or goes through something that is no table.
    """
    path, equals, text = setting.partition("=")
    keys = [key.strip() for key in path.split(".")]
    if not equals or not all(keys):
        raise ConfigError(f"an override is a.b=value, got {setting!r:.80}")
    place: Any = data
    for depth, key in enumerate(keys):
        where, last = ".".join(keys[: depth + 1]), depth == len(keys) - 1
        if isinstance(place, list):
            if not key.isdecimal() or int(key) >= len(place):
                raise ConfigError(f"override {where}: there are {len(place)} entries, numbered from 0")
            index: Any = int(key)
        elif isinstance(place, dict):
            index = key
            place = place if last else _with_table(place, key)
        else:
            raise ConfigError(f"override {where}: {'.'.join(keys[:depth])} is no table")
        if last:
            place[index] = _value(text.strip())
        else:
            place = place[index]


def _with_table(place: dict[str, Any], key: str) -> dict[str, Any]:
    place.setdefault(key, {})
    return place


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def build(kind: type[DataT], data: Any, path: str = "") -> DataT:
    """Make a frozen dataclass of plain data, checking every name and type on the way.

    Raises:
        ConfigError: a key is unknown or missing, or a value is not of its type; the message has its path.
    """
    if not isinstance(data, Mapping):
        raise ConfigError(f"{path or 'the configuration'} must be a table, got {data!r:.80}")
    hints = typing.get_type_hints(kind)
    items = fields(kind)  # type: ignore[arg-type]
    known = [item.name for item in items]
    for name in data:
        if name not in known:
            where = f"{path}.{name}" if path else str(name)
            raise ConfigError(
                f"there is no setting {where!r}{closest(str(name), known)} ({', '.join(known)})"
            )
    for item in items:
        if item.name not in data and item.default is MISSING and item.default_factory is MISSING:
            raise ConfigError(f"{path or 'the configuration'} needs {item.name!r}")
    values = {
        name: _convert(hints[name], value, f"{path}.{name}" if path else str(name))
        for name, value in data.items()
    }
    try:
        return kind(**values)
    except ConfigError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{path or 'the configuration'}: {error}") from error


def _convert(hint: Any, value: Any, path: str) -> Any:
    """Return a value as its annotation asks for it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        (inner,) = [arg for arg in args if arg is not type(None)][:1]
        return _convert(inner, value, path)
    if origin is Literal:
        if value not in args:
            near = closest(value, args) if isinstance(value, str) else ""
            raise ConfigError(f"{path} must be one of {', '.join(map(repr, args))}, got {value!r}{near}")
        return value
    if is_dataclass(hint):
        return build(typing.cast("type[Any]", hint), value, path)
    if origin is tuple:
        return _tuple(args, value, path)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{path} must be a table, got {value!r:.80}")
        try:
            return freeze(value, name=path)
        except (TypeError, ValueError) as error:
            raise ConfigError(str(error)) from error
    if hint is float and type(value) is int:
        return float(value)
    if hint in (int, float, str, bool) and type(value) is not hint:
        raise ConfigError(f"{path} must be of type {hint.__name__}, got {value!r:.80}")
    return value


def _tuple(args: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{path} must be a list, got {value!r:.80}")
    kinds = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
    if len(kinds) != len(value):
        raise ConfigError(f"{path} must have {len(kinds)} entries, got {len(value)}")
    return tuple(
        _convert(kind, item, f"{path}.{at}") for at, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def to_toml_data(config: Any) -> Any:
    """Return a configuration as plain data, which :func:`build` reads again."""
    if is_dataclass(config):
        return {item.name: to_toml_data(getattr(config, item.name)) for item in fields(config)}
    if isinstance(config, Mapping):
        return {name: to_toml_data(value) for name, value in config.items()}
    if isinstance(config, list | tuple):
        return [to_toml_data(value) for value in config]
    return config
