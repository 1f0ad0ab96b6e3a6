"""Random typed programs: short functions of loops, conditions, accumulators and recursion, as people write.

What is drawn ends by construction (loops run over what is given, or count down), never divides by zero and
never reads beyond an end. :func:`draw_program` keeps a program only where its results vary with its
arguments, by :mod:`reason.generators.code.interpreter`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.generators.code.interpreter import Interpreter, ProgramError, parse_program
from reason.generators.code.writing import KINDS, LETTERS, Kind, write_program

__all__ = ["DrawnProgram", "Kind", "draw_arguments", "draw_program", "show_call"]

MAX_DRAWS = 200
TRIALS = 4


@dataclass(frozen=True, kw_only=True)
class DrawnProgram:
    """A program, and what its entry function takes."""

    source: str
    name: str
    kinds: tuple[Kind, ...]
    tree: ast.Module

    def interpreter(self, **options: Any) -> Interpreter:
        """Return a fresh interpreter of it."""
        return Interpreter(program=self.tree, **options)


def draw_program(
    rng: Random,
    statements: int,
    *,
    kinds: Sequence[Kind] | None = None,
    recursion: bool | None = None,
    least_different: int = 3,
    max_steps: int = 3_000,
) -> DrawnProgram:
    """Draw a program whose results vary with its arguments.

    Args:
        rng: The only randomness.
        statements: About how many its loop holds.
        kinds: Of its parameters; None: one to three, drawn.
        recursion: Whether it has a recursive function; None: at times.
        least_different: Results that must differ, of four drawn calls.
        max_steps: Most expressions and statements that any of these calls evaluates.

    Raises:
        GenerationError: none was found.
    """
    for _ in range(MAX_DRAWS):
        taken = (
            tuple(kinds)
            if kinds is not None
            else tuple(rng.choices(KINDS, k=rng.randint(1, 2 + (statements > 6))))
        )
        recursive = recursion if recursion is not None else rng.random() < 0.25
        name, source = write_program(rng, taken, statements, recursion=recursive)
        if recursive and not _uses_helper(source):
            continue
        program = DrawnProgram(source=source, name=name, kinds=taken, tree=parse_program(source))
        if _is_lively(rng, program, least_different, max_steps):
            return program
    raise GenerationError(f"no lively program of {statements} statements in {MAX_DRAWS} draws")


def _uses_helper(source: str) -> bool:
    """Tell whether the recursive function is called from the other."""
    helper = source.partition("def ")[2].partition("(")[0]
    return f"{helper}(" in source.rpartition("def ")[2]


def _is_lively(rng: Random, program: DrawnProgram, least_different: int, max_steps: int) -> bool:
    interpreter, results = program.interpreter(max_steps=max_steps), []
    for _ in range(TRIALS):
        try:
            results.append(repr(interpreter.call(program.name, draw_arguments(rng, program.kinds))))
        except ProgramError:
            return False
        if len(results[-1]) > 160:
            return False
    return len(set(results)) >= least_different


def draw_arguments(rng: Random, kinds: Sequence[Kind]) -> list[Any]:
    """Draw arguments: small integers, and short lists, words and dictionaries."""
    return [_draw_value(rng, kind) for kind in kinds]


def _draw_value(rng: Random, kind: Kind) -> Any:
    if kind == "int":
        return rng.randint(0, 40)
    if kind == "list":
        return [rng.randint(-9, 25) for _ in range(rng.randint(3, 7))]
    if kind == "str":
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(3, 8)))
    return {key: rng.randint(1, 20) for key in rng.sample(LETTERS, rng.randint(2, 4))}


def show_call(name: str, arguments: Sequence[Any]) -> str:
    """Write a call as Python does."""
    return f"{name}({', '.join(map(repr, arguments))})"
