"""Running a trusted solution in this process and counting its work."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from types import CodeType

__all__ = ["Solution", "program_of", "run_counted"]

Solution = Callable[[str], str]
"""From standard input to standard output: a function of its own, that needs no name of its module."""

_TICK = "__tick__"


def program_of(solution: Solution) -> str:
    """Return a trusted solution as a program that reads standard input and prints."""
    source = inspect.getsource(solution)
    return f"import sys\n\n\n{source}\n\nprint({solution.__name__}(sys.stdin.read()))\n"


def run_counted(solution: Solution, text: str) -> tuple[str, int]:
    """Run a trusted solution of ours.

    Args:
        solution: Trusted code: it is compiled from its source with counters put in.
        text: Its standard input.

    Returns:
        What it prints, and the iterations and calls that it took: the same number on every machine and
        Python, for it is counted in the source and not by a tracer.
    """
    count = 0

    def tick() -> bool:
        nonlocal count
        count += 1
        return True

    names: dict[str, object] = {_TICK: tick}
    exec(_counting(solution), names)
    output = names[solution.__name__](text)  # type: ignore[operator]
    return output, count


@cache
def _counting(solution: Solution) -> CodeType:
    tree = _Counters().visit(ast.parse(inspect.getsource(solution)))
    tree = ast.fix_missing_locations(tree)
    return compile(tree, f"<{solution.__name__}>", "exec", dont_inherit=True)


class _Counters(ast.NodeTransformer):
    """Puts a tick at the beginning of each loop's body and function, and into each comprehension."""

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._begin(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._begin(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._begin(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs.insert(0, _call())
        return node

    def _begin(self, node: ast.For | ast.While | ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(_call()))
        return node


def _call() -> ast.Call:
    return ast.Call(func=ast.Name(id=_TICK, ctx=ast.Load()), args=[], keywords=[])
