import pytest

from reason.problems.answers import judge_output, near_outputs


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("1234", "1234"), ("1234", " 1,234 "), ("1234", "**1234**"), ("1234", "+1234"), ("-5", "\u22125"),
        ("1 2 3", "1 2 3"), ("1 2 3", "1\n2\n3"), ("1 2 3", "[1, 2, 3]"), ("1 2 3", "(1,2,3)"),
        ("1 2 3", "1, 2, 3."),
        ("abc", "abc"), ("a,b", "a,b"), ("(())", "(())"), ("007", "007"), ("0", "0"),
    ],
)  # fmt: skip
def test_layout_does_not_count(expected, answer):
    assert judge_output(expected, answer).passed


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("1234", "1235"), ("1234", "1,2,3,4"), ("1234", "1234 1234"), ("1234", "1234.0"), ("1234", "12,34"),
        ("5", "-5"),
        ("1 2 3", "1 3 2"), ("1 2 3", "1 2"), ("1 2 3", "1 2 3 3"), ("1 2 3", "[1, 2, 3"),
        ("1 2 3", "1,,2,3"),
        ("1 2 3", "123"),
        ("abc", "ABC"), ("a,b", "a b"), ("(())", "()()"), ("007", "7"), ("7", ""), ("7", "9" * 5000),
        ("7", "x" * 10**6),
        ("12", "12 or 13"), ("7", "7,"),
    ],
)  # fmt: skip
def test_another_value_is_wrong(expected, answer):
    verdict = judge_output(expected, answer)
    assert verdict.passed is False
    assert verdict.components == {"passed": 0.0}


@pytest.mark.parametrize(
    "expected", ["0", "1", "-1", "17", "a", "aa", "1 2", "2 2", "0 0 0", "fig pear", "9" * 30]
)
def test_near_outputs_are_all_wrong(expected):
    near = near_outputs(expected)
    assert near
    assert not any(judge_output(expected, answer).passed for answer in near)
