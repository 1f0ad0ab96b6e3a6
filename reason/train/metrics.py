"""Where metrics go: JSON lines always, TensorBoard and Weights & Biases where they are asked for."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from reason.errors import ConfigError

__all__ = ["MetricsLog", "Sink", "TensorBoardSink", "WandbSink", "read_metrics"]


class Sink(Protocol):
    """Something that takes the metrics of a step."""

    def write(self, kind: str, step: int, metrics: Mapping[str, float]) -> None:
        """Take them; ``kind`` is ``train``, ``eval`` or ``warmup``."""
        ...

    def close(self) -> None:
        """Take no more."""
        ...


class MetricsLog:
    """``metrics.jsonl`` of a run, and whatever else listens.

    A run that goes on from a checkpoint forgets the lines after it, so that the file reads as if the run
    had never stopped.
    """

    def __init__(self, folder: Path, sinks: Sequence[Sink] = (), *, writes: bool = True) -> None:
        """Open the log.

        Args:
            folder: Of the run; made where it is missing.
            sinks: Take the same metrics.
            writes: False takes metrics and does nothing: for all processes but the first.
        """
        self.path, self._writes = folder / "metrics.jsonl", writes
        self._sinks = list(sinks) if writes else []
        if writes:
            folder.mkdir(parents=True, exist_ok=True)

    def rewind(self, step: int) -> None:
        """Drop all lines of steps after ``step``, those of ``samples.jsonl`` too; -1 drops all."""
        for path in (self.path, self.path.with_name("samples.jsonl")):
            if not self._writes or not path.exists():
                continue
            kept = [line for line in read_metrics(path) if line["step"] <= step]
            scratch = path.with_name(f".{path.name}")
            scratch.write_text("".join(f"{json.dumps(line)}\n" for line in kept), encoding="utf-8")
            os.replace(scratch, path)

    def write(self, kind: str, step: int, metrics: Mapping[str, float]) -> None:
        """Write one line; what is not finite becomes null, which every reader of JSON knows."""
        if self._writes:
            line = {name: value if math.isfinite(value) else None for name, value in metrics.items()}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"kind": kind, "step": step, **line}) + "\n")
        for sink in self._sinks:
            sink.write(kind, step, metrics)

    def close(self) -> None:
        """End all that listens."""
        for sink in self._sinks:
            sink.close()

    def __enter__(self) -> Self:
        """Return this log."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """Read the lines of a run; a last line that a crash cut in two is left out."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return lines


class TensorBoardSink:
    """Scalars for TensorBoard."""

    def __init__(self, folder: Path) -> None:
        """Begin an event file below ``folder``.

        Raises:
            ConfigError: TensorBoard is not installed.
        """
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise ConfigError("log.tensorboard needs the package tensorboard") from error
        self._writer: Any = SummaryWriter(str(folder / "tensorboard"))

    def write(self, kind: str, step: int, metrics: Mapping[str, float]) -> None:
        """Add each metric as ``kind/name``."""
        for name, value in metrics.items():
            if math.isfinite(value):
                self._writer.add_scalar(f"{kind}/{name}", value, step)

    def close(self) -> None:
        """Flush and close."""
        self._writer.close()


class WandbSink:
    """A run of Weights & Biases."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        """Begin a run; project and mode are read from wandb's own environment variables.

        Raises:
            ConfigError: wandb is not installed.
        """
        try:
            import wandb
        except ImportError as error:
            raise ConfigError("log.wandb needs the package wandb") from error
        self._run: Any = wandb.init(dir=str(folder), config=dict(config))

    def write(self, kind: str, step: int, metrics: Mapping[str, float]) -> None:
        """Log each metric as ``kind/name``."""
        self._run.log({f"{kind}/{name}": value for name, value in metrics.items()}, step=step)

    def close(self) -> None:
        """Finish the run."""
        self._run.finish()
