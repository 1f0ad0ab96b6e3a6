import json
from pathlib import Path
from random import Random

import pytest

from reason.problems.drawing import draw_input, is_numbers_only, scale_of
from reason.problems.grammar import GrammarError
from reason.problems.matching import match_input
from reason.problems.reading import read_grammar
from reason.problems.statement import find_bounds, plain_statement

CASES = [json.loads(line) for line in (Path(__file__).parent / "statements.jsonl").read_text().splitlines()]
READ = [pytest.param(case, id=case["name"]) for case in CASES if "inputs" in case]
REFUSED = [pytest.param(case, id=case["name"]) for case in CASES if "refused" in case]


@pytest.mark.parametrize("case", READ)
def test_a_grammar_takes_what_its_statement_allows_and_nothing_else(case):
    grammar = read_grammar(case["statement"], case["inputs"])
    assert [match_input(grammar, text) for text in case["inputs"]] == [None] * len(case["inputs"])
    assert all(match_input(grammar, text) for text in case["others"])


@pytest.mark.parametrize("case", READ)
def test_all_drawn_inputs_are_of_the_grammar_and_grow_with_the_level(case):
    grammar = read_grammar(case["statement"])
    lengths = []
    for level in range(5):
        scale = scale_of(level, numbers_only=is_numbers_only(grammar))
        drawn = [draw_input(grammar, scale, Random(seed)) for seed in range(20)]
        assert [match_input(grammar, text) for text in drawn] == [None] * 20
        lengths.append(sum(map(len, drawn)))
    assert lengths[0] < lengths[2]


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_understood_is_refused_with_the_reason(case):
    with pytest.raises(GrammarError, match=case["refused"]):
        read_grammar(case["statement"], case.get("examples", ()))


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        (r"$1 \leq a_{i} \le 10^{5}$", {"a": (1, 10**5)}),
        ("1 ≤ n ≤ 2·10^5, 0 ≤ k < n", {"n": (1, 2 * 10**5), "k": (0, 6)}),
        ("-10^9 <= x, y <= 10^9", {"x": (-(10**9), 10**9), "y": (-(10**9), 10**9)}),
        ("1 ≤ N ≤ 1,000", {"N": (1, 1000)}),
        ("1 <= |S| <= 100", {"|S|": (1, 100)}),
        ("1 <= l_i <= r_i <= n, -1000 <=\nv_i <= 1000", {"l": (1, 7), "v": (-1000, 1000)}),
        ("* N-1 <= M <= min(N(N-1)/2,100)", {"M": (8, 36)}),
        ("a_i is between -5 and 10^9", {"a": (-5, 10**9)}),
        ("the length of s does not exceed 50", {"|s|": (1, 50)}),
        ("1 &lt;= x &lt; 2**31 - 1", {"x": (1, 2**31 - 2)}),
    ],
)
def test_bounds_are_read_in_every_spelling(text, bounds):
    known = {"n": 7, "N": 9, "l": 1}
    found = {name: each.values(known) for name, each in find_bounds(plain_statement(text)).items()}
    assert {name: found.get(name) for name in bounds} == bounds


@pytest.mark.parametrize(
    "text",
    [
        "Input\n" + "1 <= " * 5000,
        "Input\nThe first line contains " + "a, " * 8000,
        "Input\n" + "(" * 20000,
        "Input\nThe only line contains an integer n (1 <= n <= " + "9^" * 3000 + "9).",
        "Input\n" + "the next line contains " * 1200,
        "Input\nEach of the next n lines contains " + "a_1, a_2, ... " * 2000,
        "Input\n" + "the next line contains a, " * 20,
        "Input\nThe only line contains " + "a, " * 180,
        "Input\nThe only line contains an integer " + "a_1 " * 140 + "and",
        "Input\n" + ("1 <= a, " * 40 + "\n") * 100,
        "Input\n" + "it is guaranteed " * 200,
        "x" * 50_000,
    ],
    ids=lambda text: text[:30],
)
def test_hostile_statements_are_refused_soon(text):
    from time import process_time

    started = process_time()
    with pytest.raises(GrammarError):
        read_grammar(text)
    assert process_time() - started < 5.0
