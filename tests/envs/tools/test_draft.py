import gymnasium
import pytest

from reason.envs.tools.draft import MAX_SECTIONS, Draft, report
from reason.search.schemas import MAX_SECTION_CHARS

SMALL = {"num_pages": 400, "editions": 1, "kind": "bridge"}


def test_a_report_is_written_checked_and_edited(session):
    call = session(Draft())
    assert call(action="check").text == "The report is empty."
    assert "Section 1, 'The Start'" in call(action="write", text="## The  Start\nMoss grows.").text
    call(action="write", text="End\nIt rains.\nAlways.")
    assert call(action="check").text == "The sections:\n1. The Start (11 characters)\n2. End (17 characters)"
    assert call(action="check", text="the start").text == "The Start\nMoss grows."
    assert not call(action="edit", text="END\nIt snows.").error
    assert report(call.state) == "## The Start\nMoss grows.\n\n## End\nIt snows."
    assert "taken out" in call(action="edit", text="The Start").text
    assert report(call.state) == "## End\nIt snows."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "action"),
        ({"action": "sell"}, "action"),
        ({"action": "write"}, "first line"),
        ({"action": "write", "text": "  \n "}, "first line"),
        ({"action": "write", "text": "#\nx"}, "first line"),
        ({"action": "write", "text": "A"}, "contents"),
        ({"action": "write", "text": "One\nagain"}, "already"),
        ({"action": "write", "text": "x" * 201 + "\ny"}, "first line"),
        ({"action": "write", "text": "A\n" + "x" * MAX_SECTION_CHARS}, "text"),
        ({"action": "edit", "text": "Two\nx"}, "1. One"),
        ({"action": "edit"}, "first line"),
        ({"action": "check", "text": "Two"}, "1. One"),
        ({"action": "check", "text": 3}, "text"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(session, arguments, told):
    call = session(Draft())
    call(action="write", text="One\ntext")
    before = call.state
    result = call(**arguments)
    assert result.error
    assert told in result.text
    assert call.state == before


def test_a_report_has_a_limit(session):
    call = session(Draft())
    for number in range(MAX_SECTIONS):
        assert not call(action="write", text=f"{number}\nx").error
    assert call(action="write", text="more\nx").error
    assert len(call(action="check").text.splitlines()) == MAX_SECTIONS + 1


def test_web_thinkers_episode_searches_clicks_and_drafts_and_forks_with_its_report():
    env = gymnasium.make("reason/Search-v0", protocol="web_thinker", **SMALL).unwrapped
    prompt, info = env.reset(seed=4)
    assert [tool["function"]["name"] for tool in info["tools"]] == ["search", "open_page", "draft"]
    assert "<|begin_write_section|>" in prompt
    step = env.task.trace[0]
    env.step(f"<|begin_search_query|>{step['text']}<|end_search_query|>")
    observation, *_ = env.step(f"<|begin_click_link|>{step['pages'][0]}<|end_click_link|>")
    assert "Links: " in observation
    observation, *_ = env.step(f"<|begin_write_section|>Found\n{step['value']}<|end_write_section|>")
    assert observation.startswith("<|begin_article_outline|>\nSection 1, 'Found', was written.")
    (fork,) = env.fork(1)
    fork.step("<|begin_edit_article|>Found<|end_edit_article|>")
    saved = env.get_state()
    other = gymnasium.make("reason/Search-v0", protocol="web_thinker", **SMALL).unwrapped
    other.set_state(saved)
    for twin in (env, other):
        assert "1. Found" in twin.step("<|begin_check_article|>")[0]
    assert "The report is empty." in fork.step("<|begin_check_article|><|end_check_article|>")[0]
    assert report(saved["episode"]["state"]["tools"]["draft"]) == f"## Found\n{step['value']}"
    *_, info = env.step(f"<answer>{env.task.reference}</answer>")
    assert info["verdict"]["passed"]
