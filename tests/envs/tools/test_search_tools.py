import json

import gymnasium
import pytest

import reason
from reason.envs.tools.open_page import OpenPage
from reason.envs.tools.search import Search
from reason.errors import ConfigError
from reason.generators.search.conversational_search import ConversationalSearch
from reason.rewards.chat_r1 import chat_r1_of
from reason.rewards.search_r2 import evidence_density
from reason.search.library import open_library
from reason.search.world import WorldSettings

SMALL = {"num_pages": 400, "editions": 1}
BRIDGE = {**SMALL, "kind": "bridge", "num_hops": 3}


def call(tool, task, arguments):
    return tool.call(task, tool.initial_state(task), arguments)


def write(protocol, query):
    written = json.dumps({"name": "search", "arguments": {"query": query}})
    return {
        "search_r1": f"<think>first</think><search>{query}</search>",
        "reseek": f"<judge>No</judge><search>{query}</search>",
        "web_thinker": f"<|begin_search_query|>{query}<|end_search_query|>",
        "hermes": f"<tool_call>\n{written}\n</tool_call>",
    }[protocol]


@pytest.fixture(scope="module")
def task():
    return reason.registry.get("Search-v0").task(knobs=BRIDGE)


@pytest.mark.parametrize("protocol", ["search_r1", "reseek", "web_thinker", "hermes"])
def test_the_gold_sub_queries_play_every_protocol_to_its_end(protocol):
    env = gymnasium.make("reason/Search-v0", protocol=protocol, **BRIDGE)
    env.reset(seed=3)
    task = env.unwrapped.task
    for step in task.trace:
        observation, reward, terminated, truncated, info = env.step(write(protocol, step["text"]))
        assert (reward, terminated, truncated) == (0.0, False, False)
        assert step["value"].casefold() in observation.casefold()
        assert "Doc 1(Title: " in observation
    *_, info = env.step(f"<think>done</think><answer>{task.reference}</answer>")
    assert info["stop_reason"] == "answered"
    assert info["verdict"]["passed"]
    assert info["reward_components"] == {"exact_match": 1.0, "f1": 1.0}


def test_search_r1_reads_its_results_between_information_tags():
    env = gymnasium.make("reason/Search-v0", **BRIDGE)
    env.reset(seed=3)
    observation, *_ = env.step(write("search_r1", env.unwrapped.task.trace[0]["text"]))
    assert observation.startswith("\n\n<information>Doc 1(Title: ")
    assert observation.endswith("</information>\n\n")


def test_the_state_keeps_what_was_asked_and_seen(task):
    search, reader = Search(), OpenPage()
    queries = [step["text"] for step in task.trace]
    state = search.initial_state(task)
    assert state == reader.initial_state(task)
    assert search.state_name == reader.state_name
    for query in queries:
        state = search.call(task, state, {"query": query, "top_k": 1}).state
    assert state["queries"] == tuple(queries)
    assert set(task.ground_truth["pages"]) & set(state["pages"])
    state = reader.call(task, state, {"page": "event-399"}).state
    assert state["pages"][-1] == "event-399"
    assert evidence_density(state["pages"], task.ground_truth["pages"]) > 0


def test_a_fork_goes_on_from_the_turn_at_which_it_was_cut():
    env = gymnasium.make("reason/Search-v0", **BRIDGE).unwrapped
    env.reset(seed=5)
    first, second, _ = env.task.trace
    env.step(write("search_r1", first["text"]))
    forks = env.fork(2)
    seen = [fork.step(write("search_r1", second["text"])) for fork in forks]
    assert seen[0] == seen[1] == env.step(write("search_r1", second["text"]))


def test_a_page_is_read_by_title_and_links_are_followed(task):
    library = open_library(WorldSettings.from_dict(task.ground_truth["world"]))
    page = library.corpus.get(task.ground_truth["pages"][0])
    result = call(OpenPage(), task, {"page": f' "{page.title.upper()}" '})
    assert not result.error
    assert page.text in result.text
    for target in library.corpus.linked(page):
        assert target.title in result.text
    missing = call(OpenPage(), task, {"page": "Nowhere"})
    assert missing.error
    assert "Nowhere" in missing.text


def test_all_pages_of_one_title_are_shown(task):
    library = open_library(WorldSettings.from_dict(task.ground_truth["world"]))
    old = next(page for page in library.corpus if page.id.count("-") == 2)
    result = call(OpenPage(), task, {"page": old.title})
    assert result.text.count("This page was last revised in the year") == 2


@pytest.mark.parametrize("mode", ["passage", "graph", "hybrid"])
def test_a_policy_may_choose_the_road(task, mode):
    result = call(Search(), task, {"query": task.trace[0]["text"], "mode": mode, "top_k": 2})
    assert not result.error
    assert result.text.count("Doc ") == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "query"),
        ({"query": 3}, "query"),
        ({"query": "a", "top_k": 0}, "top_k"),
        ({"query": "a", "top_k": 21}, "top_k"),
        ({"query": "a", "mode": "other"}, "mode"),
        ({"query": "  "}, "empty"),
    ],
)
def test_a_wrong_call_is_answered_with_a_sentence(arguments, told):
    env = gymnasium.make("reason/Search-v0", protocol="hermes", **BRIDGE)
    env.reset(seed=1)
    written = json.dumps({"name": "search", "arguments": arguments})
    observation, _, terminated, truncated, _ = env.step(f"<tool_call>\n{written}\n</tool_call>")
    assert told in observation
    assert (terminated, truncated) == (False, False)


def test_a_corpus_of_ones_own_is_searched(tmp_path, task):
    (tmp_path / "moss.md").write_text("# Moss\nMoss likes [ferns](fern.md).")
    (tmp_path / "fern.md").write_text("# Fern\nFerns unfold.")
    assert "Ferns unfold" in call(Search(source=str(tmp_path)), task, {"query": "unfold"}).text
    assert "Links: Fern" in call(OpenPage(source=str(tmp_path)), task, {"page": "moss"}).text


def test_a_task_without_pages_needs_a_source():
    sat = reason.registry.get("SAT-v0").task()
    with pytest.raises(ConfigError, match="source"):
        call(Search(), sat, {"query": "a"})


def test_a_conversation_is_played_with_its_own_search_and_paid_as_chat_r1_pays():
    env = gymnasium.make("reason/ConversationalSearch-v0", reward=chat_r1_of, num_turns=3, **SMALL)
    env.reset(seed=2)
    task = env.unwrapped.task
    observation, reward, terminated, *_ = env.step(write("search_r1", task.ground_truth["rewrite"]))
    assert (reward, terminated) == (0.0, False)
    assert task.reference.casefold() in observation.casefold()
    _, reward, terminated, _, info = env.step(f"<answer>{task.reference}</answer>")
    assert terminated
    assert reward == pytest.approx(1.2)
    assert info["reward_components"] == {"exact_match": 1.0, "answer_f1": 1.0, "rewrite_f1": 1.0}
    actions = [ConversationalSearch().reference_action(task, {"queries": (), "turn": 0}), task.reference]
    assert reason.score(task, "<answer>{}</answer>".format("\n".join(actions))).passed
