"""The environments of a run: made from the configuration, and which task each group plays."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import gymnasium
import numpy as np
from numpy.typing import NDArray

from reason.curricula import loading as curricula
from reason.curricula.curriculum import Choice, Curriculum
from reason.envs.group import GroupOutcome, GroupReward
from reason.envs.playable import Playable
from reason.errors import ConfigError
from reason.frozen import FrozenDict
from reason.rewards import loading as rewards
from reason.rewards.group import group_reward
from reason.seeding import derive, stream
from reason.train.config import ComponentConfig, EnvConfig
from reason.train.outcome import PlayedOutcome

__all__ = [
    "Envs",
    "Plan",
    "imported",
    "make_curriculum",
    "make_envs",
    "make_group_reward",
    "named",
    "plan_groups",
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one group is to play."""

    group: int
    """Number of the group in the run: names its task and its samples."""
    env: str
    seed: int
    """Seed of the environment's ``reset``."""
    options: Mapping[str, Any] = field(default_factory=FrozenDict)
    """Options of that ``reset``."""
    level: float | None = None
    choice: Choice | None = None
    """What a curriculum asked for."""


def imported(path: str, setting: str) -> Callable[..., Any]:
    """Return a function of the user's by ``package.module:name``.

    Args:
        path: Where it is.
        setting: Who asks, for the message.

    Raises:
        ConfigError: there is no such module or function.
    """
    module, colon, name = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), name) if colon and name else None
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"{setting}: {path!r} cannot be imported: {error}") from error
    if not callable(found):
        raise ConfigError(f"{setting} must be package.module:name of a function, got {path!r}")
    return cast("Callable[..., Any]", found)


def make_envs(configs: Sequence[EnvConfig], *, split: str | None = None) -> dict[str, Playable]:
    """Make the environments of a run by the names it gives them.

    Args:
        configs: Their sections.
        split: Stream to draw tasks from, instead of each one's own.

    Raises:
        ConfigError: an argument or wrapper that cannot be.
        UnknownFamilyError: there is no such family.
    """
    envs = {}
    for config in configs:
        arguments = dict(config.arguments) if split is None else {**config.arguments, "split": split}
        try:
            env: Any = gymnasium.make(f"reason/{config.id}", **arguments)
        except gymnasium.error.UnregisteredEnv:
            from reason import registry

            registry.get(config.id)
            raise
        for wrapper in config.wrappers:
            env = imported(wrapper, f"envs.{config.name}.wrappers")(env)
        envs[config.name] = cast(Playable, env)
    return envs


AnyEnv = Playable | gymnasium.Env[Any, Any]
"""What ``gym.make`` says it returns, and what it returns for Reason's ids."""
Envs = Mapping[str, AnyEnv] | Sequence[AnyEnv] | AnyEnv


def named(envs: Envs) -> dict[str, Playable]:
    """Return environments by name, whatever a caller gave: one, some, or a mapping.

    Raises:
        ConfigError: there is none, or one cannot be forked and so cannot be played by a group.
    """
    if isinstance(envs, Mapping):
        found = dict(envs)
    else:
        listed = list(envs) if isinstance(envs, Sequence) else [envs]
        names = [_name_of(env) for env in listed]
        found = {
            name if names.count(name) == 1 else f"{name}#{at}": env
            for at, (name, env) in enumerate(zip(names, listed, strict=True))
        }
    if not found:
        raise ConfigError("envs must hold at least one environment")
    for name, env in found.items():
        if not hasattr(env, "fork"):
            raise ConfigError(
                f"envs[{name!r}] must be an environment of Reason that can fork, got {env!r:.80}"
            )
    return cast("dict[str, Playable]", found)


def _name_of(env: Any) -> str:
    family = getattr(getattr(env, "unwrapped", None), "family", None)
    return str(getattr(family, "id", type(env).__name__))


def make_curriculum(config: ComponentConfig | None, envs: Mapping[str, Playable]) -> Curriculum | None:
    """Make the curriculum of a run over its environments; None where it has none."""
    if config is None:
        return None
    hardest = {name: cast(Any, env).unwrapped.family.max_level for name, env in envs.items()}
    return curricula.load(config.name, hardest, **config.options)


def make_group_reward(config: ComponentConfig | None) -> GroupReward | None:
    """Return the reward over a group of a run; None where the environments' own rewards count."""
    if config is None:
        return None
    return group_reward(rewards.rule(config.name), extra=_lengths, **config.options)


def _lengths(outcome: GroupOutcome) -> dict[str, NDArray[np.int64]]:
    """Measure texts in tokens, where they are known, instead of characters."""
    return {"lengths_G": outcome.tokens} if isinstance(outcome, PlayedOutcome) else {}


def plan_groups(
    groups: range,
    *,
    seed: int,
    weights: Mapping[str, float],
    purpose: str = "train",
    curriculum: Curriculum | None = None,
    options: Mapping[str, Any] | None = None,
) -> list[Plan]:
    """Say what the groups of these numbers play: a function of the numbers, seed and curriculum alone.

    Args:
        groups: Numbers of groups in the run.
        seed: Seed of the run.
        weights: How often each environment is played where there is no curriculum.
        purpose: Name of the stream; training and evaluation share no draw.
        curriculum: Decides instead of the weights.
        options: Of ``reset``, where there is no curriculum.
    """
    plans = []
    for group in groups:
        rng = stream("reason.train", purpose, seed, group)
        # index_of() leaves 53 bits of what it hashes: seeds as large as this lose nothing.
        task_seed = derive("reason.train.task", purpose, seed, group)
        if curriculum is not None:
            choice = curriculum.next(rng)
            plans.append(
                Plan(
                    group=group, env=choice.env, seed=task_seed, options=choice.reset_options(),
                    level=choice.level, choice=choice,
                )
            )  # fmt: skip
        else:
            plans.append(Plan(group=group, env=_draw(weights, rng), seed=task_seed, options=options or {}))
    return plans


def _draw(weights: Mapping[str, float], rng: random.Random) -> str:
    names = [name for name, weight in weights.items() if weight > 0]
    if not names:
        raise ConfigError("at least one environment must have a weight above 0")
    if len(names) == 1:
        return names[0]
    return rng.choices(names, [weights[name] for name in names])[0]
