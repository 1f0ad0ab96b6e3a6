import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.verifiers.numerals import check_numeral, write_numeral


@given(st.integers(0, 10**60), st.integers(2, 36))
def test_python_reads_what_is_written(number, base):
    text = write_numeral(number, base)
    assert int(text, base) == number
    assert check_numeral(text, number, base).passed
    assert check_numeral(text.lower(), number, base).passed
    assert not check_numeral(write_numeral(number + 1, base), number, base).passed


@pytest.mark.parametrize(
    ("answer", "base", "passed"),
    [
        ("FF", 16, True),
        ("ff", 16, True),
        ("0xFF", 16, True),
        ("FF_16", 16, True),
        ("FF_{16}", 16, True),
        ("$\\text{FF}_{16}$", 16, True),
        ("00FF", 16, True),
        ("(FF)_{16}", 16, True),
        ("FF.", 16, True),
        ("FF_8", 16, False),
        ("0bFF", 16, False),
        ("255", 16, False),
        ("FE", 16, False),
        ("-FF", 16, False),
        ("11111111", 2, True),
        ("0b11111111", 2, True),
        ("1111 1111", 2, True),
        ("255", 2, False),
        ("", 2, False),
        ("11111111 or 1", 2, False),
        ("1,1", 2, False),
        ("FG", 16, False),
        ("FF.0", 16, False),
        ("1" * 6_000, 2, False),
    ],
)
def test_spellings_of_two_hundred_and_fifty_five(answer, base, passed):
    assert check_numeral(answer, 255, base).passed is passed
