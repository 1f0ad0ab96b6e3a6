"""The public conformance kit: what every family, environment and sandbox must show.

Two lines test a family of your own, wherever it lives, by every property of the contract::

    from reason.testing import check_family

    check_family("MyFamily-v0")

:func:`sweep` plays random and hostile texts in a family's environments, tools included.

A test suite that wants one result a property parametrises over :data:`CHECKS`; ``reason audit`` prints
what the same checks measure.
"""

from reason.testing.audit import Audit, audit, check_family
from reason.testing.conformance import CHECKS, Check, ConformanceError, Evidence, Tally, check
from reason.testing.subject import Plan, Subject
from reason.testing.sweep import Sweep, sweep

__all__ = [
    "CHECKS",
    "Audit",
    "Check",
    "ConformanceError",
    "Evidence",
    "Plan",
    "Subject",
    "Sweep",
    "Tally",
    "audit",
    "check",
    "check_family",
    "sweep",
]
