"""A root file system made from this machine: interpreter, standard library, packages, compilers.

Where no registry can be reached, this is what the sandbox's image is made of (:mod:`reason.sandbox.archive`
packs it). :func:`content_hash` names it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reason.errors import ConfigError, SandboxError

__all__ = ["RootEntry", "content_hash", "library_folder", "root_entries", "stamp"]

PREFIX = "/usr/local"
# Neither useful to a program nor small: the tests, the editors, the windows, the link-time archive.
UNUSED_FOLDERS = frozenset(
    {
        "test",
        "tests",
        "idlelib",
        "lib2to3",
        "tkinter",
        "turtledemo",
        "ensurepip",
        "site-packages",
        "dist-packages",
    }
)
UNUSED_FILES = re.compile(r"_tkinter\..*|_test\w*\..*|_ctypes_test\..*|xx\w*\..*|turtle\.py")
# Link-time optimisation and the sanitizers are half of GCC's size.
UNUSED_TOOLCHAIN = re.compile(
    r"lto1|.*(lto-dump|-dwp|gprofng|ld\.gold).*|lib[almtu]\w*san(_preinit)?\.(a|o|so.*)|libhwasan.*"
    r"|.*/(man|doc|locale|info|gconv|gprofng)/.*"
)
ACCOUNTS = {
    "/etc/passwd": b"root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
    "/etc/group": b"root:x:0:\nnogroup:x:65534:\n",
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True, kw_only=True)
class RootEntry:
    """One file or symbolic link of the root file system."""

    path: str
    """Where it lies in the image, absolute."""
    source: Path | None = None
    """The file of this machine it is a copy of."""
    content: bytes | None = None
    """Its bytes, where it is no copy."""
    link: str | None = None
    """What it points to, for a symbolic link."""
    executable: bool = False

    def read(self) -> bytes:
        """Return the file's bytes."""
        if self.source is not None:
            return self.source.read_bytes()
        return self.content or b""


def root_entries(packages: Sequence[str] = (), compilers: bool = False) -> list[RootEntry]:
    """List every file of the root file system, sorted by path.

    Args:
        packages: distributions installed here to be carried along with what they require (``numpy``).
        compilers: also carry GCC and G++ with their headers and libraries.

    Raises:
        ConfigError: a package is not installed here.
        SandboxError: this machine's files cannot make an image (no Linux, no ``ldd``, no Debian compilers).
    """
    if sys.platform != "linux":
        raise SandboxError("an image can be made from this machine's files on Linux only; use a registry")
    entries = {entry.path: entry for entry in interpreter_entries()}
    for name in required_distributions(packages):
        entries.update((entry.path, entry) for entry in package_entries(name))
    if compilers:
        entries.update((entry.path, entry) for entry in compiler_entries())
    for path, content in ACCOUNTS.items():
        entries[path] = RootEntry(path=path, content=content)
    for entry in library_entries(list(entries.values())):
        entries.setdefault(entry.path, entry)
    folders = {str(folder) for path in entries for folder in PurePosixPath(path).parents}
    # Debian's /lib is a link to usr/lib; in the image both are folders, for the files keep their paths.
    return [entries[path] for path in sorted(entries) if path not in folders]


def library_folder() -> str:
    """Name the folder of the standard library inside the image."""
    return f"{PREFIX}/{sys.platlibdir}/{Path(sysconfig.get_path('stdlib')).name}"


def interpreter_entries() -> Iterator[RootEntry]:
    """Yield the interpreter and its standard library, moved to ``/usr/local``."""
    program = f"{PREFIX}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    yield RootEntry(path=program, source=Path(sys.executable).resolve(), executable=True)
    for name in ("python3", "python"):
        yield RootEntry(path=f"{PREFIX}/bin/{name}", link=Path(program).name)
    for folder in {
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("platstdlib", vars={"platbase": sys.base_prefix}),
    }:
        yield from tree_entries(Path(folder), library_folder())


def tree_entries(folder: Path, target: str) -> Iterator[RootEntry]:
    """Yield a folder of Python files, without what no program needs."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name not in UNUSED_FOLDERS and not name.startswith(("__pycache__", "config-"))
        )
        for name in sorted(files):
            source = Path(root, name)
            if UNUSED_FILES.fullmatch(name) or not source.is_file():
                continue
            yield RootEntry(
                path=str(PurePosixPath(target, source.relative_to(folder).as_posix())), source=source
            )


def required_distributions(names: Sequence[str]) -> list[str]:
    """Return these distributions and all they require, without extras, sorted.

    Raises:
        ConfigError: one that was asked for is not installed here.
    """
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except (importlib.metadata.PackageNotFoundError, ValueError):
            if name in {re.sub(r"[-_.]+", "-", asked).lower() for asked in names}:
                raise ConfigError(
                    f"packages: {name!r} is not installed here; install it, or use a registry"
                ) from None
            continue  # A requirement of another platform or Python: its marker rules it out here too.
        found[name] = None
        for requirement in distribution.requires or ():
            if "extra ==" not in requirement.partition(";")[2]:
                waiting.append(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])
    return sorted(found)


def package_entries(name: str) -> Iterator[RootEntry]:
    """Yield the installed files of a distribution, moved to the image's ``site-packages``."""
    files = importlib.metadata.distribution(name).files
    if not files:
        raise ConfigError(f"packages: the files of {name!r} are not known (an editable install?)")
    for file in files:
        source = Path(str(file.locate()))
        if {"..", "__pycache__", "tests"} & set(file.parts) or not source.is_file():
            continue
        yield RootEntry(path=f"{library_folder()}/site-packages/{file.as_posix()}", source=source)


