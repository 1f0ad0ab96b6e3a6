"""Floor maps: walk from room to room, fetching the keys of locked doors, by a short way."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION, blind_chance, read_action, refuse
from reason.interactive import InteractiveFamily, Transition
from reason.registry import register
from reason.task import Task

__all__ = ["FloorMap", "FloorMapConfig", "shortest_walk"]

Doors = Mapping[str, Mapping[str, str]]
"""Room to neighbouring room to the colour of the key that the door needs, or an empty string."""

_RULES = """\
A house has these rooms. Beside each stand the rooms next door, and the key that a locked door needs:

{rooms}

{keys}You are in the {start}. Go to the {target}.
Each turn you walk through one door into a room next door. A locked door opens only with its key; it can \
be passed from both sides. You pick up a key as soon as you are in its room, and keep it.
You have {turns} turns; it can be done in {moves}. An action that is no possible step costs a turn.
An action is the name of the room that you enter, such as {example}.
{instruction}"""
_ROOMS = (
    *("attic", "atrium", "ballroom", "bathroom", "bedroom", "cellar", "chapel", "closet", "conservatory"),
    *("corridor", "den", "dining-room", "foyer", "gallery", "garage", "garden", "greenhouse", "gym", "hall"),
    *("kitchen", "laboratory", "larder", "laundry", "library", "loft", "lounge", "mudroom", "nursery"),
    *("office", "pantry", "parlour", "porch", "salon", "sauna", "stable", "studio", "study", "terrace"),
    *("theatre", "tower", "vault", "veranda", "vestibule", "workshop"),
)
_COLOURS = ("black", "blue", "brown", "gold", "green", "red", "silver", "white")
MAX_DRAWS = 200


@dataclass(frozen=True, kw_only=True)
class FloorMapConfig(Config):
    """Knobs of the house."""

    num_rooms: int = 10
    """Rooms of the house."""
    num_keys: int = 1
    """Locked doors, each with a key of its own."""
    extra_doors: int = 2
    """Doors beyond those that join all rooms in a tree."""
    slack: float = 0.5
    """Turns beyond the shortest way, as a share of it."""

    def __post_init__(self) -> None:
        """Reject what has no names."""
        super().__post_init__()
        self.require(3 <= self.num_rooms <= len(_ROOMS), "num_rooms", f"3 to {len(_ROOMS)}")
        most = min(len(_COLOURS), self.num_rooms - 2)
        self.require(0 <= self.num_keys <= most, "num_keys", f"0 to {most}")
        self.require(0 <= self.extra_doors <= self.num_rooms // 2, "extra_doors", "0 to half of num_rooms")
        self.require(0 <= self.slack <= 10, "slack", "0 to 10")


@register
class FloorMap(InteractiveFamily[FloorMapConfig]):
    """Walk through a house with locked doors to a room, by way of the keys.

    The shortest way is found breadth first over rooms and keys; effort is the number of positions that it
    looks at. A play that runs out of turns earns nothing.
    """

    id = "FloorMap-v0"
    domain = "games"
    max_level = 12

    def at_level(self, level: int) -> FloorMapConfig:
        """Add three rooms and a door at each level, and a key at every other."""
        return FloorMapConfig(
            num_rooms=5 + 3 * level, num_keys=min((level + 1) // 2, len(_COLOURS)), extra_doors=1 + level // 2
        )

    def generate(self, rng: Random, config: FloorMapConfig) -> Draft:
        """Draw houses until every room can be reached; go to one of the rooms that are farthest."""
        for _ in range(MAX_DRAWS):
            doors, keys, start = _draw_house(rng, config)
            ways, looked_at = _explore(doors, keys, start)
            longest = max(map(len, ways.values()))
            far = [room for room, way in ways.items() if len(way) >= max(2, longest - 1)]
            if far and len(ways) == config.num_rooms - 1:
                break
        else:
            raise GenerationError(f"no house with {config} can be walked through; take fewer keys")
        target = rng.choice(sorted(far))
        way = ways[target]
        truth = {
            "doors": doors,
            "keys": keys,
            "start": start,
            "target": target,
            "turns": len(way) + int(len(way) * config.slack),
        }
        told = "".join(f"The {colour} key is in the {room}. " for room, colour in sorted(keys.items()))
        return Draft(
            prompt=_RULES.format(
                rooms="\n".join(_write(room, doors[room]) for room in sorted(doors)),
                keys=told.strip() + "\n" if told else "",
                start=start,
                target=target,
                turns=truth["turns"],
                moves=len(way),
                example=min(doors),
                instruction=TURN_INSTRUCTION,
            ),
            ground_truth=truth,
            reference="\n".join(way),
            effort=float(looked_at),
            metadata={"topic": "navigation", "shortest_way": len(way)},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin in the room of the prompt, with the key that lies there."""
        truth = task.ground_truth
        return {"turn": 0, "room": truth["start"], "held": _pick_up(truth["keys"], truth["start"], ())}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Say where the player is, what it holds, and what is next door."""
        truth, room = task.ground_truth, state["room"]
        held = f" Your keys: {', '.join(state['held'])}." if state["held"] else ""
        left = self.max_turns(task) - state["turn"]
        return f"You are here: {_write(room, truth['doors'][room])}.{held} Turns left: {left}."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Walk through a door."""
        truth, turns = task.ground_truth, self.max_turns(task)
        room = re.sub(r"^(?:(?:go|walk) (?:in)?to )?(?:the )?", "", read_action(action))
        next_door = truth["doors"][state["room"]]
        if room not in truth["doors"]:
            return refuse(state, "An action is the name of a room.", turns=turns)
        if room not in next_door:
            return refuse(state, f"The {room} is not next door.", turns=turns)
        if next_door[room] and next_door[room] not in state["held"]:
            return refuse(state, f"The door is locked; it needs the {next_door[room]} key.", turns=turns)
        held = _pick_up(truth["keys"], room, state["held"])
        after = {"turn": state["turn"] + 1, "room": room, "held": held}
        if room == truth["target"]:
            return Transition(state=after, observation="You are there.", reward=1.0, done=True, passed=True)
        done = after["turn"] >= turns
        told = "No turns are left." if done else self.observe(task, after)
        return Transition(state=after, observation=told, done=done)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Take the first step of a shortest way."""
        truth = task.ground_truth
        way = shortest_walk(
            truth["doors"], truth["keys"], state["room"], truth["target"], tuple(state["held"])
        )
        return way[0]

    def solve(self, task: Task) -> str | None:
        """Read the map, and let distances to the target settle from the far end."""
        lines = re.findall(r"^([a-z-]+): (.+)$", task.text, re.MULTILINE)
        doors = {
            room: dict(re.findall(r"([a-z-]+)(?: \(locked, (\w+) key\))?(?:, |$)", beside))
            for room, beside in lines
        }
        keys = {
            room: colour for colour, room in re.findall(r"The (\w+) key is in the ([a-z-]+)\.", task.text)
        }
        places = re.findall(r"You are in the ([a-z-]+)\. Go to the ([a-z-]+)\.", task.text)[0]
        return "\n".join(_settle(doors, keys, *places))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short, gone on with, in one line, and jumps to the target."""
        way = (task.reference or "").splitlines()
        yield from ("\n".join(way[:-1]), "\n".join([*way, way[-2]]), " ".join(way), way[-1])
        yield from ("\n".join([*way[:-1], "banana"]), "\n".join([*way[:-1], f"{way[-1]} or {way[0]}"]))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other words."""
        way = (task.reference or "").splitlines()
        for spelling in ("  {} ", "the {}", "Go to the {}.", "**{}**", "{}\n"):
            yield "\n".join(spelling.format(room) for room in way)
        yield "\n".join(way).upper()

    def chance(self, config: FloorMapConfig) -> float:
        """Measure the lists of rooms that succeed most often."""
        return blind_chance(self, config)


def shortest_walk(
    doors: Doors, keys: Mapping[str, str], start: str, target: str, held: tuple[str, ...] = ()
) -> list[str]:
    """Return the rooms of a shortest way, without the first; it may lead over keys."""
    return _explore(doors, keys, start, held)[0][target]


def _explore(
    doors: Doors, keys: Mapping[str, str], start: str, held: tuple[str, ...] = ()
) -> tuple[dict[str, list[str]], int]:
    """Return a shortest way to each other room, and how many positions were looked at."""
    first = (start, _pick_up(keys, start, held))
    ways: dict[tuple[str, tuple[str, ...]], list[str]] = {first: []}
    found: dict[str, list[str]] = {}
    front = deque([first])
    while front:
        room, held = here = front.popleft()
        for other, colour in doors[room].items():
            if colour and colour not in held:
                continue
            there = (other, _pick_up(keys, other, held))
            if there not in ways:
                ways[there] = [*ways[here], other]
                front.append(there)
                if other != start:
                    found.setdefault(other, ways[there])
    return found or {start: []}, len(ways)


def _settle(doors: Doors, keys: Mapping[str, str], start: str, target: str) -> list[str]:
    """Return a shortest way by relaxing the distance of every room, with every set of keys, to the target."""
    sets: list[tuple[str, ...]] = [()]
    for colour in sorted(keys.values()):
        sets += [tuple(sorted((*each, colour))) for each in sets]
    far = 1 << 30
    distances = {(room, held): 0 if room == target else far for room in doors for held in sets}

    def steps(room: str, held: tuple[str, ...]) -> list[tuple[int, str, tuple[str, ...]]]:
        entered = [
            (other, _pick_up(keys, other, held))
            for other, colour in doors[room].items()
            if not colour or colour in held
        ]
        return [(distances[each] + 1, *each) for each in entered]

    changed = True
    while changed:
        changed = False
        for room, held in distances:
            best = min([distances[room, held], *(distance for distance, *_ in steps(room, held))])
            if best < distances[room, held]:
                distances[room, held], changed = best, True
    way, room, held = [], start, _pick_up(keys, start, ())
    while room != target:
        _, room, held = min(steps(room, held))
        way.append(room)
    return way


def _draw_house(rng: Random, config: FloorMapConfig) -> tuple[dict[str, dict[str, str]], dict[str, str], str]:
    rooms = rng.sample(_ROOMS, config.num_rooms)
    joined = [(room, rng.choice(rooms[max(0, at - 4) : at])) for at, room in enumerate(rooms) if at]
    while len(joined) < config.num_rooms - 1 + config.extra_doors:
        one, other = rng.sample(rooms, 2)
        if (one, other) not in joined and (other, one) not in joined:
            joined.append((one, other))
    locked = dict(zip(rng.sample(range(config.num_rooms - 1), config.num_keys), _COLOURS, strict=False))
    doors: dict[str, dict[str, str]] = {room: {} for room in rooms}
    for at, (one, other) in enumerate(joined):
        doors[one][other] = doors[other][one] = locked.get(at, "")
    doors = {room: dict(sorted(doors[room].items())) for room in sorted(rooms)}
    keys = dict(zip(rng.sample(rooms, config.num_keys), locked.values(), strict=True))
    return doors, keys, rooms[0]


def _pick_up(keys: Mapping[str, str], room: str, held: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*held, keys[room]})) if room in keys else tuple(held)


def _write(room: str, doors: Mapping[str, str]) -> str:
    beside = [f"{other} (locked, {colour} key)" if colour else other for other, colour in doors.items()]
    return f"{room}: {', '.join(beside)}"
