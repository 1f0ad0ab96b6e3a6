import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.errors import InputFormatError
from reason.verifiers import cnf
from reason.verifiers.cnf import (
    Cnf,
    canonical_clauses,
    count_satisfied,
    parse_dimacs,
    read_dimacs,
    saturn_difficulty,
    write_dimacs,
)

TESTS = Path(__file__).parent.parent
BAD = TESTS / "data" / "dimacs_bad"
EXPECTED = [json.loads(line) for line in (BAD / "expected.jsonl").read_text().splitlines()]
EXAMPLES = TESTS.parent / "examples" / "dimacs"

IRREGULAR = {
    "satlib_trailer.cnf": (3, ((1, -2, 3), (-1, 2, 3), (-3, -1, -2))),
    "layout_free.cnf": (4, ((1, 2, -3), (-1, 3), (2, 4), (-2, -4))),
    "layout_windows.cnf": (3, ((1, -2), (2, 3))),
    "missing_final_zero.cnf": (3, ((-1, 2), (1, 3))),
    "comments_everywhere.cnf": (2, ((1, 2), (-1,))),
    "empty_clause.cnf": (2, ((1, 2), (), (-1,))),
    "empty_formula.cnf": (2, ()),
    "redundant.cnf": (4, ((1, -1), (2, 2, 3), (-2, 3), (-2, 3))),
    "latin1_comment.cnf": (2, ((1, -2),)),
    "compressed.cnf.gz": (3, ((1, 2), (-1, 3))),
}


@st.composite
def formulas(draw, max_vars=6):
    num_vars = draw(st.integers(0, max_vars))
    literal = st.integers(1, max(num_vars, 1)).flatmap(lambda v: st.sampled_from([v, -v]))
    clause = st.lists(literal, max_size=4).map(tuple) if num_vars else st.just(())
    return Cnf(num_vars=num_vars, clauses=tuple(draw(st.lists(clause, max_size=8))))


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["file"])
def test_a_file_that_cannot_be_read_is_named_with_line_and_fix(case):
    with pytest.raises(InputFormatError) as caught:
        read_dimacs(BAD / case["file"])
    message = str(caught.value)
    place = f"{BAD / case['file']}" + (f", line {case['line']}:" if case["line"] else ":")
    assert message.startswith(place)
    assert case["says"] in message
    assert ";" in message, "the fix follows a semicolon"
    assert len(message.splitlines()) == 1


def test_every_bad_file_has_its_expected_error():
    files = {path.name for path in BAD.iterdir()} - {"expected.jsonl"}
    assert files == {case["file"] for case in EXPECTED}
    assert len(files) >= 30


@pytest.mark.parametrize(("name", "expected"), IRREGULAR.items())
def test_irregularities_of_real_files_keep_their_meaning(name, expected):
    formula = read_dimacs(EXAMPLES / name)
    assert (formula.num_vars, formula.clauses) == expected


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(EXAMPLES.glob("*.cnf")) if path.name not in IRREGULAR],
    ids=lambda p: p.name,
)
def test_regular_files_read_as_another_reader_reads_them(path):
    from pysat.formula import CNF

    other = CNF(from_file=str(path))
    assert read_dimacs(path) == Cnf(num_vars=other.nv, clauses=tuple(map(tuple, other.clauses)))


@given(formulas(), st.randoms(use_true_random=False))
def test_layout_does_not_change_the_formula(formula, random):
    words = [word for clause in formula.clauses for word in (*map(str, clause), "0")]
    text = f"c {random.random()}\np  cnf\t{formula.num_vars} {len(formula.clauses)} \n"
    for word in words:
        text += word + random.choice([" ", "\t", "\n", " \r\n", "\n\nc 1 2 0\n", "\n  c\n"])
    text += random.choice(["", "%\n0\n", "\n%\n0\n\n"]) if text.endswith("\n") else ""
    assert parse_dimacs(text) == formula


@given(formulas())
def test_what_is_written_is_read_back(formula):
    assert parse_dimacs(write_dimacs(formula, comments=["p cnf 1 1", "two\nlines", ""])) == formula


@given(formulas(), st.integers(1, 3))
def test_a_wrong_number_of_clauses_is_refused(formula, surplus):
    body = write_dimacs(formula).partition("\n")[2]
    for count in (len(formula.clauses) + surplus, len(formula.clauses) - surplus):
        if count >= 0:
            with pytest.raises(InputFormatError, match=r"line \d+: .*clauses"):
                parse_dimacs(f"p cnf {formula.num_vars} {count}\n{body}")


@given(formulas(), st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_clause_holds_where_it_shares_a_literal_with_the_assignment(formula, values):
    true = {variable if value else -variable for variable, value in enumerate(values, 1)}
    assert count_satisfied(formula.clauses, values) == sum(bool(true & set(c)) for c in formula.clauses)


@given(formulas(), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_change_the_canonical_form(formula, random):
    shuffled = [random.sample(clause, len(clause)) for clause in formula.clauses for _ in range(2)]
    random.shuffle(shuffled)
    assert canonical_clauses(shuffled) == canonical_clauses(formula.clauses)


def test_saturn_difficulty_follows_its_formula():
    # log2(5) + 2 log2(20) - 3 + 5/3, worked out by hand for SATURN's easiest setting (3, 5, 20).
    clauses = [(1, 2, 3)] * 20
    assert saturn_difficulty(5, clauses) == pytest.approx(9.632451, abs=1e-6)
    assert saturn_difficulty(5, []) is None
    assert saturn_difficulty(0, [()]) is None


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"num_vars": 2, "clauses": ((3,),)}, ValueError),
        ({"num_vars": 2, "clauses": ((0,),)}, ValueError),
        ({"num_vars": -1, "clauses": ()}, ValueError),
        ({"num_vars": 2.0, "clauses": ()}, TypeError),
        ({"num_vars": 2, "clauses": ((True,),)}, TypeError),
        ({"num_vars": 2, "clauses": (("1",),)}, TypeError),
    ],
)
def test_a_formula_holds_literals_of_its_variables_only(values, error):
    with pytest.raises(error, match=r"Cnf\."):
        Cnf(**values)


def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cnf, "MAX_FILE_BYTES", 1000)
    bomb = tmp_path / "bomb.cnf.gz"
    bomb.write_bytes(gzip.compress(b"p cnf 1 0\n" + b"\n" * 100_000))
    with pytest.raises(InputFormatError, match="more than 1000 bytes"):
        read_dimacs(bomb)
