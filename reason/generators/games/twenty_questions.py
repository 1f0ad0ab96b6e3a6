"""Twenty questions: find a hidden creature of a table by asking for its attributes."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.pseudo_words import count_names, draw_names
from reason.generators.games.turns import Move, TextPlayer, TurnGame, count_turns
from reason.registry import register
from reason.seeding import stream
from reason.task import Task

__all__ = ["TwentyQuestions", "TwentyQuestionsConfig"]

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "colour": ("red", "green", "blue", "yellow", "white", "black"),
    "size": ("tiny", "small", "medium", "large", "huge", "giant"),
    "diet": ("seeds", "leaves", "fruit", "insects", "fish", "roots"),
    "habitat": ("forest", "desert", "river", "cave", "meadow", "mountain"),
    "skin": ("fur", "feathers", "scales", "spines", "shell", "leather"),
    "sound": ("whistle", "growl", "hum", "click", "roar", "silence"),
    "temper": ("shy", "curious", "fierce", "calm", "playful", "grumpy"),
    "speed": ("still", "slow", "steady", "brisk", "fast", "lightning"),
    "sleep": ("dawn", "morning", "noon", "afternoon", "dusk", "night"),
    "nest": ("burrow", "tree", "rock", "reed", "sand", "moss"),
}
NAME_SYLLABLES = 3
MAX_ITEMS = 1_000

_RULES = """\
I have chosen one of these {num_items} creatures:
{table}
Find out which, within {turns}.

Each turn you do one of two things. You ask whether the creature has one value of one attribute, as in \
"ask {attribute} {value}", and I answer yes or no. Or you name a creature, as in "guess {name}": if it is \
the one, you win, and if not, the game goes on. Anything else costs a turn and tells you nothing.

