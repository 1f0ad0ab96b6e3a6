import random
from collections import Counter

import pytest

from reason.errors import ConfigError
from reason.seeding import check_split, derive, index_of, split_of, stream


def test_a_stream_is_the_same_bytes_for_years():
    # Published values: a change here changes every task that was ever cited.
    assert derive("SAT-v0", "train", 0) == 5865731474984608056
    assert stream("SAT-v0", "train", 0).getrandbits(64) == 5368462998127897918
    assert index_of(7) == 2440375451962669


def test_neighbouring_streams_share_no_draws():
    draws = Counter(stream("x", seed, index).getrandbits(64) for seed in range(40) for index in range(40))
    assert max(draws.values()) == 1


def test_indices_of_neighbouring_seeds_are_disjoint_and_fit_a_double():
    indices = [index_of(seed, episode) for seed in range(100) for episode in range(100)]
    assert len(set(indices)) == len(indices)
    assert all(0 <= index < 2**53 for index in indices)


def test_splits_are_half_and_two_quarters():
    counts = Counter(split_of(number) for number in range(8000))
    assert counts["train"] == pytest.approx(4000, abs=200)
    assert counts["validation"] == pytest.approx(2000, abs=200)
    assert counts["test"] == pytest.approx(2000, abs=200)


def test_the_global_generator_is_left_alone():
    state = random.getstate()
    stream("x").random()
    assert random.getstate() == state


@pytest.mark.parametrize("split", ["", "Train", "dev", None, 3])
def test_a_name_that_is_no_split_is_refused(split):
    with pytest.raises(ConfigError, match="train, validation, test"):
        check_split(split)
