"""The rewards on searches, paid by the environment itself: ``reward=`` on reason/Search-v0."""

import math

import gymnasium
import numpy as np
import pytest

from reason.envs.group import EnvGroup
from reason.envs.rules import EpisodeReward
from reason.envs.stop_reason import StopReason
from reason.envs.tools.search import Search
from reason.errors import ConfigError
from reason.rewards.arena import arena_of
from reason.rewards.know_rl import know_rl_of
from reason.rewards.re_seek import re_seek_of
from reason.rewards.route_rag import route_rag, route_rag_of
from reason.rewards.search_episode import thinking
from reason.rewards.search_r2 import evidence_density, search_r2, search_r2_of
from reason.search.library import open_library
from reason.search.world import WorldSettings, open_world

KNOBS = {"num_pages": 400, "editions": 1, "kind": "bridge", "num_hops": 2}


def make(reward, seed=3, **knobs):
    env = gymnasium.make("reason/Search-v0", reward=reward, **{**KNOBS, **knobs}).unwrapped
    env.reset(seed=seed)
    return env


def play(env, *texts):
    """Return the rewards of all turns."""
    rewards = []
    for text in texts:
        _, reward, terminated, truncated, _ = env.step(text)
        rewards.append(reward)
    assert terminated or truncated
    return rewards


def search(query, before=""):
    return f"<think>look</think>{before}<search>{query}</search>"


def answer(text, before=""):
    return f"<think>done</think>{before}<answer>{text}</answer>"


def seen(env):
    return env.get_state()["episode"]["state"]["tools"]["search"]


# Search-R2: cut and regenerate ----------------------------------------------------------------------


def test_an_episode_is_cut_at_a_turn_and_regenerated_and_paid_by_the_density_of_its_evidence():
    env = make(search_r2_of)
    first, second = env.task.trace
    gold = env.task.ground_truth["pages"]
    standing = []
    for text in (search(first["text"]), search("harbour of winter"), answer("Nobody")):
        standing += env.fork(1)
        *_, reward, terminated, _, _ = env.step(text)
    assert terminated
    assert reward == 0.0
    # The refiner cuts before the second turn, the first that brings no evidence, and writes another end.
    cut = standing[1]
    saved = cut.get_state()
    assert len(saved["episode"]["messages"]) == 3
    rewards = play(cut, search(second["text"]), answer(cut.task.reference))
    density = evidence_density(seen(cut)["pages"], gold)
    assert set(gold) <= set(seen(cut)["pages"])
    assert density > evidence_density(seen(env)["pages"], gold)
    assert rewards == [0.0, 1.0 + density]
    # And once more from the saved state, in another environment: the same to the last digit.
    again = make(search_r2_of, seed=9)
    again.set_state(saved)
    assert play(again, search(second["text"]), answer(again.task.reference)) == rewards


def test_right_answers_are_worth_more_the_denser_their_evidence():
    dense, thin = make(search_r2_of), make(search_r2_of)
    queries = [step["text"] for step in dense.task.trace]
    extra = [search(f"the year of {word}") for word in ("winter", "regatta", "shipyard")]
    more = play(dense, *map(search, queries), answer(dense.task.reference))[-1]
    less = play(thin, *extra, *map(search, queries), answer(thin.task.reference))[-1]
    assert 1.0 < less < more
    assert less == search_r2([1], [evidence_density(seen(thin)["pages"], thin.task.ground_truth["pages"])])[0]
    assert play(make(search_r2_of), answer(dense.task.reference)) == [1.0]


# ARENA ----------------------------------------------------------------------------------------------


def titles(env):
    corpus = open_library(WorldSettings.from_dict(env.task.ground_truth["world"])).corpus
    return [corpus.get(page).title for page in env.task.ground_truth["pages"]]


def cited(names):
    return "<relevance>\n{}\n</relevance><analysis>so</analysis>".format("\n".join(names))


@pytest.mark.parametrize(
    ("cite", "right", "expected"),
    [
        (lambda names: cited(names), True, 13.0),
        (lambda names: cited([name.upper() for name in reversed(names)]), True, 13.0),
        (lambda names: cited(names), False, 2.0),
        (lambda names: cited(names[:1]), True, 2.5),
        (lambda names: cited([*names, "Nowhere"]), True, 2.5),
        (lambda names: cited(["Nowhere"]), True, 2.0),
        (lambda names: cited(names).replace("analysis", "other"), True, 2.0),
        (lambda names: "", True, 1.0),
    ],
)
def test_arena_pays_form_answer_and_citations(cite, right, expected):
    env = make(arena_of, protocol="arena")
    queries = [search(step["text"]) for step in env.task.trace]
    last = answer(env.task.reference if right else "Nobody", cite(titles(env)))
    assert play(env, *queries, last) == [0.0] * len(queries) + [expected]


def test_a_turn_without_thinking_spoils_the_form():
    env = make(arena_of, protocol="arena")
    query = env.task.trace[0]["text"]
    assert play(env, f"<search>{query}</search>", answer(env.task.reference, cited(titles(env))))[-1] == 2.0


# KnowRL ---------------------------------------------------------------------------------------------


