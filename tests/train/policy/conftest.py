from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import torch

from reason.train.packing import Packed


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def lay_out() -> Callable[..., Packed]:
    """Lay segments end to end; ``prefix_of`` as in ``Packed``."""

    def lay_out(segments: Sequence[Sequence[int]], prefix_of: Sequence[int] | None = None) -> Packed:
        prefixes = [-1] * len(segments) if prefix_of is None else list(prefix_of)
        bounds, positions = [0], []
        for segment, prefix in zip(segments, prefixes, strict=True):
            first = 0 if prefix < 0 else len(segments[prefix])
            positions += range(first, first + len(segment))
            bounds.append(bounds[-1] + len(segment))
        return Packed(
            token_ids_N=torch.tensor([token for segment in segments for token in segment]),
            position_ids_N=torch.tensor(positions),
            cu_seqlens_S1=torch.tensor(bounds, dtype=torch.int32),
            bounds_S1=tuple(bounds),
            prefix_of_S=tuple(prefixes),
        )

    return lay_out


TINY = {
    "vocab_size": 96,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}
LLAMA3_ROPE = {
    "rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0,
    "high_freq_factor": 4.0, "original_max_position_embeddings": 32,
}  # fmt: skip
KINDS = {
    "llama": ("Llama", {"tie_word_embeddings": False}),
    "llama-tied": ("Llama", {"tie_word_embeddings": True, "rms_norm_eps": 1e-5}),
    "llama-theta": ("Llama", {"rope_parameters": {"rope_type": "default", "rope_theta": 777.0}}),
    "llama-one-key": ("Llama", {"num_key_value_heads": 1}),
    "llama-wide-heads": ("Llama", {"head_dim": 16}),
    "llama3": ("Llama", {"rope_parameters": LLAMA3_ROPE}),
    "qwen2": ("Qwen2", {"tie_word_embeddings": False}),
    "qwen2-tied": ("Qwen2", {"tie_word_embeddings": True}),
    "qwen3": ("Qwen3", {"head_dim": 16, "tie_word_embeddings": True}),
}


@pytest.fixture(scope="session")
def random_model() -> Callable[[str], Any]:
    """Make a random model of transformers; biases and norms too, which it begins with 0 and 1."""
    import transformers

    def random_model(kind: str, **changes: Any) -> Any:
        family, options = KINDS[kind]
        config = getattr(transformers, f"{family}Config")(**{**TINY, **options, **changes})
        torch.manual_seed(3)
        model = getattr(transformers, f"{family}ForCausalLM")(config).eval()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 1:
                    parameter.add_(torch.rand_like(parameter) - 0.5)
                else:
                    parameter.mul_(4)
        return model

    return random_model


@pytest.fixture(scope="session")
def segments() -> list[list[int]]:
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randint(0, 96, (length,), generator=generator).tolist() for length in (7, 64, 1, 30, 100, 31)
    ]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)
