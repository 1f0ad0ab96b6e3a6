import asyncio
import json
import math
import pickle
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

import reason
from reason.envs.json_text import load_json
from reason.envs.tool import Dialect, Tool, ToolCall, ToolResult
from reason.errors import ConfigError, TaskFormatError
from reason.frozen import freeze
from reason.task import Task


def object_of(**properties):
    kinds = {name: {"type": kind} for name, kind in properties.items()}
    return freeze({"type": "object", "properties": kinds, "required": list(kinds)})


@dataclass(frozen=True, kw_only=True)
class Adder(Tool):
    name: str = "add"
    description: str = "Add two numbers."
    parameters: Mapping[str, Any] = object_of(a="integer", b="integer")

    def call(self, task, state, arguments):
        if arguments["a"] == 666:
            raise OSError("the adder is broken")
        if arguments["a"] == 7:
            time.sleep(0.5)
        return ToolResult(text=str(arguments["a"] + arguments["b"]))


@dataclass(frozen=True, kw_only=True)
class Notes(Tool):
    name: str = "note"
    description: str = "Keep a note."
    parameters: Mapping[str, Any] = object_of(text="string")
    timeout_s: float | None = None

    def initial_state(self, task):
        return {"notes": []}

    def call(self, task, state, arguments):
        notes = [*state["notes"], arguments["text"]]
        return ToolResult(text=" | ".join(notes), state={"notes": notes})


class Lines(Dialect):
    """One call a line: ``!name {...}``."""

    name = "lines"
    role = "tool"

    def instructions(self, tools):
        return "Call with !name {...}: " + ", ".join(tool["function"]["name"] for tool in tools)

    def parse(self, text):
        found = re.findall(r"^!(\S*) ?(.*)$", text, re.MULTILINE)
        return [ToolCall.of(name, arguments) for name, arguments in found] or None

    def write(self, calls):
        return "\n".join(f"!{call.name} {json.dumps(dict(call.arguments))}" for call in calls)

    def render(self, results):
        return "\n".join(
            f"{call.name}{'?' if result.error else ':'} {result.text}" for call, result in results
        )


def wrap(answer):
    return f"<answer>{answer}</answer>"


def make(family="Sum", tools=None, **arguments):
    tools = [Adder(), Notes()] if tools is None else tools
    return gymnasium.make(f"reason/{family}-v0", level=2, tools=tools, dialect=Lines(), **arguments)


def added(a, b=1):
    return f'!add {{"a": {a}, "b": {b}}}'


def noted(text):
    return f'!note {{"text": "{text}"}}'


@pytest.mark.parametrize("family", ["Sum", "Hunt"])
def test_gymnasiums_checker_finds_nothing(family):
    check_env(make(family))


def test_tools_are_called_and_then_the_answer_is_judged():
    env = make()
    prompt, info = env.reset(seed=1)
    assert prompt == f"{env.task.text}\n\nCall with !name {{...}}: add, note"
    assert info["messages"][-1]["content"] == prompt
    assert [tool["function"]["name"] for tool in info["tools"]] == ["add", "note"]
    assert info["tools"] == env.tools
    observation, reward, terminated, truncated, info = env.step(f"Hm.\n{added(2, 3)}")
    assert (observation, reward, terminated, truncated) == ("add: 5", 0.0, False, False)
    assert (info["verdict"], info["reward_components"], info["stop_reason"]) == ({}, {}, None)
    assert info["messages"][1] == {"role": "tool", "content": "add: 5"}
    assert info["spans"] == [{"message": 1, "start": 0, "stop": 6, "kind": "tool"}]
    observation, reward, terminated, truncated, info = env.step(wrap(env.task.reference))
    assert (observation, reward, terminated, truncated) == ("", 1.0, True, False)
    assert (info["spans"], info["turn"]) == ([], 2)


