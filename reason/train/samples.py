"""Episodes to read: what the policy wrote, as ``samples.jsonl``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from reason.train.policy.tokenizer import Tokenizer
from reason.train.trajectory import Group

__all__ = ["write_samples"]


def write_samples(folder: Path, step: int, groups: Sequence[Group], tokenizer: Tokenizer) -> None:
    """Append the first member of each group, as runs of read and of written text.

    Args:
        folder: Of the run.
        step: Number of the step.
        groups: Those to write.
        tokenizer: Of the policy.
    """
    with (folder / "samples.jsonl").open("a", encoding="utf-8") as file:
        for group in groups:
            member = group.members[0]
            runs: list[tuple[bool, list[int]]] = []
            for token, generated in zip(member.token_ids_T, member.generated_T, strict=True):
                if not runs or runs[-1][0] != generated:
                    runs.append((bool(generated), []))
                runs[-1][1].append(int(token))
            line = {
                "step": step,
                "env": group.env,
                "group": group.index,
                "reward": None if math.isnan(member.reward) else member.reward,
                "stop_reason": member.stop_reason,
                "episode": [
                    {"by": "policy" if generated else "environment", "text": tokenizer.decode(token_ids)}
                    for generated, token_ids in runs
                ],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
