"""Answers that are functions: the gate before the sandbox, and what never solves a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reason.frozen import thaw
from reason.sandbox.protocol import Limits
from reason.verdict import Status, Verdict
from reason.verifiers.code import verify_program, without_time

__all__ = ["cheats", "check_function"]

MAX_CHARS = 20_000
LIMITS = Limits(cpu_seconds=1.0, wall_seconds=6.0)


def check_function(cases: Sequence[Mapping[str, Any]], name: str, source: str) -> Verdict:
    """Judge a function by hidden cases, in the sandbox; the verdict is the same each time.

    Args:
        cases: Each with ``arguments`` and ``expected``.
        name: Of the function.
        source: Hostile text. What does not even name the function is not run.
    """
    if len(source) > MAX_CHARS:
        return Verdict.wrong(f"a program has at most {MAX_CHARS} characters", status=Status.PARSE_ERROR)
    if f"def {name}(" not in source and f"{name} =" not in source:
        return Verdict.wrong(f"it defines no function {name}", status=Status.PARSE_ERROR)
    plain = [{key: thaw(value) for key, value in case.items()} for case in cases]
    return without_time(
        verify_program(plain, source, mode="function", entry_point=name, checker="exact", limits=LIMITS)
    )


def cheats(name: str, shown: Sequence[tuple[Sequence[Any], Any]]) -> Iterator[str]:
    """Yield programs that solve nothing: examples by heart, constants, early exits, equal to everything."""
    table = repr({repr(list(arguments)): value for arguments, value in shown})
    default = repr(shown[0][1]) if shown else "0"
    yield f"def {name}(*given):\n    return {table}.get(repr(list(given)), {default})\n"
    yield f"def {name}(*given):\n    import os\n    os._exit(0)\n"
    yield (
        f"class Same:\n    def __eq__(self, other):\n        return True\n\n"
        f"def {name}(*given):\n    return Same()\n"
    )
