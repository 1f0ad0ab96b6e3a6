"""Writing one random function: what may stand where, so that it ends and never fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

__all__ = ["KINDS", "LETTERS", "Kind", "write_program"]

Kind = Literal["int", "list", "str", "dict"]
KINDS: tuple[Kind, ...] = ("int", "list", "str", "dict")
PARAMETERS: dict[Kind, tuple[str, ...]] = {
    "int": ("n", "k", "limit", "offset", "size"),
    "list": ("values", "numbers", "items", "data"),
    "str": ("text", "word", "label", "name"),
    "dict": ("counts", "stock", "prices", "scores"),
}
LOCALS: dict[Kind, tuple[str, ...]] = {
    "int": ("total", "score", "best", "carry", "width"),
    "list": ("result", "chosen", "kept", "parts", "queue"),
    "str": ("code", "line", "mark", "tail", "built"),
    "dict": ("seen", "table", "groups", "found", "index"),
}
FUNCTIONS = (
    "solve",
    "process",
    "compute",
    "transform",
    "evaluate",
    "combine",
    "measure",
    "digest",
    "collect",
)
HINTS: dict[Kind, str] = {"int": "int", "list": "list[int]", "str": "str", "dict": "dict[str, int]"}
EMPTY: dict[Kind, str] = {"list": "[]", "str": '""', "dict": "{}"}
LETTERS = "abcdeiorst"


@dataclass(kw_only=True)
class _Writer:
    """Writes one function: the names that are in scope, and the lines so far."""

    rng: Random
    scope: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    accumulators: list[tuple[str, Kind]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    letter: str = ""
    """The variable that holds one character, where there is one."""
    helper: str = ""
    """A recursive function of one small integer, where there is one."""
    loops: int = 0

    def write(self, depth: int, line: str) -> None:
        """Append a line."""
        self.lines.append("    " * depth + line)

    def integer(self, depth: int = 1) -> str:
        """Write an expression for an integer."""
        rng, names = self.rng, self.scope["int"]
        if depth <= 0 or rng.random() < 0.25:
            return rng.choice(names) if names and rng.random() < 0.75 else str(rng.randint(1, 12))
        inner = self.integer(depth - 1)
        ways = [
            lambda: f"{inner} + {self.integer(depth - 1)}",
            lambda: f"{inner} - {self.integer(0)}",
            lambda: f"{_wrapped(inner)} * {rng.randint(2, 4)}",
            lambda: f"{_wrapped(inner)} % {rng.randint(3, 11)}",
            lambda: f"{_wrapped(inner)} // {rng.randint(2, 4)}",
            lambda: f"abs({inner})",
            lambda: f"min({inner}, {self.integer(0)})",
            lambda: f"max({inner}, {self.integer(0)})",
        ]
        if sized := [name for kind in ("list", "str", "dict") for name in self.scope[kind]]:
            ways.append(lambda: f"len({rng.choice(sized)})")
        if self.scope["list"]:
            ways += [
                lambda: f"sum({self.name('list')})",
                lambda: f"max({self.name('list')}, default={rng.randint(0, 3)})",
                lambda: f"{self.name('list')}.count({self.integer(0)})",
            ]
        if self.scope["str"]:
            ways.append(lambda: f'{self.name("str")}.count("{rng.choice(LETTERS)}")')
        if self.scope["dict"]:
            key = self.letter or f'"{rng.choice(LETTERS)}"'
            ways.append(lambda: f"{self.name('dict')}.get({key}, {rng.randint(0, 5)})")
        if self.helper:
            ways.append(lambda: f"{self.helper}({_wrapped(inner)} % {rng.randint(4, 9)})")
        return rng.choice(ways)()

    def name(self, kind: Kind) -> str:
        """Choose a variable in scope."""
        return self.rng.choice(self.scope[kind])

    def variable(self) -> str:
        """Choose an integer variable, of the last ones rather than of the first."""
        names = self.scope["int"]
        return self.rng.choice(names[-3:]) if names else str(self.rng.randint(1, 12))

    def test(self) -> str:
        """Write a condition."""
        rng, one = self.rng, self.variable()
        others = [name for name in self.scope["int"] if name != one] or [str(rng.randint(1, 12))]
        ways = [
            lambda: f"{one} % {rng.randint(2, 4)} == {rng.randint(0, 1)}",
            lambda: f"{one} > {rng.choice(others)}",
            lambda: f"{one} <= {rng.randint(2, 12)}",
            lambda: f"{self.integer(1)} < {one} + {rng.choice(others)}",
        ]
        if self.letter:
            ways.append(lambda: f'{self.letter} in "{"".join(sorted(rng.sample(LETTERS, 4)))}"')
        first = rng.choice(ways)()
        if rng.random() < 0.25:
            return f"{first} {rng.choice(('and', 'or'))} {rng.choice(ways)()}"
        return f"not ({first})" if rng.random() < 0.08 else first

    def update(self, depth: int) -> None:
        """Write a statement that changes an accumulator."""
        rng = self.rng
        name, kind = rng.choice(self.accumulators)
        if kind == "int":
            way = rng.choice(("+=", "+=", "-=", "mix"))
            if way == "mix":
                body = f"({name} * {rng.randint(2, 5)} + {self.integer(1)}) % {rng.choice((97, 101, 64, 50))}"
                self.write(depth, f"{name} = {body}")
            else:
                self.write(depth, f"{name} {way} {self.integer(1)}")
        elif kind == "list":
            self.write(depth, f"{name}.append({self.integer(2)})")
        elif kind == "str":
            piece = self.letter or f"str({_wrapped(self.integer(1))} % 10)"
            if self.letter and rng.random() < 0.3:
                piece = f"{self.letter}.upper()"
            self.write(depth, f"{name} = {piece} + {name}" if rng.random() < 0.3 else f"{name} += {piece}")
        else:
            key = self.letter or f"str({_wrapped(self.integer(1))} % {rng.randint(3, 5)})"
            self.write(depth, f"{name}[{key}] = {name}.get({key}, 0) + {self.integer(0)}")

    def block(self, depth: int, budget: int) -> None:
        """Write about so many statements, at least one of which changes an accumulator."""
        rng = self.rng
        while budget > 0:
            way = rng.random()
            if budget >= 3 and way < 0.4 and depth <= 3 and self.loops < 4:
                inner = rng.randint(2, budget - 1)
                self.loop(depth, inner)
                budget -= inner + 1
            elif budget >= 2 and way < 0.75:
                inner = max(1, (budget - 1) // 2)
                self.write(depth, f"if {self.test()}:")
                self.block(depth + 1, inner)
                budget -= inner + 1
                if rng.random() < 0.5 and budget > 0:
                    self.write(depth, "else:")
                    self.block(depth + 1, 1)
                    budget -= 1
            else:
                self.update(depth)
                budget -= 1

    def loop(self, depth: int, budget: int) -> None:
        """Write a loop and its body, in which its variable is in scope."""
        kept = {kind: list(names) for kind, names in self.scope.items()}
        letter = self.letter
        self.loops += 1
        number = self.loops
        ways: list[Callable[[], str]] = [
            lambda: self._range_loop(depth, number),
            *[lambda: self._while_loop(depth, number)] * 2,
        ]
        if self.scope["list"]:
            ways += [lambda: self._list_loop(depth, number)] * 3
        if self.scope["str"]:
            ways += [lambda: self._text_loop(depth, number)] * 3
        if self.scope["dict"]:
            ways += [lambda: self._dict_loop(depth, number)] * 3
        left = self.rng.choice(ways)()
        self.block(depth + 1, budget)
        if left:
            self.write(depth + 1, left)
        self.scope, self.letter = kept, letter

    def _head(self, depth: int, head: str, name: str) -> str:
        self.write(depth, head)
        self.scope["int"].append(name)
        return ""

    def _range_loop(self, depth: int, number: int) -> str:
        name = (
            "ijkm"[(number - 1) % 4]
            if "ijkm"[(number - 1) % 4] not in self.scope["int"]
            else f"step_{number}"
        )
        stop = f"{_wrapped(self.integer(0))} % {self.rng.randint(4, 7)} + {self.rng.randint(1, 3)}"
        return self._head(depth, f"for {name} in range({stop}):", name)

    def _while_loop(self, depth: int, number: int) -> str:
        name = ("left", "rest", "remaining", "pending")[(number - 1) % 4]
        if self.rng.random() < 0.6:  # digit by digit
            self._head(depth, f"{name} = abs({self.variable()})", name)
            step = f"{name} //= {self.rng.choice((2, 2, 3, 10))}"
        else:
            self._head(depth, f"{name} = abs({self.integer(1)}) % {self.rng.randint(20, 60)}", name)
            step = f"{name} -= {self.rng.randint(5, 9)}"
        self._head(depth, f"while {name} > 0:", name)
        return step

    def _list_loop(self, depth: int, number: int) -> str:
        values = self.name("list")
        name = ("value", "number", "item", "entry")[(number - 1) % 4]
        if any(values == each for each, kind in self.accumulators if kind == "list"):
            values = f"{values}[:5]"
        if self.rng.random() < 0.4:
            place = ("position", "place", "spot", "slot")[(number - 1) % 4]
            self.scope["int"].append(place)
            return self._head(depth, f"for {place}, {name} in enumerate({values}):", name)
        return self._head(depth, f"for {name} in {values}:", name)

    def _text_loop(self, depth: int, number: int) -> str:
        text, letter = self.name("str"), ("letter", "symbol", "char", "glyph")[(number - 1) % 4]
        place = ("position", "place", "spot", "slot")[(number - 1) % 4]
        self._head(depth, f"for {place}, {letter} in enumerate({text}[:8]):", place)
        self.letter = letter
        return ""

    def _dict_loop(self, depth: int, number: int) -> str:
        key, value = (("key", "amount"), ("label_", "value_"), ("tag", "weight"), ("kind", "size_"))[
            (number - 1) % 4
        ]
        self._head(depth, f"for {key}, {value} in sorted({self.name('dict')}.items()):", value)
        self.letter = key
        return ""


def _wrapped(text: str) -> str:
    return text if text.isidentifier() or text.isdigit() or _is_call(text) else f"({text})"


def _is_call(text: str) -> bool:
    return text.endswith(")") and text.count("(") == 1 and text.partition("(")[0].isidentifier()


def _write_helper(rng: Random) -> tuple[str, list[str]]:
    name = rng.choice(("fold", "climb", "shrink", "unroll"))
    start, step, factor = rng.randint(0, 3), rng.randint(1, 2), rng.randint(2, 3)
    again = f"{name}(n - {step})"
    ways = (f"n + {again}", f"{factor} * {again} - n", f"n * n - {again}", f"{again} + n % {factor}")
    return name, [
        f"def {name}(n: int) -> int:",
        "    if n <= 0:",
        f"        return {start}",
        f"    return {rng.choice(ways)}",
    ]


def write_program(rng: Random, kinds: Sequence[Kind], statements: int, *, recursion: bool) -> tuple[str, str]:
    """Write a program of parameters of such kinds; return its entry function's name and its text."""
    writer = _Writer(rng=rng)
    head: list[str] = []
    if recursion:
        writer.helper, head = _write_helper(rng)
        head += ["", ""]
    parameters = []
    for kind in kinds:
        name = rng.choice([each for each in PARAMETERS[kind] if each not in writer.scope[kind]])
        writer.scope[kind].append(name)
        parameters.append(f"{name}: {HINTS[kind]}")
    returned: Kind = rng.choice(KINDS)
    name = rng.choice(FUNCTIONS)
    writer.write(0, f"def {name}({', '.join(parameters)}) -> {HINTS[returned]}:")
    chosen: list[Kind] = [returned]
    if statements >= 5:
        chosen.append("int" if returned != "int" else rng.choice(KINDS))
    for kind in chosen:
        local = rng.choice([each for each in LOCALS[kind] if each not in writer.scope[kind]])
        writer.write(1, f"{local} = {EMPTY.get(kind) or rng.randint(0, 9)}")
        writer.accumulators.append((local, kind))
        if kind == "int":
            writer.scope["int"].append(local)
    writer.loop(1, statements)
    writer.write(1, f"return {writer.accumulators[0][0]}")
    return name, "\n".join([*head, *writer.lines]) + "\n"
