"""KnowRL's reward: form, correctness with refusal, and the facts that the thinking states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reason.envs.episode import Episode
from reason.envs.rules import EpisodeReward
from reason.errors import ConfigError
from reason.rewards.search_episode import thinking, turns, well_formed
from reason.search.claims import claims
from reason.search.world import WorldSettings, open_world
from reason.verdict import Verdict
from reason.verifiers.short_answer import is_refusal

__all__ = ["factuality", "know_rl", "know_rl_of"]


def factuality(support: Sequence[float], *, threshold: float = 0.3) -> float:
    """Return the share of a text's atomic facts that the knowledge base supports; 0 where it states none.

    >>> factuality([0.9, 0.3, 0.1, 0.0])
    0.5

    Args:
        support: Of each fact, in [0, 1]: an entailment model's score, or 1 and 0 from a fictional world.
        threshold: Score from which a fact is taken as supported.

    Raises:
        ValueError: a score is not in [0, 1].
    """
    for score in support:
        if not 0.0 <= score <= 1.0:
            raise ValueError(f"support must be in [0, 1], got {score!r}")
    return sum(score >= threshold for score in support) / len(support) if support else 0.0


def know_rl(
    *,
    well_formed: bool,
    exact_match: bool,
    refused: bool,
    factuality: float,
    form_reward: float = 1.0,
    right_reward: float = 2.0,
    refusal_reward: float = 1.0,
    wrong_reward: float = -1.0,
) -> float:
    """Return form + correctness + factuality, where an honest refusal is better than a wrong answer.

    With fact the share of :func:`factuality`, form ``f`` (or ``-f`` where the form is broken)::

        right      f + right_reward + fact
        refused    f + refusal_reward + fact
        wrong      f + wrong_reward + fact

    Source: Ren et al., "KnowRL: Exploring Knowledgeable Reinforcement Learning for Factuality" (2506.19807):
    the sum, the threshold 0.3 and -1 + fact for a wrong answer are its code; 2 for right, 1 for a refusal and
    -1 for wrong are its fourth version as a summary of it says. The size of the form's reward is our knob.

    >>> know_rl(well_formed=True, exact_match=False, refused=False, factuality=0.5)
    0.5

    Args:
        well_formed: Whether the text has the asked form.
        exact_match: Whether the answer is right; a refusal of what has no answer is right, too.
        refused: Whether the answer says that there is none, or that it is not known.
        factuality: Of the thinking, in [0, 1].
        form_reward: Of the form.
        right_reward: Of a right answer.
        refusal_reward: Of a refusal that is not right.
        wrong_reward: Of a wrong answer.

    Raises:
        ValueError: ``factuality`` is not in [0, 1], or refusing would be worth less than being wrong.
    """
    if not 0.0 <= factuality <= 1.0:
        raise ValueError(f"factuality must be in [0, 1], got {factuality!r}")
    if not wrong_reward <= refusal_reward <= right_reward:
        raise ValueError(
            f"refusal_reward must lie between wrong_reward and right_reward, got {refusal_reward!r}"
        )
    correctness = right_reward if exact_match else refusal_reward if refused else wrong_reward
    return (form_reward if well_formed else -form_reward) + correctness + factuality


def _of(episode: Episode, verdict: Verdict) -> float:
    settings = episode.task.ground_truth.get("world")
    if not isinstance(settings, Mapping):
        raise ConfigError(f"KnowRL's reward needs a task with a world of facts, not {episode.task.family}")
    world = open_world(WorldSettings.from_dict(settings))
    stated = claims(world, "\n".join(map(thinking, turns(episode))))
    return know_rl(
        well_formed=well_formed(episode),
        exact_match=verdict.passed is True,
        refused=is_refusal(verdict.answer or ""),
        factuality=factuality([float(fact) for fact in stated]),
    )


know_rl_of = EpisodeReward(_of)
"""KnowRL's reward of an episode of Search-v0: an environment's ``reward``.

Its facts are the sentences of the thinking that state one in the words of the world's pages
(:func:`reason.search.claims.claims`), checked against the world itself in place of an entailment model.
"""
