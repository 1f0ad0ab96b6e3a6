"""Drawing balls from urns, with and without putting them back, as exact fractions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, factorial
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import slips
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["UrnProbability", "UrnProbabilityConfig"]

COLOURS = ("red", "blue", "green", "yellow", "white", "black", "purple", "orange")
PHRASINGS = (
    "An urn holds {balls} balls. {draws} balls are drawn at random, {how}. {question}",
    "From a bag with {balls} balls someone draws {draws} balls at random, {how}. {question}",
)
WAYS = {False: "without putting any back", True: "one after the other, each put back before the next draw"}
QUESTIONS = {
    "exactly": "What is the probability that exactly {n} of the drawn balls are {a}?",
    "least": "What is the probability that at least {n} of the drawn balls are {a}?",
    "same": "What is the probability that all drawn balls have the same colour?",
    "every": "What is the probability that every colour is among the drawn balls?",
    "missing": "What is the probability that none of the drawn balls is {a} and at least one is {b}?",
    "colours": "What is the expected number of different colours among the drawn balls?",
}
State = tuple[int, bool, int, int]
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class UrnProbabilityConfig(Config):
    """Knobs of the urn."""

    num_colours: int = 3
    """Colours of balls."""
    max_balls: int = 9
    """Most balls of a colour."""
    num_draws: int = 3
    """Balls that are drawn, at least; two more at most."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.num_colours <= len(COLOURS), "num_colours", "2 to 8")
        self.require(4 <= self.max_balls <= 50, "max_balls", "4 to 50")
        self.require(2 <= self.num_draws <= 30, "num_draws", "2 to 30")


