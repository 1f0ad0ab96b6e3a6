"""The engine against full forward passes of the same decoder: no cache, no batch."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from reason.errors import ConfigError
from reason.train.engine.cache import Extension
from reason.train.engine.eager import EagerEngine, _prefill_batches
from reason.train.engine.protocol import Completion, Request
from reason.train.packing import Packed
from reason.train.policy.decoder import Decoder
from reason.train.policy.transformers import TransformersPolicy


def one_segment(token_ids: Sequence[int]) -> Packed:
    return Packed(
        token_ids_N=torch.tensor(token_ids),
        position_ids_N=torch.arange(len(token_ids)),
        cu_seqlens_S1=torch.tensor([0, len(token_ids)], dtype=torch.int32),
        bounds_S1=(0, len(token_ids)),
        prefix_of_S=(-1,),
    )


@torch.no_grad()
def full_logprobs(policy: Decoder, token_ids: Sequence[int], temperature: float = 1.0) -> torch.Tensor:
    """Row i: the log-probabilities of token i + 1."""
    hidden = policy(one_segment(token_ids))
    return torch.log_softmax(hidden @ policy.output_weight_V_D.T / temperature, dim=-1)


def check_logprobs(policy, past, completion: Completion, temperature=1.0) -> None:
    tokens = [*past, *completion.token_ids.tolist()]
    expected = full_logprobs(policy, tokens, temperature)[len(past) - 1 : -1]
    picked = expected.gather(1, torch.tensor(completion.token_ids)[:, None])[:, 0].numpy()
    np.testing.assert_allclose(completion.logprobs, picked, atol=1e-4)


def finish(engine) -> dict:
    found = {}
    for _ in range(10_000):
        if not engine.num_active:
            return found
        found.update({completion.id: completion for completion in engine.step()})
    raise AssertionError("the engine does not come to an end")


def prompts(count: int, seed: int, low: int = 1, high: int = 20) -> list[list[int]]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, rng.integers(low, high)).tolist() for _ in range(count)]


def request(index, prompt, **options) -> Request:
    defaults = {"max_new_tokens": 12, "seed": 1000 + index if isinstance(index, int) else 0}
    return Request(id=index, token_ids=prompt, **{**defaults, **options})


def test_logprobs_are_those_of_a_full_forward_pass(decoder):
    engine = EagerEngine(decoder, num_slots=8, max_length=64)
    temperatures = [1.0, 0.7, 1.3, 1.0, 2.0]
    asked = [
        request(index, prompt, temperature=temperature, max_new_tokens=5 + index)
        for index, (prompt, temperature) in enumerate(zip(prompts(5, 0), temperatures, strict=True))
    ]
    engine.submit(asked)
    found = finish(engine)
    assert set(found) == set(range(5))
    for one in asked:
        assert len(found[one.id].token_ids) == one.max_new_tokens
        assert found[one.id].finish == "length"
        check_logprobs(decoder, one.token_ids, found[one.id], one.temperature)


def test_a_sequence_does_not_depend_on_its_company(decoder):
    asked = [request(index, prompt) for index, prompt in enumerate(prompts(12, 1))]
    alone = {}
    for one in asked:
        engine = EagerEngine(decoder, num_slots=1, max_length=64)
        engine.submit([one])
        alone.update(finish(engine))
    together = EagerEngine(decoder, num_slots=12, max_length=64)
    together.submit(asked[::-1])
    staggered = EagerEngine(decoder, num_slots=12, max_length=100, steps_per_check=3)
    found = {}
    for one in asked:
        staggered.submit([one])
        found.update({completion.id: completion for completion in staggered.step()})
    for other in (finish(together), {**found, **finish(staggered)}):
        for identity, completion in alone.items():
            np.testing.assert_array_equal(other[identity].token_ids, completion.token_ids)
            np.testing.assert_allclose(other[identity].logprobs, completion.logprobs, atol=1e-4)


def test_more_sequences_than_slots_wait_for_room(decoder):
    engine = EagerEngine(decoder, num_slots=3, max_length=64)
    asked = [
        request(index, prompt, max_new_tokens=3 + index % 4) for index, prompt in enumerate(prompts(11, 2))
    ]
    engine.submit(asked)
    assert (engine.num_active, engine.num_waiting) == (3, 8)
    found = {}
    while engine.num_active:
        for completion in engine.step():
            found[completion.id] = completion
            engine.release([completion.id])
    assert engine.num_waiting == 0
    assert set(found) == set(range(11))
    for one in asked:
        check_logprobs(decoder, one.token_ids, found[one.id])


def test_held_slots_stall_those_that_wait(decoder):
    engine = EagerEngine(decoder, num_slots=2, max_length=64)
    engine.submit([request(index, [index + 1]) for index in range(3)])
    held = finish(engine)
    assert set(held) == {0, 1}
    assert (engine.num_active, engine.num_waiting) == (0, 1)
    assert engine.step() == []
    engine.release([1])
    assert set(finish(engine)) == {2}


def test_a_turn_goes_on_without_computing_its_past_again(decoder, monkeypatch):
    computed = []
    plain = Decoder.advance

    def counting(self, token_ids_N, position_ids_N, attend):
        computed.append(len(token_ids_N))
        return plain(self, token_ids_N, position_ids_N, attend)

    monkeypatch.setattr(Decoder, "advance", counting)
    engine = EagerEngine(decoder, num_slots=4, max_length=128)
    past = defaultdict(list)
    asked = [request(index, prompt, max_new_tokens=4) for index, prompt in enumerate(prompts(4, 3, 30, 40))]
    for turn in range(4):
        for one in asked:
            past[one.id] += list(one.token_ids)
        computed.clear()
        engine.submit(asked)
        found = finish(engine)
        if turn:
            # The last sampled token and the observation, save its last token.
            assert computed[0] == sum(len(one.token_ids) for one in asked)
        for identity, completion in found.items():
            check_logprobs(decoder, past[identity], completion)
            past[identity] += completion.token_ids.tolist()
        asked = [
            request(index, observation, parent=index, max_new_tokens=4, seed=turn)
            for index, observation in enumerate(prompts(4, 4 + turn, 1, 6))
        ]


def test_a_turn_may_go_on_without_new_tokens(decoder):
    engine = EagerEngine(decoder, num_slots=1, max_length=64)
    engine.submit([request(0, [5, 6, 7])])
    first = finish(engine)[0]
    engine.submit([request(0, [], parent=0)])
    check_logprobs(decoder, [5, 6, 7, *first.token_ids.tolist()], finish(engine)[0])


def test_a_group_shares_one_prefill(decoder, monkeypatch):
    computed = []
    plain = EagerEngine.step
    engine = EagerEngine(decoder, num_slots=16, max_length=64)
    extending = engine._cache.extending
    monkeypatch.setattr(engine._cache, "extending", lambda batch: computed.append(batch) or extending(batch))
    (first, second) = prompts(2, 5, 10, 20)
    asked = [request(index, first if index < 8 else second) for index in range(12)]
    engine.submit(asked)
    found = finish(engine)
    assert [len(batch) for batch in computed] == [2]
    for one in asked:
        check_logprobs(decoder, one.token_ids, found[one.id])
    assert len({tuple(completion.token_ids.tolist()) for completion in found.values()}) == 12
    # A member that comes later finds the prompt in a slot of its group.
    late = request(99, first)
    engine.submit([late])
    check_logprobs(decoder, first, finish(engine)[99])
    assert len(computed) == 1
    # But not after the weights have changed.
    engine.load_weights(decoder)
    engine.submit([request(100, first)])
    finish(engine)
    assert len(computed) == 2
    assert plain is EagerEngine.step


def test_a_group_that_does_not_fit_at_once_is_still_right(decoder):
    engine = EagerEngine(decoder, num_slots=3, max_length=64)
    (prompt,) = prompts(1, 6, 10, 20)
    engine.submit([request(index, prompt) for index in range(8)])
    found = {}
    while engine.num_active:
        for completion in engine.step():
            found[completion.id] = completion
            engine.release([completion.id])
    assert len(found) == 8
    for completion in found.values():
        check_logprobs(decoder, prompt, completion)


def test_forks_begin_where_their_parent_stood(decoder):
    engine = EagerEngine(decoder, num_slots=4, max_length=64)
    (prompt,) = prompts(1, 7, 5, 10)
    engine.submit([request("root", prompt)])
    root = finish(engine)["root"]
    past = [*prompt, *root.token_ids.tolist()]
    asked = [
        request("root", [1, 2], parent="root", seed=3),
        request("left", [1, 2], parent="root", seed=3),
        request("right", [9], parent="root", seed=4),
        request("late", [], parent="root", seed=5),
    ]
    engine.submit(asked)
    found = finish(engine)
    np.testing.assert_array_equal(found["root"].token_ids, found["left"].token_ids)
    for one in asked:
        check_logprobs(decoder, [*past, *one.token_ids], found[one.id])


def test_stop_ids_end_a_turn_and_are_its_last_token(decoder):
    engine = EagerEngine(decoder, num_slots=64, max_length=64)
    stop_ids = frozenset(range(0, 256, 5))
    asked = [request(index, [index], stop_ids=stop_ids, max_new_tokens=20) for index in range(64)]
    engine.submit(asked)
    found = finish(engine)
    reasons = {completion.finish for completion in found.values()}
    assert reasons == {"stop", "length"}
    for completion in found.values():
        hits = [token in stop_ids for token in completion.token_ids.tolist()]
        assert not any(hits[:-1])
        assert hits[-1] == (completion.finish == "stop")
        assert hits[-1] or len(hits) == 20
        check_logprobs(decoder, [completion.id], completion)


def test_each_sequence_has_stop_ids_of_its_own(decoder):
    engine = EagerEngine(decoder, num_slots=4, max_length=64)
    engine.submit([request(0, [3], seed=8)])
    engine.submit([request(1, [3], seed=8, stop_ids=frozenset(range(256)))])
    found = finish(engine)
    assert (len(found[0].token_ids), len(found[1].token_ids)) == (12, 1)


def test_a_sequence_ends_where_the_cache_does(decoder):
    engine = EagerEngine(decoder, num_slots=2, max_length=16)
    (prompt,) = prompts(1, 8, 10, 11)
    engine.submit([request(0, prompt, max_new_tokens=50), request(1, [4] * 16), request(2, [4] * 15)])
    found = finish(engine)
    assert len(found[0].token_ids) == 6
    assert (len(found[1].token_ids), len(found[2].token_ids)) == (0, 1)
    assert {completion.finish for completion in found.values()} == {"length"}
    check_logprobs(decoder, prompt, found[0])
    engine.submit([request(0, [1], parent=0)])
    assert len(finish(engine)[0].token_ids) == 0


def test_long_prompts_are_computed_in_pieces(decoder, monkeypatch):
    from reason.train.engine import eager

    monkeypatch.setattr(eager, "CHUNK", 7)
    monkeypatch.setattr(eager, "PREFILL_TOKENS", 20)
    engine = EagerEngine(decoder, num_slots=6, max_length=64)
    asked = [request(index, prompt, max_new_tokens=3) for index, prompt in enumerate(prompts(6, 9, 1, 60))]
    engine.submit(asked)
    found = finish(engine)
    for one in asked:
        check_logprobs(decoder, one.token_ids, found[one.id])


def test_prefill_batches_hold_every_token_once_and_in_order():
    extensions = [
        Extension(slot=slot, past=slot, token_ids=np.arange(length))
        for slot, length in enumerate([1, 5000, 300, 9000, 2, 2048])
    ]
    seen = defaultdict(list)
    for batch in _prefill_batches(extensions):
        assert len(batch) * max(len(piece.token_ids) for piece in batch) <= 8192
        for piece in batch:
            assert piece.past == piece.slot + len(seen[piece.slot])
            seen[piece.slot] += piece.token_ids.tolist()
    assert seen == {extension.slot: extension.token_ids.tolist() for extension in extensions}


def test_turns_move_to_low_slots_when_few_are_left(decoder):
    engine = EagerEngine(decoder, num_slots=64, max_length=64)
    asked = [
        request(i, prompt, max_new_tokens=30 if i >= 56 else 2) for i, prompt in enumerate(prompts(64, 10))
    ]
    batches = []
    plain = engine._advance
    engine._advance = lambda batch, *rest: batches.append(batch) or plain(batch, *rest)
    engine.submit(asked)
    found = finish(engine)
    assert batches[0] == 64
    assert batches[-1] == 16
    for one in asked:
        check_logprobs(decoder, one.token_ids, found[one.id])
    # Sequences whose turn had ended went to other slots with their past.
    again = [request(index, [7, 8], parent=index) for index in range(64)]
    engine.submit(again)
    for identity, completion in finish(engine).items():
        past = [*asked[identity].token_ids, *found[identity].token_ids.tolist(), 7, 8]
        check_logprobs(decoder, past, completion)


def test_no_slot_is_lost_or_given_twice_when_turns_move(decoder):
    engine = EagerEngine(decoder, num_slots=64, max_length=64)
    rng = np.random.default_rng(12)
    asked, found, live = {}, {}, set()
    for number in range(400):
        asked[number] = request(number, [number % 256, 5], max_new_tokens=int(rng.integers(1, 40)))
    waiting = list(asked)
    engine.submit([asked[number] for number in waiting[:64]])
    live.update(waiting[:64])
    del waiting[:64]
    while live:
        done = engine.step()
        for completion in done:
            found[completion.id] = completion
            live.remove(completion.id)
        engine.release([completion.id for completion in done])
        # In bursts, so that few turns are left when many come.
        if len(live) < 8:
            engine.submit([asked[number] for number in waiting[:60]])
            live.update(waiting[:60])
            del waiting[:60]
            assert engine.num_waiting == max(0, len(live) - 64)
    assert len(found) == 400
    for number, completion in found.items():
        assert len(completion.token_ids) == asked[number].max_new_tokens
        check_logprobs(decoder, asked[number].token_ids, completion)


def test_a_released_turn_is_no_longer_sampled(decoder):
    engine = EagerEngine(decoder, num_slots=4, max_length=64)
    asked = [request(index, prompt) for index, prompt in enumerate(prompts(6, 11))]
    engine.submit(asked)
    engine.step()
    engine.release([0, 2, 5])
    found = {}
    while engine.num_active:
        for completion in engine.step():
            found[completion.id] = completion
    assert set(found) == {1, 3, 4}
    for identity, completion in found.items():
        check_logprobs(decoder, asked[identity].token_ids, completion)


def test_new_weights_are_sampled_from(decoder):
    mine = Decoder(decoder.config, seed=2)
    engine = EagerEngine(mine, num_slots=2, max_length=64)
    engine.submit([request(0, [1, 2, 3])])
    before = finish(engine)[0]
    engine.release([0])
    engine.load_weights(decoder)
    engine.submit([request(0, [1, 2, 3])])
    after = finish(engine)[0]
    check_logprobs(Decoder(decoder.config, seed=2), [1, 2, 3], before)
    check_logprobs(decoder, [1, 2, 3], after)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 0}, "id must not be in use"),
        ({"id": 7, "parent": 8}, "parent must be a sequence"),
        ({"id": 0, "parent": 0}, "parent must have finished"),
        ({"id": 7, "token_ids": [256]}, "token_ids must be in 0..255"),
        ({"id": 7, "token_ids": [-1]}, "token_ids must be in 0..255"),
    ],
)
def test_requests_that_cannot_be_are_refused_and_change_nothing(decoder, change, message):
    engine = EagerEngine(decoder, num_slots=4, max_length=64)
    engine.submit([request(0, [1])])
    with pytest.raises(ConfigError, match=message):
        engine.submit([request(5, [2]), replace(request(0, [2]), **change)])
    assert engine.num_active == 1
    assert set(finish(engine)) == {0}


def test_release_of_an_unknown_id_is_refused(decoder):
    with pytest.raises(ConfigError, match="'nobody'"):
        EagerEngine(decoder, num_slots=4, max_length=64).release(["nobody"])


@pytest.mark.parametrize(
    "change",
    [
        {"token_ids": []},
        {"max_new_tokens": 0},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"top_k": -1},
    ],
)
def test_a_request_checks_its_fields(change):
    with pytest.raises(ConfigError, match=next(iter(change))):
        replace(request(0, [1]), **change)


@pytest.mark.parametrize("change", [{"num_slots": 0}, {"max_length": 1}, {"max_length": 4097}])
def test_sizes_that_cannot_be_are_refused(decoder, change):
    with pytest.raises(ConfigError, match=next(iter(change))):
        EagerEngine(decoder, **{"num_slots": 1, "max_length": 8, **change})


def test_only_our_decoder_runs_in_it():
    with pytest.raises(ConfigError, match="must be a Decoder"):
        EagerEngine(TransformersPolicy.__new__(TransformersPolicy), num_slots=1, max_length=8)
