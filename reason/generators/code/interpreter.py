"""Our own interpreter of the small Python that the families of this room draw.

It walks the syntax tree of trusted text and shares nothing with CPython's evaluation of it, so each is an
oracle for the other (``tests/generators/code`` runs both). It knows integers, strings, lists, dictionaries,
tuples, loops, comprehensions and recursion; it has no attributes but the methods listed here, no imports and
no exceptions, and it counts its steps, so that whatever it is given ends.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reason.generators.code.operations import BINARY, BUILTINS, COMPARE, METHODS
from reason.verifiers.code.syntax import PARSER

__all__ = ["Interpreter", "ProgramError", "Snapshot", "parse_program"]

MAX_MAGNITUDE = 10**15
MAX_SIZE = 2_000
"""Items of a list, characters of a string."""
MAX_DEPTH = 24
"""Calls within calls: few enough that our own recursion, ten frames for each, fits on any caller's stack."""


class ProgramError(Exception):
    """The program does what Python would raise for, or goes over a limit."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The variables of a function just after one of its lines was executed."""

    line: int
    function: str
    variables: Mapping[str, Any]


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


def parse_program(source: str) -> ast.Module:
    """Return the tree of a program of ours."""
    with PARSER:
        return ast.parse(source)


@dataclass(kw_only=True)
class Interpreter:
    """Calls the functions of one program."""

    program: ast.Module
    max_steps: int = 20_000
    """Statements and expressions that one call may evaluate."""
    record: bool = False
    """Whether to keep a snapshot of the variables after every simple statement."""
    steps: int = 0
    trace: list[Snapshot] = field(default_factory=list)
    _depth: int = 0

    def __post_init__(self) -> None:
        """Find the functions."""
        self._functions = {each.name: each for each in self.program.body if isinstance(each, ast.FunctionDef)}
        self._globals: dict[str, Any] = {}
        for each in self.program.body:
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                self._globals[each.targets[0].id] = self._evaluate(each.value, {})

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        """Return what a function returns.

        Raises:
            ProgramError: it fails, or goes over a limit.
        """
        self.steps, self._depth = 0, 0
        self.trace.clear()
        try:
            return self._call(name, [_copied(value) for value in arguments])
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise ProgramError(f"{type(error).__name__}: {error}") from None

    def _call(self, name: str, arguments: Sequence[Any]) -> Any:
        function = self._functions[name]
        names = [parameter.arg for parameter in function.args.args]
        if len(names) != len(arguments):
            raise ProgramError(f"{name} takes {len(names)} arguments, got {len(arguments)}")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ProgramError("the recursion is too deep")
        variables = dict(zip(names, arguments, strict=True))
        try:
            self._run(function.body, variables, name)
        except _Return as returned:
            return returned.value
        finally:
            self._depth -= 1
        return None

    def _run(self, body: Sequence[ast.stmt], variables: dict[str, Any], function: str) -> None:
        for statement in body:
            self._step()
            self._execute(statement, variables, function)
            if self.record and isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
                kept = {name: _copied(value) for name, value in variables.items()}
                self.trace.append(Snapshot(line=statement.lineno, function=function, variables=kept))

    def _execute(self, statement: ast.stmt, variables: dict[str, Any], function: str) -> None:
        match statement:
            case ast.Assign(targets=[target], value=value):
                self._assign(target, self._evaluate(value, variables), variables)
            case ast.AugAssign(target=target, op=op, value=value):
                before = self._evaluate(_loaded(target), variables)
                after = self._binary(op, before, self._evaluate(value, variables))
                self._assign(target, after, variables)
            case ast.If(test=test, body=body, orelse=orelse):
                self._run(body if self._evaluate(test, variables) else orelse, variables, function)
            case ast.For(target=target, iter=iterable, body=body):
                self._loop(self._evaluate(iterable, variables), target, body, variables, function)
            case ast.While(test=test, body=body):
                while self._evaluate(test, variables):
                    try:
                        self._run(body, variables, function)
                    except _Continue:
                        continue
                    except _Break:
                        break
            case ast.Return(value=value):
                raise _Return(None if value is None else self._evaluate(value, variables))
            case ast.Expr(value=value):
                self._evaluate(value, variables)
            case ast.Break():
                raise _Break
            case ast.Continue():
                raise _Continue
            case ast.Pass():
                pass
            case _:
                raise ProgramError(f"{type(statement).__name__} is not of this language")

    def _loop(
        self, items: Any, target: ast.expr, body: Sequence[ast.stmt], variables: dict[str, Any], function: str
    ) -> None:
        for item in items:
            self._step()
            self._assign(target, item, variables)
            try:
                self._run(body, variables, function)
            except _Continue:
                continue
            except _Break:
                break

    def _assign(self, target: ast.expr, value: Any, variables: dict[str, Any]) -> None:
        match target:
            case ast.Name(id=name):
                variables[name] = value
            case ast.Tuple(elts=parts):
                if len(parts) != len(value):
                    raise ProgramError("it cannot be unpacked")
                for part, item in zip(parts, value, strict=True):
                    self._assign(part, item, variables)
            case ast.Subscript(value=container, slice=key):
                self._evaluate(container, variables)[self._evaluate(key, variables)] = value
            case _:
                raise ProgramError(f"{type(target).__name__} cannot be assigned to")

    def _evaluate(self, node: ast.expr, variables: dict[str, Any]) -> Any:
        self.steps += 1
        if self.steps > self.max_steps:
            raise ProgramError("it takes too many steps")
        kind = type(node)
        if kind is ast.Name:
            return self._name(node.id, variables)  # type: ignore[attr-defined]
        if kind is ast.Constant:
            return node.value  # type: ignore[attr-defined]
        evaluate = _EVALUATORS.get(kind)
        if evaluate is None:
            raise ProgramError(f"{kind.__name__} is not of this language")
        return evaluate(self, node, variables)

    def _name(self, name: str, variables: dict[str, Any]) -> Any:
        if name in variables:
            return variables[name]
        if name in self._globals:
            return self._globals[name]
        raise ProgramError(f"NameError: {name}")

    def _binary_operation(self, node: ast.BinOp, variables: dict[str, Any]) -> Any:
        left = self._evaluate(node.left, variables)
        return self._binary(node.op, left, self._evaluate(node.right, variables))

    def _unary(self, node: ast.UnaryOp, variables: dict[str, Any]) -> Any:
        value = self._evaluate(node.operand, variables)
        if isinstance(node.op, ast.USub):
            return -value
        if isinstance(node.op, ast.Not):
            return not value
        raise ProgramError(f"{type(node.op).__name__} is not of this language")

    def _conditional(self, node: ast.IfExp, variables: dict[str, Any]) -> Any:
        return self._evaluate(node.body if self._evaluate(node.test, variables) else node.orelse, variables)

    def _items(self, node: ast.List | ast.Tuple, variables: dict[str, Any]) -> Any:
        found = [self._evaluate(item, variables) for item in node.elts]
        return found if isinstance(node, ast.List) else tuple(found)

    def _dictionary(self, node: ast.Dict, variables: dict[str, Any]) -> dict[Any, Any]:
        return {
            self._evaluate(key, variables): self._evaluate(value, variables)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        }

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, variables: dict[str, Any]) -> list[Any]:
        if len(node.generators) != 1:
            raise ProgramError("nested comprehensions are not of this language")
        return [self._evaluate(node.elt, scope) for scope in self._each(node.generators[0], variables)]

    def _connect(self, node: ast.BoolOp, variables: dict[str, Any]) -> Any:
        found: Any = None
        for value in node.values:
            found = self._evaluate(value, variables)
            if bool(found) is isinstance(node.op, ast.Or):
                return found
        return found

    def _compare(self, node: ast.Compare, variables: dict[str, Any]) -> bool:
        first = self._evaluate(node.left, variables)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            second = self._evaluate(comparator, variables)
            if not COMPARE[type(op)](first, second):
                return False
            first = second
        return True

    def _each(self, generator: ast.comprehension, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for item in self._evaluate(generator.iter, variables):
            scope = dict(variables)
            self._assign(generator.target, item, scope)
            if all(self._evaluate(test, scope) for test in generator.ifs):
                yield scope

    def _subscript(self, node: ast.Subscript, variables: dict[str, Any]) -> Any:
        container, key = self._evaluate(node.value, variables), node.slice
        if isinstance(key, ast.Slice):
            parts = (key.lower, key.upper, key.step)
            ends = (None if part is None else self._evaluate(part, variables) for part in parts)
            return container[slice(*ends)]
        return container[self._evaluate(key, variables)]

    def _apply(self, node: ast.Call, variables: dict[str, Any]) -> Any:
        arguments = [self._evaluate(each, variables) for each in node.args]
        named = {each.arg: self._evaluate(each.value, variables) for each in node.keywords if each.arg}
        function = node.func
        if isinstance(function, ast.Name):
            if function.id in self._functions:
                return self._call(function.id, arguments)
            if function.id in BUILTINS:
                return self._bounded(BUILTINS[function.id](*arguments, **named))
        elif isinstance(function, ast.Attribute):
            target, method = self._evaluate(function.value, variables), function.attr
            if method not in METHODS.get(type(target), ()):
                raise ProgramError(f"{type(target).__name__}.{method} is not of this language")
            return self._bounded(getattr(target, method)(*arguments, **named))
        raise ProgramError("this call is not of this language")

    def _binary(self, op: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(op, ast.Mult) and not (isinstance(left, int) and isinstance(right, int)):
            size = len(left) * right if isinstance(right, int) else len(right) * left
            if size > MAX_SIZE:
                raise ProgramError("a value is too long")
        apply = BINARY.get(type(op))
        if apply is None or (isinstance(op, ast.Mod) and isinstance(left, str)):
            raise ProgramError(f"{type(op).__name__} is not of this language")
        return self._bounded(apply(left, right))

    def _bounded(self, value: Any) -> Any:
        if isinstance(value, int):
            if abs(value) > MAX_MAGNITUDE:
                raise ProgramError("a number is too large")
        elif isinstance(value, str | list | dict | set | range) and len(value) > MAX_SIZE:
            raise ProgramError("a value is too long")
        return value

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.max_steps:
            raise ProgramError("it takes too many steps")


def _copied(value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return type(value)(_copied(item) for item in value)
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value


def _loaded(target: ast.expr) -> ast.expr:
    """Return the target of ``+=`` as the expression that is read first."""
    if isinstance(target, ast.Subscript):
        return ast.Subscript(value=target.value, slice=target.slice, ctx=ast.Load())
    return target


_EVALUATORS: dict[type, Callable[[Interpreter, Any, dict[str, Any]], Any]] = {
    ast.BinOp: Interpreter._binary_operation,
    ast.UnaryOp: Interpreter._unary,
    ast.BoolOp: Interpreter._connect,
    ast.Compare: Interpreter._compare,
    ast.IfExp: Interpreter._conditional,
    ast.Call: Interpreter._apply,
    ast.Subscript: Interpreter._subscript,
    ast.List: Interpreter._items,
    ast.Tuple: Interpreter._items,
    ast.Dict: Interpreter._dictionary,
    ast.ListComp: Interpreter._comprehension,
    ast.GeneratorExp: Interpreter._comprehension,
}
"""A table, not a match: a call of a drawn program evaluates hundreds of nodes, and tasks draw many."""
