"""A family whose verifier does as it is told; other processes import this module by name."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from reason import Config, Draft, Family, Verdict, register


@dataclass(frozen=True, kw_only=True)
class ObedientConfig(Config):
    pass


@register
class Obedient(Family[ObedientConfig]):
    """Say done."""

    id = "Obedient-v0"
    domain = "tests"
    components = ("obeyed",)

    def at_level(self, level):
        return ObedientConfig()

    def generate(self, rng, config):
        number = rng.randrange(10**9)
        return Draft(prompt=f"Say done to {number}.", ground_truth={"number": number}, reference="done")

    def verify(self, task, answer):
        verb, _, path = answer.partition(" ")
        if verb == "process":
            time.sleep(0.05)
            return Verdict.wrong(str(os.getpid()))
        if verb == "end" or (verb == "end_once" and not Path(path).exists()):
            Path(path).touch()
            os._exit(3)
        if verb == "sleep":
            Path(path).write_text(str(os.getpid()))
            time.sleep(1000)
        if verb == "raise":
            raise RuntimeError("as told")
        return (
            Verdict.right(components={"obeyed": 0.1})
            if answer == "done" or verb == "end_once"
            else Verdict.wrong("no \ud800")
        )