def test_an_answer_is_final_and_silence_is_not():
    env = make()
    env.reset(seed=1)
    observation, _, terminated, _, info = env.step("Let me think.")
    assert "neither calls a tool nor answers" in observation
    assert info["spans"] == [{"message": 1, "start": 0, "stop": len(observation), "kind": "observation"}]
    assert not terminated
    assert env.step(wrap("1"))[4]["stop_reason"] == "answered"


def test_a_turn_with_calls_and_an_answer_is_a_turn_with_calls():
    env = make()
    env.reset(seed=1)
    step = env.step(f"{added(1)}\n{wrap(env.task.reference)}")
    assert step[:3] == ("add: 2", 0.0, False)


def test_states_of_tools_go_on_fork_and_are_restored():
    env = make()
    env.reset(seed=1)
    env.step(noted("a"))
    (fork,) = env.fork(1)
    assert fork.step(noted("b"))[0] == "note: a | b"
    assert env.step(f"{noted('c')}\n{noted('d')}")[0] == "note: a | c\nnote: a | c | d"
    other = make()
    other.set_state(json.loads(json.dumps(env.get_state())))
    assert other.step(noted("e")) == env.step(noted("e"))
    assert pickle.loads(pickle.dumps(ToolCall.of("a", {"b": [1]}))) == ToolCall.of("a", {"b": [1]})


def test_a_state_of_other_tools_is_refused():
    with_both, with_one, without = make(), make(tools=[Adder()]), gymnasium.make("reason/Sum-v0")
    environments = (with_both, with_one, without)
    for env in environments:
        env.reset(seed=1)
    for env in environments:
        for other in environments:
            if other is not env:
                with pytest.raises(TaskFormatError, match="other tools"):
                    env.set_state(other.get_state())


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("!ad {}", "there is no tool 'ad'; did you mean 'add'? (there are: add, note)"),
        ("!add {", "the arguments cannot be read: it is not JSON at character 1"),
        ("!add [1]", "arguments must be an object"),
        ("!add", "add: a is missing"),
        ('!add {"a": 1, "b": "2"}', "add: b must be of type integer"),
        ('!add {"a": 1, "b": true}', "add: b must be of type integer"),
        ('!add {"a": 1, "b": 2, "c": 3}', "add: there is no argument 'c' (there are: a, b)"),
        ("!add " + "[" * 10_000, "brackets stand more than 32 deep"),
        ('!add {"a": NaN, "b": 1}', "JSON has no NaN"),
        ("!../x {}", "a call needs the name of a tool"),
        ("! {}", "a call needs the name of a tool"),
    ],
)
def test_calls_that_cannot_be_are_told_and_cost_the_penalty(call, told):
    env = make(invalid_penalty=0.5)
    env.reset(seed=1)
    observation, reward, terminated, truncated, info = env.step(call)
    assert told in observation
    assert (reward, terminated, truncated, info["turn"]) == (-0.5, False, False, 1)
    assert env.step(f"{call}\n{added(1)}")[1] == 0.0


def test_a_tools_own_budget_refuses_and_the_episodes_ends_it():
    env = make(tools=[Adder(max_calls=2), Notes()])
    env.reset(seed=1)
    assert env.step("\n".join([added(1)] * 3))[0] == "add: 2\nadd: 2\nadd? add: all of its 2 calls are spent"
    assert env.step(noted("a"))[0] == "note: a"
    env = make(max_tool_calls=2)
    env.reset(seed=1)
    env.step(added(1))
    observation, reward, terminated, truncated, info = env.step(f"{added(2)}\n{added(3)}")
    assert (observation, reward, terminated, truncated) == ("add: 3", 0.0, False, True)
    assert (info["stop_reason"], info["verdict"]["status"]) == ("budget", "no_answer")


def test_a_turn_makes_no_more_than_its_share_of_calls():
    env = make()
    env.reset(seed=1)
    observation = env.step("\n".join([added(1)] * 5000))[0]
    assert observation.count("add: 2") == 16
    assert observation.endswith("4984 more calls of this turn were not made: a turn has at most 16")


