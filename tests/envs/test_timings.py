import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import gymnasium
import pytest

from reason.envs.timings import Timings


def test_times_add_up_from_many_threads():
    timings = Timings()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda seconds: timings.add("work", seconds), [0.25] * 400))
    assert timings.to_dict() == {"work": {"count": 400, "seconds": 100.0, "max_seconds": 0.25}}


def test_what_raises_is_measured_and_copies_begin_at_nothing():
    timings = Timings()
    with pytest.raises(ZeroDivisionError), timings.phase("work"):
        _ = 1 / 0
    assert timings.to_dict()["work"]["count"] == 1
    for twin in (copy.deepcopy(timings), pickle.loads(pickle.dumps(timings))):
        assert twin.to_dict() == {}


def test_clocks_stand_in_the_metrics_and_never_in_info():
    env = gymnasium.make("reason/Sum-v0", max_turns=2)
    _, info = env.reset(seed=1)
    infos = [info, env.step("a")[4], env.step("b")[4]]
    assert {name: entry["count"] for name, entry in env.get_metrics().items()} == {"draw": 1, "judge": 2}
    assert env.fork(1)[0].get_metrics() == {}
    assert "seconds" not in json.dumps(infos)
    envs = gymnasium.make_vec("reason/Sum-v0", num_envs=3, max_turns=2)
    envs.reset(seed=1)
    envs.step(["a", "b", "c"])
    counts = {name: entry["count"] for name, entry in envs.get_metrics().items()}
    assert counts == {"draw": 1, "step": 1, "judge": 3}
    envs.close()
