"""The layout of a GGUF file (version 2 and 3, little-endian): metadata, then tensors.

Read here and not with ``gguf.GGUFReader``, which makes some arrays of each of the vocabulary's words: for a
file of 100 MB that takes seconds, this a hundredth of one. Published in ggml's docs/gguf.md.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError

__all__ = ["GGUFTensor", "read_layout"]

MAGIC = b"GGUF"
VERSIONS = (2, 3)
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Formats of ``struct`` by the number of a type."""
STRING, ARRAY = 8, 9
MAX_DIMENSIONS = 4


@dataclass(frozen=True, kw_only=True)
class GGUFTensor:
    """Where a tensor stands."""

    name: str
    shape: tuple[int, ...]
    """The dimension whose entries are neighbours comes last."""
    kind: int
    """Of quantisation, by its number in GGML."""
    offset: int
    """Bytes from the beginning of the file."""


def read_layout(path: Path) -> tuple[dict[str, Any], list[GGUFTensor]]:
    """Return the metadata, arrays left out, and the places of the tensors.

    Raises:
        InputFormatError: the file is no GGUF, is cut short, or is of another version.
    """
    with path.open("rb") as file:
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(data, path).read()
        except (ValueError, struct.error, UnicodeDecodeError) as error:
            raise InputFormatError(f"{path} cannot be read as GGUF: {error}") from error


class _Reader:
    """Goes through the file from its beginning."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self._data, self._path, self._place = data, path, 0

    def read(self) -> tuple[dict[str, Any], list[GGUFTensor]]:
        if self._data[:4] != MAGIC:
            raise InputFormatError(f"{self._path} is no GGUF file: it begins with {self._data[:4]!r}")
        self._place = 4
        version = self._number("I")
        if version not in VERSIONS:
            raise InputFormatError(f"{self._path} has GGUF version {version}; known are {VERSIONS}")
        num_tensors, num_entries = self._number("Q"), self._number("Q")
        metadata = {}
        for _ in range(num_entries):
            name = self._string()
            value = self._value(self._number("I"))
            if value is not None:
                metadata[name] = value
        tensors = [self._tensor() for _ in range(num_tensors)]
        alignment = int(metadata.get("general.alignment", 32))
        start = -(-self._place // alignment) * alignment
        placed = [
            GGUFTensor(name=name, shape=shape, kind=kind, offset=start + offset)
            for name, shape, kind, offset in tensors
        ]
        return metadata, placed

    def _number(self, form: str) -> Any:
        (number,) = struct.unpack_from(f"<{form}", self._data, self._place)
        self._place += struct.calcsize(f"<{form}")
        return number

    def _string(self) -> str:
        length = self._number("Q")
        text = self._data[self._place : self._place + length]
        if len(text) < length:
            raise InputFormatError(f"{self._path} ends within a text")
        self._place += length
        return text.decode("utf-8")

    def _value(self, kind: int) -> Any:
        """Read a value, or pass over an array and return None."""
        if kind in SCALARS:
            return self._number(SCALARS[kind])
        if kind == STRING:
            return self._string()
        if kind != ARRAY:
            raise InputFormatError(f"{self._path} has a value of unknown type {kind}")
        item, count = self._number("I"), self._number("Q")
        if item in SCALARS:
            self._place += count * struct.calcsize(f"<{SCALARS[item]}")
        elif item == STRING:
            self._pass_texts(count)
        else:
            raise InputFormatError(f"{self._path} has an array of unknown type {item}")
        return None

    def _pass_texts(self, count: int) -> None:
        data, place, length = self._data, self._place, struct.Struct("<Q")
        for _ in range(count):
            place += 8 + length.unpack_from(data, place)[0]
        self._place = place

    def _tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        name, dimensions = self._string(), self._number("I")
        if dimensions > MAX_DIMENSIONS:
            raise InputFormatError(f"{self._path} has a tensor {name!r} of {dimensions} dimensions")
        shape = tuple(self._number("Q") for _ in range(dimensions))
        return name, shape[::-1], self._number("I"), self._number("Q")