An action is ask, an attribute and a value; or guess and a name. {instruction}"""
_ROW = re.compile(r"^- ([a-z]+): (.+)$", re.MULTILINE)


class Question(NamedTuple):
    """Whether a creature has a value, and the set of those that have, as bits."""

    attribute: str
    value: str
    items: int


@dataclass(frozen=True, kw_only=True)
class TwentyQuestionsConfig(Config):
    """Knobs of a table."""

    num_items: int = 16
    """Creatures in the table."""
    num_attributes: int = 4
    """Attributes of each."""
    num_values: int = 4
    """Values that an attribute can have."""
    spare_turns: int = 1
    """Turns more than the reference player needs at worst."""

    def __post_init__(self) -> None:
        """Reject tables whose rows cannot all be different."""
        super().__post_init__()
        self.require(1 <= self.num_attributes <= len(ATTRIBUTES), "num_attributes", f"1 to {len(ATTRIBUTES)}")
        self.require(2 <= self.num_values <= 6, "num_values", "2 to 6")
        most = min(MAX_ITEMS, (self.num_values**self.num_attributes + 1) // 2)
        self.require(2 <= self.num_items <= most, "num_items", f"2 to {most} (half of all different rows)")
        self.require(0 <= self.spare_turns <= 1_000, "spare_turns", "0 to 1000")


@register
class TwentyQuestions(TurnGame[TwentyQuestionsConfig]):
    """Find a hidden creature of a table with yes-or-no questions about its attributes.

    The reference player asks the question that parts what is left most evenly. The turns granted are what
    that takes at worst, over all creatures of the table, and a spare one. Effort is the number of creatures
    that were possible before each turn, summed.
    """

    id = "TwentyQuestions-v0"
    max_level = 60

    def at_level(self, level: int) -> TwentyQuestionsConfig:
        """Add four creatures a level, and attributes and values in time."""
        return TwentyQuestionsConfig(
            num_items=4 + 4 * level, num_attributes=min(3 + level // 2, 10), num_values=min(3 + level // 4, 6)
        )

    def generate(self, rng: Random, config: TwentyQuestionsConfig) -> Draft:
        """Draw attributes, different rows and names, and hide a creature."""
        values = {
            name: rng.sample(ATTRIBUTES[name], config.num_values) for name in _draw_attributes(rng, config)
        }
        rows: dict[tuple[str, ...], None] = {}
        while len(rows) < config.num_items:
            rows[tuple(rng.choice(choices) for choices in values.values())] = None
        names = draw_names(rng, config.num_items, num_syllables=NAME_SYLLABLES)
        public = {"names": names, "attributes": list(values), "rows": [list(row) for row in rows]}
        num_turns = _worst_case((1 << len(names)) - 1, _questions(public)) + config.spare_turns
        table = "\n".join(
            f"- {name}: {', '.join(f'{key} {value}' for key, value in zip(values, row, strict=True))}"
            for name, row in zip(names, rows, strict=True)
        )
        attribute, choices = next(iter(values.items()))
        prompt = _RULES.format(
            num_items=config.num_items,
            table=table,
            turns=count_turns(num_turns),
            attribute=attribute,
            value=choices[0],
            name=names[0],
            instruction=TURN_INSTRUCTION,
        )
        truth = {**public, "num_turns": num_turns, "secret": rng.randrange(len(names))}
        draft = Draft(
            prompt=prompt,
            ground_truth=truth,
            reference=None,
            canonical=sorted(map(list, rows)),
            metadata={"topic": "twenty questions", "num_items": config.num_items},
        )
        return self.rehearsed(
            draft, lambda game: float(sum(_possible(truth, state).bit_count() for state in game.states))
        )

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the questions so far and their answers."""
        lines = [_told(*entry) for entry in state["history"]]
        return "\n".join([*lines, f"{count_turns(self.max_turns(task) - state['turn'])} left."])

    def move(self, task: Task, state: Mapping[str, Any], action: str) -> Move:
        """Answer a question or judge a guess."""
        truth = task.ground_truth
        secret = truth["secret"]
        match re.sub(r"[:=?,]", " ", action).split():
            case ["ask", attribute, value] if attribute in truth["attributes"] and value in _values(
                attribute
            ):
                holds = truth["rows"][secret][truth["attributes"].index(attribute)] == value
                entry = ("ask", attribute, value, holds)
            case ["guess", name] if name in truth["names"]:
                holds = truth["names"][secret] == name
                entry = ("guess", name, "", holds)
            case _:
                return Move(told="That is neither a question of the table nor a name in it.", valid=False)
        changes = {"history": (*state["history"], entry)}
        return Move(told=_told(*entry), changes=changes, passed=holds and entry[0] == "guess")

    def progress(self, task: Task, state: Mapping[str, Any]) -> float:
        """Return the share of the bits of the choice that the answers gave."""
        left = _possible(task.ground_truth, state).bit_count()
        return 1 - math.log(left) / math.log(len(task.ground_truth["names"]))

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Ask what parts the possible creatures most evenly; name the last one."""
        truth = task.ground_truth
        possible = _possible(truth, state)
        if possible.bit_count() == 1:
            return f"guess {truth['names'][possible.bit_length() - 1]}"
        question = _most_even(possible, _questions(truth))
        return f"ask {question.attribute} {question.value}"

    def text_player(self, prompt: str) -> TextPlayer:
        """Read the table as sets of cells; among the cells that part it best ask for any."""
        creatures = {name: set(cells.split(", ")) for name, cells in _ROW.findall(prompt)}
        rng = stream("twenty questions", prompt)
        while len(creatures) > 1:
            count = Counter(cell for row in creatures.values() for cell in row)
            cells, total = sorted(count), len(creatures)
            rng.shuffle(cells)
            cell = min(cells, key=lambda cell: abs(2 * count[cell] - total))
            holds = (yield f"ask {cell}").partition("\n")[0].endswith("yes.")
            creatures = {name: row for name, row in creatures.items() if (cell in row) == holds}
        yield f"guess {next(iter(creatures))}"

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield games that end with another creature, with two, with a question, or go on after the end."""
        *before, last = (task.reference or "").splitlines()
        truth = task.ground_truth
        others = [name for name in truth["names"] if name not in last]
        other = stream("near misses", task.task_id).choice(others)
        for ends in ([], [f"guess {other}"], [f"{last} {other}"], [f"{last} or {other}"], [last, last]):
            yield "\n".join([*before, *ends])
        yield "\n".join([*before, last.removeprefix("guess ")])
        yield "\n".join([*before, last[:-1]])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in capitals and with signs as people put them."""
        yield from super().equivalents(task)
        actions = (task.reference or "").splitlines()
        yield "\n".join(actions).upper()
        for spelling in ("{}?", "**{}**", "{}."):
            yield "\n".join(spelling.format(action) for action in actions)
        yield "\n".join(re.sub(r"^ask (\w+) ", r"ask \1 = ", action) for action in actions)
        yield "\n".join(re.sub(r"^(ask \w+|guess) ", r"\1: ", action) for action in actions)

    def chance(self, config: TwentyQuestionsConfig) -> float:
        """Bound the share of all names that a list of guesses can name: turns are fewer than creatures."""
        return min(1.0, (config.num_items + config.spare_turns) / count_names(NAME_SYLLABLES))


def _draw_attributes(rng: Random, config: TwentyQuestionsConfig) -> list[str]:
    return rng.sample(sorted(ATTRIBUTES), config.num_attributes)


def _values(attribute: str) -> tuple[str, ...]:
    return ATTRIBUTES[attribute]


def _told(kind: str, subject: str, value: str, holds: bool) -> str:
    if kind == "guess":
        return f"Is it {subject}? {'Yes, you win.' if holds else 'no.'}"
    return f"Is its {subject} {value}? {'yes' if holds else 'no'}."


def _questions(truth: Mapping[str, Any]) -> list[Question]:
    """Return every question whose answer the table does not fix, in the table's order."""
    found: dict[tuple[str, str], int] = {}
    for item, row in enumerate(truth["rows"]):
        for cell in zip(truth["attributes"], row, strict=True):
            found[cell] = found.get(cell, 0) | 1 << item
    return [Question(*cell, items) for cell, items in found.items()]


def _possible(truth: Mapping[str, Any], state: Mapping[str, Any]) -> int:
    """Return the creatures that fit all answers so far, as bits."""
    questions = {question[:2]: question.items for question in _questions(truth)}
    possible = (1 << len(truth["names"])) - 1
    for kind, subject, value, holds in state["history"]:
        items = 1 << truth["names"].index(subject) if kind == "guess" else questions.get((subject, value), 0)
        possible &= items if holds else ~items
    return possible


def _most_even(possible: int, questions: list[Question]) -> Question:
    total = possible.bit_count()
    return min(questions, key=lambda question: abs(2 * (possible & question.items).bit_count() - total))


def _worst_case(possible: int, questions: list[Question]) -> int:
    """Return the turns that the reference player needs at worst, the final guess included."""
    if possible.bit_count() == 1:
        return 1
    items = _most_even(possible, questions).items
    return 1 + max(_worst_case(possible & items, questions), _worst_case(possible & ~items, questions))
