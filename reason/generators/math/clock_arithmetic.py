"""Times of day, durations, and the hands of a clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import MixedFamily, slips
from reason.generators.math.worked import Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["ClockArithmetic", "ClockArithmeticConfig"]

DAY = 86_400
QUESTIONS = {
    "schedule": "A process starts at {start}. It has {count} parts that follow each other without a break "
    "and take {parts}. At what time of day does it end?",
    "zones": "A ship sails at {start} local time, from a place whose clocks show UTC{one}. Its voyage takes "
    "{parts} and ends at a place whose clocks show UTC{other}. What is the local time of day there when it "
    "ends?",
    "drift": "A clock that {way} {rate} seconds every hour of true time is set right at {start}. What time "
    "does it show when {parts} of true time have passed?",
    "between": "{count} equal shifts follow each other from {start} to {end}, which is within 24 hours. How "
    "many seconds long is a shift?",
    "hands": "How many degrees is the smaller angle between the hour hand and the minute hand of a clock at "
    "{start}? Both hands move evenly.",
}
TIME_FORM = 'Answer in 24-hour form as "HH:MM:SS".'
NUMBER_FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class ClockArithmeticConfig(Config):
    """Knobs of the times."""

    num_parts: int = 3
    """Durations that are added."""
    max_hours: int = 20
    """Longest duration, in hours."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_parts <= 40, "num_parts", "1 to 40")
        self.require(2 <= self.max_hours <= 10_000, "max_hours", "2 to 10000")


