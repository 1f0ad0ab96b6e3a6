import pytest

from reason.errors import ConfigError
from reason.train.assembly import assemble
from reason.train.config import TrainConfig
from reason.train.config_file import build
from reason.train.metrics import read_metrics


def config(folder, **rollout):
    data = {
        "envs": [
            {
                "id": "NumberGuess-v0",
                "arguments": {"size": 15, "max_offset": 0, "reward": "binary"},
                "wrappers": ["reason.train.recipes.number_guess:terse"],
            }
        ],
        "steps": 5,
        "folder": str(folder),
        "threads": 1,
        "policy": {"d_model": 16, "num_heads": 2, "num_kv_heads": 1, "d_ff": 32, "vocabulary_episodes": 20},
        "sampling": {"max_new_tokens": 3, "max_tokens": 48},
        "rollout": {"groups": 4, "group_size": 4, "max_sequences": 16, **rollout},
        "optimizer": {"lr": 3e-3},
        "warmup": {
            "steps": 20,
            "episodes": 60,
            "demonstrator": "reason.train.recipes.number_guess:consistent_player",
        },
        "evaluation": {"episodes": 4, "split": "train"},
    }
    return build(TrainConfig, data)


def train(folder, **rollout):
    with assemble(config(folder, **rollout)) as trainer:
        trainer.train()
    return [line for line in read_metrics(folder / "metrics.jsonl") if line["kind"] == "train"]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_ray_actors_play_what_this_process_would_and_are_never_too_far_behind(tmp_path):
    pytest.importorskip("ray")
    here = train(tmp_path / "here")
    there = train(tmp_path / "there", workers=2)
    assert [line["reward"] for line in there] == [line["reward"] for line in here]
    assert [line["staleness"] for line in there] == [0.0] * 5
    behind = train(tmp_path / "behind", workers=2, max_staleness=2)
    assert [line["staleness"] for line in behind] == [0.0, 1.0, 2.0, 2.0, 2.0]
    # The first step is played with the same weights; the third with older ones.
    assert behind[0]["reward"] == here[0]["reward"]
    assert behind[2]["sampler_mismatch_max"] > 1e-4 > behind[0]["sampler_mismatch_max"]


def test_rollouts_elsewhere_cannot_redraw_groups(tmp_path):
    pytest.importorskip("ray")
    with (
        pytest.raises(ConfigError, match="max_redraws"),
        assemble(config(tmp_path, workers=1, max_redraws=1)),
    ):
        pass


def test_without_ray_the_setting_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(ConfigError, match=r"reason-gym\[scale\]"), assemble(config(tmp_path, workers=1)):
        pass
