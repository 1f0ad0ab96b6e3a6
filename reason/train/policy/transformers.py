"""Any causal language model of the transformers library, behind the same protocol as our decoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from torch import Tensor

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.protocol import Policy
from reason.train.policy.segments import Bucket, Spans, buckets_of

if TYPE_CHECKING:
    from reason.train.packing import Packed

__all__ = ["TransformersConfig", "TransformersPolicy"]


@dataclass(frozen=True, kw_only=True)
class TransformersConfig:
    """The sizes of an adapted model."""

    vocab_size: int
    d_model: int
    num_layers: int
    max_position: int


class TransformersPolicy(Policy):
    """An adapted model. Slower than our decoder: segments are padded, and shared prefixes computed again.

    It always runs without dropout, so that the trainer sees the distribution that was sampled from.
    """

    def __init__(self, model: Any) -> None:
        """Adapt a model.

        Args:
            model: A ``PreTrainedModel`` with a language-modelling head.

        Raises:
            ConfigError: its logits are not its last hidden states times its output embedding (some models
                cap, scale or shift them), which is what the losses compute.
        """
        super().__init__()
        self.model = model
        text = model.config.get_text_config()
        head = model.get_output_embeddings()
        if head is None:
            raise ConfigError(f"model must have a language-modelling head, got {type(model).__name__}")
        self._config = TransformersConfig(
            vocab_size=head.weight.shape[0],
            d_model=text.hidden_size,
            num_layers=text.num_hidden_layers,
            max_position=getattr(text, "max_position_embeddings", None) or 1 << 20,
        )
        self.train(False)
        self._check_head()

    @classmethod
    def load(
        cls, path: str | Path, *, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu"
    ) -> Self:
        """Load a model from a folder or a GGUF file; nothing is downloaded.

        Args:
            path: Where it is.
            dtype: Of the weights.
            device: Where they go.

        Raises:
            InputFormatError: transformers cannot load it.
        """
        from transformers import AutoModelForCausalLM

        path = Path(path)
        if not path.exists():
            raise InputFormatError(f"{path} is not there; nothing is downloaded")
        folder, file = (path.parent, path.name) if path.is_file() else (path, None)
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, gguf_file=file, dtype=dtype, local_files_only=True
            )
        except (OSError, ValueError, KeyError) as error:
            raise InputFormatError(f"{path} cannot be loaded by transformers: {error}") from error
        return cls(model.to(device))

    @property
    def config(self) -> TransformersConfig:
        """The sizes of the model."""
        return self._config

    @property
    def output_weight_V_D(self) -> Tensor:
        """Rows of the output embedding."""
        return self.model.get_output_embeddings().weight  # type: ignore[no-any-return]

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode, whatever is asked: dropout would train another policy than was sampled."""
        return super().train(False)

    def hidden_states(self, packed: Packed) -> Tensor:
        """Return the last hidden states; each segment runs behind a copy of its prefix."""
        spans = Spans.of(packed)
        buckets = buckets_of(spans)
        place_N = np.empty(int(spans.length_S.sum()), dtype=np.int64)
        outs, offset = [], 0
        for bucket in buckets:
            outs.append(self._run(packed, bucket))
            row_B_Q, column_B_Q = np.indices(bucket.query_index_B_Q.shape)
            own = column_B_Q < bucket.length_B[:, None]
            keys = bucket.key_index_B_T.shape[1]
            place_B_Q = offset + row_B_Q * keys + bucket.prefix_length_B[:, None] + column_B_Q
            place_N[bucket.query_index_B_Q[own]] = place_B_Q[own]
            offset += bucket.key_index_B_T.size
        return torch.cat(outs).index_select(0, torch.from_numpy(place_N).to(packed.token_ids_N.device))

    def _run(self, packed: Packed, bucket: Bucket) -> Tensor:
        """Return the hidden states of a bucket's rows, padding included, row after row."""
        device = packed.token_ids_N.device
        index = torch.from_numpy(bucket.key_index_B_T).to(device)
        keys = np.arange(index.shape[1])[None] < (bucket.prefix_length_B + bucket.length_B)[:, None]
        out = self.model.base_model(
            input_ids=packed.token_ids_N[index],
            attention_mask=torch.from_numpy(keys).to(device=device, dtype=torch.int64),
            use_cache=False,
        )
        return out.last_hidden_state.flatten(0, 1)  # type: ignore[no-any-return]

    def write_checkpoint(self, folder: Path, weights: Mapping[str, Tensor]) -> None:
        """Write the model in its own format.

        Args:
            folder: Is made if it is not there.
            weights: A state dictionary of this policy, without adapters.
        """
        own = {name.removeprefix("model."): tensor for name, tensor in weights.items()}
        self.model.save_pretrained(folder, state_dict=own)

    @torch.no_grad()
    def _check_head(self) -> None:
        ids = torch.arange(1, 4, device=self.output_weight_V_D.device)[None] % self._config.vocab_size
        hidden = self.model.base_model(input_ids=ids, use_cache=False).last_hidden_state
        ours, theirs = hidden @ self.output_weight_V_D.T, self.model(input_ids=ids, use_cache=False).logits
        error = (ours - theirs).float().abs().max().item()
        if not error <= 1e-2 * max(1.0, theirs.float().abs().max().item()):
            raise ConfigError(
                f"{type(self.model).__name__} does more to its hidden states than multiply them by its "
                f"output embedding (logits differ by {error:.3g}), which the losses do not compute"
            )
