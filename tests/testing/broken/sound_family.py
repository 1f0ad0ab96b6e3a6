"""A small family that keeps every rule; its neighbours break one each."""

from dataclasses import dataclass
from random import Random

from reason import ANSWER_INSTRUCTION, Config, Draft, Family, Task, Verdict, register
from reason.verdict import Status
from reason.verifiers.spelling import plain


@dataclass(frozen=True, kw_only=True)
class SumConfig(Config):
    """Knobs of a sum."""

    num_terms: int = 2
    """Numbers to add."""
    steps: tuple[int, ...] = ()
    """Not used: a knob that holds a list."""


@register
class Sum(Family[SumConfig]):
    """Add numbers of four digits."""

    id = "KitSum-v0"
    domain = "arithmetic"
    components = ("closeness",)

    def at_level(self, level: int) -> SumConfig:
        return SumConfig(num_terms=level + 2)

    def generate(self, rng: Random, config: SumConfig) -> Draft:
        return self.draft([rng.randrange(1000, 10_000) for _ in range(config.num_terms)])

    def draft(self, terms: list[int]) -> Draft:
        return Draft(
            prompt=f"What is {' + '.join(map(str, terms))}?\n{ANSWER_INSTRUCTION}",
            ground_truth={"total": sum(terms)},
            reference=str(sum(terms)),
            effort=float(len(terms)),
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        return self.judge(task.ground_truth["total"], answer)

    def judge(self, total: int, answer: str) -> Verdict:
        digits = plain(answer)
        if len(digits) > 20 or not (digits.isascii() and digits.removeprefix("-").isdigit()):
            return Verdict.wrong("not a number", status=Status.PARSE_ERROR)
        distance = abs(int(digits) - total)
        components = {"closeness": 1 / (1 + distance)}
        if distance:
            return Verdict.wrong("another sum", components=components)
        return Verdict.right(components=components)

    def solve(self, task: Task) -> str | None:
        question = task.text.partition("?")[0].removeprefix("What is ")
        columns = zip(*(map(int, term) for term in question.split(" + ")), strict=True)
        total = 0
        for column in columns:
            total = 10 * total + sum(column)
        return str(total)

    def near_misses(self, task: Task) -> list[str]:
        total = task.ground_truth["total"]
        return [str(total + 1), str(-total), f"{total}0", f"{total}.5"]

    def equivalents(self, task: Task) -> list[str]:
        total = task.ground_truth["total"]
        return [f"${total}$", f"**{total}**."]

    def chance(self, config: SumConfig) -> float:
        return 1 / 9000
