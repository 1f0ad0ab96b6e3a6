"""Answer a question from the text of pages alone: the second road to every answer of the fictional world.

It shares the table of English sentences with the writer, and nothing else: no fact, only pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from reason.search.corpus import Page
from reason.search.questions import COMPARISONS, CROSSINGS, UNANSWERABLE
from reason.search.relations import KINDS, RELATIONS, SETS, Relation, relations_of

__all__ = ["Reader"]

_SENTENCE = re.compile(r"(?<=\.) ")
_REVISED = re.compile(r"This page was last revised in the year ([0-9]+)\.")


@dataclass(kw_only=True)
class _Entry:
    """What the latest page of a thing says."""

    title: str
    revised: int = -1
    facts: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)


class Reader:
    """Reads pages once, then answers questions."""

    def __init__(self, pages: Iterable[Page]) -> None:
        """Read what each page says of its own thing; the page revised last counts."""
        self._entries: dict[str, _Entry] = {}
        for page in pages:
            entry = _read(page)
            known = self._entries.get(page.title.casefold())
            if known is None or entry.revised > known.revised:
                self._entries[page.title.casefold()] = entry

    def answer(self, question: str) -> str | None:
        """Return the answer, ``unanswerable`` where the pages lack it, None for other questions."""
        for relation in RELATIONS.values():
            for template in relation.asks:
                for (name,) in _readings(template, question):
                    if entry := self._resolve(name):
                        return entry.facts.get(relation.name, UNANSWERABLE)
        return (
            self._compare(question) or self._cross(question) or self._order(question) or self._add(question)
        )

    def _resolve(self, name: str) -> _Entry | None:
        """Return the thing that a phrase names."""
        if entry := self._entries.get(name.casefold()):
            return entry
        for relation in RELATIONS.values():
            if relation.phrase and name.startswith(relation.phrase):
                inner = self._resolve(name.removeprefix(relation.phrase))
                if inner and (value := inner.facts.get(relation.name)):
                    return self._entries.get(value.casefold())
        return None

    def _compare(self, question: str) -> str | None:
        for relation, template in COMPARISONS:
            for which, choose in (("earlier", min), ("later", max)):
                for names in _readings(template.replace("{which}", which), question):
                    found = [entry for name in names if (entry := self._resolve(name))]
                    if len(found) == 2 and all(relation in entry.facts for entry in found):
                        return choose(found, key=lambda entry: int(entry.facts[relation])).title
        return None

    def _cross(self, question: str) -> str | None:
        for first, second, template in CROSSINGS:
            for one, other in _readings(template, question):
                left, right = self._resolve(one), self._resolve(other)
                if left and right:
                    fits = [
                        entry.title
                        for entry in self._entries.values()
                        if entry.facts.get(first, "").casefold() == left.title.casefold()
                        and entry.facts.get(second, "").casefold() == right.title.casefold()
                    ]
                    return fits[0] if len(fits) == 1 else None
        return None

    def _order(self, question: str) -> str | None:
        for each in SETS:
            for which, choose in (("first", min), ("last", max)):
                for (name,) in _readings(each.extreme.replace("{which}", which), question):
                    if members := self._members(name, each.relation):
                        return choose(members, key=lambda entry: int(entry.facts[each.year])).title
        return None

    def _add(self, question: str) -> str | None:
        for each in SETS:
            for (name,) in _readings(each.total, question) if each.total else ():
                if members := self._members(name, each.relation):
                    return str(sum(int(entry.facts["length"]) for entry in members))
        return None

    def _members(self, name: str, relation: str) -> list[_Entry]:
        owner = self._resolve(name)
        names = owner.members.get(relation, []) if owner else []
        return [self._entries[each.casefold()] for each in names]


def _read(page: Page) -> _Entry:
    entry = _Entry(title=page.title)
    sentences = _SENTENCE.split(page.text)
    kind = next((kind for kind, words in KINDS.items() if sentences[0].endswith(f" is {words}.")), None)
    for sentence in sentences[1:]:
        if match := _REVISED.fullmatch(sentence):
            entry.revised = int(match[1])
        for relation in relations_of(kind) if kind else ():
            for pattern in _sentences_of(relation):
                match = pattern.fullmatch(sentence)
                if match and match["s"].casefold() == page.title.casefold():
                    entry.facts[relation.name] = match["o"]
        for each in SETS:
            before, after = (
                part.casefold() for part in each.lists.format(s=page.title, members="\n").split("\n")
            )
            if sentence.casefold().startswith(before) and sentence.endswith(after):
                names = sentence[len(before) : len(sentence) - len(after)]
                entry.members[each.relation] = names.split("; ")
    return entry


@cache
def _sentences_of(relation: Relation) -> tuple[re.Pattern[str], ...]:
    patterns = []
    for template in relation.says:
        escaped = re.escape(template).replace(r"\{s\}", "(?P<s>.+)").replace(r"\{o\}", "(?P<o>.+)")
        patterns.append(re.compile(escaped))
    return tuple(patterns)


def _readings(template: str, question: str) -> Iterator[tuple[str, ...]]:
    """Yield every way in which a question can be an instance of a template."""
    before, _, rest = template.partition("{x}")
    middle, two, after = rest.partition("{y}") if "{y}" in rest else (rest, "", "")
    end = after if two else middle
    if not (question.startswith(before) and question.endswith(end)):
        return
    inside = question[len(before) : len(question) - len(end)]
    if not two:
        yield (inside,)
        return
    place = inside.find(middle)
    while place >= 0:
        yield inside[:place], inside[place + len(middle) :]
        place = inside.find(middle, place + 1)
