"""Counting arrangements, committees and distributions under restrictions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import comb, factorial, prod
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["RestrictedCounting", "RestrictedCountingConfig"]

RULES = {
    "no two letters {a} stand next to each other": "apart",
    "all letters {a} stand next to each other in one block": "together",
    "the first and the last letter are not {a}": "inside",
    "every {a} stands somewhere to the left of every {b}": "before",
}
ARRANGEMENT = (
    "In how many different ways can the letters {letters} be arranged in a row so that {rule}?",
    "How many words (with or without meaning) use exactly the letters {letters}, such that {rule}?",
)
COMMITTEE = (
    "A committee of {size} is chosen from {women} women and {men} men. It must have at least {low} and "
    "at most {high} women{pairs}. In how many ways can it be chosen?",
    "How many groups of {size} people can be formed from {women} women and {men} men with at least {low} "
    "and at most {high} women in the group{pairs}?",
)
DISTRIBUTION = (
    "In how many ways can {balls} identical balls be put into {boxes} different boxes so that each box "
    "holds at least {low} and at most {high} balls?",
    "How many solutions in integers does x_1 + ... + x_{boxes} = {balls} have if each x_i is at least {low} "
    "and at most {high}?",
)


@dataclass(frozen=True, kw_only=True)
class RestrictedCountingConfig(Config):
    """Knobs of what is counted."""

    size: int = 7
    """Letters of an arrangement, or about half of the people, or the average number of balls and boxes."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(5 <= self.size <= 40, "size", "5 to 40")


