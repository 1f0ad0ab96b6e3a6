"""How fast the trainer is on one GPU, against what the hardware allows: decoding, training, steps, memory.

    python benchmarks/grpo_gpu.py --out results.json            # 135M and 0.5B, random weights
    python benchmarks/grpo_gpu.py --smoke                       # tiny, on a CPU: that it runs, not how fast
    python benchmarks/grpo_gpu.py --parts trl                   # head to head with TRL (grpo_trl.py)

Needs torch, numpy, gymnasium and Reason; the part ``trl`` needs trl too and says so where it is not there.
Floors, with N weights, T tokens, B sequences, bandwidth BW, peak F:
decoding max((T / B) (2 N + B context kv) / BW, 2 N T / F); training (6 N + 6 L d context) T / F;
prefill 2 N T / F; optimiser 30 N / BW (bytes of moments, weights and gradients).
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import platform
import string
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch

import reason
from reason.train.config import ComponentConfig, OptimizerConfig, TrainConfig
from reason.train.config_file import build
from reason.train.engine.loading import make_engine
from reason.train.engine.protocol import Request
from reason.train.learner import Learner
from reason.train.metrics import read_metrics
from reason.train.passes import Passes
from reason.train.performance import peak_flops, training_flops
from reason.train.policy.decoder import Decoder
from reason.train.policy.shape import DecoderConfig
from reason.train.policy.tokenizer import Tokenizer
from reason.train.policy.word_tokenizer import WordTokenizer
from reason.train.trainer import GRPOTrainer
from reason.train.trajectory import Group, Trajectory

BANDWIDTH = {"H200": 4.8e12, "H100": 3.35e12, "A100": 2.0e12, "L40S": 0.864e12, "4090": 1.008e12}
"""Bytes a second of device memory, from the makers' data sheets."""

GOALS = {
    "decode.tokens_per_second": 150_000,
    "train.tokens_per_second": 80_000,
    "step.times_floor": 3,
    "trl.times_trl_rollout_tokens_per_second": 5,
    "trl.times_trl_step": 3,
}
"""At least so much on an H100 (training at 0.5B and short context), but for the step: at most."""

