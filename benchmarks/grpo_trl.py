"""TRL's GRPOTrainer on the weights, tokens and tasks that ``grpo_gpu.py`` gives to Reason's, in one run.

Needs trl, datasets, transformers and tokenizers beside what ``grpo_gpu.py`` needs: ``pip install trl``. Both
trainers judge every completion by the environment's own verdict, then learn from rewards that alternate
within a group, since random weights solve nothing and no difference would be nothing to learn from. TRL
samples with transformers' ``generate``, as it does where there is no vLLM.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import torch

from reason import Task, score
from reason.train.policy.chat_tokenizer import ChatTokenizer
from reason.train.policy.decoder import Decoder
from reason.train.policy.loading import export_policy, load_policy

if TYPE_CHECKING:
    from grpo_gpu import Load

    from reason.train.policy.shape import DecoderConfig
    from reason.train.policy.tokenizer import Tokenizer

__all__ = ["ENVIRONMENT", "INSTALL", "against_trl", "missing"]

ENVIRONMENT: dict[str, Any] = {"id": "reason/NumberGuess-v0", "max_turns": 1}
INSTALL = "pip install trl (with its dependencies: datasets, accelerate, transformers)"
SEQUENCES = 16
"""Sequences of one forward and backward pass of TRL, which makes logits of all their tokens at once."""
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|> {{ m['content'] }} <|end|> {% endfor %}"
    "{% if add_generation_prompt %}<|assistant|> {% endif %}"
)
SPECIALS = ["<|pad|>", "<|unknown|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"]


def missing() -> list[str]:
    """Return the packages that are not installed."""
    return [name for name in ("trl", "datasets", "transformers", "tokenizers") if find_spec(name) is None]


def against_trl(
    shape: DecoderConfig,
    load: Load,
    device: torch.device,
    *,
    words: list[str],
    ours: Callable[[Decoder, Tokenizer], dict[str, Any]],
) -> dict[str, Any]:
    """Train for a few steps with both; return their figures and how many times faster Reason is.

    Args:
        shape: Of the policy.
        load: How much is done.
        device: Where.
        words: Vocabulary beside the specials, enough to fill the policy's.
        ours: Trains with Reason and returns the figures of its last step.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tokenizer = _tokenizer(words[: shape.vocab_size - len(SPECIALS)])
        export_policy(Decoder(shape, seed=0), place / "policy")
        tokenizer.save_pretrained(place / "policy")
        reason_figures = ours(load_policy(place / "policy").to(device), ChatTokenizer(tokenizer))
        trl_figures = _train(place, tokenizer, load, device)
    rollout, step = "rollout_tokens_per_second", "seconds_step"
    return {
        "reason": reason_figures,
        "trl": trl_figures,
        "times_trl_rollout_tokens_per_second": reason_figures[rollout] / trl_figures[rollout],
        "times_trl_step": trl_figures[step] / reason_figures[step],
    }


def _tokenizer(words: list[str]) -> Any:
    """Make a tokenizer of transformers with one id a word; what it does not know is one id too."""
    from tokenizers import Tokenizer as Words
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast

    ids = {word: at for at, word in enumerate([*SPECIALS, *words])}
    inner = Words(WordLevel(ids, unk_token="<|unknown|>"))
    inner.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<|pad|>", unk_token="<|unknown|>", eos_token="<|end|>",
        additional_special_tokens=SPECIALS[3:],
    )  # fmt: skip
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def _tasks(count: int) -> list[dict[str, Any]]:
    """Draw the environment's first turns as TRL wants them: messages, and the task to judge them by."""
    arguments = {name: value for name, value in ENVIRONMENT.items() if name != "id"}
    env: Any = gym.make(ENVIRONMENT["id"], **arguments).unwrapped
    rows = []
    for seed in range(count):
        _, info = env.reset(seed=seed)
        rows.append({"prompt": [dict(one) for one in info["messages"]], "task": env.task.to_json()})
    return rows


def _train(place: Path, tokenizer: Any, load: Load, device: torch.device) -> dict[str, Any]:
    """Train with TRL; return the figures of its last step."""
    import datasets
    from transformers import AutoModelForCausalLM, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    on_gpu, members = device.type == "cuda", load.groups * load.group_size
    micro = min(SEQUENCES, members)
    arguments = GRPOConfig(
        output_dir=str(place / "trl"), max_steps=load.steps, learning_rate=1e-6, bf16=on_gpu,
        use_cpu=not on_gpu, per_device_train_batch_size=micro, gradient_accumulation_steps=members // micro,
        num_generations=load.group_size, max_completion_length=load.completion, temperature=1.0, beta=0.0,
        loss_type="dapo", gradient_checkpointing=False, report_to="none", save_strategy="no",
        logging_steps=1, disable_tqdm=True, seed=0,
    )  # fmt: skip
    steps: list[float] = []
    rollouts: list[float] = []

    class Clock(TrainerCallback):
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            steps.append(-_now(device))

        def on_step_end(self, *_: Any, **__: Any) -> None:
            steps[-1] += _now(device)

    def judged(completions: list[Any], task: list[str], **_: Any) -> list[float]:
        for completion, text in zip(completions, task, strict=True):
            score(Task.from_json(text), completion[0]["content"])
        return [float(member % 2) for member in range(len(completions))]

    class Timed(GRPOTrainer):  # type: ignore[misc]
        def _generate_and_score_completions(self, *inputs: Any) -> Any:
            began = _now(device)
            found = super()._generate_and_score_completions(*inputs)
            rollouts.append(_now(device) - began)
            return found

    model = AutoModelForCausalLM.from_pretrained(place / "policy", dtype=torch.float32)
    trainer = Timed(
        model=model, reward_funcs=judged, args=arguments, processing_class=tokenizer, callbacks=[Clock()],
        train_dataset=datasets.Dataset.from_list(_tasks(load.groups * load.steps)),
    )  # fmt: skip
    trainer.train()
    (*_, last) = [line for line in trainer.state.log_history if "completions/mean_length" in line]
    if len(rollouts) != load.steps:
        raise RuntimeError(f"TRL {version('trl')} sampled {len(rollouts)} times in {load.steps} steps")
    return {
        "seconds_step": steps[-1],
        "seconds_rollout": rollouts[-1],
        "response_tokens": last["completions/mean_length"],
        "rollout_tokens_per_second": members * last["completions/mean_length"] / rollouts[-1],
        "version": version("trl"),
    }


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
