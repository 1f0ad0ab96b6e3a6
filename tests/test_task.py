import json
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from reason import Message, Task
from reason.errors import TaskFormatError


def make_task(**changes) -> Task:
    values = {
        "family": "Sum-v0",
        "version": 0,
        "split": "train",
        "index": 3,
        "level": 1,
        "config": {"digits": 2},
        "prompt": (Message(role="user", content="12 + 30 = ?"),),
        "ground_truth": {"sum": 42, "terms": [12, 30]},
        "reference": "42",
        "metadata": {"topic": "sums"},
    }
    return Task(**{**values, **changes})


def test_json_round_trip_gives_an_equal_task():
    task = make_task()
    assert Task.from_json(task.to_json()) == task
    assert Task.from_json(task.to_json()).to_json() == task.to_json()
    assert pickle.loads(pickle.dumps(task)) == task


def test_equal_content_has_an_equal_id_and_any_change_another():
    task = make_task()
    assert make_task().task_id == task.task_id
    changes = [
        {"split": "test"}, {"index": 4}, {"level": 2}, {"config": {"digits": 3}}, {"reference": "43"},
        {"ground_truth": {"sum": 43}}, {"metadata": {}}, {"trace": ({"id": 1},)},
        {"tools": ({"type": "function"},)},
        {"prompt": (Message(role="system", content="12 + 30 = ?"),)},
    ]  # fmt: skip
    assert len({task.task_id, *(make_task(**change).task_id for change in changes)}) == len(changes) + 1


def test_a_task_is_frozen_to_the_bottom():
    task = make_task()
    with pytest.raises(FrozenInstanceError):
        task.index = 5
    with pytest.raises(TypeError, match="frozen"):
        task.ground_truth["sum"] = 1
    assert task.ground_truth["terms"] == (12, 30)


def test_the_caller_keeps_its_own_data():
    config = {"digits": [1]}
    task = make_task(config=config)
    config["digits"].append(2)
    assert task.config["digits"] == (1,)


def test_changed_data_is_refused():
    data = make_task().to_dict()
    data["ground_truth"]["sum"] = 41
    with pytest.raises(TaskFormatError, match="was changed"):
        Task.from_dict(data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("prompt"), "lacks prompt"),
        (lambda d: d.update(colour=1), "no field 'colour'"),
        (lambda d: d.update(index="3"), "index must be an integer"),
        (lambda d: d.update(index=True), "index must be an integer"),
        (lambda d: d.update(prompt=[]), "prompt"),
        (lambda d: d.update(prompt="hello"), "not a task"),
        (lambda d: d.update(prompt=[{"role": "robot", "content": ""}]), "role"),
        (lambda d: d.update(prompt=[{"role": "user", "content": 3}]), "content"),
        (lambda d: d.pop("task_id"), "was changed"),
        (lambda d: d.update(family=None), "family"),
    ],
)
def test_data_that_is_no_task_is_refused_by_name(change, message):
    data = make_task().to_dict()
    change(data)
    with pytest.raises(TaskFormatError, match=message):
        Task.from_dict(data)


@pytest.mark.parametrize("text", ["", "null", "[]", "3", '"x"', "{", "{}", "[" * 100_000, b"\xff"])
def test_text_that_is_no_task_is_refused(text):
    with pytest.raises(TaskFormatError):
        Task.from_json(text)


def test_text_is_the_last_user_message():
    messages = (
        Message(role="user", content="a"),
        Message(role="user", content="b"),
        Message(role="system", content="c"),
    )
    assert make_task(prompt=messages).text == "b"


def test_replace_computes_the_id_anew():
    task = make_task()
    assert replace(task, index=9) == make_task(index=9)
    assert json.loads(task.to_json())["task_id"] == task.task_id
