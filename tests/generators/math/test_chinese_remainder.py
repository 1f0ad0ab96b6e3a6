from math import lcm

import pytest
from sympy.ntheory.modular import solve_congruence

from reason.generators.math.chinese_remainder import ChineseRemainder

FAMILY = ChineseRemainder()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_has_the_remainders_and_is_the_smallest(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        truth, x = task.ground_truth, int(task.reference)
        pairs = list(zip(truth["remainders"], truth["moduli"], strict=True))
        assert all(x % modulus == remainder for remainder, modulus in pairs)
        assert 0 <= x < lcm(*truth["moduli"])
        assert solve_congruence(*pairs)[0] == x


def test_the_next_solution_is_wrong():
    task = FAMILY.task(level=1)
    assert not FAMILY.verify(task, str(int(task.reference) + lcm(*task.ground_truth["moduli"]))).passed


def test_some_moduli_share_divisors_from_level_3_on():
    from math import gcd

    shared = [FAMILY.task(level=3, index=index).ground_truth["moduli"] for index in range(20)]
    assert any(gcd(a, b) > 1 for a, b, *_ in shared)
