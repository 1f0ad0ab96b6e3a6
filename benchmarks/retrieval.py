"""How fast the retrievers answer and how much memory they take, by the number of pages.

    python benchmarks/retrieval.py --pages 5000 100000 --output retrieval.json

Every size runs in a process of its own, so that its memory is its own. The queries are questions on the
world's pages, drawn with a fixed seed; each retriever answers them one after the other in one thread.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import time
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
from reason.search.world import World, WorldSettings


def memory_mib() -> float:
    """Return the memory that this process holds now, in MiB."""
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * resource.getpagesize() / 2**20


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
    return {"queries a second": statistics.median(rates), "slowest ms": slowest * 1000}


def measure(num_pages: int, num_queries: int, rounds: int) -> list[dict[str, Any]]:
    """Build a world of a size, index it, and time both retrievers."""
    start_mib, started = memory_mib(), time.perf_counter()
    world = World(WorldSettings(num_pages=num_pages))
    world_s = time.perf_counter() - started
    corpus = Corpus(pages(world))
    corpus_s, corpus_mib = time.perf_counter() - started, memory_mib()
    passage = BM25Retriever(corpus)
    index_s, index_mib = time.perf_counter() - started - corpus_s, memory_mib()
    rng = Random(0)
    queries = [
        step.query
        for _ in range(num_queries)
        for step in draw_question(rng, world, kind="bridge", num_hops=1).steps
    ]
    common = {
        "pages": len(corpus),
        "world s": world_s,
        "pages s": corpus_s - world_s,
        "index s": index_s,
        "pages MiB": corpus_mib - start_mib,
        "index MiB": index_mib - corpus_mib,
    }
    rows = []
    for name, retriever in (("bm25", passage), ("graph", GraphRetriever(passage))):
        count = num_queries if name == "bm25" else max(20, num_queries // 10)
        rows.append({**common, "retriever": name, **time_queries(retriever, queries[:count], rounds)})
    return rows


def main() -> None:
    """Measure each size in a process of its own, and show and write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, nargs="+", default=[5_000, 100_000])
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for num_pages in options.pages:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows += pool.apply(measure, (num_pages, options.queries, options.rounds))
    table = Table(title="Retrieval")
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            *(f"{value:,.1f}" if isinstance(value, float) else str(value) for value in row.values())
        )
    Console().print(table)
    if options.output:
        machine = {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "system": platform.platform(),
        }
        options.output.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
