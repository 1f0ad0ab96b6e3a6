"""One program's way through a slot: few forks where that is as good, one fork a case where it is not.

A child gets the budget of ONE case, however many it is given; the cases that it finishes within that
budget did not need more. Hence the rules, which make the fast path as strict as the slow one:

1. The first case of a child ran in a fresh process: its verdict is final.
2. A case further on is final if it is accepted: no expected value was inside, and the child's time,
   memory and output together stayed within what this one case may use.
3. Any other verdict further on may be the doing of the cases before it: it is run again, alone.
4. ``strict`` starts every case alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from reason.errors import SandboxError
from reason.sandbox.judge import Finding, judge_checks, judge_execution, judge_reply
from reason.sandbox.protocol import Case, Judgement, Limits, Outcome, Program
from reason.sandbox.slot import Reply, Slot

__all__ = ["COMPILE_LIMITS", "Attempt"]

COMPILE_LIMITS = Limits(
    cpu_seconds=10.0,
    wall_seconds=30.0,
    memory_bytes=2**30,
    output_bytes=2**20,
    file_bytes=48 * 2**20,
    processes=16,
    open_files=64,
)
"""What a compiler may use, whatever the program's own limits are."""

_BATCH_BYTES = 4 * 2**20
"""Input that one child reads, beyond its first case: a child holds all of it in memory."""


