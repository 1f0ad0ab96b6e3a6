"""What every bundled problem is made of: a statement, two solutions, a brute force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import ClassVar, Literal

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.problems.answers import judge_output, near_outputs
from reason.problems.drawing import Scale, draw_input, is_numbers_only, scale_of
from reason.problems.grammar import Grammar
from reason.problems.reading import read_grammar
from reason.problems.work import Solution, program_of, run_counted
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code import verify_program

__all__ = [
    "COMMON_SHARE",
    "EASY_CHANCE",
    "BundledProblem",
    "ProblemConfig",
    "near_answers",
    "other_layouts",
    "output_prompt",
    "program_prompt",
    "verify_problem",
]

MAX_REDRAWS = 60
COMMON_SHARE = 0.3
"""Greatest share of one output among the instances of a level, from the default level on."""
EASY_CHANCE = 0.5
"""The same below the default level, where instances are small."""
_INSTANCE = re.compile(r"This is the input:\n```\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class ProblemConfig(Config):
    """Knobs of an instance."""

    size: int = 10
    """Most items of a row, characters of a word or nodes of a graph, as far as the statement allows."""
    side: int = 6
    """Most rows and columns of a table."""
    value: int = 205
    """Greatest absolute value of a number that counts nothing."""
    ask: Literal["output", "program"] = "output"
    """What the answer is: the output on one instance, or a program that is run on hidden cases."""
    num_cases: int = 8
    """Hidden cases of a program, from small ones up to the size."""

    def __post_init__(self) -> None:
        """Reject scales without room."""
        super().__post_init__()
        self.require(1 <= self.size <= 100_000, "size", "1 to 100000")
        self.require(1 <= self.side <= 1_000, "side", "1 to 1000")
        self.require(1 <= self.value <= 10**30, "value", "1 to 10^30")
        self.require(2 <= self.num_cases <= 50, "num_cases", "2 to 50")

    @property
    def scale(self) -> Scale:
        """The scale of the instances."""
        return Scale(size=self.size, side=self.side, value=self.value)


class BundledProblem(Family[ProblemConfig]):
    """A problem of this project: subclass it in one file, with two solutions and a brute force.

    Instances are drawn by the grammar that is inferred from the statement, as for a stranger's problem.
    """

    domain = "problems"
    answer_kind = "code"
    components = ("passed",)
    max_level = 9

    statement: ClassVar[str]
    """With sections headed Input and Output; all bounds stand in it."""
    examples: ClassVar[tuple[tuple[str, str], ...]]
    """Inputs with their outputs, shown to the policy."""
    solutions: ClassVar[tuple[Solution, Solution]]
    """Two by different ways; the first makes the answer keys, the second plays the solver of the audit."""
    brute_force: ClassVar[Solution]
    """By trying everything: slow, and too simple to be wrong. Only tests call it."""
    seldom: ClassVar[tuple[str, ...]] = ()
    """Outputs that most inputs give, so that instances with them are drawn again."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Keep the solutions plain functions."""
        super().__init_subclass__(**kwargs)
        if "brute_force" in cls.__dict__:
            cls.brute_force = staticmethod(cls.__dict__["brute_force"])

    @property
    def grammar(self) -> Grammar:
        """What the inputs look like, inferred once."""
        return _grammar(type(self))

    def at_level(self, level: int) -> ProblemConfig:
        """Take longer inputs with larger numbers."""
        scale = scale_of(level, numbers_only=is_numbers_only(self.grammar))
        return ProblemConfig(size=scale.size, side=scale.side, value=scale.value)

    def generate(self, rng: Random, config: ProblemConfig) -> Draft:
        """Draw an instance, and solve it."""
        if config.ask == "program":
            return self._generate_program(rng, config)
        text, output, work = self._instance(rng, config.scale)
        return Draft(
            prompt=output_prompt(self.statement, self.examples, text),
            ground_truth={"expected": output},
            reference=output,
            effort=float(work),
            metadata={"topic": "problems"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the output, or run the program in the sandbox."""
        return verify_problem(task, answer)

    def solve(self, task: Task) -> str | None:
        """Run the second solution on the instance that the prompt shows."""
        if match := _INSTANCE.search(task.text):
            return self.solutions[1](match[1])
        return program_of(self.solutions[1])

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the output, or programs that print one output whatever they read."""
        return near_answers(task)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the output in other layouts, or the other solution."""
        if "expected" not in task.ground_truth:
            return [program_of(self.solutions[1])]
        return other_layouts(task.ground_truth["expected"])

    def chance(self, config: ProblemConfig) -> float:
        """Return the greatest share of one output: 30 % from the default level on, as tests measure."""
        if config.ask == "program":
            return 0.0
        default = self.at_level(self.default_level)
        small = config.size < default.size or config.value < default.value
        return EASY_CHANCE if small else COMMON_SHARE

    def _instance(self, rng: Random, scale: Scale) -> tuple[str, str, int]:
        for _ in range(MAX_REDRAWS):
            text = draw_input(self.grammar, scale, rng)
            output, work = run_counted(self.solutions[0], text)
            if output not in self.seldom:
                return text, output, work
        raise GenerationError(f"{self.id}: {MAX_REDRAWS} instances all have one of the outputs {self.seldom}")

    def _generate_program(self, rng: Random, config: ProblemConfig) -> Draft:
        shown = scale_of(0, numbers_only=is_numbers_only(self.grammar))
        examples = [self._instance(rng, shown)[:2] for _ in range(2)]
        cases, work = [], 0
        for number in range(config.num_cases):
            share = (number + 1) / config.num_cases
            size, side = (max(1, round(share * most)) for most in (config.size, config.side))
            text, output, counted = self._instance(rng, replace(config.scale, size=size, side=side))
            cases.append({"stdin": text, "expected": output})
            work += counted
        return Draft(
            prompt=program_prompt(self.statement, examples),
            ground_truth={"cases": cases},
            reference=program_of(self.solutions[0]),
            effort=float(work),
            metadata={"topic": "problems"},
        )


def output_prompt(statement: str, examples: Iterable[tuple[str, str]], text: str) -> str:
    """Return the question for the output on one input."""
    return (
        f"{statement.strip()}\n\n{_shown(examples)}This is the input:\n```\n{text}```\n"
        f"What is the output? {ANSWER_INSTRUCTION}"
    )


def program_prompt(statement: str, examples: Iterable[tuple[str, str]]) -> str:
    """Return the question for a program."""
    return (
        f"{statement.strip()}\n\n{_shown(examples)}Write a Python program that reads the input from standard "
        f"input and prints the output. It will be run on other inputs. {ANSWER_INSTRUCTION}"
    )


def near_answers(task: Task) -> list[str]:
    """Return neighbours of the output, or programs that print one output whatever they read."""
    if "expected" in task.ground_truth:
        return near_outputs(task.ground_truth["expected"])
    outputs = list(dict.fromkeys(case["expected"] for case in task.ground_truth.get("cases", ())))
    return [f"print({output!r})" for output in outputs[:2]] if len(outputs) > 1 else []


def other_layouts(output: str) -> list[str]:
    """Return an output as people write it."""
    tokens = output.split()
    return ["\n".join(tokens), f"**{' '.join(tokens)}**", f"[{', '.join(tokens)}]"]


def verify_problem(task: Task, answer: str) -> Verdict:
    """Judge the answer to any problem: an output, or a program.

    Raises:
        SandboxError: no sandbox can run the program.
    """
    truth: Mapping[str, object] = task.ground_truth
    if isinstance(expected := truth.get("expected"), str):
        return judge_output(expected, answer)
    if isinstance(checks := truth.get("checks"), str):
        verdict = verify_program(
            [{"checks": checks}], answer, mode="checks", entry_point=task.ground_truth["entry_point"]
        )
    else:
        verdict = verify_program(task.ground_truth["cases"], answer, partial=True)
    # The measured time is not the same twice.
    return replace(verdict, components={"passed": verdict.components.get("passed", 0.0)})


def _shown(examples: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"Example input:\n```\n{text.rstrip()}\n```\nExample output:\n```\n{output}\n```\n\n"
        for text, output in examples
    )


@cache
def _grammar(problem: type[BundledProblem]) -> Grammar:
    return read_grammar(problem.statement, [text for text, _ in problem.examples])