def compiler_entries() -> Iterator[RootEntry]:
    """Yield GCC and G++ as Debian's packages carry them, with all they depend on."""
    for path in debian_files(["gcc", "g++"]):
        if UNUSED_TOOLCHAIN.fullmatch(path) or UNUSED_TOOLCHAIN.fullmatch(Path(path).name):
            continue
        if not path.startswith(("/usr/bin/", "/usr/lib", "/lib", "/usr/include/", "/etc/alternatives/")):
            continue
        source = Path(path)
        if source.is_symlink():
            yield RootEntry(path=path, link=os.readlink(source))
        elif source.is_file():
            yield RootEntry(path=path, source=source, executable=os.access(source, os.X_OK))


def debian_files(packages: Sequence[str]) -> list[str]:
    """List the files of Debian packages and of all that they depend on.

    Raises:
        SandboxError: this is no Debian, or a package is missing.
    """
    remedy = "compilers: install Debian's gcc and g++ packages on this machine, or build from a registry"
    found: dict[str, None] = {}
    waiting = list(packages)
    try:
        while waiting:
            fields = [
                "dpkg-query",
                "-W",
                "-f",
                "${db:Status-Status}|${Package}|${Depends},${Pre-Depends}\\n",
                *waiting,
            ]
            waiting.clear()
            listing = subprocess.run(fields, capture_output=True, text=True, check=False).stdout
            for status, name, depends in (line.split("|", 2) for line in sorted(listing.splitlines())):
                if status == "installed" and name not in found:
                    found[name] = None
                    wanted = re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]+)", depends)
                    waiting += [other for other in wanted if other not in found]
        if not set(packages) <= set(found):
            raise SandboxError(remedy)
        listing = subprocess.run(
            ["dpkg-query", "-L", *found], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxError(remedy) from error
    return sorted({line for line in listing.splitlines() if line.startswith("/")})


def library_entries(entries: Sequence[RootEntry]) -> Iterator[RootEntry]:
    """Yield the shared objects that programs and extensions among the entries link.

    All but the loader go to the folder of the C library, which every loader searches: what a run path or this
    machine's loader cache would have found is found there, wherever it lies on this machine.
    """
    binaries = [entry.source for entry in entries if entry.source is not None and is_elf(entry.source)]
    carried = {source.resolve() for source in binaries}
    needed: dict[str, str] = {}
    loaders: dict[str, None] = {}
    for start in range(0, len(binaries), 200):
        for line in loader_listing(binaries[start : start + 200]):
            if match := re.fullmatch(r"\s+(\S+) => (/\S+) \(0x[0-9a-f]+\)", line):
                needed.setdefault(match[1], match[2])
            elif match := re.fullmatch(r"\s+(/\S+) \(0x[0-9a-f]+\)", line):
                loaders[match[1]] = None
    c_library = next((path for name, path in sorted(needed.items()) if name.startswith("libc.")), None)
    if c_library is None:
        raise SandboxError("the shared objects of this machine's Python cannot be listed; use a registry")
    for loader in loaders:
        yield RootEntry(path=loader, source=Path(loader).resolve(), executable=True)
    for name, path in needed.items():
        source = Path(path).resolve()
        if source not in carried and "/" not in name:
            yield RootEntry(path=f"{Path(c_library).parent}/{name}", source=source, executable=True)


def is_elf(path: Path) -> bool:
    """Say whether a file is a program or shared object that the loader reads."""
    with open(path, "rb") as file:
        head = file.read(18)
    # Types 2 and 3: executable and shared object (the byte order here is this machine's own).
    return head[:4] == b"\x7fELF" and int.from_bytes(head[16:18], sys.byteorder) in (2, 3)


def loader_listing(binaries: Sequence[Path]) -> list[str]:
    """Ask ``ldd`` what these link."""
    try:
        done = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False)
    except OSError as error:
        raise SandboxError("ldd is missing on this machine; use a registry") from error
    return done.stdout.splitlines()


def content_hash(entries: Iterable[RootEntry]) -> str:
    """Hash paths, kinds and bytes: equal for equal file systems, on any machine."""
    total = hashlib.sha256()
    for entry in entries:
        body = hashlib.sha256(entry.read()).hexdigest() if entry.link is None else f"-> {entry.link}"
        total.update(f"{entry.path}\0{entry.executable}\0{body}\n".encode())
    return total.hexdigest()


def stamp(packages: Sequence[str] = (), compilers: bool = False) -> str:
    """Hash names, sizes and times of what it would be made of: quick, and good on one machine only."""
    entries = [*interpreter_entries()]
    for name in required_distributions(packages):
        entries += package_entries(name)
    sources = {entry.source for entry in entries if entry.source is not None}
    # A system library that changes goes through the loader's cache; a compiler through the package manager.
    sources.update(path for path in map(Path, ("/etc/ld.so.cache", "/var/lib/dpkg/status")) if path.exists())
    total = hashlib.sha256(f"{sys.version}|{compilers}|{Path(__file__).stat().st_mtime_ns}".encode())
    for source in sorted(sources):
        facts = source.stat()
        total.update(f"{source}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return total.hexdigest()
