import time

import pytest

from reason.verdict import Status
from reason.verifiers.solution_steps import judge_steps, read_steps, verify_steps

GOLD = [
    {"name": "pears at Hugo's stall", "parents": [], "value": 12},
    {"name": "plums at Rosa's stall", "parents": ["pears at Hugo's stall"], "value": 17},
    {"name": "figs", "parents": ["pears at Hugo's stall", "plums at Rosa's stall"], "value": 29},
    {"name": "Äpfel", "parents": ["figs"], "value": 1029},
]
RIGHT = [
    "s1: pears at Hugo's stall = 12",
    "s2: plums at Rosa's stall = s1 + 5 = 12 + 5 = 17",
    "s3: figs = s1 + s2 = 12 + 17 = 29",
    "s4: Äpfel = s3 + 1000 = 29 + 1000 = 1029",
]


def judge(lines, answer="1029", **options):
    return verify_steps(GOLD, "\n".join(lines), answer, **options)


def changed(at, line):
    return [*RIGHT[:at], *([line] if line else []), *RIGHT[at + 1 :]]


@pytest.mark.parametrize(
    ("lines", "answer", "part", "score"),
    [
        (RIGHT, "1029", None, 1.0),
        (changed(2, "s3: figs = s1 + s2 = 30"), "1029", "wrong_values", 0.8),
        (changed(2, "s3: figs = s1 + 17 = 29"), "1029", "wrong_dependencies", 0.8),
        (changed(2, "s3: figs = s1 + s2 + s4 = 29"), "1029", "wrong_dependencies", 0.8),
        (changed(2, "s3: figs = 29"), "1029", "wrong_dependencies", 0.8),
        (changed(3, ""), "1029", "missing_steps", 0.8),
        ([*RIGHT, "s5: dates = s4 + 1 = 1030"], "1029", "extra_steps", 0.8),
        ([*RIGHT, RIGHT[0]], "1029", "extra_steps", 0.8),
        ([*RIGHT, *(f"s{n}: dates{n} = {n}" for n in range(5, 99))], "1029", "extra_steps", 0.2),
        ([], "1029", "missing_steps", 0.2),
        (RIGHT, "1030", None, 0.0),
        (RIGHT, "banana", None, 0.0),
    ],
)
def test_each_mistake_costs_its_share(lines, answer, part, score):
    verdict = judge(lines, answer)
    assert verdict.score == pytest.approx(score)
    assert verdict.passed is (score == 1)
    for name in ("wrong_values", "wrong_dependencies", "missing_steps", "extra_steps"):
        assert (verdict.components[name] > 0) is (name == part)
    assert judge(lines, answer, strict=True).score == (1.0 if score == 1 else 0.0)


@pytest.mark.parametrize(
    "line",
    [
        "(s3) figs = s1 + s2 = 29",
        "- **s3**: the number of figs = s1 + s2 = 12 + 17 = 29.",
        "c: Figs = s_1 + s_2 = 29 figs",
        "s3. $figs = s1 + s2 = 29$",
        "s3: figs = pears at Hugo\u2019s stall + plums at Rosa's stall = 29",
        "s3:  FIGS  = s2+s1 = 17+12 = 29",
    ],
)
def test_other_spellings_of_a_line_are_the_same_step(line):
    (step,) = [step for step in read_steps("\n".join([*RIGHT[:2], line]), names()) if step.name == "figs"]
    assert (step.value, step.parents) == (29, frozenset(GOLD[2]["parents"]))


def names():
    return [step["name"] for step in GOLD]


def test_thousands_may_be_set_apart_and_fractions_are_no_values():
    assert judge(changed(3, "s4: Äpfel = s3 + 1000 = 1,029")).passed
    assert not judge(changed(3, "s4: Äpfel = s3 + 1000 = 1029.5")).passed
    assert not judge(changed(3, "s4: Äpfel = s3 + 1000 = 10/29")).passed
    assert not judge(changed(3, "s4: Äpfel = s3 + 1000 = 1029 or 1030")).passed


def test_a_step_rests_on_earlier_steps_only():
    assert judge(RIGHT[::-1]).components["wrong_dependencies"] == 3


def test_a_quantity_that_is_written_twice_must_be_right_both_times():
    verdict = judge([*RIGHT, "s5: figs = s1 + s2 = 30"])
    assert (verdict.components["wrong_values"], verdict.components["extra_steps"]) == (1, 1)


def test_thinking_is_no_solution():
    thought = "<think>figs = 99\nx: figs = 3\n</think>"
    assert judge([thought, *RIGHT]).passed


def test_the_tagged_answer_is_no_step():
    assert judge([*RIGHT, "<answer>x = 1029</answer>"]).passed


def test_no_answer_is_said_to_be_none():
    verdict = judge(RIGHT, None)
    assert (verdict.score, verdict.status) == (0.0, Status.NO_ANSWER)
    assert verdict.components["process"] == 0.75


@pytest.mark.parametrize(
    "text",
    [
        "=" * 1_000_000,
        "a:" * 500_000,
        "s1: figs = " + "1" * 500_000,
        "s1: figs = " + "+".join(["s1"] * 200_000) + "=1",
        "\n" * 1_000_000,
        "pears at Hugo's stall = " * 40_000,
        "\ud800 = \x00 = 5",
        "((((" * 100_000 + "= 3",
        "s1: figs = 5\n" * 100_000,
    ],
)
def test_hostile_solutions_are_judged_in_time(text):
    start = time.process_time()
    assert not verify_steps(GOLD, text, "1").passed
    assert time.process_time() - start < 2


@pytest.mark.parametrize("gold", [[], [GOLD[0], GOLD[0]]])
def test_a_gold_solution_has_steps_of_different_names(gold):
    with pytest.raises(ValueError, match="gold"):
        verify_steps(gold, "", "1")


def test_each_step_is_judged_where_it_stands():
    lines = [RIGHT[0], "By the way, dates = 7", "thinking aloud", "s2: plums at Rosa's stall = s1 + 5 = 99"]
    # A character whose lower case is longer must not move what comes behind it.
    text = "İ</THINK>\r\n" + "\r\n".join(lines)
    process = judge_steps(GOLD, text, "1029")
    assert [(text[step.start : step.stop].strip(), step.right) for step in process.steps] == [
        (lines[0], True), (lines[1], None), (lines[3], False),
    ]  # fmt: skip
    assert process.score == verify_steps(GOLD, text, "1029").components["process"]
    assert judge_steps(GOLD, "\n".join(RIGHT), "1029").score == 1.0


def test_steps_of_a_long_text_are_placed_in_all_of_it():
    text = "x = 1\n" * 100_000 + "\n".join(RIGHT)
    began = time.process_time()
    found = judge_steps(GOLD, text, None).steps
    assert time.process_time() - began < 2
    assert len(found) <= 2_000
    assert all(text[step.start : step.stop] == "x = 1\n" for step in found if step.right is None)