def test_know_rl_checks_the_facts_of_the_thinking():
    env = make(know_rl_of)
    world = open_world(WorldSettings.from_dict(env.task.ground_truth["world"]))
    one, other = [thing for thing in world.things if "birth_year" in thing.facts][:2]
    year = one.facts["birth_year"]
    true, false = (f"The year of birth of {one.name} is {number}." for number in (year, year + 1))
    told = f"Let me see. {true} {false.replace(one.name, other.name.upper())} It is late."
    half = 0.5 if other.facts["birth_year"] != year + 1 else 1.0

    def rewards(thoughts, final):
        return play(make(know_rl_of), f"<think>{thoughts}</think><answer>{final}</answer>")

    reference = env.task.reference
    assert rewards(told, reference) == [1.0 + 2.0 + half]
    assert rewards(told, "I do not know") == [1.0 + 1.0 + half]
    assert rewards(told, "Nobody") == [1.0 - 1.0 + half]
    assert rewards(f"{true} {true}", reference) == [4.0]
    assert rewards(false, reference) == [3.0]
    assert play(make(know_rl_of), f"{true}<answer>{reference}</answer>") == [-1.0 + 2.0]


# ReSeek ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judged", "right", "expected"),
    [
        (("Yes", "No"), True, 1 + 0.1 + 0.02),
        (("No", "Yes"), True, 1 - 0.05 + 0.1),
        (("Yes", "Yes"), False, -0.025 - 0.05),
        (("No", "No"), False, -0.05 + 0.02),
        (("maybe", "No"), True, 1.02),
    ],
)
def test_re_seek_pays_judgements_on_what_was_found(judged, right, expected):
    env = make(re_seek_of, protocol="reseek")
    gold, nothing = env.task.trace[0]["text"], "zzz"
    rewards = play(
        env,
        search(gold),
        search(nothing, f"<judge>{judged[0]}</judge>"),
        answer(env.task.reference if right else "Nobody", f"<judge>{judged[1]}</judge>"),
    )
    assert rewards == [0.0, 0.0, pytest.approx(expected)]


def test_judging_again_or_before_anything_was_found_wins_nothing():
    env = make(re_seek_of, protocol="reseek")
    many = "<judge>No</judge>" * 50
    rewards = play(env, search("zzz", many), answer(env.task.reference, many))
    assert rewards[-1] == pytest.approx(1.02)


# RouteRAG -------------------------------------------------------------------------------------------


def test_route_rag_pays_a_group_by_what_its_searches_cost():
    env = gymnasium.make("reason/Search-v0", protocol="route_rag", **KNOBS).unwrapped
    group = EnvGroup(env, 4)
    group.reset(seed=3)
    query, reference = group.task.trace[0]["text"], group.task.reference
    for member, mark in enumerate(["[passage]", "[graph]", "[passage][graph]", ""]):
        group.step(member, search(f"{mark} {query}" if mark else query))
        group.step(member, answer(reference if member < 3 else "Nobody"))
    assert [seen(member)["runs"] for member in group.members] == [1, 2, 3, 1]
    rewards = route_rag_of(group, p95=4.0)
    assert rewards == pytest.approx(route_rag([1, 1, 1, 0], [1, 2, 3, 1], p95=4.0))
    assert rewards[0] > rewards[1] > rewards[2] > rewards[3] == 0.0
    group.close()


def test_a_member_that_has_not_ended_has_no_reward():
    group = EnvGroup(gymnasium.make("reason/Search-v0", **KNOBS).unwrapped, 2)
    group.reset(seed=3)
    group.step(0, answer(group.task.reference))
    assert np.isnan(route_rag_of(group, p95=1.0)).tolist() == [False, True]
    group.close()


# All ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reward", [search_r2_of, arena_of, re_seek_of])
def test_without_a_search_the_error_says_so(reward):
    env = gymnasium.make("reason/SAT-v0", reward=reward).unwrapped
    env.reset(seed=1)
    with pytest.raises(ConfigError, match=r"search|source"):
        env.step("<answer>1</answer>")


@pytest.mark.parametrize("reward", [search_r2_of, arena_of, know_rl_of, re_seek_of])
@pytest.mark.parametrize(
    "text",
    [
        *("", "<think>", "</think><think>", "<answer>a</answer>" * 30, "<relevance>" * 99, "<judge>"),
        *("\ud800", "\x00", "The year of birth of " * 9_000),
        "<think>" + "x was taught by " * 9_000 + "</think><answer>y</answer>",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_breaks_a_reward(reward, text):
    env = make(reward, protocol="reseek", max_turns=2)
    env.step(search(text[:40]))
    _, reward, *_ = env.step(text)
    assert math.isfinite(reward)


def test_thinking_is_what_stands_between_the_tags():
    assert thinking("a<think>b</think>c") == "b"
    assert thinking("< Think >b<think>c</think>d</ think >") == "b<think>c</think>d"
    assert thinking("</think><think>") == thinking("<think>b") == ""


def test_a_reward_of_the_episode_is_asked_once_at_its_end():
    asked = []

    def reward(episode, verdict):
        asked.append((episode.turn, episode.stop_reason, verdict.passed))
        return 0.25

    env = make(EpisodeReward(reward), max_turns=2)
    assert play(env, search("a"), search("b")) == [0.0, 0.25]
    assert asked == [(2, StopReason.MAX_TURNS, False)]


def test_what_cannot_be_scored_is_nan_and_a_reward_that_is_no_number_an_error():
    env = make(search_r2_of, tools=[Search(source="http://127.0.0.1:9")])
    _, reward, _, truncated, info = env.step(search("a"))
    assert truncated
    assert math.isnan(reward)
    assert info["stop_reason"] == "tool_error"
    with pytest.raises(TypeError, match="finite"):
        make(EpisodeReward(lambda episode, verdict: math.inf)).step(answer("a"))
