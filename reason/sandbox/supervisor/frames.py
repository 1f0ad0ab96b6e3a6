"""Frames: two unsigned 32-bit little-endian lengths, a JSON header, a blob."""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
from typing import Any, NamedTuple

_LENGTHS = struct.Struct("<II")
MAXIMUM_HEADER = 1 << 16
_SMALL = 1 << 13


class Request(NamedTuple):
    """What the host asks for."""

    header: dict[str, Any]
    text: bytes
    """The header as it came."""
    blob_size: int
    """Bytes that follow it in the stream."""


class Channel:
    """The stream to the host."""

    def __init__(self, reading: int, writing: int) -> None:
        """Use two descriptors, which may be the same one."""
        self.reading = reading
        self.writing = writing
        self._buffer = memoryview(bytearray(_SMALL))
        self._into_pipe = stat.S_ISFIFO(os.fstat(writing).st_mode)

    def receive_request(self) -> Request | None:
        """Return the next request, whose blob is still in the stream; None at end of file."""
        prefix = read_exactly(self.reading, _LENGTHS.size)
        if prefix is None:
            return None
        header_size, blob_size = _LENGTHS.unpack(prefix)
        if header_size > MAXIMUM_HEADER:
            raise ValueError(f"header of {header_size} bytes")
        text = read_exactly(self.reading, header_size)
        if text is None:
            return None
        return Request(json.loads(text), text, blob_size)

    def send(self, text: bytes, parts: list[tuple[int, int]] | None = None) -> None:
        """Send a header and, as its blob, the first ``size`` bytes of each ``(descriptor, size)``.

        Nothing of the parts stays in this process's memory, which the next program inherits.
        """
        parts = [part for part in parts or () if part[1] > 0]
        total = sum([size for _, size in parts])
        head = _LENGTHS.pack(len(text), total) + text
        if len(head) + total <= _SMALL:
            self._send_small(head, parts)
            return
        write_all(self.writing, head)
        for descriptor, size in parts:
            self._send_file(descriptor, size)

    def _send_small(self, head: bytes, parts: list[tuple[int, int]]) -> None:
        """Send all at once, so that the host wakes up once; and wipe it from memory."""
        buffer, end = self._buffer, len(head)
        buffer[:end] = head
        for descriptor, size in parts:
            if os.preadv(descriptor, [buffer[end : end + size]], 0) != size:
                raise EOFError("a part shrank while it was sent")
            end += size
        write_all(self.writing, buffer[:end])
        buffer[:end] = bytes(end)

    def _send_file(self, descriptor: int, size: int) -> None:
        offset = 0
        while offset < size:
            if self._into_pipe:
                sent = os.splice(descriptor, self.writing, size - offset, offset_src=offset)
            else:
                sent = os.sendfile(self.writing, descriptor, offset, size - offset)
            if sent == 0:
                raise EOFError("a part shrank while it was sent")
            offset += sent


def open_channel(path: str | None) -> Channel:
    """Connect to the host, and keep the connection away from the standard descriptors."""
    if path is not None:
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.connect(path)
        descriptor = stream.detach()
        return Channel(descriptor, descriptor)
    reading = os.dup(0)
    writing = reading if stat.S_ISSOCK(os.fstat(0).st_mode) else os.dup(1)
    return Channel(reading, writing)


def read_exactly(descriptor: int, size: int) -> bytes | None:
    """Read ``size`` bytes; None if the stream ends before."""
    data = os.read(descriptor, size)
    if len(data) == size:
        return data
    parts = [data]
    missing = size - len(data)
    while missing:
        if not parts[-1]:
            return None
        parts.append(os.read(descriptor, min(missing, 1 << 20)))
        missing -= len(parts[-1])
    return b"".join(parts)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write every byte."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
