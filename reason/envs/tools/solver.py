"""A SAT solver: clauses in, an assignment or UNSAT out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.frozen import freeze, thaw
from reason.task import Task
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.satisfiability import decide

__all__ = ["Solver"]

MAX_LITERALS = 100_000
MAX_VARIABLE = 20_000


@dataclass(frozen=True, kw_only=True)
class Solver(Tool):
    """Decide a formula in conjunctive normal form with MiniSat 2.2 (always the same model)."""

    name: str = "solver"
    description: str = (
        "Decide whether clauses can all be true. Each clause is a list of literals: 3 means that variable 3 "
        "is true, -3 that it is false. Gives SAT and a literal for every variable, or UNSAT."
    )
    parameters: Mapping[str, Any] = freeze(
        {
            "type": "object",
            "properties": {
                "clauses": {
                    "type": "array",
                    "description": "Such as [[1, -2], [2, 3]].",
                    "items": {
                        "type": "array",
                        "items": {"type": "integer", "minimum": -MAX_VARIABLE, "maximum": MAX_VARIABLE},
                    },
                }
            },
            "required": ["clauses"],
        }
    )
    max_chars: int = 200_000
    timeout_s: float | None = None
    solve_seconds: float = 5.0
    """Elapsed time that the solver may take."""
    memory_bytes: int = 512 * 2**20
    """Memory that the solver may take, in bytes."""

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Solve in a process that can be killed."""
        clauses = [[int(literal) for literal in clause] for clause in thaw(arguments["clauses"])]
        if sum(map(len, clauses)) + len(clauses) > MAX_LITERALS:
            return ToolResult(text=f"clauses may hold at most {MAX_LITERALS} literals", error=True)
        if any(literal == 0 for clause in clauses for literal in clause):
            return ToolResult(text="a literal is a variable's number or its negative, never 0", error=True)
        if not all(clauses):
            return ToolResult(text="UNSAT")  # an empty clause is false
        num_vars = max((abs(literal) for clause in clauses for literal in clause), default=0)
        if not num_vars:
            return ToolResult(text="SAT")
        try:
            found = limited(
                decide, num_vars, clauses, timeout_s=self.solve_seconds, memory_bytes=self.memory_bytes
            )
        except LimitExceeded:
            return ToolResult(text="the solver did not finish within its time and memory", error=True)
        if not found["satisfiable"]:
            return ToolResult(text="UNSAT")
        literals = [number if true else -number for number, true in enumerate(found["model"], 1)]
        return ToolResult(text="SAT " + " ".join(map(str, literals)))
