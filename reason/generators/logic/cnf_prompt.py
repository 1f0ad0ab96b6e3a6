"""A formula stated as a problem, in DIMACS or in sentences, and read back from that statement."""

from __future__ import annotations

import re

from reason.family import ANSWER_INSTRUCTION
from reason.verifiers.cnf import Cnf, parse_dimacs, write_dimacs

__all__ = ["read_prompt", "write_prompt"]

_DIMACS = (
    "Find values of the variables x1 to x{last} that satisfy a formula in DIMACS CNF: after the header, each"
    " line is a clause, ended by 0. The literal 3 says that x3 is true, -3 that x3 is false. A clause holds"
    " when at least one of its literals does, and all {count} clauses must hold."
)
_SENTENCES = (
    "The variables x1 to x{last} are each true or false. Find values that make all {count} statements hold;"
    " a statement holds when at least one of its parts does."
)
_SPELLINGS = (
    "Give every variable a value: as literals (1 -2 3), as bits in order (101), as equations"
    " (x1=True, x2=False, x3=True) or as JSON."
)
_PROOF = (
    " and prove it in the lines after that: a DRAT proof, one clause a line, as literals ended by 0 (3 for x3"
    " is true, -3 for x3 is false), each following from the formula and the lines before it by unit"
    " propagation, the last one the empty clause 0"
)
_PART = re.compile(r"x([0-9]+) is (true|false)")


def write_prompt(formula: Cnf, *, rendering: str, proof: bool) -> str:
    """State the problem.

    Args:
        formula: The formula.
        rendering: ``dimacs`` or ``plain``.
        proof: Whether a claim that there is no solution needs a DRAT proof.
    """
    if rendering == "plain":
        body = "\n".join(
            f"{number}. " + ", or ".join(f"x{abs(x)} is {'true' if x > 0 else 'false'}" for x in clause) + "."
            for number, clause in enumerate(formula.clauses, 1)
        )
    else:
        body = f"```\n{write_dimacs(formula)}```"
    task = (_SENTENCES if rendering == "plain" else _DIMACS).format(
        last=formula.num_vars, count=len(formula.clauses)
    )
    claim = f"If no values do, answer UNSAT{_PROOF if proof else ''}."
    return f"{task}\n\n{body}\n\n{_SPELLINGS} {claim} {ANSWER_INSTRUCTION}"


def read_prompt(text: str) -> Cnf:
    """Read the formula back from either statement."""
    _, fence, rest = text.partition("```\n")
    if fence:
        return parse_dimacs(rest.partition("```")[0])
    last = re.search(r"x1 to x([0-9]+)", text)
    return Cnf(
        num_vars=int(last.group(1)) if last else 0,
        clauses=tuple(
            tuple(int(name) if value == "true" else -int(name) for name, value in _PART.findall(line))
            for line in re.findall(r"^[0-9]+\. (.*)$", text, re.MULTILINE)
        ),
    )
