"""A calendar: booking, moving and cancelling of events where people are free."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reason.generators.games.pseudo_words import draw_names
from reason.generators.tools.interface import Call, Operation, Parameter
from reason.generators.tools.ticket import Effect, Records, Ticket, WorldConfig, refusal
from reason.generators.tools.world import ToolWorld
from reason.registry import register

__all__ = ["Calendar"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
OPENS, CLOSES = 8, 18
_PERSON = Parameter(name="person", spellings=("person", "attendee", "who"), description="Name of a person.")
_DAY = Parameter(name="day", spellings=("day", "weekday", "day_of_week"), description="Monday to Friday.")
_START = Parameter(
    name="start",
    spellings=("start", "hour", "start_hour"),
    kind="integer",
    description="Hour at which the event begins, 8 to 17.",
)
_LINE = re.compile(r"(\w+), (\w+) (\d+) to (\d+): (\w+)")


@register
class Calendar(ToolWorld):
    """Keep people's calendars by function calls: book, move, cancel and remind where they are free."""

    id = "Calendar-v0"
    introduction = (
        "You keep the calendars of some people for one week. Events take whole hours between 8 and 18, and "
        "no person has two at once."
    )
    reading = frozenset(("list", "remind"))
    operations = (
        Operation(
            name="list",
            spellings=("list_events", "show_day", "get_events"),
            description="List a person's events of a day.",
            parameters=(_PERSON, _DAY),
        ),
        Operation(
            name="book",
            spellings=("book_event", "create_event", "add_event"),
            description="Book an event for one person; refused where the person is not free.",
            parameters=(
                _PERSON,
                _DAY,
                _START,
                Parameter(
                    name="hours",
                    spellings=("hours", "duration", "length_in_hours"),
                    kind="integer",
                    description="How many hours it takes.",
                ),
                Parameter(name="title", spellings=("title", "name", "subject"), description="Its title."),
            ),
        ),
        Operation(
            name="move",
            spellings=("move_event", "reschedule_event", "shift_event"),
            description="Move a person's event to another hour of its day; refused where that is taken.",
            parameters=(
                _PERSON,
                _DAY,
                _START,
                Parameter(
                    name="new_start",
                    spellings=("new_start", "new_hour", "to_hour"),
                    kind="integer",
                    description="Hour at which it is to begin instead.",
                ),
            ),
        ),
        Operation(
            name="cancel",
            spellings=("cancel_event", "delete_event", "drop_event"),
            description="Cancel a person's event.",
            parameters=(_PERSON, _DAY, _START),
        ),
        Operation(
            name="remind",
            spellings=("send_reminder", "remind", "notify"),
            description="Send a person a reminder of an event.",
            parameters=(_PERSON, _DAY, _START),
        ),
    )

    def draw(self, rng: Random, config: WorldConfig) -> Ticket | None:
        """Draw events, and requests that the calendars allow at that moment."""
        num_people = 2 + config.size // 8
        names = draw_names(rng, num_people + config.size + config.num_requests, num_syllables=3)
        people, titles = [name.capitalize() for name in names[:num_people]], names[num_people:]
        now: dict[str, Any] = {}
        for title in titles[: config.size]:
            person, day, hours = rng.choice(people), rng.choice(DAYS), rng.randint(1, 3)
            if free := _free(now, person, day, hours):
                now[_key(person, day, rng.choice(free))] = {"hours": hours, "title": title}
        records = {key: now[key] for key in sorted(now, key=_order)}
        fresh = titles[config.size :]
        return self.fill(
            records,
            config.num_requests,
            lambda now, number: self._request(rng, now, people, fresh[number], records),
        )

    def _request(
        self, rng: Random, now: Records, people: Sequence[str], title: str, records: Records
    ) -> tuple[str, list[Call]]:
        """Return a request and its calls; none where it cannot be asked now."""
        one, other = rng.sample(list(people), 2)
        kind = rng.choice(("book", "both", "both", "latest", "cancel", "remind"))
        if kind in ("book", "both"):
            day, hours = rng.choice(DAYS), rng.randint(1, 3)
            invited = [one] if kind == "book" else [one, other]
            starts = [set(_free(now, person, day, hours)) for person in invited]
            if not (free := set.intersection(*starts)):
                return "", []
            event = {"day": day, "start": min(free), "hours": hours, "title": title}
            whom = one if kind == "book" else f"{one} and {other} together"
            text = f"Book {title} for {whom} on {day}, {hours} hours, as early as they are free."
            return text, [("book", {"person": person, **event}) for person in invited]
        mine = [_parts(key) for key in now if key.startswith(f"{one}/")]
        if not mine:
            return "", []
        _, day, start = rng.choice(mine)
        event = {"person": one, "day": day, "start": start}
        if kind == "latest":
            record = now[_key(one, day, start)]
            rest = {key: value for key, value in now.items() if key != _key(one, day, start)}
            latest = max(_free(rest, one, day, record["hours"]))
            what = f"{one}'s {record['title']}"
            text = f"Move {what} to the latest hour of its day at which {one} has time for it."
            return text, [("move", {**event, "new_start": latest})] if latest != start else []
        starts_then = sorted(begin for _, when, begin in mine if when == day)
        if kind == "cancel":
            keys = [_key(one, day, hour) for hour in range(OPENS, CLOSES)]
            if any(now.get(key) != records.get(key) for key in keys):
                return "", []  # the day was worked on: that work would be undone
            text = f"Cancel all events of {one} on {day}."
            return text, [("cancel", {**event, "start": begin}) for begin in starts_then]
        text = f"Remind {one} of the first event on {day}."
        return text, [("remind", {**event, "start": starts_then[0]})]

    def perform(self, records: Records, operation: str, arguments: Mapping[str, Any]) -> Effect:
        """Look at calendars, or change them."""
        person, day = arguments["person"], arguments["day"]
        if day not in DAYS or not person.isalnum() or len(person) > 50:
            return refusal("There is no such person or day.")
        if operation == "list":
            keys = [key for key in records if key.startswith(f"{person}/{day}/")]
            lines = [self.describe(key, records[key]) for key in sorted(keys, key=_order)]
            return Effect(text="\n".join(lines) or "No events.")
        key = _key(person, day, arguments["start"])
        if operation == "book":
            hours, title = arguments["hours"], arguments["title"]
            if not re.fullmatch(r"\w{1,50}", title) or arguments["start"] not in _free(
                records, person, day, hours
            ):
                return refusal("The person is not free then, or the title is not one word.")
            return Effect(text="Booked.", changes={key: {"hours": hours, "title": title}})
        if key not in records:
            return refusal("No event of that person begins then.")
        if operation == "cancel":
            return Effect(text="Cancelled.", changes={key: None})
        if operation == "remind":
            return Effect(text=f"Reminded of {records[key]['title']}.")
        rest = {name: record for name, record in records.items() if name != key}
        if arguments["new_start"] not in _free(rest, person, day, records[key]["hours"]):
            return refusal("The person is not free then.")
        return Effect(
            text="Moved.", changes={key: None, _key(person, day, arguments["new_start"]): records[key]}
        )

    def describe(self, name: str, record: Any) -> str:
        """Write person, day, hours and title."""
        person, day, start = _parts(name)
        return f"{person}, {day} {start} to {start + record['hours']}: {record['title']}"

    def plan(self, lines: Sequence[str], requests: Sequence[str]) -> list[Call]:
        """Keep a table of who is busy at which hour."""
        busy: dict[tuple[str, str, int], str] = {}
        for line in lines:
            person, day, start, stop, title = _LINE.findall(line)[0]
            busy.update({(person, day, hour): title for hour in range(int(start), int(stop))})
        calls: list[Call] = []
        for request in requests:
            if request.startswith("Book"):
                title, whom, day, length = re.findall(r"Book (\w+) for (.*) on (\w+), (\d) hours", request)[0]
                people = re.findall(r"[A-Z]\w+", whom)
                start = next(iter(_gaps(busy, people, day, int(length))))
                for person in people:
                    busy.update({(person, day, hour): title for hour in range(start, start + int(length))})
                    event = {"day": day, "start": start, "hours": int(length), "title": title}
                    calls.append(("book", {"person": person, **event}))
            elif request.startswith("Move"):
                person, title = re.findall(r"Move (\w+)'s (\w+) to", request)[0]
                slots = sorted(slot for slot, name in busy.items() if (slot[0], name) == (person, title))
                for slot in slots:
                    del busy[slot]
                _, day, start = slots[0]
                latest = _gaps(busy, [person], day, len(slots))[-1]
                busy.update({(person, day, hour): title for hour in range(latest, latest + len(slots))})
                calls.append(("move", {"person": person, "day": day, "start": start, "new_start": latest}))
            else:
                person, day = re.findall(r" ([A-Z]\w+)(?: of the first event)? on (\w+)\.", request)[0]
                begins = _begins(busy, person, day)
                verb = "remind" if request.startswith("Remind") else "cancel"
                for start in begins[:1] if verb == "remind" else begins:
                    calls.append((verb, {"person": person, "day": day, "start": start}))
                if verb == "cancel":
                    busy = {slot: title for slot, title in busy.items() if slot[:2] != (person, day)}
        return calls


