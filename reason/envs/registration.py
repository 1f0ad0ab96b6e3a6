"""Put every family into Gymnasium's registry under ``reason/<id>``.

Gymnasium 1.0 removed plugin entry points, so importing ``reason`` is what registers. The specs go
straight into ``gymnasium.registry``: ``gymnasium.register`` scans all others for each new id, which
takes seconds for a thousand families.
"""

from __future__ import annotations

import gymnasium
from gymnasium.envs.registration import EnvSpec

__all__ = ["register_environment"]


def register_environment(family_id: str) -> None:
    """Register ``reason/<family_id>``; doing it again changes nothing."""
    env_id = f"reason/{family_id}"
    if env_id not in gymnasium.registry:
        gymnasium.registry[env_id] = EnvSpec(
            id=env_id,
            entry_point="reason.envs.reasoning:ReasoningEnv",
            vector_entry_point="reason.envs.vector:ReasoningVectorEnv",
            kwargs={"family": family_id},
            # `gym.make` then returns the environment itself, with `fork` and `astep` in reach: it enforces
            # the order of calls, and the tests run Gymnasium's checker on every id. At run time that
            # checker would warn of the NaN that stands for "not scored".
            order_enforce=False,
            disable_env_checker=True,
        )
