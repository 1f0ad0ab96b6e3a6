"""Word problems drawn from a graph of quantities, in several stories and languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Literal

from reason.family import ANSWER_INSTRUCTION, Config, Draft
from reason.generators.math.quantity_graph import Quantity, QuantityGraph, settle
from reason.generators.math.stories import LANGUAGES, STORIES, Language, Story
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.process import ProcessVerdict
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.extraction import extract_answer
from reason.verifiers.solution_steps import judge_steps

__all__ = ["WordProblem", "WordProblemConfig"]

SYMBOLS = {"more": "+", "fewer": "-", "times": "*", "part": "/", "sum": "+", "difference": "-", "total": "+"}
MAX_OPERATIONS, MAX_DISTRACTORS = 30, 19
"""Together they need 80 quantities at most, which is what a story has."""


@dataclass(frozen=True, kw_only=True)
class WordProblemConfig(Config):
    """Knobs of the story and of the graph behind it."""

    num_operations: int = 4
    """Operations that the answer needs."""
    num_distractors: int = 2
    """Facts that the answer does not need; some build on facts that it needs."""
    max_given: int = 20
    """Largest number in a fact."""
    max_value: int = 500
    """Value above which no quantity is made larger, where it can be helped."""
    language: Literal["en", "de", "es", "fr", "any"] = "en"
    """Language of the story (English, German, Spanish, French), or any of them."""
    show_steps: bool = True
    """Whether the question asks for steps that :func:`reason.verifiers.solution_steps.verify_steps` reads."""

    def __post_init__(self) -> None:
        """Reject what no story has room for."""
        super().__post_init__()
        self.require(1 <= self.num_operations <= MAX_OPERATIONS, "num_operations", f"1 to {MAX_OPERATIONS}")
        self.require(
            0 <= self.num_distractors <= MAX_DISTRACTORS, "num_distractors", f"0 to {MAX_DISTRACTORS}"
        )
        self.require(3 <= self.max_given <= 10_000, "max_given", "3 to 10000")
        self.require(10 <= self.max_value <= 10**9, "max_value", "10 to 1000000000")


@register
class WordProblem(ValueFamily[WordProblemConfig]):
    """Answer a word problem whose quantities hang together as a graph of operations.

    After iGSM (Ye et al., "Physics of Language Models: Part 2.1", 2024) and GSM-Infinite (Zhou et al., 2025):
    the number of operations is the level, facts that are not needed stand among the others, and the trace
    holds every needed step by name, operation, parents and value, so that a worked solution can be judged
    step by step. Effort is the schoolbook work of the needed operations, and one for each fact that is read.
    """

    id = "WordProblem-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> WordProblemConfig:
        """Add an operation a level; facts to pass over and larger numbers come with them."""
        return WordProblemConfig(
            num_operations=min(1 + level, MAX_OPERATIONS),
            num_distractors=min((1 + level) // 2, MAX_DISTRACTORS),
            max_given=min(20 + 5 * level, 10_000),
            max_value=min(100 * (1 + level), 10**9),
        )

    def generate(self, rng: Random, config: WordProblemConfig) -> Draft:
        """Draw the graph, add facts that are not needed, and tell all of it in any order."""
        graph = QuantityGraph(rng, max_given=config.max_given, max_value=config.max_value)
        asked = graph.draw(config.num_operations)
        needed = graph.needed(asked)
        for _ in range(config.num_distractors):
            parents = tuple(rng.sample(graph.nodes, min(len(graph.nodes), rng.choice((0, 1, 1, 2)))))
            graph.add(parents) if parents else graph.add_given()
        code = rng.choice(tuple(LANGUAGES)) if config.language == "any" else config.language
        story, language = rng.choice(STORIES), LANGUAGES[code]
        phrases = rng.sample(_phrases(story, code), len(graph.nodes))
        told = [_tell(rng, language, node, phrases) for node in graph.nodes]
        rng.shuffle(told)
        name = phrases[asked.key]
        working = _work_out(needed, phrases)
        working.work += len(told)
        facts = {
            phrases[n.key]: [n.operation, n.number, [phrases[p] for p in n.parents]] for n in graph.nodes
        }
        question = " ".join([*told, rng.choice(language.question).format(a=name)])
        draft = self.draft(
            rng,
            phrasings=["{question}\n{form}" if config.show_steps else "{question}"],
            fields={"question": question, "form": language.form},
            truth={"facts": facts, "asked": name},
            answer=str(asked.value),
            working=working,
            topic="word problems",
        )
        return replace(draft, metadata={**draft.metadata, "language": code})

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the number; what was asked for may stand behind it."""
        name = task.ground_truth["asked"]
        text = answer if len(answer) > 1_000 else answer.strip().rstrip(".")
        for unit in (name, *_items(name)):
            if text.casefold().endswith(f" {unit}".casefold()):
                text = text[: -len(unit)].rstrip()
                break
        return super().verify(task, text if text else answer)

    def verify_steps(self, task: Task, text: str) -> ProcessVerdict:
        """Compare each step with the trace, as the question asks for steps to be written."""
        return judge_steps(task.trace, text, extract_answer(text).answer)

    def solve(self, task: Task) -> str | None:
        """Read the sentences back and sweep over them until the asked quantity is known."""
        text = task.text.removesuffix(ANSWER_INSTRUCTION).splitlines()[0]
        for code, language in LANGUAGES.items():
            for story in STORIES:
                facts, asked = _read(text, story, code, language)
                if asked is not None:
                    return str(settle(facts)[asked])
        return None

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, and the values of other quantities."""
        answer = int(task.reference or 0)
        facts = {
            name: (op, n, tuple(parents)) for name, (op, n, parents) in task.ground_truth["facts"].items()
        }
        values = sorted({*settle(facts).values(), answer + 1, answer - 1, answer * 10} - {answer})
        yield from map(str, values)
        yield f"{answer}.5"

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the number with what is counted behind it."""
        yield from super().equivalents(task)
        name = task.ground_truth["asked"]
        yield from (f"{task.reference} {name}.", f"{task.reference} {_items(name)[0]}", f"{task.reference}.")


