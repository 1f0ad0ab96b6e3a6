"""Rules about switches: parts that "and", "or" or "xor" joins, with their truth tables and their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import Any, Literal

__all__ = [
    "CONNECTIVES",
    "Connective",
    "Rule",
    "all_rules",
    "read_rule",
    "spoken_rules",
    "truth_table",
    "write_rule",
]

Connective = Literal["and", "or", "xor"]
CONNECTIVES: tuple[Connective, ...] = ("and", "or", "xor")
Rule = tuple[Connective, tuple[int, ...]]
"""A connective and literals: 2 is the second switch on, -2 the second switch off."""


def truth_table(rule: Rule, num_switches: int) -> int:
    """Return for which settings a rule holds: bit n for the setting that spells n in binary."""
    size = 1 << num_switches
    everything = (1 << size) - 1
    connective, literals = rule
    table = everything if connective == "and" else 0
    for literal in literals:
        block = 1 << (num_switches - abs(literal))
        ones = ((1 << block) - 1) << block  # settings in which the switch is on come in blocks of this length
        column = sum(ones << start for start in range(0, size, 2 * block))
        if literal < 0:
            column = everything ^ column
        table = {"and": table & column, "or": table | column, "xor": table ^ column}[connective]
    return table


@lru_cache(maxsize=16)
def all_rules(num_switches: int, max_parts: int) -> tuple[Rule, ...]:
    """Return one rule of each different truth table, the shortest first."""
    found: dict[int, Rule] = {}
    for num_parts in range(1, max_parts + 1):
        for switches in combinations(range(1, num_switches + 1), num_parts):
            for signs in product((1, -1), repeat=num_parts):
                literals = tuple(sign * switch for sign, switch in zip(signs, switches, strict=True))
                for connective in CONNECTIVES:
                    rule = (connective, literals)
                    found.setdefault(truth_table(rule, num_switches), rule)
    return tuple(found.values())


def write_rule(rule: Rule, names: Sequence[str]) -> str:
    """Write a rule.

    >>> write_rule(("and", (1, -2)), ["roni", "bara"])
    'roni and not bara'
    """
    connective, literals = rule
    return f" {connective} ".join("not " * (each < 0) + names[abs(each) - 1] for each in literals)


def read_rule(words: Sequence[str], names: Sequence[str]) -> Rule | None:
    """Read literals that one connective joins; None where it is anything else."""
    literals, connectives, sign = [], set(), 1
    expected = "part"
    for word in words:
        if expected == "part" and word == "not" and sign == 1:
            sign = -1
        elif expected == "part" and word in names:
            literals.append(sign * (names.index(word) + 1))
            expected, sign = "connective", 1
        elif expected == "connective" and word in CONNECTIVES:
            connectives.add(word)
            expected = "part"
        else:
            return None
    if expected == "part" or len(connectives) > 1:
        return None
    return next(iter(connectives), "and"), tuple(literals)


def spoken_rules(
    names: Sequence[str], longest: int
) -> Iterator[tuple[str, Callable[[Mapping[str, bool]], bool]]]:
    """Yield each rule's text and a function that says whether it holds."""
    parts = [
        (text, name, wanted) for name in names for text, wanted in ((name, True), (f"not {name}", False))
    ]
    joins: dict[str, Callable[[list[bool]], bool]] = {
        "and": all,
        "or": any,
        "xor": lambda each: sum(each) % 2 == 1,
    }
    for count in range(1, longest + 1):
        for chosen in combinations(parts, count):
            if len({name for _, name, _ in chosen}) < count:
                continue
            for word, join in joins.items():

                def holds(on: Mapping[str, bool], chosen: Any = chosen, join: Any = join) -> bool:
                    return bool(join([on[name] == wanted for _, name, wanted in chosen]))

                yield f" {word} ".join(text for text, _, _ in chosen), holds
