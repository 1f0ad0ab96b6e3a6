"""ReSeek's reward: exact match, and whether the policy judged well what it found."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reason.envs.dialects.reseek import judgements
from reason.envs.episode import Episode
from reason.envs.rules import EpisodeReward
from reason.envs.tools.search import library_of
from reason.rewards.search_episode import evidence_of
from reason.verdict import Verdict

__all__ = ["re_seek", "re_seek_of"]

RIGHT_YES, WRONG_YES, WRONG_NO, RIGHT_NO = 0.1, -0.05, -0.05, 0.02
HALVED = 0.5
MAX_ANSWER_TAGS = 10
OVERLONG = 4.0


def re_seek(
    exact_match: bool,
    judgements: Sequence[bool | None],
    similarities: Sequence[float],
    *,
    num_answer_tags: int = 1,
    threshold: float = 0.5,
) -> float:
    """Return exact match + the sum over judgements, divided by 4 where there are too many answers.

    Source: "ReSeek: A Self-Correcting Framework for Search Agents with Instructive Rewards" (2510.00568) and
    its code:

    =========  =====================================  =======
    judgement  then                                   adds
    =========  =====================================  =======
    Yes        the final answer is right              +0.1
    Yes        it is wrong                            -0.05
    Yes        it is wrong, yet similarity >= 0.5     -0.025
    No         similarity >= 0.5                      -0.05
    No         similarity < 0.5                       +0.02
    =========  =====================================  =======

    More than 10 answer tags divide the whole by 4.

    >>> round(re_seek(True, [False, True], [0.1, 0.9]), 3)
    1.12

    Args:
        exact_match: Whether the final answer is right.
        judgements: In order, True for Yes; None for one that says something else, which adds nothing.
        similarities: Of the information that each judges with the gold evidence, in [0, 1].
        num_answer_tags: Answers that the whole text gives.
        threshold: Similarity from which information is taken to help.

    Raises:
        ValueError: the lists differ in length, or a similarity is not in [0, 1].
    """
    if len(judgements) != len(similarities):
        raise ValueError(f"there are {len(judgements)} judgements and {len(similarities)} similarities")
    for similarity in similarities:
        if not 0.0 <= similarity <= 1.0:
            raise ValueError(f"similarities must be in [0, 1], got {similarity!r}")
    if num_answer_tags < 0:
        raise ValueError(f"num_answer_tags must be 0 or more, got {num_answer_tags!r}")
    parts = [float(exact_match)]
    for judged, similarity in zip(judgements, similarities, strict=True):
        helps = similarity >= threshold
        if judged is True:
            wrong = WRONG_YES * HALVED if helps else WRONG_YES
            parts.append(RIGHT_YES if exact_match else wrong)
        elif judged is False:
            parts.append(WRONG_NO if helps else RIGHT_NO)
    total = math.fsum(parts)
    return total / OVERLONG if num_answer_tags > MAX_ANSWER_TAGS else total


def _of(episode: Episode, verdict: Verdict) -> float:
    corpus = library_of(episode.task, None).corpus
    gold = [page.text for page_id in evidence_of(episode).gold if (page := corpus.get(page_id))]
    judged: list[bool | None] = []
    similarities: list[float] = []
    information, answers = "", 0
    for role, content in episode.messages[len(episode.task.prompt) :]:
        if role != "assistant":
            information = content
            continue
        answers += content.casefold().count("<answer>")
        if information and (said := judgements(content)):
            judged.append(said[0])
            similarities.append(float(any(text in information for text in gold)))
        information = ""
    return re_seek(verdict.passed is True, judged, similarities, num_answer_tags=answers)


re_seek_of = EpisodeReward(_of)
"""ReSeek's reward of an episode of Search-v0 (``protocol="reseek"``): an environment's ``reward``.

Information is judged once, by the first judgement of the turn after it, so that nothing is won by judging
again; it is similar to the gold evidence (1, else 0) where it holds a page that the answer rests on.
"""
