import math

import pytest
import torch

from reason.train.kl import kl

torch.set_num_threads(1)


def distributions():
    policy = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64)
    reference = torch.tensor([0.25, 0.25, 0.4, 0.1], dtype=torch.float64)
    return policy, reference, (policy * (policy / reference).log()).sum().item()


@pytest.mark.parametrize("estimator", ["k1", "k3"])
def test_k1_and_k3_are_unbiased(estimator):
    policy, reference, exact = distributions()
    expected = (policy * kl(policy.log(), reference.log(), estimator)).sum().item()
    assert expected == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("estimator", ["k2", "k3"])
def test_k2_and_k3_are_never_negative_and_zero_where_the_two_agree(estimator):
    logprobs = -torch.linspace(0, 9, 50, dtype=torch.float64)
    grid = kl(logprobs[:, None], logprobs[None], estimator)
    assert (grid >= 0).all()
    assert not grid.diagonal().any()


def test_the_gradient_of_k2_is_that_of_the_divergence():
    logits = torch.tensor([0.3, -0.2, 0.9, 0.0], dtype=torch.float64, requires_grad=True)
    _, reference, _ = distributions()
    logprobs = torch.log_softmax(logits, 0)
    exact = torch.autograd.grad(
        (logprobs.exp() * (logprobs - reference.log())).sum(), logits, retain_graph=True
    )
    # Expectation over sampled tokens: the weights are those of the sampler, without gradient.
    estimate = (logprobs.detach().exp() * kl(logprobs, reference.log(), "k2")).sum()
    torch.testing.assert_close(torch.autograd.grad(estimate, logits), exact)


def test_k3_keeps_its_digits_where_the_two_nearly_agree():
    policy = torch.tensor([-1.0])
    assert kl(policy, policy + 1e-3, "k3").item() == pytest.approx(5e-7, rel=0.1)


@pytest.mark.parametrize("estimator", ["k1", "k2", "k3"])
def test_absurd_differences_stay_finite_and_push_nowhere_wrong(estimator):
    logprobs = torch.tensor([-1e4, -1.0], requires_grad=True)
    found = kl(logprobs, torch.tensor([-1.0, -1e4]), estimator)
    found.sum().backward()
    assert all(math.isfinite(value) for value in found.tolist())
    if estimator != "k1":
        assert logprobs.grad[0] <= 0 <= logprobs.grad[1]
