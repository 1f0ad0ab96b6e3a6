import pytest

from reason.generators.math.linear_congruence import LinearCongruence

FAMILY = LinearCongruence()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_put_into_the_congruence_fits(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        a, b, modulus = (int(task.ground_truth[name]) for name in ("a", "b", "modulus"))
        x = int(task.reference)
        assert 0 <= x < modulus
        assert (a * x - b) % modulus == 0


def test_no_other_number_below_the_modulus_fits():
    for index in range(20):
        task = FAMILY.task(level=0, index=index)
        a, b, modulus = (int(task.ground_truth[name]) for name in ("a", "b", "modulus"))
        assert [x for x in range(modulus) if (a * x - b) % modulus == 0] == [int(task.reference)]


def test_a_fraction_is_no_inverse():
    task = FAMILY.task(level=0)
    assert not FAMILY.verify(task, f"1/{task.ground_truth['a']}").passed
