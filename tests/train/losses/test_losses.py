"""Every loss against a reference in NumPy that loops over sequences and shares no code with it."""

import math

import numpy as np
import pytest
import torch

from reason.train.batch import TokenBatch, Totals, merge_metrics
from reason.train.loss import load, names

torch.set_num_threads(1)

MAX_TOKENS = 20
FIELDS = ("logprobs", "old_logprobs", "sampler_logprobs", "reference_logprobs", "entropies")


def draw_step(seed, num_sequences=6):
    """Sequences as dictionaries of arrays; masked tokens hold NaN, which must not matter."""
    rng = np.random.default_rng(seed)
    sequences = []
    for index in range(num_sequences):
        length = int(rng.integers(1, 9))
        old = -rng.exponential(1.0, length)
        one = {
            "old_logprobs": old,
            "logprobs": old + rng.normal(0, 0.5, length),
            "sampler_logprobs": old + rng.normal(0, 0.7, length),
            "reference_logprobs": old + rng.normal(0, 0.5, length),
            "entropies": rng.exponential(1.0, length),
            "values": rng.normal(0, 1, length),
            "old_values": rng.normal(0, 1, length),
            "returns": rng.normal(0, 1, length),
            "advantages": np.full(length, rng.normal()),
            "mask": rng.random(length) < 0.8,
            "keep": rng.random(length) < 0.6,
            "group": index // 2,
        }
        if index == 3:
            one["mask"][:] = False
        for name in (*FIELDS, "values", "old_values", "returns", "advantages"):
            one[name][~one["mask"]] = np.nan
        sequences.append(one)
    return sequences


def totals_of(sequences):
    return Totals(
        tokens=sum(int(one["mask"].sum()) for one in sequences),
        sequences=sum(bool(one["mask"].any()) for one in sequences),
        max_tokens=MAX_TOKENS,
    )


def to_batch(sequences, seed=0):
    """Flat, in shuffled order of tokens: no loss may rely on neighbours."""
    lengths = [len(one["mask"]) for one in sequences]
    order = np.random.default_rng(seed).permutation(sum(lengths))

    def flat(name):
        return torch.from_numpy(np.concatenate([one[name] for one in sequences])[order])

    logprobs_N, values_N = flat("logprobs").requires_grad_(), flat("values").requires_grad_()
    entropies_N = flat("entropies").requires_grad_()
    batch = TokenBatch(
        logprobs_N=logprobs_N,
        sampler_logprobs_N=flat("sampler_logprobs"),
        old_logprobs_N=flat("old_logprobs"),
        reference_logprobs_N=flat("reference_logprobs"),
        entropies_N=entropies_N,
        values_N=values_N,
        old_values_N=flat("old_values"),
        returns_N=flat("returns"),
        advantages_N=flat("advantages"),
        sequence_N=torch.from_numpy(np.repeat(np.arange(len(sequences)), lengths)[order]),
        mask_N=flat("mask"),
        keep_N=flat("keep"),
        lengths_S=torch.tensor([int(one["mask"].sum()) for one in sequences]),
        group_S=torch.tensor([one["group"] for one in sequences]),
    )
    return batch, np.argsort(order)


# --- the reference -------------------------------------------------------------------------------


def clip(value, low, high):
    return min(max(value, low), high)


def surrogate(ratio, advantage, options):
    objective = min(ratio * advantage, clip(ratio, 1 - options.clip_low, 1 + options.clip_high) * advantage)
    if options.dual_clip and advantage < 0:
        objective = max(objective, options.dual_clip * advantage)
    return objective


def divergence(logprob, reference, estimator):
    if estimator == "k1":
        return logprob - reference
    if estimator == "k2":
        return 0.5 * (logprob - reference) ** 2
    return math.exp(reference - logprob) - (reference - logprob) - 1


def correction(one, t, options):
    if options.correction == "none":
        return 1.0
    tokens = [t] if options.correction_level == "token" else np.flatnonzero(one["mask"])
    weight = math.exp(sum(one["old_logprobs"][u] - one["sampler_logprobs"][u] for u in tokens))
    if weight > options.correction_threshold:
        return options.correction_threshold if options.correction == "truncate" else 0.0
    return weight


def token_ratio(one, t):
    return math.exp(one["logprobs"][t] - one["old_logprobs"][t])


def objective_of(name, one, t, options):
    tokens = np.flatnonzero(one["mask"])
    advantage = one["advantages"][t]
    if name in ("gspo", "rloo"):
        log_ratio = sum(one["logprobs"][u] - one["old_logprobs"][u] for u in tokens)
        return surrogate(math.exp(log_ratio / (len(tokens) if name == "gspo" else 1)), advantage, options)
    ratio = token_ratio(one, t)
    if name == "sapo":
        tau = options.temperature_positive if advantage > 0 else options.temperature_negative
        return 4 / tau / (1 + math.exp(-tau * (ratio - 1))) * advantage
    return surrogate(ratio, advantage, options)


