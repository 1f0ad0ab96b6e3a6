import cmath
import math
import re
from fractions import Fraction

import pytest

from reason.generators.math.clock_arithmetic import QUESTIONS, ClockArithmetic

FAMILY = ClockArithmetic()


def seconds(text):
    hours, minutes, rest = map(int, text.split(":"))
    return 3600 * hours + 60 * minutes + rest


@pytest.mark.parametrize("level", range(10))
def test_dates_and_durations_give_the_answer(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


@pytest.mark.parametrize("level", [0, 3, 6, 9])
def test_counting_in_seconds_gives_the_answer(level):
    for index in range(60):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        text = truth["asks"]
        times = [seconds(found) for found in re.findall("[0-9]{2}:[0-9]{2}:[0-9]{2}", text)]
        match truth["what"]:
            case "hands":
                hour = cmath.exp(2j * math.pi * (times[0] % 43_200) / 43_200)
                minute = cmath.exp(2j * math.pi * (times[0] % 3_600) / 3_600)
                angle = math.degrees(abs(cmath.phase(hour / minute)))
                assert angle == pytest.approx(float(Fraction(task.reference)), abs=1e-6)
            case "between":
                count = int(text.split()[0])
                assert (times[0] + count * int(task.reference)) % 86_400 == times[1]
                assert count * int(task.reference) < 86_400
            case "schedule":
                units = {"hour": 3_600, "minute": 60, "second": 1}
                for number, unit in re.findall("([0-9]+) (hour|minute|second)", text):
                    times[0] += int(number) * units[unit]
                assert times[0] % 86_400 == seconds(task.reference)


def test_twelve_hour_form_is_understood():
    tasks = (FAMILY.task(level=2, index=index) for index in range(40))
    task = next(t for t in tasks if t.ground_truth["kind"] == "time" and "13" <= t.reference[:2] <= "21")
    hour = int(task.reference[:2]) - 12
    assert FAMILY.verify(task, f"{hour}{task.reference[2:]} PM").passed
    assert not FAMILY.verify(task, f"{hour}{task.reference[2:]} AM").passed


def test_every_question_is_asked():
    asked = {FAMILY.task(level=3, index=index).ground_truth["what"] for index in range(90)}
    assert asked == set(QUESTIONS)
