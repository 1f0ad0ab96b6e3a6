import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason import registry
from reason.benchmark.plan import plan
from reason.errors import ConfigError, UnknownFamilyError


@given(count=st.integers(1, 200), levels=st.lists(st.integers(0, 4), min_size=1, max_size=5, unique=True))
def test_tasks_are_spread_evenly(count, levels):
    wanted = plan(["Counting", "Endless"], count=count, levels=levels)
    counts = [stream.count for stream in wanted.streams]
    assert sum(counts) == wanted.count == count
    assert len(counts) == 2 * len(levels)
    assert max(counts) - min(counts) <= 1


@given(start=st.integers(0, 30))
def test_places_continue_anywhere(start):
    wanted = plan(["Counting"], count=23, levels=[0, 3, 1])
    places = [(stream.level, index) for stream, index in wanted.places()]
    assert len(set(places)) == 23
    assert [(stream.level, index) for stream, index in wanted.places(start)] == places[start:]


def test_every_stream_starts_at_its_first_task():
    wanted = plan(["Counting"], count=6, levels=[2, 0])
    assert [(s.level, i) for s, i in wanted.places()] == [(2, 0), (2, 1), (2, 2), (0, 0), (0, 1), (0, 2)]


def test_a_level_that_only_some_families_have_is_spread_over_these():
    wanted = plan(["Counting", "Endless"], count=100, levels=range(7))
    assert [s.level for s in wanted.streams if s.family == "Counting-v0"] == [0, 1, 2, 3, 4]
    assert [s.level for s in wanted.streams if s.family == "Endless-v0"] == [0, 1, 2, 3, 4, 5, 6]


def test_a_level_that_no_family_has_is_an_error():
    with pytest.raises(ConfigError, match="Counting-v0: level must be 0 to 4, got 5"):
        plan(["Counting"], count=10, levels=range(9))


def test_without_levels_each_family_plays_its_default_level():
    assert [s.level for s in plan(["Counting", "Endless"], count=2).streams] == [3, 3]


def test_knobs_alone_stand_for_no_level():
    wanted = plan(["Counting"], count=2, knobs={"num_terms": 9})
    (stream,) = wanted.streams
    assert (stream.level, stream.config["num_terms"]) == (None, 9)
    assert stream.draw("test", 1) == registry.get("Counting").task(
        split="test", index=1, knobs={"num_terms": 9}
    )


def test_names_of_one_family_are_one_family():
    assert len(plan(["Counting", "Counting-v0", "reason/Counting-v0"], count=2).streams) == 1


def test_all_is_every_family():
    wanted = plan(["all"], count=1000)
    assert {stream.family for stream in wanted.streams} == set(registry.ids())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": []}, "no family"),
        ({"levels": []}, "no level"),
        ({"count": 0}, "count must be an integer from 1, got 0"),
        ({"count": 2.0}, "count must be"),
        ({"split": "training"}, "split must be one of"),
        ({"knobs": {"num_term": 3}}, "did you mean 'num_terms'"),
        ({"knobs": {"num_terms": 0}}, "num_terms must be 1 to 1000, got 0"),
        ({"levels": [-1]}, "level must be 0 to 4, got -1"),
        ({"levels": [1.5]}, "level must be an integer"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        plan(**{"names": ["Counting"], "count": 5, **arguments})


def test_an_unknown_family_says_what_was_meant():
    with pytest.raises(UnknownFamilyError, match="did you mean 'Counting-v0'"):
        plan(["Countin"], count=5)
