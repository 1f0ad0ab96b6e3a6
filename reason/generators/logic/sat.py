"""Boolean satisfiability: find an assignment that satisfies a formula, or show that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from reason.errors import ConfigError, GenerationError
from reason.family import Config, Draft, Family
from reason.generators.logic.cnf_prompt import read_prompt, write_prompt
from reason.generators.logic.random_cnf import (
    chance_of_assignment,
    count_possible,
    draw_clauses,
    measure_effort,
    threshold_count,
)
from reason.registry import register
from reason.seeding import stream
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.assignment import claims_unsatisfiable, parse_assignment, write_bits, write_literals
from reason.verifiers.cnf import Clause, Cnf, canonical_clauses, count_satisfied, saturn_difficulty
from reason.verifiers.drat import check_refutation, replay
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.satisfiability import decide, refute

__all__ = ["SAT", "SATConfig", "draft_formula"]

MAX_CLAUSES = 2_000_000
MAX_CLAUSE_SIZE = 32
MAX_DRAWS = 200
"""Formulas drawn before ``unsatisfiable`` gives up."""
MAX_CONFLICTS = 100_000
"""Conflicts after which a formula of unknown truth is given up."""
CLAIM_SECONDS = 10.0
"""Time to decide a claim about a formula of unknown truth."""
MAX_PROOF_STEPS = 2_000
"""Longest reference proof: what the checker replays in about a second."""


@dataclass(frozen=True, kw_only=True)
class SATConfig(Config):
    """Knobs of a random formula whose clauses are distinct, each of ``clause_size`` distinct variables."""

    num_vars: int = 20
    """Number of variables, named x1, x2 and so on."""
    num_clauses: int | None = None
    """Number of clauses; None stands for the satisfiability threshold's."""
    clause_size: int = 3
    """Literals a clause."""
    mode: Literal["planted", "threshold", "unsatisfiable"] = "planted"
    """``planted``: satisfied by a hidden assignment; ``threshold``: unfiltered, so that at the threshold
    half the formulas are satisfiable; ``unsatisfiable``: drawn until a solver refutes one."""
    rendering: Literal["dimacs", "plain"] = "dimacs"
    """A DIMACS block, or sentences."""
    proof: bool = False
    """Whether an UNSAT claim needs a DRAT proof."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn."""
        super().__post_init__()
        self.require(1 <= self.num_vars <= 1_000_000, "num_vars", "1 to 1000000")
        widest = min(self.num_vars, MAX_CLAUSE_SIZE)
        self.require(1 <= self.clause_size <= widest, "clause_size", f"1 to {widest} (at most num_vars)")
        if self.num_clauses is not None and type(self.num_clauses) is not int:
            raise ConfigError(f"num_clauses must be an integer or None, got {self.num_clauses!r}")
        if self.proof and self.mode == "planted":
            raise ConfigError(
                "proof=True needs mode='threshold' or 'unsatisfiable': a planted formula has no refutation"
            )
        most = min(self.num_possible, MAX_CLAUSES)
        name = "num_clauses" if self.num_clauses is not None else "num_vars"
        least = 1 << self.clause_size if self.mode == "unsatisfiable" else 1
        if not least <= self.clause_count <= most:
            raise ConfigError(
                f"{name} gives {self.clause_count} clauses; mode {self.mode!r} allows {least} to {most} "
                f"with num_vars={self.num_vars} and clause_size={self.clause_size}"
            )

    @property
    def num_possible(self) -> int:
        """Number of distinct clauses that the mode draws from."""
        return count_possible(self.num_vars, self.clause_size, planted=self.mode == "planted")

    @property
    def clause_count(self) -> int:
        """``num_clauses``; where it is None the threshold's number, at most half of all clauses.

        An unsatisfiable formula may take them all, and needs at least one for each choice of signs.
        """
        if self.num_clauses is not None:
            return self.num_clauses
        count = threshold_count(self.num_vars, self.clause_size)
        if self.mode == "unsatisfiable":
            return min(max(count, 1 << self.clause_size), self.num_possible)
        return max(1, min(count, self.num_possible // 2))

    def draw(self, rng: Random, model: Sequence[bool] | None = None) -> list[Clause]:
        """Draw clauses, each satisfied by ``model`` where there is one."""
        return draw_clauses(rng, self.num_vars, self.clause_size, self.clause_count, model=model)

    def chance_of_assignment(self) -> float:
        """Return the probability that a fixed assignment satisfies a formula."""
        return chance_of_assignment(
            self.num_vars, self.clause_size, self.clause_count, planted=self.mode == "planted"
        )


@register
class SAT(Family[SATConfig]):
    """Boolean satisfiability: find a satisfying assignment of a k-CNF formula, or refute it.

    Every satisfying assignment is right. ``satisfied_fraction`` is the share of clauses that the assignment
    satisfies, and 1 for a right claim of unsatisfiability. A task's effort is MiniSat 2.2's conflicts,
    averaged over four renamings of its variables since a single run is mostly luck.
    """

    id = "SAT-v0"
    domain = "logic"
    components = ("satisfied_fraction",)

    def at_level(self, level: int) -> SATConfig:
        """Plant formulas at the threshold; variables grow quadratically to level 10, then by 12 a level."""
        steps = min(level, 10)
        return SATConfig(num_vars=4 + steps * (steps + 7) // 2 + 12 * max(level - 10, 0))

    def generate(self, rng: Random, config: SATConfig) -> Draft:
        """Draw a formula; its truth is planted, or decided by MiniSat."""
        model: Sequence[bool] | None = None
        refutation: Sequence[str] = ()
        if config.mode == "planted":
            model = [rng.random() < 0.5 for _ in range(config.num_vars)]
            clauses = config.draw(rng, model)
        elif config.proof:
            clauses, model, refutation = _draw_refuted(rng, config)
        else:
            clauses, model = _draw_decided(rng, config)

        def finish(draft: Draft) -> Draft:
            effort, complete = measure_effort(rng, config.num_vars, clauses)
            bound = {} if complete else {"effort_is_lower_bound": True}
            return replace(draft, effort=effort, metadata={**draft.metadata, **bound})

        draft = draft_formula(
            Cnf(num_vars=config.num_vars, clauses=tuple(clauses)),
            satisfiable=model is not None,
            model=model,
            rendering=config.rendering,
            proof=config.proof,
            refutation=refutation,
        )
        return replace(draft, finish=finish)

    def verify(self, task: Task, answer: str) -> Verdict:
        """Judge an assignment, or a claim that there is none."""
        truth = task.ground_truth
        clauses = truth["clauses"]
        claim, _, proof = answer.strip().partition("\n") if truth["proof"] else (answer, "", "")
        if claims_unsatisfiable(claim):
            return _judge_claim(truth, proof if truth["proof"] else None)
        reading = parse_assignment(answer, truth["num_vars"])
        if reading.values is None:
            return Verdict.wrong(reading.detail, status=Status.PARSE_ERROR)
        satisfied = count_satisfied(clauses, reading.values)
        fraction = {"satisfied_fraction": satisfied / len(clauses) if clauses else 1.0}
        if satisfied == len(clauses):
            return Verdict.right(detail="it satisfies every clause", components=fraction)
        broken = next(clause for clause in clauses if not count_satisfied([clause], reading.values))
        return Verdict.wrong(
            f"{len(clauses) - satisfied} of {len(clauses)} clauses are not satisfied; the first is "
            f"({' '.join(map(str, broken))})",
            components=fraction,
        )

    def solve(self, task: Task) -> str | None:
        """Read the prompt back and ask CaDiCaL."""
        formula = read_prompt(task.text)
        model = decide(formula.num_vars, formula.clauses, solver="cadical153")["model"]
        if model is not None:
            return write_bits(model)
        if "DRAT" not in task.text:
            return "UNSAT"
        return "\n".join(["UNSAT", *refute(formula.clauses, solver="cadical153")])

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield assignments that break a clause, are incomplete or say two things, and false claims."""
        truth = task.ground_truth
        clauses, num_vars = truth["clauses"], truth["num_vars"]
        if truth["satisfiable"]:
            values = parse_assignment(task.reference or "", num_vars).values or ()
            literals = write_literals(values)
            flips = [[value ^ (at == flip) for at, value in enumerate(values)] for flip in range(num_vars)]
            for other in [*flips, [not value for value in values]]:
                if count_satisfied(clauses, other) < len(clauses):
                    yield from (write_literals(other), write_bits(other))
            yield from (literals.rpartition(" ")[0], write_bits(values)[:-1], f"{write_bits(values)}0")
            yield from (f"{literals} {num_vars + 1}", f"{literals} 1 -1", "UNSAT", f"{literals} or UNSAT")
        elif truth["satisfiable"] is False:
            yield from (write_literals([False] * num_vars), write_bits([True] * num_vars), "SAT")
            yield from ("s SATISFIABLE", "not unsatisfiable", "UNSAT or SAT")
            if truth["proof"]:
                yield from ("UNSAT", (task.reference or "").removesuffix("\n0"))
                if replay(clauses, "0"):
                    yield "UNSAT\n0"

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other spellings."""
        truth = task.ground_truth
        reference = task.reference or ""
        if truth["satisfiable"]:
            values = parse_assignment(reference, truth["num_vars"]).values or ()
            bits, literals = write_bits(values), write_literals(values)
            yield from (bits, " ".join(bits), ", ".join(bits), f"[{', '.join(bits)}]")
            yield from (literals, f"{literals} 0", f"v {literals} 0", f"s SATISFIABLE\nv {literals} 0")
            yield ", ".join(f"x{v}={value}" for v, value in enumerate(values, 1))
            yield " and ".join(f"x_{{{v}}} = {'FT'[value]}" for v, value in enumerate(values, 1))
            yield ", ".join(f"{'' if value else '¬'}x{v}" for v, value in enumerate(values, 1))
            yield "{" + ", ".join(f'"x{v}": {str(value).lower()}' for v, value in enumerate(values, 1)) + "}"
        elif truth["satisfiable"] is False:
            proof = reference.removeprefix("UNSAT")
            claims = ("UNSAT", "unsat", "s UNSATISFIABLE", "Unsatisfiable.", "The formula is unsatisfiable.")
            yield from (claim + proof for claim in claims)

    def chance(self, config: SATConfig) -> float:
        """Compute how often the best fixed answer is right: one assignment, or UNSAT.

        ``unsatisfiable`` without a proof is always won by "UNSAT": play it mixed with ``planted``. Proofs do
        not help on a few variables, where one text refutes every formula: the tree of all their values.
        """
        if config.mode == "planted":
            return config.chance_of_assignment()
        blind = not config.proof or config.num_vars <= 15
        if config.mode == "unsatisfiable":
            return float(blind)
        rng = stream(self.id, "chance", config.to_dict())
        unsatisfiable = sum(_draw_decided(rng, config)[1] is None for _ in range(MAX_DRAWS)) / MAX_DRAWS
        return max(config.chance_of_assignment(), unsatisfiable if blind else 0.0)


def draft_formula(
    formula: Cnf,
    *,
    satisfiable: bool | None,
    model: Sequence[bool] | None,
    rendering: str = "dimacs",
    proof: bool = False,
    refutation: Sequence[str] = (),
    effort: float | None = None,
    metadata: dict[str, Any] | None = None,
) -> Draft:
    """Make a problem of a formula, drawn or imported.

    Args:
        formula: The formula.
        satisfiable: Its truth, or None where nobody knows: a claim is then decided when it is made.
        model: One satisfying assignment, or None.
        rendering: ``dimacs`` or ``plain``.
        proof: Whether an UNSAT claim needs a DRAT proof.
        refutation: The steps of one, where it does and the formula is unsatisfiable.
        effort: A solver's conflicts.
        metadata: Put over the task's own.
    """
    reference = None if model is None else write_literals(model) or "0"
    if satisfiable is False:
        reference = "\n".join(["UNSAT", *refutation])
    return Draft(
        prompt=write_prompt(formula, rendering=rendering, proof=proof),
        ground_truth={
            "num_vars": formula.num_vars,
            "clauses": formula.clauses,
            "satisfiable": satisfiable,
            "proof": proof,
        },
        reference=reference,
        effort=effort,
        canonical=canonical_clauses(formula.clauses),
        metadata={
            "topic": "propositional satisfiability",
            "num_vars": formula.num_vars,
            "num_clauses": len(formula.clauses),
            "satisfiable": satisfiable,
            "saturn_difficulty": saturn_difficulty(formula.num_vars, formula.clauses),
            **(metadata or {}),
        },
    )


def _draw_decided(rng: Random, config: SATConfig) -> tuple[list[Clause], list[bool] | None]:
    """Draw formulas until one has the mode's truth; return it and a model, None where it has none."""
    for _ in range(MAX_DRAWS):
        clauses = config.draw(rng)
        outcome = decide(config.num_vars, clauses, max_conflicts=MAX_CONFLICTS)
        if outcome["satisfiable"] is None:
            raise GenerationError(
                f"MiniSat gave up on {config} after {MAX_CONFLICTS} conflicts; take fewer variables"
            )
        if not outcome["satisfiable"]:
            return clauses, None
        if config.mode == "threshold":
            return clauses, outcome["model"]
    raise GenerationError(f"{MAX_DRAWS} formulas of {config} are all satisfiable; raise num_clauses")


def _draw_refuted(
    rng: Random, config: SATConfig
) -> tuple[list[Clause], Sequence[bool] | None, Sequence[str]]:
    """Draw like :func:`_draw_decided` until the formula has a model or a proof that is short enough.

    Glucose writes the proof, and a checker that shares no code with it replays it.
    """
    for _ in range(MAX_DRAWS):
        clauses, model = _draw_decided(rng, config)
        if model is not None:
            return clauses, model, ()
        steps = [step for step in refute(clauses) if not step.startswith("d")]
        if len(steps) <= MAX_PROOF_STEPS:
            if problem := replay(clauses, "\n".join(steps)):
                raise GenerationError(f"Glucose's proof is rejected: {problem}")
            return clauses, None, steps
    raise GenerationError(f"no proof for {config} has at most {MAX_PROOF_STEPS} steps; take fewer variables")


def _judge_claim(truth: Mapping[str, Any], proof: str | None) -> Verdict:
    """Judge a claim that there is no satisfying assignment."""
    credit = {"satisfied_fraction": 1.0}
    clauses = [list(clause) for clause in truth["clauses"]]
    if truth["satisfiable"]:
        return Verdict.wrong("the formula has a satisfying assignment")
    try:
        if proof is not None:
            refutation = check_refutation(clauses, proof)
            if refutation.accepted:
                return Verdict.right(detail=refutation.detail, components=credit)
            return Verdict.wrong(refutation.detail)
        if truth["satisfiable"] is None:
            outcome = limited(decide, truth["num_vars"], clauses, "cadical153", timeout_s=CLAIM_SECONDS)
            if outcome["satisfiable"]:
                return Verdict.wrong("the formula has a satisfying assignment")
    except LimitExceeded as error:
        if proof is not None:
            return Verdict.wrong(f"the proof takes too long to check: {error}", status=Status.TIMEOUT)
        return Verdict.unscorable(f"nobody knows whether the formula is satisfiable: {error}")
    return Verdict.right(detail="the formula has no satisfying assignment", components=credit)
