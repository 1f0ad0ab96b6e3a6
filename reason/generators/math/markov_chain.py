"""Markov chains: where they are after some steps, in the long run, and when they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.elimination import Matrix, identity, solve_system, write_matrix, write_row
from reason.generators.math.mixed import slips
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["MarkovChain", "MarkovChainConfig"]

PHRASINGS = (
    "A Markov chain has the states {states}. {rows} {question}",
    "A system is in one of the states {states} and moves in steps that depend on its present state only. "
    "{rows} {question}",
)
ROW = "From {state} it goes to {targets}."
QUESTIONS = {
    "steps": "It starts in {a}. What is the probability that it is in {b} after exactly {n} steps?",
    "stationary": "What is the probability of state {b} in its stationary distribution?",
    "hitting": "It starts in {a}. What is the expected number of steps until it first reaches {b}?",
    "before": "It starts in {a}. What is the probability that it reaches {b} before it reaches {c}?",
}
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class MarkovChainConfig(Config):
    """Knobs of the chain."""

    num_states: int = 3
    """States of the chain."""
    max_denominator: int = 6
    """Largest denominator of a transition probability; the smallest is 3."""
    num_steps: int = 3
    """Steps, where it is asked where the chain is after some."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(3 <= self.num_states <= 12, "num_states", "3 to 12")
        self.require(4 <= self.max_denominator <= 30, "max_denominator", "4 to 30")
        self.require(1 <= self.num_steps <= 30, "num_steps", "1 to 30")


@register
class MarkovChain(ValueFamily[MarkovChainConfig]):
    """Find a probability or an expected time of a finite Markov chain, as an exact fraction.

    All states reach each other. First-step equations are solved by elimination (Norris, Markov Chains,
    chapter 1). Effort is the schoolbook work in fractions.
    """

    id = "MarkovChain-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> MarkovChainConfig:
        """Take more states, finer probabilities and more steps."""
        return MarkovChainConfig(
            num_states=min(3 + level // 3, 12),
            max_denominator=min(4 + level, 30),
            num_steps=min(2 + level, 30),
        )

    def generate(self, rng: Random, config: MarkovChainConfig) -> Draft:
        """Draw a chain with a cycle through all its states, and a question."""
        size = config.num_states
        matrix = _draw_matrix(rng, config)
        what = rng.choice(tuple(QUESTIONS))
        a, b, c = rng.sample(range(size), 3)
        working = Working()
        value = _answer(matrix, what, (a, b, c), config.num_steps, working)
        names = "ABCDEFGHIJKL"[:size]
        rows = []
        for name, row in zip(names, matrix, strict=True):
            ways = [f"{other} with probability {p}" for other, p in zip(names, row, strict=True) if p]
            *most, last = ways
            rows.append(
                ROW.format(state=name, targets=f"{', to '.join(most)} and to {last}" if most else last)
            )
        question = QUESTIONS[what].format(a=names[a], b=names[b], c=names[c], n=config.num_steps)
        return self.draft(
            rng,
            phrasings=[f"{text} {FORM}" for text in PHRASINGS],
            fields={
                "states": f"{', '.join(names[:-1])} and {names[-1]}",
                "rows": " ".join(rows),
                "question": question,
            },
            truth={
                "matrix": [[str(p) for p in row] for row in matrix],
                "what": what,
                "states": [a, b, c],
                "question": question,
            },
            answer=str(value),
            working=working,
            topic="probability",
            canonical=[[[str(p) for p in row] for row in matrix], question],
        )

    def solve(self, task: Task) -> str | None:
        """Use matrix powers and the fundamental matrix, by sympy."""
        import sympy

        text = task.text
        names = re.findall(r"From ([A-L]) it", text)
        size = len(names)
        matrix = sympy.zeros(size, size)
        for state, targets in re.findall(r"From ([A-L]) it goes to (.*?)\.", text):
            for other, chance in re.findall(r"([A-L]) with probability ([0-9/]+)", targets):
                matrix[names.index(state), names.index(other)] = sympy.Rational(chance)
        question = text[text.index("It starts" if "It starts" in text else "What is") :]
        marked = [names.index(name) for name in re.findall(r"\b([A-L])\b", question.partition(FORM)[0])]
        if "after exactly" in question:
            number = re.search(r"exactly ([0-9]+) steps", question)
            power = matrix ** int(number[1] if number else 0)
            return str(power[marked[0], marked[1]])
        if "stationary" in question:
            adjugate = (sympy.eye(size) - matrix).adjugate()
            return str(adjugate[marked[0], marked[0]] / adjugate.trace())
        ends = marked[1:]
        inner = [state for state in range(size) if state not in ends]
        fundamental = (sympy.eye(len(inner)) - matrix.extract(inner, inner)).inv()
        row = fundamental[inner.index(marked[0]), :]
        if len(ends) == 1:
            return str(sum(row))
        return str((row * matrix.extract(inner, [ends[0]]))[0, 0])

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give."""
        yield from slips(task.reference or "0")


def _draw_matrix(rng: Random, config: MarkovChainConfig) -> Matrix:
    """Draw rows in which each state leads to the next one, and to others."""
    size = config.num_states
    order = rng.sample(range(size), size)
    following = {state: order[(at + 1) % size] for at, state in enumerate(order)}
    matrix = []
    for state in range(size):
        denominator = rng.randint(3, config.max_denominator)
        row = [0] * size
        row[following[state]] += 1
        others = rng.sample(range(size), rng.randint(2, min(size, 3)))
        for _ in range(denominator - 1):
            row[rng.choice(others)] += 1
        matrix.append([Fraction(part, denominator) for part in row])
    return matrix


def _answer(
    matrix: Matrix, what: str, states: tuple[int, int, int], steps: int, working: Working
) -> Fraction:
    a, b, c = states
    size = len(matrix)
    unit = identity(size)
    if what == "steps":
        row = unit[a]
        for step in range(steps):
            work = sum(
                multiplying(p, q) for p, line in zip(row, matrix, strict=True) for q in line if p and q
            )
            row = [sum((row[i] * matrix[i][j] for i in range(size)), Fraction(0)) for j in range(size)]
            after = [f"s{step}"] if step else []
            text = f"After {step + 1} steps the distribution is {write_row(row)}"
            working.step(text, write_row(row), *after, work=work + adding(*row))
        return row[b]
    if what == "stationary":
        system = [[matrix[i][j] - unit[i][j] for i in range(size)] for j in range(size - 1)]
        system.append([Fraction(1)] * size)
        right = [Fraction(0)] * (size - 1) + [Fraction(1)]
        said = "The distribution does not change by a step, and adds up to 1"
    else:
        ends = {b: Fraction(0)} if what == "hitting" else {b: Fraction(1), c: Fraction(0)}
        system = [
            unit[i] if i in ends else [unit[i][j] - matrix[i][j] for j in range(size)] for i in range(size)
        ]
        right = [ends.get(i, Fraction(int(what == "hitting"))) for i in range(size)]
        said = "First-step equations, one for each state to start in"
    working.step(f"{said}: {write_matrix(system)} x = {write_row(right)}", write_matrix(system))
    solution = solve_system(system, right, working)
    value = solution[b if what == "stationary" else a]
    working.step(f"The solution is {write_row(solution)}, so the answer is {value}", value, f"s{size + 1}")
    return value
