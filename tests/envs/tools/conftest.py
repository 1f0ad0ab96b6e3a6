import pytest

from reason.envs.calling import call_tools
from reason.envs.tool import ToolCall
from reason.task import Message, Task


@pytest.fixture
def task():
    return Task(
        family="SAT-v0",
        version=0,
        split="train",
        index=0,
        level=0,
        config={},
        prompt=(Message(role="user", content="?"),),
        ground_truth={},
        reference=None,
    )


@pytest.fixture
def session(task):
    """Open a tool as an episode does: each call on the state that the last one left."""

    def begin(tool, task=task, state=None):
        states = {tool.state_name: tool.initial_state(task) if state is None else state}

        def call(**arguments):
            made = [ToolCall.of(tool.name, arguments)]
            called = call_tools(task, made, {tool.name: tool}, states=states, counts={})
            states.update(called.states)
            call.state = states[tool.state_name]
            return called.results[0]

        call.state = states[tool.state_name]
        return call

    return begin
