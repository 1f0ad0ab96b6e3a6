"""A loss by name: the name of its file in ``reason/train/losses``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from reason.config import closest
from reason.errors import ConfigError
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.options import LossOptions

__all__ = ["Loss", "load", "names"]

PACKAGE = "reason.train.losses"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A method with its options."""

    name: str
    options: LossOptions
    module: ModuleType
    """Declares ``Options``, ``advantages`` and ``loss``."""

    def advantages(self, rollout: Rollout) -> Advantages:
        """Estimate the advantages of a step."""
        found: Advantages = self.module.advantages(rollout, self.options)
        return found

    def __call__(self, batch: TokenBatch, totals: Totals) -> LossOutput:
        """Return a micro-batch's share of the step's loss."""
        output: LossOutput = self.module.loss(batch, totals, self.options)
        return output


def names() -> tuple[str, ...]:
    """Return the names of all losses, sorted, without importing any."""
    folder = Path(__file__).parent / "losses"
    return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))


def load(name: str, options: Mapping[str, Any] | None = None) -> Loss:
    """Return a loss.

    >>> load("dapo").options.clip_high
    0.28

    Args:
        name: Of its file.
        options: What differs from the defaults of its ``Options``.

    Raises:
        ConfigError: there is no such loss or option, or an option cannot be.
    """
    if name not in names():
        raise ConfigError(f"there is no loss {name!r}{closest(str(name), names())} ({', '.join(names())})")
    module = importlib.import_module(f"{PACKAGE}.{name}")
    return Loss(name=name, options=module.Options.from_dict(options or {}), module=module)
