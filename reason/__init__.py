"""Reason: a gym of verifiable reasoning tasks.

>>> import gymnasium as gym
>>> import reason
>>> env = gym.make("reason/SAT-v0", level=0)
>>> prompt, info = env.reset(seed=7)
>>> _, reward, terminated, truncated, info = env.step("<answer>no idea</answer>")
>>> reward, terminated, info["verdict"]["status"]
(0.0, True, 'parse_error')
"""

from reason.envs.registration import register_environment as _register_environment
from reason.errors import ReasonError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.registry import families, get, ids, on_register, register
from reason.scoring import score
from reason.task import Message, Task
from reason.verdict import Status, Verdict
from reason.verifiers.extraction import extract_answer, format_answer

__all__ = [
    "ANSWER_INSTRUCTION",
    "Config",
    "Draft",
    "Family",
    "Message",
    "ReasonError",
    "Status",
    "Task",
    "Verdict",
    "extract_answer",
    "families",
    "format_answer",
    "get",
    "ids",
    "register",
    "score",
]

__version__ = "0.1.0"

on_register(_register_environment)
