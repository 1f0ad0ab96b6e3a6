import time

import numpy as np
import pytest

from reason.rewards.form import form
from reason.rewards.repetition import repetition

GOOD = "<think>2 + 2</think>\n<answer>4</answer>"


@pytest.mark.parametrize(
    ("text", "strict", "soft", "tags"),
    [
        (GOOD, 1, 1, 1),
        (f"  {GOOD}\n", 1, 1, 1),
        (f"So. {GOOD}", 0, 1, 1),
        ("<think>a</think> hm <answer>4</answer>", 0, 1, 1),
        (f"{GOOD} done", 0, 1, 1),
        ("<answer>4</answer><think>a</think>", 0, 0, 1),
        ("<think>a<answer>4</answer></think>", 0, 0, 1),
        (f"{GOOD}<answer>5</answer>", 0, 0, 0.5),
        ("<think></think><answer>4</answer>", 0, 1, 1),
        ("<think>a</think><answer> </answer>", 0, 1, 1),
        ("<answer>4</answer>", 0, 0, 0.5),
        ("<think>a</think><answer>4", 0, 0, 0.75),
        ("<Think>a</Think><answer>4</answer>", 0, 0, 0.5),
        ("", 0, 0, 0),
    ],
)
def test_forms(text, strict, soft, tags):
    assert [form([text], style=style)[0] for style in ("strict", "soft", "tags")] == [strict, soft, tags]


def test_unknown_texts_are_nan_and_other_tags_and_styles():
    assert np.isnan(form([None])).all()
    assert form(["<plan>a</plan><code>b</code>"], thinking="plan", answer="code").tolist() == [1.0]
    with pytest.raises(ValueError, match="style"):
        form([GOOD], style="loose")


def test_repetition_counts_runs():
    run = [f"w{i}" for i in range(30)]
    assert repetition(run * 10)
    assert not repetition(run * 9)
    filler = [f"x{i}" for i in range(7)]
    assert repetition((run + filler) * 10)
    assert not repetition([f"w{i}" for i in range(3000)])
    assert repetition([5] * 39)  # 30-grams overlap: ten of them
    assert not repetition([5] * 38)
    assert repetition("aab" * 3, size=3, times=3)
    assert repetition(["x" * 120])
    assert not repetition(["x" * 119])


@pytest.mark.parametrize("seed", range(5))
def test_repetition_agrees_with_counting_every_run(seed):
    rng = np.random.default_rng(seed)
    for _ in range(60):
        units = rng.integers(0, 3, rng.integers(0, 40)).tolist()
        size, times = int(rng.integers(1, 5)), int(rng.integers(2, 6))
        runs = [tuple(units[i : i + size]) for i in range(len(units) - size + 1)]
        wanted = any(runs.count(run) >= times for run in runs)
        assert repetition(units, size=size, times=times) == wanted


def test_hostile_texts_take_linear_time():
    start = time.process_time()
    form(["<think>" * 300_000, "<answer></answer>" * 100_000], style="strict")
    repetition(list(range(500_000)))
    repetition("ab" * 200_000, size=100_000, times=200_000)
    assert time.process_time() - start < 10