def test_long_results_are_cut_with_a_note():
    env = make(tools=[Notes(max_chars=10)])
    env.reset(seed=1)
    assert env.step(noted("x" * 25))[0] == f"note: {'x' * 10}\n[15 more characters were cut off]"


def test_a_call_that_takes_too_long_is_given_up_and_the_others_are_not():
    env = make(tools=[Adder(timeout_s=0.1), Notes()])
    env.reset(seed=1)
    observation = env.step(f"{added(7)}\n{noted('a')}\n{added(1)}")[0].splitlines()
    assert observation == [
        "add? add: the call took longer than 0.1 seconds and was given up", "note: a", "add: 2",
    ]  # fmt: skip


def test_calls_that_share_no_state_run_at_once():
    meeting = threading.Barrier(4, timeout=10)

    @dataclass(frozen=True, kw_only=True)
    class Meet(Adder):
        def call(self, task, state, arguments):
            meeting.wait()
            return ToolResult(text="met")

    env = make(tools=[Meet(name="add")])
    env.reset(seed=1)
    assert env.step("\n".join([added(1)] * 4))[0] == "\n".join(["add: met"] * 4)


def test_a_broken_tool_is_our_fault():
    env = make()
    env.reset(seed=1)
    _, reward, terminated, truncated, info = env.step(f"{added(1)}\n{added(666)}")
    assert math.isnan(reward)
    assert (terminated, truncated, info["stop_reason"]) == (False, True, "tool_error")
    assert "the adder is broken" in info["verdict"]["detail"]
    assert info["reward_components"] == {"closeness": 0.0}


def test_turns_run_out():
    env = make(max_turns=2)
    env.reset(seed=1)
    env.step(added(1))
    *_, truncated, info = env.step(added(1))
    assert (truncated, info["stop_reason"], info["verdict"]["status"]) == (True, "max_turns", "no_answer")
    env = make()
    env.reset(seed=1)
    assert sum(not env.step(added(1))[3] for _ in range(8)) == 8
    assert env.step(added(1))[3]


def test_a_game_has_tools_beside_it():
    env = make("Hunt")
    env.reset(seed=1)
    assert env.step(added(1))[0] == "add: 2"
    for action in env.task.reference.splitlines():
        _, _, terminated, _, info = env.step(wrap(action))
    assert terminated
    assert info["verdict"]["passed"]


def worldly(task):
    """The hunt as a world: its one function is a call."""
    schema = {"type": "function", "function": {"name": "guess", "description": "", "parameters": {}}}
    data = {**task.to_dict(), "tools": [schema]}
    del data["task_id"]
    return Task(**{**data, "prompt": task.prompt})


def test_a_world_is_acted_in_by_calls_and_scored_by_their_list(monkeypatch):
    family = reason.get("Hunt")
    play = type(family).transition

    def transition(self, task, state, action):
        try:
            action = str(json.loads(action)["arguments"]["number"])
        except (ValueError, KeyError, TypeError):
            action = "unread"
        return play(self, task, state, action)

    monkeypatch.setattr(type(family), "transition", transition)
    task = worldly(family.task(level=3))
    env = make("Hunt", tools=[Notes()])
    _, info = env.reset(options={"task": task})
    assert [tool["function"]["name"] for tool in info["tools"]] == ["guess", "note"]
    _, *others = task.reference.splitlines()
    observation, reward, *_ = env.step(f"!guess {{}}\n!guess {{\n{noted('a')}\n!gess {{}}")
    assert observation.splitlines() == [
        "guess? Say a number in digits.",
        "guess? the arguments cannot be read: it is not JSON at character 1",
        "note: a",
        "gess? there is no tool 'gess'; did you mean 'guess'? (there are: note, guess)",
    ]
    assert reward == 0.0
    calls = "\n".join(f'!guess {{"number": {action}}}' for action in [*others, "5"])
    observation, reward, terminated, _, info = env.step(calls)
    assert observation.splitlines()[-1] == "guess: Found."
    assert len(observation.splitlines()) == len(others)
    assert (reward, terminated, info["verdict"]["passed"]) == (0.75, True, True)
    actions = env.get_state()["episode"]["state"]["below"]["actions"]
    assert actions[0] == '{"arguments":{},"name":"guess"}'
    again = reason.score(task, reason.format_answer("\n".join(actions)))
    assert json.loads(json.dumps(again.to_dict())) == info["verdict"]


