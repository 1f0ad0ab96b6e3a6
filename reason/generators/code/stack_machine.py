"""Stack machine: what lies on the stack when a program has run?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.code.literal_answers import other_spellings, wrong_values
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code.literals import check_literal

__all__ = ["StackMachine", "StackMachineConfig", "run_stack_machine"]

RULES = """A stack machine runs these instructions in order. The stack begins empty; its top is its right end.
PUSH n: put n on top
ADD, SUB, MUL: take b off the top, then a, and put a + b, a - b or a * b on top
MOD n: replace the top a by the remainder of a divided by n, from 0 to n - 1
DUP: put a copy of the top on top
SWAP: exchange the two topmost numbers
OVER: put a copy of the second number from the top on top
ROT: move the third number from the top to the top
DROP: take the top off
REPEAT n ... END: run what stands between n times"""
PHRASINGS = ("What is the stack at the end?", "Give the stack after the last instruction.")
NEEDS = {"ADD": 2, "SUB": 2, "MUL": 2, "MOD": 1, "DUP": 1, "SWAP": 2, "OVER": 2, "ROT": 3, "DROP": 1}
GROWS = {"ADD": -1, "SUB": -1, "MUL": -1, "MOD": 0, "DUP": 1, "SWAP": 0, "OVER": 1, "ROT": 0, "DROP": -1}
MAX_DRAWS = 200
MAX_VALUE = 10**7
MAX_HEIGHT = 7


@dataclass(frozen=True, kw_only=True)
class StackMachineConfig(Config):
    """Knobs of the program."""

    instructions: int = 12
    """Instructions that are written, PUSH at the start apart."""
    repeats: int = 1
    """Loops."""
    times: int = 3
    """Most runs of a loop."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.instructions <= 400, "instructions", "2 to 400")
        self.require(0 <= self.repeats <= 40, "repeats", "0 to 40")
        self.require(2 <= self.times <= 20, "times", "2 to 20")


@register
class StackMachine(Family[StackMachineConfig]):
    """Run a program of a small stack machine by hand and give the stack.

    Effort is the number of instructions that are run.
    """

    id = "StackMachine-v0"
    domain = "code"
    max_level = 20

    def at_level(self, level: int) -> StackMachineConfig:
        """Take longer programs, with more loops that run more often."""
        return StackMachineConfig(
            instructions=7 + 4 * level, repeats=(level + 1) // 2, times=2 + min(level // 2, 8)
        )

    def generate(self, rng: Random, config: StackMachineConfig) -> Draft:
        """Draw programs until the stack is neither high nor trivial, and no number too large."""
        for _ in range(MAX_DRAWS):
            program = _write(rng, config)
            try:
                stack, steps = run_stack_machine(program)
            except ValueError:
                continue
            if len(set(stack)) < 2 or sum(abs(value) > 10 for value in stack) < 1:
                continue
            listing = "\n".join(program)
            return Draft(
                prompt=f"{RULES}\n\n{listing}\n\n{rng.choice(PHRASINGS)} "
                f"Answer with a list such as [4, -1, 9], the top last.\n{ANSWER_INSTRUCTION}",
                ground_truth={"stack": stack},
                reference=repr(stack),
                effort=float(steps),
                canonical=program,
                metadata={"topic": "machines"},
            )
        raise GenerationError(f"StackMachine-v0 found no program for {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the lists."""
        return check_literal(answer, thaw(task.ground_truth["stack"]))

    def solve(self, task: Task) -> str | None:
        """Unroll the loops in the text, then rewrite the stack as nested pairs, the top outermost."""
        text = task.text.split("\n\n")[1]
        while match := re.search(r"REPEAT ([0-9]+)\n((?:(?!REPEAT|END).*\n)*?)END(?:\n|$)", text):
            text = text[: match.start()] + match[2] * int(match[1]) + text[match.end() :]
        stack: tuple[int, tuple[int, ...]] | tuple[()] = ()
        for line in text.split("\n"):
            if line:
                stack = _rewritten(stack, *line.split())
        values = []
        while stack:
            top, stack = stack[0], stack[1]  # type: ignore[assignment]
            values.append(top)
        return repr(values[::-1])

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the stack, also upside down."""
        return wrong_values(thaw(task.ground_truth["stack"]))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spellings of the list."""
        return other_spellings(thaw(task.ground_truth["stack"]))


def run_stack_machine(program: Sequence[str]) -> tuple[list[int], int]:
    """Return the stack at the end, and how many instructions were run.

    Raises:
        ValueError: an instruction finds too few numbers, or a number grows too large.
    """
    stack: list[int] = []
    loops: list[list[int]] = []
    place = steps = 0
    while place < len(program):
        name, _, argument = program[place].partition(" ")
        steps += 1
        if name == "REPEAT":
            loops.append([place, int(argument)])
        elif name == "END":
            loops[-1][1] -= 1
            if loops[-1][1]:
                place = loops[-1][0]
            else:
                loops.pop()
        else:
            if len(stack) < NEEDS.get(name, 0):
                raise ValueError(f"{name} finds too few numbers")
            _apply(stack, name, argument)
            if len(stack) > MAX_HEIGHT or abs(stack[-1] if stack else 0) > MAX_VALUE:
                raise ValueError("the stack grows too large")
        place += 1
    return stack, steps


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "MUL": lambda a, b: a * b,
}


