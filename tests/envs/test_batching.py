import numpy as np

from reason.envs.batching import batch_infos


def test_each_key_has_an_array_and_a_mask():
    batch = batch_infos({0: {"turn": 2, "word": "a", "right": True}, 2: {"turn": 5, "word": None}}, 3)
    assert batch["turn"].tolist() == [2, 0, 5]
    assert batch["turn"].dtype == np.int64
    assert batch["_turn"].tolist() == [True, False, True]
    assert batch["word"].tolist() == ["a", None, None]
    assert batch["_word"].tolist() == [True, False, True]
    assert batch["right"].dtype == np.bool_
    assert batch["_right"].tolist() == [True, False, False]


def test_what_was_not_scored_is_never_zero_or_false():
    batch = batch_infos({0: {"score": 1.0, "passed": True}, 1: {"score": None, "passed": None}}, 3)
    assert batch["score"][0] == 1.0
    assert np.isnan(batch["score"][1:]).all()
    assert batch["passed"].tolist() == [True, None, None]


def test_mappings_become_mappings_of_arrays():
    batch = batch_infos({0: {"verdict": {}}, 1: {"verdict": {"score": 0.5}}}, 2)
    assert np.isnan(batch["verdict"]["score"][0])
    assert batch["verdict"]["score"][1] == 0.5
    assert batch["verdict"]["_score"].tolist() == [False, True]
    assert batch["_verdict"].tolist() == [True, True]


def test_lists_stay_whole_and_large_integers_exact():
    batch = batch_infos({0: {"messages": [1, 2], "index": 2**70}, 1: {"messages": [3], "index": 1}}, 2)
    assert batch["messages"].tolist() == [[1, 2], [3]]
    assert batch["index"].tolist() == [2**70, 1]


def test_nothing_gives_nothing():
    assert batch_infos({}, 3) == {}
