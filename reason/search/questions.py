"""Questions on a fictional world, of one to six hops, each with its answer, its pages and its sub-queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from reason.errors import ConfigError, GenerationError
from reason.search.phrases import Phrase, Step, join, last, look_up, name_thing, name_two
from reason.search.relations import RELATIONS, SETS, Relation, SetOf, relations_of
from reason.search.world import World

__all__ = [
    "COMPARISONS",
    "CROSSINGS",
    "KINDS_OF_QUESTION",
    "MAX_HOPS",
    "UNANSWERABLE",
    "Question",
    "QuestionKind",
    "draw_question",
]

QuestionKind = Literal["bridge", "comparison", "intersection", "temporal", "aggregation", "unanswerable"]
KINDS_OF_QUESTION: tuple[QuestionKind, ...] = get_args(QuestionKind)
MAX_HOPS = 6
UNANSWERABLE = "unanswerable"
"""The answer where the pages do not say."""

_TRIES = 3_000
"""Drawing backwards runs into dead ends, the more often the longer the chain."""
_MAX_MEMBERS = 8
CROSSINGS = (
    ("birthplace", "employer", "Which person born in {x} worked for {y}?"),
    ("author", "setting", "Which book by {x} is set in {y}?"),
    ("venue", "winner", "Which event held in {x} was won by {y}?"),
    ("seat", "founder", "Which company with its seat in {x} was founded by {y}?"),
)
"""Two relations of one thing, and the question for it."""
COMPARISONS = (
    ("birth_year", "Who was born {which}: {x} or {y}?"),
    ("settlement_year", "Which town was settled {which}: {x} or {y}?"),
    ("founding_year", "Which company was founded {which}: {x} or {y}?"),
    ("publication_year", "Which book was published {which}: {x} or {y}?"),
    ("event_year", "Which event took place {which}: {x} or {y}?"),
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, and all that is known of its answer."""

    text: str
    kind: QuestionKind
    num_hops: int
    answers: tuple[str, ...]
    """The answer first, then its other names."""
    steps: tuple[Step, ...]
    rivals: tuple[str, ...] = ()
    """Wrong answers that a careless search finds: the values of the steps before, and the other choices."""

    @property
    def pages(self) -> tuple[str, ...]:
        """Ids of the pages that the answer rests on, in the order of the search."""
        return tuple(dict.fromkeys(page for step in self.steps for page in step.pages))


def draw_question(rng: Random, world: World, *, kind: QuestionKind, num_hops: int) -> Question:
    """Draw a question that has exactly one answer in the world.

    Args:
        rng: The only source of chance.
        world: The facts.
        kind: What it asks; all but bridge and unanswerable need two hops.
        num_hops: Facts that must be combined, 1 to 6; listing a set and ordering it are two.

    Raises:
        ConfigError: there is no such kind, or it has no question of so many hops.
        GenerationError: this world has none.
    """
    if kind not in KINDS_OF_QUESTION:
        raise ConfigError(f"kind must be one of {', '.join(KINDS_OF_QUESTION)}, got {kind!r:.80}")
    least = 1 if kind in ("bridge", "unanswerable") else 2
    if type(num_hops) is not int or not least <= num_hops <= MAX_HOPS:
        raise ConfigError(
            f"num_hops of a {kind} question must be {least} to {MAX_HOPS}, got {num_hops!r:.80}"
        )
    for _ in range(_TRIES):
        if question := _MAKERS[kind](rng, world, num_hops):
            return question
    raise GenerationError(f"this world has no {kind} question of {num_hops} hops: take more pages")


