import json
import re
import signal
import subprocess

import pytest
import requests

WAIT_S = 60


@pytest.mark.parametrize(
    ("source", "retriever"), [("world", "bm25"), ("corpus", "bm25"), ("corpus", "tantivy")]
)
def test_a_server_starts_answers_and_stops(start, tmp_path, source, retriever):
    pytest.importorskip(retriever.replace("bm25", "bm25s"))
    (tmp_path / "pages.jsonl").write_text(json.dumps({"id": "1", "title": "Moss", "text": "grows"}))
    words = ["--corpus", "pages.jsonl"] if source == "corpus" else ["--world", "3", "--pages", "200"]
    process = start(
        "serve", "search", *words, "--retriever", retriever, "--port", "0", stderr=subprocess.PIPE, text=True
    )
    url = re.search(r"http://\S+/retrieve", process.stderr.readline())[0]
    response = requests.post(url, json={"queries": ["moss", "town"], "topk": 1}, timeout=WAIT_S)
    rows = response.json()["result"]
    assert [len(row) for row in rows] == ([1, 0] if source == "corpus" else [0, 1])
    process.send_signal(signal.SIGINT)
    process.wait(WAIT_S)
    process.stderr.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("serve search --corpus x.jsonl --world 1", "not both"),
        ("serve search --corpus missing.jsonl --port 0", "missing.jsonl"),
        ("serve search --pages 3 --port 0", "num_pages"),
        ("serve search --port 99999", "port"),
        ("serve search --retriever magic --port 0", "bm25, tantivy"),
    ],
)
def test_what_cannot_be_served_is_one_line(invoke, line, told):
    result = invoke(line)
    assert result.code == 2
    assert told in result.err
    assert "Traceback" not in result.err
