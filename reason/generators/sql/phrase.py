"""English for the nodes of a question, in both directions: a tree is said, and what was said is read back.

A :class:`Phrase` is a template whose slots are the fields of a node. Saying a tree picks templates at random;
reading a text tries them all, so that a text with two readings, or with none, comes to light.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from reason.generators.sql.leaves import LEAVES
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Column, Comparison, Definition

__all__ = ["Phrase", "Phrasebook"]

_SLOT = re.compile(r"\{( ?)(\w+):(\w+)(?:@(\w+))?([*|&/?]?)\}")
_LISTS = {"*": (", ", " and "), "|": (", ", " or "), "&": (" and ", " and "), "/": (" or ", " or ")}
_INCLUDED = {"part": ("atom",), "condition": ("atom",)}
"""Categories whose phrases also serve another."""


class Phrase(NamedTuple):
    """One way to say a kind of node.

    A slot is ``{field:category}``, with a mark behind it: ``*`` a list with commas and "and", ``|`` one with
    "or", ``&`` and ``/`` lists with nothing but "and" and "or", ``?`` what may be None. ``{ field:...?}``
    brings a space with it. ``{where:condition@link}`` speaks of the table that the field ``link`` names.
    """

    category: str
    kind: type
    template: str
    fixed: Mapping[str, Any] = {}
    """Fields that the template's words stand for."""
    style: str = ""
    """``explicit`` or ``business``; both where empty."""


class _Slot(NamedTuple):
    lead: str
    field: str
    category: str
    about: str
    mark: str


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[str | _Slot, ...]:
    parts: list[str | _Slot] = []
    end = 0
    for match in _SLOT.finditer(template):
        if match.start() > end:
            parts.append(template[end : match.start()])
        parts.append(_Slot(*(group or "" for group in match.groups())))
        end = match.end()
    if end < len(template):
        parts.append(template[end:])
    return tuple(parts)