def _gaps(busy: Mapping[tuple[str, str, int], str], people: Sequence[str], day: str, hours: int) -> list[int]:
    return [
        start
        for start in range(OPENS, CLOSES - hours + 1)
        if not any((person, day, hour) in busy for person in people for hour in range(start, start + hours))
    ]


def _begins(busy: Mapping[tuple[str, str, int], str], person: str, day: str) -> list[int]:
    hours = sorted(slot[2] for slot in busy if slot[:2] == (person, day))
    return [hour for hour in hours if busy.get((person, day, hour - 1)) != busy[(person, day, hour)]]


def _key(person: str, day: str, start: int) -> str:
    return f"{person}/{day}/{start}"


def _parts(key: str) -> tuple[str, str, int]:
    person, day, start = key.split("/")
    return person, day, int(start)


def _order(key: str) -> tuple[str, int, int]:
    person, day, start = _parts(key)
    return person, DAYS.index(day), start


def _free(records: Records, person: str, day: str, hours: int) -> list[int]:
    """Return the hours at which an event of so many hours could begin."""
    if not 1 <= hours <= CLOSES - OPENS:
        return []
    taken: set[int] = set()
    for key, record in records.items():
        if key.startswith(f"{person}/{day}/"):
            start = _parts(key)[2]
            taken.update(range(start, start + record["hours"]))
    return [
        start for start in range(OPENS, CLOSES - hours + 1) if taken.isdisjoint(range(start, start + hours))
    ]
