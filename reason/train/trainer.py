"""The trainer: play groups, learn from them, again; evaluate and keep checkpoints in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch

from reason.envs.group import GroupReward
from reason.envs.timings import Timings
from reason.errors import ConfigError
from reason.rewards.steps import are_advantages
from reason.train.checkpoint import find_checkpoint, load_checkpoint, save_checkpoint
from reason.train.collector import Collector
from reason.train.config import TrainConfig
from reason.train.config_file import to_toml_data
from reason.train.distributed import World, shard
from reason.train.environments import Envs, named
from reason.train.interruption import Interruption
from reason.train.learner import Learner
from reason.train.metrics import MetricsLog, Sink
from reason.train.passes import Passes
from reason.train.performance import Meter
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer
from reason.train.replica import Replica
from reason.train.samples import write_samples
from reason.train.statistics import describe_groups
from reason.train.warmup import warm_up
from reason.train.whole import whole_weights

__all__ = ["GRPOTrainer"]


class GRPOTrainer:
    """Trains a policy on Reason's environments.

    All randomness is drawn from streams that the seed, the number of a group, its member and turn name, so
    that a run that was interrupted goes on as if it had not been, and evaluation changes nothing.
    """

    def __init__(
        self,
        envs: Envs,
        policy: Policy,
        config: TrainConfig,
        *,
        tokenizer: Tokenizer,
        group_reward: GroupReward | None = None,
        sinks: Sequence[Sink] = (),
        world: World | None = None,
    ) -> None:
        """Make a trainer; nothing is played or written yet.

        Args:
            envs: One environment, several, or several by name; they stay as they are.
            policy: What is trained, in place.
            config: All settings; its ``envs`` are looked at for their weights alone.
            tokenizer: Of the policy.
            group_reward: Rewards a group from its outcome; None takes the environments' own rewards.
            sinks: Take metrics, beside ``metrics.jsonl``.
            world: The processes; one where None.

        Raises:
            ConfigError: a setting that cannot be.
        """
        self.config, self.policy, self.tokenizer = config, policy, tokenizer
        self.world = world or World(device=next(policy.parameters()).device)
        self.envs = named(envs)
        self.folder = Path(config.folder)
        self.step = 0
        """Steps that are done."""
        self.timings = Timings()
        """Seconds by phase."""
        self._sinks = list(sinks)
        self._num_parameters = sum(one.numel() for one in policy.parameters())
        if config.threads:
            torch.set_num_threads(config.threads)
        if tokenizer.vocab_size > policy.config.vocab_size:
            raise ConfigError(
                f"the tokenizer has {tokenizer.vocab_size} ids, the policy only {policy.config.vocab_size}"
            )
        self._passes = _passes(config, self.world.device)
        # The copy that samples is taken before the weights are cut.
        self._replica = Replica(policy, tokenizer, config, self.world)
        self._collector = Collector(
            self.envs, policy, tokenizer, config,
            replica=self._replica, world=self.world, group_reward=group_reward,
        )  # fmt: skip
        shard(policy, self.world, bfloat16=self._passes.bfloat16)
        self._learner = self._make_learner()
        if are_advantages(group_reward) and not self._learner.loss.options.has_advantages:
            raise ConfigError(f"loss {config.loss.name!r} has no advantages, which is what the reward gives")

    def train(self, *, resume: str | None = None) -> dict[str, float]:
        """Train up to ``config.steps``.

        Ctrl-C finishes the step in work, writes a checkpoint and raises ``KeyboardInterrupt``; a second
        one, or one before the first step, does not wait.

        Args:
            resume: ``auto`` goes on from the newest checkpoint of the folder, if there is one; or the path
                of one. None begins anew, and refuses a folder that holds checkpoints.

        Returns:
            The metrics of the last evaluation.

        Raises:
            ConfigError: the folder holds a run and ``resume`` is None, or there is no such checkpoint.
            KeyboardInterrupt: the run was interrupted; its message says where it can go on.
        """
        evaluated: dict[str, float] = {}
        with self._open(resume) as log:
            # What comes before the first step is in no checkpoint: Ctrl-C there need not wait for anything.
            if self.step == 0:
                evaluated = self._begin(log)
            with Interruption() as interruption:
                while self.step < self.config.steps:
                    log.write("train", *self._train_step())
                    last = self.step == self.config.steps
                    saved = self.save() if last or self._due(self.config.checkpoint.every) else None
                    if last or self._due(self.config.evaluation.every):
                        evaluated = self.evaluate()
                        log.write("eval", self.step, evaluated)
                    # Of several processes each may have heard it in another step: all stop in the same one.
                    if any(self.world.max([float(interruption.asked)])):
                        saved = saved or self.save()
                        raise KeyboardInterrupt(f"stopped after step {self.step}; checkpoint {saved}")
        return evaluated or self.evaluate()

    def evaluate(self, *, temperature: float | None = None) -> dict[str, float]:
        """Play without learning; nothing that training depends on changes.

        Args:
            temperature: Instead of the configuration's.

        Returns:
            Metrics; the same weights give the same.
        """
        with self.timings.phase("evaluate"):
            chosen = self.config.evaluation.temperature if temperature is None else temperature
            metrics = describe_groups(self._collector.evaluate(temperature=chosen))
        # One episode a task: no group can differ from itself.
        return {name: value for name, value in metrics.items() if not name.startswith("dead_groups")}

    def save(self) -> Path:
        """Write a checkpoint of where the run stands.

        Returns:
            Its folder.
        """
        state = {
            "step": self.step,
            "collector": self._collector.state_dict(),
            "config": to_toml_data(self.config),
        }
        tensors = {**self._learner.state_dict(), "torch_rng": torch.get_rng_state()}
        place = self.folder / "checkpoints" / f"step-{self.step:06d}"
        if self.world.leads:
            place = save_checkpoint(
                place.parent, self.step, state=state, tensors=tensors, keep=self.config.checkpoint.keep
            )
        self.world.barrier()
        return place

    def load(self, path: Path) -> None:
        """Stand where a checkpoint was written.

        Raises:
            InputFormatError: it cannot be read.
            ConfigError: it is of another model, optimiser or curriculum.
        """
        state, tensors = load_checkpoint(path)
        try:
            self._learner.load_state_dict(tensors)
            self._collector.load_state_dict(state["collector"])
            self.step = int(state["step"])
            torch.set_rng_state(tensors["torch_rng"])
        except (LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            raise ConfigError(f"{path} is not of this configuration: {error}") from error
        self._replica.refresh()

    def listen(self, sink: Sink) -> None:
        """Send the metrics of the next :meth:`train` to one more place, which it closes at its end."""
        self._sinks.append(sink)

    def whole_weights(self) -> dict[str, torch.Tensor]:
        """Return the policy's weights, put together where they are sharded; all processes must ask."""
        return whole_weights(self.policy, self.world)

    def close(self) -> None:
        """End the threads and Ray's actors; the environments stay open."""
        self._collector.close()

    def _make_learner(self) -> Learner:
        config = self.config
        return Learner(
            self.policy,
            loss=config.loss,
            reference=self._replica.policy,
            config=config.optimizer,
            passes=self._passes,
            max_generated=min(config.sampling.max_tokens, self.policy.config.max_position),
            seed=config.seed,
            total_steps=config.steps,
            world=self.world,
        )

    def _open(self, resume: str | None) -> MetricsLog:
        checkpoints = self.folder / "checkpoints"
        found = find_checkpoint(checkpoints, resume) if resume is not None else None
        if resume is None and self.step == 0 and find_checkpoint(checkpoints, "auto") is not None:
            raise ConfigError(f"{self.folder} holds a run: resume it with 'auto', or choose another folder")
        if found is not None:
            self.load(found)
        log = MetricsLog(self.folder, self._sinks, writes=self.world.leads)
        log.rewind(self.step if self.step else -1)
        if self.world.leads:
            text = json.dumps(to_toml_data(self.config), indent=1)
            (self.folder / "config.json").write_text(text + "\n", encoding="utf-8")
        return log

    def _due(self, every: int) -> bool:
        return bool(every) and self.step % every == 0

    def _begin(self, log: MetricsLog) -> dict[str, float]:
        """Warm up, and evaluate what reinforcement begins with."""
        if self.config.warmup.steps:
            with self.timings.phase("warmup"):
                supervised = warm_up(
                    self.envs, self.policy, self.tokenizer, self.config, passes=self._passes, world=self.world
                )
                for update, metrics in enumerate(supervised, start=1):
                    log.write("warmup", 0, {"update": float(update), **metrics})
            self._replica.refresh()
            self._learner.remember_reference(self._replica.policy)
        evaluated = self.evaluate()
        log.write("eval", 0, evaluated)
        return evaluated

    def _train_step(self) -> tuple[int, dict[str, float]]:
        """Play and learn once; return the number of the step and its metrics."""
        meter = Meter(self.timings, self._collector.roller.timings)
        with self.timings.phase("rollout"):
            played = self._collector.collect(steps_left=self.config.steps - self.step)
        kept = self._collector.kept(played)
        with self.timings.phase("update"):
            learned = self._learner.update(kept, self.step)
            self._replica.refresh()
        self._collector.tell_curriculum(played, self._learner.advantages)
        self.step += 1
        if self.world.leads and self.config.log.samples:
            write_samples(self.folder, self.step, kept[: self.config.log.samples], self.tokenizer)
        speed = meter.metrics(
            played,
            [group for group in kept if group.alive],
            shape=self.policy.config,
            num_parameters=self._num_parameters,
            passes=self.config.optimizer.epochs,
            device=self.world.device,
            processes=self.world.size,
        )
        played_more = {
            "redrawn_groups": float(len(played) - self.config.rollout.groups),
            "staleness": float(self._collector.staleness),
        }
        return self.step, {**describe_groups(played), **learned, **speed, **played_more}


def _passes(config: TrainConfig, device: torch.device) -> Passes:
    return Passes(
        max_tokens=config.optimizer.max_tokens,
        shared_prefix=config.optimizer.shared_prefix,
        temperature=config.sampling.temperature,
        device=device,
        bfloat16=config.policy.dtype == "bfloat16" and device.type == "cuda",
    )
