import json

import numpy as np
import pytest

from reason.rewards.memory_r_plus import EpisodicMemory, exploitation, exploration

NAN = float("nan")


def embed(texts):
    """Two coordinates: how many a and how many b."""
    return np.array([[text.count("a"), text.count("b")] for text in texts], dtype=float).reshape(-1, 2)


def test_the_terms_are_the_formulas(nan_equal):
    nan_equal(exploitation([[0.0, 0.0], [3.0, 1.0]], [[0.0, 2.0], [0.0, 0.0]]), [-1.0, -3.0])
    nan_equal(exploration([[1.0, 1.0], [0.0, 0.0]], [[0.0, 5.0], [-1.0, 0.0]]), [1 - np.sqrt(0.5), 1.0])
    for term in (exploitation, exploration):
        nan_equal(term([[1.0, 2.0]], np.empty((0, 2))), [0.0])
        with pytest.raises(ValueError, match="embeddings"):
            term([[1.0, 2.0]], [[1.0]])


def test_what_is_like_a_success_gains_and_what_is_like_a_failure_does_not():
    memory = EpisodicMemory(embed, warmup=0)
    memory.rewards("q", ["aaaa", "bbbb"], [1.0, 0.0])
    like_success, like_failure = memory.rewards("q", ["aaa", "bbb"], [0.0, 0.0])
    assert like_success > like_failure == 0.0


def test_exploration_waits_for_its_warmup(nan_equal):
    memory = EpisodicMemory(embed, warmup=2)
    memory.rewards("q", ["bb", "bbb"], [0.0, 0.0])
    nan_equal(memory.rewards("q", ["b", "b"], [0.0, 0.0]), [0.0, 0.0])
    nan_equal(memory.rewards("q", ["a", "b"], [0.0, 0.0]), [1.0, 0.0])


def test_terms_stay_in_0_to_1_over_a_sliding_window():
    memory, rng = EpisodicMemory(embed, warmup=0, window=20), np.random.default_rng(0)
    for _ in range(40):
        texts = ["a" * int(rng.integers(9)) + "b" * int(rng.integers(9)) for _ in range(6)]
        own = rng.integers(0, 2, 6).astype(float)
        extra = memory.rewards("q", texts, own) - own
        assert ((extra >= 0) & (extra <= 2)).all()


def test_the_nearest_queries_are_looked_up(nan_equal):
    memory = EpisodicMemory(embed, warmup=0)
    memory.rewards("a", ["aaaa"], [1.0])
    memory.rewards("b", ["bbbb"], [1.0])
    found = memory.rewards("aab", ["aaaa", "bbbb"], [0.0, 0.0])
    assert found[0] > found[1]


def test_masked_members_stay_nan_and_leave_no_trace(nan_equal):
    with_masked, without = EpisodicMemory(embed, warmup=0), EpisodicMemory(embed, warmup=0)
    for _ in range(4):
        found = with_masked.rewards("q", ["aa", "bbbbb", "ab"], [1.0, NAN, 0.0])
        nan_equal(found[[0, 2]], without.rewards("q", ["aa", "ab"], [1.0, 0.0]))
        assert np.isnan(found[1])
    assert with_masked.state_dict() == without.state_dict()


def test_a_restored_memory_goes_on_as_the_first():
    first = EpisodicMemory(embed, warmup=1, neighbours=2, capacity=3)
    for query in ("ab", "a", "ba"):
        first.rewards(query, ["aab", "abb", "b"], [1.0, 0.0, 1.0])
    second = EpisodicMemory(embed, warmup=1, neighbours=2, capacity=3)
    second.load_state_dict(json.loads(json.dumps(first.state_dict(), sort_keys=True)))
    for query in ("a", "bb"):
        texts = ["ab", "aaab", "bbb"]
        assert first.rewards(query, texts, [0.0, 1.0, 0.0]).tolist() == (
            second.rewards(query, texts, [0.0, 1.0, 0.0]).tolist()
        )
    assert max(len(entry["successes"]) for entry in first.state_dict()["queries"].values()) <= 3
    with pytest.raises(ValueError, match="state"):
        first.load_state_dict({"queries": {}})
