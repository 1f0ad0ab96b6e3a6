import pytest
import torch

from reason.errors import ConfigError
from reason.train.policy.loading import export_policy, load_policy
from reason.train.policy.lora import add_lora
from reason.train.policy.transformers import TransformersPolicy


@pytest.fixture(params=["ours", "theirs"])
def load(request, random_model, tmp_path):
    random_model("qwen2").save_pretrained(tmp_path / "base")
    loader = load_policy if request.param == "ours" else TransformersPolicy.load
    return lambda folder="base": loader(tmp_path / folder)


def test_adapters_change_nothing_at_first_and_alone_are_trained(load, lay_out, segments):
    packed = lay_out(segments)
    plain, policy = load(), load()
    add_lora(policy, rank=4)
    assert torch.equal(policy(packed), plain(packed))
    policy(packed).square().sum().backward()
    trained = {name for name, parameter in policy.named_parameters() if parameter.requires_grad}
    assert trained == {name for name, parameter in policy.named_parameters() if parameter.grad is not None}
    assert len(trained) == 2 * 7 * 2
    assert all(".lora_" in name for name in trained)


def test_an_export_has_the_adapters_merged(load, lay_out, segments, tmp_path):
    policy = load()
    add_lora(policy, rank=4, alpha=6, seed=1)
    with torch.no_grad():
        for name, parameter in policy.named_parameters():
            if ".lora_B." in name:
                parameter.copy_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(0)))
    packed = lay_out(segments)
    with torch.no_grad():
        expected = policy(packed)
        assert not torch.allclose(expected, load()(packed), atol=1e-2)
    export_policy(policy, tmp_path / "merged")
    with torch.no_grad():
        torch.testing.assert_close(load("merged")(packed), expected, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(policy(packed), expected)


def test_first_weights_follow_the_seed_and_leave_the_global_generator_alone(load):
    first, second = load(), load()
    before = torch.get_rng_state()
    add_lora(first, rank=2, seed=7)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(99)
    add_lora(second, rank=2, seed=7)
    for (name, one), (_, other) in zip(first.named_parameters(), second.named_parameters(), strict=True):
        assert torch.equal(one, other), name


def test_what_cannot_be_is_refused(load):
    policy = load()
    with pytest.raises(ConfigError, match="rank must be at least 1"):
        add_lora(policy, rank=0)
    with pytest.raises(ConfigError, match="targets must name linear layers"):
        add_lora(policy, rank=2, targets=["q_proj", "nonsense"])
    add_lora(policy, rank=2, targets=["q_proj"])
    with pytest.raises(ConfigError, match="already"):
        add_lora(policy, rank=2)