def _bridge(rng: Random, world: World, num_hops: int) -> Question | None:
    thing = rng.choice(world.things)
    if not thing.facts or not (phrase := name_thing(rng, world, thing.number, num_hops - 1)):
        return None
    relation = RELATIONS[rng.choice(sorted(thing.facts))]
    value = thing.facts[relation.name]
    text = rng.choice(relation.asks).format(x=phrase.text)
    steps = (*phrase.steps, look_up(world, thing.number, relation, last(phrase.steps)))
    # The chain must not run in a circle back to what the answer is.
    if len({step.value for step in steps}) < len(steps) or steps[-1].value in text:
        return None
    answers = _answers(world, relation, value)
    return Question(
        text=text,
        kind="bridge",
        num_hops=num_hops,
        answers=answers,
        steps=steps,
        rivals=_rivals(steps, answers),
    )


def _unanswerable(rng: Random, world: World, num_hops: int) -> Question | None:
    thing = rng.choice(world.things)
    missing = [relation for relation in relations_of(thing.kind) if relation.name not in thing.facts]
    if not missing or not (phrase := name_thing(rng, world, thing.number, num_hops - 1)):
        return None
    relation = rng.choice(missing)
    missed = Step(
        query=rng.choice(relation.asks).format(x=thing.name),
        value=UNANSWERABLE,
        pages=(thing.page_id,),
        depends_on=last(phrase.steps),
    )
    steps = (*phrase.steps, missed)
    return Question(
        text=rng.choice(relation.asks).format(x=phrase.text),
        kind="unanswerable",
        num_hops=num_hops,
        answers=(UNANSWERABLE,),
        steps=steps,
        rivals=_rivals(steps, (UNANSWERABLE,)),
    )


def _comparison(rng: Random, world: World, num_hops: int) -> Question | None:
    name, template = rng.choice(COMPARISONS)
    relation = RELATIONS[name]
    numbers = world.by_kind[relation.kind]
    one, other = rng.sample(numbers, 2)
    years = [world.things[number].facts.get(name) for number in (one, other)]
    if None in years or years[0] == years[1]:
        return None
    named = name_two(rng, world, (one, other), num_hops - 2)
    if named is None:
        return None
    earlier = rng.random() < 0.5
    text = template.format(which="earlier" if earlier else "later", x=named[0].text, y=named[1].text)
    steps, ends = join(*named)
    years_found = tuple(
        look_up(world, number, relation, end) for number, end in zip((one, other), ends, strict=True)
    )
    first = (years[0] or 0) < (years[1] or 0)
    winner, loser = (one, other) if first == earlier else (other, one)
    answers = _names(world, winner)
    steps = (*steps, *years_found)
    rivals = tuple(dict.fromkeys([world.things[loser].name, *_rivals(steps, answers)]))
    return Question(
        text=text, kind="comparison", num_hops=num_hops, answers=answers, steps=steps, rivals=rivals
    )


def _intersection(rng: Random, world: World, num_hops: int) -> Question | None:
    first, second, template = rng.choice(CROSSINGS)
    thing = world.things[rng.choice(world.by_kind[RELATIONS[first].kind])]
    if first not in thing.facts or second not in thing.facts:
        return None
    owners = thing.facts[first], thing.facts[second]
    if len(set(world.subjects(first, owners[0])) & set(world.subjects(second, owners[1]))) != 1:
        return None
    if owners[0] == owners[1] or not (named := name_two(rng, world, owners, num_hops - 2)):
        return None
    steps, ends = join(*named)
    text = template.format(x=named[0].text, y=named[1].text)
    if thing.name in text or thing.name in {step.value for step in steps}:
        return None
    found = Step(
        query=template.format(x=world.things[owners[0]].name, y=world.things[owners[1]].name),
        value=thing.name,
        pages=(thing.page_id,),
        depends_on=ends[0] + ends[1],
    )
    answers = _names(world, thing.number)
    return Question(
        text=text,
        kind="intersection",
        num_hops=num_hops,
        answers=answers,
        steps=(*steps, found),
        rivals=_rivals((*steps, found), answers, [world.things[owner].name for owner in owners]),
    )


