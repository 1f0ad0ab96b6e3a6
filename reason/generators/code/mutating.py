"""Mutants of a program: one operator, number, comparison or condition changed (DeMillo et al. 1978)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reason.generators.code.interpreter import Interpreter, ProgramError

__all__ = ["FAILED", "Mutation", "mutants", "mutations", "results_of"]

_GROUPS: tuple[tuple[type[ast.AST], ...], ...] = (
    (ast.Add, ast.Sub, ast.Mult),
    (ast.FloorDiv, ast.Mod),
    (ast.Lt, ast.LtE, ast.Gt, ast.GtE),
    (ast.Eq, ast.NotEq),
    (ast.In, ast.NotIn),
)
"""Operators that may stand for each other."""
FAILED = "it fails"
"""Stands for the result of a call that raises or does not end in time."""


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One change of one tree."""

    node: ast.AST
    field: str
    before: Any
    after: Any

    def apply(self) -> None:
        """Change the tree."""
        setattr(self.node, self.field, self.after)

    def undo(self) -> None:
        """Change it back."""
        setattr(self.node, self.field, self.before)


def mutations(program: ast.Module) -> list[Mutation]:
    """Return every change in one place.

    A change that another change undoes is in the list together with its inverse, so that the right program
    is always one mutation away from its mutants.
    """
    return [
        Mutation(node=node, field=field, before=getattr(node, field), after=value)
        for node in ast.walk(program)
        for field, value in _changes(node)
    ]


def mutants(program: ast.Module) -> Iterator[ast.Module]:
    """Yield every program that differs in one place: the same tree, changed while the caller looks at it."""
    for mutation in mutations(program):
        mutation.apply()
        try:
            yield program
        finally:
            mutation.undo()


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            yield from (("op", other()) for other in _others(op))
        case ast.Compare(ops=[op]):
            yield from (("ops", [other()]) for other in _others(op))
        case ast.BoolOp(op=op):
            yield "op", ast.And() if isinstance(op, ast.Or) else ast.Or()
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            yield "value", value + 1
            if value > 1:
                yield "value", value - 1


def _others(op: ast.AST) -> Iterator[type[ast.AST]]:
    for group in _GROUPS:
        if type(op) in group:
            yield from (other for other in group if type(op) is not other)


def results_of(program: ast.Module, name: str, calls: Sequence[Sequence[Any]], max_steps: int) -> list[Any]:
    """Return what a program returns for each call, ``FAILED`` where it fails."""
    interpreter = Interpreter(program=program, max_steps=max_steps)
    found: list[Any] = []
    for arguments in calls:
        try:
            found.append(interpreter.call(name, arguments))
        except ProgramError:
            found.append(FAILED)
    return found
