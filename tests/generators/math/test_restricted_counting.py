import re
from itertools import combinations, product
from math import comb, factorial, prod

import pytest
from sympy.utilities.iterables import multiset_permutations

from reason.generators.math.restricted_counting import RestrictedCounting

FAMILY = RestrictedCounting()


def arrangements(truth):
    letters, rule = truth["letters"].replace(", ", ""), truth["rule"]
    a, *b = re.findall(r"\b[A-Z]\b", rule)
    if factorial(len(letters)) > 20_000 * prod(factorial(letters.count(each)) for each in set(letters)):
        return
    for word in map("".join, multiset_permutations(letters)):
        if "no two" in rule:
            yield a * 2 not in word
        elif "block" in rule:
            yield a * letters.count(a) in word
        elif "first" in rule:
            yield a not in (word[0], word[-1])
        else:
            yield word.rindex(a) < word.index(b[0])


def committees(truth):
    if comb(truth["women"] + truth["men"], truth["size"]) > 200_000:
        return
    people = [("w", n) for n in range(truth["women"])] + [("m", n) for n in range(truth["men"])]
    for group in combinations(people, truth["size"]):
        women = sum(sex == "w" for sex, _ in group)
        both = ("w", 0) in group and ("m", 0) in group
        yield truth["low"] <= women <= truth["high"] and not (truth["pairs"] and both)


def distributions(truth):
    if (truth["high"] - truth["low"] + 1) ** truth["boxes"] > 20_000:
        return
    for filled in product(range(truth["low"], truth["high"] + 1), repeat=truth["boxes"]):
        yield sum(filled) == truth["balls"]


COUNTERS = {"arrangement": arrangements, "committee": committees, "distribution": distributions}


@pytest.mark.parametrize("level", range(2))
def test_listing_all_gives_the_count(level):
    seen = set()
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        seen.add(truth["what"])
        listed = list(COUNTERS[truth["what"]](truth))
        assert not listed or sum(listed) == int(task.reference) > 0
    assert seen == set(COUNTERS)


@pytest.mark.parametrize("level", [*range(2, 10), 20])
def test_recursion_gives_the_count(level):
    for index in range(10):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
        assert int(task.reference) > 0
