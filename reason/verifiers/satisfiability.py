"""Whether a formula can be satisfied, decided by a solver."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

__all__ = ["MEASURING_SOLVER", "decide", "refute"]

MEASURING_SOLVER = "minisat22"
"""MiniSat 2.2: its code is frozen, so that measured work and found models keep their bytes for years."""


def decide(
    num_vars: int,
    clauses: Sequence[Sequence[int]],
    solver: str = MEASURING_SOLVER,
    max_conflicts: int | None = None,
) -> dict[str, Any]:
    """Decide a formula.

    Args:
        num_vars: Its number of variables.
        clauses: Its clauses.
        solver: PySAT's name of the solver.
        max_conflicts: Conflicts after which MiniSat gives up, or None.

    Returns:
        JSON data, so that a worker can send it: ``satisfiable`` (None where it gave up), ``model``
        (a value for each variable, or None) and ``conflicts`` (the work done).
    """
    from pysat.solvers import Solver

    with Solver(name=solver, bootstrap_with=clauses) as engine:
        if max_conflicts is None:
            satisfiable = engine.solve()
        else:
            engine.conf_budget(max_conflicts)
            satisfiable = engine.solve_limited()
        conflicts = (engine.accum_stats() or {}).get("conflicts", 0)
        true = set(engine.get_model() or ())
    # A solver says nothing of variables that no clause uses.
    model = [variable in true for variable in range(1, num_vars + 1)] if satisfiable else None
    return {"satisfiable": satisfiable, "model": model, "conflicts": conflicts}


def refute(clauses: Sequence[Sequence[int]], *, solver: str = "glucose3") -> list[str]:
    """Return the steps of a DRAT proof that a formula has no satisfying assignment.

    Raises:
        ValueError: it has one.
    """
    from pysat.solvers import Solver

    with Solver(name=solver, bootstrap_with=clauses, with_proof=True) as engine:
        if engine.solve():
            raise ValueError("clauses have a satisfying assignment: there is nothing to refute")
        steps = [line.strip() for line in engine.get_proof() or []]
    # Glucose may write the empty clause twice, or nothing where it finds a conflict while it reads.
    return [*itertools.takewhile("0".__ne__, steps), "0"]
