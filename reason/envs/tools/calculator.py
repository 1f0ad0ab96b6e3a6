"""A calculator that is exact: fractions and decimals of any size up to a cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.envs.tools._arithmetic import MAX_EXPRESSION_CHARS, calculate
from reason.frozen import freeze
from reason.task import Task

__all__ = ["Calculator"]


@dataclass(frozen=True, kw_only=True)
class Calculator(Tool):
    """Compute exactly."""

    name: str = "calculator"
    description: str = (
        "Compute an expression exactly: + - * / // % ^ ! and brackets, over integers, decimals, fractions; "
        "sqrt, abs, floor, ceil, round(x, digits), gcd, lcm, min, max, binomial(n, k)."
    )
    parameters: Mapping[str, Any] = freeze(
        {
            "type": "object",
            "properties": {
                "expression": {
                    "type": "string",
                    "description": "Such as (1/3 + 0.25) * 12^2.",
                    "maxLength": MAX_EXPRESSION_CHARS,
                }
            },
            "required": ["expression"],
        }
    )
    timeout_s: float | None = None

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Compute."""
        try:
            return ToolResult(text=calculate(arguments["expression"]))
        except ValueError as error:
            return ToolResult(text=str(error), error=True)
