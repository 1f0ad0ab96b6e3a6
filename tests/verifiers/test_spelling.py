import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.verifiers.spelling import EDGE, alike, plain

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("spelling_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
PIECES = [
    *("$", "*", "_", "`", "\\(", "\\)", "\\[", "\\]", "\\text{", "\\mathrm{", "{", "}", "\\", "^", " ", "."),
    *("5", "x", "te", "xt", "\\te", "\u200b", "\n", "\u2212", "\uff3c", "\u3002", "\u0664", "\ud800", "\x00"),
]
HOSTILE = [
    *(
        "$",
        "*",
        "**",
        "_",
        "`",
        "`a",
        "\\(",
        "\\",
        "\\text{",
        "\\text{}",
        "}\\text{",
        "\\text{a}b",
        "{",
        ". ",
    ),
    *("\\te\\text{xt}", "^\\text{ }", "_^", "a b ", "$*", " ", "\x00", "\u0664", "\u6771", "\ud800"),
]

texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=16).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case):
    assert plain(case["text"]) == case["plain"]


@given(texts)
def test_a_plain_spelling_is_its_own(text):
    assert plain(plain(text)) == plain(text)


@given(texts)
def test_a_plain_spelling_has_no_edges_and_is_not_longer(text):
    once = plain(text)
    assert once.strip(EDGE) == once
    assert len(once) <= len(text)


@given(
    st.text("abcXYZ0123456789+-/=(),^", min_size=1),
    st.lists(
        st.sampled_from(
            ["${}$", "$${}$$", "\\({}\\)", "\\[ {} \\]", "\\text{{{}}}", "**{}**", "`{}`", " {}\n", "{}."]
        ),
        unique_by=lambda wrapper: wrapper.strip("$") if "$" in wrapper else wrapper,
        max_size=4,
    ),
)
def test_wrappers_do_not_change_a_value(value, wrappers):
    text = value
    for wrapper in wrappers:
        text = wrapper.format(text)
    assert plain(text) == value


@given(st.integers(), st.sampled_from([0x660, 0x966, 0xFF10, 0x1D7CE, 0x30]))
def test_digits_of_any_script_are_digits(number, zero):
    text = "".join(chr(zero + int(digit)) if digit.isdigit() else "\u2212" for digit in str(number))
    assert plain(text) == str(number)


@given(st.text("0123456789abcxyz+-", min_size=1), st.text("0123456789abcxyz+-", min_size=1))
def test_different_plain_values_stay_different(one, other):
    assert (plain(one) == plain(other)) == (one == other)


def seconds(text: str) -> float:
    start = time.process_time()
    plain(text)
    return time.process_time() - start


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_a_megabyte_of_hostile_text_is_read_at_once(unit):
    assert seconds((unit * 1_000_000)[:1_000_000]) < 3.0


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
@pytest.mark.parametrize("frame", ["\\({}", "$ {}", "\\text{{{}}}"])
def test_time_is_linear_in_a_hostile_text(unit, frame):
    small = seconds(frame.format((unit * 5_000)[:5_000]))
    large = seconds(frame.format((unit * 80_000)[:80_000]))
    assert large < 80 * max(small, 0.002)  # 16 where linear, 256 where quadratic


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "$5$"),
        ("Yes", "yes."),
        (r"\frac{1}{2}", "1/2"),
        (r"\dfrac12", "0.5"),
        ("1,000", "1000"),
        ("x = 5", "5"),
        ("(A)", "A"),
        (r"\left( 1, 2 \right)", "(1,2)"),
        (r"50\%", "50%"),
        ("2.50", "5/2"),
    ],
)
def test_spellings_of_one_value_are_alike(one, other):
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "6"),
        ("5", "-5"),
        ("1/2", "2/1"),
        ("1,2", "12"),
        ("yes", "no"),
        ("(0, 1)", "[0, 1]"),
        ("1/0", "1"),
        ("x = 5", "y"),
        ("", "5"),
        ("9" * 4000, "8" * 4000),
    ],
)
def test_different_values_are_not_alike(one, other):
    assert not alike(one, other)
    assert not alike(other, one)


@given(texts, texts)
def test_alike_is_symmetric_and_never_raises(one, other):
    assert alike(one, other) == alike(other, one)
    assert alike(one, one)
