import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.verifiers.assignment import claims_unsatisfiable, parse_assignment, write_bits, write_literals

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "assignment_cases.jsonl").read_text(encoding="utf-8").splitlines()
]

SPELLINGS = {
    "bits": write_bits,
    "spaced bits": lambda values: " ".join(write_bits(values)),
    "literals": write_literals,
    "literals and zero": lambda values: write_literals(values) + " 0",
    "solver lines": lambda values: (
        "s SATISFIABLE\n" + "".join(f"v {word}\n" for word in [*write_literals(values).split(), "0"])
    ),
    "equations": lambda values: ", ".join(f"x{v}={value}" for v, value in enumerate(values, 1)),
    "negations": lambda values: ", ".join(f"{'' if value else '¬'}x{v}" for v, value in enumerate(values, 1)),
    "JSON array": lambda values: json.dumps(values),
    "JSON object": lambda values: json.dumps({f"x{v}": value for v, value in enumerate(values, 1)}),
    "JSON numbers": lambda values: json.dumps({str(v): int(value) for v, value in enumerate(values, 1)}),
    "LaTeX": lambda values: (
        "$" + ", ".join(f"x_{{{v}}} = \\text{{{value}}}" for v, value in enumerate(values, 1)) + "$"
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_spelling_is_read_as_its_one_meaning(case):
    reading = parse_assignment(case["text"], case["num_vars"])
    assert (None if reading.values is None else write_bits(reading.values)) == case["values"]
    assert case.get("says", "") in reading.detail
    assert bool(reading.detail) == (case["values"] is None)


def test_the_cases_have_names_of_their_own():
    assert len({case["name"] for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@given(values=st.lists(st.booleans(), min_size=1, max_size=40))
def test_every_assignment_can_be_written_in_every_spelling(spell, values):
    assert parse_assignment(spell(values), len(values)).values == tuple(values)


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@given(values=st.lists(st.booleans(), min_size=3, max_size=12), more=st.integers(1, 3))
def test_an_assignment_of_other_variables_is_refused(spell, values, more):
    text = spell(values)
    assert parse_assignment(text, len(values) + more).values is None
    assert parse_assignment(text, max(2, len(values) - more)).values is None


@given(st.text(), st.integers(0, 5))
def test_no_text_raises(text, num_vars):
    reading = parse_assignment(text, num_vars)
    assert reading.values is None or len(reading.values) == num_vars


@given(st.text(alphabet="01-xT=,; \nv¬", max_size=24), st.integers(1, 4))
def test_no_text_is_two_assignments(text, num_vars):
    """What is accepted, followed by the opposite value of one variable, is accepted no more."""
    values = parse_assignment(text, num_vars).values
    if values is not None:
        for other in (
            f"{text}, x1={not values[0]}",
            f"{text} {'-' if values[0] else ''}1",
            f"{text} {text}1",
        ):
            assert parse_assignment(other, num_vars).values in (None, values)


PIECES = [
    "x",
    "x_{",
    "x1=",
    "1",
    "-",
    "((((",
    "\\neg ",
    "{",
    "not",
    "x_{1",
    "\\",
    "0",
    "T ",
    "é",
    "x[1",
    "v\t1\n",
]


@pytest.mark.parametrize("piece", [*PIECES, "1 ", "v 1\n", "not ", "s SATISFIABLE\n"])
def test_hostile_text_takes_linear_time(piece):
    seconds = []
    for size in (60_000, 120_000):
        runs = []
        for _ in range(3):
            start = time.process_time()
            parse_assignment((piece * size)[:size], 2_000)
            runs.append(time.process_time() - start)
        seconds.append(min(runs))
    assert seconds[1] < 1
    assert seconds[1] < 5 * seconds[0] + 0.1, "twice the text, about twice the time"


def test_a_text_far_too_long_is_not_even_read():
    start = time.process_time()
    assert "not that long" in parse_assignment("1 " * 2_000_000, 100).detail
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "UNSAT", "unsat", "Unsatisfiable.", "s UNSATISFIABLE", "**UNSAT**", "`UNSAT`", "$\\text{UNSAT}$",
        "The formula is unsatisfiable.", "it is not satisfiable", "no solution",
        "No satisfying assignment exists.", "There is no satisfying assignment.", " UNSAT\n",
    ],
)  # fmt: skip
def test_a_claim_of_unsatisfiability_has_many_spellings(text):
    assert claims_unsatisfiable(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "SAT", "satisfiable", "not unsatisfiable", "not UNSAT", "UNSAT or 101", "UNSAT? no", "SAT/UNSAT",
        "un sat", "maybe unsatisfiable", "s SATISFIABLE", "the formula is satisfiable", "UNSAT UNSAT",
        "unsat 1 0",
        "it is the formula is unsat", "UNSAT" * 1000, "101", "no",
    ],
)  # fmt: skip
def test_nothing_else_claims_unsatisfiability(text):
    assert not claims_unsatisfiable(text)