@dataclass
class Phrasebook:
    """Phrases about one schema."""

    schema: Schema
    phrases: Sequence[Phrase]
    style: str = ""
    """The only style in which it speaks; it understands all."""
    terms: dict[str, Definition] = field(default_factory=dict)
    """Conditions that a note has given a name."""
    _memory: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)

    def say(self, category: str, node: Any, subject: str, rng: Random) -> str:
        """Return English for a node.

        Args:
            category: What kind of phrase is wanted, such as ``condition``.
            node: Of :mod:`reason.generators.sql.tree`.
            subject: The table that the columns without a path belong to.
            rng: Picks among the templates.

        Raises:
            LookupError: no phrase says this.
        """
        if (said := self._say(category, node, subject, rng)) is None:
            raise LookupError(f"no {category} says {node!r} of {subject}")
        return said

    def read(self, category: str, text: str, subject: str) -> list[Any]:
        """Return every node that a text can stand for."""
        key = (category, text, subject)
        if key not in self._memory:
            self._memory[key] = []  # a phrase that begins with itself finds nothing new
            found: list[Any] = []
            for node in self._readings(category, text, subject):
                if node not in found:
                    found.append(node)
            self._memory[key] = found
        return self._memory[key]

    # Saying -----------------------------------------------------------------------------------

    def _say(self, category: str, node: Any, subject: str, rng: Random) -> str | None:
        leaf = LEAVES.get(category)
        if leaf is not None and (said := leaf.say(self, node, subject, rng)) is not None:
            return said
        fitting = [phrase for phrase in self._phrases(category, subject) if self._fits(phrase, node)]
        rng.shuffle(fitting)
        for phrase in fitting:
            if (said := self._fill(phrase, node, subject, rng)) is not None:
                return said
        return None

    def _fits(self, phrase: Phrase, node: Any) -> bool:
        return (
            phrase.kind is type(node)
            and (not self.style or phrase.style in ("", self.style))
            and all(getattr(node, name) == value for name, value in phrase.fixed.items())
        )

    def _fill(self, phrase: Phrase, node: Any, subject: str, rng: Random) -> str | None:
        said: list[str] = []
        for part in _parts(phrase.template):
            text = part if isinstance(part, str) else self._slot(part, node, subject, rng)
            if text is None:
                return None
            said.append(text)
        return "".join(said)

    def _slot(self, slot: _Slot, node: Any, subject: str, rng: Random) -> str | None:
        value = getattr(node, slot.field)
        if value is None:
            return "" if slot.mark == "?" else None
        about = getattr(node, slot.about) if slot.about else subject
        subject = getattr(about, "table", about)
        if slot.mark not in _LISTS:
            said = self._say(slot.category, value, subject, rng)
            return None if said is None else slot.lead + said
        items = [self._say(slot.category, item, subject, rng) for item in value]
        whole = [item for item in items if item is not None]
        if len(whole) < len(items) or (slot.mark != "*" and len(items) < 2) or not items:
            return None
        comma, last = _LISTS[slot.mark]
        return slot.lead + last.join([comma.join(whole[:-1]), whole[-1]] if len(whole) > 1 else whole)

    # Reading ----------------------------------------------------------------------------------

    def _readings(self, category: str, text: str, subject: str) -> Iterator[Any]:
        if (leaf := LEAVES.get(category)) is not None:
            yield from leaf.read(self, text, subject)
        for phrase in self._phrases(category, subject):
            for fields in self._match(_parts(phrase.template), text, subject, {}):
                yield phrase.kind(**{**phrase.fixed, **fields})

    def _match(
        self, parts: Sequence[str | _Slot], text: str, subject: str, fields: Mapping[str, Any]
    ) -> Iterator[Mapping[str, Any]]:
        if not parts:
            if not text:
                yield fields
            return
        first, rest = parts[0], parts[1:]
        if isinstance(first, str):
            if text.startswith(first):
                yield from self._match(rest, text[len(first) :], subject, fields)
            return
        if first.about and first.about not in fields:
            # The table is named later.
            for table in self.schema.tables:
                yield from self._match(parts, text, subject, {**fields, first.about: table})
            return
        about = fields[first.about] if first.about else subject
        for end in _ends(rest, text):
            for value in self._read_slot(first, text[:end], getattr(about, "table", about)):
                if fields.get(first.field, value) == value:
                    yield from self._match(rest, text[end:], subject, {**fields, first.field: value})

    def _read_slot(self, slot: _Slot, text: str, subject: str) -> Iterator[Any]:
        if not text:
            if slot.mark == "?":
                yield None
            return
        if not text.startswith(slot.lead):
            return
        text = text[len(slot.lead) :]
        if slot.mark not in _LISTS:
            yield from self.read(slot.category, text, subject)
            return
        for items in self._read_list(slot, text, subject, first=True):
            if slot.mark == "*" or len(items) > 1:
                yield items

    def _read_list(self, slot: _Slot, text: str, subject: str, *, first: bool) -> list[tuple[Any, ...]]:
        key = (f"{slot.category}{slot.mark}{first}", text, subject)
        if key in self._memory:
            return self._memory[key]
        comma, last = _LISTS[slot.mark]
        found: list[tuple[Any, ...]] = []
        if first:
            found += [(item,) for item in self.read(slot.category, text, subject)]
        for separator in dict.fromkeys((comma, last)):
            for end in _places(text, separator):
                heads = self.read(slot.category, text[:end], subject)
                if not heads:
                    continue
                rest = text[end + len(separator) :]
                tails: list[tuple[Any, ...]] = []
                if separator == last:
                    tails += [(item,) for item in self.read(slot.category, rest, subject)]
                if separator == comma:
                    tails += self._read_list(slot, rest, subject, first=False)
                found += [(head, *tail) for head in heads for tail in tails]
        self._memory[key] = found
        return found

    def _phrases(self, category: str, subject: str) -> Iterator[Phrase]:
        wanted = (category, *_INCLUDED.get(category, ()))
        for phrase in self.phrases:
            if phrase.category in wanted:
                yield phrase
        if "atom" in wanted and subject in self.schema.tables:
            for name, column in self.schema.tables[subject].columns.items():
                for operator, verb in ((">", column.above), ("<", column.below)):
                    if verb:
                        fixed = {"left": Column((), name), "operator": operator}
                        kind = "date" if column.kind == "date" else "number"
                        template = "that " + verb.replace("{}", f"{{right:{kind}}}")
                        yield Phrase("atom", Comparison, template, fixed)


def _ends(rest: Sequence[str | _Slot], text: str) -> Iterable[int]:
    """Return where a slot may end, given what comes after it."""
    if not rest:
        return (len(text),)
    first = rest[0]
    if isinstance(first, str):
        return _places(text, first)
    places = list(_places(text, first.lead)) if first.lead else []
    return [*places, *_ends(rest[1:], text)] if first.mark == "?" else places


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
