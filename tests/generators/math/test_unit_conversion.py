from fractions import Fraction

import pytest
from sympy.physics import units as si
from sympy.physics.units import convert_to

from reason.generators.math.unit_conversion import QUANTITIES, UNITS, UnitConversion

FAMILY = UnitConversion()
NAMES = {
    "m": si.meter, "km": si.kilometer, "cm": si.centimeter, "mm": si.millimeter, "in": si.inch, "ft": si.foot,
    "yd": si.yard, "mi": si.mile, "nmi": si.nautical_mile, "kg": si.kilogram, "g": si.gram, "t": si.tonne,
    "mg": si.milligram, "lb": si.pound, "s": si.second, "min": si.minute, "h": si.hour, "d": si.day,
    "ms": si.millisecond, "week": 7 * si.day,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "base"), [("length", si.meter), ("mass", si.kilogram), ("time", si.second)])
def test_units_have_the_value_that_sympy_gives_them(kind, base):
    for name, value in UNITS[kind].items():
        if name == "oz":
            assert Fraction(value) * 16 == Fraction(UNITS["mass"]["lb"])
            continue
        found = (convert_to(NAMES[name], base) / base).simplify()
        assert float(Fraction(value)) == pytest.approx(
            float(found), rel=1e-4 if name in ("lb", "nmi") else 1e-12
        )


@pytest.mark.parametrize("level", range(10))
def test_the_way_by_base_units_and_cramers_rule_give_the_answer(level):
    for index in range(25):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
        truth = task.ground_truth
        if truth["kind"] == "tuple":
            a = [Fraction(part) for part in task.reference.strip("()").split(", ")]
            for at, name in enumerate("lmt"):
                sums = sum(x * QUANTITIES[truth[q]][at] for x, q in zip(a, "pqr", strict=True))
                assert sums == truth[name]


def test_the_unit_may_stand_behind_the_number_and_no_other():
    task = FAMILY.task(level=0)
    assert FAMILY.verify(task, f"{task.reference} {task.ground_truth['target']}").passed
    assert not FAMILY.verify(task, f"{task.reference} {task.ground_truth['source']}").passed


def test_both_questions_are_asked():
    kinds = {FAMILY.task(level=4, index=index).ground_truth["kind"] for index in range(40)}
    assert kinds == {"number", "tuple"}
