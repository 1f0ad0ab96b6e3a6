"""Every kind of policy through the whole trainer: ours and transformers', all weights and LoRA."""

import numpy as np
import pytest
import torch

from reason.train.assembly import assemble
from reason.train.config import TrainConfig
from reason.train.config_file import build
from reason.train.metrics import read_metrics
from reason.train.policy.loading import export_policy, load_policy
from reason.train.policy.word_tokenizer import WordTokenizer

TEXTS = ["guess 0 to 14", "higher lower invalid", *map(str, range(15))]
KINDS = [
    ("own", "llama", 2), ("own", "qwen2-tied", 0), ("transformers", "llama-tied", 0),
    ("transformers", "qwen3", 0), ("transformers", "qwen2", 2),
]  # fmt: skip


@pytest.fixture
def run(random_model, tmp_path):
    """Trains a random checkpoint for some steps; returns the policy and its weights before."""

    def run(adapter, kind, rank, *, folder="run", steps=3, **options):
        checkpoint = tmp_path / kind
        if not checkpoint.exists():
            random_model(kind).save_pretrained(checkpoint)
            WordTokenizer.from_texts(TEXTS).save(checkpoint)
        game = {
            "id": "NumberGuess-v0", "arguments": {"size": 15, "max_offset": 0, "reward": "binary"},
            "wrappers": ["reason.train.recipes.number_guess:terse"],
        }  # fmt: skip
        data = {
            "envs": [game], "steps": steps, "folder": str(tmp_path / folder), "threads": 1,
            "policy": {"path": str(checkpoint), "adapter": adapter, "lora_rank": rank},
            "sampling": {"max_new_tokens": 3, "max_tokens": 48},
            "rollout": {"groups": 2, "group_size": 3, "env_threads": 1, "max_sequences": 6},
            "optimizer": {"lr": 1e-3}, "evaluation": {"episodes": 1, "split": "train"},
            "checkpoint": {"every": 2},
        }  # fmt: skip
        with assemble(build(TrainConfig, data)) as trainer:
            # A policy that never learned to play earns nothing: let the first member win.
            trainer._collector.roller._reward = lambda outcome: np.array([1.0, 0.0, 0.0])
            before = {name: weight.clone() for name, weight in trainer.policy.state_dict().items()}
            trainer.train(**options)
        return trainer.policy, before

    return run


@pytest.mark.parametrize(("adapter", "kind", "rank"), KINDS)
def test_a_checkpoint_is_trained_and_what_is_frozen_stays(run, tmp_path, adapter, kind, rank):
    policy, before = run(adapter, kind, rank)
    lines = [line for line in read_metrics(tmp_path / "run" / "metrics.jsonl") if line["kind"] == "train"]
    assert [line["updates"] for line in lines] == [1, 1, 1]
    assert max(line["sampler_mismatch_max"] for line in lines) < 1e-4
    changed = {name for name, weight in policy.state_dict().items() if not weight.equal(before[name])}
    assert changed
    assert not rank or all(".lora_" in name for name in changed)
    assert rank or any("embed_tokens" in name for name in changed)
    export_policy(policy, tmp_path / "exported")
    again = load_policy(tmp_path / "exported")
    assert again.config.vocab_size == policy.config.vocab_size


def test_adapters_go_on_from_a_checkpoint_bit_for_bit(run):
    whole, _ = run("own", "llama", 2, folder="whole", steps=4)
    run("own", "llama", 2, folder="broken", steps=2)
    resumed, _ = run("own", "llama", 2, folder="broken", steps=4, resume="auto")
    for (name, one), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other), name
