from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.train.logprobs import token_logprobs
from reason.train.packing import pack, targets_of

torch.set_num_threads(1)


@dataclass(frozen=True)
class Episode:
    token_ids_T: np.ndarray
    generated_T: np.ndarray
    prompt_length: int


def episode(prompt, turns):
    """``turns``: (tokens of an observation, tokens that are generated after it)."""
    token_ids, generated = list(prompt), [False] * len(prompt)
    for observed, written in turns:
        token_ids += [*observed, *written]
        generated += [False] * len(observed) + [True] * len(written)
    return Episode(np.array(token_ids, dtype=np.int64), np.array(generated, dtype=bool), len(prompt))


def draw_episodes(seed, groups=3, members=4, vocabulary=23):
    rng = np.random.default_rng(seed)

    def tokens(low, high):
        return rng.integers(vocabulary, size=rng.integers(low, high)).tolist()

    episodes = []
    for _ in range(groups):
        prompt = tokens(2, 9)
        for _ in range(members):
            turns = [([], tokens(1, 8))]
            turns += [(tokens(0, 4), tokens(0, 5)) for _ in range(rng.integers(0, 3))]
            episodes.append(episode(prompt, turns))
    return episodes


class TinyAttention(torch.nn.Module):
    """Two layers of one-headed attention with an explicit mask: what a policy computes, written plainly."""

    def __init__(self, vocabulary=23, width=8, positions=64):
        super().__init__()
        generator = torch.Generator().manual_seed(0)

        def weight(*shape):
            return torch.nn.Parameter(0.4 * torch.randn(*shape, generator=generator, dtype=torch.float64))

        self.tokens, self.positions = weight(vocabulary, width), weight(positions, width)
        self.projections = torch.nn.ParameterList([weight(4, width, width) for _ in range(2)])
        self.output = weight(vocabulary, width)

    def hidden_states(self, packed):
        size = len(packed.token_ids_N)
        segment = np.repeat(np.arange(packed.num_segments), np.diff(packed.bounds_S1))
        prefix = np.array(packed.prefix_of_S)[segment]
        causal = np.arange(size)[:, None] >= np.arange(size)
        sees = (segment[:, None] == segment) & causal | (prefix[:, None] == segment)
        state = self.tokens[packed.token_ids_N] + self.positions[packed.position_ids_N]
        for query, key, value, out in self.projections:
            scores = (state @ query) @ (state @ key).T / state.shape[1] ** 0.5
            scores = scores.masked_fill(~torch.from_numpy(sees), float("-inf"))
            state = state + torch.tanh(scores.softmax(1) @ (state @ value) @ out)
        return state


def plain_logprobs(model, one):
    """Every token of one episode, without any packing."""
    token_ids = torch.from_numpy(one.token_ids_T)
    size = len(token_ids)
    state = model.tokens[token_ids] + model.positions[torch.arange(size)]
    for query, key, value, out in model.projections:
        scores = (state @ query) @ (state @ key).T / state.shape[1] ** 0.5
        scores = scores.masked_fill(torch.ones(size, size).triu(1).bool(), float("-inf"))
        state = state + torch.tanh(scores.softmax(1) @ (state @ value) @ out)
    logprobs = torch.log_softmax(state @ model.output.T, dim=1)
    places = np.flatnonzero(one.generated_T)
    return logprobs[places - 1, token_ids[places]]


