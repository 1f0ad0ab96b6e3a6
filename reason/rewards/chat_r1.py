"""ChatR1's reward for conversational search: the answer's F1, and how well a query completes the question."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.verdict import Verdict

__all__ = ["chat_r1", "chat_r1_of"]


def chat_r1(answer_f1: ArrayLike, rewrite_f1: ArrayLike, *, alpha: float = 0.2) -> NDArray[np.float64]:
    """Return answer F1 + alpha * best F1 of a query with the gold rewrite, for each rollout.

    Source: "ChatR1: Reinforcement Learning for Conversational Reasoning and Retrieval Augmented Question
    Answering" (2510.13312): R = R_ans + alpha * R_int, R_ans the token F1 of the answer, R_int = max over
    queries k of F1(q_k, gold rewrite), alpha = 0.2.

    >>> chat_r1([1.0, 0.5], [0.5, 0.0]).tolist()
    [1.1, 0.5]

    Args:
        answer_f1: Of each rollout, in [0, 1]; NaN where it could not be scored.
        rewrite_f1: The best of each rollout's queries, in [0, 1]; 0 where it made none.
        alpha: Weight of the queries, from 0.

    Returns:
        One reward a rollout; NaN where an F1 is NaN, so that it can be masked.

    Raises:
        ValueError: the arrays differ in length, an F1 is outside [0, 1], or ``alpha`` is negative.
    """
    answers, rewrites = np.asarray(answer_f1, float), np.asarray(rewrite_f1, float)
    if answers.ndim != 1 or answers.shape != rewrites.shape:
        raise ValueError(
            f"answer_f1 and rewrite_f1 must be of one length, got {answers.shape}, {rewrites.shape}"
        )
    for name, values in (("answer_f1", answers), ("rewrite_f1", rewrites)):
        if np.any((values < 0) | (values > 1)):
            raise ValueError(f"{name} must be in [0, 1], got {values.tolist()!r:.80}")
    if not 0 <= alpha < np.inf:
        raise ValueError(f"alpha must be a finite number from 0, got {alpha!r}")
    return np.asarray(answers + alpha * rewrites, dtype=float)


def chat_r1_of(verdict: Verdict) -> float:
    """Return ChatR1's reward of a verdict of ConversationalSearch-v0: an environment's ``reward``.

    An episode's rewards add up, and only its last verdict has an F1; NaN where it could not be scored.
    """
    if verdict.score is None:
        return float("nan")
    parts = verdict.components
    return float(chat_r1([parts["answer_f1"]], [parts["rewrite_f1"]])[0])
