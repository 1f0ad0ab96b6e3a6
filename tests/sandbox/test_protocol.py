"""The data of the protocol refuses what cannot be."""

import math
from typing import Any

import pytest

from reason.sandbox import Limits, Program


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
@pytest.mark.parametrize("name", ["cpu_seconds", "memory_bytes", "processes", "output_bytes"])
def test_limits_are_positive_and_finite(name: str, value: float) -> None:
    fields: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=name):
        Limits(**fields)


@pytest.mark.parametrize("value", ["1", True, None])
def test_limits_are_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match="open_files"):
        Limits(open_files=value)


def test_the_wall_is_never_below_the_processor() -> None:
    with pytest.raises(ValueError, match="wall_seconds"):
        Limits(cpu_seconds=3, wall_seconds=2)


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "function"},
        {"mode": "function", "entry_point": "a.b"},
        {"mode": "function", "entry_point": "f", "language": "c"},
        {"mode": "checks"},
        {"checks": "assert True"},
    ],
)
def test_programs_that_cannot_be_run_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Program|mode"):
        Program(source="", **fields)
