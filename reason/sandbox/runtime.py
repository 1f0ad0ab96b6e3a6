"""What the running interpreter consists of on disk: found once, to be mounted or copied elsewhere."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from reason.errors import SandboxError

__all__ = ["Runtime", "find_runtime"]

# Run in a bare interpreter of its own: it loads every extension module of the standard library and asks
# the loader what that took. Library names are the loader's, not resolved, for it will look for them again.
_PROBE = """
import ctypes, glob, json, os, sys, sysconfig
standard = sysconfig.get_path("stdlib")
for path in sorted(glob.glob(os.path.join(sysconfig.get_config_var("DESTSHARED") or
        os.path.join(sysconfig.get_path("platstdlib"), "lib-dynload"), "*.so"))):
    if os.path.basename(path).startswith(("_tkinter", "_curses", "nis", "readline", "_test", "_xxtest")):
        continue  # for screens and other machines: of no use inside, with many libraries of their own
    try:
        ctypes.CDLL(path, os.RTLD_LAZY)
    except OSError:
        pass
class Info(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("name", ctypes.c_char_p)]
names = []
@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Info), ctypes.c_size_t, ctypes.c_void_p)
def collect(info, size, data):
    names.append(os.fsdecode(info.contents.name or b""))
    return 0
ctypes.CDLL(None).dl_iterate_phdr(collect, None)
print(json.dumps({"prefix": sys.base_prefix, "standard": standard,
    "platform": sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix}),
    "libraries": [name for name in names if name.startswith("/") and os.path.exists(name)]}))
"""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """An interpreter, its standard library, and the shared objects that these need."""

    executable: Path
    """The interpreter itself, every link resolved."""
    standard_library: tuple[tuple[Path, str], ...]
    """Folders of the standard library, each with its place relative to the prefix."""
    libraries: tuple[Path, ...]
    """Shared objects, under the names that the loader asks for; extension modules are not among them."""
    loader: Path
    """The dynamic loader, whose path is written into the interpreter and must be kept."""


@functools.cache
def find_runtime() -> Runtime:
    """Return what the running interpreter consists of.

    Raises:
        SandboxError: it cannot be found out.
    """
    executable = Path(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))
    try:
        answer = subprocess.run(
            [executable, "-I", "-S", "-c", _PROBE],
            capture_output=True,
            timeout=60,
            check=True,
            env={},
        )
        found = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SandboxError(f"cannot find out what {executable} consists of: {error}") from error
    prefix = found["prefix"]
    folders = dict.fromkeys(os.path.realpath(found[name]) for name in ("standard", "platform"))
    standard = tuple((Path(folder), os.path.relpath(folder, os.path.realpath(prefix))) for folder in folders)
    libraries = [Path(name) for name in dict.fromkeys(found["libraries"])]
    libraries = [path for path in libraries if not any(path.is_relative_to(folder) for folder, _ in standard)]
    loaders = [path for path in libraries if path.name.startswith(("ld-linux", "ld-musl", "ld64"))]
    if not loaders:
        raise SandboxError(f"{executable} is not dynamically linked in a way that is known")
    others = tuple(path for path in libraries if path not in loaders)
    return Runtime(executable=executable, standard_library=standard, libraries=others, loader=loaders[0])