def weight_of(name, one, totals):
    if name in ("grpo", "gspo", "rloo", "sapo"):
        return 1 / (int(one["mask"].sum()) * totals.sequences)
    if name == "dr_grpo":
        return 1 / (totals.sequences * totals.max_tokens)
    return 1 / totals.tokens


KL_IN_REWARDS = ("ppo", "rloo", "reinforce_plus_plus")


def kl_in_loss(name, options):
    return name not in KL_IN_REWARDS or getattr(options, "baseline", False)


def policy_gradient_reference(name, sequences, totals, options, frozen):
    """``frozen``: the sequences at the point where weights without gradient (CISPO) are taken."""
    total = 0.0
    for one, still in zip(sequences, frozen, strict=True):
        for t in np.flatnonzero(one["mask"]):
            if name == "cispo":
                weight = clip(token_ratio(still, t), options.min_weight, options.max_weight)
                objective = weight * one["advantages"][t] * one["logprobs"][t]
            else:
                objective = objective_of(name, one, t, options)
            if options.top_entropy < 1 and not one["keep"][t]:
                objective = 0.0
            term = -objective * correction(one, t, options)
            if options.kl_coefficient and kl_in_loss(name, options):
                term += options.kl_coefficient * divergence(
                    one["logprobs"][t], one["reference_logprobs"][t], options.kl_estimator
                )
            term -= options.entropy_coefficient * one["entropies"][t] if options.entropy_coefficient else 0.0
            if name == "ppo":
                value, old, wanted = one["values"][t], one["old_values"][t], one["returns"][t]
                error = (value - wanted) ** 2
                if options.value_clip:
                    near = old + clip(value - old, -options.value_clip, options.value_clip)
                    error = max(error, (near - wanted) ** 2)
                term += options.value_coefficient * error
            total += weight_of(name, one, totals) * term
    return total


def likelihood_reference(name, sequences, totals, options, frozen):
    return -sum(one["logprobs"][one["mask"]].sum() for one in sequences) / totals.tokens


def preference_reference(name, sequences, totals, options, frozen):
    total, pairs = 0.0, 0
    for group in {one["group"] for one in sequences}:
        margin, found = 0.0, 0
        for one in sequences:
            if one["group"] == group and one["mask"].any():
                sign = np.sign(one["advantages"][one["mask"]][0])
                gap = one["logprobs"][one["mask"]] - one["reference_logprobs"][one["mask"]]
                margin += sign * gap.sum()
                found += 1
        if found:
            pairs += 1
            total += math.log(1 + math.exp(-options.beta * margin))
    return total / pairs


REFERENCES = {
    "expert_iteration": likelihood_reference,
    "sft": likelihood_reference,
    "online_dpo": preference_reference,
}

POLICY_OPTIONS = [
    {},
    {"kl_coefficient": 0.3, "kl_estimator": "k1"},
    {"kl_coefficient": 0.3, "kl_estimator": "k2", "correction": "none"},
    {"kl_coefficient": 0.3, "kl_estimator": "k3", "entropy_coefficient": 0.1},
    {"correction": "truncate", "correction_level": "sequence"},
    {"correction": "mask", "correction_level": "token"},
    {"correction": "mask", "correction_level": "sequence", "correction_threshold": 1.3},
    {"top_entropy": 0.5, "entropy_coefficient": 0.05},
]
CLIP_OPTIONS = [
    {"clip_low": 0.1, "clip_high": 0.4},
    {"dual_clip": 1.2},
    {"clip_low": 0.3, "clip_high": 0.2, "dual_clip": 1.05, "kl_coefficient": 0.1, "top_entropy": 0.5},
]
OWN_OPTIONS = {
    "cispo": [{"max_weight": 1.2, "min_weight": 0.9}],
    "sapo": [{"temperature_positive": 0.5, "temperature_negative": 3.0}],
    "reinforce_plus_plus": [{"baseline": True, "kl_coefficient": 0.2}],
    "ppo": [{"value_clip": 0.0, "value_coefficient": 1.5}, {"value_clip": 0.5}],
    "online_dpo": [{}, {"beta": 0.7}],
    "expert_iteration": [{}],
    "sft": [{}],
}
CLIPPED = ("bnpo", "dapo", "dr_grpo", "grpo", "gspo", "ppo", "reinforce_plus_plus", "rloo")


def all_cases():
    for name in names():
        cases = list(OWN_OPTIONS.get(name, []))
        if name not in REFERENCES:
            cases += POLICY_OPTIONS
        if name in CLIPPED:
            cases += CLIP_OPTIONS
        for options in cases:
            yield pytest.param(name, options, id=f"{name}-{'-'.join(map(str, options.values()))}")


