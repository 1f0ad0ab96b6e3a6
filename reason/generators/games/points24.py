"""Points24 step by step: write an expression that makes the target, one token a turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION, blind_chance, read_action, refuse
from reason.interactive import InteractiveFamily, Transition
from reason.registry import register
from reason.task import Task

__all__ = ["Points24", "Points24Config", "complete", "evaluate"]

Level = tuple[Fraction, Fraction, bool]
"""Inside one pair of parentheses: the sum so far, the term being made, and whether it is divided next."""

_RULES = """\
Write an arithmetic expression whose value is exactly {target}, with each of these numbers once: {numbers}.

You write it from left to right, one token each turn: a number, one of the operators + - * /, or a \
parenthesis. Multiplication and division come before addition and subtraction; equals are taken from left \
to right; values are exact fractions. There is no minus sign but between two values.
The token "undo" takes the last one away. The token "=" ends the game: then every number must be used, every \
parenthesis closed, and the value right. A token that cannot stand where it would, or that is none, costs \
a turn.
You have {turns} turns; it can be done in {moves}.
{instruction}"""
_OPERATORS = "+-*/"
_SPELLINGS = {"\u00d7": "*", "\u00b7": "*", "\u00f7": "/", ":": "/", "x": "*"}
_LEVELS = (
    *((2, 300, None, 1, 1000), (3, 12, None, 1, 1000), (3, 25, None, 1, 1000), (4, 13, 24, 30, 1000)),
    *((4, 13, 24, 15, 29), (4, 13, 24, 8, 14), (4, 13, 24, 5, 7), (4, 13, 24, 3, 4), (4, 13, 24, 2, 2)),
    (4, 13, 24, 1, 1),
)
"""Numbers, the highest number, the target (None draws one), and fewest and most ways of each level."""
_MAX_DRAWS = 2_000


@dataclass(frozen=True, kw_only=True)
class Points24Config(Config):
    """Knobs of the numbers."""

    count: int = 4
    """How many numbers there are."""
    max_number: int = 13
    """The highest number."""
    target: int | None = 24
    """The value to make; None draws one for each task."""
    min_ways: int = 1
    """The fewest ways of combining pairs of values that may lead to the target."""
    max_ways: int = 1_000_000
    """The most ways."""

    def __post_init__(self) -> None:
        """Reject what is too short or takes too long."""
        super().__post_init__()
        self.require(2 <= self.count <= 5, "count", "2 to 5")
        self.require(4 <= self.max_number <= 1_000, "max_number", "4 to 1000")
        self.require(self.min_ways >= 1, "min_ways", "at least 1")
        self.require(self.max_ways >= self.min_ways, "max_ways", "at least min_ways")
        self.require(self.target is None or type(self.target) is int, "target", "an integer or None")


@register
class Points24(InteractiveFamily[Points24Config]):
    """Make 24, or another target, from numbers, writing the expression one token a turn.

    The reference player is an oracle: from every state it finds a way to complete what is written, or takes
    the last token back (as the corrector of thoughts in GTR does). Effort is the number of pairs that a
    solver combines, over all ways, for each solution that it finds.
    """

    id = "Points24-v0"
    domain = "games"
    max_level = len(_LEVELS) - 1

    def at_level(self, level: int) -> Points24Config:
        """Give more numbers, and from level 3 on fewer ways to the target."""
        names = ("count", "max_number", "target", "min_ways", "max_ways")
        return Points24Config.from_dict(dict(zip(names, _LEVELS[level], strict=True)))

    def generate(self, rng: Random, config: Points24Config) -> Draft:
        """Draw numbers until they make the target."""
        for _ in range(_MAX_DRAWS):
            numbers = [rng.randint(1, config.max_number) for _ in range(config.count)]
            target = config.target if config.target is not None else _draw_target(rng, numbers)
            num_pairs, num_solutions = _count([(number, 1) for number in numbers], target)
            if config.min_ways <= num_solutions <= config.max_ways:
                break
        else:
            raise GenerationError(
                f"{_MAX_DRAWS} draws with {config} have no such number of ways to the target"
            )
        values = [(Fraction(number), str(number)) for number in numbers]
        tokens = [*re.findall(r"\d+|\S", next(_combine(values, target)))[1:-1], "="]
        turns = 2 * len(tokens) + 2
        return Draft(
            prompt=_RULES.format(
                target=target,
                numbers=", ".join(map(str, numbers)),
                turns=turns,
                moves=len(tokens),
                instruction=TURN_INSTRUCTION,
            ),
            ground_truth={"numbers": numbers, "target": target, "turns": turns},
            canonical=[sorted(numbers), target],
            reference="\n".join(tokens),
            effort=num_pairs / num_solutions,
            metadata={"topic": "arithmetic", "num_tokens": len(tokens)},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with nothing written."""
        return {"turn": 0, "tokens": ()}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show what is written, and the numbers that are left."""
        left = _left(task.ground_truth["numbers"], state["tokens"])
        written = " ".join(state["tokens"]) or "nothing"
        turns = self.max_turns(task) - state["turn"]
        return (
            f"Written: {written}. Numbers left: {', '.join(map(str, left)) or 'none'}. Turns left: {turns}."
        )

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Write a token, take one back, or evaluate."""
        truth, turns, tokens = task.ground_truth, self.max_turns(task), tuple(state["tokens"])
        token = _read_token(action)
        if token not in _allowed(tokens, truth["numbers"]):
            why = "That token cannot stand here." if token else "That is no token."
            return refuse(state, why, turns=turns)
        if token == "=":
            value = evaluate(tokens)
            passed = value == truth["target"]
            told = f"{' '.join(tokens)} = {'undefined' if value is None else value}."
            after = {"turn": state["turn"] + 1, "tokens": tokens}
            return Transition(state=after, observation=told, reward=float(passed), done=True, passed=passed)
        after = {"turn": state["turn"] + 1, "tokens": tokens[:-1] if token == "undo" else (*tokens, token)}
        done = after["turn"] >= turns
        told = "No turns are left." if done else self.observe(task, after)
        return Transition(state=after, observation=told, done=done)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Write the next token of a completion, or take the last one back where there is none."""
        truth = task.ground_truth
        rest = complete(state["tokens"], truth["numbers"], truth["target"])
        return rest[0] if rest else "undo"

    def solve(self, task: Task) -> str | None:
        """Read the numbers, and ask the oracle, which goes from left to right and not by pairs."""
        target, listed = re.findall(
            r"exactly (-?\d+), with each of these numbers once: ([\d, ]+)\.", task.text
        )[0]
        tokens = complete([], [int(number) for number in listed.split(", ")], int(target))
        return "\n".join(tokens) if tokens else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short, gone on with, in one line, and with other operators."""
        tokens = (task.reference or "").splitlines()
        truth = task.ground_truth
        yield from ("\n".join(tokens[:-1]), "\n".join([*tokens, "="]), " ".join(tokens), str(truth["target"]))
        yield "\n".join([*tokens[:-1], "banana"])
        for at, token in enumerate(tokens):
            for other in _OPERATORS if token in _OPERATORS else ():
                changed = [*tokens[:at], other, *tokens[at + 1 :]]
                if evaluate(changed[:-1]) != truth["target"]:
                    yield "\n".join(changed)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other signs, with spaces, and with parentheses around it."""
        reference = task.reference or ""
        yield "\n\n".join(f"  {token} " for token in reference.splitlines())
        yield reference.replace("*", "\u00d7").replace("/", "\u00f7").replace("-", "\u2212")
        yield f"(\n{reference.removesuffix('=')})\n="

    def chance(self, config: Points24Config) -> float:
        """Measure the lists of tokens that succeed most often."""
        return blind_chance(self, config)


def evaluate(tokens: Sequence[str]) -> Fraction | None:
    """Return the value of a complete expression; None where it divides by zero.

    >>> evaluate(["(", "1", "+", "3", ")", "*", "6"])
    Fraction(24, 1)
    """
    stack: list[Level] = [(Fraction(0), Fraction(1), False)]
    for token in tokens:
        if (after := _push(stack, token)) is None:
            return None
        stack = after
    return stack[0][0] + stack[0][1]


def complete(written: Sequence[str], numbers: Sequence[int], target: int) -> list[str] | None:
    """Return tokens that complete what is written to the target, "=" last; None where nothing does.

    It searches with as few further parentheses as possible; what failed once is not tried again.
    """
    stack: list[Level] = [(Fraction(0), Fraction(1), False)]
    for token in written:
        if (after := _push(stack, token)) is None:
            return None
        stack = after
    left = tuple(_left(numbers, written))
    value_next = not written or written[-1] in f"({_OPERATORS}"
    for parentheses in range(max(1, len(left))):
        found = _search(tuple(stack), left, value_next, False, parentheses, target, set())
        if found is not None:
            return found
    return None


def _search(
    stack: tuple[Level, ...],
    left: tuple[int, ...],
    value_next: bool,
    bare: bool,
    parentheses: int,
    target: int,
    failed: set[Any],
) -> list[str] | None:
    """Search on; ``bare`` where a parenthesis was opened and no operator followed, so that none is closed."""
    state = (stack, left, value_next, bare, parentheses)
    if state in failed:
        return None
    if not value_next and not left and len(stack) == 1:
        return ["="] if stack[0][0] + stack[0][1] == target else None
    if value_next:
        tokens = [*map(str, dict.fromkeys(left)), *("(" if parentheses and len(left) > 1 else "")]
    else:
        tokens = [*(")" if len(stack) > 1 and not bare else ""), *(_OPERATORS if left else "")]
    for token in tokens:
        if (after := _push(list(stack), token)) is None:
            continue
        number = token.isdigit()
        rest = tuple(_left(left, (token,))) if number else left
        spent = parentheses - (token == "(")
        alone = token == "(" or (number and bare)
        found = _search(tuple(after), rest, not number and token != ")", alone, spent, target, failed)
        if found is not None:
            return [token, *found]
    failed.add(state)
    return None


def _push(stack: list[Level], token: str) -> list[Level] | None:
    """Read one token more; None where it divides by zero."""
    if token == "(":
        return [*stack, (Fraction(0), Fraction(1), False)]
    *below, (total, term, divides) = stack
    if token in ("+", "-"):
        return [*below, (total + term, Fraction(1 if token == "+" else -1), False)]
    if token in ("*", "/"):
        return [*below, (total, term, token == "/")]
    if token == ")":
        value = total + term
        *below, (total, term, divides) = below
    else:
        value = Fraction(int(token))
    if divides and not value:
        return None
    return [*below, (total, term / value if divides else term * value, False)]


def _combine(values: list[tuple[Fraction, str]], target: int) -> Iterator[str]:
    """Yield expressions of all the values that make the target."""
    if len(values) == 1:
        if values[0][0] == target:
            yield values[0][1]
        return
    for at, (one, left) in enumerate(values):
        for beside, (other, right) in enumerate(values):
            if at == beside:
                continue
            rest = [each for place, each in enumerate(values) if place not in (at, beside)]
            made = [(one - other, f"({left} - {right})")]
            if at < beside:
                made += [(one + other, f"({left} + {right})"), (one * other, f"({left} * {right})")]
            if other:
                made.append((one / other, f"({left} / {right})"))
            for each in made:
                yield from _combine([*rest, each], target)


def _count(values: list[tuple[int, int]], target: int) -> tuple[int, int]:
    """Return how many pairs are combined over all ways, and how many ways make the target.

    The values are numerators and denominators, not in lowest terms: quicker than fractions.
    """
    if len(values) == 1:
        return 0, int(values[0][0] == target * values[0][1])
    pairs = solutions = 0
    for at, (a, b) in enumerate(values):
        for beside, (c, d) in enumerate(values[at + 1 :], at + 1):
            rest = values[:at] + values[at + 1 : beside] + values[beside + 1 :]
            made = [(a * d + b * c, b * d), (a * c, b * d), (a * d - b * c, b * d), (b * c - a * d, b * d)]
            made += [(a * d, b * c)] * (c != 0) + [(b * c, a * d)] * (a != 0)
            for each in made:
                more = _count([*rest, each], target)
                pairs, solutions = pairs + 1 + more[0], solutions + more[1]
    return pairs, solutions


def _draw_target(rng: Random, numbers: Sequence[int]) -> int:
    """Draw a whole value that the numbers make; 0 where the drawn expression makes none."""
    tokens = [str(numbers[0])]
    for number in numbers[1:]:
        tokens = ["(", *tokens, rng.choice(_OPERATORS), str(number), ")"]
    value = evaluate(tokens)
    return int(value) if value is not None and value.denominator == 1 else 0


def _left(numbers: Iterable[int], tokens: Iterable[str]) -> list[int]:
    left = list(numbers)
    for token in filter(str.isdigit, tokens):
        left.remove(int(token))
    return left


def _allowed(tokens: Sequence[str], numbers: Sequence[int]) -> set[str]:
    """Return the tokens that can be written; "=" too is a token."""
    left = _left(numbers, tokens)
    undo, opened = {"undo"} if tokens else set(), tokens.count("(") - tokens.count(")")
    if not tokens or tokens[-1] in f"({_OPERATORS}":
        return undo | set(map(str, left)) | ({"("} if left and opened < len(numbers) else set())
    if opened:
        return undo | {")"} | (set(_OPERATORS) if left else set())
    return undo | (set(_OPERATORS) if left else {"="})


def _read_token(action: str) -> str:
    text = read_action(action) if action.strip() not in ("*", "-", "\u2212") else action.strip()
    text = _SPELLINGS.get(text, text).replace("\u2212", "-")
    return str(int(text)) if re.fullmatch(r"[0-9]{1,9}", text) else text
