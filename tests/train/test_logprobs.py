import math

import pytest
import torch

from reason.train.logprobs import token_logprobs

torch.set_num_threads(1)


def draw(size, width, vocabulary, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    hidden = torch.randn(size, width, generator=generator, dtype=dtype, requires_grad=True)
    weight = torch.randn(vocabulary, width, generator=generator, dtype=dtype, requires_grad=True)
    target = torch.randint(vocabulary, (size,), generator=generator)
    slopes = torch.randn(2, size, generator=generator, dtype=dtype)
    return hidden, weight, target, slopes


def full(hidden, weight, target, temperature):
    logprobs = torch.log_softmax(hidden @ weight.T / temperature, dim=1)
    return logprobs.gather(1, target[:, None])[:, 0], -(logprobs.exp() * logprobs).sum(1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("chunk_elements", [1, 31 * 4, 31 * 7 + 5, 10**9])
@pytest.mark.parametrize("parts", [(1, 1), (1, 0), (0, 1)], ids=["both", "logprobs", "entropies"])
def test_values_and_gradients_equal_the_full_softmax(temperature, chunk_elements, parts):
    hidden, weight, target, slopes = draw(23, 5, 31)
    found = token_logprobs(hidden, weight, target, temperature=temperature, chunk_elements=chunk_elements)
    expected = full(hidden, weight, target, temperature)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-12, rtol=0)

    def gradients(values):
        total = sum(
            (slope * value).sum() for slope, value, on in zip(slopes, values, parts, strict=True) if on
        )
        return torch.autograd.grad(total, (hidden, weight))

    for one, other in zip(gradients(found), gradients(expected), strict=True):
        torch.testing.assert_close(one, other, atol=1e-12, rtol=1e-10)


def test_float32_keeps_five_digits_even_with_large_logits():
    hidden, weight, target, slopes = draw(40, 16, 500, dtype=torch.float32)
    with torch.no_grad():
        hidden *= 10
    found = token_logprobs(hidden, weight, target, chunk_elements=500 * 7)
    wide = full(hidden.double(), weight.double(), target, 1.0)
    for one, other in zip(found, wide, strict=True):
        torch.testing.assert_close(one.double(), other, atol=1e-4, rtol=1e-5)
    assert found[0].dtype == found[1].dtype == torch.float32
    for one, other in zip(
        torch.autograd.grad((slopes[0] * found[0]).sum(), (hidden, weight)),
        torch.autograd.grad((slopes[0].double() * wide[0]).sum(), (hidden, weight)),
        strict=True,
    ):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def test_results_of_bfloat16_are_float32_and_its_gradients_bfloat16():
    hidden, weight, target, _ = draw(9, 8, 17, dtype=torch.bfloat16)
    logprobs, entropies = token_logprobs(hidden, weight, target)
    assert logprobs.dtype == entropies.dtype == torch.float32
    expected, _ = full(hidden.float(), weight.float(), target, 1.0)
    torch.testing.assert_close(logprobs, expected, atol=0.1, rtol=0.02)
    (logprobs.sum() + entropies.sum()).backward()
    assert hidden.grad.dtype == weight.grad.dtype == torch.bfloat16


def test_the_weights_gradient_is_not_summed_in_half_precision():
    """600 equal terms in bfloat16 would stop growing at 256 of them."""
    size, vocabulary = 600, 5
    hidden = torch.ones(size, 2, dtype=torch.bfloat16)
    weight = torch.zeros(vocabulary, 2, dtype=torch.bfloat16, requires_grad=True)
    target = torch.zeros(size, dtype=torch.int64)
    token_logprobs(hidden, weight, target, chunk_elements=vocabulary)[0].sum().backward()
    assert weight.grad[:, 0].tolist() == pytest.approx([480, *[-120] * 4], rel=0.01)


def test_autocast_sets_the_precision_of_products_and_of_nothing_else():
    hidden, weight, target, slopes = draw(9, 8, 17, dtype=torch.float32)
    expected = full(hidden, weight, target, 0.8)
    with torch.autocast("cpu", torch.bfloat16):
        found = token_logprobs(hidden, weight, target, temperature=0.8)
    for one, other, slope in zip(found, expected, slopes, strict=True):
        assert one.dtype == torch.float32
        torch.testing.assert_close(one, other, atol=0.1, rtol=0.03)
        assert not torch.equal(one, other)
        for grad, wanted in zip(
            torch.autograd.grad((slope * one).sum(), (hidden, weight), retain_graph=True),
            torch.autograd.grad((slope * other).sum(), (hidden, weight), retain_graph=True),
            strict=True,
        ):
            assert grad.dtype == torch.float32
            torch.testing.assert_close(grad, wanted, atol=0.1, rtol=0.1)


def test_a_weight_of_another_precision_is_taken_in_that_of_the_hidden_states():
    hidden, weight, target, _ = draw(4, 3, 6, dtype=torch.float32)
    logprobs, _ = token_logprobs(hidden.double(), weight, target)
    assert logprobs.dtype == torch.float64
    logprobs.sum().backward()
    assert weight.grad.dtype == torch.float32


def test_what_autograd_keeps_does_not_grow_with_tokens_times_vocabulary():
    size, width, vocabulary = 300, 8, 2000
    hidden, weight, target, _ = draw(size, width, vocabulary, dtype=torch.float32)
    saved = []

    def keep(tensor):
        saved.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        logprobs, entropies = token_logprobs(hidden, weight, target, chunk_elements=vocabulary * 10)
        total = logprobs.sum() + entropies.sum()
    assert sum(saved) <= size * width + vocabulary * width + 4 * size
    total.backward()


class Largest(torch.utils._python_dispatch.TorchDispatchMode):
    """The most elements that any tensor made inside has."""

    def __init__(self):
        super().__init__()
        self.numel = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for one in result if isinstance(result, (tuple, list)) else [result]:
            if isinstance(one, torch.Tensor):
                self.numel = max(self.numel, one.numel())
        return result


@pytest.mark.parametrize("size", [50, 400])
def test_no_tensor_forward_or_backward_is_larger_than_a_chunk(size):
    vocabulary, width, rows = 1000, 4, 10
    hidden, weight, target, _ = draw(size, width, vocabulary, dtype=torch.float32)
    with Largest() as largest:
        logprobs, entropies = token_logprobs(hidden, weight, target, chunk_elements=vocabulary * rows)
        (logprobs.sum() + entropies.sum()).backward()
    assert largest.numel == vocabulary * rows


def test_no_tokens_have_no_logprobs_and_gradients_of_zero():
    hidden, weight, target, _ = draw(0, 4, 9)
    logprobs, entropies = token_logprobs(hidden, weight, target)
    assert logprobs.shape == entropies.shape == (0,)
    (logprobs.sum() + entropies.sum()).backward()
    assert hidden.grad.shape == (0, 4)
    assert not weight.grad.any()


def test_only_what_is_trained_has_a_gradient():
    hidden, weight, target, _ = draw(6, 3, 8)
    frozen = weight.detach()
    token_logprobs(hidden, frozen, target)[0].sum().backward()
    assert hidden.grad.abs().sum() > 0
    assert frozen.grad is None


def test_equal_logits_have_the_entropy_of_the_uniform_distribution():
    logprobs, entropies = token_logprobs(torch.zeros(3, 2), torch.ones(50, 2), torch.tensor([0, 7, 49]))
    assert logprobs.tolist() == pytest.approx([-math.log(50)] * 3)
    assert entropies.tolist() == pytest.approx([math.log(50)] * 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0.0}, "temperature must be above 0"),
        ({"temperature": math.nan}, "temperature must be above 0"),
        ({"chunk_elements": 0}, "chunk_elements must be above 0"),
        ({"target_N": torch.zeros(4, dtype=torch.int64)}, r"target_N must have shape \(3,\)"),
        ({"hidden_N_D": torch.zeros(3, 5)}, "must be matrices of one width"),
    ],
)
def test_arguments_that_cannot_be_are_refused(change, message):
    arguments = {
        "hidden_N_D": torch.zeros(3, 2),
        "output_weight_V_D": torch.zeros(9, 2),
        "target_N": torch.zeros(3, dtype=torch.int64),
    }
    with pytest.raises(ValueError, match=message):
        token_logprobs(**{**arguments, **change})
