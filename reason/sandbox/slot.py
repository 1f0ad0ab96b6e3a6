"""One warm supervisor, seen from the host: requests go out as frames, measured replies come back."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reason.errors import SandboxError
from reason.sandbox.backend import Backend
from reason.sandbox.protocol import Limits

__all__ = ["Reply", "Slot", "SlotLostError"]

_HEADER = struct.Struct("<II")
_MAXIMUM_REPLY = 2**30


class SlotLostError(SandboxError):
    """The supervisor is gone or cannot be trusted any more; the slot must be thrown away."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a supervisor says of one request; the texts are the program's and may hold anything."""

    status: int
    """Exit status, or minus the signal's number."""
    stopped: str | None
    """``cpu`` or ``wall`` where the supervisor had to end it."""
    cpu: float
    """Processor time of all its processes, in seconds."""
    wall: float
    """Elapsed time, in seconds."""
    resident: int
    """Peak resident memory of its largest process, in bytes."""
    report: bytes
    stdout: bytes
    stderr: bytes
    artifact: bytes
    """A compiled program; empty where none was asked for or none came out."""
    written: tuple[int, int]
    """Bytes written to standard output and error; the texts may be cut shorter."""
    largest_file: int
    """Largest file in scratch, in bytes."""
    compiled: bool
    """Whether a Python program was compiled and begun."""
    memory_killed: bool
    """Whether the kernel killed a process of it for memory."""


class Slot:
    """A warm supervisor that answers one request at a time."""

    START_SECONDS = 60.0
    GRACE_SECONDS = 60.0

    def __init__(self, backend: Backend, number: int) -> None:
        """Start a supervisor and wait for its greeting.

        Raises:
            SandboxError: it did not start; nothing is left behind.
        """
        self.number = number
        self.served = 0
        self.usable = True
        self._request = 0
        self._transport = backend.start(number)
        self._killed = False
        try:
            greeting, _ = self._receive_frame(time.monotonic() + self.START_SECONDS)
            if greeting.get("ready") is not True:
                raise SlotLostError("the supervisor started in a scratch folder that cannot be emptied")
            self.languages = frozenset(str(name) for name in greeting["languages"])
            self.resident = int(greeting["resident"])
            self._oom_kills = self._transport.oom_kills()
        except BaseException as error:
            self.kill()
            if isinstance(error, Exception):
                raise SlotLostError(f"{backend.name}: the supervisor did not start: {error}") from error
            raise

    def exchange(self, header: Mapping[str, Any], blob: Sequence[bytes], limits: Limits, extra: int) -> Reply:
        """Send one request and wait for its answer.

        Args:
            header: the request; id and limits are added.
            blob: the payload's parts.
            limits: what the program may use.
            extra: length of the longest input, in bytes.

        Raises:
            SlotLostError: the supervisor is gone, silent or not to be believed; the slot is unusable.
        """
        self._request += 1
        fields = asdict(limits) | {"stdin_bytes": extra}
        text = json.dumps({**header, "id": self._request, "limits": fields}, separators=(",", ":")).encode()
        try:
            self._transport.prepare(limits)
            self._transport.send(b"".join([_HEADER.pack(len(text), sum(map(len, blob))), text, *blob]))
            answer, data = self._receive_frame(time.monotonic() + limits.wall_seconds + self.GRACE_SECONDS)
            return self._reply(answer, data)
        except (OSError, ValueError, KeyError, TypeError, SlotLostError) as error:
            self.usable = False
            raise SlotLostError(f"the supervisor was lost: {error or type(error).__name__}") from error
        except SandboxError:
            self.usable = False  # its limits could not be set
            raise

    def alive(self) -> bool:
        """Say whether the idle supervisor is still there: its stream is open and silent."""
        try:
            self._transport.receive(1, 0.0)
        except TimeoutError:
            return self.usable
        except OSError:
            pass
        self.usable = False
        return False

    def kill(self) -> None:
        """End the supervisor and everything in its place; any thread, any number of times."""
        self.usable = False
        self._transport.kill()

    def _reply(self, answer: dict[str, Any], data: bytes) -> Reply:
        if answer["id"] != self._request or not answer["in_step"]:
            raise SlotLostError("an answer out of turn")
        self.served += 1
        if not answer["clean"]:
            self.usable = False
        sizes = [int(size) for size in answer["sizes"]]
        if len(sizes) not in (3, 4) or sum(sizes) != len(data):
            raise SlotLostError("an answer of the wrong size")
        parts, position = [], 0
        for size in sizes:
            parts.append(data[position : position + size])
            position += size
        memory_killed = False
        if answer["status"] != 0:
            kills = self._transport.oom_kills()
            memory_killed = kills > self._oom_kills
            self._oom_kills = kills
        if memory_killed:
            self.usable = False  # the kernel may have hit more than the program
        return Reply(
            status=int(answer["status"]),
            stopped=answer["stopped"],
            cpu=float(answer["cpu"]),
            wall=float(answer["wall"]),
            resident=int(answer["resident"]),
            report=parts[0],
            stdout=parts[1],
            stderr=parts[2],
            artifact=parts[3] if len(parts) == 4 else b"",
            written=(int(answer["written"][1]), int(answer["written"][2])),
            largest_file=int(answer["largest_file"]),
            compiled=answer["compiled"] is True,
            memory_killed=memory_killed,
        )

    def _receive_frame(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        header_size, blob_size = _HEADER.unpack(self._receive_exactly(_HEADER.size, deadline))
        if header_size + blob_size > _MAXIMUM_REPLY:
            raise SlotLostError(f"an answer of {header_size + blob_size} bytes")
        answer = json.loads(self._receive_exactly(header_size, deadline))
        if not isinstance(answer, dict):
            raise SlotLostError("an answer that is no object")
        return answer, self._receive_exactly(blob_size, deadline)

    def _receive_exactly(self, size: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._transport.receive(min(size - len(parts), 1 << 20), deadline - time.monotonic())
            if not part:
                raise SlotLostError("end of file")
            parts += part
        return bytes(parts)
