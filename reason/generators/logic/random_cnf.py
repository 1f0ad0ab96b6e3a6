"""Random k-CNF formulas: distinct clauses of k distinct variables, free or around a planted assignment."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from random import Random

from reason.verifiers.cnf import Clause, count_satisfied
from reason.verifiers.satisfiability import decide

__all__ = ["chance_of_assignment", "count_possible", "draw_clauses", "measure_effort", "threshold_count"]

EFFORT_RENAMINGS = 4
EFFORT_CONFLICTS = 2_000
"""Conflicts after which the measurement of one renaming stops."""

_RATIOS = {1: 0.5, 2: 1.0, 4: 9.931, 5: 21.117, 6: 43.37, 7: 87.79}
"""Clauses a variable at the satisfiability threshold (Mertens, Mezard and Zecchina 2006, table 1)."""


def count_possible(num_vars: int, clause_size: int, *, planted: bool) -> int:
    """Count the distinct clauses; a planted assignment falsifies one for each choice of variables."""
    return math.comb(num_vars, clause_size) * ((1 << clause_size) - planted)


def threshold_count(num_vars: int, clause_size: int) -> int:
    """Return the number of clauses at which half of all formulas are satisfiable.

    For three literals a clause 4.258 n + 58.26 n^(-2/3), which fits small n too (Crawford and Auton 1996);
    else the ratio of large formulas, about 2^k ln 2 from eight literals on. Tiny n have fewer clauses.
    """
    if clause_size == 3:
        return round(4.258 * num_vars + 58.26 / math.pow(num_vars, 2 / 3))
    ratio = _RATIOS.get(clause_size, (1 << clause_size) * math.log(2) - (1 + math.log(2)) / 2)
    return max(1, round(num_vars * ratio))


def draw_clauses(
    rng: Random, num_vars: int, clause_size: int, num_clauses: int, *, model: Sequence[bool] | None = None
) -> list[Clause]:
    """Draw distinct clauses, each satisfied by ``model`` where there is one."""
    possible = count_possible(num_vars, clause_size, planted=model is not None)
    if num_clauses * 2 > possible:
        return rng.sample(_all_clauses(num_vars, clause_size, model), num_clauses)
    true = None if model is None else {v if value else -v for v, value in enumerate(model, 1)}
    clauses: dict[Clause, None] = {}
    while len(clauses) < num_clauses:
        chosen: set[int] = set()
        while len(chosen) < clause_size:
            chosen.add(1 + int(rng.random() * num_vars))
        signs = rng.getrandbits(clause_size)
        clause = tuple([v if signs >> at & 1 else -v for at, v in enumerate(sorted(chosen))])
        if true is None or not true.isdisjoint(clause):
            clauses[clause] = None
    return list(clauses)


def measure_effort(rng: Random, num_vars: int, clauses: Sequence[Clause]) -> tuple[float, bool]:
    """Return MiniSat's mean conflicts over random renamings, and whether it always finished.

    A single run is mostly luck: it decides on variables in the order of their names.
    """
    conflicts, complete = 0, True
    for _ in range(EFFORT_RENAMINGS):
        names = rng.sample(range(1, num_vars + 1), num_vars)
        signed = [0, *(name if rng.getrandbits(1) else -name for name in names)]
        renamed = [[signed[x] if x > 0 else -signed[-x] for x in clause] for clause in clauses]
        outcome = decide(num_vars, renamed, max_conflicts=EFFORT_CONFLICTS)
        conflicts += outcome["conflicts"]
        complete = complete and outcome["satisfiable"] is not None
    return conflicts / EFFORT_RENAMINGS, complete


def chance_of_assignment(num_vars: int, clause_size: int, num_clauses: int, *, planted: bool) -> float:
    """Return the probability that a fixed assignment satisfies a random formula.

    A fixed assignment falsifies one clause for each choice of variables, C(n, k) of them. Where another
    one was planted at Hamming distance d, the C(n - d, k) that both falsify were never to be drawn.
    """
    n, k, m = num_vars, clause_size, num_clauses
    possible, choices = count_possible(n, k, planted=planted), math.comb(n, k)
    if not planted:
        return _ratio_of_binomials(possible - choices, possible, m)
    return math.fsum(
        math.exp(math.lgamma(n + 1) - math.lgamma(d + 1) - math.lgamma(n - d + 1) - n * math.log(2))
        * _ratio_of_binomials(possible - choices + math.comb(n - d, k), possible, m)
        for d in range(n + 1)
    )


def _all_clauses(num_vars: int, clause_size: int, model: Sequence[bool] | None) -> list[Clause]:
    """List every clause; only formulas of few variables ask for more than half of them."""
    return [
        clause
        for chosen in itertools.combinations(range(1, num_vars + 1), clause_size)
        for clause in itertools.product(*((-v, v) for v in chosen))
        if model is None or count_satisfied([clause], model)
    ]


def _ratio_of_binomials(part: int, whole: int, size: int) -> float:
    """Return C(part, size) / C(whole, size), a product of quotients; a long one by its middle."""
    if size > part:
        return 0.0
    if size > 1000:
        return ((2 * part - size + 1) / (2 * whole - size + 1)) ** size
    return math.prod((part - step) / (whole - step) for step in range(size))
