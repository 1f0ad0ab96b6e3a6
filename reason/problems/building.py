"""Whether a stranger's problem can be an environment: its solutions are run, and their answers looked at.

The way is SCALER's (arXiv 2601.04809), without a language model: inputs by the statement's grammar, outputs
only where two solutions agree, and a look at how different the outputs are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from reason.errors import SandboxError
from reason.problems.drawing import Scale, draw_input, is_numbers_only, scale_of
from reason.problems.grammar import Grammar, GrammarError
from reason.problems.reading import read_grammar
from reason.problems.records import Checked, Record, Solution
from reason.sandbox.protocol import Case, Judgement, Limits, Outcome, Program, Sandbox

__all__ = ["Built", "RefusedError", "agreed_outputs", "build", "check_checked", "scale_at"]

LIMITS = Limits(cpu_seconds=4.0, wall_seconds=12.0)
MAX_EXAMPLES = 20
MAX_SOLUTIONS = 12
"""Solutions tried until two pass the examples."""
LADDER = 10
BREADTH_LEVEL = 3
BREADTH_DRAWS = 40
MIN_DISTINCT = 10
MAX_SHARE = 0.3
MIN_AGREEMENT = 0.9
GROWTH = 1.02
MAX_OUTPUT_CHARS = 10_000


class RefusedError(ValueError):
    """A problem cannot be made into an environment; the message is the reason."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A problem that became an environment."""

    record: Record
    grammar: Grammar
    solutions: tuple[Solution, Solution]
    """Two that pass the examples and agree."""
    max_level: int
    """The last level at which inputs still grow."""


def build(record: Record, sandbox: Sandbox) -> Built:
    """Find out whether a problem can be an environment.

    Args:
        record: The problem.
        sandbox: Where its solutions are run.

    Raises:
        RefusedError: it cannot; the message is the reason.
        SandboxError: the sandbox failed.
    """
    if len(record.solutions) < 2:
        others = f" ({record.skipped} in languages that are not run here)" if record.skipped else ""
        raise RefusedError(
            f"it has {len(record.solutions)} reference solutions that can be run{others}; two are needed"
        )
    try:
        grammar = read_grammar(record.statement, [text for text, _ in record.examples[:MAX_EXAMPLES]])
        top = _top_level(grammar)
    except GrammarError as error:
        raise RefusedError(str(error)) from error
    solutions = _passing(record, sandbox)
    _check_breadth(grammar, solutions, sandbox, min(BREADTH_LEVEL, top))
    return Built(record=record, grammar=grammar, solutions=solutions, max_level=top)


def scale_at(grammar: Grammar, level: int) -> Scale:
    """Return the scale of a level for the inputs of a grammar."""
    return scale_of(level, numbers_only=is_numbers_only(grammar))


def agreed_outputs(
    solutions: Sequence[Solution], inputs: Sequence[str], sandbox: Sandbox
) -> list[str | None]:
    """Return the output on each input, word for word the same from all solutions, or None.

    Raises:
        SandboxError: the sandbox failed.
    """
    cases = [Case(stdin=text, compare=False) for text in inputs]
    runs = [sandbox.run(_program(solution), cases, LIMITS) for solution in solutions]
    found: list[str | None] = []
    for outcomes in zip(*runs, strict=True):
        for outcome in outcomes:
            if outcome.judgement is Judgement.IE:
                raise SandboxError(outcome.detail)
        outputs = {_output(outcome) for outcome in outcomes}
        output = outputs.pop() if len(outputs) == 1 else None
        found.append(output if output and len(output) <= MAX_OUTPUT_CHARS else None)
    return found


