"""Conversational search: a follow-up question that only makes sense after what was said before it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from reason.family import ANSWER_INSTRUCTION, Config, Draft
from reason.frozen import thaw
from reason.generators.search.search import (
    LITERAL_CHANCE,
    MAX_EDITIONS,
    draw_world,
    judge,
    reader_of,
    worlds_of,
    write_rules,
)
from reason.interactive import InteractiveFamily, Transition, play
from reason.registry import register
from reason.search.conversations import draw_conversation, rewrite_last
from reason.search.library import format_hits, open_library
from reason.search.questions import UNANSWERABLE
from reason.search.schemas import SEARCH, function_schema
from reason.search.world import WorldSettings, open_world
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.short_answer import token_f1

__all__ = ["ConversationalSearch", "ConversationalSearchConfig"]

TOP_K = 3
SPARE_TURNS = 2
"""Turns beside the searches and the answer, for calls that cannot be read."""

_PROMPT = """\
Answer the last question of a conversation with the help of a search. "This person" and the like mean the \
one that was named last; the search knows nothing of the conversation, so a query must say all that it is \
about. You have {num_searches}.

{rules}

{conversation}

Answer the last question with the name or the number alone. {instruction}"""
_LINE = re.compile(r"^(Question|Answer): (.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ConversationalSearchConfig(Config):
    """Knobs of a conversation and of the world that it is about."""

    num_turns: int = 3
    """Questions, the last of which is asked of the policy."""
    num_searches: int = 2
    """Searches that the policy may make."""
    protocol: Literal["search_r1", "hermes", "openai"] = "search_r1"
    """The dialect of the calls."""
    editions: int = 8
    """How many worlds there are, with the seeds from 0."""
    num_pages: int = 3_000
    """Things in a world, each with a page."""
    outdated: float = 0.08
    """Share of the things with a second, outdated page."""
    contradictions: float = 0.08
    """Share of the things of which another page says something false."""

    def __post_init__(self) -> None:
        """Reject conversations and worlds that cannot be."""
        super().__post_init__()
        self.require(2 <= self.num_turns <= 12, "num_turns", "2 to 12")
        self.require(1 <= self.num_searches <= 10, "num_searches", "1 to 10")
        self.require(1 <= self.editions <= MAX_EDITIONS, "editions", f"1 to {MAX_EDITIONS}")
        worlds_of(self, seed=0)


@register
class ConversationalSearch(InteractiveFamily[ConversationalSearchConfig]):
    """Answer an elliptical follow-up question by searching with queries that are complete in themselves.

    ``rewrite_f1`` is the best token F1 of a query with the gold rewrite, as ChatR1 rewards it (2510.13312).
    Effort is the number of questions and answers that must be read to complete the last question.
    """

    id = "ConversationalSearch-v0"
    domain = "search"
    max_level = 8
    components = ("exact_match", "answer_f1", "rewrite_f1")

    def at_level(self, level: int) -> ConversationalSearchConfig:
        """Ask one question more a level."""
        return ConversationalSearchConfig(num_turns=level + 2)

    def generate(self, rng: Random, config: ConversationalSearchConfig) -> Draft:
        """Draw an edition and a conversation on it."""
        settings = draw_world(rng, config)
        turns = draw_conversation(rng, open_world(settings), num_turns=config.num_turns)
        *history, last = turns
        lines = [f"Question: {turn.text}\nAnswer: {turn.answers[0]}" for turn in history]
        searches = f"{config.num_searches} search" + "es" * (config.num_searches > 1)
        prompt = _PROMPT.format(
            num_searches=searches,
            rules=write_rules(settings),
            conversation="\n".join([*lines, f"Question: {last.text}"]),
            instruction=ANSWER_INSTRUCTION,
        )
        return Draft(
            prompt=prompt,
            ground_truth={
                "answers": last.answers,
                "rewrite": last.rewrite,
                "rivals": [turn.answers[0] for turn in history if turn.answers[0] not in last.answers],
                "num_searches": config.num_searches,
                "pages": [last.page],
                "world": settings.to_dict(),
            },
            reference=last.answers[0],
            effort=float(2 * len(history) + 1),
            canonical=[settings.to_dict(), [turn.rewrite for turn in turns]],
            trace=(
                {
                    "id": 0,
                    "depends_on": (),
                    "text": last.rewrite,
                    "value": last.answers[0],
                    "pages": [last.page],
                },
            ),
            tools=(function_schema(_SEARCH),),
            metadata={"topic": "conversation", "dialect": config.protocol},
        )

    def max_turns(self, task: Task) -> int:
        """Return the searches, the answer, and some turns to spare."""
        return int(task.ground_truth["num_searches"]) + 1 + SPARE_TURNS

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with no query."""
        return {"queries": (), "turn": 0}

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the queries so far and what is left."""
        lines = [f"Query: {query}" for query in state["queries"]]
        return "\n".join([*lines, _left(task, state)])

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Search where the action is a call, else take it as the answer."""
        after = {**state, "turn": state["turn"] + 1}
        done = after["turn"] >= self.max_turns(task)
        call = _read_call(action)
        if call is None:
            verdict = judge(action, task.ground_truth["answers"])
            right = verdict.passed is True
            told = "That is right." if right else "That is not right."
            return Transition(state=after, observation=told, reward=float(right), done=True, passed=right)
        if len(state["queries"]) >= task.ground_truth["num_searches"]:
            return Transition(state=after, observation="No search is left: answer.", done=done, valid=False)
        if not call:
            told = 'A search needs a query: {"arguments": {"query": "..."}, "name": "search"}'
            return Transition(state=after, observation=told, done=done, valid=False)
        library = open_library(WorldSettings.from_dict(task.ground_truth["world"]))
        found = format_hits(library.search(call, top_k=TOP_K))
        return Transition(state={**after, "queries": (*state["queries"], call)}, observation=found, done=done)

    def verify(self, task: Task, answer: str) -> Verdict:
        """Play a list of actions, calls and the answer, again; see :meth:`transition`."""
        verdict = play(_Offline(), task, answer.splitlines())
        actions = [line for line in answer.splitlines() if line.strip()]
        calls = [_read_call(action.strip()) for action in actions]
        before = calls[: calls.index(None)] if None in calls else calls
        queries = [call for call in before if call][: task.ground_truth["num_searches"]]
        last = actions[-1] if actions and calls[-1] is None else ""
        # What stands after the end of the play spoils it, and its F1 too.
        ended = calls.count(None) <= 1
        components = {
            "exact_match": float(verdict.passed is True),
            "answer_f1": judge(last, task.ground_truth["answers"]).components["f1"] if ended else 0.0,
            "rewrite_f1": max(
                (token_f1(query, [task.ground_truth["rewrite"]]) for query in queries), default=0.0
            ),
        }
        return replace(verdict, components=components)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Search with the completed question, then answer what the pages say."""
        rewrite = _complete(task.text) or ""
        if not state["queries"]:
            call = {"arguments": {"query": rewrite}, "name": "search"}
            return json.dumps(call, sort_keys=True, separators=(",", ":"))
        reader = reader_of(task.text)
        return (reader.answer(rewrite) if reader else None) or UNANSWERABLE

    def solve(self, task: Task) -> str | None:
        """Complete the question from the conversation, and read every page of the edition."""
        rewrite, reader = _complete(task.text), reader_of(task.text)
        return reader.answer(rewrite) if rewrite and reader else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the answers to the questions before, and answers with something after them."""
        answer = task.ground_truth["answers"][0]
        yield from task.ground_truth["rivals"]
        yield from (UNANSWERABLE, f"{answer} or Dorvale", f"{answer}\n{answer}", f"{answer}\nDorvale")
        yield '{"arguments":{"query":"' + answer.replace('"', "") + '"},"name":"search"}'

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the answer's other names and spellings, with and without a search before it."""
        call = {"arguments": {"query": thaw(task.ground_truth["rewrite"])}, "name": "search"}
        for answer in task.ground_truth["answers"]:
            yield from (answer, answer.upper(), f"{json.dumps(call)}\n{answer}", f"\n**{answer}**\n")

    def chance(self, config: ConversationalSearchConfig) -> float:
        """Bound the share of the most frequent name or year."""
        return LITERAL_CHANCE