def step_for(name, seed):
    sequences = draw_step(seed)
    if name == "online_dpo":
        # Two of each group, or none, as advantages() of the loss leaves them.
        for index, one in enumerate(sequences):
            sign = [1.0, -1.0, 0.0, 0.0, -1.0, 1.0][index]
            one["mask"][:] = sign != 0
            for field in FIELDS:
                one[field] = np.where(one["mask"], np.nan_to_num(one[field], nan=-0.7), np.nan)
            one["advantages"] = np.where(one["mask"], sign, np.nan)
    return sequences


def reference_of(name, sequences, options, frozen=None):
    reference = REFERENCES.get(name, policy_gradient_reference)
    return reference(name, sequences, totals_of(sequences), options, frozen or sequences)


def slopes(name, sequences, options, field):
    """Central differences of the reference, flat in the order of the sequences; 0 where masked."""
    found = []
    for index, one in enumerate(sequences):
        for t in range(len(one["mask"])):
            if not one["mask"][t]:
                found.append(0.0)
                continue
            sides = []
            for step in (1e-6, -1e-6):
                moved = [dict(other) for other in sequences]
                moved[index][field] = one[field].copy()
                moved[index][field][t] += step
                sides.append(reference_of(name, moved, options, frozen=sequences))
            found.append((sides[0] - sides[1]) / 2e-6)
    return np.array(found)


@pytest.mark.parametrize(("name", "options"), list(all_cases()))
def test_loss_and_gradient_equal_the_reference(name, options):
    sequences = step_for(name, seed=1)
    loss = load(name, options)
    batch, inverse = to_batch(sequences)
    output = loss(batch, totals_of(sequences))
    assert output.loss.item() == pytest.approx(reference_of(name, sequences, loss.options), abs=1e-9)
    output.loss.backward()
    assert (batch.values_N.grad is not None) == (name == "ppo")
    assert (batch.entropies_N.grad is not None) == ("entropy_coefficient" in options)
    for field in ("logprobs", "entropies", "values"):
        grad = getattr(batch, f"{field}_N").grad
        if grad is not None:
            expected = slopes(name, sequences, loss.options, field)
            np.testing.assert_allclose(grad.numpy()[inverse], expected, atol=1e-7, err_msg=field)


@pytest.mark.parametrize("name", names())
def test_float32_is_as_near_as_its_digits(name):
    sequences = step_for(name, seed=2)
    loss = load(name)
    batch, _ = to_batch(sequences)
    narrow = TokenBatch(
        **{
            field: value.detach().float() if value is not None and value.is_floating_point() else value
            for field, value in vars(batch).items()
        }
    )
    found = loss(narrow, totals_of(sequences)).loss.item()
    assert found == pytest.approx(reference_of(name, sequences, loss.options), abs=1e-6)


@pytest.mark.parametrize("name", names())
def test_micro_batches_add_up_to_the_step(name):
    options = {"kl_coefficient": 0.1, "top_entropy": 0.5} if name not in REFERENCES else {}
    sequences, loss = step_for(name, seed=3), load(name, options)
    totals = totals_of(sequences)
    whole, inverse = to_batch(sequences)
    plain = loss(whole, totals)
    plain.loss.backward()
    parts, gradients = [], []
    for first in (0, 2, 4):
        part, back = to_batch(sequences[first : first + 2], seed=first)
        parts.append(loss(part, totals))
        parts[-1].loss.backward()
        gradients.append(part.logprobs_N.grad.numpy()[back])
    assert sum(part.loss.item() for part in parts) == pytest.approx(plain.loss.item(), abs=1e-12)
    np.testing.assert_allclose(np.concatenate(gradients), whole.logprobs_N.grad.numpy()[inverse], atol=1e-12)
    merged = merge_metrics(part.metrics for part in parts)
    assert merged.keys() == plain.metrics.keys()
    for metric, value in plain.metrics.items():
        assert merged[metric].item() == pytest.approx(value.item(), abs=1e-12), metric
        assert not value.requires_grad


@pytest.mark.parametrize("name", names())
def test_a_micro_batch_without_a_token_in_the_loss_gives_zero_and_a_gradient_of_zero(name):
    sequences = step_for(name, seed=4)
    for one in sequences:
        one["mask"][:] = False
    batch, _ = to_batch(sequences)
    output = load(name)(batch, Totals(tokens=50, sequences=6, max_tokens=MAX_TOKENS))
    output.loss.backward()
    assert output.loss.item() == 0
    assert batch.logprobs_N.grad is not None
    assert not batch.logprobs_N.grad.any()


