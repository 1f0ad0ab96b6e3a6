"""How fast the retrievers and the retrieval server answer, and how much memory they take, by number of pages.

    python benchmarks/retrieval.py --pages 5000 100000 1000000 --output retrieval.json

Every size and retriever runs in a process of its own, so that its memory is its own. The queries are
questions on the world's pages, drawn with a fixed seed; each retriever answers them one after the other in
one thread.
The server runs in another process, and is asked by many clients at once, each over one connection; their work
is done on the same machine and counts against it.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from reason.search.bm25 import BM25Retriever
from reason.search.corpus import Corpus
from reason.search.encyclopedia import pages
from reason.search.graph import GraphRetriever
from reason.search.questions import draw_question
from reason.search.retriever import Retriever
from reason.search.tantivy import TantivyRetriever
from reason.search.world import World, WorldSettings

RETRIEVERS: dict[str, Callable[[Corpus], Retriever]] = {
    "bm25": BM25Retriever,
    "graph": lambda corpus: GraphRetriever(BM25Retriever(corpus)),
    "tantivy": TantivyRetriever,
}
DIALECTS = ("Search-R1", "SkyRL", "GEM")
MIB = 2**20


def memory_mib() -> float:
    """Return the memory that this process holds now, in MiB."""
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * resource.getpagesize() / MIB


def peak_mib() -> float:
    """Return the most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def draw_queries(world: World, count: int) -> list[str]:
    """Draw questions of one hop, with a fixed seed."""
    rng = Random(0)
    questions = (draw_question(rng, world, kind="bridge", num_hops=1) for _ in range(count))
    return [step.query for question in questions for step in question.steps]


def time_queries(retriever: Retriever, queries: list[str], rounds: int) -> dict[str, float]:
    """Return queries a second (the median over rounds) and the slowest single query, in milliseconds."""
    retriever.search(queries[0])
    rates, slowest = [], 0.0
    for _ in range(rounds):
        started = time.perf_counter()
        for query in queries:
            before = time.perf_counter()
            retriever.search(query, top_k=3)
            slowest = max(slowest, time.perf_counter() - before)
        rates.append(len(queries) / (time.perf_counter() - started))
    return {"queries/s": statistics.median(rates), "slowest ms": slowest * 1000}


def measure(num_pages: int, name: str, num_queries: int, rounds: int) -> dict[str, Any]:
    """Build a world of a size, index it, and time a retriever."""
    start_mib, started = memory_mib(), time.perf_counter()
    world = World(WorldSettings(num_pages=num_pages))
    world_s = time.perf_counter() - started
    corpus = Corpus(pages(world))
    corpus_s, corpus_mib = time.perf_counter() - started, memory_mib()
    retriever = RETRIEVERS[name](corpus)
    index_s, index_mib = time.perf_counter() - started - corpus_s, memory_mib()
    queries = draw_queries(world, num_queries)
    return {
        "pages": len(corpus),
        "retriever": name,
        "world s": world_s,
        "pages s": corpus_s - world_s,
        "index s": index_s,
        "pages MiB": corpus_mib - start_mib,
        "index MiB": index_mib - corpus_mib,
        **time_queries(retriever, queries, rounds),
        "peak MiB": peak_mib(),
    }


def write_request(dialect: str, query: str) -> bytes:
    """Write a request with one query as a client of that name does."""
    if dialect == "Search-R1":
        return json.dumps({"queries": [query], "topk": 3, "return_scores": True}).encode()
    if dialect == "SkyRL":
        return json.dumps({"query": query, "topk": 3, "return_scores": True}).encode()
    import msgpack

    packed: bytes = msgpack.packb({"query": query, "topk": 3, "return_scores": True})
    return packed


def ask(address: tuple[str, int], bodies: list[bytes]) -> list[float]:
    """Send requests one after the other over one connection; return the seconds that each took."""
    connection, taken = http.client.HTTPConnection(*address, timeout=60), []
    for body in bodies:
        started = time.perf_counter()
        connection.request("POST", "/retrieve", body)
        response = connection.getresponse()
        content = response.read()
        taken.append(time.perf_counter() - started)
        if response.status != 200 or not content:
            raise RuntimeError(f"status {response.status}: {content[:200]!r}")
    connection.close()
    return taken


def measure_server(num_pages: int, retriever: str, clients: int, requests: int) -> list[dict[str, Any]]:
    """Start a server and time it under many clients at once, for each dialect."""
    world = World(WorldSettings(num_pages=num_pages))
    queries = draw_queries(world, requests)
    words = ["serve", "search", "--pages", str(num_pages), "--retriever", retriever, "--port", "0"]
    rows = []
    with subprocess.Popen(
        [sys.executable, "-m", "reason", *words], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            found = re.search(r"http://([\d.]+):(\d+)/", process.stderr.readline() if process.stderr else "")
            if found is None:
                raise RuntimeError("the server did not start")
            address = found[1], int(found[2])
            for dialect in DIALECTS:
                bodies = [write_request(dialect, query) for query in queries]
                shares = [bodies[client::clients] for client in range(clients)]
                ask(address, bodies[:20])
                started = time.perf_counter()
                with ThreadPoolExecutor(clients) as pool:
                    taken = sorted(
                        s for each in pool.map(lambda share: ask(address, share), shares) for s in each
                    )
                rows.append(
                    {
                        "pages": num_pages,
                        "retriever": retriever,
                        "client": dialect,
                        "clients": clients,
                        "requests/s": len(bodies) / (time.perf_counter() - started),
                        "median ms": statistics.median(taken) * 1000,
                        "95% ms": taken[int(0.95 * len(taken))] * 1000,
                    }
                )
        finally:
            process.terminate()
    return rows


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows as a table."""
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            *(f"{value:,.1f}" if isinstance(value, float) else str(value) for value in row.values())
        )
    Console(width=140).print(table)


def main() -> None:
    """Measure each size and retriever in a process of its own, then the server; write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, nargs="*", default=[5_000, 100_000])
    parser.add_argument("--retrievers", nargs="+", choices=list(RETRIEVERS), default=list(RETRIEVERS))
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--server-pages", type=int, default=5_000, help="0 leaves the server out")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--requests", type=int, default=2_000, help="to the server, in each dialect")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for num_pages in options.pages:
        for name in options.retrievers:
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                done = pool.submit(measure, num_pages, name, options.queries, options.rounds)
                rows.append(done.result())
    served = []
    for name in ("bm25", "tantivy") if options.server_pages else ():
        if name in options.retrievers:
            served += measure_server(options.server_pages, name, options.clients, options.requests)
    for title, each in (("Retrievers", rows), ("Server", served)):
        if each:
            show(title, each)
    if options.output:
        machine = {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "system": platform.platform(),
        }
        written = {"machine": machine, "rows": rows, "server": served}
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