@register
class UrnProbability(ValueFamily[UrnProbabilityConfig]):
    """Find a probability or an expectation when balls are drawn from an urn, as an exact fraction.

    Hypergeometric and multinomial counts with inclusion and exclusion over colours (Feller, An Introduction
    to Probability Theory, volume 1, chapters 2 and 4). Effort is the schoolbook work of the counts.
    """

    id = "UrnProbability-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> UrnProbabilityConfig:
        """Take more colours, more balls and more draws."""
        return UrnProbabilityConfig(
            num_colours=min(3 + level // 3, len(COLOURS)),
            max_balls=min(9 + 2 * level, 50),
            num_draws=min(2 + level, 30),
        )

    def generate(self, rng: Random, config: UrnProbabilityConfig) -> Draft:
        """Draw urns until what is asked is neither certain nor impossible."""
        while True:
            names = rng.sample(COLOURS, config.num_colours)
            balls = {name: rng.randint(2, config.max_balls) for name in names}
            draws = min(config.num_draws + rng.randint(0, 2), sum(balls.values()) - 1)
            back = rng.random() < 0.4
            what = rng.choice(tuple(QUESTIONS))
            a, b = rng.sample(names, 2)
            n = rng.randint(1, min(draws, balls[a]))
            working = Working()
            value = _answer(balls, draws, back, what, (a, b, n), working)
            if value > 0 and value != 1:
                break
        *most, last = [f"{count} {name}" for name, count in balls.items()]
        question = QUESTIONS[what].format(a=a, b=b, n=n)
        return self.draft(
            rng,
            phrasings=[f"{text} {FORM}" for text in PHRASINGS],
            fields={
                "balls": f"{', '.join(most)} and {last}",
                "draws": draws,
                "how": WAYS[back],
                "question": question,
            },
            truth={"balls": balls, "draws": draws, "back": back, "what": what, "question": question},
            answer=str(value),
            working=working,
            topic="probability",
        )

    def solve(self, task: Task) -> str | None:
        """Give each colour its number of draws in turn, by generating functions."""
        head = task.text.partition(" balls." if "urn" in task.text else " balls some")[0]
        balls = {name: int(count) for count, name in re.findall(r"([0-9]+) ([a-z]+)", head)}
        draws = int((re.search(r"([0-9]+) balls (?:are drawn|at random)", task.text) or "00")[1])
        back = WAYS[True] in task.text
        question = "What is" + task.text.partition("What is")[2]
        what = next(name for name, said in QUESTIONS.items() if question.startswith(said.partition("{")[0]))
        number = re.search("[0-9]+", question)
        marked = [word for word in re.findall(r"[a-z]+", question) if word in balls]
        n = int(number[0]) if number else 0
        # A state: balls of the first marked colour, whether the second came, colours, balls so far.
        states: dict[State, Fraction] = {(0, False, 0, 0): Fraction(1)}
        for name, count in balls.items():
            after: defaultdict[State, Fraction] = defaultdict(Fraction)
            for (hits, second, colours, taken), ways in states.items():
                for k in range(draws - taken + 1 if back else min(count, draws - taken) + 1):
                    many = Fraction(count**k, factorial(k)) if back else Fraction(comb(count, k))
                    one = k if marked[:1] == [name] else 0
                    other = bool(k) and marked[1:] == [name]
                    after[hits + one, second or other, colours + bool(k), taken + k] += ways * many
            states = after
        done = {key: ways for key, ways in states.items() if key[3] == draws}
        total = sum(done.values())
        if what == "colours":
            return str(Fraction(sum(key[2] * ways for key, ways in done.items()), total))
        fits: Callable[[State], bool] = {
            "exactly": lambda key: key[0] == n,
            "least": lambda key: key[0] >= n,
            "same": lambda key: key[2] == 1,
            "every": lambda key: key[2] == len(balls),
            "missing": lambda key: key[0] == 0 and bool(key[1]),
        }[what]
        return str(Fraction(sum(ways for key, ways in done.items() if fits(key)), total))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give."""
        yield from slips(task.reference or "0")


def _ways(number: int, draws: int, back: bool) -> int:
    """Return in how many ways balls out of so many are drawn."""
    return number**draws if back else comb(number, draws)


def _work(number: int, draws: int) -> float:
    return sum(multiplying(number, number**power) for power in range(draws))


def _answer(
    balls: Mapping[str, int], draws: int, back: bool, what: str, marks: tuple[str, str, int], working: Working
) -> Fraction:
    a, b, n = marks
    total = sum(balls.values())
    everything = _ways(total, draws, back)
    first = working.step(
        f"{total} balls can be drawn in {everything} ways", everything, work=_work(total, draws)
    )
    found: list[tuple[str, int, float]] = []
    if what in ("exactly", "least"):
        for k in range(n, n + 1 if what == "exactly" else draws + 1):
            rest = total - balls[a]
            ways = _ways(balls[a], k, back) * _ways(rest, draws - k, back) * (comb(draws, k) if back else 1)
            found.append((f"With {k} {a} balls: {ways} ways", ways, _work(rest, draws)))
    elif what == "same":
        for name, count in balls.items():
            ways = _ways(count, draws, back)
            found.append((f"All {name}: {ways} ways", ways, _work(count, draws)))
    elif what == "missing":
        without, neither = total - balls[a], total - balls[a] - balls[b]
        for sign, number, said in ((1, without, a), (-1, neither, f"{a} or {b}")):
            ways = sign * _ways(number, draws, back)
            found.append((f"Without {said}: {abs(ways)} ways", ways, _work(number, draws)))
    elif what == "every":
        for order in range(len(balls) + 1):
            for left_out in combinations(balls, order):
                number = total - sum(balls[name] for name in left_out)
                ways = (-1) ** order * _ways(number, draws, back)
                drawn = f"Draws without {', '.join(left_out)}" if left_out else "All draws"
                said = f"{drawn}: {abs(ways)} ways"
                found.append(
                    (f"{said}, counted {'once' if ways >= 0 else 'against'}", ways, _work(number, draws))
                )
    else:
        for name, count in balls.items():
            ways = everything - _ways(total - count, draws, back)
            found.append((f"With {name} among them: {ways} ways", ways, _work(total - count, draws)))
    names = [working.step(text, ways, first, work=work) for text, ways, work in found]
    favourable = sum(ways for _, ways, _ in found)
    value = Fraction(favourable, everything)
    work = adding(favourable) * len(names) + multiplying(favourable, everything)
    working.step(f"{favourable}/{everything} = {value}", value, *names, work=work)
    return value