SHAPES = {
    "135M": DecoderConfig(
        vocab_size=49152, d_model=576, num_layers=30, num_heads=9, num_kv_heads=3, head_dim=64, d_ff=1536,
        tied=True, max_position=32768,
    ),
    "0.5B": DecoderConfig(
        vocab_size=151936, d_model=896, num_layers=24, num_heads=14, num_kv_heads=2, head_dim=64, d_ff=4864,
        tied=True, qkv_bias=True, max_position=32768,
    ),
    "smoke": DecoderConfig(
        vocab_size=512, d_model=32, num_layers=2, num_heads=2, num_kv_heads=1, head_dim=16, d_ff=64,
        tied=True, max_position=2048,
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much is done."""

    groups: int
    group_size: int
    prompt: int
    """Tokens of a prompt."""
    completion: int
    """Tokens of a completion."""
    lengths: tuple[int, ...]
    """Sequence lengths whose memory is measured."""
    micro_batch: int
    steps: int = 3


FULL = Load(
    groups=32, group_size=16, prompt=128, completion=256, lengths=(1024, 2048, 4096, 8192, 16384),
    micro_batch=32768,
)  # fmt: skip
SMOKE = Load(groups=2, group_size=4, prompt=16, completion=8, lengths=(64, 128), micro_batch=256, steps=2)


def timed(device: torch.device, function: Callable[[], Any]) -> float:
    """Return the seconds that a call takes, the device's work included."""
    _wait(device)
    began = time.perf_counter()
    function()
    _wait(device)
    return time.perf_counter() - began


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def make(shape: DecoderConfig, device: torch.device, dtype: torch.dtype) -> Decoder:
    """Make a policy of random weights."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    return Decoder(shape, seed=0).to(device=device, dtype=dtype)


def bench_decode(shape: DecoderConfig, load: Load, device: torch.device) -> dict[str, float | None]:
    """Sample completions of equal length for groups that share their prompts."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    policy = make(shape, device, dtype)
    sequences, rng = load.groups * load.group_size, np.random.default_rng(0)
    engine = make_engine(
        "auto", policy, max_sequences=sequences, max_tokens=load.prompt + load.completion + 8
    )
    prompts = rng.integers(8, shape.vocab_size, (load.groups, load.prompt))

    def generate(round_number: int) -> int:
        requests = [
            Request(
                id=(group, member), token_ids=prompts[group].tolist(), max_new_tokens=load.completion,
                seed=1000 * round_number + 32 * group + member,
            )
            for group in range(load.groups)
            for member in range(load.group_size)
        ]  # fmt: skip
        engine.submit(requests)
        sampled = 0
        while engine.num_active:
            sampled += sum(len(one.token_ids) for one in engine.step())
        engine.release([request.id for request in requests])
        return sampled

    generate(0)  # compiles kernels, captures graphs
    tokens: list[int] = []
    seconds = min(timed(device, lambda: tokens.append(generate(1))) for _ in range(2))
    width = 2 if dtype == torch.bfloat16 else 4
    kv = 2 * shape.num_layers * shape.num_kv_heads * shape.head_dim * width
    context = load.prompt + load.completion / 2
    weights = policy.num_parameters
    found: dict[str, float | None] = {"tokens_per_second": tokens[-1] / seconds, "seconds": seconds}
    found |= {"floor_seconds": None, "times_floor": None}
    bandwidth, peak = bandwidth_of(device), peak_flops(device)
    if bandwidth and peak:
        traffic = tokens[-1] / sequences * (width * weights + sequences * context * kv) / bandwidth
        floor = max(traffic, 2 * weights * tokens[-1] / peak)
        found |= {"floor_seconds": floor, "times_floor": seconds / floor}
    return found


def bench_train(shape: DecoderConfig, load: Load, device: torch.device) -> dict[str, float | None]:
    """Make optimiser steps of episodes whose groups share their prompts."""
    policy = make(shape, device, torch.float32)
    learner = Learner(
        policy, loss=ComponentConfig(name="dapo"), config=OptimizerConfig(lr=1e-6),
        passes=passes_of(device, load.micro_batch), max_generated=load.completion, seed=0, total_steps=10,
    )  # fmt: skip
    groups = episodes(shape, load)
    learner.update(groups, 0)
    seconds = min(timed(device, lambda: learner.update(groups, 1)) for _ in range(2))
    members = load.groups * load.group_size
    laid_out = load.groups * load.prompt + members * load.completion
    found: dict[str, float | None] = {
        "tokens_per_second": laid_out / seconds,
        "tokens_per_second_without_sharing": members * (load.prompt + load.completion) / seconds,
        "seconds": seconds,
        "mfu": None,
        "floor_seconds": None,
    }
    peak = peak_flops(device)
    if peak:
        dense = 6.0 * policy.num_parameters * laid_out
        lengths = [load.prompt + load.completion] * members
        attention = training_flops(shape, 0, lengths)
        found["mfu"] = (dense + attention) / seconds / peak
        found["floor_seconds"] = (dense + attention) / peak
    return {**found, "peak_gib": peak_gib(device)}


def bench_memory(shape: DecoderConfig, load: Load, device: torch.device) -> dict[str, float | None]:
    """Return the peak memory of one step on one sequence, by its length."""
    found = {}
    for length in load.lengths:
        policy = make(shape, device, torch.float32)
        policy.recompute = True
        learner = Learner(
            policy, loss=ComponentConfig(name="dapo"), config=OptimizerConfig(lr=1e-6),
            passes=passes_of(device, length), max_generated=length, seed=0, total_steps=10,
        )  # fmt: skip
        one = replace(load, groups=1, group_size=2, prompt=8, completion=length // 2)
        learner.update(episodes(shape, one), 0)
        found[str(length)] = peak_gib(device)
    return found


def bench_step(shape: DecoderConfig, load: Load, device: torch.device) -> dict[str, float | None]:
    """Train for a few whole steps on the first turns of ``reason/NumberGuess-v0``, through the trainer."""
    return train(make(shape, device, torch.float32), full_vocabulary(shape.vocab_size), shape, load, device)


def bench_trl(shape: DecoderConfig, load: Load, device: torch.device) -> dict[str, Any]:
    """Do the same with TRL's trainer, on the same weights and tokens."""
    import grpo_trl

    if missing := grpo_trl.missing():
        return {"left_out": f"{', '.join(missing)} not installed: {grpo_trl.INSTALL}"}
    return grpo_trl.against_trl(
        shape, load, device, words=vocabulary(shape.vocab_size),
        ours=lambda policy, tokenizer: train(policy, tokenizer, shape, load, device),
    )  # fmt: skip


def train(
    policy: Decoder, tokenizer: Tokenizer, shape: DecoderConfig, load: Load, device: torch.device
) -> dict[str, float | None]:
    """Train a policy for a few steps; return the figures of the last one."""
    with tempfile.TemporaryDirectory() as folder:
        config = build(
            TrainConfig,
            {
                "folder": folder,
                "steps": load.steps,
                "policy": {"dtype": "bfloat16" if device.type == "cuda" else "float32"},
                "sampling": {"max_new_tokens": load.completion, "max_tokens": 1024 + load.completion},
                "rollout": {
                    "groups": load.groups,
                    "group_size": load.group_size,
                    "max_sequences": load.groups * load.group_size,
                },
                "optimizer": {"lr": 1e-6, "max_tokens": max(load.micro_batch, 2048)},
                "evaluation": {"episodes": 1},
                "checkpoint": {"every": 1000},
            },
        )
        # Random weights solve nothing: rewards that differ make all of it worth learning from.
        trainer = GRPOTrainer(
            gym.make("reason/NumberGuess-v0", max_turns=1), policy, config, tokenizer=tokenizer,
            group_reward=lambda outcome: np.arange(len(outcome.rewards), dtype=np.float64) % 2,
        )  # fmt: skip
        trainer.train()
        trainer.close()
        lines = [line for line in read_metrics(Path(folder) / "metrics.jsonl") if line["kind"] == "train"]
    last = lines[-1]
    names = ("seconds_step", "seconds_rollout", "seconds_decode", "seconds_env", "seconds_update", "mfu")
    kept = {name: last[name] for name in names if last.get(name) is not None}
    kept |= {"rollout_tokens_per_second": last["rollout_tokens_per_second"]}
    kept |= {"episode_tokens": last["episode_tokens"], "response_tokens": last["response_tokens"]}
    kept |= {"floor_seconds": None, "times_floor": None}
    bandwidth, peak = bandwidth_of(device), peak_flops(device)
    if bandwidth and peak:
        kept["floor_seconds"] = step_floor(shape, policy.num_parameters, load, last, bandwidth, peak)
        kept["times_floor"] = last["seconds_step"] / kept["floor_seconds"]
    return {**kept, "peak_gib": peak_gib(device)}


def step_floor(
    shape: DecoderConfig, weights: int, load: Load, line: dict[str, float], bandwidth: float, peak: float
) -> float:
    """Return the least seconds of a step: prefill, decoding, training with shared prompts, optimiser."""
    members = load.groups * load.group_size
    prompt = line["episode_tokens"] - line["response_tokens"]
    generated = members * line["response_tokens"]
    kv = 4 * shape.num_layers * shape.num_kv_heads * shape.head_dim
    context = prompt + line["response_tokens"] / 2
    traffic = generated / members * (2 * weights + members * context * kv) / bandwidth
    decode = max(traffic, 2 * weights * generated / peak)
    laid_out = load.groups * prompt + generated
    train = 6 * (weights + shape.num_layers * shape.d_model * context) * laid_out / peak
    prefill = 2 * weights * load.groups * prompt / peak
    return float(prefill + decode + train + 30 * weights / bandwidth)


def episodes(shape: DecoderConfig, load: Load) -> list[Group]:
    """Make episodes of random tokens whose groups share a prompt and whose rewards differ."""
    rng = np.random.default_rng(0)
    length = load.prompt + load.completion
    generated = np.arange(length) >= load.prompt
    groups = []
    for group in range(load.groups):
        prompt = rng.integers(0, shape.vocab_size, load.prompt)
        members = [
            Trajectory(
                token_ids_T=np.concatenate([prompt, rng.integers(0, shape.vocab_size, load.completion)]),
                generated_T=generated, sampler_logprobs_T=np.where(generated, -10.0, 0.0).astype(np.float32),
                prompt_length=load.prompt, group=group, member=member, reward=float(member % 2),
            )
            for member in range(load.group_size)
        ]  # fmt: skip
        groups.append(Group(index=group, env="random", level=None, members=members))
    return groups


def passes_of(device: torch.device, max_tokens: int) -> Passes:
    """Return passes as a run on this device makes them."""
    return Passes(max_tokens=max_tokens, device=device, bfloat16=device.type == "cuda")


def full_vocabulary(size: int) -> WordTokenizer:
    """Return a tokenizer with exactly so many ids, so that whatever is sampled can be decoded."""
    return WordTokenizer(vocabulary(size)[: size - WordTokenizer([]).vocab_size])


def vocabulary(size: int) -> list[str]:
    """Return so many words."""
    letters = ("".join(word) for word in itertools.product(string.ascii_lowercase, repeat=4))
    digits = [str(number) for number in range(100)]
    marks = ["\n", " ", ".", ",", ":", "-", "<answer>", "</answer>"]
    return list(itertools.islice(itertools.chain(marks, digits, letters), size))


def device_name(device: torch.device) -> str:
    """Return what the maker calls a GPU, or the processor."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"CPU: {names[0] if names else platform.processor() or platform.machine()}"


def bandwidth_of(device: torch.device) -> float | None:
    """Return the bytes a second of a GPU's memory; None where they are not known."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    return next((speed for part, speed in BANDWIDTH.items() if part in name), None)


def peak_gib(device: torch.device) -> float | None:
    """Return the most memory that was in use on a GPU since the policy was made; None on a CPU."""
    return torch.cuda.max_memory_allocated(device) / 2**30 if device.type == "cuda" else None


def main() -> None:
    """Measure, print and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--smoke", action="store_true", help="tiny sizes, on a CPU where there is no GPU")
    parser.add_argument("--models", nargs="*", choices=list(SHAPES), default=None)
    parser.add_argument(
        "--parts", nargs="*", choices=["decode", "train", "memory", "step", "trl"], default=None
    )
    parser.add_argument("--out", type=Path, default=None, help="where the JSON goes")
    arguments = parser.parse_args()
    if not arguments.smoke and not torch.cuda.is_available():
        raise SystemExit("torch sees no GPU here; --smoke runs the same code on a CPU")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    load = SMOKE if arguments.smoke else FULL
    models = arguments.models or (["smoke"] if arguments.smoke else ["135M", "0.5B"])
    parts = {"decode": bench_decode, "train": bench_train, "memory": bench_memory, "step": bench_step}
    parts |= {"trl": bench_trl}
    results: dict[str, Any] = {
        "device": device_name(device),
        "measures": "speed"
        if device.type == "cuda"
        else "that it runs: no GPU, so no figure here is a goal's",
        "torch": torch.__version__,
        "reason": reason.__version__,
        "smoke": arguments.smoke,
        "bandwidth": bandwidth_of(device),
        "peak_flops": peak_flops(device),
        "goals": GOALS,
        "models": {},
    }
    for model in models:
        results["models"][model] = measured = {}
        for part in arguments.parts or parts:
            measured[part] = parts[part](SHAPES[model], load, device)
            print(model, part, json.dumps(measured[part]), flush=True)
    if arguments.out is not None:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
