from collections.abc import Iterator

import pytest
import torch

from reason.train.policy.decoder import Decoder
from reason.train.policy.shape import DecoderConfig


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def decoder() -> Decoder:
    config = DecoderConfig(
        vocab_size=256, d_model=32, num_layers=2, num_heads=4, num_kv_heads=2, head_dim=8, d_ff=64
    )
    return Decoder(config, seed=1)
