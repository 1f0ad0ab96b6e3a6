from pathlib import Path

import pytest

from reason.errors import ConfigError, InputFormatError
from reason.train.config import TrainConfig
from reason.train.config_file import build, load_config, override, to_toml_data

TEXT = """
steps = 7
[[envs]]
id = "reason/SAT-v0"
weight = 2
arguments = { level = 1, tools = ["search"] }
[[envs]]
id = "NumberGuess-v0"
name = "guess"
[optimizer]
lr = 1
betas = [0.9, 0.99]
[loss]
name = "grpo"
options = { clip_high = 0.3 }
"""
name = pytest.mark.parametrize


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text(TEXT)
    return path


def test_a_file_becomes_typed_sections(path):
    config = load_config(path)
    assert [env.name for env in config.envs] == ["SAT-v0", "guess"]
    assert config.envs[0].id == "SAT-v0"
    assert config.envs[0].arguments["tools"] == ("search",)
    assert isinstance(config.optimizer.lr, float)
    assert config.optimizer.betas == (0.9, 0.99)
    assert config.loss.options == {"clip_high": 0.3}
    assert config.curriculum is None


@name(
    ("setting", "read"),
    [
        ("optimizer.lr=1e-5", lambda config: config.optimizer.lr == 1e-5),
        ("envs.1.id=SAT-v0", lambda config: config.envs[1].id == "SAT-v0"),
        ("envs.0.arguments.level=4", lambda config: config.envs[0].arguments["level"] == 4),
        ("folder=runs/a=b", lambda config: config.folder == "runs/a=b"),
        ("rollout.asynchronous=true", lambda config: config.rollout.asynchronous is True),
        ("curriculum.name=fixed", lambda config: config.curriculum.name == "fixed"),
        ('policy.path="x"', lambda config: config.policy.path == "x"),
        ("envs.0.wrappers=['a:b']", lambda config: config.envs[0].wrappers == ("a:b",)),
    ],
)
def test_overrides_are_put_over_the_file(path, setting, read):
    assert read(load_config(path, [setting]))


@name(
    ("setting", "told"),
    [
        ("optimiser.lr=1", "did you mean 'optimizer'"),
        ("optimizer.learning_rate=1", "there is no setting 'optimizer.learning_rate'"),
        ("optimizer.beta=[1, 2]", "did you mean 'betas'"),
        ("optimizer.lr=fast", "optimizer.lr must be of type float, got 'fast'"),
        ("steps=1.5", "steps must be of type int"),
        ("steps=true", "steps must be of type int"),
        ("steps=-1", "steps must be at least 0"),
        ("optimizer.schedule=cosin", "did you mean 'cosine'"),
        ("optimizer.betas=[0.1]", "optimizer.betas must have 2 entries"),
        ("envs.7.id=SAT-v0", "there are 2 entries"),
        ("envs.0.name=guess", "two environments are called 'guess'"),
        ("steps.a=1", "steps is no table"),
        ("steps", "an override is a.b=value"),
        ("=3", "an override is a.b=value"),
        ("envs=[{weight=1}]", "envs.0 needs 'id'"),
        ("sampling.top_p=0", "sampling.top_p must be above 0"),
        ("sampling.temperature=nan", "sampling.temperature must be a number from 0"),
        ("evaluation.temperature=-1", "evaluation.temperature must be"),
        ("evaluation.split=dev", "dev"),
        ("optimizer.lr=inf", "optimizer.lr must be a number from 0, got inf"),
        ("optimizer.eps=-1", "optimizer.eps must be"),
        ("optimizer.betas=[0.9, 1.0]", "optimizer.betas must be from 0 to below 1"),
        ("optimizer.final_fraction=-1", "optimizer.final_fraction must be in 0..1"),
        ("warmup.warmup_steps=-1", "warmup.warmup_steps must be at least 0"),
        ("warmup.lr=nan", "warmup.lr must be"),
        ("log.samples=-1", "log.samples must be at least 0"),
        ("policy.lora_rank=4", "policy.lora_rank must be 0 without a path"),
        ("policy.adapter=transformers", "policy.adapter must be 'own' without a path"),
        ("folder=", "folder must be the name of a folder"),
        ("envs.0.weight=inf", "envs.weight must be a number from 0"),
        ("envs.0.arguments.level=2020-01-01", "envs.0.arguments"),
        ("envs={}", "envs must be a list"),
        ("reward.name=[]", "reward.name must be of type str"),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(path, setting, told):
    with pytest.raises(ConfigError, match=r".") as caught:
        load_config(path, [setting])
    assert told in str(caught.value)


def test_a_file_that_is_no_toml_is_named(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text("steps = = 3")
    with pytest.raises(InputFormatError, match=r"broken\.toml"):
        load_config(path)
    with pytest.raises(FileNotFoundError):
        load_config(tmp_path / "none.toml")


def test_a_configuration_written_out_reads_back_the_same(path):
    config = load_config(path, ["curriculum.name=fixed", "curriculum.options={level=2}"])
    assert build(TrainConfig, to_toml_data(config)) == config


def test_an_override_makes_tables_that_are_missing():
    data = {}
    override(data, "a.b.c=3")
    assert data == {"a": {"b": {"c": 3}}}


@name("path", sorted((Path(__file__).parents[2] / "examples").glob("*.toml")), ids=lambda path: path.name)
def test_every_configuration_of_the_examples_can_be_read(path):
    from reason.train.environments import make_curriculum, make_envs, make_group_reward
    from reason.train.loss import load

    config = load_config(path)
    envs = make_envs(config.envs)
    make_curriculum(config.curriculum, envs)
    make_group_reward(config.reward)
    load(config.loss.name, config.loss.options)
