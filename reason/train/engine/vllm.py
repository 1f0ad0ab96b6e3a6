"""vLLM as an engine, where it is installed.

New weights reach it as a checkpoint on disk (in memory, where ``TMPDIR`` is), which each of its workers loads
in place. Its prefix cache makes up for sequences that are handed over whole each turn.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reason.errors import ConfigError
from reason.train.engine.replay import Prompt, ReplayEngine, Sampled
from reason.train.engine.sampling import signed
from reason.train.policy.loading import export_policy
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer

__all__ = ["VllmEngine", "WeightLoader"]


class WeightLoader:
    """Is mixed into vLLM's workers (``worker_extension_cls``)."""

    model_runner: Any

    def load_folder(self, folder: str) -> None:
        """Replace the model's weights by those of a checkpoint."""
        from safetensors.torch import load_file

        for path in sorted(Path(folder).glob("*.safetensors")):
            self.model_runner.model.load_weights(weights=load_file(path).items())


class VllmEngine(ReplayEngine):
    """Samples with vLLM, which keeps a copy of the weights."""

    def __init__(
        self,
        policy: Policy,
        *,
        max_sequences: int,
        max_length: int,
        tokenizer: Tokenizer | None = None,
        **options: Any,
    ) -> None:
        """Export the policy and start vLLM on it.

        Args:
            policy: What to sample from.
            max_sequences: Turns that are generated at once.
            max_length: Tokens of the longest sequence.
            tokenizer: Is written beside the weights.
            options: Of ``vllm.LLM``, over our own.

        Raises:
            ConfigError: vLLM is not installed.
        """
        try:
            import vllm
        except ImportError as error:
            raise ConfigError(f"the vllm engine needs vLLM (pip install vllm): {error}") from error
        super().__init__(
            max_sequences=max_sequences, max_length=max_length, vocab_size=policy.config.vocab_size
        )
        self._vllm: Any = vllm
        with tempfile.TemporaryDirectory() as folder:
            export_policy(policy, folder, tokenizer=tokenizer)
            settings = {
                "skip_tokenizer_init": True,
                "max_model_len": max_length,
                "max_num_seqs": max_sequences,
                "enable_prefix_caching": True,
                "logprobs_mode": "processed_logprobs",
                "worker_extension_cls": f"{WeightLoader.__module__}.{WeightLoader.__qualname__}",
            }
            self._llm: Any = self._vllm.LLM(model=folder, **{**settings, **options})

    def load_weights(self, policy: Policy) -> None:
        """Export the policy and let vLLM load it."""
        with tempfile.TemporaryDirectory() as folder:
            export_policy(policy, folder)
            self._llm.collective_rpc("load_folder", args=(folder,))
        self._llm.reset_prefix_cache()

    def _generate(self, prompts: Sequence[Prompt]) -> list[Sampled]:
        inputs = [{"prompt_token_ids": prompt.token_ids.tolist()} for prompt in prompts]
        settings = [self._sampling(prompt) for prompt in prompts]
        outputs = self._llm.generate(inputs, settings, use_tqdm=False)
        return [_turn(output.outputs[0]) for output in outputs]

    def _sampling(self, prompt: Prompt) -> Any:
        request = prompt.request
        if request.top_p < 1 or request.top_k or request.temperature == 0:
            raise ConfigError(
                "the vllm engine gives the log-probabilities of the truncated distribution: set top_p to 1, "
                f"top_k to 0 and temperature above 0, got {request.top_p}, {request.top_k} and "
                f"{request.temperature}"
            )
        return self._vllm.SamplingParams(
            max_tokens=prompt.limit,
            temperature=request.temperature,
            seed=signed(request.seed),
            stop_token_ids=sorted(request.stop_ids),
            ignore_eos=True,
            logprobs=0,
            detokenize=False,
        )


def _turn(output: Any) -> Sampled:
    """Read vLLM's output: of each token, its id and the log-probability of the one that was sampled."""
    token_ids = list(output.token_ids)
    logprobs = [places[token_id].logprob for places, token_id in zip(output.logprobs, token_ids, strict=True)]
    return token_ids, logprobs