class _Offline(ConversationalSearch):
    """The same rules without the pages: what was found does not change a verdict."""

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        call = _read_call(action)
        if call and len(state["queries"]) < task.ground_truth["num_searches"]:
            turn = state["turn"] + 1
            after = {"queries": (*state["queries"], call), "turn": turn}
            return Transition(state=after, observation="", done=turn >= self.max_turns(task))
        return super().transition(task, state, action)


_SEARCH = {
    **SEARCH,
    "parameters": {
        "type": "object",
        "properties": {"query": {"type": "string", "description": "What to look for, complete in itself."}},
        "required": ["query"],
    },
}


def _read_call(action: str) -> str | None:
    """Return the query of a call, an empty string where the call has none, None where it is no call."""
    if not action.startswith("{"):
        return None
    try:
        data = json.loads(action)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or "name" not in data:
        return None
    arguments = data.get("arguments")
    query = arguments.get("query") if data["name"] == "search" and isinstance(arguments, dict) else ""
    if not isinstance(query, str):
        return ""
    return query.encode("utf-8", "replace").decode().strip()


def _left(task: Task, state: Mapping[str, Any]) -> str:
    return f"{task.ground_truth['num_searches'] - len(state['queries'])} searches are left."


def _complete(prompt: str) -> str | None:
    lines = _LINE.findall(prompt)
    questions = [text for name, text in lines if name == "Question"]
    return rewrite_last(questions, [text for name, text in lines if name == "Answer"])
