"""Warm-up: supervised steps on demonstrations, so that reinforcement has something to reinforce."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reason.envs.playable import Playable
from reason.errors import ConfigError
from reason.seeding import stream
from reason.train.config import ComponentConfig, OptimizerConfig, TrainConfig
from reason.train.demonstrations import Demonstrator, as_trajectory, play
from reason.train.distributed import World
from reason.train.environments import imported, plan_groups
from reason.train.learner import Learner
from reason.train.passes import Passes
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer
from reason.train.trajectory import Group, Trajectory

__all__ = ["warm_up"]


def warm_up(
    envs: Mapping[str, Playable],
    policy: Policy,
    tokenizer: Tokenizer,
    config: TrainConfig,
    *,
    passes: Passes,
    world: World,
) -> Iterator[dict[str, float]]:
    """Play the demonstrator, then make one supervised step after the other.

    The optimiser is a new one, and is forgotten at the end.

    Args:
        envs: By name.
        policy: Is trained.
        tokenizer: Of the policy.
        config: Of the run.
        passes: How forward passes are made.
        world: The processes.

    Yields:
        Metrics of each step.

    Raises:
        ConfigError: there is nothing to demonstrate, or no demonstration fits into ``sampling.max_tokens``.
    """
    settings = config.warmup
    limit = min(config.sampling.max_tokens, policy.config.max_position)
    demonstrations = _demonstrations(envs, tokenizer, config, limit, world)
    if not demonstrations:
        raise ConfigError(f"no demonstration fits into sampling.max_tokens, {limit} tokens")
    learner = Learner(
        policy,
        loss=ComponentConfig(name="sft"),
        config=OptimizerConfig(
            lr=settings.lr,
            betas=config.optimizer.betas,
            max_grad_norm=config.optimizer.max_grad_norm,
            max_tokens=config.optimizer.max_tokens,
            shared_prefix=config.optimizer.shared_prefix,
            schedule=settings.schedule,
            warmup_steps=settings.warmup_steps,
        ),
        passes=replace(passes, temperature=1.0),
        max_generated=limit,
        seed=config.seed,
        total_steps=settings.steps,
        world=world,
    )
    for step in range(settings.steps):
        rng = stream("reason.train.warmup", config.seed, step)
        batch = rng.sample(demonstrations, min(settings.batch_size, len(demonstrations)))
        groups = [_group(number, member) for number, member in enumerate(batch)]
        yield learner.update(groups, step)


def _demonstrations(
    envs: Mapping[str, Playable], tokenizer: Tokenizer, config: TrainConfig, limit: int, world: World
) -> list[Trajectory]:
    path = config.warmup.demonstrator
    player: Demonstrator | None = None if path == "reference" else imported(path, "warmup.demonstrator")
    weights = {env.name: env.weight for env in config.envs}
    plans = plan_groups(
        range(config.warmup.episodes),
        seed=config.seed,
        weights={name: weights.get(name, 1.0) for name in envs},
        purpose="demonstration",
    )
    own = [
        as_trajectory(play(envs[plan.env], plan, player, seed=config.seed), tokenizer, plan)
        for plan in world.share(plans)
    ]
    played = [one for part in world.gather(own) for one in part if len(one.token_ids_T) <= limit]
    return sorted(played, key=lambda one: one.group)


def _group(number: int, member: Trajectory) -> Group:
    return Group(index=number, env=member.env, level=member.level, members=(replace(member, group=number),))
