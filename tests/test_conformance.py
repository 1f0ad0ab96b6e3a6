"""Every registered family keeps every rule of the contract: a new family needs no test of these its own.

The default run tries a part; the whole plan runs with ``--soak``, and before each change of a family
through ``scripts/docs``, whose published figures are checked for staleness.
"""

from functools import lru_cache
from pathlib import Path

import pytest

import reason.generators
from reason import registry
from reason.registry import scan
from reason.testing import CHECKS, Plan, Subject

FAMILIES = sorted(scan(Path(reason.generators.__file__).parent, "reason.generators"))
PART = Plan(tasks=12, stream=60, seeds=5)
SMALL_PART = Plan(tasks=8, levels=(0, 3), stream=20, seeds=3, hardest=7)
"""For domains whose tasks cost a tenth of a second, or whose families are many and share their code."""
SMALL = ("sql", "code", "problems")


@lru_cache(maxsize=1)
def subject_of(family_id, plan):
    """Draw a family's tasks once for all its checks, which run one after the other."""
    return Subject(family_id, plan)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    "family_id", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in FAMILIES]
)
def test_the_family_keeps_the_rule(family_id, name, request):
    plan = SMALL_PART if registry.get(family_id).domain in SMALL else PART
    plan = Plan() if request.config.getoption("--soak") else plan
    CHECKS[name](subject_of(family_id, plan))


def test_there_are_families():
    assert FAMILIES
