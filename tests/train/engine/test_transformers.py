"""transformers' ``generate`` against our own engine on the same weights: same seeds, same tokens."""

from collections.abc import Sequence

import numpy as np
import pytest

from reason.errors import ConfigError
from reason.train.engine.eager import EagerEngine
from reason.train.engine.protocol import Completion, Request
from reason.train.engine.transformers import TransformersEngine
from reason.train.policy.decoder import Decoder
from reason.train.policy.loading import export_policy
from reason.train.policy.transformers import TransformersPolicy


@pytest.fixture(scope="module")
def adapted(decoder, tmp_path_factory) -> TransformersPolicy:
    folder = tmp_path_factory.mktemp("policy")
    export_policy(decoder, folder)
    return TransformersPolicy.load(folder)


def finish(engine) -> dict[object, Completion]:
    found = {}
    for _ in range(1000):
        if not engine.num_active:
            return found
        found.update({completion.id: completion for completion in engine.step()})
    raise AssertionError("the engine does not come to an end")


def check_equal(engines: Sequence, requests: Sequence[Request]) -> dict[object, Completion]:
    for engine in engines:
        engine.submit(requests)
    ours, theirs = (finish(engine) for engine in engines)
    assert ours.keys() == theirs.keys() == {request.id for request in requests}
    for identity, completion in ours.items():
        np.testing.assert_array_equal(completion.token_ids, theirs[identity].token_ids)
        np.testing.assert_allclose(completion.logprobs, theirs[identity].logprobs, atol=1e-4)
        assert completion.finish == theirs[identity].finish
    return ours


@pytest.mark.parametrize(
    "sampling",
    [{}, {"temperature": 0.6}, {"temperature": 0.0}, {"top_k": 5, "top_p": 0.9}],
    ids=["plain", "cool", "greedy", "truncated"],
)
def test_both_engines_sample_the_same_through_several_turns(decoder, adapted, sampling):
    engines = (
        EagerEngine(decoder, num_slots=32, max_length=48),
        TransformersEngine(adapted, max_sequences=3, max_length=48),
    )
    rng = np.random.default_rng(0)
    stop_ids = frozenset(range(0, 256, 9))
    requests = [
        Request(
            id=index, token_ids=rng.integers(0, 256, 1 + index), seed=2**63 + index,
            max_new_tokens=4 + index, stop_ids=stop_ids, **sampling,
        )
        for index in range(8)
    ]  # fmt: skip
    reasons = set()
    for turn in range(4):
        found = check_equal(engines, requests)
        reasons |= {completion.finish for completion in found.values()}
        requests = [
            Request(
                id=index if index % 3 else f"fork {turn} of {index}", parent=index, seed=turn * 100 + index,
                token_ids=rng.integers(0, 256, 1 + index % 4), max_new_tokens=10, stop_ids=stop_ids,
                **sampling,
            )
            for index in range(8)
        ]  # fmt: skip
    assert reasons == {"stop", "length"}


def test_new_weights_are_sampled_from(decoder, adapted, tmp_path):
    export_policy(Decoder(decoder.config, seed=5), tmp_path)
    engine = TransformersEngine(TransformersPolicy.load(tmp_path), max_sequences=4, max_length=32)
    engine.load_weights(adapted)
    request = Request(id=0, token_ids=[1, 2, 3], max_new_tokens=8, seed=3)
    check_equal((EagerEngine(decoder, num_slots=1, max_length=32), engine), [request])


def test_the_settings_of_a_checkpoint_do_not_change_what_is_sampled(decoder, adapted):
    usual = adapted.model.generation_config
    usual.repetition_penalty, usual.eos_token_id, usual.top_k = 5.0, list(range(256)), 1
    try:
        engine = TransformersEngine(adapted, max_sequences=4, max_length=32)
        request = Request(id=0, token_ids=[1, 2, 3], max_new_tokens=8, seed=3)
        found = check_equal((EagerEngine(decoder, num_slots=1, max_length=32), engine), [request])
        assert len(found[0].token_ids) == 8
        assert adapted.model.generation_config is usual
    finally:
        usual.repetition_penalty, usual.eos_token_id, usual.top_k = None, None, None


def test_requests_and_releases_are_checked(adapted):
    engine = TransformersEngine(adapted, max_sequences=2, max_length=32)
    engine.submit([Request(id=index, token_ids=[1], max_new_tokens=2) for index in range(5)])
    assert (engine.num_active, engine.num_waiting) == (2, 3)
    with pytest.raises(ConfigError, match="id must not be in use"):
        engine.submit([Request(id=0, token_ids=[1], max_new_tokens=2)])
    with pytest.raises(ConfigError, match="parent must have finished"):
        engine.submit([Request(id=9, parent=0, token_ids=[1], max_new_tokens=2)])
    engine.release([3, 4])
    with pytest.raises(ConfigError, match="not released, got 4"):
        engine.release([4])
    assert finish(engine).keys() == {0, 1, 2}


def test_only_adapted_models_run_in_it(decoder):
    with pytest.raises(ConfigError, match="must be a TransformersPolicy"):
        TransformersEngine(decoder, max_sequences=1, max_length=8)