@register
class RestrictedCounting(ValueFamily[RestrictedCountingConfig]):
    """Count arrangements of letters, committees, or distributions of balls that keep to a rule.

    Multiset permutations, sums over cases, stars and bars with inclusion and exclusion (Stanley, Enumerative
    Combinatorics, volume 1, chapters 1 and 2). Effort is the schoolbook work of the formula.
    """

    id = "RestrictedCounting-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> RestrictedCountingConfig:
        """Take more letters, people and balls."""
        return RestrictedCountingConfig(size=min(6 + level, 40))

    def generate(self, rng: Random, config: RestrictedCountingConfig) -> Draft:
        """Draw one of three kinds of question."""
        working = Working()
        draw = rng.choice((_draw_arrangement, _draw_arrangement, _draw_committee, _draw_distribution))
        phrasings, fields, count = draw(rng, config.size, working)
        return self.draft(
            rng,
            phrasings=phrasings,
            fields=fields,
            truth={"what": draw.__name__.removeprefix("_draw_"), **fields},
            answer=str(count),
            working=working,
            topic="counting with restrictions",
        )

    def solve(self, task: Task) -> str | None:
        """Count by recursion over what is placed next, without any formula."""
        text = task.text.splitlines()[0]
        numbers = [int(number) for number in re.findall(r"(?<![_a-z])[0-9]+", text)]
        if "letters" in text:
            letters = (re.search(r"letters ((?:[A-Z], )+[A-Z])", text) or [""])[1].split(", ")
            rule = next(
                (name, match)
                for said, name in RULES.items()
                if (match := re.search(said.format(a="(?P<a>[A-Z])", b="(?P<b>[A-Z])"), text))
            )
            marked = rule[1].groupdict()
            return str(_recount(letters, rule[0], marked["a"], marked.get("b", "")))
        if "women" in text:
            size, women, men, low, high = numbers[:5]
            quarrel = "refuse" in text
            return str(_choose_one_by_one(size, women, men, low, high, quarrel))
        boxes = re.search(r"x_([0-9]+) =|([0-9]+) different boxes", text)
        box_count = int(boxes[1] or boxes[2]) if boxes else 0
        balls = numbers[0]
        low, high = numbers[-2:]
        ways = [1] + [0] * balls
        for _ in range(box_count):
            ways = [sum(ways[n - x] for x in range(low, min(high, n) + 1)) for n in range(balls + 1)]
        return str(ways[balls])

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, and counts without the rule."""
        truth, value = task.ground_truth, int(task.reference or 0)
        yield from (str(value + 1), str(value - 1), str(value * 2), f"{value}.5", f"-{value}")
        if truth["what"] == "arrangement":
            counts = Counter(truth["letters"].split(", "))
            yield str(_multinomial(list(counts.values())))
            yield str(factorial(sum(counts.values())))
        elif truth["what"] == "committee":
            yield str(comb(truth["women"] + truth["men"], truth["size"]))
        else:
            yield str(comb(truth["balls"] + truth["boxes"] - 1, truth["balls"]))


def _multinomial(counts: list[int]) -> int:
    return factorial(sum(counts)) // prod(map(factorial, counts))


def _factorial_work(n: int) -> float:
    return sum(multiplying(k, factorial(k - 1)) for k in range(2, n + 1))


def _draw_arrangement(
    rng: Random, size: int, working: Working
) -> tuple[tuple[str, ...], dict[str, str | int], int]:
    while True:
        kinds = rng.randint(3, min(7, size - 2))
        names = rng.sample("ABCDEFGHKLMNPRSTVW", kinds)
        counts = Counter(dict.fromkeys(names, 1))
        for _ in range(size - kinds):
            counts[rng.choice(names)] += 1
        said = rng.choice(tuple(RULES))
        rule = RULES[said]
        a, b = rng.sample(names, 2)
        many = counts[a]
        rest = size - many
        if (rule in ("apart", "together") and many == 1) or (rule == "apart" and many > rest + 1):
            continue
        if rule == "inside" and rest < 2:
            continue
        break
    others = [counts[name] for name in names if name != a]
    arranged = _multinomial(others)
    work = _factorial_work(rest) + sum(_factorial_work(count) for count in others)
    if rule == "apart":
        places = comb(rest + 1, many)
        text = f"The other letters have {arranged} orders; the letters {a} take {many} of {rest + 1} gaps"
    elif rule == "together":
        places = rest + 1
        text = f"The other letters have {arranged} orders; the block of {a} takes one of {places} gaps"
    elif rule == "inside":
        places = comb(size - 2, many)
        text = f"The letters {a} take {many} of {size - 2} inner places; the others have {arranged} orders"
    else:
        both = many + counts[b]
        others = [both, *(counts[name] for name in names if name not in (a, b))]
        arranged, places = _multinomial(others), 1
        text = f"With {a} and {b} as one kind of letter there are {arranged} orders, each in one way"
    work += _factorial_work(size) - _factorial_work(size - many)
    first = working.step(text, f"{arranged}, {places}", work=work)
    total = arranged * places
    working.step(f"{arranged} * {places} = {total}", total, first, work=multiplying(arranged, places))
    letters = ", ".join(sorted(counts.elements()))
    return ARRANGEMENT, {"letters": letters, "rule": said.format(a=a, b=b)}, total


def _draw_committee(
    rng: Random, size: int, working: Working
) -> tuple[tuple[str, ...], dict[str, str | int], int]:
    women, men = rng.randint(size - 1, size + 19), rng.randint(size - 1, size + 19)
    chosen = rng.randint(max(3, size // 2), size)
    low = rng.randint(1, max(1, chosen // 2 - 1))
    high = rng.randint(low + 1, min(chosen - 1, women)) if chosen - 1 > low else chosen - 1
    quarrel = rng.random() < 0.5
    total, names = 0, []
    for count in range(low, high + 1):
        ways = comb(women, count) * comb(men, chosen - count)
        work = multiplying(comb(women, count), comb(men, chosen - count))
        work += sum(multiplying(women, comb(women, k)) for k in range(count))
        work += sum(multiplying(men, comb(men, k)) for k in range(chosen - count))
        text = f"With {count} women: C({women}, {count}) * C({men}, {chosen - count}) = {ways}"
        if quarrel:
            both = comb(women - 1, count - 1) * comb(men - 1, chosen - count - 1) if chosen > count else 0
            ways -= both
            work += multiplying(both, 1) + adding(ways, both)
            text += f", less {both} with both of the two who refuse: {ways}"
        names.append(working.step(text, ways, work=work))
        total += ways
    working.step(f"Together {total}", total, *names, work=adding(total) * len(names))
    pairs = (
        ", and Ada (one of the women) and Ben (one of the men) refuse to serve together" if quarrel else ""
    )
    fields: dict[str, str | int] = {"size": chosen, "women": women, "men": men, "low": low, "high": high}
    return COMMITTEE, {**fields, "pairs": pairs}, total


def _draw_distribution(
    rng: Random, size: int, working: Working
) -> tuple[tuple[str, ...], dict[str, str | int], int]:
    boxes = rng.randint(3, max(5, size // 2 + 1))
    low, width = rng.randint(0, 9), rng.randint(3, 3 * size)
    balls = boxes * low + rng.randint(boxes, boxes * width - 2)
    free, total, names = balls - boxes * low, 0, []
    for over in range(boxes + 1):
        left = free - over * (width + 1)
        if left < 0:
            break
        ways = comb(boxes, over) * comb(left + boxes - 1, boxes - 1)
        work = multiplying(comb(boxes, over), ways) + sum(
            multiplying(left + boxes, comb(left + boxes, k)) for k in range(boxes)
        )
        sign = "-" if over % 2 else "+"
        text = f"{sign} C({boxes}, {over}) * C({left + boxes - 1}, {boxes - 1}) = {sign}{ways}"
        names.append(working.step(f"{over} boxes too full: {text}", ways, work=work))
        total += -ways if over % 2 else ways
    working.step(f"Together {total}", total, *names, work=adding(total) * len(names))
    return DISTRIBUTION, {"balls": balls, "boxes": boxes, "low": low, "high": low + width}, total


def _recount(letters: list[str], rule: str, a: str, b: str) -> int:
    """Count arrangements by placing one letter after the other."""
    counts = Counter(letters)
    names = tuple(sorted(counts))

    @cache
    def ways(left: tuple[int, ...], last: str) -> int:
        if not any(left):
            return int(not (rule == "inside" and last == a))
        state = dict(zip(names, left, strict=True))
        total = 0
        for at, name in enumerate(names):
            begun = 0 < state[a] < counts[a]
            if not left[at] or (rule == "apart" and name == last == a):
                continue
            if (rule == "together" and begun and last == a and name != a) or (
                rule == "inside" and name == a and not last
            ):
                continue
            if rule == "before" and name == b and state[a]:
                continue
            total += ways((*left[:at], left[at] - 1, *left[at + 1 :]), name)
        return total

    return ways(tuple(counts[name] for name in names), "")


def _choose_one_by_one(size: int, women: int, men: int, low: int, high: int, quarrel: bool) -> int:
    """Count committees by deciding person after person; the first woman and the first man are the two."""
    ways: dict[tuple[int, int, bool, bool], int] = {(0, 0, False, False): 1}
    for person in range(women + men):
        after = Counter(ways)
        for (in_women, in_men, ada, ben), count in ways.items():
            if person < women:
                after[in_women + 1, in_men, ada or person == 0, ben] += count
            else:
                after[in_women, in_men + 1, ada, ben or person == women] += count
        ways = dict(after)
    return sum(
        count
        for (w, m, ada, ben), count in ways.items()
        if w + m == size and low <= w <= high and not (quarrel and ada and ben)
    )
