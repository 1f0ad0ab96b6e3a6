"""Where answers are judged: in the thread that asks, or in processes that are kept warm."""

from __future__ import annotations

import time
from typing import Any

from reason.envs.protocol import unscorable
from reason.errors import ConfigError, LimitExceeded, VerifierError
from reason.family import Family
from reason.scoring import score_elsewhere
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.limited import Pool, limited

__all__ = ["ProcessScorer"]

SECONDS = 600.0
"""How long one judgement may take. Verifiers keep to limits of their own, which are far shorter."""
MEMORY_BYTES = 2**50
"""No limit of memory: a verifier has in a process what it has in a thread."""
TRIES = 2


class ProcessScorer:
    """Judge in up to ``count`` processes, so that verifiers written in Python work side by side.

    Task, completion and verdict cross as JSON. A process that ends while it judges is replaced and the
    judgement tried once more; then it could not be scored. Processes start when they are needed and end
    with :meth:`close`, with the caller, or where they work on an interrupted call (:meth:`interrupt`).
    """

    def __init__(self, family: Family[Any], count: int) -> None:
        """Make a scorer.

        Args:
            family: Whose tasks are judged.
            count: Processes at once.

        Raises:
            ConfigError: other processes could not import the family.
        """
        self._family, self._module = family, type(family).__module__
        if self._module == "__main__":
            raise ConfigError(
                f"workers='process' needs {family.id} in a module of its own: other processes cannot import "
                "the program that runs"
            )
        self._count = count
        self._pool = Pool(count)

    def __call__(self, task: Task, completion: str) -> Verdict:
        """Judge a completion; a failure of ours is a verdict without a score."""
        pool = self._pool  # after an interrupt it is another one, in which this call has no place
        began, failure = time.monotonic(), ""
        for _ in range(TRIES):
            try:
                return Verdict.from_dict(
                    limited(
                        score_elsewhere, self._module, task.to_json(), completion,
                        timeout_s=SECONDS, memory_bytes=MEMORY_BYTES, pool=pool,
                    )
                )  # fmt: skip
            except (LimitExceeded, VerifierError) as error:
                failure = f"{type(error).__name__}: {error}"
                if time.monotonic() - began >= SECONDS:
                    break
        return unscorable(self._family, failure)

    def interrupt(self) -> None:
        """End all processes, whatever they do; the next judgement starts new ones."""
        self._pool.close()
        self._pool = Pool(self._count)

    def close(self) -> None:
        """End all processes."""
        self._pool.close()
