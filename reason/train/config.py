"""What a training run can be told: one frozen dataclass a section, read from TOML by ``config_file``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reason.errors import ConfigError
from reason.frozen import FrozenDict
from reason.seeding import check_split

__all__ = [
    "CheckpointConfig",
    "ComponentConfig",
    "EnvConfig",
    "EvaluationConfig",
    "LogConfig",
    "OptimizerConfig",
    "PolicyConfig",
    "RolloutConfig",
    "SamplingConfig",
    "TrainConfig",
    "WarmupConfig",
]


@dataclass(frozen=True, kw_only=True)
class ComponentConfig:
    """A part that is found by the name of its file: a loss, a curriculum, a reward over a group."""

    name: str
    """File name, such as ``dapo``."""
    options: Mapping[str, Any] = field(default_factory=FrozenDict)
    """What it is told, as its own documentation lists."""


@dataclass(frozen=True, kw_only=True)
class EnvConfig:
    """One environment of the run."""

    id: str
    """Family, such as ``SAT-v0``."""
    name: str = ""
    """What the run calls it; the id where empty."""
    weight: float = 1.0
    """How often it is played, next to the other environments."""
    arguments: Mapping[str, Any] = field(default_factory=FrozenDict)
    """Arguments of ``gym.make``: level, max_turns, tools, knobs, ..."""
    wrappers: tuple[str, ...] = ()
    """Functions ``package.module:name`` that are called on it, from the inside out."""

    def __post_init__(self) -> None:
        """Reject weights below 0 and fill in the name."""
        _require(0 <= self.weight < math.inf, "envs.weight", "a number from 0", self.weight)
        object.__setattr__(self, "id", self.id.removeprefix("reason/"))
        object.__setattr__(self, "name", self.name or self.id)


@dataclass(frozen=True, kw_only=True)
class PolicyConfig:
    """The model."""

    path: str = ""
    """Folder of a Hugging Face checkpoint or a GGUF file; empty begins from random weights."""
    tokenizer: str = ""
    """File or folder of a tokenizer; empty takes the checkpoint's, or a vocabulary of the environments'
    own words."""
    adapter: Literal["own", "transformers"] = "own"
    """Whose forward pass: Reason's decoder, or that of any causal model of transformers."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """What matrices are multiplied in on a GPU; a CPU takes float32 either way."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    lora_rank: int = 0
    """Rank of LoRA adapters, which need ``peft``; 0 trains all weights."""
    d_model: int = 64
    """This and the next ones: of a model from random weights."""
    num_layers: int = 2
    num_heads: int = 4
    num_kv_heads: int = 4
    d_ff: int = 192
    tied: bool = True
    max_position: int = 4096
    vocabulary_episodes: int = 200
    """Episodes of each environment whose words make up the vocabulary of a model from random weights."""

    def __post_init__(self) -> None:
        """Reject sizes that cannot be."""
        for name in (
            "d_model",
            "num_layers",
            "num_heads",
            "num_kv_heads",
            "d_ff",
            "max_position",
            "vocabulary_episodes",
        ):
            _require(getattr(self, name) > 0, f"policy.{name}", "above 0", getattr(self, name))
        _require(
            self.d_model % self.num_heads == 0, "policy.d_model", "a multiple of num_heads", self.d_model
        )
        _require(self.lora_rank >= 0, "policy.lora_rank", "at least 0", self.lora_rank)
        # A model from random weights is our own, and has nothing that adapters could keep.
        _require(
            bool(self.path) or not self.lora_rank, "policy.lora_rank", "0 without a path", self.lora_rank
        )
        _require(
            bool(self.path) or self.adapter == "own", "policy.adapter", "'own' without a path", self.adapter
        )


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How texts are sampled."""

    temperature: float = 1.0
    """0 takes the likeliest token."""
    top_p: float = 1.0
    top_k: int = 0
    """0 keeps all tokens."""
    max_new_tokens: int = 512
    """Tokens of one text."""
    max_tokens: int = 4096
    """Tokens of a whole episode, prompt included."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        _check_temperature(self.temperature, "sampling.temperature")
        _require(0 < self.top_p <= 1, "sampling.top_p", "above 0 and at most 1", self.top_p)
        _require(self.top_k >= 0, "sampling.top_k", "at least 0", self.top_k)
        _require(self.max_new_tokens > 0, "sampling.max_new_tokens", "above 0", self.max_new_tokens)
        _require(self.max_tokens > 1, "sampling.max_tokens", "above 1", self.max_tokens)


