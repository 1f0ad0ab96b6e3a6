"""A run from its configuration: environments, policy, tokenizer, reward, trainer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from reason.envs.playable import Playable
from reason.errors import ConfigError
from reason.seeding import derive
from reason.train.config import PolicyConfig, TrainConfig
from reason.train.config_file import to_toml_data
from reason.train.demonstrations import Demonstrator, play
from reason.train.distributed import world
from reason.train.environments import imported, make_envs, make_group_reward, plan_groups
from reason.train.metrics import Sink, TensorBoardSink, WandbSink
from reason.train.policy.decoder import Decoder
from reason.train.policy.loading import load_policy, load_tokenizer
from reason.train.policy.protocol import Policy
from reason.train.policy.shape import DecoderConfig
from reason.train.policy.tokenizer import Tokenizer
from reason.train.policy.word_tokenizer import WordTokenizer
from reason.train.trainer import GRPOTrainer

__all__ = ["assemble", "make_policy", "make_vocabulary"]


@contextmanager
def assemble(config: TrainConfig, sinks: Sequence[Sink] = ()) -> Iterator[GRPOTrainer]:
    """Make a trainer and close it at the end.

    Args:
        config: The run.
        sinks: Take metrics, beside those that the configuration asks for.

    Raises:
        ConfigError: a setting that cannot be.
    """
    if not config.envs:
        raise ConfigError('the configuration needs an environment: [[envs]] with id = "SAT-v0", say')
    torch.manual_seed(derive("reason.train.torch", config.seed))
    with world(config.policy.device) as members:
        envs = make_envs(config.envs)
        policy, tokenizer = make_policy(config, envs)
        folder = Path(config.folder)
        asked: list[Sink] = list(sinks)
        if config.log.tensorboard and members.leads:
            asked.append(TensorBoardSink(folder))
        if config.log.wandb and members.leads:
            asked.append(WandbSink(folder, to_toml_data(config)))
        trainer = GRPOTrainer(
            envs,
            policy.to(members.device),
            config,
            tokenizer=tokenizer,
            group_reward=make_group_reward(config.reward),
            sinks=asked,
            world=members,
        )
        try:
            yield trainer
        finally:
            trainer.close()
            for env in envs.values():
                env.close()


def make_policy(config: TrainConfig, envs: Mapping[str, Playable]) -> tuple[Policy, Tokenizer]:
    """Load a policy and its tokenizer, or make them from random weights and the environments' words."""
    settings = config.policy
    if settings.path:
        tokenizer = load_tokenizer(settings.tokenizer or settings.path)
        return _loaded(settings), tokenizer
    found: Tokenizer = (
        load_tokenizer(settings.tokenizer) if settings.tokenizer else make_vocabulary(config, envs)
    )
    shape = DecoderConfig(
        vocab_size=found.vocab_size,
        d_model=settings.d_model,
        num_layers=settings.num_layers,
        num_heads=settings.num_heads,
        num_kv_heads=settings.num_kv_heads,
        head_dim=settings.d_model // settings.num_heads,
        d_ff=settings.d_ff,
        tied=settings.tied,
        max_position=settings.max_position,
    )
    return Decoder(shape, seed=config.seed), found


def make_vocabulary(config: TrainConfig, envs: Mapping[str, Playable]) -> WordTokenizer:
    """Return a tokenizer of the words that environments and demonstrator say in a sample of episodes."""
    path = config.warmup.demonstrator
    player: Demonstrator | None = None if path == "reference" else imported(path, "warmup.demonstrator")
    texts: list[str] = []
    for name, env in envs.items():
        plans = plan_groups(
            range(config.policy.vocabulary_episodes), seed=0, weights={name: 1.0}, purpose="vocabulary"
        )
        for plan in plans:
            texts += [message["content"] for message in play(env, plan, player, seed=0).messages]
    return WordTokenizer.from_texts(texts)


def _loaded(settings: PolicyConfig) -> Policy:
    # Weights stay in float32 where matrices are multiplied in bfloat16: small updates would be lost.
    policy: Policy
    if settings.adapter == "transformers":
        from reason.train.policy.transformers import TransformersPolicy

        policy = TransformersPolicy.load(settings.path)
    else:
        policy = load_policy(settings.path)
    if settings.lora_rank:
        from reason.train.policy.lora import add_lora

        add_lora(policy, rank=settings.lora_rank)
    return policy
