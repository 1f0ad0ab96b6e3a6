from fractions import Fraction

import pytest

from reason.generators.math.vectors import QUESTIONS, Vectors

FAMILY = Vectors()


def read(text):
    return [Fraction(part) for part in text.strip("()").split(", ")]


def dot(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


def holds(what, given, value):
    """Tell whether a value has the property that defines the right one."""
    u, v = given["u"], given["v"]
    gram = dot(u, u) * dot(v, v) - dot(u, v) ** 2
    if what == "dot":
        return dot([a + b for a, b in zip(u, v, strict=True)], v) - dot(v, v) == value
    if what == "cross":
        right_handed = sum(
            u[i] * v[j] * value[k] * (1 if (j - i) % 3 == 1 else -1)
            for i in range(3)
            for j in range(3)
            for k in range(3)
            if len({i, j, k}) == 3
        )
        return dot(value, u) == dot(value, v) == 0 and dot(value, value) == gram == right_handed
    if what in ("projection", "rejection"):
        rest = [a - b for a, b in zip(u, value, strict=True)]
        along, across = (value, rest) if what == "projection" else (rest, value)
        parallel = dot(along, along) * dot(v, v) == dot(along, v) ** 2
        return parallel and dot(across, v) == 0
    if what == "area":
        return value == gram
    if what == "angle":
        return value * dot(u, u) * dot(v, v) == dot(u, v) ** 2
    if what == "coordinates":
        parts = [[factor * x for x in given[name]] for factor, name in zip(value, "uvw", strict=True)]
        return [sum(part) for part in zip(*parts, strict=True)] == given["p"]
    vectors = [given[name] for name in "uvw"]
    g = [[dot(a, b) for b in vectors] for a in vectors]
    minors = [g[1][a] * g[2][b] - g[1][b] * g[2][a] for a, b in ((1, 2), (0, 2), (0, 1))]
    return value >= 0 and value**2 == g[0][0] * minors[0] - g[0][1] * minors[1] + g[0][2] * minors[2]


@pytest.mark.parametrize("level", range(10))
def test_the_answer_has_its_defining_property(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        given = {name: read(text) for name, text in task.ground_truth["vectors"].items()}
        value = read(task.reference)
        value = value if task.ground_truth["kind"] == "tuple" else value[0]
        assert holds(task.ground_truth["what"], given, value)
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_every_question_is_asked():
    asked = {FAMILY.task(level=3, index=index).ground_truth["what"] for index in range(90)}
    assert asked == set(QUESTIONS)