def check_checked(problem: Checked, sandbox: Sandbox) -> None:
    """Run the checks of a problem on its own solution, which must pass, and on an empty one, which must not.

    Raises:
        RefusedError: they do otherwise.
        SandboxError: the sandbox failed.
    """
    for source, wanted in ((problem.solution, True), ("", False)):
        empty = (
            f"def {problem.entry_point}(*arguments):\n    return None\n" if problem.entry_point else "x = 0\n"
        )
        program = Program(
            source=source or empty, mode="checks", entry_point=problem.entry_point, checks=problem.checks
        )
        [outcome] = sandbox.run(program, [Case()], LIMITS)
        if outcome.judgement is Judgement.IE:
            raise RefusedError(f"its checks cannot be run: {outcome.detail[:200]}")
        if (outcome.judgement is Judgement.AC) != wanted:
            what = (
                "its own solution fails its checks"
                if wanted
                else "its checks accept a function that does nothing"
            )
            raise RefusedError(
                f"{what} ({outcome.judgement.value} {outcome.detail[:200]})".replace(" )", ")")
            )


def _program(solution: Solution) -> Program:
    return Program(source=solution.source, language=solution.language)


def _output(outcome: Outcome) -> str | None:
    """Return the lines of an output without the white space that does not count."""
    if outcome.judgement is not Judgement.AC:
        return None
    lines = [" ".join(line.split()) for line in outcome.stdout.splitlines()]
    return "\n".join(lines).strip("\n")


def _passing(record: Record, sandbox: Sandbox) -> tuple[Solution, Solution]:
    """Return the first two different solutions that pass the examples."""
    examples = record.examples[:MAX_EXAMPLES]
    if not examples:
        raise RefusedError("it has no examples on which its solutions could be tried")
    wanted = [output.split() for _, output in examples]
    different = list({" ".join(each.source.split()): each for each in record.solutions}.values())
    found: list[Solution] = []
    faults: Counter[str] = Counter()
    for solution in different[:MAX_SOLUTIONS]:
        outcomes = sandbox.run(
            _program(solution), [Case(stdin=text, compare=False) for text, _ in examples], LIMITS
        )
        given = [outcome.stdout.split() for outcome in outcomes]
        if all(outcome.judgement is Judgement.AC for outcome in outcomes) and given == wanted:
            found.append(solution)
            if len(found) == 2:
                return found[0], found[1]
            continue
        fault = next((each for each in outcomes if each.judgement is not Judgement.AC), None)
        if fault is not None and fault.judgement is Judgement.IE and solution.language == "python":
            raise SandboxError(fault.detail)
        told = f"{fault.judgement.value} {fault.detail[:80]}".strip() if fault else "another output"
        faults[f"{solution.language}: {told}"] += 1
    tried = min(len(different), MAX_SOLUTIONS)
    worst = "; ".join(f"{count} x {fault}" for fault, count in faults.most_common(2))
    raise RefusedError(
        f"{len(found)} of {tried} different solutions pass the examples; two are needed"
        + (f" ({worst})" if worst else "")
    )


def _top_level(grammar: Grammar) -> int:
    """Return the last level at which inputs are still longer than at the one before."""
    lengths = []
    for level in range(LADDER):
        rng = Random(level)
        draws = [draw_input(grammar, scale_at(grammar, level), rng) for _ in range(12)]
        lengths.append(sum(map(len, draws)))
        if level and lengths[-1] < GROWTH * lengths[-2]:
            break
    else:
        return LADDER - 1
    if len(lengths) < 3:
        raise GrammarError("its inputs cannot grow over three levels")
    return len(lengths) - 2


def _check_breadth(
    grammar: Grammar, solutions: tuple[Solution, Solution], sandbox: Sandbox, level: int
) -> None:
    rng = Random(level)
    inputs = [draw_input(grammar, scale_at(grammar, level), rng) for _ in range(BREADTH_DRAWS)]
    outputs = agreed_outputs(solutions, inputs, sandbox)
    known = [output for output in outputs if output is not None]
    if len(known) < MIN_AGREEMENT * len(outputs):
        raise RefusedError(f"two solutions agree on {len(known)} of {len(outputs)} drawn inputs")
    counts = Counter(known)
    if len(counts) < MIN_DISTINCT:
        raise RefusedError(
            f"{len(known)} drawn inputs have {len(counts)} different outputs; {MIN_DISTINCT} are needed"
        )
    output, most = counts.most_common(1)[0]
    if most > MAX_SHARE * len(known):
        raise RefusedError(f"{most} of {len(known)} drawn inputs have the output {output[:40]!r}")
