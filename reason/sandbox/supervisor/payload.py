"""What a child reads for itself: the program and its inputs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .frames import read_exactly


@dataclass(slots=True)
class Payload:
    """A program and the cases of one request."""

    source: bytes
    inputs: list[memoryview]
    arguments: list[list[Any]]


def read_payload(descriptor: int, size: int) -> Payload:
    """Read one blob: a 4-byte length, JSON with lengths and arguments, then the raw bytes.

    Raises:
        EOFError: the host went away.
    """
    data = read_exactly(descriptor, size)
    if data is None:
        raise EOFError("the payload is cut short")
    meta_end = 4 + int.from_bytes(data[:4], "little")
    meta = json.loads(data[4:meta_end])
    view = memoryview(data)
    source_end = meta_end + meta["source"]
    inputs, position = [], source_end
    for length in meta["inputs"]:
        inputs.append(view[position : position + length])
        position += length
    return Payload(bytes(view[meta_end:source_end]), inputs, meta["arguments"])
