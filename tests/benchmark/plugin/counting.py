"""Two families of a third party: files, resumes and tables are tried on them."""

import time
from dataclasses import dataclass
from random import Random
from typing import Literal

from reason import ANSWER_INSTRUCTION, Config, Draft, Family, Task, Verdict, register
from reason.verdict import Status


@dataclass(frozen=True, kw_only=True)
class SumConfig(Config):
    num_terms: int = 2
    mode: Literal["digits", "words"] = "digits"
    pause_ms: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(1 <= self.num_terms <= 1000, "num_terms", "1 to 1000")


class Sum(Family[SumConfig]):
    domain = "counting"
    components = ("distance",)

    def at_level(self, level: int) -> SumConfig:
        return SumConfig(num_terms=level + 2)

    def generate(self, rng: Random, config: SumConfig) -> Draft:
        time.sleep(config.pause_ms / 1000)
        terms = [rng.randrange(10**6) for _ in range(config.num_terms)]
        total = str(sum(terms))
        text = " + ".join(map(str, terms))
        return Draft(
            prompt=f"Σ → {text}\n{ANSWER_INSTRUCTION}",
            ground_truth={"total": total},
            reference=total,
            effort=config.num_terms,
            trace=({"id": 0, "depends_on": [], "text": text, "value": total},),
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        if answer == "break the checker":
            raise RuntimeError("as asked")
        if not (answer.isascii() and answer.isdigit() and len(answer) < 20):
            return Verdict.wrong("not a number", status=Status.PARSE_ERROR)
        if answer == task.ground_truth["total"]:
            return Verdict.right()
        near = abs(int(answer) - int(task.ground_truth["total"])) == 1
        return Verdict.wrong("another number", score=0.5 if near else 0.0)


@register
class Counting(Sum):
    """Add numbers up, at five levels."""

    id = "Counting-v0"
    max_level = 4
    licence = "CC0-1.0"


@register
class Endless(Sum):
    """Add numbers up, without end."""

    id = "Endless-v0"