@dataclass(frozen=True, kw_only=True)
class RolloutConfig:
    """How many episodes a step plays, and how."""

    groups: int = 16
    """Tasks a step."""
    group_size: int = 8
    """Episodes of one task."""
    asynchronous: bool | None = None
    """Whether environments step while other sequences are decoded; None does so on a GPU only, since runs
    are then no longer bit-identical."""
    env_threads: int = 8
    """Threads in which environments step."""
    max_sequences: int = 512
    """Sequences that are decoded at once."""
    max_redraws: int = 0
    """Dynamic sampling (DAPO): how many times as many tasks may be drawn to replace groups of one reward."""
    workers: int = 0
    """Ray actors that play instead of this process; 0 needs no Ray."""
    gpus_per_worker: float = 0.0
    max_staleness: int = 0
    """Updates that the weights of Ray's rollouts may be behind."""
    engine: Literal["auto", "eager", "graphs", "transformers", "vllm"] = "auto"

    def __post_init__(self) -> None:
        """Reject numbers that cannot be."""
        for name in ("groups", "group_size", "env_threads", "max_sequences"):
            _require(getattr(self, name) > 0, f"rollout.{name}", "above 0", getattr(self, name))
        for name in ("max_redraws", "workers", "gpus_per_worker", "max_staleness"):
            _require(getattr(self, name) >= 0, f"rollout.{name}", "at least 0", getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """AdamW and its schedule."""

    lr: float = 1e-6
    """Peak learning rate."""
    betas: tuple[float, float] = (0.9, 0.95)
    eps: float = 1e-8
    weight_decay: float = 0.0
    warmup_steps: int = 0
    """Updates over which the rate rises from 0."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """How the rate falls to ``final_fraction`` at the last step."""
    final_fraction: float = 0.0
    max_grad_norm: float = 1.0
    """0 does not clip."""
    updates_per_rollout: int = 1
    """Optimiser steps that the sequences of a rollout are cut into, per epoch."""
    epochs: int = 1
    """Passes over a rollout."""
    max_tokens: int = 16384
    """Tokens of one micro-batch: bounds memory, changes no gradient."""
    shared_prefix: bool = True
    """Whether the prompt of a group is computed once; changes no gradient."""
    recompute_logprobs: bool = False
    """Whether old log-probabilities are the trainer's own, from a forward pass before the first update, so
    that the loss can correct for the sampler's; else they are the sampler's."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        for name in ("lr", "eps"):
            value = getattr(self, name)
            _require(0 <= value < math.inf, f"optimizer.{name}", "a number from 0", value)
        _require(
            all(0 <= beta < 1 for beta in self.betas), "optimizer.betas", "from 0 to below 1", self.betas
        )
        _require(0 <= self.final_fraction <= 1, "optimizer.final_fraction", "in 0..1", self.final_fraction)
        for name in ("updates_per_rollout", "epochs", "max_tokens"):
            _require(getattr(self, name) > 0, f"optimizer.{name}", "above 0", getattr(self, name))
        for name in ("warmup_steps", "max_grad_norm", "weight_decay"):
            _require(getattr(self, name) >= 0, f"optimizer.{name}", "at least 0", getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class WarmupConfig:
    """Supervised steps on a demonstrator's play, before reinforcement learning."""

    steps: int = 0
    episodes: int = 1024
    """Demonstrations that are played; steps draw from them."""
    batch_size: int = 64
    """Demonstrations a step."""
    lr: float = 3e-3
    warmup_steps: int = 0
    """Updates over which the rate rises from 0."""
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    """How the rate falls to 0 at the last step."""
    demonstrator: str = "reference"
    """``reference``, or a function ``package.module:name`` from (task, messages, rng) to a text."""

    def __post_init__(self) -> None:
        """Reject numbers that cannot be."""
        for name in ("steps", "warmup_steps"):
            _require(getattr(self, name) >= 0, f"warmup.{name}", "at least 0", getattr(self, name))
        _require(0 <= self.lr < math.inf, "warmup.lr", "a number from 0", self.lr)
        for name in ("episodes", "batch_size"):
            _require(getattr(self, name) > 0, f"warmup.{name}", "above 0", getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class EvaluationConfig:
    """Play without learning."""

    every: int = 0
    """Steps between evaluations; 0 evaluates before the first step and after the last one only. Changes
    nothing else in the run."""
    episodes: int = 128
    """Tasks of each environment."""
    split: str = "validation"
    """Stream that tasks come from."""
    temperature: float = 1.0

    def __post_init__(self) -> None:
        """Reject numbers that cannot be."""
        _require(self.every >= 0, "evaluation.every", "at least 0", self.every)
        _require(self.episodes > 0, "evaluation.episodes", "above 0", self.episodes)
        check_split(self.split)
        _check_temperature(self.temperature, "evaluation.temperature")


@dataclass(frozen=True, kw_only=True)
class CheckpointConfig:
    """What is kept on disk."""

    every: int = 50
    """Steps between checkpoints; 0 writes one at the end only."""
    keep: int = 2
    """Checkpoints that stay; the older ones are deleted."""

    def __post_init__(self) -> None:
        """Reject numbers that cannot be."""
        _require(self.every >= 0, "checkpoint.every", "at least 0", self.every)
        _require(self.keep > 0, "checkpoint.keep", "above 0", self.keep)


@dataclass(frozen=True, kw_only=True)
class LogConfig:
    """What is shown and written; JSON lines always are."""

    live: bool = True
    """A live table, where there is a terminal."""
    tensorboard: bool = False
    wandb: bool = False
    report: bool = True
    """``report.html`` at the end."""
    samples: int = 2
    """Episodes a step that are written to ``samples.jsonl``."""

    def __post_init__(self) -> None:
        """Reject numbers below 0."""
        _require(self.samples >= 0, "log.samples", "at least 0", self.samples)


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """A whole run."""

    envs: tuple[EnvConfig, ...] = ()
    steps: int = 100
    """Rollouts, each followed by its updates."""
    seed: int = 0
    folder: str = "runs/grpo"
    """Where metrics, checkpoints and the report go."""
    threads: int = 0
    """Threads of torch; 0 leaves them as they are. One is fastest for a tiny model on a busy machine."""
    policy: PolicyConfig = field(default_factory=PolicyConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    rollout: RolloutConfig = field(default_factory=RolloutConfig)
    loss: ComponentConfig = field(default_factory=lambda: ComponentConfig(name="dapo"))
    reward: ComponentConfig | None = None
    """A reward over a group, instead of the environments' own."""
    curriculum: ComponentConfig | None = None
    """Which environment and level come next; by the weights where there is none."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    warmup: WarmupConfig = field(default_factory=WarmupConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    checkpoint: CheckpointConfig = field(default_factory=CheckpointConfig)
    log: LogConfig = field(default_factory=LogConfig)

    def __post_init__(self) -> None:
        """Reject numbers that cannot be, and two environments of one name."""
        _require(self.steps >= 0, "steps", "at least 0", self.steps)
        _require(self.threads >= 0, "threads", "at least 0", self.threads)
        _require(bool(self.folder), "folder", "the name of a folder", self.folder)
        names = [env.name for env in self.envs]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ConfigError(f"two environments are called {twice!r}; give one another name")


def _check_temperature(value: float, name: str) -> None:
    _require(0 <= value < math.inf, name, "a number from 0", value)


def _require(condition: bool, name: str, expected: str, value: object) -> None:
    if not condition:
        raise ConfigError(f"{name} must be {expected}, got {value!r}")