@pytest.mark.parametrize("name", sorted(set(names()) - set(REFERENCES)))
def test_absurd_ratios_stay_finite(name):
    sequences = step_for(name, seed=5)
    for one in sequences:
        one["logprobs"] = one["logprobs"] + np.where(np.arange(len(one["mask"])) % 2, 500.0, -500.0)
        one["sampler_logprobs"] = one["sampler_logprobs"] - 300.0
    batch, _ = to_batch(sequences)
    output = load(name, {"kl_coefficient": 0.1})(batch, totals_of(sequences))
    output.loss.backward()
    assert math.isfinite(output.loss.item())
    assert torch.isfinite(batch.logprobs_N.grad).all()


@pytest.mark.parametrize("name", names())
def test_what_a_loss_says_it_needs_is_what_it_refuses_to_do_without(name):
    sequences = step_for(name, seed=6)
    policy = name not in REFERENCES
    options = {"kl_coefficient": 0.1, "top_entropy": 0.5, "entropy_coefficient": 0.1} if policy else {}
    for loss in (load(name), load(name, options)):
        batch, _ = to_batch(sequences)
        optional = {
            "entropies_N",
            "reference_logprobs_N",
            "values_N",
            "old_values_N",
            "returns_N",
            "group_S",
            "keep_N",
        }
        bare = TokenBatch(
            **{
                field: None if field in optional - loss.options.needs else value
                for field, value in vars(batch).items()
            }
        )
        loss(bare, totals_of(sequences))
        for needed in loss.options.needs:
            lacking = TokenBatch(**{**vars(batch), needed: None})
            with pytest.raises(ValueError, match=f"needs {needed} in the batch"):
                loss(lacking, totals_of(sequences))


@pytest.mark.parametrize("name", sorted(set(names()) - set(REFERENCES) - {"ppo"}))
def test_sequences_without_advantage_have_no_gradient_unless_the_options_say_so(name):
    sequences = step_for(name, seed=7)
    for one in sequences[:3]:
        one["advantages"] = one["advantages"] * 0
    for options in ({}, {"kl_coefficient": 0.1}, {"entropy_coefficient": 0.1}):
        batch, inverse = to_batch(sequences)
        loss = load(name, options)
        loss(batch, totals_of(sequences)).loss.backward()
        grads = [batch.logprobs_N.grad, batch.entropies_N.grad]
        idle = sum(len(one["mask"]) for one in sequences[:3])
        moved = any(grad is not None and grad[inverse][:idle].any() for grad in grads)
        assert moved == loss.options.learns_without_advantage
        assert moved == (bool(options) and not ("kl_coefficient" in options and name in KL_IN_REWARDS))


@pytest.mark.parametrize("name", ["grpo", "dapo", "cispo", "sapo"])
def test_metrics_are_means_over_the_tokens_in_the_loss(name):
    sequences = draw_step(8)
    options = {"kl_coefficient": 0.1, "kl_estimator": "k2", "correction": "mask", "correction_threshold": 1.3}
    loss = load(name, options)
    batch, _ = to_batch(sequences)
    found = loss(batch, totals_of(sequences)).metrics
    tokens = [(one, t) for one in sequences for t in np.flatnonzero(one["mask"])]

    def mean(measure):
        return sum(float(measure(one, t)) for one, t in tokens) / len(tokens)

    def gap(one, t):
        return abs(one["logprobs"][t] - one["sampler_logprobs"][t])

    expected = {
        "ratio_max": max(token_ratio(one, t) for one, t in tokens),
        "old_kl": mean(lambda one, t: token_ratio(one, t) - 1 - math.log(token_ratio(one, t))),
        "sampler_gap": mean(gap),
        "sampler_gap_max": max(gap(one, t) for one, t in tokens),
        "entropy": mean(lambda one, t: one["entropies"][t]),
        "kl": mean(lambda one, t: divergence(one["logprobs"][t], one["reference_logprobs"][t], "k2")),
        "corrected_fraction": mean(lambda one, t: correction(one, t, loss.options) == 0),
    }
    if name in CLIPPED:
        low, high = loss.options.clip_low, loss.options.clip_high
        expected["clip_fraction_low"] = mean(
            lambda one, t: token_ratio(one, t) < 1 - low and one["advantages"][t] < 0
        )
        expected["clip_fraction_high"] = mean(
            lambda one, t: token_ratio(one, t) > 1 + high and one["advantages"][t] > 0
        )
    if name == "cispo":
        expected["clip_fraction"] = mean(lambda one, t: token_ratio(one, t) > loss.options.max_weight)
    assert {metric: value.item() for metric, value in found.items()} == pytest.approx(expected, abs=1e-12)
    assert 0 < expected["corrected_fraction"] < 1