def _phrases(story: Story, code: str) -> list[str]:
    places = [story.places[code].format(name) for name in story.names]
    return [f"{item} {place}" for item in story.items[code] for place in places]


@lru_cache(maxsize=1)
def _all_items() -> tuple[str, ...]:
    items = {item for story in STORIES for each in story.items.values() for item in each}
    return tuple(sorted(items, key=lambda item: (-len(item), item)))


def _items(name: str) -> list[str]:
    """Return what a quantity counts, by its name."""
    return [item for item in _all_items() if name.startswith(f"{item} ")]


def _tell(rng: Random, language: Language, node: Quantity, phrases: Sequence[str]) -> str:
    names = dict(zip("bcd", (phrases[parent] for parent in node.parents), strict=False))
    part = language.parts.get(node.number or 0, "")
    template = rng.choice(language.facts[node.operation])
    return template.format(a=phrases[node.key], n=node.number, part=part, **names)


def _work_out(needed: Sequence[Quantity], phrases: Sequence[str]) -> Working:
    """Write the steps in the form that the question asks for, with what a checker needs beside them."""
    working = Working()
    labels: dict[int, str] = {}
    values: dict[int, int] = {}
    for node in needed:
        label = f"s{len(working.steps) + 1}"
        symbol = SYMBOLS.get(node.operation, "")
        number = [] if node.number is None or symbol == "" else [str(node.number)]
        forms = [
            f" {symbol} ".join([*(labels[parent] for parent in node.parents), *number]),
            f" {symbol} ".join([*(str(values[parent]) for parent in node.parents), *number]),
            str(node.value),
        ]
        shown = " = ".join([phrases[node.key], *(form for form in forms if form)])
        operands = [values[parent] for parent in node.parents] + [int(each) for each in number]
        if symbol in ("*", "/"):
            work = multiplying(operands[0], operands[1])
        else:
            work = adding(*operands) if operands else 1.0
        after = [labels[parent] for parent in node.parents]
        labels[node.key] = working.step(f"{label}: {shown}", node.value, *after, work=work)
        values[node.key] = node.value
        working.steps[-1] |= {
            "name": phrases[node.key],
            "operation": node.operation,
            "parents": [phrases[parent] for parent in node.parents],
        }
    return working


@lru_cache(maxsize=16)
def _patterns(place: str, code: str) -> tuple[list[tuple[str, re.Pattern[str]]], list[re.Pattern[str]]]:
    """Return the sentences of a story as patterns, by operation, and its questions."""
    story = next(story for story in STORIES if story.places[code] == place)
    language = LANGUAGES[code]
    phrase = "|".join(map(re.escape, _phrases(story, code)))
    slots = {name: f"(?P<{name}>{phrase})" for name in "abcd"}
    slots |= {"n": "(?P<n>[0-9]+)", "part": f"(?P<part>{'|'.join(language.parts.values())})"}

    def compiled(template: str) -> re.Pattern[str]:
        pieces = re.split(r"\{(\w+)\}", template)
        return re.compile("".join(slots[p] if at % 2 else re.escape(p) for at, p in enumerate(pieces)))

    facts = [(operation, compiled(each)) for operation, ways in language.facts.items() for each in ways]
    return facts, [compiled(each) for each in language.question]


def _read(
    text: str, story: Story, code: str, language: Language
) -> tuple[Mapping[str, tuple[str, int | None, tuple[str, ...]]], str | None]:
    if not any(phrase in text for phrase in _phrases(story, code)):
        return {}, None
    facts: dict[str, tuple[str, int | None, tuple[str, ...]]] = {}
    told, questions = _patterns(story.places[code], code)
    for sentence in re.split(r"(?<=\.) ", text):
        for operation, pattern in told:
            if match := pattern.fullmatch(sentence):
                found = match.groupdict()
                number = next((n for n, part in language.parts.items() if part == found.get("part")), None)
                number = int(found["n"]) if found.get("n") else number
                facts[found["a"]] = (operation, number, tuple(found[k] for k in "bcd" if found.get(k)))
                break
        for pattern in questions:
            if match := pattern.fullmatch(sentence):
                return facts, match["a"]
    return facts, None
