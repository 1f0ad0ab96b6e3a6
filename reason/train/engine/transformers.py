"""``generate`` of transformers as an engine: for any of its models, but each turn computes the past again.

Tokens are drawn by our own sampler inside of ``generate``, so that seeds mean what they mean everywhere and
log-probabilities are those of the distribution that was sampled from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from reason.errors import ConfigError
from reason.train.engine.replay import Prompt, ReplayEngine, Sampled
from reason.train.engine.sampling import sample, signed, uniform
from reason.train.policy.protocol import Policy
from reason.train.policy.transformers import TransformersPolicy

__all__ = ["TransformersEngine"]


class TransformersEngine(ReplayEngine):
    """Samples from an adapted model, whose weights it shares."""

    def __init__(self, policy: Policy, *, max_sequences: int, max_length: int) -> None:
        """Take the model as it is.

        Args:
            policy: A :class:`~reason.train.policy.transformers.TransformersPolicy`.
            max_sequences: Turns that are generated at once.
            max_length: Tokens of the longest sequence.

        Raises:
            ConfigError: another kind of policy, or a number that is not positive.
        """
        if not isinstance(policy, TransformersPolicy):
            raise ConfigError(
                f"policy must be a TransformersPolicy for this engine, got {type(policy).__name__}"
            )
        super().__init__(
            max_sequences=max_sequences, max_length=max_length, vocab_size=policy.config.vocab_size
        )
        self._policy = policy

    @torch.no_grad()
    def load_weights(self, policy: Policy) -> None:
        """Sample from these weights: they are copied unless they are the engine's own."""
        if policy is not self._policy:
            own = dict(self._policy.named_parameters())
            for name, parameter in policy.named_parameters():
                own[name].copy_(parameter)

    @torch.no_grad()
    def _generate(self, prompts: Sequence[Prompt]) -> list[Sampled]:
        from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

        model = self._policy.model
        device = self._policy.output_weight_V_D.device
        longest = max(len(prompt.token_ids) for prompt in prompts)
        ids = torch.zeros((len(prompts), longest), dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt.token_ids) :] = torch.from_numpy(prompt.token_ids)
            mask[row, longest - len(prompt.token_ids) :] = 1
        drawer = _Drawer(prompts, device)
        settings = GenerationConfig(  # type: ignore[no-untyped-call]
            do_sample=False, max_new_tokens=max(prompt.limit for prompt in prompts), pad_token_id=0
        )
        # What the checkpoint sets (penalties, ends of its own) would be merged into the settings.
        usual, model.generation_config = model.generation_config, GenerationConfig()  # type: ignore[no-untyped-call]
        try:
            model.generate(
                ids.to(device),
                attention_mask=mask.to(device),
                generation_config=settings,
                logits_processor=LogitsProcessorList([drawer.draw]),
                stopping_criteria=StoppingCriteriaList([drawer.ended]),
            )
        finally:
            model.generation_config = usual
        return drawer.turns()


class _Drawer:
    """Draws the tokens inside of ``generate``, by scores that leave it only the token that was drawn."""

    def __init__(self, prompts: Sequence[Prompt], device: torch.device) -> None:
        requests = [prompt.request for prompt in prompts]
        self._prompts, self._device = prompts, device
        self._seed_B = torch.tensor([signed(request.seed) for request in requests], device=device)
        self._temperature_B = torch.tensor(
            [float(request.temperature) for request in requests], device=device
        )
        self._truncation: dict[str, Tensor] = {}
        if any(request.top_p < 1 or request.top_k for request in requests):
            self._truncation = {
                "top_p_B": torch.tensor([float(request.top_p) for request in requests], device=device),
                "top_k_B": torch.tensor([request.top_k for request in requests], device=device),
            }
        self._tokens: list[Tensor] = []
        self._logprobs: list[Tensor] = []
        self._ended_B = np.zeros(len(prompts), dtype=np.bool_)

    def draw(self, input_ids: Tensor, scores_B_V: Tensor) -> Tensor:
        counter_B = torch.full_like(self._seed_B, len(self._tokens))
        token_B, logprob_B = sample(
            scores_B_V.float(), uniform(self._seed_B, counter_B), self._temperature_B, **self._truncation
        )
        self._tokens.append(token_B)
        self._logprobs.append(logprob_B)
        return torch.full_like(scores_B_V, -torch.inf).scatter(1, token_B[:, None], 0.0)

    def ended(self, input_ids: Tensor, scores: Any, **_: Any) -> Tensor:
        for row, (prompt, token) in enumerate(zip(self._prompts, self._tokens[-1].tolist(), strict=True)):
            self._ended_B[row] |= token in prompt.request.stop_ids or len(self._tokens) >= prompt.limit
        return torch.from_numpy(self._ended_B.copy()).to(self._device)

    def turns(self) -> list[Sampled]:
        tokens_B_T = torch.stack(self._tokens, dim=1).tolist()
        logprobs_B_T = torch.stack(self._logprobs, dim=1).tolist()
        return [
            _cut(prompt, *row)
            for prompt, row in zip(self._prompts, zip(tokens_B_T, logprobs_B_T, strict=True), strict=True)
        ]


def _cut(prompt: Prompt, token_ids: list[int], logprobs: list[float]) -> Sampled:
    """End a row where its turn ended; ``generate`` goes on until all rows have."""
    length = min(len(token_ids), prompt.limit)
    for index, token_id in enumerate(token_ids[:length]):
        if token_id in prompt.request.stop_ids:
            length = index + 1
            break
    return token_ids[:length], logprobs[:length]
