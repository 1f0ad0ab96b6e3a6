"""Questions of one's own on a corpus of one's own, played through ``gym.make`` to the end."""

import json
import threading

import gymnasium
import pytest
import uvicorn

import reason
from reason.envs.tools.open_page import OpenPage
from reason.envs.tools.search import Search
from reason.errors import ConfigError, InputFormatError
from reason.importers.questions import make_task, read
from reason.rewards.search_r2 import search_r2_of
from reason.search.bm25 import BM25Retriever
from reason.search.dense import DenseRetriever
from reason.search.library import open_library
from reason.search.server import build_app
from reason.task import Task

PAGES = [
    {"id": "moss", "title": "Moss", "text": "Moss was named by Ada Fern.", "links": ["fern"]},
    {"id": "fern", "title": "Ada Fern", "text": "Ada Fern was born in 1812."},
    {"id": "oak", "title": "Oak", "text": "Oaks grow in Dorvale."},
]
QUESTION = {"question": "When was the namer of moss born?", "answers": ["1812"], "pages": ["moss", "fern"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    import socket

    path = tmp_path_factory.mktemp("corpus") / "pages.jsonl"
    path.write_text("\n".join(map(json.dumps, PAGES)))
    listener = socket.create_server(("127.0.0.1", 0))
    app = uvicorn.Server(uvicorn.Config(build_app(open_library(path)), log_level="error", ws="none"))
    thread = threading.Thread(target=app.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    app.should_exit = True
    thread.join(30)
    listener.close()


@pytest.fixture(params=["jsonl", "contents", "folder", "server"])
def source(request, tmp_path):
    if request.param == "server":
        return request.getfixturevalue("server")
    if request.param == "folder":
        for page in PAGES:
            links = "".join(f"[{link}]({link}.md)" for link in page.get("links", ()))
            (tmp_path / f"{page['id']}.md").write_text(f"# {page['title']}\n{page['text']} {links}")
        return str(tmp_path)
    path = tmp_path / "pages.jsonl"
    lines = PAGES
    if request.param == "contents":
        lines = [{"id": page["id"], "contents": f'"{page["title"]}"\n{page["text"]}'} for page in PAGES]
    path.write_text("\n".join(map(json.dumps, lines)))
    return str(path)


def test_a_question_of_ones_own_is_searched_in_pages_of_ones_own(source, tmp_path):
    (tmp_path / "questions.jsonl").write_text(json.dumps(QUESTION))
    (task,) = read(tmp_path / "questions.jsonl")
    env = gymnasium.make("reason/Search-v0", tools=[Search(source=source, top_k=1)], reward=search_r2_of)
    observation, info = env.reset(options={"task": task})
    assert QUESTION["question"] in observation
    assert "encyclopedia" not in observation
    assert [tool["function"]["name"] for tool in info["tools"]] == ["search"]
    observation, *_ = env.step("<think>a</think><search>Who named moss?</search>")
    assert "Moss was named by Ada Fern." in observation
    observation, *_ = env.step("<search>Where do oaks grow?</search>")
    assert 'Doc 1(Title: "Oak")' in observation
    observation, *_ = env.step("<search>Ada Fern born</search>")
    assert "1812" in observation
    *_, reward, terminated, _, info = env.step("<answer>1812.</answer>")
    assert terminated
    assert info["verdict"]["passed"]
    assert reward == pytest.approx(1 + 2 / 3)


def test_links_of_pages_of_ones_own_are_followed(tmp_path):
    path = tmp_path / "pages.jsonl"
    path.write_text("\n".join(map(json.dumps, PAGES)))
    task = make_task("When was the namer of moss born?", ["1812"], protocol="web_thinker")
    env = gymnasium.make("reason/Search-v0", tools=[Search(source=str(path)), OpenPage(source=str(path))])
    env.reset(options={"task": task})
    observation, *_ = env.step("<|begin_click_link|>moss<|end_click_link|>")
    assert "Links: Ada Fern" in observation


def embed(texts):
    return [[text.casefold().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]


def embedded(corpus):
    return DenseRetriever(corpus, embed)


@pytest.mark.parametrize("retriever", ["bm25", "tantivy", embedded, BM25Retriever])
def test_the_retriever_is_a_choice(tmp_path, retriever):
    if retriever == "tantivy":
        pytest.importorskip("tantivy")
    path = tmp_path / "pages.jsonl"
    path.write_text("\n".join(map(json.dumps, PAGES)))
    tool = Search(source=str(path), retriever=retriever, top_k=1)
    env = gymnasium.make("reason/Search-v0", tools=[tool])
    env.reset(options={"task": make_task("Where do oaks grow?", ["Dorvale"])})
    observation, *_ = env.step("<search>Oaks grow in Dorvale</search>")
    assert 'Doc 1(Title: "Oak")' in observation


@pytest.mark.parametrize("wrong", [{"retriever": "magic"}, {"top_k": 0}, {"top_k": 21}, {"retriever": 3}])
def test_a_tool_that_cannot_be_is_refused(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Search(**wrong)


def test_a_server_searches_by_words_only(server):
    tool = Search(source=server)
    task = make_task("Where do oaks grow?", ["Dorvale"], protocol="hermes")
    result = tool.call(task, tool.initial_state(task), {"query": "oak", "mode": "graph"})
    assert result.error
    assert "passage" in result.text


def test_every_known_form_of_a_line_is_read(tmp_path):
    lines = [
        {"question": "a?", "answer": "x"},
        {"question": "b?", "golden_answers": ["x", "y"], "pages": None},
        {"question": " c? ", "answers": 1812, "id": "more is let be"},
    ]
    path = tmp_path / "q.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\n\n".join(map(json.dumps, lines)).encode())
    tasks = list(read(path, protocol="hermes"))
    assert [task.ground_truth["answers"] for task in tasks] == [("x",), ("x", "y"), ("1812",)]
    assert [task.index for task in tasks] == [0, 1, 2]
    assert [len(task.tools) for task in tasks] == [2, 2, 2]
    for task in tasks:
        assert Task.from_json(task.to_json()) == task
        assert reason.score(task, f"<answer>{task.reference.upper()}</answer>").passed
        assert not reason.score(task, "<answer>another</answer>").passed
    assert tasks == list(read(tmp_path, protocol="hermes"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "Expecting"),
        ("[1]", "object"),
        ("{}", "one of answers"),
        ('{"question": "a?"}', "one of answers"),
        ('{"question": "a?", "answer": "x", "answers": ["y"]}', "one of answers"),
        ('{"answer": "x"}', "question must"),
        ('{"question": "  ", "answer": "x"}', "question must"),
        ('{"question": 3, "answer": "x"}', "question must"),
        ('{"question": "a?", "answers": []}', "at least one"),
        ('{"question": "a?", "answer": ""}', "a word"),
        ('{"question": "a?", "answers": ["x", "?!"]}', "a word"),
        ('{"question": "a?", "answer": {"x": 1}}', "answers must be"),
        ('{"question": "a?", "answer": true}', "answers must be"),
        ('{"question": "a?", "answer": "x", "pages": "moss"}', "pages must be"),
        ('{"question": "\\ud800", "answer": "x"}', "surrogate|UTF-8"),
        ("[" * 100_000, "recursion|nested"),
        ("\udcff", "utf-8"),
    ],
)
def test_a_line_that_cannot_be_is_reported_by_number_and_reason(tmp_path, line, told):
    path = tmp_path / "q.jsonl"
    good = '{"question": "a?", "answer": "x"}'
    path.write_bytes(f"{good}\n\n{line}\n{good}".encode("utf-8", "surrogateescape"))
    with pytest.raises(InputFormatError, match=rf"q\.jsonl:3: (?s:.)*(?:{told})"):
        read(path)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(InputFormatError, match="no such file"):
        read(tmp_path / "missing")
    with pytest.raises(InputFormatError, match="no file"):
        read(tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputFormatError, match="no question"):
        read(tmp_path)
    with pytest.raises(ConfigError, match="protocol"):
        make_task("a?", ["x"], protocol="smoke")
