import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.verifiers.smt_lib import MAX_DEPTH, MAX_SCRIPT_CHARS, check_script, run_script

pieces = st.sampled_from(
    [
        "(",
        ")",
        "(check-sat)",
        "assert",
        "x",
        " ",
        '"',
        '""',
        "|",
        "\\",
        ";",
        "\n",
        "\r",
        "#b01",
        "#|",
        "|#",
        ":a",
        "é",
        "\0",
    ]
)


@given(st.lists(pieces, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_a_list_of_offered_commands_or_a_value_error(text):
    try:
        commands = check_script(text)
    except ValueError:
        return
    for command in commands:
        assert command[0] == "("
        assert command[-1] == ")"
        assert command.count("(") == command.count(")")
    # Written out, it reads the same again: nothing changes its meaning on the way to the solver.
    assert check_script("\n".join(map(" ".join, commands))) == commands


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "asks nothing"),
        ("(assert true)", "asks nothing"),
        ("check-sat", "in brackets"),
        ("(check-sat", "not closed"),
        ("()", "has a name"),
        ("((check-sat))", "has a name"),
        ("(check-sat) (load x)", "'load' is not offered"),
        ("(set-option :timeout 3)", "':timeout 3' is not offered"),
        ("(set-option :produce-models true false)", "is not offered"),
        ("(set-option)", "is not offered"),
        ('(echo "a', "cannot be read at character 6"),
        ('(echo "é")', "printable ASCII"),
        ("(check-sat) '", "cannot be read"),
        (f"(assert {'(' * MAX_DEPTH}", "deep"),
        ("(" * 10**5, "deep"),
        (f"(assert (= x {'9' * 1001}))", "digits"),
        ("(check-sat)" * MAX_SCRIPT_CHARS, "at most"),
    ],
)
def test_what_is_no_script_is_refused_in_a_sentence(text, told):
    with pytest.raises(ValueError, match=told):
        check_script(text)


def test_what_follows_the_exit_is_not_read_and_information_is_passed_over():
    commands = check_script('(set-info :source |a (b|) (check-sat) (exit) (include "x")')
    assert commands == [["(", "check-sat", ")"]]


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("(declare-const x Int) (assert (= (* 2 x) 6)) (check-sat) (get-value (x))", "sat\n((x 3))"),
        ("(declare-const x Int) (assert (= (* 2 x) 7)) (check-sat)", "unsat"),
        ("(declare-const b (_ BitVec 4)) (assert (= (bvadd b #x1) #b0000)) (check-sat) (get-value (b))",
         "sat\n((b #xf))"),
        ("(push 1) (assert false) (check-sat) (pop 1) (check-sat)", "unsat\nsat"),
        ('(declare-const s String) (assert (= s (str.++ "a""" "b"))) (check-sat) (get-value (s))',
         'sat\n((s "a""b"))'),
        ("(declare-const x Real) (assert (>= x 1.5)) (minimize x) (check-sat) (get-objectives)",
         "sat\n(objectives\n (x (/ 3.0 2.0))\n)"),
        ("(set-option :produce-unsat-cores true) (assert (! false :named |a b|))(check-sat)(get-unsat-core)",
         "unsat\n(|a b|)"),
    ],
)  # fmt: skip
def test_scripts_with_known_answers(script, output):
    pytest.importorskip("z3")
    assert run_script(check_script(script), 10**6) == {"output": output, "error": False}


def test_complaints_of_the_solver_are_output():
    pytest.importorskip("z3")
    told = run_script(check_script("(assert (> x 3)) (check-sat)"), 10**6)
    assert told["error"]
    assert "unknown constant x" in told["output"]
