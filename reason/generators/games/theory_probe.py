"""Theory probing: design experiments on a machine until its rule is known, then state the rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.pseudo_words import count_names, draw_names
from reason.generators.games.switch_rules import all_rules, read_rule, spoken_rules, truth_table, write_rule
from reason.generators.games.turns import Move, TextPlayer, TurnGame, count_turns
from reason.registry import register
from reason.seeding import stream
from reason.task import Task

__all__ = ["TheoryProbe", "TheoryProbeConfig"]

NAME_SYLLABLES = 2
MAX_SWITCHES = 10

_SIZES = ((2, 1), (2, 2), (3, 2), (4, 2), (5, 2), (5, 3), (6, 3), (7, 3), (8, 3), (9, 3), (10, 3))
"""Switches and longest rules of each level."""
_RULES = """\
A machine has {num_switches} switches, named in this order: {names}. Each is on (1) or off (0). Its lamp is \
lit exactly when a hidden rule holds. The rule has {parts}. A part is the name of a switch (it is on), or \
not and a name (it is off). A rule of several parts joins them all by the same word: and (all parts hold), \
or (at least one holds) or xor (an odd number of them holds). Find out the rule and state it, within {turns}.

Each turn you do one of two things. You test a setting of all switches in their order, as in \
"test {setting}", and I say whether the lamp is lit. Or you state the rule, as in "rule {example}", which \
ends the game: you win if your rule lights the lamp for exactly the same settings. Anything else costs a \
turn and tells you nothing.

An action is test and a setting; or rule and a rule. {instruction}"""


@dataclass(frozen=True, kw_only=True)
class TheoryProbeConfig(Config):
    """Knobs of the class of rules."""

    num_switches: int = 4
    """Switches of the machine."""
    max_parts: int = 2
    """Parts of the longest rule."""
    spare_turns: int = 2
    """Turns more than the reference player needs at worst."""

    def __post_init__(self) -> None:
        """Reject what cannot be enumerated."""
        super().__post_init__()
        self.require(1 <= self.num_switches <= MAX_SWITCHES, "num_switches", f"1 to {MAX_SWITCHES}")
        most = min(3, self.num_switches)
        self.require(1 <= self.max_parts <= most, "max_parts", f"1 to {most} (at most num_switches)")
        self.require(0 <= self.spare_turns <= 1_000, "spare_turns", "0 to 1000")


@register
class TheoryProbe(TurnGame[TheoryProbeConfig]):
    """Test a machine's switches to find the hidden rule that lights its lamp, then state the rule.

    The reference player tests the setting on which the rules that are still possible disagree most evenly.
    The turns granted are what that takes at worst, over all rules, and two spare ones. Effort is the number
    of rules that were possible before each turn, summed.
    """

    id = "TheoryProbe-v0"
    max_level = len(_SIZES) - 1

    def at_level(self, level: int) -> TheoryProbeConfig:
        """Add switches, and from level 5 on rules of three parts."""
        num_switches, max_parts = _SIZES[level]
        return TheoryProbeConfig(num_switches=num_switches, max_parts=max_parts)

    def generate(self, rng: Random, config: TheoryProbeConfig) -> Draft:
        """Draw names, and one of all different rules."""
        names = draw_names(rng, config.num_switches, num_syllables=NAME_SYLLABLES)
        rules = all_rules(config.num_switches, config.max_parts)
        num_turns = _worst_case(config.num_switches, config.max_parts) + 1 + config.spare_turns
        prompt = _RULES.format(
            num_switches=config.num_switches,
            names=", ".join(names),
            parts="1 part"
            if config.max_parts == 1
            else f"1 to {config.max_parts} parts about different switches",
            turns=count_turns(num_turns),
            setting="1" * (config.num_switches - 1) + "0",
            example=" and not ".join(names[: config.max_parts][:2]),
            instruction=TURN_INSTRUCTION,
        )
        truth = {
            "names": names,
            "max_parts": config.max_parts,
            "num_turns": num_turns,
            "secret": rules[rng.randrange(len(rules))],
        }
        draft = Draft(
            prompt=prompt,
            ground_truth=truth,
            reference=None,
            metadata={"topic": "theory probing", "possible_rules": len(rules)},
        )
        return self.rehearsed(
            draft, lambda game: float(sum(len(_possible(truth, each)) for each in game.states))
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with no test made and no rule stated."""
        return {"turn": 0, "history": (), "agreement": 0.0}

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the tests so far."""
        lines = [_told(setting, lit) for setting, lit in state["history"]]
        return "\n".join([*lines, f"{count_turns(self.max_turns(task) - state['turn'])} left."])

    def move(self, task: Task, state: Mapping[str, Any], action: str) -> Move:
        """Make a test or judge a rule."""
        names = task.ground_truth["names"]
        table = truth_table(task.ground_truth["secret"], len(names))
        words = action.replace(":", " ").split()
        if words[:1] == ["test"]:
            setting = re.sub("[ ,]", "", " ".join(words[1:]))
            if len(setting) == len(names) and set(setting) <= {"0", "1"}:
                lit = table >> int(setting, 2) & 1 == 1
                return Move(
                    told=_told(setting, lit), changes={"history": (*state["history"], (setting, lit))}
                )
            return Move(told=f"A setting is {len(names)} digits, each 0 or 1.", valid=False)
        rule = read_rule(words[1:], names) if words[:1] == ["rule"] else None
        if rule is None:
            return Move(told="That is neither a test nor a rule.", valid=False)
        different = (table ^ truth_table(rule, len(names))).bit_count()
        if not different:
            return Move(told="That is the rule.", passed=True)
        told = f"That is not the rule: it is wrong about {different} of {1 << len(names)} settings."
        return Move(told=told, changes={"agreement": 1 - different / (1 << len(names))}, lost=True)

    def progress(self, task: Task, state: Mapping[str, Any]) -> float:
        """Return how much more often than by chance a stated rule is right about a setting."""
        return float(2 * state["agreement"] - 1)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Make the test that parts the possible rules most evenly; state the last one."""
        truth = task.ground_truth
        num_switches = len(truth["names"])
        possible = _possible(truth, state)
        if len(possible) == 1:
            (index,) = possible.tolist()
            return f"rule {write_rule(all_rules(num_switches, truth['max_parts'])[index], truth['names'])}"
        lights = _lights(num_switches, truth["max_parts"])
        return f"test {_best_setting(lights[possible]):0{num_switches}b}"

    def text_player(self, prompt: str) -> TextPlayer:
        """Write out every rule's lamp for every setting, and test the best of a few random settings."""
        names = re.findall(r"[a-z]+", re.findall(r"in this order: ([a-z, ]+)\.", prompt)[0])
        longest = int(re.findall(r"The rule has (?:1 to )?([0-9]+) parts?", prompt)[0])
        settings = list(product((False, True), repeat=len(names)))
        lamps: dict[tuple[bool, ...], str] = {}
        for text, holds in spoken_rules(names, longest):
            lamps.setdefault(tuple(holds(dict(zip(names, each, strict=True))) for each in settings), text)
        rng = stream("theory probe", prompt)
        while len(lamps) > 1:
            tests = rng.sample(range(len(settings)), min(len(settings), 24)) + list(range(len(settings)))
            gaps = {test: abs(2 * sum(lamp[test] for lamp in lamps) - len(lamps)) for test in tests[:24]}
            test = min(gaps, key=gaps.__getitem__)
            if gaps[test] == len(lamps):
                test = next(test for test in tests if len({lamp[test] for lamp in lamps}) == 2)
            told = yield f"test {''.join(str(int(on)) for on in settings[test])}"
            lamps = {lamp: text for lamp, text in lamps.items() if lamp[test] == ("is lit" in told)}
        yield f"rule {next(iter(lamps.values()))}"

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield games that end with another rule, with two rules, or go on after the end."""
        *before, last = (task.reference or "").splitlines()
        names, secret = task.ground_truth["names"], task.ground_truth["secret"]
        table = truth_table(secret, len(names))
        rules = all_rules(len(names), task.ground_truth["max_parts"])
        others = [rule for rule in rules if truth_table(rule, len(names)) != table]
        for other in stream("near misses", task.task_id).sample(others, 2):
            yield "\n".join([*before, f"rule {write_rule(other, names)}"])
            yield "\n".join([*before, f"{last}, rule {write_rule(other, names)}"])
        for ends in (
            [],
            [last, last],
            [last.removeprefix("rule ")],
            [f"{last} and"],
            [f"rule not ({last[5:]})"],
        ):
            yield "\n".join([*before, *ends])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in capitals, with signs, and with other statements of the same rule."""
        yield from super().equivalents(task)
        actions = (task.reference or "").splitlines()
        yield "\n".join(actions).upper()
        for spelling in ("**{}**", "{}.", "`{}`"):
            yield "\n".join(spelling.format(action) for action in actions)
        yield "\n".join(re.sub(r"^(test|rule)", r"\1:", action) for action in actions)
        connective, literals = task.ground_truth["secret"]
        backwards = write_rule((connective, literals[::-1]), task.ground_truth["names"])
        yield "\n".join([*actions[:-1], f"rule {backwards}"])
        if connective != "xor":
            twice = write_rule((connective, literals * 2), task.ground_truth["names"])
            yield "\n".join([*actions[:-1], f"rule {twice}"])

    def chance(self, config: TheoryProbeConfig) -> float:
        """Bound the share of rules, over all names, that one statement can be: it must name a switch."""
        return min(1.0, config.num_switches / count_names(NAME_SYLLABLES))


