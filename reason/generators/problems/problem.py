"""One family over all problems: the bundled ones, and any that ``reason import problems`` accepts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from reason import registry
from reason.errors import ConfigError, GenerationError
from reason.family import ANSWER_INSTRUCTION, Draft, Family
from reason.generators.problems.bundled import (
    COMMON_SHARE,
    EASY_CHANCE,
    BundledProblem,
    ProblemConfig,
    near_answers,
    other_layouts,
    output_prompt,
    program_prompt,
    verify_problem,
)
from reason.problems.building import agreed_outputs
from reason.problems.drawing import draw_input, scale_of
from reason.problems.grammar import Grammar, GrammarError
from reason.problems.reading import read_grammar
from reason.problems.records import Checked, Solution
from reason.registry import register
from reason.sandbox.shared import shared_sandbox
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["AnyProblem", "AnyProblemConfig", "draft_checked", "problem_knob"]

MAX_REDRAWS = 20
MAX_SHOWN = 3
"""Examples that a prompt shows."""


@dataclass(frozen=True, kw_only=True)
class AnyProblemConfig(ProblemConfig):
    """Knobs of an instance of some problem."""

    problem: str = ""
    """An imported problem as JSON text, as :func:`problem_knob` writes it; empty: any bundled one."""

    def __post_init__(self) -> None:
        """Reject a problem that cannot be read."""
        super().__post_init__()
        if self.problem:
            _read(self.problem)


@lru_cache(maxsize=64)
def _read(problem: str) -> tuple[dict[str, Any], Grammar]:
    """Return an imported problem and its grammar."""
    try:
        data = json.loads(problem)
        grammar = read_grammar(data["statement"])
        [Solution(**each) for each in data["solutions"]]
        [(text, output) for text, output in data["examples"]]
    except GrammarError as error:
        raise ConfigError(f"problem has no readable input: {error}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ConfigError(f"problem must be JSON text as the importer writes it: {error!r:.200}") from error
    return data, grammar


def problem_knob(statement: str, examples: Iterable[tuple[str, str]], solutions: Iterable[Solution]) -> str:
    """Return the knob ``problem`` for a problem.

    Args:
        statement: With a section headed Input.
        examples: Inputs with their outputs.
        solutions: Two or more; an instance is kept where all agree.
    """
    return json.dumps(
        {
            "statement": statement,
            "examples": [list(each) for each in examples],
            "solutions": [{"language": each.language, "source": each.source} for each in solutions],
        },
        sort_keys=True,
    )


@register
class AnyProblem(Family[AnyProblemConfig]):
    """Solve an instance of any bundled programming problem, or of a problem of your own.

    With the knob ``problem``, inputs are drawn by the grammar of its statement and answered by its solutions
    in the sandbox; inputs on which they differ are drawn again. Effort is then the length of the input.
    """

    id = "Problem-v0"
    domain = "problems"
    answer_kind = "code"
    components = ("passed",)
    max_level = 9

    def at_level(self, level: int) -> AnyProblemConfig:
        """Take longer inputs with larger numbers."""
        scale = scale_of(level)
        return AnyProblemConfig(size=scale.size, side=scale.side, value=scale.value)

    def generate(self, rng: Random, config: AnyProblemConfig) -> Draft:
        """Draw a bundled problem's instance, or the imported one's."""
        if config.problem:
            return _draw_imported(rng, config)
        family = rng.choice(_bundled())
        knobs = config.to_dict()
        del knobs["problem"]
        return family.generate(rng, ProblemConfig(**knobs))

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the output, or run the program in the sandbox."""
        return verify_problem(task, answer)

    def solve(self, task: Task) -> str | None:
        """Let the second solution of the bundled problem whose statement stands in the prompt answer."""
        for family in _bundled():
            if task.text.startswith(family.statement.strip()):
                return family.solve(task)
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the output, or programs that print one output whatever they read."""
        return near_answers(task)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other layouts."""
        if "expected" not in task.ground_truth:
            return [f"{task.reference}\n\n# done\n"]
        return other_layouts(task.ground_truth["expected"])

    def chance(self, config: AnyProblemConfig) -> float:
        """Return the greatest share of one output, as for a single problem."""
        if config.ask == "program":
            return 0.0
        default = self.at_level(self.default_level)
        return EASY_CHANCE if config.size < default.size else COMMON_SHARE


def draft_checked(problem: Checked) -> Draft:
    """Make a task of a problem whose solution is a function and whose checks are given."""
    return Draft(
        prompt=f"{problem.prompt.strip()}\n\nWrite the whole Python code, without checks of your own. "
        f"{ANSWER_INSTRUCTION}",
        ground_truth={"checks": problem.checks, "entry_point": problem.entry_point},
        reference=problem.solution,
        metadata={"topic": "problems"},
    )


def _draw_imported(rng: Random, config: AnyProblemConfig) -> Draft:
    data, grammar = _read(config.problem)
    examples = [(text, output) for text, output in data["examples"]][:MAX_SHOWN]
    if config.ask == "output":
        [(text, output)] = _answered(rng, config, data, grammar, 1)
        prompt = output_prompt(data["statement"], examples, text)
        return Draft(
            prompt=prompt,
            ground_truth={"expected": output},
            reference=output,
            effort=float(len(text)),
            metadata={"topic": "problems", "licence": "NOASSERTION", "language": "und"},
        )
    cases = _answered(rng, config, data, grammar, config.num_cases)
    python = [each["source"] for each in data["solutions"] if each["language"] == "python"]
    return Draft(
        prompt=program_prompt(data["statement"], examples),
        ground_truth={"cases": [{"stdin": text, "expected": output} for text, output in cases]},
        reference=python[0] if python else None,
        effort=float(sum(len(text) for text, _ in cases)),
        # The prompt is the same for all of its tasks: they differ in the hidden cases.
        canonical=["program", data["statement"], [text for text, _ in cases]],
        metadata={"topic": "problems", "licence": "NOASSERTION", "language": "und"},
    )


def _answered(
    rng: Random, config: AnyProblemConfig, data: Mapping[str, Any], grammar: Grammar, count: int
) -> list[tuple[str, str]]:
    """Draw inputs until the solutions agree on as many as are wanted."""
    solutions = [Solution(**each) for each in data["solutions"]]
    found: list[tuple[str, str]] = []
    for _ in range(MAX_REDRAWS):
        inputs = [draw_input(grammar, config.scale, rng) for _ in range(count - len(found))]
        outputs = agreed_outputs(solutions, inputs, shared_sandbox())
        found += [(text, output) for text, output in zip(inputs, outputs, strict=True) if output is not None]
        if len(found) == count:
            return found
    raise GenerationError(f"the solutions of the problem agree on {len(found)} of many drawn inputs")


@lru_cache(maxsize=1)
def _bundled() -> list[BundledProblem]:
    found = [registry.get(name) for name in registry.ids() if name.startswith("Problem")]
    # A plugin's problem must not change the stream of this family.
    package = __name__.rpartition(".")[0]
    return [
        each
        for each in found
        if isinstance(each, BundledProblem) and type(each).__module__.rpartition(".")[0] == package
    ]
