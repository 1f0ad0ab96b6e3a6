"""DIMACS CNF files made into SAT-v0 tasks, judged by the same verifier as drawn ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError
from reason.generators.logic.sat import SAT, draft_formula
from reason.importers import find_files, imported_task
from reason.task import Task
from reason.verifiers.cnf import Cnf, read_dimacs
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.satisfiability import decide

__all__ = ["SUFFIXES", "SUMMARY", "read"]

SUFFIXES = (".cnf", ".dimacs", ".cnf.gz", ".dimacs.gz")
SUMMARY = "DIMACS CNF formulas, such as SATLIB's and the SAT competitions'"

MAX_VARIABLES = 100_000
MAX_LITERALS = 1_000_000
"""Above these a formula is no prompt for anyone (a few megabytes of text)."""


def read(path: Path, *, time_limit_s: float = 10.0) -> Iterator[Task]:
    """Yield one task a file, in the order of their paths.

    All files are read before the first task comes, so that a broken one stops the import at once. A
    formula that MiniSat does not decide in time becomes a task of unknown truth: assignments are judged as
    ever, an UNSAT claim is decided by a solver when it is made.

    Args:
        path: A file, or a folder that is searched with all its subfolders.
        time_limit_s: Time to decide one formula, in seconds.

    Raises:
        InputFormatError: there is nothing to read, or a file cannot be; it names file, line and fix.
        ValueError: ``time_limit_s`` is not positive.
    """
    if not time_limit_s > 0:
        raise ValueError(f"time_limit_s must be positive, got {time_limit_s!r}")
    files = find_files(Path(path), SUFFIXES)
    for file in files:
        _load(file)
    return (_make_task(file, index, time_limit_s) for index, file in enumerate(files))


def _load(file: Path) -> Cnf:
    try:
        formula = read_dimacs(file)
    except OSError as error:
        raise InputFormatError(f"{file}: cannot be read ({error.strerror or error})") from error
    literals = sum(map(len, formula.clauses))
    if formula.num_vars > MAX_VARIABLES or literals > MAX_LITERALS:
        raise InputFormatError(
            f"{file}: {formula.num_vars} variables and {literals} literals are too many for a prompt "
            f"(at most {MAX_VARIABLES} and {MAX_LITERALS}); leave it out"
        )
    return formula


def _make_task(file: Path, index: int, time_limit_s: float) -> Task:
    formula = _load(file)
    outcome: dict[str, Any] = {"satisfiable": None, "model": None, "conflicts": None}
    clauses = [list(clause) for clause in formula.clauses]
    with contextlib.suppress(LimitExceeded):
        outcome = limited(decide, formula.num_vars, clauses, timeout_s=time_limit_s)
    draft = draft_formula(
        formula, satisfiable=outcome["satisfiable"], model=outcome["model"], effort=outcome["conflicts"]
    )
    config = {
        "num_vars": formula.num_vars,
        "num_clauses": len(formula.clauses),
        "clause_size": max(map(len, formula.clauses), default=0),
        "mode": "imported",
        "rendering": "dimacs",
        "proof": False,
    }
    known = {"language": "en", "effort": draft.effort, "file": file.name}
    return imported_task(SAT(), config, draft, index=index, metadata=known)
