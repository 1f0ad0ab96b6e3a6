"""A solver: clauses in, an assignment or UNSAT out; or a script in SMT-LIB in, what Z3 says out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.errors import ProcessEndedError
from reason.frozen import freeze, thaw
from reason.task import Task
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.satisfiability import decide
from reason.verifiers.smt_lib import check_script, run_script, z3_is_installed

__all__ = ["Solver"]

MAX_LITERALS = 100_000
MAX_VARIABLE = 20_000


@dataclass(frozen=True, kw_only=True)
class Solver(Tool):
    """Decide a formula in conjunctive normal form with MiniSat 2.2, or run a script in SMT-LIB 2 with Z3.

    The same input has the same output: where a search is long, Z3 counts its steps and not the time. Z3 is
    optional (the distribution ``z3-solver``); without it a script is answered with a sentence that says so.
    """

    name: str = "solver"
    description: str = (
        "Decide whether clauses can all be true. Each clause is a list of literals: 3 means that variable 3 "
        "is true, -3 that it is false. Gives SAT and a literal for every variable, or UNSAT. Or run a script "
        "in SMT-LIB 2 (numbers, bit vectors, arrays, strings, quantifiers, ...) and read what it prints. "
        "Give clauses or script, not both."
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
                },
                "script": {
                    "type": "string",
                    "description": "Such as (declare-const x Int) (assert (> x 3)) (check-sat) (get-model).",
                },
            },
        }
    )
    max_chars: int = 200_000
    timeout_s: float | None = None
    solve_seconds: float = 5.0
    """Elapsed time that the solver may take."""
    memory_bytes: int = 512 * 2**20
    """Memory that the solver may take, in bytes."""
    steps: int = 2_000_000
    """Z3's measure of the work of one check (about 0.6 s); beyond it the answer is unknown."""

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Solve in a process that can be killed."""
        if ("clauses" in arguments) == ("script" in arguments):
            return ToolResult(text="give either clauses or script", error=True)
        try:
            return self._run(arguments["script"]) if "script" in arguments else self._decide(arguments)
        except (LimitExceeded, ProcessEndedError):  # solvers end their process where memory runs out
            return ToolResult(text="the solver did not finish within its time and memory", error=True)

    def _run(self, script: str) -> ToolResult:
        if not z3_is_installed():
            told = "scripts cannot be run here: the solver z3 is not installed; clauses can be decided"
            return ToolResult(text=told, error=True)
        try:
            commands = check_script(script)
        except ValueError as error:
            return ToolResult(text=str(error), error=True)
        told = limited(
            run_script, commands, self.steps, timeout_s=self.solve_seconds, memory_bytes=self.memory_bytes
        )
        return ToolResult(text=told["output"] or "(nothing was printed)", error=told["error"])

    def _decide(self, arguments: Mapping[str, Any]) -> ToolResult:
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
        found = limited(
            decide, num_vars, clauses, timeout_s=self.solve_seconds, memory_bytes=self.memory_bytes
        )
        if not found["satisfiable"]:
            return ToolResult(text="UNSAT")
        literals = [number if true else -number for number, true in enumerate(found["model"], 1)]
        return ToolResult(text="SAT " + " ".join(map(str, literals)))
