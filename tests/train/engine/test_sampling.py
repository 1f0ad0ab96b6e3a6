import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.train.engine.sampling import BLOCK, sample, signed, uniform

DRAWS = 10_000
MASK = 2**64 - 1


def splitmix(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


@given(seed=st.integers(0, MASK), counter=st.integers(0, 2**40))
@settings(max_examples=200, deadline=None)
def test_uniform_is_splitmix_over_unsigned_numbers(seed, counter):
    hashed = splitmix((splitmix(seed) + (counter + 1) * 0x9E3779B97F4A7C15) & MASK)
    expected = (hashed >> 32) / 2**32
    assert uniform(torch.tensor([signed(seed)]), torch.tensor([counter])).item() == expected


def test_uniform_numbers_are_uniform_over_seeds_and_over_counters():
    many, zeros = torch.arange(DRAWS), torch.zeros(DRAWS, dtype=torch.int64)
    for numbers in (uniform(many, zeros), uniform(zeros, many)):
        counts = np.histogram(numbers.numpy(), bins=20, range=(0, 1))[0]
        chi_squared = ((counts - DRAWS / 20) ** 2 / (DRAWS / 20)).sum()
        assert chi_squared < 43.8  # 19 degrees of freedom, p = .001; the numbers are always the same
        assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.02


def frequencies(logits: torch.Tensor, **options) -> np.ndarray:
    """How often each token is drawn at evenly spread numbers: its probability, within 2 / DRAWS."""
    numbers = (torch.arange(DRAWS, dtype=torch.float64) + 0.5) / DRAWS
    columns = {name: torch.full((DRAWS,), value) for name, value in options.items()}
    token, _ = sample(logits.expand(DRAWS, -1), numbers, **columns)
    return np.bincount(token.numpy(), minlength=len(logits)) / DRAWS


@pytest.mark.parametrize("vocabulary", [2, 7, BLOCK, 3 * BLOCK])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.7])
def test_tokens_are_drawn_with_their_probabilities(vocabulary, temperature):
    logits = 3 * torch.randn(vocabulary, generator=torch.Generator().manual_seed(vocabulary))
    expected = torch.softmax(logits.double() / temperature, 0).numpy()
    np.testing.assert_allclose(frequencies(logits, temperature_B=temperature), expected, atol=3 / DRAWS)


@pytest.mark.parametrize("vocabulary", [10, 3 * BLOCK])
@pytest.mark.parametrize(("top_p", "top_k"), [(0.7, 0), (1.0, 3), (0.9, 4), (1.0, 1), (1e-6, 0), (0.5, 1000)])
def test_truncation_keeps_the_likeliest_and_their_proportions(vocabulary, top_p, top_k):
    logits = 3 * torch.randn(vocabulary, generator=torch.Generator().manual_seed(5))
    probability = torch.softmax(logits.double(), 0).numpy()
    order = np.argsort(-probability, kind="stable")
    kept, total = [], 0.0
    for rank, token in enumerate(order):
        if total >= top_p or (top_k and rank >= top_k):
            break
        kept.append(token)
        total += probability[token]
    expected = np.zeros(vocabulary)
    expected[kept] = probability[kept] / total
    found = frequencies(logits, temperature_B=1.0, top_p_B=top_p, top_k_B=top_k)
    np.testing.assert_allclose(found, expected, atol=3 / DRAWS)


def test_rows_that_do_not_truncate_are_untouched_by_those_that_do():
    logits = 2 * torch.randn(2, 3 * BLOCK, generator=torch.Generator().manual_seed(6)).repeat_interleave(
        DRAWS, 0
    )
    numbers = ((torch.arange(DRAWS, dtype=torch.float64) + 0.5) / DRAWS).repeat(2)
    ones = torch.ones(2 * DRAWS)
    plain, _ = sample(logits, numbers, ones)
    top_k = torch.tensor([0, 2]).repeat_interleave(DRAWS)
    mixed, _ = sample(logits, numbers, ones, top_p_B=ones, top_k_B=top_k)
    np.testing.assert_allclose(
        np.bincount(plain[:DRAWS], minlength=3 * BLOCK),
        np.bincount(mixed[:DRAWS], minlength=3 * BLOCK),
        atol=3,
    )


def test_temperature_zero_takes_the_likeliest_and_reports_it_at_temperature_one():
    logits = torch.randn(50, 300, generator=torch.Generator().manual_seed(7))
    token, logprob = sample(logits, torch.full((50,), 0.99, dtype=torch.float64), torch.zeros(50))
    assert (token == logits.argmax(dim=1)).all()
    torch.testing.assert_close(logprob, torch.log_softmax(logits, dim=1).max(dim=1).values)


def test_logprobs_are_of_the_distribution_before_truncation():
    logits = torch.randn(200, 2 * BLOCK, generator=torch.Generator().manual_seed(8))
    numbers = uniform(torch.arange(200), torch.zeros(200, dtype=torch.int64))
    temperature = torch.linspace(0.3, 2, 200)
    token, logprob = sample(
        logits, numbers, temperature, top_p_B=torch.full((200,), 0.6), top_k_B=torch.full((200,), 5)
    )
    expected = torch.log_softmax(logits / temperature[:, None], dim=1).gather(1, token[:, None])[:, 0]
    torch.testing.assert_close(logprob, expected)


@pytest.mark.parametrize("vocabulary", [9, 2 * BLOCK])
@pytest.mark.parametrize("number", [0.0, 0.25, 1 - 2**-32, 1 - 2**-53])
def test_a_token_of_probability_zero_is_never_drawn(vocabulary, number):
    for allowed in (0, vocabulary // 2, vocabulary - 1):
        logits = torch.full((1, vocabulary), -torch.inf)
        logits[0, allowed] = 0.3
        token, logprob = sample(logits, torch.tensor([number], dtype=torch.float64), torch.ones(1))
        assert (token.item(), logprob.item()) == (allowed, 0.0)


def test_unlikely_tokens_of_a_large_vocabulary_are_drawn():
    # 2**17 tokens that together weigh as much as the first: in float32 sums they would be lost.
    logits = torch.full((1, 2**17 + BLOCK), -np.log(2.0**17))
    logits[0, 0] = 0.0
    numbers = torch.linspace(0.5001, 0.9999, 50, dtype=torch.float64)
    token, _ = sample(logits.expand(50, -1), numbers, torch.ones(50))
    assert len(set(token.tolist())) == 50
    weight = (2.0**17 + BLOCK - 1) / 2.0**17
    np.testing.assert_allclose(token, (numbers * (1 + weight) - 1) * 2.0**17, atol=8)
