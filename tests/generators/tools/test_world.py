import json
from itertools import pairwise

import gymnasium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reason
from reason.errors import ConfigError
from reason.frozen import thaw
from reason.generators.tools.interface import FINISH, read_call, write
from reason.generators.tools.world import ToolWorld

WORLDS = ["Bank", "Calendar", "FileTree", "Shop"]


def play(family, task, calls):
    names = task.ground_truth["names"]
    return family.verify(task, "\n".join(write(call, names) for call in calls))


@pytest.fixture(params=WORLDS)
def family(request):
    return reason.get(request.param)


@pytest.mark.parametrize("level", [0, 3, 8, 20])
def test_the_reference_and_the_clerk_reach_the_goal(family, level):
    for index in range(4):
        task = family.task(level=level, index=index)
        assert family.verify(task, task.reference).passed
        assert family.verify(task, family.solve(task)).passed
        assert "\n".join(family.reference_play(task)) == task.reference


def test_hidden_records_are_seen_through_functions_alone(family):
    task = family.task(level=2, knobs={"records": "hidden"})
    assert "Records" not in task.text
    assert family.solve(task) is None
    assert family.verify(task, task.reference).passed
    with pytest.raises(ConfigError, match="records must be one of"):
        family.task(level=2, knobs={"records": "maybe"})


def test_every_call_is_needed_and_a_stray_one_is_wrong(family):
    for index in range(6):
        task = family.task(level=4, index=index)
        truth = task.ground_truth
        calls = [*truth["calls"], (FINISH.name, {"ticket": truth["ticket"]})]
        assert play(family, task, calls).passed
        for place in range(len(calls)):
            verdict = play(family, task, [*calls[:place], *calls[place + 1 :]])
            assert not verdict.passed
            assert verdict.score <= 0.5


def test_looking_changes_nothing_and_costs_a_call(family):
    task = family.task(level=2)
    truth = task.ground_truth
    looks = {
        "Bank": ("balance", {"account": next(iter(truth["records"]))}),
        "Calendar": ("list", {"person": "Nobody", "day": "Monday"}),
        "FileTree": ("list", {"folder": "/"}),
        "Shop": ("show_cart", {}),
    }
    calls = [*truth["calls"], (FINISH.name, {"ticket": truth["ticket"]})]
    spare = truth["num_turns"] - len(calls)
    assert play(family, task, [looks[family.name]] * spare + calls).passed
    assert not play(family, task, [looks[family.name]] * (spare + 1) + calls).passed


def test_partial_work_earns_part_of_the_credit(family):
    task = family.task(level=5)
    truth = task.ground_truth
    finish = (FINISH.name, {"ticket": truth["ticket"]})
    scores = [play(family, task, [*truth["calls"][:n], finish]).score for n in range(len(truth["calls"]) + 1)]
    assert scores[0] == 0.0
    assert scores[-1] == 1.0
    assert all(score <= 0.5 for score in scores[:-1])
    assert max(scores[:-1]) > 0.0


def test_components_are_the_shares_of_records_and_of_required_calls():
    bank = reason.get("Bank")
    for index in range(60):
        task = bank.task(level=6, index=index)
        truth = task.ground_truth
        changing = [call for call in truth["calls"] if call[0] not in bank.reading]
        if len(changing) < len(truth["calls"]):
            break
    finish = (FINISH.name, {"ticket": truth["ticket"]})
    looking = [call for call in truth["calls"] if call[0] in bank.reading]
    assert play(bank, task, [*truth["calls"], finish]).components == {"state": 1.0, "calls": 1.0}
    assert play(bank, task, [*changing, finish]).components == {"state": 1.0, "calls": 0.0}
    assert play(bank, task, [*looking, finish]).components == {"state": 0.0, "calls": 1.0}
    assert play(bank, task, [finish]).components == {"state": 0.0, "calls": 0.0}


def test_names_of_functions_differ_from_task_to_task(family):
    names = [
        tuple(tool["function"]["name"] for tool in family.task(level=1, index=index).tools)
        for index in range(12)
    ]
    assert len(set(names)) > 6
    for one, other in pairwise(names):
        assert len(one) == len(other) == len(family.operations) + 1


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_call_raises_and_records_stay_json(family, data):
    """Play random calls of the declared types: refused or done, the world stays one."""
    task = family.task(level=2)
    names, records = task.ground_truth["names"], task.ground_truth["records"]
    state = family.initial_state(task)
    words = [word for name in records for word in (name, *name.strip("/").split("/"))]
    strings = st.one_of(st.sampled_from([*words, "Monday", "lamp", "/new/", ""]), st.text(max_size=8))
    for _ in range(data.draw(st.integers(1, 8))):
        operation = data.draw(st.sampled_from(family.operations))
        values = {"string": strings, "integer": st.integers(-3, 1_000)}
        arguments = {each.name: data.draw(values[each.kind]) for each in operation.parameters}
        action = write((operation.name, arguments), names)
        transition = family.transition(task, state, action)
        if isinstance(read_call(action, family.operations, names), str):
            assert not transition.valid
        for name, record in transition.state["records"].items():
            assert family.describe(name, record)
        if transition.done:
            break
        state = transition.state
        json.dumps(thaw(state)).encode()


@pytest.mark.parametrize("dialect", ["hermes", "openai"])
def test_a_world_is_worked_through_calls_of_a_dialect(family, dialect):
    from reason.envs.tool import ToolCall
    from reason.envs.toolbox import find_dialect

    env = gymnasium.make(f"reason/{family.id}", level=3, dialect=dialect).unwrapped
    _, info = env.reset(seed=5)
    assert {tool["function"]["name"] for tool in info["tools"]} == {
        names["name"] for names in env.task.ground_truth["names"].values()
    }
    speak, reward = find_dialect(dialect), 0.0
    for line in env.task.reference.splitlines():
        call = json.loads(line)
        text = speak.write([ToolCall.of(call["name"], call["arguments"])])
        _, gained, terminated, _, info = env.step(text)
        reward += gained
        assert info["spans"][0]["kind"] == "tool"
    assert terminated
    assert reward == 1.0
    assert info["verdict"]["passed"]


def test_every_world_stands_in_the_tests():
    kinds = {type(reason.get(name)) for name in WORLDS}
    assert kinds == {kind for kind in ToolWorld.__subclasses__() if kind.__module__.startswith("reason.")}
