import math
import threading

import numpy as np
import pytest

from reason.envs.wrapper import ReasoningWrapper
from reason.train.distributed import World
from reason.train.passes import Passes
from reason.train.replica import Replica


class Watched(ReasoningWrapper):
    """Notes what it was told, by episode."""

    heard: list  # shared by all forks

    def __init__(self, env):
        super().__init__(env)
        self.heard = []

    def read(self, text):
        self.heard.append((id(self), text))
        return super().read(text)


def runs(member):
    """The runs of sampled tokens of an episode."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], member.generated_T, [0]])))
    return [member.token_ids_T[start:end] for start, end in edges.reshape(-1, 2)]


def test_an_episode_is_the_prompt_then_sampled_turns_and_observations_as_they_were(small):
    env = Watched(small.env())
    groups = small.play(env, small.policy(), small.config())
    tokenizer = small.tokenizer
    heard = {}
    for who, text in env.heard:
        heard.setdefault(who, []).append(text)
    told = sorted(heard.values())
    played = []
    for member in (member for group in groups for member in group.members):
        prompt = tokenizer.render([{"role": "user", "content": "guess 0 to 14"}])
        assert member.token_ids_T[: member.prompt_length].tolist() == prompt
        texts = [tokenizer.decode(run.tolist()) for run in runs(member)]
        assert len(texts) == member.turns
        played.append(texts)
        rest = member.token_ids_T[member.prompt_length :].tolist()
        for number, run in enumerate(runs(member)):
            assert rest[: len(run)] == run.tolist()
            rest = rest[len(run) :]
            if number < member.turns - 1:
                closed = int(run[-1]) in tokenizer.stop_ids
                said = [
                    tokenizer.render_continuation([{"role": "user", "content": word}], closed=closed)
                    for word in ("higher", "lower", "invalid")
                ]
                found = next(tokens for tokens in said if rest[: len(tokens)] == tokens)
                rest = rest[len(found) :]
        assert rest == []
    # What the environment heard are the decoded samples, nothing else.
    assert sorted(played) == told


def test_the_samplers_log_probabilities_are_the_trainers(small):
    policy = small.policy()
    config = small.config(sampling={"temperature": 0.7})
    members = [
        member for group in small.play(small.env(), policy, config, groups=4) for member in group.members
    ]
    sampled = np.concatenate([member.sampler_logprobs_T[member.generated_T] for member in members])
    for shared_prefix in (True, False):
        passes = Passes(max_tokens=64, temperature=0.7, shared_prefix=shared_prefix)
        logprobs, _, _ = passes.score_all(policy, members)
        assert np.abs(logprobs - sampled).max() < 1e-4
    assert (sampled < 0).all()


def test_the_same_seed_plays_the_same_whatever_else_is_played(small):
    policy, config = small.policy(), small.config()
    alone = small.play(small.env(), policy, config, groups=1)[0]
    together = small.play(small.env(), policy, config, groups=3)
    assert [m.token_ids_T.tolist() for m in alone.members] == [
        m.token_ids_T.tolist() for m in together[0].members
    ]
    assert len({tuple(m.token_ids_T.tolist()) for g in together for m in g.members}) > 4
    again = small.play(small.env(), policy, config, groups=3)
    for one, other in zip(together, again, strict=True):
        for member, twin in zip(one.members, other.members, strict=True):
            assert member.token_ids_T.tobytes() == twin.token_ids_T.tobytes()
            assert member.sampler_logprobs_T.tobytes() == twin.sampler_logprobs_T.tobytes()


def test_asynchronous_rollouts_play_the_same_episodes(small):
    policy, config = small.policy(), small.config()
    lockstep = small.play(small.env(), policy, config, groups=3)
    asynchronous = small.play(small.env(), policy, config, groups=3, asynchronous=True)
    for one, other in zip(lockstep, asynchronous, strict=True):
        assert [m.token_ids_T.tolist() for m in one.members] == [
            m.token_ids_T.tolist() for m in other.members
        ]
        np.testing.assert_array_equal(one.rewards_G, other.rewards_G)


def test_environments_step_while_other_sequences_are_decoded(small):
    began, decoded, waited = threading.Event(), threading.Event(), []

    class Slow(ReasoningWrapper):
        def step(self, action):
            if not began.is_set():
                began.set()
                waited.append(decoded.wait(timeout=60))
            return super().step(action)

    class Telling:
        """An engine that says when it decodes after a step of an environment has begun."""

        def __init__(self, engine):
            self.engine = engine

        def __getattr__(self, name):
            return getattr(self.engine, name)

        def step(self):
            if began.is_set():
                decoded.set()
            return self.engine.step()

    # Turns of up to 20 tokens end at different times, so that there is always something left to decode.
    sampling = {"max_new_tokens": 20, "max_tokens": 100}
    config, policy = small.config(rollout={"env_threads": 1}, sampling=sampling), small.policy()
    engine = Telling(Replica(policy, small.tokenizer, config, World()).engine)
    small.play(Slow(small.env()), policy, config, groups=4, asynchronous=True, engine=engine)
    assert waited == [True]


def test_what_cannot_be_scored_is_nan_and_never_0(small):
    env = small.env(reward=lambda verdict: math.nan)
    (group, *_) = small.play(env, small.policy(), small.config())
    assert np.isnan(group.rewards_G).all()
    assert not group.alive


def test_an_episode_that_runs_out_of_tokens_ends_there_with_what_it_has(small):
    config = small.config(sampling={"max_tokens": 14})
    members = [
        member for group in small.play(small.env(), small.policy(), config) for member in group.members
    ]
    cut = [member for member in members if member.stop_reason == "max_tokens"]
    assert cut
    for member in members:
        assert len(member.token_ids_T) <= 14
        assert not math.isnan(member.reward)
    assert all(member.truncated and member.reward == 0.0 and member.passed == 0.0 for member in cut)


def test_a_prompt_that_is_too_long_is_not_played(small):
    config = small.config(sampling={"max_tokens": 4})
    (group, *_) = small.play(small.env(), small.policy(), config)
    assert [member.turns for member in group.members] == [0] * 4
    assert [member.num_generated for member in group.members] == [0] * 4
    assert group.members[0].stop_reason == "max_tokens"


def test_more_sequences_than_fit_wait_for_their_turn(small):
    policy = small.policy()
    roomy = small.play(small.env(), policy, small.config(), groups=4)
    tight = small.play(small.env(), policy, small.config(rollout={"max_sequences": 3}), groups=4)
    assert [m.token_ids_T.tolist() for g in roomy for m in g.members] == [
        m.token_ids_T.tolist() for g in tight for m in g.members
    ]


def test_a_reward_over_the_group_sees_all_members_in_tokens(small):
    seen = []

    def shortest_wins(outcome):
        seen.append(outcome)
        return (outcome.tokens == outcome.tokens.min()).astype(float)

    (group, *_) = small.play(small.env(), small.policy(), small.config(), group_reward=shortest_wins)
    tokens = [member.num_generated for member in group.members]
    assert seen[0].tokens.tolist() == tokens
    assert group.rewards_G.tolist() == [float(count == min(tokens)) for count in tokens]


def test_a_reward_over_the_group_must_be_finite_and_of_its_size(small):
    for wrong in (lambda outcome: np.ones(3), lambda outcome: np.full(4, np.inf)):
        with pytest.raises(ValueError, match="group rewards must be 4"):
            small.play(small.env(), small.policy(), small.config(), group_reward=wrong)


def test_a_failing_environment_stops_the_rollout_and_leaves_the_engine_usable(small):
    class Broken(ReasoningWrapper):
        def step(self, action):
            raise RuntimeError("the environment broke")

    policy, config = small.policy(), small.config()
    engine = Replica(policy, small.tokenizer, config, World()).engine
    for asynchronous in (False, True):
        with pytest.raises(RuntimeError, match="the environment broke"):
            small.play(Broken(small.env()), policy, config, engine=engine, asynchronous=asynchronous)
        assert (engine.num_active, engine.num_waiting) == (0, 0)
    again = small.play(small.env(), policy, config, engine=engine)
    fresh = small.play(small.env(), policy, config)
    assert [m.token_ids_T.tolist() for g in again for m in g.members] == [
        m.token_ids_T.tolist() for g in fresh for m in g.members
    ]
