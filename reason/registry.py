"""The families there are: found by walking the package, imported only when asked for.

The index of ids comes from the text of the files, so that a thousand families cost milliseconds at
import. A family outside the package joins through the entry-point group ``reason.families`` (name:
the id; value: ``package.module`` or ``package.module:Class``) or by importing its ``@register``.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from reason.errors import RegistryError, UnknownFamilyError
from reason.family import ID_PATTERN, Family, closest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["ENTRY_POINT_GROUP", "families", "get", "ids", "on_register", "register"]

ENTRY_POINT_GROUP = "reason.families"
_REGISTER = b"\n@register"
_ID = re.compile(rb'\n    id(?:: [^=\n]*)? = "([^"\n]*)"')

FamilyT = TypeVar("FamilyT", bound=Family[Any])

_modules: dict[str, str] = {}
"""Id to the module that declares it."""
_plugins: dict[str, EntryPoint] = {}
_loaded: dict[str, Family[Any]] = {}
_listeners: list[Callable[[str], None]] = []
_lock = threading.RLock()


def register(family_type: type[FamilyT]) -> type[FamilyT]:
    """Class decorator: make a family known under its id.

    Raises:
        RegistryError: the class breaks the contract, or another family has this id.
    """
    _check_contract(family_type)
    with _lock:
        other = _loaded.get(family_type.id)
        if other is not None and _origin(type(other)) != _origin(family_type):
            raise RegistryError(
                f"{family_type.id} is already {_origin(type(other))}; {_origin(family_type)} needs its own id"
            )
        declared = _modules.get(family_type.id)
        if declared is not None and declared != family_type.__module__:
            raise RegistryError(
                f"{family_type.id} is already {declared}; {_origin(family_type)} needs its own id"
            )
        _loaded[family_type.id] = family_type()
    for listener in _listeners:
        listener(family_type.id)
    return family_type


def ids() -> tuple[str, ...]:
    """Return every known id, sorted, without importing any family."""
    with _lock:
        return tuple(sorted({*_modules, *_plugins, *_loaded}, key=str.lower))


def get(name: str) -> Family[Any]:
    """Return a family by id (``SAT-v0``), environment id (``reason/SAT-v0``) or name (``SAT``, the latest).

    Raises:
        UnknownFamilyError: there is none; the message names the nearest.
        RegistryError: its file does not declare it, or its plugin cannot be loaded.
    """
    if not isinstance(name, str):
        raise TypeError(f"a family's name is a string, got {name!r}")
    key = name.removeprefix("reason/")
    if key not in _loaded:
        key = _resolve(key)
    if key not in _loaded:
        # Not under the lock: another thread may hold this module's import lock and wait for ours.
        _load(key)
    return _loaded[key]


def families(domain: str | None = None) -> Iterator[Family[Any]]:
    """Yield every family (of one domain), importing each; a broken plugin warns by name and is skipped."""
    for family_id in ids():
        try:
            family = get(family_id)
        except RegistryError as error:
            if family_id not in _plugins:
                raise
            warnings.warn(f"family {family_id} is skipped: {error}", RuntimeWarning, stacklevel=2)
            continue
        if domain is None or family.domain == domain:
            yield family


def on_register(listener: Callable[[str], None]) -> None:
    """Call ``listener`` with each id known now and each one that joins later."""
    _listeners.append(listener)
    for family_id in ids():
        listener(family_id)


def scan(root: Path, package: str) -> dict[str, str]:
    """Read the ids that the files below ``root`` declare, without importing them.

    Returns:
        Id to dotted module name.

    Raises:
        RegistryError: two files declare one id.
    """
    found: dict[str, str] = {}
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(("_", ".")))
        prefix = ".".join([package, *Path(folder).relative_to(root).parts])
        for name in sorted(names):
            if not name.endswith(".py") or name.startswith("_"):
                continue
            module = f"{prefix}.{name[:-3]}"
            for family_id in _declared_ids(os.path.join(folder, name)):
                if other := found.get(family_id):
                    raise RegistryError(f"{module} and {other} both declare {family_id}")
                found[family_id] = module
    return found


def _declared_ids(path: str) -> Iterator[str]:
    # Unbuffered, and found by literal text: at a thousand files both count.
    with open(path, "rb", buffering=0) as file:
        text = file.read()
    position = text.find(_REGISTER)
    while position >= 0 and (match := _ID.search(text, position)):
        yield match.group(1).decode()
        position = text.find(_REGISTER, match.end())


def _resolve(name: str) -> str:
    known = ids()
    if name in known:
        return name
    versions = {
        item: int(version) for item in known for stem, _, version in [item.rpartition("-v")] if stem == name
    }
    if versions:
        return max(versions, key=versions.__getitem__)
    meant = closest(name, known) or closest(f"{name}-v0", known)
    raise UnknownFamilyError(f"there is no family {name!r}{meant} (`reason list` shows all {len(known)})")


def _load(family_id: str) -> None:
    if family_id in _plugins:
        entry_point = _plugins[family_id]
        origin = f"entry point {entry_point.name!r} ({entry_point.value}) of group {ENTRY_POINT_GROUP}"
        try:
            entry_point.load()
        except Exception as error:
            raise RegistryError(f"{origin} cannot be loaded: {type(error).__name__}: {error}") from error
    else:
        origin = _modules[family_id]
        importlib.import_module(origin)
    if family_id not in _loaded:
        raise RegistryError(f"{origin} does not register {family_id}")


def _check_contract(family_type: type[Family[Any]]) -> None:
    origin = _origin(family_type)
    if not (isinstance(family_type, type) and issubclass(family_type, Family)):
        raise RegistryError(f"@register goes on a subclass of Family, got {family_type!r}")
    for name in ("id", "domain", "config_type"):
        if not hasattr(family_type, name):
            hint = "Family[YourConfig] as its base" if name == "config_type" else f"{name} = ..."
            raise RegistryError(f"{origin} lacks {hint}")
    if not ID_PATTERN.fullmatch(family_type.id):
        raise RegistryError(f"{origin}: id must look like 'SAT-v0', got {family_type.id!r}")
    if missing := sorted(getattr(family_type, "__abstractmethods__", ())):
        raise RegistryError(f"{origin} lacks {', '.join(missing)}")


def _origin(family_type: type) -> str:
    return f"{family_type.__module__}.{family_type.__qualname__}"


def _find_plugins() -> dict[str, EntryPoint]:
    """Find third-party families by their entry points.

    importlib.metadata takes 30 ms and more to import and to parse every distribution, so it is only
    asked where some distribution's file names our group.
    """
    if not any(ENTRY_POINT_GROUP.encode() in text for text in _entry_point_files()):
        return {}
    from importlib.metadata import entry_points

    found: dict[str, EntryPoint] = {}
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        other = _modules.get(entry_point.name) or getattr(
            found.get(entry_point.name), "value", entry_point.value
        )
        if not ID_PATTERN.fullmatch(entry_point.name):
            problem = "its name must look like 'SAT-v0'"
        elif other != entry_point.value:
            problem = f"the id is already {other}"
        else:
            found[entry_point.name] = entry_point
            continue
        message = f"entry point {entry_point.name!r} ({entry_point.value}) is ignored: {problem}"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    return found


def _entry_point_files() -> Iterator[bytes]:
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                try:
                    with open(os.path.join(folder, name, "entry_points.txt"), "rb") as file:
                        yield file.read()
                except OSError:
                    continue


_modules.update(scan(Path(__file__).parent / "generators", "reason.generators"))
_plugins.update(_find_plugins())
