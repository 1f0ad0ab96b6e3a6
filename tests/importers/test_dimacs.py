import gzip
import itertools
import json
import shutil
from pathlib import Path

import pytest

import reason
from reason.errors import InputFormatError
from reason.generators.logic import sat
from reason.importers.dimacs import read
from reason.task import Task
from reason.verdict import Status
from reason.verifiers.cnf import Cnf, write_dimacs

TESTS = Path(__file__).parent.parent
EXAMPLES = TESTS.parent / "examples" / "dimacs"
# Known from what the formulas say (a pigeon too many, an odd charge, ...), not from a solver.
UNSATISFIABLE = {
    "colouring_3_complete_4.cnf",
    "empty_clause.cnf",
    "ordering_5.cnf",
    "parity_5.cnf",
    "pebbling_pyramid_4.cnf",
    "pigeonhole_5_4.cnf",
    "random_3sat_15_90.cnf",
    "tseitin_odd_grid_3_4.cnf",
}


def pigeonhole(pigeons: int, holes: int) -> Cnf:
    def sits(pigeon, hole):
        return pigeon * holes + hole + 1

    clauses = [tuple(sits(pigeon, hole) for hole in range(holes)) for pigeon in range(pigeons)]
    clauses += [
        (-sits(first, hole), -sits(second, hole))
        for hole in range(holes)
        for first, second in itertools.combinations(range(pigeons), 2)
    ]
    return Cnf(num_vars=pigeons * holes, clauses=tuple(clauses))


@pytest.fixture(scope="module")
def tasks():
    return list(read(EXAMPLES))


def test_every_example_becomes_one_task_with_its_known_truth(tasks):
    files = sorted(path.name for path in EXAMPLES.iterdir() if path.suffix in (".cnf", ".gz"))
    assert [task.metadata["file"] for task in tasks] == files
    assert [task.index for task in tasks] == list(range(len(files)))
    assert {task.metadata["file"] for task in tasks if not task.metadata["satisfiable"]} == UNSATISFIABLE


def test_imported_tasks_are_scored_like_drawn_ones(tasks):
    family = reason.get("SAT")
    for task in tasks:
        again = Task.from_json(task.to_json())
        assert (again.family, again.split, again.level) == ("SAT-v0", "imported", None)
        assert reason.score(again, f"<answer>{task.reference}</answer>").passed
        assert reason.score(again, f"<answer>{family.solve(task)}</answer>").passed
        wrong = [answer for answer in family.near_misses(task) if family.verify(task, answer).passed]
        assert not wrong, (task.metadata["file"], wrong)


def test_importing_twice_gives_the_same_bytes(tasks):
    assert [task.to_json() for task in read(EXAMPLES)] == [task.to_json() for task in tasks]


def test_one_file_may_have_any_name(tmp_path):
    file = tmp_path / "formula.txt"
    shutil.copy(EXAMPLES / "satlib_trailer.cnf", file)
    (task,) = read(file)
    assert task.metadata["file"] == "formula.txt"
    assert json.loads(task.to_json())["metadata"]["num_clauses"] == 3


def test_folders_are_searched_in_a_fixed_order(tmp_path):
    names = ["b/2.cnf", "b/10.CNF", "a.dimacs", "c/d/e.cnf.gz", "notes.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = b"p cnf 1 1\n1 0\n"
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert [task.metadata["file"] for task in read(tmp_path)] == ["a.dimacs", "10.CNF", "2.cnf", "e.cnf.gz"]


def test_a_broken_file_stops_the_import_before_its_first_task(tmp_path):
    shutil.copy(EXAMPLES / "pigeonhole_4_4.cnf", tmp_path / "a.cnf")
    (tmp_path / "z.cnf").write_text("p cnf 2 2\n1 2 0\n")
    with pytest.raises(InputFormatError, match=r"z\.cnf, line 1: the header says 2 clauses"):
        read(tmp_path)


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(InputFormatError, match="no such file or folder"):
        read(tmp_path / "nothing.cnf")
    with pytest.raises(InputFormatError, match=r"no file in this folder ends in \.cnf"):
        read(tmp_path)
    with pytest.raises(ValueError, match="time_limit_s must be positive"):
        read(EXAMPLES, time_limit_s=0)


def test_a_formula_too_large_for_a_prompt_is_refused(tmp_path):
    (tmp_path / "huge.cnf").write_text("p cnf 2000000000 1\n1 2000000000 0\n")
    with pytest.raises(InputFormatError, match=r"huge\.cnf: 2000000000 variables .* too many"):
        read(tmp_path)


def test_a_formula_nobody_decides_in_time_is_still_a_task(tmp_path, monkeypatch):
    """Ten thousand seconds would not refute fourteen pigeons by resolution."""
    (tmp_path / "hard.cnf").write_text(write_dimacs(pigeonhole(14, 13)))
    (task,) = read(tmp_path, time_limit_s=0.3)
    assert task.metadata["satisfiable"] is None
    assert task.metadata["effort"] is None
    assert task.reference is None
    wrong = reason.score(task, f"<answer>{'0' * 182}</answer>")
    assert wrong.passed is False
    assert wrong.components["satisfied_fraction"] > 0.9
    monkeypatch.setattr(sat, "CLAIM_SECONDS", 0.3)
    undecided = reason.score(task, "<answer>UNSAT</answer>")
    assert undecided.score is None, "our limit, never the model's fault"
    assert undecided.status is Status.VERIFIER_ERROR
