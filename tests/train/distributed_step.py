"""One optimiser step, by one process or by each of several that torchrun started: writes the weights."""

import sys

import numpy as np
import torch

from reason.train.config import ComponentConfig, OptimizerConfig
from reason.train.distributed import shard, world
from reason.train.learner import Learner
from reason.train.passes import Passes
from reason.train.policy.decoder import Decoder
from reason.train.policy.shape import DecoderConfig
from reason.train.trajectory import Group, Trajectory
from reason.train.whole import whole_weights


def groups():
    """Episodes of different lengths, one of a kind that leaves the processes unequal shares."""
    rng = np.random.default_rng(0)
    found = []
    for group in range(3):
        prompt = rng.integers(0, 20, 4)
        members = []
        for member in range(3):
            length = int(rng.integers(6, 14))
            token_ids = np.concatenate([prompt, rng.integers(0, 20, length)])
            generated = np.arange(len(token_ids)) >= 4
            generated[6] = False
            members.append(
                Trajectory(
                    token_ids_T=token_ids, generated_T=generated,
                    sampler_logprobs_T=np.where(generated, -3.0, 0.0).astype(np.float32), prompt_length=4,
                    group=group, member=member, reward=float((group + member) % 3),
                )
            )  # fmt: skip
        found.append(Group(index=group, env="a", level=None, members=members))
    return found


def main(path, loss, max_tokens):
    torch.set_num_threads(1)
    shape = DecoderConfig(
        vocab_size=20, d_model=16, num_layers=2, num_heads=2, num_kv_heads=1, head_dim=8, d_ff=32, tied=True,
        max_position=64,
    )  # fmt: skip
    policy = Decoder(shape, seed=0)
    with world("cpu") as members:
        shard(policy, members)
        learner = Learner(
            policy, loss=ComponentConfig(name=loss), config=OptimizerConfig(lr=1e-2, updates_per_rollout=2),
            passes=Passes(max_tokens=int(max_tokens)), max_generated=20, seed=0, total_steps=1, world=members,
            reference=Decoder(shape, seed=0),
        )  # fmt: skip
        metrics = learner.update(groups(), 0)
        state = learner.state_dict()
        # What was saved can be loaded again by all of them.
        learner.load_state_dict({key: members.gather(value)[0] for key, value in state.items()})
        weights = whole_weights(policy, members)
        if members.leads:
            torch.save({"weights": weights, "metrics": metrics, "adam": state["adam"]}, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