class Attempt:
    """A program, its cases, and the outcomes found so far. It can go on in another slot."""

    def __init__(
        self, program: Program, cases: Sequence[Case], limits: Limits, *, strict: bool, stop: bool = False
    ) -> None:
        """Begin with no outcomes.

        Args:
            program: what to run.
            cases: on what, in order.
            limits: the budget of one case.
            strict: whether every case gets a process of its own.
            stop: whether nothing is run beyond the first case that is not accepted.
        """
        self._program = program
        self._cases = list(cases)
        self._limits = limits
        self._strict = strict
        self._stop = stop
        self._source = program.source.encode("utf-8", "surrogatepass")
        self._artifact: bytes | None = None
        self._outcomes: dict[int, Outcome] = {}
        self._alone: set[int] = set()
        self.losses = 0

    def run(self, slot: Slot) -> None:
        """Run until every case has an outcome.

        Raises:
            SlotLostError: the slot died under it; what was found before is kept.
        """
        if self._program.mode == "checks":
            self._run_checks(slot)
        elif self._program.language == "python":
            self._run_python(slot)
        else:
            self._run_compiled(slot)

    def lost(self) -> None:
        """Note that a slot died under this program: from now on every case runs alone."""
        self.losses += 1
        self._strict = True

    def give_up(self, judgement: Judgement, detail: str) -> None:
        """Give every case that has no outcome yet this one."""
        for index in self._todo():
            self._outcomes[index] = Outcome(judgement=judgement, detail=detail)

    def outcomes(self, *, isolated: bool, enforced: tuple[str, ...]) -> list[Outcome]:
        """Return one outcome a case, in order; up to the first that is not accepted where that stops it."""
        marks = {"isolated": isolated, "enforced": enforced}
        last = self._last()
        found = [self._outcomes[index] for index in range(len(self._cases) if last is None else last + 1)]
        return [Outcome(**{**vars(outcome), **marks}) for outcome in found]

    def _todo(self) -> list[int]:
        last = self._last()
        end = len(self._cases) if last is None else last
        return [index for index in range(end) if index not in self._outcomes]

    def _last(self) -> int | None:
        """Return the case at which to stop; None where there is none, yet or at all."""
        failed = (
            index for index in sorted(self._outcomes) if self._outcomes[index].judgement != Judgement.AC
        )
        return next(failed, None) if self._stop else None

    def _run_python(self, slot: Slot) -> None:
        while todo := self._todo():
            batch = self._batch(todo)
            cases = [self._cases[index] for index in batch]
            header = {"mode": self._program.mode, "entry_point": self._program.entry_point}
            reply = slot.exchange(header, *self._payload(self._source, cases))
            try:
                findings = judge_reply(self._program, cases, reply, self._limits, slot.resident)
            except SandboxError:
                slot.usable = False  # ours to mend: it is tried again elsewhere
                raise
            if findings[0].step.fields.get("all"):
                for index in todo:
                    self._settle(index, findings[0], reply)
                return
            for position, (index, finding) in enumerate(zip(batch, findings, strict=False)):
                if position == 0 or finding.judgement is Judgement.AC:
                    self._settle(index, finding, reply, shared=len(findings) > 1)
                else:
                    self._alone.add(index)

    def _batch(self, todo: list[int]) -> list[int]:
        batch = todo[:1]
        if self._strict or todo[0] in self._alone:
            return batch
        size = 0
        for index in todo[1:]:
            size += len(self._cases[index].stdin)
            if size > _BATCH_BYTES:
                break
            if index not in self._alone:
                batch.append(index)
        return batch

    def _run_checks(self, slot: Slot) -> None:
        checks = (self._program.checks or "").encode("utf-8", "surrogatepass")
        while todo := self._todo():
            index = todo[0]
            header = {"mode": "checks", "entry_point": self._program.entry_point, "checks_bytes": len(checks)}
            parts, limits, extra = self._payload(self._source, [Case(compare=False)])
            reply = slot.exchange(header, [checks, *parts], limits, extra)
            self._settle(index, judge_checks(reply, self._limits, slot.resident), reply)

    def _run_compiled(self, slot: Slot) -> None:
        if self._artifact is None:
            header = {"mode": "compile", "language": self._program.language, "entry_point": None}
            parts, _, extra = self._payload(self._source, [Case()])
            reply = slot.exchange(header, parts, COMPILE_LIMITS, extra)
            if not reply.artifact or reply.status != 0:
                self._refuse(reply)
                return
            self._artifact = reply.artifact
        while todo := self._todo():
            index = todo[0]
            header = {"mode": "execute", "entry_point": None}
            reply = slot.exchange(header, *self._payload(self._artifact, [self._cases[index]]))
            self._settle(index, judge_execution(self._cases[index], reply, self._limits), reply)

    def _refuse(self, reply: Reply) -> None:
        text = reply.stderr.decode(errors="replace")
        over = reply.stopped or reply.memory_killed
        detail = "the compiler reached its limits" if over else next(
            (line for line in text.splitlines() if "error" in line), "the compiler failed"
        )  # fmt: skip
        for index in self._todo():
            self._outcomes[index] = Outcome(
                judgement=Judgement.CE, stderr=text, exit_code=reply.status, detail=detail[:500]
            )

    def _payload(self, source: bytes, cases: Sequence[Case]) -> tuple[list[bytes], Limits, int]:
        inputs = [case.stdin.encode("utf-8", "surrogatepass") for case in cases]
        function = self._program.mode == "function"
        meta: dict[str, Any] = {
            "source": len(source),
            "inputs": [len(data) for data in inputs],
            "arguments": [list(case.arguments) for case in cases] if function else [],
        }
        text = json.dumps(meta, separators=(",", ":")).encode()
        parts = [len(text).to_bytes(4, "little"), text, source, *inputs]
        return parts, self._limits, max(map(len, inputs))

    def _settle(self, index: int, finding: Finding, reply: Reply, *, shared: bool = False) -> None:
        step = finding.step
        ran = not step.fields.get("all")
        self._outcomes[index] = Outcome(
            judgement=finding.judgement,
            stdout=step.stdout.decode(errors="replace"),
            stderr=step.stderr.decode(errors="replace"),
            value=finding.value,
            exit_code=step.status if ran else None,
            cpu_seconds=step.cpu if shared else reply.cpu,
            wall_seconds=step.wall if shared else reply.wall,
            memory_bytes=reply.resident,
            detail=finding.detail,
        )
