"""Rollouts: groups of episodes played token in, token out, whatever the number of turns.

What the sampler drew is kept as it was drawn. Its text is decoded for the environment alone; what the
environment says is encoded once and appended as tokens that are not learned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reason.envs.group import EnvGroup, GroupOutcome, GroupReward
from reason.envs.playable import Playable
from reason.envs.timings import Timings
from reason.envs.workers import Workers
from reason.rewards.steps import are_advantages
from reason.seeding import derive
from reason.train.config import RolloutConfig, SamplingConfig
from reason.train.credit import rewarded_steps
from reason.train.engine.protocol import Completion, Engine, Request
from reason.train.environments import Plan
from reason.train.outcome import MAX_TOKENS, outcome_of
from reason.train.policy.tokenizer import Tokenizer
from reason.train.trajectory import Group, RewardedStep, Trajectory

__all__ = ["Roller"]


class _Key(NamedTuple):
    """Name of a sequence in the engine."""

    purpose: str
    group: int
    member: int


@dataclass(eq=False)
class _Member:
    """An episode that is being played."""

    key: _Key
    playing: _Playing
    token_ids: list[int]
    generated: list[bool]
    logprobs: list[float]
    turn: int = 0
    reward: float = 0.0
    truncated: bool = False
    stop_reason: str = ""
    closed: bool = True
    """Whether the last turn ended in a stop id."""
    messages: list[dict[str, str]] = field(default_factory=list)
    """What the environment said last."""
    texts: list[tuple[int, int]] = field(default_factory=list)
    """First token of each text that it wrote, and the one after its last."""

    def append(self, token_ids: Iterable[int], logprobs: NDArray[np.float32] | None = None) -> None:
        """Add tokens; sampled ones come with their log-probabilities."""
        before = len(self.token_ids)
        self.token_ids.extend(int(token) for token in token_ids)
        added = len(self.token_ids) - before
        self.generated.extend([logprobs is not None] * added)
        self.logprobs.extend([0.0] * added if logprobs is None else logprobs.tolist())


@dataclass(eq=False)
class _Playing:
    """A group that is being played."""

    plan: Plan
    envs: EnvGroup[Playable]
    prompt: list[int]
    limit: int
    """Tokens of an episode."""
    members: list[_Member] = field(default_factory=list)


class Roller:
    """Plays groups with an engine and an environment's forks.

    Lockstep: the environments step while no sequence is decoded, so that batches, and with them every
    bit, are the same in each run. Asynchronous: they step in threads while the others are decoded.
    """

    def __init__(
        self,
        envs: Mapping[str, Playable],
        tokenizer: Tokenizer,
        engine: Engine,
        *,
        config: RolloutConfig,
        seed: int,
        max_position: int,
        asynchronous: bool = False,
        group_reward: GroupReward | None = None,
    ) -> None:
        """Make a player.

        Args:
            envs: By the names that plans use; they stay as they are.
            tokenizer: Of the policy.
            engine: Samples.
            config: Sizes.
            seed: Of the run; names the samples' random streams.
            max_position: Tokens of the longest sequence that the policy takes.
            asynchronous: Whether environments step while other sequences are decoded.
            group_reward: Rewards a group from its outcome; None takes the environments' own rewards.
        """
        self._envs, self._tokenizer, self._engine = envs, tokenizer, engine
        self._seed, self._max_position, self._reward = seed, max_position, group_reward
        self._asynchronous = asynchronous
        self._held: set[_Key] = set()
        """Sequences that the engine has room for, or keeps waiting."""
        self._workers = Workers(config.env_threads)
        self._pool = ThreadPoolExecutor(config.env_threads, thread_name_prefix="reason-rollout")
        self.timings = Timings()
        """Seconds by phase: ``reset``, ``decode`` and ``env``."""

    def play(
        self, plans: Sequence[Plan], group_size: int, sampling: SamplingConfig, *, purpose: str = "train"
    ) -> list[Group]:
        """Play groups to their ends.

        Args:
            plans: What each group plays; their numbers are unique.
            group_size: Members of each.
            sampling: How texts are sampled.
            purpose: Names the random streams: training and evaluation share no draw. Only under ``train`` are
                groups rewarded as groups.

        Returns:
            The groups in the order of their plans.
        """
        with self.timings.phase("reset"):
            opened = self._workers.map(
                lambda plan: self._open(plan, group_size, sampling, purpose), dict(enumerate(plans))
            )
        groups = list(opened.values())
        live = {member.key: member for group in groups for member in group.members}
        try:
            self._submit([member for member in live.values() if not member.stop_reason], sampling)
            if self._asynchronous:
                self._play_async(live, sampling)
            else:
                self._play_lockstep(live, sampling)
            if self._held:
                raise RuntimeError(f"the engine never let in {sorted(self._held)[:3]}")
            return [self._close(group, self._reward if purpose == "train" else None) for group in groups]
        finally:
            self._release(list(self._held))
            for group in groups:
                group.envs.close()

    def close(self) -> None:
        """End the threads."""
        self._workers.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _open(self, plan: Plan, group_size: int, sampling: SamplingConfig, purpose: str) -> _Playing:
        envs: EnvGroup[Playable] = EnvGroup(self._envs[plan.env], group_size, max_workers=1)
        begun = envs.reset(seed=plan.seed, options=dict(plan.options))
        prompt = self._tokenizer.render(begun[0][1]["messages"])
        limit = min(sampling.max_tokens, self._max_position)
        if plan.choice is not None and plan.choice.max_tokens is not None:
            limit = min(limit, plan.choice.max_tokens)
        playing = _Playing(plan, envs, prompt, limit)
        for number in range(group_size):
            key = _Key(purpose, plan.group, number)
            length = len(prompt)
            member = _Member(key, playing, list(prompt), [False] * length, [0.0] * length)
            if length >= limit:
                member.stop_reason, member.truncated = MAX_TOKENS, True
            playing.members.append(member)
        return playing

    def _play_lockstep(self, live: dict[_Key, _Member], sampling: SamplingConfig) -> None:
        while self._busy():
            with self.timings.phase("decode"):
                completions = self._engine.step()
            if not completions:
                continue
            members = [self._sampled(live, completion) for completion in completions]
            with self.timings.phase("env"):
                self._workers.map(self._act, dict(enumerate(members)))
            self._go_on(members, sampling)

    def _play_async(self, live: dict[_Key, _Member], sampling: SamplingConfig) -> None:
        stepping: dict[Future[None], _Member] = {}
        try:
            while stepping or self._busy():
                if self._busy():
                    with self.timings.phase("decode"):
                        completions = self._engine.step()
                    for completion in completions:
                        member = self._sampled(live, completion)
                        stepping[self._pool.submit(self._act, member)] = member
                if not stepping:
                    continue
                with self.timings.phase("env"):
                    done, _ = wait(stepping, timeout=0 if self._busy() else None, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                self._go_on([stepping.pop(future) for future in done], sampling)
        finally:
            wait(stepping)

    def _busy(self) -> bool:
        return self._engine.num_active > 0

    def _sampled(self, live: Mapping[_Key, _Member], completion: Completion) -> _Member:
        """Put a sampled turn into its episode."""
        member = live[completion.id]  # type: ignore[index]
        start = len(member.token_ids)
        member.append(completion.token_ids, completion.logprobs)
        member.texts.append((start, len(member.token_ids)))
        member.closed = completion.finish == "stop"
        member.truncated |= not member.closed
        member.turn += 1
        return member

    def _act(self, member: _Member) -> None:
        """Step the environment with the last turn's text; may run in any thread."""
        start, stop = member.texts[-1]
        text = self._tokenizer.decode(member.token_ids[start:stop])
        _, reward, terminated, truncated, info = member.playing.envs.step(member.key.member, text)
        member.messages, member.reward = info["messages"][1:], member.reward + reward
        if terminated or truncated:
            member.stop_reason = info["stop_reason"]

    def _go_on(self, members: Sequence[_Member], sampling: SamplingConfig) -> None:
        """Append what the environments said, and sample on where the episode does."""
        ended, waiting = [], []
        for member in members:
            if not member.stop_reason:
                observation = self._tokenizer.render_continuation(member.messages, closed=member.closed)
                if len(member.token_ids) + len(observation) >= member.playing.limit:
                    member.stop_reason, member.truncated = MAX_TOKENS, True
                else:
                    waiting.append((member, observation))
                    continue
            ended.append(member.key)
        self._release(ended)
        requests = []
        for member, observation in waiting:
            member.append(observation)
            requests.append(self._request(member, observation, sampling, parent=member.key))
        self._engine.submit(requests)

    def _submit(self, members: Sequence[_Member], sampling: SamplingConfig) -> None:
        self._held.update(member.key for member in members)
        self._engine.submit([self._request(member, member.token_ids, sampling) for member in members])

    def _release(self, keys: Sequence[_Key]) -> None:
        self._held.difference_update(keys)
        self._engine.release(keys)

    def _request(
        self, member: _Member, token_ids: Sequence[int], sampling: SamplingConfig, parent: _Key | None = None
    ) -> Request:
        key = member.key
        return Request(
            id=key,
            parent=parent,
            token_ids=token_ids if parent is not None else list(member.playing.prompt),
            max_new_tokens=min(sampling.max_new_tokens, member.playing.limit - len(member.token_ids)),
            stop_ids=self._tokenizer.stop_ids,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            top_k=sampling.top_k,
            seed=derive("reason.train.sample", self._seed, key.purpose, key.group, key.member, member.turn),
        )

    def _close(self, playing: _Playing, group_reward: GroupReward | None) -> Group:
        """Reward a group that has ended, and keep its episodes as arrays."""
        cut = {one.key.member: one.reward for one in playing.members if one.stop_reason == MAX_TOKENS}
        outcome = outcome_of(playing.envs, tokens=[sum(one.generated) for one in playing.members], cut=cut)
        rewards = outcome.rewards if group_reward is None else outcome.reward(group_reward)
        given = are_advantages(group_reward)
        members = [self._trajectory(member, outcome, rewards, given=given) for member in playing.members]
        return Group(
            index=playing.plan.group,
            env=playing.plan.env,
            level=playing.plan.level,
            members=tuple(members),
            task_index=playing.envs.task.index,
            choice=playing.plan.choice,
        )

    def _trajectory(
        self, member: _Member, outcome: GroupOutcome, rewards: NDArray[np.float64], *, given: bool
    ) -> Trajectory:
        number, plan = member.key.member, member.playing.plan
        own, *of_steps = np.atleast_1d(rewards[number]).tolist()
        steps: tuple[RewardedStep, ...] = ()
        if rewards.ndim == 2 and not math.isnan(own):
            # Who wrote nothing was judged on the empty text, which has no steps.
            judged = outcome.processes[number][: len(member.texts)]
            spans = [[(one.start, one.stop) for one in process.steps] for process in judged]
            steps = rewarded_steps(self._tokenizer, member.token_ids, member.texts, spans, of_steps)
        return Trajectory(
            token_ids_T=np.array(member.token_ids, dtype=np.int64),
            generated_T=np.array(member.generated, dtype=np.bool_),
            sampler_logprobs_T=np.array(member.logprobs, dtype=np.float32),
            prompt_length=len(member.playing.prompt),
            group=plan.group,
            member=number,
            reward=float(outcome.rewards[number]) if given and not math.isnan(own) else own,
            steps=steps,
            advantage=own if given else None,
            score=float(outcome.scores[number]),
            passed=float(outcome.passed[number]),
            components={name: float(values[number]) for name, values in outcome.components.items()},
            turns=member.turn,
            stop_reason=member.stop_reason,
            truncated=member.truncated,
            env=plan.env,
            level=plan.level,
        )
