"""Refutations: a DRAT proof that a formula has no satisfying assignment, checked and never believed.

A DRAT proof lists clauses, each of which follows from the formula and the earlier ones by unit
propagation (RUP) or keeps satisfiability by a syntactic rule (RAT, on the first literal), until the
empty clause ``0`` (Wetzler, Heule and Hunt, "DRAT-trim", SAT 2014). ``dratify`` replays it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reason.errors import VerifierError
from reason.verifiers.cnf import Cnf, write_dimacs
from reason.verifiers.limited import limited

__all__ = ["Refutation", "check_refutation", "replay"]

MAX_PROOF_CHARACTERS = 1_000_000

_LITERAL = re.compile(r"-?[1-9][0-9]{0,9}")


@dataclass(frozen=True, kw_only=True)
class Refutation:
    """What became of a proof."""

    accepted: bool
    detail: str
    """One line for a person."""


def check_refutation(
    clauses: Sequence[Sequence[int]],
    proof_text: str,
    *,
    timeout_s: float = 5.0,
    memory_bytes: int = 2**30,
) -> Refutation:
    """Check a DRAT proof in a killable worker.

    The proof lists clauses, each ended by ``0``, the last one empty, across lines as it likes; comment
    lines (``c``) are skipped. Deletion lines (``d``) are allowed and not carried out, which makes a RAT
    step harder to justify and nothing easier. Carrying them out is unsound in ``dratify`` 0.1.10: it keeps
    what unit propagation drew from a clause that is gone, and accepts a RAT step against it.

    Args:
        clauses: The formula.
        proof_text: The proof, from anyone.
        timeout_s: Limit of the check, in seconds.
        memory_bytes: Limit of the check, in bytes.

    Raises:
        LimitExceeded: the proof takes longer or more memory to check.
        VerifierError: the checker failed.
    """
    if len(proof_text) > MAX_PROOF_CHARACTERS:
        return Refutation(accepted=False, detail=f"the proof has more than {MAX_PROOF_CHARACTERS} characters")
    steps, problem = _read_steps(proof_text)
    if problem:
        return Refutation(accepted=False, detail=problem)
    if not steps or steps[-1] != "0":
        return Refutation(accepted=False, detail="the proof does not end with the empty clause, a line '0'")
    answer = limited(
        replay,
        [list(clause) for clause in clauses],
        "\n".join(steps),
        timeout_s=timeout_s,
        memory_bytes=memory_bytes,
    )
    if not isinstance(answer, str):
        raise VerifierError(f"the proof checker answered {answer!r:.80}")
    return Refutation(accepted=not answer, detail=answer or "every step of the proof follows")


def _read_steps(text: str) -> tuple[list[str], str]:
    """Return the added clauses as lines, and what is wrong with the text or an empty string."""
    steps: list[str] = []
    step: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        for word in [] if words[:1] == ["c"] else words:
            if word == "0":
                if step[:1] != ["d"]:
                    steps.append(" ".join([*step, "0"]))
                step.clear()
            elif _LITERAL.fullmatch(word) or (word == "d" and not step):
                step.append(word)
            else:
                return [], f"proof line {number}: {word!r:.30} is no literal"
    return steps, "the proof stops within a clause: each ends with 0" if step else ""


def replay(clauses: Sequence[Sequence[int]], proof_text: str) -> str:
    """Replay a proof without deletions in this process.

    Returns:
        What is wrong with the proof, or an empty string.
    """
    import dratify

    formula = Cnf(
        num_vars=max((abs(literal) for clause in clauses for literal in clause), default=0),
        clauses=tuple(tuple(clause) for clause in clauses),
    )
    try:
        result = dratify.check_proof(
            dratify.parse_dimacs(write_dimacs(formula)), proof_text, apply_deletions=False, engine="python"
        )
    except ValueError as error:
        return f"not a proof: {error}"
    if result.ok and result.reached_empty:
        return ""
    if result.failed_clause is None:
        return str(result.reason)
    literals = [*map(dratify.to_dimacs, result.failed_clause), 0]
    return f"step {result.failed_step} ({' '.join(map(str, literals))}) does not follow"
