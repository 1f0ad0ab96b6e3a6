import numpy as np
import pytest

from reason import registry
from reason.errors import ConfigError, UnknownFamilyError
from reason.interactive import InteractiveFamily
from reason.train.assembly import assemble
from reason.train.config import EnvConfig, TrainConfig
from reason.train.config_file import build
from reason.train.demonstrations import as_trajectory, play
from reason.train.environments import Plan, make_envs
from reason.train.metrics import read_metrics
from reason.train.policy.word_tokenizer import WordTokenizer

FIRST_OF_DOMAIN = {family.domain: family.id for family in reversed(list(registry.families()))}
IDS = sorted({*FIRST_OF_DOMAIN.values(), "SAT-v0", "Search-v0", "Bank-v0"})
"""One family of every domain there is, and those that the trainer promises."""


def config(folder, family, **sections):
    limits = {} if isinstance(registry.get(family), InteractiveFamily) else {"max_turns": 2}
    data = {
        "envs": [{"id": family, "arguments": {"level": 0, **limits}}],
        "steps": 20,
        "folder": str(folder),
        "threads": 1,
        "policy": {
            "d_model": 16, "num_layers": 1, "num_heads": 2, "num_kv_heads": 1, "d_ff": 32,
            "vocabulary_episodes": 2,
        },
        "sampling": {"max_new_tokens": 3, "max_tokens": 2400},
        "rollout": {"groups": 1, "group_size": 2, "max_sequences": 2, "env_threads": 2},
        "reward": {"name": "shaped"},
        "optimizer": {"lr": 1e-3},
        "evaluation": {"episodes": 1, "split": "train"},
        "checkpoint": {"every": 0},
        **sections,
    }  # fmt: skip
    return build(TrainConfig, data)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", IDS)
def test_every_kind_of_environment_trains_through_the_same_trainer(tmp_path, family):
    run = config(tmp_path / "run", family, reward=None)
    with assemble(run) as trainer:
        # A policy that never learned to write words earns nothing: let the first member win.
        trainer._collector.roller._reward = lambda outcome: np.array([1.0, 0.0])
        before = {name: weight.clone() for name, weight in trainer.policy.state_dict().items()}
        trainer.train()
        after = trainer.policy.state_dict()
    lines = [line for line in read_metrics(tmp_path / "run" / "metrics.jsonl") if line["kind"] == "train"]
    assert [line["step"] for line in lines] == list(range(1, 21))
    assert all(line["updates"] == 1 for line in lines)
    assert max(line["sampler_mismatch_max"] for line in lines) < 1e-4
    assert any(not before[name].equal(after[name]) for name in before)


@pytest.mark.parametrize("family", ["SAT-v0", "NumberGuess-v0", "Bank-v0"])
def test_the_reference_is_played_as_a_policy_would_and_wins(family):
    (env,) = make_envs([EnvConfig(id=family, arguments={"level": 0})]).values()
    plan = Plan(group=0, env=family, seed=5)
    played = play(env, plan, None, seed=0)
    assert played.passed
    tokenizer = WordTokenizer.from_texts([message["content"] for message in played.messages])
    trajectory = as_trajectory(played, tokenizer, plan)
    written = [message["content"] for message in played.messages if message["role"] == "assistant"]
    assert trajectory.turns == len(written)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], trajectory.generated_T, [0]]))).reshape(-1, 2)
    runs = [trajectory.token_ids_T[start:end].tolist() for start, end in edges]
    assert [tokenizer.decode(run) for run in runs] == written
    assert all(run[-1] in tokenizer.stop_ids for run in runs)


def test_a_misspelt_environment_argument_or_wrapper_is_told(tmp_path):
    with pytest.raises(UnknownFamilyError, match="SAT-v0"):
        make_envs([EnvConfig(id="SATT-v0")])
    with pytest.raises(ConfigError, match="did you mean"):
        make_envs([EnvConfig(id="SAT-v0", arguments={"levl": 1})])
    for wrapper in ("nowhere:f", "reason:nothing", "reason", "reason:__version__"):
        with pytest.raises(ConfigError, match="wrappers"):
            make_envs([EnvConfig(id="SAT-v0", wrappers=(wrapper,))])
    with pytest.raises(ConfigError, match="needs an environment"), assemble(TrainConfig()):
        pass