def _temporal(rng: Random, world: World, num_hops: int) -> Question | None:
    each = rng.choice(SETS)
    owner, members = _draw_set(rng, world, each)
    years = [world.things[number].facts.get(each.year) for number in members]
    if not 2 <= len(members) <= _MAX_MEMBERS or None in years or len(set(years)) < len(years):
        return None
    if not (phrase := name_thing(rng, world, owner, num_hops - 2)):
        return None
    which = rng.choice(("first", "last"))
    ordered = sorted(members, key=lambda number: world.things[number].facts[each.year])
    answer = ordered[0 if which == "first" else -1]
    if world.things[answer].name in phrase.text:
        return None
    query = each.extreme.format(x=world.things[owner].name, which=which)
    steps = _list_members(world, phrase, each, query)
    values = [look_up(world, number, RELATIONS[each.year], (len(phrase.steps),)) for number in members]
    answers = _names(world, answer)
    others = [world.things[number].name for number in members if number != answer]
    return Question(
        text=each.extreme.format(x=phrase.text, which=which),
        kind="temporal",
        num_hops=num_hops,
        answers=answers,
        steps=(*steps, *values),
        rivals=_rivals((*phrase.steps, *values), answers, others),
    )


def _aggregation(rng: Random, world: World, num_hops: int) -> Question | None:
    each = next(each for each in SETS if each.total)
    owner, members = _draw_set(rng, world, each)
    lengths = [world.things[number].facts.get("length") for number in members]
    if not 2 <= len(members) <= _MAX_MEMBERS or None in lengths:
        return None
    if not (phrase := name_thing(rng, world, owner, num_hops - 2)):
        return None
    total = sum(length for length in lengths if length is not None)
    steps = _list_members(world, phrase, each, each.total.format(x=world.things[owner].name))
    values = [look_up(world, number, RELATIONS["length"], (len(phrase.steps),)) for number in members]
    answers = (str(total), f"{total} pages")
    return Question(
        text=each.total.format(x=phrase.text),
        kind="aggregation",
        num_hops=num_hops,
        answers=answers,
        steps=(*steps, *values),
        rivals=_rivals((*phrase.steps, *values), answers, [str(total + 1), str(total)[:-1] or "0"]),
    )


_MAKERS: dict[QuestionKind, Callable[[Random, World, int], Question | None]] = {
    "bridge": _bridge,
    "comparison": _comparison,
    "intersection": _intersection,
    "temporal": _temporal,
    "aggregation": _aggregation,
    "unanswerable": _unanswerable,
}


def _draw_set(rng: Random, world: World, each: SetOf) -> tuple[int, list[int]]:
    """Draw an owner by one of its members, and return all its members; none where there is no owner."""
    member = world.things[rng.choice(world.by_kind[RELATIONS[each.relation].kind])]
    owner = member.facts.get(each.relation, -1)
    return owner, world.subjects(each.relation, owner)


def _list_members(world: World, phrase: Phrase, each: SetOf, query: str) -> tuple[Step, ...]:
    owner = world.things[phrase.thing]
    names = "; ".join(world.things[number].name for number in world.subjects(each.relation, owner.number))
    step = Step(query=query, value=names, pages=(owner.page_id,), depends_on=last(phrase.steps))
    return (*phrase.steps, step)


def _answers(world: World, relation: Relation, value: int) -> tuple[str, ...]:
    if not relation.literal:
        return _names(world, value)
    return (str(value), f"the year {value}" if relation.target == "year" else f"{value} pages")


def _names(world: World, number: int) -> tuple[str, ...]:
    thing = world.things[number]
    return (thing.name, thing.alias) if thing.alias else (thing.name,)


def _rivals(steps: Sequence[Step], answers: Sequence[str], more: Sequence[str] = ()) -> tuple[str, ...]:
    found = dict.fromkeys([*more, *(step.value for step in reversed(steps))])
    return tuple(name for name in found if name not in answers)
