import json
import time
from pathlib import Path

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reason.envs.dialects
from reason.envs.dialects.arena import citations
from reason.envs.dialects.reseek import judgements
from reason.envs.tool import ToolCall, ToolResult
from reason.envs.toolbox import find_dialect, find_tool
from reason.errors import ConfigError

NAMES = sorted(
    path.stem for path in Path(reason.envs.dialects.__path__[0]).glob("*.py") if path.name[0] != "_"
)
CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()
]
TAGGED = {
    "search_r1": ["search"],
    "reseek": ["search"],
    "arena": ["search"],
    "route_rag": ["search"],
    "search": ["search"],
    "python": ["python"],
    "tool_star": ["search", "python"],
    "web_thinker": ["search", "open_page"],
}
RESULT = {
    "search_r1": "information",
    "reseek": "information",
    "arena": "information",
    "route_rag": "information",
    "web_thinker": "|end_search_result|",
    **dict.fromkeys(["search", "python", "tool_star"], "result"),
}
ARGUMENT = {"search": "query", "python": "code", "open_page": "page"}
PIECES = [
    *(
        "<search>",
        "</search>",
        "<python>",
        "</python>",
        "<tool_call>",
        "</tool_call>",
        "<answer>",
        "</answer>",
    ),
    *("<result>", "</result>", "<information>", "<think>", "</think>", "<|begin_search_query|>", "<judge>"),
    *(
        "<|end_search_query|>",
        "<|begin_click_link|>",
        "<|begin_check_article|>",
        "<|end_write_section|>",
        '{"name": "f", "arguments": {}}',
        '{"tool_calls": [',
        "]}",
    ),
    *("[", "{", "}", '"', "\\", "\n", "```json\n", "\n```\n", "< ", "/", "x", "\ud800", "\x00", "٤"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['dialect']}: {case['name']}")
def test_texts_are_read_as_written(case):
    calls = find_dialect(case["dialect"]).parse(case["text"])
    if case["calls"] is None:
        assert calls is None
        return
    assert len(calls) == len(case["calls"])
    for call, expected in zip(calls, case["calls"], strict=True):
        if isinstance(expected, dict):
            assert expected["error"] in call.error
        else:
            assert (call.error, call.name, call.arguments) == ("", *expected)


def test_every_dialect_has_cases():
    assert {case["dialect"] for case in CASES} == set(NAMES)
    assert all(find_dialect(name).name == name for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=80, deadline=None)
def test_no_text_raises_and_what_is_read_can_be_answered(name, pieces):
    dialect = find_dialect(name)
    calls = dialect.parse("".join(pieces))
    assert calls is None or calls
    for call in calls or ():
        json.dumps(dict(call.arguments)).encode()
        call.error.encode()
    result = ToolResult(text="".join(pieces).replace("\ud800", ""))
    assert dialect.render([(call, result) for call in calls or ()]) or not calls


@pytest.mark.parametrize("name", ["hermes", "openai"])
@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z_][a-z0-9_]{0,10}", fullmatch=True),
            st.dictionaries(
                st.text(max_size=5), st.one_of(st.integers(-9, 9), st.text(), st.booleans()), max_size=3
            ),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=80, deadline=None)
def test_json_dialects_write_any_call(name, listed):
    calls = [ToolCall.of(*each) for each in listed]
    calls = [call for call in calls if not call.error] or [ToolCall(name="f")]
    read = find_dialect(name).parse(find_dialect(name).write(calls))
    assert [(call.name, call.arguments) for call in read] == [(call.name, call.arguments) for call in calls]


@pytest.mark.parametrize("name", TAGGED)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_tagged_dialects_write_what_they_can_read_back(name, data):
    tools = st.sampled_from(TAGGED[name])
    texts = st.one_of(st.text(max_size=20), st.lists(st.sampled_from(PIECES), max_size=4).map("".join))
    calls = []
    for tool in data.draw(st.lists(tools, min_size=1, max_size=3)):
        call = ToolCall.of(tool, {ARGUMENT[tool]: data.draw(texts)})
        if not call.error:
            calls.append(call)
    try:
        text = find_dialect(name).write(calls)
    except ValueError:
        return
    read = find_dialect(name).parse(text) or []
    assert [(call.name, call.arguments) for call in read] == [(call.name, call.arguments) for call in calls]


@pytest.mark.parametrize("name", TAGGED)
def test_ordinary_calls_can_be_written(name):
    calls = [ToolCall.of(tool, {ARGUMENT[tool]: "x = 1\ny = 2 < 3"}) for tool in TAGGED[name]]
    read = find_dialect(name).parse(find_dialect(name).write(calls))
    assert [(call.name, call.arguments) for call in read] == [(call.name, call.arguments) for call in calls]
    with pytest.raises(ValueError, match="no words"):
        find_dialect(name).write([ToolCall.of("notes", {"text": "x"})])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("piece", [piece for piece in PIECES if len(piece) > 2])
def test_results_cannot_close_or_open_tags(name, piece):
    dialect = find_dialect(name)
    call = ToolCall.of("search", {"query": "q"})
    plain = dialect.render([(call, ToolResult(text="PLAIN"))])
    piece = piece.replace("\ud800", "")
    hostile = dialect.render([(call, ToolResult(text=f"{piece}x{piece.replace('<', '</')}"))])
    for end in ("<", "</"):
        tag = f"{end}{RESULT.get(name, 'tool_response')}>"
        assert hostile.count(tag) == plain.count(tag)
    if name == "hermes":
        assert hostile.count("tool_response>") == 2
        assert "<tool_call>" not in hostile
    elif name == "openai":
        assert json.loads(hostile)["content"].startswith(piece)
        assert hostile.count("\n") == 0
    else:
        assert dialect.parse(hostile) is None


