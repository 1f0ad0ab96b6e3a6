import importlib.util

import pytest

from reason.errors import ConfigError
from reason.train.engine.eager import EagerEngine
from reason.train.engine.loading import make_engine
from reason.train.engine.transformers import TransformersEngine
from reason.train.policy.loading import export_policy
from reason.train.policy.transformers import TransformersPolicy


def test_auto_takes_the_engine_that_fits_the_policy(decoder, tmp_path):
    assert type(make_engine("auto", decoder, max_sequences=2, max_tokens=8)) is EagerEngine
    export_policy(decoder, tmp_path)
    adapted = TransformersPolicy.load(tmp_path)
    assert type(make_engine("auto", adapted, max_sequences=2, max_tokens=8)) is TransformersEngine


@pytest.mark.parametrize(
    ("name", "message"),
    [("graphs", "CUDA device"), ("transformers", "TransformersPolicy"), ("fast", "must be auto, eager")],
)
def test_an_engine_that_cannot_be_is_refused(decoder, name, message):
    with pytest.raises(ConfigError, match=message):
        make_engine(name, decoder, max_sequences=2, max_tokens=8)


@pytest.mark.skipif(importlib.util.find_spec("vllm") is not None, reason="vLLM is installed")
def test_a_missing_vllm_is_named(decoder):
    with pytest.raises(ConfigError, match="pip install vllm"):
        make_engine("vllm", decoder, max_sequences=2, max_tokens=8)
