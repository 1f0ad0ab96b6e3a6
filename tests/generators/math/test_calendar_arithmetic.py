import re
from datetime import date, timedelta

import pytest

from reason.generators.math.calendar_arithmetic import MONTHS, QUESTIONS, WEEKDAYS, CalendarArithmetic

FAMILY = CalendarArithmetic()


def dates(text):
    found = re.findall(rf"({'|'.join(MONTHS)}) ([0-9]+), ([0-9]+)", text)
    return [date(int(y), MONTHS.index(m) + 1, int(d)) for m, d, y in found]


def walk(truth):
    """Count day by day."""
    text, (first, *rest) = truth["asks"], dates(truth["asks"])
    one = timedelta(days=1)
    numbers = [int(n) for n in re.findall(r"([0-9]+)(?:th| days)", text)]
    match truth["what"]:
        case "shift":
            for _ in range(numbers[0]):
                first += one if "after" in text else -one
            return first.isoformat()
        case "nth":
            seen, weekday = 0, next(at for at, name in enumerate(WEEKDAYS) if f"th {name}" in text)
            while seen < numbers[0]:
                first += one
                seen += first.weekday() == weekday
            return first.isoformat()
    days = [first + timedelta(days=at) for at in range((rest[0] - first).days + 1)]
    match truth["what"]:
        case "days":
            return str(len(days) - 1)
        case "leap":
            return str(sum((day.month, day.day) == (2, 29) for day in days[1:-1]))
        case "weekdays":
            return str(sum(day.weekday() < 5 for day in days))
    weekday = next(at for at, name in enumerate(WEEKDAYS) if f"{name}s are" in text)
    return str(sum(day.weekday() == weekday for day in days))


@pytest.mark.parametrize("level", range(10))
def test_walking_day_by_day_gives_the_answer(level):
    for index in range(15):
        task = FAMILY.task(level=level, index=index)
        assert walk(task.ground_truth) == task.reference
        assert FAMILY.solve(task) == task.reference


def test_the_weekday_in_the_question_is_right():
    for index in range(40):
        text = FAMILY.task(level=3, index=index).text
        if found := re.search(rf"({'|'.join(WEEKDAYS)}), (?=[A-Z])", text):
            assert WEEKDAYS[dates(text)[0].weekday()] == found[1]


def test_every_question_is_asked():
    asked = {FAMILY.task(level=6, index=index).ground_truth["what"] for index in range(80)}
    assert asked == set(QUESTIONS)
