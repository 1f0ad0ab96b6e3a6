"""Search: questions on a fictional encyclopedia, answered by looking things up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Any, Literal

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.registry import register
from reason.search.questions import KINDS_OF_QUESTION, MAX_HOPS, UNANSWERABLE, Question, draw_question
from reason.search.reading import Reader
from reason.search.schemas import DRAFT, OPEN_PAGE, SEARCH, function_schema
from reason.search.world import WorldSettings, open_world
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.short_answer import exact_match, is_refusal, token_f1

__all__ = [
    "RULES",
    "Search",
    "SearchConfig",
    "draft_question",
    "draw_world",
    "judge",
    "reader_of",
    "worlds_of",
]

MAX_EDITIONS = 1_000
LITERAL_CHANCE = 0.02
"""The most that one year or name may be drawn more often than others."""

TOOLS = {
    "search_r1": (SEARCH,),
    "reseek": (SEARCH,),
    "arena": (SEARCH,),
    "route_rag": (SEARCH,),
    "web_thinker": (SEARCH, OPEN_PAGE, DRAFT),
}
"""What a protocol has; the others can search and open pages."""

RULES = """\
The pages to search are edition {edition} of the encyclopedia of a made-up world, with articles on \
{num_pages} things that you cannot know: look them up. A few pages are out of date, and some repeat rumours \
about other things. What a thing's own page says counts, and of two pages with one title the one that was \
revised last. Where the pages do not tell, the answer is "{unanswerable}"."""
OWN_RULES = """\
The pages to search may tell what you do not know: look it up. Where they do not tell, say so."""
_PROMPT = """\
Answer a question with the help of a search.

{rules}

Question: {question}

Answer with the name or the number alone. {instruction}"""
_EDITION = re.compile(
    r"edition ([0-9]{1,16}) of the encyclopedia of a made-up world, with articles on ([0-9]{1,7}) "
)
_QUESTION = re.compile(r"^Question: (.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class SearchConfig(Config):
    """Knobs of a question and of the world that it is about."""

    num_hops: int = 2
    """Facts that must be combined."""
    kind: Literal[
        "mixed", "bridge", "comparison", "intersection", "temporal", "aggregation", "unanswerable"
    ] = "mixed"
    """What is asked; mixed draws one of those that have so many hops."""
    unanswerable: float = 0.1
    """Share of mixed questions whose answer no page tells."""
    protocol: Literal["search_r1", "reseek", "arena", "route_rag", "web_thinker", "hermes", "openai"] = (
        "search_r1"
    )
    """The dialect of the calls; the last three can also open pages, web_thinker also draft a report."""
    editions: int = 8
    """How many worlds there are, with the seeds from 0."""
    num_pages: int = 3_000
    """Things in a world, each with a page."""
    outdated: float = 0.08
    """Share of the things with a second, outdated page."""
    contradictions: float = 0.08
    """Share of the things of which another page says something false."""

    def __post_init__(self) -> None:
        """Reject questions and worlds that cannot be."""
        super().__post_init__()
        least = 1 if self.kind in ("mixed", "bridge", "unanswerable") else 2
        self.require(least <= self.num_hops <= MAX_HOPS, "num_hops", f"{least} to {MAX_HOPS}")
        self.require(0.0 <= self.unanswerable <= 0.5, "unanswerable", "0 to 0.5")
        self.require(1 <= self.editions <= MAX_EDITIONS, "editions", f"1 to {MAX_EDITIONS}")
        worlds_of(self, seed=0)


def worlds_of(config: Any, *, seed: int) -> WorldSettings:
    """Return the settings of one edition."""
    return WorldSettings(
        seed=seed, num_pages=config.num_pages, outdated=config.outdated, contradictions=config.contradictions
    )


def draw_world(rng: Random, config: Any) -> WorldSettings:
    """Draw an edition."""
    return worlds_of(config, seed=rng.randrange(config.editions))


@register
class Search(Family[SearchConfig]):
    """Answer a question of one to six hops from the pages of a fictional encyclopedia.

    Effort is the number of pages that the answer rests on.
    """

    id = "Search-v0"
    domain = "search"
    default_level = 2
    max_level = MAX_HOPS - 1
    components = ("exact_match", "f1")

    def at_level(self, level: int) -> SearchConfig:
        """Ask for one hop more a level."""
        return SearchConfig(num_hops=level + 1)

    def generate(self, rng: Random, config: SearchConfig) -> Draft:
        """Draw an edition and a question on it that has one answer there."""
        settings = draw_world(rng, config)
        question = draw_question(
            rng, open_world(settings), kind=_draw_kind(rng, config), num_hops=config.num_hops
        )
        return Draft(
            prompt=_PROMPT.format(
                rules=write_rules(settings), question=question.text, instruction=ANSWER_INSTRUCTION
            ),
            ground_truth={
                "answers": question.answers,
                "rivals": question.rivals[:6],
                "pages": question.pages,
                "world": settings.to_dict(),
            },
            reference=question.answers[0],
            effort=float(len(question.pages)),
            # The same lookups for the same answer are the same question, however it is worded.
            canonical=[
                settings.to_dict(),
                question.kind,
                question.answers,
                [step.query for step in question.steps],
            ],
            trace=trace_of(question),
            tools=_tools(config.protocol),
            metadata={"topic": question.kind, "num_hops": question.num_hops, "dialect": config.protocol},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare with the right answer and its other names by normalised exact match."""
        return judge(answer, task.ground_truth["answers"])

    def solve(self, task: Task) -> str | None:
        """Read every page of the edition, and the question."""
        found = _QUESTION.search(task.text)
        reader = reader_of(task.text)
        return reader.answer(found[1]) if found and reader else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield what a search that stops early or takes the wrong page finds."""
        answer = task.ground_truth["answers"][0]
        yield from task.ground_truth["rivals"]
        if answer != UNANSWERABLE:
            yield UNANSWERABLE
        yield from (f"{answer} or Dorvale", f"not {answer}", f"{answer} Senior")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other names, cases and punctuation."""
        for answer in task.ground_truth["answers"]:
            yield from (answer, answer.upper(), f"**{answer}**", f'"{answer}".', f" the  {answer} ")

    def chance(self, config: SearchConfig) -> float:
        """Return the share of unanswerable questions, since that answer needs no search."""
        if config.kind == "mixed":
            return min(1.0, config.unanswerable + LITERAL_CHANCE)
        return 1.0 if config.kind == "unanswerable" else LITERAL_CHANCE


def draft_question(
    question: str, answers: tuple[str, ...], *, pages: tuple[str, ...], protocol: str
) -> Draft:
    """Make the family's part of a task of a question that was not drawn, on a corpus of one's own."""
    return Draft(
        prompt=_PROMPT.format(rules=OWN_RULES, question=question, instruction=ANSWER_INSTRUCTION),
        ground_truth={"answers": answers, "rivals": (), "pages": pages},
        reference=answers[0],
        tools=_tools(protocol),
        metadata={"topic": "imported", "dialect": protocol},
    )


def _tools(protocol: str) -> tuple[dict[str, Any], ...]:
    return tuple(function_schema(tool) for tool in TOOLS.get(protocol, (SEARCH, OPEN_PAGE)))


def write_rules(settings: WorldSettings) -> str:
    """Say which pages are searched, and which of them to believe."""
    return RULES.format(edition=settings.seed, num_pages=settings.num_pages, unanswerable=UNANSWERABLE)


def judge(answer: str, golds: Iterable[str]) -> Verdict:
    """Judge a short answer; an unanswerable question may be refused in other words."""
    golds = tuple(golds)
    right = exact_match(answer, golds) or (golds[0] == UNANSWERABLE and is_refusal(answer))
    components = {"exact_match": float(right), "f1": 1.0 if right else token_f1(answer, golds)}
    if right:
        return Verdict.right(components=components)
    return Verdict.wrong("that is not the answer that the pages give", components=components)


def trace_of(question: Question) -> tuple[dict[str, Any], ...]:
    """Return the gold sub-queries with what each finds and where."""
    return tuple(
        {
            "id": place,
            "depends_on": step.depends_on,
            "text": step.query,
            "value": step.value,
            "pages": step.pages,
        }
        for place, step in enumerate(question.steps)
    )


def reader_of(prompt: str) -> Reader | None:
    """Return a reader of the edition that a prompt names, with the default share of errors."""
    found = _EDITION.search(prompt)
    return _open_reader(int(found[1]), int(found[2])) if found else None


@lru_cache(maxsize=8)
def _open_reader(seed: int, num_pages: int) -> Reader:
    from reason.search.encyclopedia import pages

    return Reader(pages(open_world(replace(WorldSettings(), seed=seed, num_pages=num_pages))))


def _draw_kind(rng: Random, config: SearchConfig) -> Any:
    if config.kind != "mixed":
        return config.kind
    if rng.random() < config.unanswerable:
        return "unanswerable"
    return rng.choice(KINDS_OF_QUESTION[:-1]) if config.num_hops > 1 else "bridge"
