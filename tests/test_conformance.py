"""Every registered family keeps every rule of the contract: a new family needs no test of these its own."""

from functools import lru_cache
from pathlib import Path

import pytest

import reason.generators
from reason.registry import scan
from reason.testing import CHECKS, Subject

FAMILIES = sorted(scan(Path(reason.generators.__file__).parent, "reason.generators"))


@lru_cache(maxsize=1)
def subject_of(family_id):
    """Draw a family's tasks once for all its checks, which run one after the other."""
    return Subject(family_id)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("family_id", FAMILIES)
def test_the_family_keeps_the_rule(family_id, name):
    CHECKS[name](subject_of(family_id))


def test_there_are_families():
    assert FAMILIES