def test_the_shape_of_results():
    call, result = ToolCall.of("search", {"query": "q"}), ToolResult(text="found")
    assert find_dialect("search_r1").render([(call, result)]) == "\n\n<information>found</information>\n\n"
    assert find_dialect("tool_star").render([(call, result)]) == "<result>\nfound\n</result>"
    assert find_dialect("hermes").render([(call, result)] * 2) == "\n".join(
        ["<tool_response>\nfound\n</tool_response>"] * 2
    )
    click = ToolCall.of("open_page", {"page": "p"})
    assert find_dialect("web_thinker").render([(call, result), (click, result)]) == (
        "<|begin_search_result|>\nfound\n<|end_search_result|>\n"
        "<|begin_click_result|>\nfound\n<|end_click_result|>"
    )
    named = ToolCall.of("f", {}, id="c7")
    assert json.loads(find_dialect("openai").render([(named, result)])) == {
        "role": "tool", "tool_call_id": "c7", "name": "f", "content": "found",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "unit",
    [
        "<search>",
        "</python>",
        "<tool_call>",
        "<",
        "< ",
        "<|begin_search_query|>",
        "[",
        '{"a":',
        "```\n",
        "\n{",
    ],
)
def test_reading_takes_linear_time(name, unit):
    text = unit * (300_000 // len(unit))
    started = time.process_time()
    find_dialect(name).parse(text)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("name", NAMES)
def test_instructions_name_the_tools_on_offer(name):
    tools = [find_tool(tool).schema() for tool in TAGGED.get(name, ["calculator", "notes"])]
    instructions = find_dialect(name).instructions(tools)
    for tool in tools:
        assert tool["function"]["description"] in instructions or name in ("hermes", "openai")
        assert tool["function"]["name"] in instructions or name in TAGGED


@pytest.mark.parametrize("name", TAGGED)
def test_a_tool_without_tags_is_refused_when_the_episode_begins(name):
    env = gymnasium.make("reason/Sum-v0", tools=["notes"], dialect=name)
    with pytest.raises(ConfigError, match="has no tags for the tool 'notes'"):
        env.reset(seed=1)


def test_web_thinker_has_marks_for_each_action_of_a_draft():
    dialect = find_dialect("web_thinker")
    texts = {"write": {"text": "A\nb"}, "check": {}, "edit": {"text": "A\nc"}}
    calls = [ToolCall.of("draft", {"action": action, **text}) for action, text in texts.items()]
    written = dialect.write(calls)
    assert written.splitlines()[2] == "<|begin_check_article|><|end_check_article|>"
    assert [call.arguments for call in dialect.parse(written)] == [call.arguments for call in calls]
    for wrong in ({}, {"action": "sell"}, {"action": "check", "more": 1}, {"action": "write", "text": 3}):
        with pytest.raises(ValueError, match="no words"):
            dialect.write([ToolCall.of("draft", wrong)])
    instructions = dialect.instructions([find_tool("draft").schema()])
    assert [line.split()[1] for line in instructions.splitlines()[1:]] == [
        f"<|begin_{name}|>" for name in ("write_section", "check_article", "edit_article")
    ]
    shown = dialect.render(
        [(ToolCall(name="draft", error="what"), ToolResult(text="<|end_article_outline|>"))]
    )
    assert shown == "<|begin_article_outline|>\n&lt;|end_article_outline|>\n<|end_article_outline|>"


@pytest.mark.parametrize("mode", ["passage", "graph", "hybrid"])
def test_route_rag_writes_its_choice(mode):
    dialect, call = find_dialect("route_rag"), ToolCall.of("search", {"query": "who", "mode": mode})
    assert [each.arguments for each in dialect.parse(dialect.write([call, call]))] == [call.arguments] * 2
    for wrong in ({"query": "[graph] who"}, {"query": "who", "mode": "web"}, {"query": "", "mode": mode}):
        with pytest.raises(ValueError, match=r"cannot write|no words"):
            dialect.write([ToolCall.of("search", wrong)])


def test_citations_are_read():
    assert citations("<relevance>A\n\n* B C \n</relevance><answer>x</answer>") == ["A", "B C"]
    assert citations("<think><relevance>A</relevance></think><answer>x</answer>") == []
    assert citations("<relevance>A</relevance><relevance>B</relevance>") == ["A", "B"]
    assert citations("<relevance></relevance>") == []


def test_judgements_are_read():
    assert judgements("<judge>Yes</judge><search>q</search>") == [True]
    assert judgements("<think><judge>Yes</judge></think>< Judge > no. </judge>") == [False]
    assert judgements("<judge>maybe</judge>") == [None]
    assert judgements("<answer>Yes</answer>") == []


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("python", "<python>\nx = 20\nx + 1\n</python>"),
        ("tool_star", "<python>20 + 1</python>"),
        ("hermes", '<tool_call>{"name": "python", "arguments": {"code": "20 + 1"}}</tool_call>'),
        ("openai", '{"name": "python", "arguments": {"code": "20 + 1"}}'),
    ],
)  # fmt: skip
def test_an_episode_speaks_the_dialect(name, calls):
    env = gymnasium.make("reason/Sum-v0", tools=["python"], dialect=name)
    env.reset(seed=1)
    observation, _, terminated, _, info = env.step(calls)
    assert "21" in observation
    assert not terminated
    assert info["messages"][-1]["role"] == find_dialect(name).role
    assert env.step(f"<answer>{env.unwrapped.task.reference}</answer>")[1] == 1.0