@pytest.mark.parametrize("shared_prefix", [False, True])
@pytest.mark.parametrize("max_tokens", [33, 60, 1000])
def test_logprobs_and_gradients_are_those_of_each_trajectory_alone(shared_prefix, max_tokens):
    episodes, model = draw_episodes(1), TinyAttention()
    plain = torch.cat([plain_logprobs(model, one) for one in episodes])
    slopes = torch.randn(len(plain), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    expected = torch.autograd.grad((slopes * plain).sum(), list(model.parameters()))
    seen = torch.full_like(plain, torch.nan)
    for micro in pack(episodes, max_tokens, shared_prefix=shared_prefix):
        hidden = model.hidden_states(micro.packed)[micro.hidden_index_M]
        logprobs, _ = token_logprobs(hidden, model.output, micro.target_ids_M)
        (slopes[micro.flat_M] * logprobs).sum().backward()
        seen[micro.flat_M] = logprobs.detach()
    torch.testing.assert_close(seen, plain.detach(), atol=1e-10, rtol=0)
    for parameter, grad in zip(model.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, grad, atol=1e-10, rtol=1e-8)


turns_strategy = st.lists(
    st.tuples(st.lists(st.integers(0, 9), max_size=3), st.lists(st.integers(0, 9), max_size=4)), max_size=3
)
episodes_strategy = st.lists(
    st.builds(
        episode,
        st.sampled_from([[1], [1, 2, 3], [1, 2, 3, 4, 5], [7, 7]]),
        turns_strategy,
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(episodes_strategy, st.integers(24, 60), st.booleans())
def test_every_target_is_in_one_place_and_predicted_from_its_own_past(episodes, max_tokens, shared_prefix):
    sequence_N, token_N = targets_of(episodes)
    seen = []
    for micro in pack(episodes, max_tokens, shared_prefix=shared_prefix):
        packed = micro.packed
        assert 0 < len(packed.token_ids_N) <= max_tokens
        assert packed.bounds_S1[0] == 0
        assert packed.bounds_S1[-1] == len(packed.token_ids_N) == len(packed.position_ids_N)
        assert packed.cu_seqlens_S1.tolist() == list(packed.bounds_S1)
        assert (np.diff(packed.bounds_S1) > 0).all()
        assert shared_prefix or not packed.shares_prefixes
        assert list(micro.trajectories_R) == sorted(set(micro.trajectories_R))
        for segment, prefix in enumerate(packed.prefix_of_S):
            assert prefix == -1 or (prefix < segment and packed.prefix_of_S[prefix] == -1)
        for place, target, row, token, flat in zip(
            *(
                one.tolist()
                for one in (
                    micro.hidden_index_M,
                    micro.target_ids_M,
                    micro.row_M,
                    micro.token_M,
                    micro.flat_M,
                )
            ),
            strict=True,
        ):
            index = micro.trajectories_R[row]
            assert (sequence_N[flat], token_N[flat]) == (index, token)
            assert episodes[index].token_ids_T[token] == target
            assert visible(packed, place) == list(enumerate(episodes[index].token_ids_T[:token]))
            seen.append(flat)
        assert sorted(micro.flat_M.tolist()) == micro.flat_M.tolist()
    assert sorted(seen) == list(range(len(sequence_N)))


def visible(packed, place):
    """(position, token) of everything that a position attends to."""
    segment = max(s for s in range(packed.num_segments) if packed.bounds_S1[s] <= place)
    past = list(range(packed.bounds_S1[segment], place + 1))
    if (prefix := packed.prefix_of_S[segment]) >= 0:
        past = [*range(packed.bounds_S1[prefix], packed.bounds_S1[prefix + 1]), *past]
    return [(int(packed.position_ids_N[one]), int(packed.token_ids_N[one])) for one in past]


def test_a_shared_prompt_is_laid_down_once():
    episodes = [episode(range(100), [([], [1, 2, 3])]) for _ in range(8)]
    (micro,) = pack(episodes, 1000)
    # What predicts the three tokens: the prompt, and the first two of each.
    assert len(micro.packed.token_ids_N) == 100 + 8 * 2
    assert micro.packed.prefix_of_S == (-1, *[0] * 8)
    assert sum(len(one.packed.token_ids_N) for one in pack(episodes, 1000, shared_prefix=False)) == 8 * 102


def test_one_token_answers_need_the_prompt_alone():
    episodes = [episode([5, 6, 7], [([], [token])]) for token in range(4)]
    (micro,) = pack(episodes, 10)
    assert micro.packed.token_ids_N.tolist() == [5, 6, 7]
    assert micro.hidden_index_M.tolist() == [2] * 4
    assert micro.target_ids_M.tolist() == [0, 1, 2, 3]


def test_what_comes_after_the_last_target_is_left_out_and_so_is_who_has_none():
    (micro,) = pack([episode([1, 2], [([], [3]), ([4] * 50, [])]), episode([1, 2], [([9], [])])], 5)
    assert micro.packed.token_ids_N.tolist() == [1, 2]
    assert micro.trajectories_R == (0,)
    assert pack([], 5) == []
    assert pack([episode([1], [])], 5) == []


def test_a_group_larger_than_a_micro_batch_repeats_its_prompt_only_as_often_as_it_must():
    episodes = [episode(range(50), [([], range(11))]) for _ in range(10)]
    micros = pack(episodes, 50 + 4 * 10)
    assert [len(micro.trajectories_R) for micro in micros] == [4, 4, 2]


def test_members_with_another_prompt_share_nothing():
    (micro,) = pack([episode([1, 2, 3], [([], [4, 5])]), episode([1, 2], [([], [4, 5])])], 99)
    assert not micro.packed.shares_prefixes


def test_trajectories_of_one_key_stay_together():
    rng = np.random.default_rng(0)
    keys = [index // 2 for index in range(20)]
    prompts = {key: rng.integers(9, size=5) for key in keys}
    episodes = [episode(prompts[key], [([], range(rng.integers(2, 30)))]) for key in keys]
    for shared_prefix in (True, False):
        micros = pack(episodes, 80, shared_prefix=shared_prefix, together=keys)
        assert len(micros) > 2
        for micro in micros:
            inside = [keys[index] for index in micro.trajectories_R]
            assert all(inside.count(key) == 2 for key in inside)


def test_the_fill_is_within_the_bound_of_first_fit_decreasing():
    rng = np.random.default_rng(3)
    episodes = [episode([1], [([], range(size))]) for size in rng.integers(5, 90, 200)]
    micros = pack(episodes, 100, shared_prefix=False)
    used = sum(len(micro.packed.token_ids_N) for micro in micros)
    assert len(micros) <= 11 / 9 * np.ceil(used / 100) + 1


def test_the_same_trajectories_are_laid_out_the_same():
    first, second = (pack(draw_episodes(5), 40) for _ in range(2))
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert one.trajectories_R == other.trajectories_R
        assert torch.equal(one.packed.token_ids_N, other.packed.token_ids_N)


@pytest.mark.parametrize(
    ("episodes", "options", "message"),
    [
        ([episode([1] * 9, [([], [1, 2])])], {}, "max_tokens=8 is too small: trajectory 0 needs 10"),
        ([episode([1], [([], range(5))])] * 2, {"together": "aa", "shared_prefix": False}, "0, 1 needs 10"),
        ([episode([1], [([], [1])])], {"together": []}, "together needs 1 keys, got 0"),
        ([episode([], [([], [1, 2])])], {}, "the first is token 0"),
        ([Episode(np.arange(4), np.array([0, 1, 1, 1], bool), 2)], {}, "prompt_length=2"),
        ([Episode(np.arange(4), np.array([0, 1, 1], bool), 1)], {}, "must be flat and of one length"),
    ],
)
def test_what_cannot_be_packed_is_refused(episodes, options, message):
    with pytest.raises(ValueError, match=message):
        pack(episodes, 8, **options)


def test_a_micro_batch_moves_as_a_whole():
    (micro,) = pack(draw_episodes(0, groups=1), 1000)
    moved = micro.to("meta")
    tensors = [
        value for value in [*vars(moved).values(), *vars(moved.packed).values()] if torch.is_tensor(value)
    ]
    assert len(tensors) == 8
    assert all(tensor.is_meta for tensor in tensors)
