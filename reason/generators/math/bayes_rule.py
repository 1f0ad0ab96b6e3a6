"""Posterior probabilities by the rule of Bayes, as exact fractions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import slips
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["BayesRule", "BayesRuleConfig"]

STORIES = (
    (
        "Boxes of parts are filled by {count} machines: {shares}. Independently of all other parts, {rates}. "
        "A box is chosen at random and parts from it are checked. Results so far: {seen}.",
        "{share}% of all boxes are filled by machine {name}",
        "a part from machine {name} is faulty with probability {rate}%",
        "What is the probability that the box was filled by machine {name}?",
        ("faulty", "sound"),
    ),
    (
        "Coins are of {count} kinds: {shares}. Independently of all other tosses, {rates}. "
        "A coin is chosen at random and tossed again and again. Results so far: {seen}.",
        "{share}% of all coins are of kind {name}",
        "a coin of kind {name} shows heads with probability {rate}%",
        "What is the probability that the coin is of kind {name}?",
        ("heads", "tails"),
    ),
    (
        "People belong to {count} groups: {shares}. Independently of all other tests, {rates}. "
        "A person is chosen at random and tested. Results so far: {seen}.",
        "{share}% of the people are in group {name}",
        "a test of a person of group {name} is positive with probability {rate}%",
        "What is the probability that the person is in group {name}?",
        ("positive", "negative"),
    ),
)
NEXT = "What is the probability that the next one is {hit}?"
FORM = "Give an exact fraction."


@dataclass(frozen=True, kw_only=True)
class BayesRuleConfig(Config):
    """Knobs of the question."""

    num_hypotheses: int = 3
    """Hypotheses with prior probabilities."""
    num_observations: int = 2
    """Independent observations."""
    step: int = 5
    """Percentages are multiples of it."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.num_hypotheses <= 8, "num_hypotheses", "2 to 8")
        self.require(1 <= self.num_observations <= 30, "num_observations", "1 to 30")
        self.require(self.step in (1, 2, 5), "step", "1, 2 or 5")


@register
class BayesRule(ValueFamily[BayesRuleConfig]):
    """Find a posterior or a predictive probability after independent observations, as an exact fraction.

    chapter 5). Effort is the schoolbook work of the joint probabilities.
    """

    id = "BayesRule-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> BayesRuleConfig:
        """Take more hypotheses and more observations in turn."""
        return BayesRuleConfig(
            num_hypotheses=min(2 + level // 2, 8),
            num_observations=min(1 + (level + 1) // 2, 30),
            step=1,
        )

    def generate(self, rng: Random, config: BayesRuleConfig) -> Draft:
        """Draw priors, rates, observations and what is asked."""
        size = 100 // config.step
        count = config.num_hypotheses
        cuts = sorted(rng.sample(range(1, size), count - 1))
        shares = [(b - a) * config.step for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
        rates = [rate * config.step for rate in rng.sample(range(1, size), count)]
        hits = rng.randint(0, config.num_observations)
        misses = config.num_observations - hits
        names = "ABCDEFGH"[:count]
        asked = rng.choice([*names, *names, "next"])
        story, share, rate, question, (hit, miss) = rng.choice(STORIES)
        working = Working()
        value = _posterior(shares, rates, hits, misses, asked, working)
        *most, last = [share.format(share=s, name=n) for n, s in zip(names, shares, strict=True)]
        *lower, lowest = [rate.format(rate=r, name=name) for name, r in zip(names, rates, strict=True)]
        seen = [f"{number} {outcome}" for number, outcome in ((hits, hit), (misses, miss)) if number]
        text = story.format(
            count=count,
            shares=f"{', '.join(most)} and {last}",
            rates=f"{', '.join(lower)} and {lowest}",
            seen=", ".join(seen),
        )
        asks = NEXT.format(hit=hit) if asked == "next" else question.format(name=asked)
        return self.draft(
            rng,
            phrasings=["{text} {asks} {form}"],
            fields={"text": text, "asks": asks, "form": FORM},
            truth={"shares": shares, "rates": rates, "hits": hits, "misses": misses, "asked": asked},
            answer=str(value),
            working=working,
            topic="probability",
        )

    def solve(self, task: Task) -> str | None:
        """Update the odds after each single observation, in fractions read from the text."""
        text = task.text
        beliefs = [
            Fraction(int(share), 100) for share in re.findall(r"([0-9]+)% (?:of all|of the people)", text)
        ]
        rates = [Fraction(int(rate), 100) for rate in re.findall(r"with probability ([0-9]+)%", text)]
        seen = re.findall(r"([0-9]+) (faulty|sound|heads|tails|positive|negative)", text)
        for number, outcome in seen:
            for _ in range(int(number)):
                for at, rate in enumerate(rates):
                    beliefs[at] *= rate if outcome in ("faulty", "heads", "positive") else 1 - rate
                total = sum(beliefs)
                beliefs = [belief / total for belief in beliefs]
        if "next one" in text:
            return str(sum(belief * rate for belief, rate in zip(beliefs, rates, strict=True)))
        name = re.search(r"(?:machine|kind|group) ([A-H])\?", text)
        return str(beliefs["ABCDEFGH".index(name[1])]) if name else None

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give, and the prior."""
        yield from slips(task.reference or "0")
        truth = task.ground_truth
        if truth["asked"] != "next":
            prior = Fraction(truth["shares"]["ABCDEFGH".index(truth["asked"])], 100)
            if prior != Fraction(truth["answer"]):
                yield str(prior)


def _posterior(
    shares: list[int], rates: list[int], hits: int, misses: int, asked: str, working: Working
) -> Fraction:
    joint, names = [], []
    for name, share, rate in zip("ABCDEFGH", shares, rates, strict=False):
        value = share * rate**hits * (100 - rate) ** misses
        work = 1.0
        for power in range(hits + misses):
            work += multiplying(rate, 100**power)
        text = f"{name}: {share} * {rate}^{hits} * {100 - rate}^{misses} = {value}"
        names.append(working.step(text, value, work=work + multiplying(share, value)))
        joint.append(value)
    total = sum(joint)
    all_of_it = working.step(f"Together {total}", total, *names, work=adding(*joint))
    if asked != "next":
        at = "ABCDEFGH".index(asked)
        value = Fraction(joint[at], total)
        text = f"{joint[at]}/{total} = {value}"
        working.step(text, value, all_of_it, names[at], work=multiplying(joint[at], total))
        return value
    weighted = sum(weight * rate for weight, rate in zip(joint, rates, strict=True))
    value = Fraction(weighted, 100 * total)
    work = sum(multiplying(weight, rate) for weight, rate in zip(joint, rates, strict=True))
    text = f"Weighted by what each gives next: {weighted}/{100 * total} = {value}"
    working.step(text, value, all_of_it, *names, work=work + multiplying(weighted, total))
    return value