def _apply(stack: list[int], name: str, argument: str) -> None:
    if name == "PUSH":
        stack.append(int(argument))
    elif name in _ARITHMETIC:
        second, first = stack.pop(), stack.pop()
        stack.append(_ARITHMETIC[name](first, second))
    elif name == "MOD":
        stack.append(stack.pop() % int(argument))
    elif name == "DUP":
        stack.append(stack[-1])
    elif name == "OVER":
        stack.append(stack[-2])
    elif name == "SWAP":
        stack.append(stack.pop(-2))
    elif name == "ROT":
        stack.append(stack.pop(-3))
    elif name == "DROP":
        stack.pop()


def _write(rng: Random, config: StackMachineConfig) -> list[str]:
    program = [f"PUSH {rng.randint(2, 30)}" for _ in range(3)]
    height = 3
    loops = {rng.randrange(config.instructions) for _ in range(config.repeats)}
    for place in range(config.instructions):
        if place in loops:
            # What stands in a loop leaves the height as it was, so that it may run any number of times.
            body = rng.choice(
                (
                    ("DUP", "ADD", f"MOD {rng.randint(50, 99)}"),
                    ("OVER", "ADD", f"MOD {rng.randint(50, 99)}", "SWAP"),
                    (f"PUSH {rng.randint(2, 9)}", "SUB", "ROT"),
                    ("SWAP", f"PUSH {rng.randint(2, 9)}", "ADD"),
                )
            )
            if height >= 3:
                program += [f"REPEAT {rng.randint(2, config.times)}", *body, "END"]
            continue
        names = [
            name for name, needed in NEEDS.items() if height >= needed and 2 <= height + GROWS[name] <= 6
        ]
        name = rng.choice([*names, "PUSH", "PUSH"] if height < 6 else names)
        height += 1 if name == "PUSH" else GROWS[name]
        argument = {"PUSH": rng.randint(-9, 20), "MOD": rng.randint(5, 40)}.get(name)
        program.append(name if argument is None else f"{name} {argument}")
    return program


def _rewritten(stack: tuple, name: str, argument: str = "0") -> tuple:  # type: ignore[type-arg]
    number = int(argument)
    match name, stack:
        case "PUSH", _:
            return number, stack
        case (("ADD" | "SUB" | "MUL"), (second, (first, rest))):
            return {"ADD": first + second, "SUB": first - second, "MUL": first * second}[name], rest
        case "MOD", (top, rest):
            return top - number * (top // number), rest
        case "DUP", (top, rest):
            return top, (top, rest)
        case "SWAP", (top, (second, rest)):
            return second, (top, rest)
        case "OVER", (top, (second, rest)):
            return second, (top, (second, rest))
        case "ROT", (top, (second, (third, rest))):
            return third, (top, (second, rest))
        case "DROP", (_, rest):
            return tuple(rest)
    raise ValueError(f"no such instruction: {name}")