@lru_cache(maxsize=16)
def _lights(num_switches: int, max_parts: int) -> NDArray[np.bool_]:
    """Return whether the lamp is lit: one rule a row, one setting a column."""
    size = 1 << num_switches
    tables = [truth_table(rule, num_switches) for rule in all_rules(num_switches, max_parts)]
    return np.array([[table >> setting & 1 for setting in range(size)] for table in tables], dtype=np.bool_)


@lru_cache(maxsize=16)
def _worst_case(num_switches: int, max_parts: int) -> int:
    """Return the tests that the reference player makes at worst."""

    def tests(lights: NDArray[np.bool_]) -> int:
        if len(lights) == 1:
            return 0
        lit = lights[:, _best_setting(lights)]
        return 1 + max(tests(lights[lit]), tests(lights[~lit]))

    return tests(_lights(num_switches, max_parts))


def _best_setting(lights: NDArray[np.bool_]) -> int:
    return int(np.abs(2 * lights.sum(axis=0) - len(lights)).argmin())


def _possible(truth: Mapping[str, Any], state: Mapping[str, Any]) -> NDArray[np.int64]:
    """Return the indices of the rules that fit all tests so far."""
    lights = _lights(len(truth["names"]), truth["max_parts"])
    fits = np.ones(len(lights), dtype=np.bool_)
    for setting, lit in state["history"]:
        fits &= lights[:, int(setting, 2)] == lit
    return np.flatnonzero(fits)


def _told(setting: str, lit: bool) -> str:
    return f"With {setting} the lamp {'is lit' if lit else 'stays dark'}."
