import pickle
import types
from dataclasses import dataclass
from typing import Literal

import pytest

from reason import Config, Draft, Family, Verdict
from reason.errors import ConfigError, GenerationError, RegistryError
from reason.family import closest
from reason.seeding import split_of


@dataclass(frozen=True, kw_only=True)
class SumConfig(Config):
    digits: int = 2
    scale: float = 1.0
    sign: Literal["plus", "minus"] = "plus"

    def __post_init__(self):
        super().__post_init__()
        self.require(1 <= self.digits <= 30, "digits", "1 to 30")


class Sum(Family[SumConfig]):
    """Add two numbers.

    More text.
    """

    id = "Sum-v2"
    domain = "test"
    max_level = 9

    def at_level(self, level):
        return SumConfig(digits=level + 1)

    def generate(self, rng, config):
        left, right = (rng.randrange(10**config.digits) for _ in range(2))
        return Draft(
            prompt=f"{left} + {right} = ?",
            ground_truth={"sum": left + right},
            reference=str(left + right),
            canonical=sorted([left, right]),
        )

    def verify(self, task, answer):
        return Verdict.right() if answer == str(task.ground_truth["sum"]) else Verdict.wrong("another number")


def test_the_same_place_gives_the_same_bytes():
    assert Sum().task(index=4, level=2).to_json() == Sum().task(index=4, level=2).to_json()


def test_places_differ():
    places = [
        {"split": split, "index": index, "level": level}
        for split in ("train", "validation", "test") for index in range(20) for level in (3, 4)
    ]  # fmt: skip
    assert len({Sum().task(**place).task_id for place in places}) == len(places)


def test_a_task_lies_in_the_split_of_its_canonical_content():
    for split in ("train", "validation", "test"):
        for task in Sum().tasks(split=split, level=0, stop=30):
            left, right = (int(word) for word in task.text.removesuffix(" = ?").split(" + "))
            assert split_of(["Sum-v2", sorted([left, right])]) == split


def test_a_task_says_where_it_came_from():
    task = Sum().task(split="test", index=5, level=1)
    assert (task.family, task.version, task.split, task.index, task.level) == ("Sum-v2", 2, "test", 5, 1)
    assert task.config == {"digits": 2, "scale": 1.0, "sign": "plus"}
    assert task.metadata["licence"] == "Apache-2.0"


def test_knobs_go_over_the_level_and_fix_the_draw():
    by_level = Sum().task(level=4, index=1)
    by_knobs = Sum().task(knobs={"digits": 5}, index=1)
    both = Sum().task(level=0, knobs={"digits": 5}, index=1)
    assert by_level.prompt == by_knobs.prompt == both.prompt
    assert (by_level.level, by_knobs.level, both.level) == (4, None, 0)


def test_without_level_or_knobs_the_default_level_is_played():
    assert Sum().task() == Sum().task(level=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"level": -1}, "level must be 0 to 9, got -1"),
        ({"level": 10}, "level must be 0 to 9, got 10"),
        ({"level": 1.5}, "level must be an integer, got 1.5"),
        ({"level": "1"}, "level must be an integer, got '1'"),
        ({"level": True}, "level must be an integer, got True"),
        ({"split": "dev"}, "split must be one of train, validation, test, got 'dev'"),
        ({"index": -1}, "index must be an integer from 0, got -1"),
        ({"index": 0.5}, "index must be"),
        ({"knobs": {"digit": 3}}, "there is no knob 'digit'; did you mean 'digits'"),
        ({"knobs": {"digits": 0}}, "digits must be 1 to 30, got 0"),
        ({"knobs": {"digits": "3"}}, "digits must be of type int, got '3'"),
        ({"knobs": {"digits": True}}, "digits must be of type int"),
        ({"knobs": {"sign": "times"}}, "sign must be one of 'plus', 'minus', got 'times'"),
        ({"knobs": {"scale": "x"}}, "scale must be of type float"),
        ({"knobs": ["digits"]}, "knobs must be a mapping"),
        ({"level": 2, "knobs": {"digits": 99}}, "digits must be 1 to 30, got 99"),
    ],
)
def test_arguments_that_cannot_be_are_refused_by_name_and_value(arguments, message):
    with pytest.raises(ConfigError, match=message):
        Sum().task(**arguments)


def test_numpy_integers_are_integers():
    numpy = pytest.importorskip("numpy")
    assert Sum().task(level=numpy.int64(2), index=numpy.int32(3)) == Sum().task(level=2, index=3)


def test_a_space_too_small_for_a_split_says_so():
    class One(Sum):
        def generate(self, rng, config):
            return Draft(prompt="1 + 1 = ?", ground_truth={"sum": 2}, reference="2")

    mine = split_of(["Sum-v2", ["1 + 1 = ?"]])
    assert One().task(split=mine).reference == "2"
    with pytest.raises(GenerationError, match="higher level or wider knobs"):
        One().task(split="train" if mine != "train" else "test")


def test_the_summary_is_the_first_line():
    assert (Sum().summary, Sum().name, Sum().version) == ("Add two numbers.", "Sum", 2)


def test_tasks_and_configurations_pickle():
    task = Sum().task()
    assert pickle.loads(pickle.dumps(task)) == task
    assert pickle.loads(pickle.dumps(SumConfig(digits=3))) == SumConfig(digits=3)
    assert SumConfig.from_dict(SumConfig(digits=3).to_dict()) == SumConfig(digits=3)


def test_a_configuration_that_is_no_config_is_refused():
    with pytest.raises(RegistryError, match="extends Config"):
        types.new_class("Bad", (Family[int],))


@pytest.mark.parametrize(("name", "expected"), [("SATT", "; did you mean 'SAT'?"), ("qqqq", "")])
def test_closest_names_the_nearest_or_nothing(name, expected):
    assert closest(name, ["SAT", "Sum"]) == expected
