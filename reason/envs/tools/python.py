"""A Python session in the sandbox: cells share their names from call to call.

The session is a journal: its state is the list of cells so far, and each call runs them all again in a
fresh confined process, with the output of all but the last thrown away. So a session forks, saves and
replays as data does, and no process lives between calls. ``random`` begins with a fixed seed and addresses
in printed objects are blotted out; a program that reads the clock or ``os.urandom`` is outside this promise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.errors import SandboxError
from reason.frozen import freeze
from reason.sandbox import Case, Judgement, Limits, Outcome, Program
from reason.sandbox.shared import shared_sandbox
from reason.task import Task

__all__ = ["Python"]

MAX_CELL_CHARS = 20_000
MAX_PARTIAL_CHARS = 2_000
"""Characters that are shown of what a cell printed before it was ended."""
MAX_CELLS = 64
"""Cells that a journal keeps."""
END = "\x00end of cell\x00"
"""Printed when the last cell has run to its end: without it the process was ended from inside."""

_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,16}\b")
"""As objects without a better text print themselves; numbers written in base 16 stay."""
_OVER = {
    Judgement.TLE: "took too long",
    Judgement.MLE: "needed too much memory",
    Judgement.OLE: "printed too much",
}
_RUNNER = """
import ast, json, os, random, sys, traceback
data = json.load(sys.stdin)
random.seed(0)
names = {"__name__": "__main__"}
real, nothing = [os.dup(1), os.dup(2)], os.open(os.devnull, os.O_RDWR)
os.dup2(nothing, 0)
def point(targets):
    sys.stdout.flush(); sys.stderr.flush()
    os.dup2(targets[0], 1); os.dup2(targets[1], 2)
def run(cell, number):
    name = "cell %d" % number
    try:
        tree = ast.parse(cell, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
            if value is not None:
                print(repr(value))
        return ""
    except BaseException as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("cell ")]
        where = "".join("  %s, line %s, in %s\\n" % (f.filename, f.lineno, f.name) for f in frames[-5:])
        what = "".join(traceback.format_exception_only(type(error), error))
        return where + what
for number, cell in enumerate(data["cells"], 1):
    last = number == len(data["cells"])
    point(real if last else [nothing, nothing])
    problem = run(cell, number)
point(real)
os.write(1, (data["end"] + problem).encode("utf-8", "backslashreplace"))
os._exit(0)
"""


@dataclass(frozen=True, kw_only=True)
class Python(Tool):
    """Run cells of a session."""

    name: str = "python"
    description: str = (
        "Run Python code in a session whose names last from call to call; gives what it prints and the value "
        "of its last line."
    )
    parameters: Mapping[str, Any] = freeze(
        {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "A program.", "maxLength": MAX_CELL_CHARS}
            },
            "required": ["code"],
        }
    )
    timeout_s: float | None = None
    cpu_seconds: float = 4.0
    """Processor time of the whole session, in seconds."""
    wall_seconds: float = 8.0
    """Elapsed time of the whole session, in seconds."""
    session_bytes: int = 256 * 2**20
    """Memory of the session, in bytes."""

    def initial_state(self, task: Task) -> Any:
        """Begin with an empty journal."""
        return {"cells": []}

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Run the journal and one more cell.

        Raises:
            SandboxError: no sandbox can run here, or it failed: ours.
        """
        if len(state["cells"]) >= MAX_CELLS:
            return ToolResult(
                text=f"the session has {MAX_CELLS} cells already, which is the most", error=True
            )
        cells = [*state["cells"], arguments["code"]]
        limits = Limits(
            cpu_seconds=self.cpu_seconds, wall_seconds=self.wall_seconds, memory_bytes=self.session_bytes
        )
        case = Case(stdin=json.dumps({"cells": cells, "end": END}), compare=False)
        (outcome,) = shared_sandbox().run(Program(source=_RUNNER), [case], limits)
        return _read(outcome, cells)


def _read(outcome: Outcome, cells: list[str]) -> ToolResult:
    if outcome.judgement is Judgement.IE:
        raise SandboxError(outcome.detail)
    output, ended, problem = outcome.stdout.rpartition(END)
    if outcome.judgement in _OVER or not ended:
        why = _OVER.get(outcome.judgement, "ended the session's process")
        told = f"The cell {why}; the session stands as it did before."
        shown = f"{told}\n{_blotted(outcome.stdout[:MAX_PARTIAL_CHARS])}".rstrip("\n")
        return ToolResult(text=shown, error=True)
    errors = f"{outcome.stderr}{problem}"
    text = "\n".join(part.rstrip("\n") for part in (output, errors) if part)
    return ToolResult(text=_blotted(text) or "[no output]", state={"cells": cells}, error=bool(problem))


def _blotted(text: str) -> str:
    return _ADDRESS.sub("0x…", text).encode("utf-8", "backslashreplace").decode()