@register
class ClockArithmetic(MixedFamily[ClockArithmeticConfig]):
    """Compute with times of day: schedules, time zones, clocks that go wrong, shifts, and angles of hands.

    Arithmetic modulo 24 hours in the mixed base 60 (Knuth, volume 2, section 4.1). Effort is the schoolbook
    work, with carries.
    """

    id = "ClockArithmetic-v0"
    domain = "math"
    words = frozenset(("am", "pm"))

    def at_level(self, level: int) -> ClockArithmeticConfig:
        """Add more and longer durations."""
        return ClockArithmeticConfig(
            num_parts=min(2 + level, 40), max_hours=min(int(6 * 1.7 ** min(level, 14)), 10_000)
        )

    def generate(self, rng: Random, config: ClockArithmeticConfig) -> Draft:
        """Draw times."""
        what = rng.choice(("schedule", "schedule", "schedule", "zones", "drift", "between", "hands"))
        start = rng.randrange(DAY)
        parts = [rng.randint(61, config.max_hours * 3_600) for _ in range(config.num_parts)]
        working = Working()
        fields: dict[str, str | int] = {"start": _clock(start)}
        if what == "hands":
            answer = str(_hands(start, working))
        elif what == "between":
            fields["count"] = count = rng.randint(3, 12 + config.num_parts)
            length = rng.randint(61, (DAY - 1) // count)
            fields["end"] = _clock(start + count * length)
            whole = count * length
            first = working.step(f"From start to end {whole} seconds pass", whole, work=3 * adding(whole))
            work = multiplying(whole, count)
            working.step(f"{whole} / {count} = {length}", length, first, work=work)
            answer = str(length)
        else:
            if what == "drift":
                parts = [sum(parts) // 3_600 * 3_600 + 3_600]
                fields["rate"], fields["way"] = rng.randint(2, 59), rng.choice(("gains", "loses"))
            elif what == "zones":
                parts = [sum(parts)]
                fields["one"], fields["other"] = (_zone(rng) for _ in "ab")
            fields["count"] = len(parts)
            fields["parts"] = _listed([_duration(part) for part in parts])
            answer = _clock(_end(start, parts, fields, working))
        kind = "number" if what in ("hands", "between") else "time"
        asks = QUESTIONS[what].format(**fields)
        return self.draft(
            rng,
            phrasings=[f"{{asks}} {TIME_FORM if kind == 'time' else NUMBER_FORM}"],
            fields={"asks": asks},
            truth={"what": what, "asks": asks, "kind": kind},
            answer=answer,
            working=working,
            topic="clocks",
        )

    def solve(self, task: Task) -> str | None:
        """Use Python's dates and durations; for hands, their angles in the complex plane."""
        from datetime import datetime, timedelta

        text = task.text.partition("Answer in")[0].partition("Give an")[0]
        times = [
            datetime(2001, 1, 1, int(h), int(m), int(s))
            for h, m, s in re.findall(r"([0-9]{2}):([0-9]{2}):([0-9]{2})", text)
        ]
        if "hour hand" in text:
            minutes = (times[0] - datetime(2001, 1, 1)) / timedelta(seconds=1)
            turn = Fraction(int(minutes)) * Fraction(11, 120) % 360
            return str(min(turn, 360 - turn))
        if "equal shifts" in text:
            count = int(text.split()[0])
            whole = (times[1] - times[0]) % timedelta(days=1)
            return str(int(whole / timedelta(seconds=1)) // count)
        length = timedelta()
        for number, unit in re.findall(r"([0-9]+) (hour|minute|second)s?\b(?! every)", text):
            length += timedelta(**{f"{unit}s": int(number)})
        end = times[0] + length
        if zones := re.findall(r"UTC([+-])([0-9]{2}):([0-9]{2})", text):
            one, other = (
                timedelta(hours=int(h), minutes=int(m)) * (1 if sign == "+" else -1) for sign, h, m in zones
            )
            end += other - one
        if drift := re.search(r"(gains|loses) ([0-9]+) seconds every hour", text):
            seconds = int(drift[2]) * (length / timedelta(hours=1))
            end += timedelta(seconds=seconds if drift[1] == "gains" else -seconds)
        return end.strftime("%H:%M:%S")

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield times that are off by a second, a minute, an hour or half a day."""
        reference = task.reference or "0"
        if task.ground_truth["kind"] == "number":
            yield from slips(reference)
            return
        seconds = _seconds(reference)
        yield from (_clock(seconds + off) for off in (1, -1, 60, -60, 3_600, -3_600, DAY // 2))


def _clock(seconds: int) -> str:
    seconds %= DAY
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _seconds(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return 3_600 * hours + 60 * minutes + seconds


def _duration(seconds: int) -> str:
    counts = ((seconds // 3_600, "hour"), (seconds // 60 % 60, "minute"), (seconds % 60, "second"))
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counts if count)


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def _zone(rng: Random) -> str:
    minutes = rng.choice((*range(-720, 841, 60), -570, -210, 210, 270, 330, 345, 390, 570, 630, 765))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _end(start: int, parts: list[int], fields: dict[str, str | int], working: Working) -> int:
    now, name = start, ""
    for part in parts:
        now += part
        after = [name] if name else []
        days = f", {now // DAY} days on" if now >= DAY else ""
        text = f"{_duration(part)} later it is {_clock(now)}{days}"
        carries = (now % 60 < part % 60) + (now // 60 % 60 < part // 60 % 60) + (now >= DAY)
        name = working.step(text, _clock(now), *after, work=3 * adding(part) + carries)
    if "one" in fields:
        offsets = [
            _seconds(f"{str(fields[key])[1:]}:00") * (-1 if str(fields[key])[0] == "-" else 1)
            for key in ("one", "other")
        ]
        now += offsets[1] - offsets[0]
        text = f"From UTC{fields['one']} to UTC{fields['other']} it is {_clock(now)}"
        working.step(text, _clock(now), name, work=6)
    if "rate" in fields:
        off = int(fields["rate"]) * (sum(parts) // 3_600) * (1 if fields["way"] == "gains" else -1)
        now += off
        work = multiplying(off, sum(parts) // 3_600) + 6
        working.step(
            f"The clock is off by {off} seconds and shows {_clock(now)}", _clock(now), name, work=work
        )
    return now


def _hands(start: int, working: Working) -> Fraction:
    hour, minute = Fraction(start % (DAY // 2), 120), Fraction(start % 3_600, 10)
    first = working.step(f"The hour hand stands at {hour} degrees", hour, work=multiplying(start, 120))
    second = working.step(f"The minute hand stands at {minute} degrees", minute, work=multiplying(start, 10))
    apart = abs(hour - minute)
    value = min(apart, 360 - apart)
    working.step(
        f"The smaller angle between them is {value}", value, first, second, work=adding(hour, minute)
    )
    return value
