"""The requests are those that the clients send: their field names, types, headers and encodings."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import msgpack
import pytest
import requests
import uvicorn

from reason.errors import ConfigError
from reason.search.library import Library, format_hits
from reason.search.remote import RemoteRetriever, RetrievalError
from reason.search.server import MAX_QUERIES, build_app, read_request

WAIT_S = 30


@pytest.fixture(scope="module")
def url(library):
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(library), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/retrieve"
    server.should_exit = True
    thread.join(WAIT_S)
    listener.close()


def post_json(url, payload):
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    response = requests.post(url, headers=headers, json=payload, timeout=WAIT_S)
    response.raise_for_status()
    return response.json()


def test_search_r1_gets_a_list_of_scored_documents_a_query(url, library):
    queries = [f"Where was {page.title} born?" for page in library.corpus[:5]]
    result = post_json(url, {"queries": queries, "topk": 3, "return_scores": True})["result"]
    assert len(result) == len(queries)
    for query, row in zip(queries, result, strict=True):
        hits = library.search(query, top_k=3)
        assert [item["document"]["id"] for item in row] == [hit.page.id for hit in hits]
        assert [item["score"] for item in row] == [hit.score for hit in hits]
        for item, hit in zip(row, hits, strict=True):
            title, _, text = item["document"]["contents"].partition("\n")
            assert (title, text) == (f'"{hit.page.title}"', hit.page.text)


def test_what_search_r1_writes_of_it_is_what_our_tool_writes(url, library):
    query = library.corpus[3].title
    (row,) = post_json(url, {"queries": [query], "topk": 3, "return_scores": True})["result"]
    lines = []
    for number, item in enumerate(row, 1):
        content = item["document"]["contents"].split("\n")
        lines.append(f"Doc {number}(Title: {content[0]}) " + "\n".join(content[1:]))
    assert "\n".join(lines) == format_hits(library.search(query, top_k=3))


@pytest.mark.parametrize("payload", [{"topk": None}, {}, {"return_scores": False}, {"topk": 0}])
def test_without_scores_the_documents_stand_alone(url, payload):
    (row,) = post_json(url, {"queries": ["settler of a town"], **payload})["result"]
    assert len(row) == 3
    assert set(row[0]) == {"id", "contents", "title", "text"}


def test_sky_rl_sends_one_query_as_json(url, library):
    payload = {"query": "settler of a town", "topk": 2, "return_scores": True}
    (row,) = post_json(url, payload)["result"]
    assert [item["document"]["id"] for item in row] == [
        hit.page.id for hit in library.search("settler of a town", top_k=2)
    ]


def test_gem_sends_and_reads_msgpack_without_a_content_type(url, library):
    expected = [hit.page.contents for hit in library.search("settler of a town", top_k=3)]
    payload = {"queries": ["settler of a town"], "topk": 3, "return_scores": True}
    response = requests.post(url, data=msgpack.packb(payload), timeout=WAIT_S)
    response.raise_for_status()
    row = msgpack.unpackb(response.content)["result"][0]
    assert [item["document"]["contents"] for item in row] == expected
    # The variant with a single query reads a flat list.
    payload["query"] = payload.pop("queries")[0]
    response = requests.post(url, data=msgpack.packb(payload), timeout=WAIT_S)
    flat = msgpack.unpackb(response.content)["result"]
    assert [item["document"]["contents"] for item in flat] == expected


def test_many_clients_at_once_get_each_their_own_answer(url, library):
    titles = [page.title for page in library.corpus[:48]]

    def ask(title):
        return post_json(url, {"queries": [title, title], "topk": 1, "return_scores": True})["result"]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, titles))
    for title, rows in zip(titles, answers, strict=True):
        (best,) = library.search(title, top_k=1)
        assert [row[0]["document"]["id"] for row in rows] == [best.page.id] * 2


def test_clients_of_all_dialects_at_once_get_each_their_own_answer(url, library):
    """32 clients over one connection each, in every dialect and with batches of every size."""
    pages = library.corpus[:32]

    def ask(client):
        answers = []
        with requests.Session() as session:
            for turn in range(6):
                kind, page = (client + turn) % 3, pages[(client + 5 * turn) % len(pages)]
                batch = [page.title, pages[client].title, page.title][: turn % 3 + 1]
                asked = {"queries": batch, "topk": 1} if kind != 1 else {"query": page.title, "topk": 1}
                body = json.dumps(asked).encode() if kind < 2 else msgpack.packb(asked)
                response = session.post(url, data=body, timeout=WAIT_S)
                read = response.json() if kind < 2 else msgpack.unpackb(response.content)
                found = [row[0]["id"] for row in read["result"]]
                answers.append((found, batch if kind != 1 else [page.title]))
        return answers

    with ThreadPoolExecutor(32) as pool:
        every = [pair for answers in pool.map(ask, range(32)) for pair in answers]
    assert len(every) == 32 * 6
    expected = {page.title: library.search(page.title, top_k=1)[0].page.id for page in pages}
    for found, queries in every:
        assert found == [expected[query] for query in queries]


def test_a_small_request_need_not_wait_for_a_large_one(url):
    done = []

    def ask(count):
        post_json(url, {"queries": ["the settler of the town"] * count, "topk": 1})
        done.append(count)

    large = threading.Thread(target=ask, args=(4_000,))
    large.start()
    ask(1)
    large.join(WAIT_S)
    assert done == [1, 4_000]


def test_no_query_gets_no_result(url):
    assert post_json(url, {"queries": [], "topk": 3}) == {"result": []}
    assert post_json(url, {"queries": [""], "topk": 3}) == {"result": [[]]}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "neither JSON nor msgpack"),
        (b"queries", "neither JSON nor msgpack"),
        (b"\xc1", "neither JSON nor msgpack"),
        (b"\x81", "neither JSON nor msgpack"),
        (b"[" * 100_000, "nested too deeply"),
        (b'"text"', "an object"),
        (b"{}", "queries, a list of strings"),
        (b'{"queries": [1]}', "queries, a list of strings"),
        (b'{"queries": {"a": 1}}', "queries, a list of strings"),
        (b'{"queries": ["a"], "topk": -1}', "topk"),
        (b'{"queries": ["a"], "topk": true}', "topk"),
        (b'{"queries": ["a"], "topk": 1e3}', "topk"),
        (b'{"queries": ["a"], "topk": 1000000}', "topk"),
        (b'{"queries": ["a"], "return_scores": "yes"}', "return_scores"),
        (json.dumps({"queries": ["a"] * (MAX_QUERIES + 1)}).encode(), "at most 4096 queries"),
    ],
)
def test_what_is_no_request_is_refused_with_a_sentence(url, body, told):
    with pytest.raises(ValueError, match=told):
        read_request(body)
    response = requests.post(url, data=body, timeout=WAIT_S)
    assert response.status_code == 400
    assert told in response.json()["error"]


def test_a_request_may_not_be_endless(url):
    response = requests.post(url, data=b" " * 17_000_000, timeout=WAIT_S)
    assert response.status_code == 413


def test_a_surrogate_in_a_query_does_no_harm(url):
    body = b'{"queries": ["\\ud800 settler"], "topk": 1}'
    assert requests.post(url, data=body, timeout=WAIT_S).status_code == 200


def test_health_counts_the_pages(url, library):
    response = requests.get(url.replace("retrieve", "health"), timeout=WAIT_S)
    assert response.json() == {"status": "ok", "pages": len(library.corpus)}


def test_our_client_finds_what_the_library_finds(url, library):
    for query in ("settler of a town", "zzz", library.corpus[9].title):
        for address in (url, url.removesuffix("/retrieve"), url.removesuffix("retrieve")):
            hits = RemoteRetriever(address).search(query, top_k=2)
            expected = library.search(query, top_k=2)
            assert [(hit.page.id, hit.page.title, hit.page.text, hit.score) for hit in hits] == [
                (hit.page.id, hit.page.title, hit.page.text, hit.score) for hit in expected
            ]


def test_a_server_that_is_not_there_is_our_fault():
    with pytest.raises(RetrievalError, match=r"127\.0\.0\.1:9"):
        RemoteRetriever("http://127.0.0.1:9", timeout_s=2).search("a")
    with pytest.raises(ValueError, match="http"):
        RemoteRetriever("ftp://x")


def test_a_server_with_another_answer_is_our_fault(url):
    with pytest.raises(RetrievalError):
        RemoteRetriever(url.replace("retrieve", "health")).search("a")


def test_a_default_that_cannot_be_is_refused(corpus):
    with pytest.raises(ValueError, match="top_k"):
        build_app(Library(corpus), default_top_k=0)


def test_without_starlette_the_error_says_what_to_install(monkeypatch, library):
    import sys

    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    with pytest.raises(ConfigError, match=r"reason-gym\[serve\]"):
        build_app(library)
