import asyncio
import json
import pickle

import gymnasium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.envs.group import EnvGroup
from reason.envs.session import Session
from reason.envs.wrappers.budget import Budget
from reason.envs.wrappers.hints import Hints
from reason.envs.wrappers.recording import Recording
from reason.envs.wrappers.rendering import Phrasebook, Renderer, Rendering
from reason.errors import ConfigError


class Shouting(Renderer):
    """Upper case for the policy, whose own texts are read from right to left."""

    def show(self, task, role, content):
        assert task.family in ("Sum-v0", "Hunt-v0", "Bank-v0")
        return f"<{role}>{content.upper()}!"

    def read(self, task, text):
        return text[::-1]


def make(renderer=None, family="Sum", **arguments):
    return Rendering(gymnasium.make(f"reason/{family}-v0", **arguments), renderer or Shouting())


def test_every_message_is_worded_anew_and_texts_are_read_back():
    plain = gymnasium.make("reason/Sum-v0", max_turns=3)
    env = make(max_turns=3)
    told, info = env.reset(seed=1)
    expected, first = plain.reset(seed=1)
    assert told == f"<user>{expected.upper()}!"
    assert [m["content"] for m in info["messages"]] == ["<system>YOU ADD.!", told]
    assert {**info, "messages": 0} == {**first, "messages": 0}
    told, reward, _, _, info = env.step(">rewsna/<1>rewsna<")
    expected = plain.step("<answer>1</answer>")
    assert told == f"<user>{expected[0].upper()}!"
    assert info["messages"] == [
        {"role": "assistant", "content": ">rewsna/<1>rewsna<"}, {"role": "user", "content": told}
    ]  # fmt: skip
    assert info["verdict"] == expected[4]["verdict"]
    assert reward == expected[1]
    told, reward, terminated, _, info = env.step(f"<answer>{env.task.reference}</answer>"[::-1])
    assert (told, reward, terminated, len(info["messages"])) == ("", 1.0, True, 1)


def test_a_group_a_session_and_asyncio_see_the_same_words():
    texts = ["4", ">rewsna/<1>rewsna<", "\ud800"]

    def story(env):
        return [env.reset(seed=4), *map(env.step, texts)]

    expected = story(make(family="Hunt", level=4))

    async def play():
        env = make(family="Hunt", level=4)
        return [await env.areset(seed=4), *[await env.astep(text) for text in texts]]

    assert asyncio.run(play()) == expected
    group = EnvGroup(make(family="Hunt", level=4), 2)
    assert group.reset(seed=4)[1] == expected[0]
    assert [group.step(1, text) for text in texts] == expected[1:]
    group.close()
    with Session(make(family="Hunt", level=4), seed=4) as session:
        assert [session.step(text) for text in texts] == expected[1:]
        whole = [message for part in expected for message in part[-1]["messages"]]
        assert session.messages() == whole
    twin = pickle.loads(pickle.dumps(make(family="Hunt", level=4)))
    assert story(twin) == expected


def test_marks_follow_the_words_of_tools():
    class Longer(Renderer):
        def show(self, task, role, content):
            return content.replace("e", "eee")

    env = Budget(make(Longer(), family="Bank", level=0), turns=9, tell=True)
    outside = Rendering(Budget(gymnasium.make("reason/Bank-v0", level=0), turns=9, tell=True), Longer())
    call = '<tool_call>{"name": "nothing", "arguments": {}}</tool_call>'
    for one in (env, outside):
        one.reset(seed=1)
        told, _, _, _, info = one.step(call)
        (span,) = info["spans"]
        marked = info["messages"][span["message"]]["content"][span["start"] : span["stop"]]
        assert marked.startswith("<tool_reeesponseee>")
        assert marked.rstrip().endswith("</tool_reeesponseee>")
        assert told == info["messages"][1]["content"]
        assert "turns left" in told.partition(marked)[2].replace("eee", "e")


def test_a_renderer_that_fails_at_the_start_undoes_the_reset():
    class Broken(Renderer):
        def show(self, task, role, content):
            return None if "fine" not in content else content

    env = make(Broken())
    before = env.get_state()
    with pytest.raises(TypeError, match="show must return a text, got None"):
        env.reset(seed=1)
    assert env.get_state() == before
    for wrong in (None, str.upper, Renderer):
        with pytest.raises(ConfigError, match="renderer"):
            Rendering(gymnasium.make("reason/Sum-v0"), wrong)


def test_hints_inside_and_records_outside_are_in_the_same_words(tmp_path):
    env = Recording(
        Rendering(Hints(gymnasium.make("reason/Hunt-v0", level=5), chunks=2), Shouting()), tmp_path / "x"
    )
    told, _ = env.reset(seed=1)
    assert "A RIGHT SOLUTION BEGINS LIKE THIS:" in told
    env.step("x")
    env.close()
    (line,) = (tmp_path / "x").read_text().splitlines()
    assert json.loads(line)["prompt"][-1]["content"] == told


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)


@given(st.dictionaries(words, words, max_size=6), st.text(max_size=40))
def test_a_phrasebook_takes_any_phrases_and_texts(phrases, text):
    book = Phrasebook(phrases)
    shown = book.show(None, "user", text)
    assert any(phrase in text for phrase in phrases) or shown == text
    if text in phrases:
        assert shown == phrases[text]
    assert book.read(None, text) == text


def test_a_phrasebook_takes_whole_words_and_the_longest_phrase():
    book = Phrasebook({"low": "klein", "too low": "zu klein", "a.c": "x", "(": "["}, back=True)
    assert book.show(None, "user", "too low, low, below, lowly, abc a.c ((") == (
        "zu klein, klein, below, lowly, abc x [["
    )
    assert book.read(None, "zu klein [x]") == "too low (a.c]"
    for wrong in ({"": "a"}, {"a": ""}, {"a": 3}, {3: "a"}):
        with pytest.raises(ConfigError, match="phrases"):
            Phrasebook(wrong)
    with pytest.raises(ConfigError, match="differ"):
        Phrasebook({"a": "x", "b": "x"}, back=True)