def test_asyncio_and_vectors_call_tools_too():
    texts = [noted("a"), added(3), wrap("1")]
    env = make()
    env.reset(seed=4)
    expected = [env.step(text) for text in texts]

    async def alone():
        env = make()
        await env.areset(seed=4)
        return [await env.astep(text) for text in texts]

    assert asyncio.run(alone()) == expected
    envs = gymnasium.make_vec("reason/Sum-v0", num_envs=2, level=2, tools=[Adder(), Notes()], dialect=Lines())
    envs.reset(seed=[4, 5])
    observations, _, _, _, infos = envs.step([texts[0], wrap("1")])
    assert observations == ("note: a", "")
    assert infos["_spans"].all()
    assert [envs.step_some({0: text})[0] for text in texts[1:]] == expected[1:]
    assert envs.get_metrics()["tool.note"]["count"] == 1
    envs.close()


@given(st.lists(st.sampled_from(["!add", "!note", " ", "{", "}", '"a"', ":", "1", "\n", "[", "\ud800", "x"])))
@settings(max_examples=60, deadline=None)
def test_no_text_raises(parts):
    env = make()
    env.reset(seed=1)
    env.step("".join(parts))
    assert json.loads(json.dumps(env.get_state())) == env.get_state()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tools": "add"}, "tools must be a list"),
        ({"tools": ["telepathy"]}, "tools: there is no 'telepathy'"),
        ({"tools": [3]}, r"tools\[0\] must be a name or"),
        ({"tools": [Adder(), Adder()]}, "two tools of the name 'add'"),
        ({"dialect": 3}, "dialect must be a name"),
        ({"dialect": "klingon"}, "dialects: there is no 'klingon'"),
        ({"max_tool_calls": -1}, "max_tool_calls must be an integer from 0"),
    ],
)
def test_arguments_that_cannot_be_are_named(arguments, message):
    with pytest.raises(ConfigError, match=message):
        gymnasium.make("reason/Sum-v0", **arguments)


@pytest.mark.parametrize(
    "change", [{"name": "a b"}, {"parameters": {}}, {"max_calls": -1}, {"timeout_s": 0}, {"max_chars": True}]
)
def test_tools_that_cannot_be_are_named(change):
    with pytest.raises(ConfigError):
        replace(Adder(), **change)


def test_a_tool_describes_itself_to_openai_and_mcp():
    schema = Adder().schema()["function"]
    assert Adder().mcp_view() == {
        "name": "add", "description": schema["description"], "inputSchema": schema["parameters"],
    }  # fmt: skip
    assert json.loads(json.dumps(schema)) == schema


VALUES = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5), st.lists)


@given(VALUES)
@settings(max_examples=40, deadline=None)
def test_a_call_is_one_harmless_line_that_reads_back(value):
    arguments = {"x": value, "y": "</answer> \\boxed{1} ``` \\\\ \u2028"}
    line = ToolCall(name="f", arguments=arguments).line()
    assert json.loads(line) == {"name": "f", "arguments": arguments}
    assert reason.format_answer(line)
    assert not set("<>`\n\u2028") & set(line)


def test_hostile_json_is_read_in_linear_time():
    for text in (
        '"' + '\\"' * 200_000 + "\\",
        "[" * 500_000,
        '{"a":' * 100_000,
        '"' * 500_001,
        "\\" * 500_000,
    ):
        started = time.perf_counter()
        with pytest.raises(ValueError, match=r".+"):
            load_json(text)
        assert time.perf_counter() - started < 1
