import pytest

from reason.generators.math.lattice_paths import LatticePaths

FAMILY = LatticePaths()


def walk(truth, x=0, y=0):
    if (x, y) in {tuple(point) for point in truth["blocked"]} or (truth["below"] and y > x):
        return 0
    if (x, y) == (truth["width"], truth["height"]):
        return 1
    right = walk(truth, x + 1, y) if x < truth["width"] else 0
    return right + (walk(truth, x, y + 1) if y < truth["height"] else 0)


@pytest.mark.parametrize("level", range(4))
def test_walking_every_path_gives_the_count(level):
    for index in range(15):
        task = FAMILY.task(level=level, index=index)
        assert walk(task.ground_truth) == int(task.reference)


@pytest.mark.parametrize("level", [*range(10), 30])
def test_binomials_give_the_count(level):
    for index in range(25):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


def test_without_forbidden_points_below_the_diagonal_paths_are_catalan_numbers():
    catalan = {3: 5, 4: 14, 5: 42, 6: 132}
    found = set()
    for index in range(200):
        truth = (task := FAMILY.task(index=index, knobs={"size": 3, "num_blocked": 0})).ground_truth
        if truth["below"] and truth["width"] == truth["height"]:
            found.add(truth["width"])
            assert int(task.reference) == catalan[truth["width"]]
    assert len(found) >= 2
