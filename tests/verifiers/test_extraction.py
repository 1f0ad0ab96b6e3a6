import json
import time
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from reason.verifiers.extraction import Extraction, _extract, extract_answer, format_answer

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("extraction_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
PIECES = [
    *("<answer>", "</answer>", "< Answer >", "<answer", "\\boxed{", "\\boxed 7", "\\fbox{", "{", "}", "\\"),
    *("<think>", "</think>", "```\n", "```py\n", "\n", "\r\n", " ", "or", " wait ", "5", "-5", "x", ".", "$"),
    *("\x00", "\u200b", "\u202e", "\ud800", "\u0664", "＜answer＞", "&lt;", "\\text{"),  # noqa: RUF001
]
HOSTILE = [
    *("<answer>", "</answer>", "<answer>1</answer>", "<answer></answer>", "<answer>a<answer>b</answer>"),
    *("<answer>1</answer> or ", "<answer ", "<  / ", "<", "<think>", "</think>", "[THINK]"),
    *("\\boxed{", "\\boxed{1}", "\\boxed{ 1}\\boxed{1}", "\\boxed 7 ", "\\boxed{\\boxed{}", "\\", "\\\\{"),
    *(
        "{",
        "}",
        "{}",
        "```\n",
        "```python\n",
        "```\nx\n```\n",
        "~~~a\n",
        "`",
        "\n",
        " ",
        "\x00",
        "\ud800",
        "or ",
    ),
]

texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case):
    extraction = extract_answer(case["text"], code=case["code"])
    assert extraction.answer == case["answer"]
    assert (extraction.detail == "") == (case["answer"] is not None)


def test_there_are_a_hundred_cases_with_names_of_their_own():
    assert len({case["name"] for case in CASES}) == len(CASES) >= 100


@given(texts, st.booleans())
def test_any_text_gives_an_answer_without_edges_or_a_reason(text, code):
    extraction = extract_answer(text, code=code)
    if extraction.answer is None:
        assert extraction.detail
    else:
        assert extraction.answer.strip()
        assert extraction.answer.rstrip() == extraction.answer
        extraction.answer.encode()


@given(texts)
def test_a_formatted_answer_is_read_back_or_refused(answer):
    try:
        completion = format_answer(answer)
    except ValueError:
        return
    for code in (False, True):
        assert extract_answer(completion, code=code) == Extraction(answer=answer.strip())


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), min_size=1))
def test_every_answer_without_marks_can_be_formatted(answer):
    assume(answer.strip() and not set(answer) & set("<[◁\\`~"))
    assert extract_answer(format_answer(answer)).answer == answer.strip()


UNREADABLE = [
    *("", " \n", "</answer>", "a<answer>b", "< / ANSWER >", "<think>", "\\boxed{5}", "\\boxed{1}\\boxed{2}"),
    *("```\nx\n```", "\u200b5", "\x00", "\ud800"),
]


@pytest.mark.parametrize("answer", UNREADABLE, ids=repr)
def test_an_answer_that_would_not_be_read_back_is_refused(answer):
    with pytest.raises(ValueError, match="cannot be marked as final"):
        format_answer(answer)


@given(texts, st.sampled_from([" so I say ", " wait, no: "]))
@example("<answer>5", " so I say ")
def test_a_last_tag_after_words_wins_over_all_before_it(text, words):
    text = text.replace("<think>", "")
    assert extract_answer(f"{text}{words}<answer>the end</answer>").answer == "the end"


@given(texts)
def test_nothing_before_the_end_of_the_thinking_counts(text):
    assert extract_answer(f"{text}</think><answer>5</answer>").answer == "5"


@given(texts)
def test_thinking_that_is_never_closed_leaves_no_answer(text):
    assert extract_answer(f"<answer>5</answer><think>{text.replace('</think>', '')}").answer is None


@given(
    st.sampled_from(["5", "yes", "A", "1 -2 3", "(0, 1)"]),
    st.sampled_from(["6", "no", "B", "-1 2 3", "[0, 1]"]),
    st.sampled_from([" or ", ", ", "\n\n", "", " and/or ", " | ", "; also "]),
    st.sampled_from(["<answer>{}</answer>", "\\boxed{{{}}}", "$\\boxed{{{}}}$", "**<answer>{}</answer>**"]),
    st.sampled_from(["<answer>{}</answer>", "\\boxed{{{}}}", "\\fbox{{{}}}"]),
)
def test_two_different_answers_side_by_side_are_none(one, other, link, first, second):
    assert extract_answer(first.format(one) + link + second.format(other)).answer is None
    assert extract_answer(first.format(other) + link + second.format(one)).answer is None
    assert extract_answer(first.format(one) + link + second.format(one)).answer == one


@given(
    st.text("a1 ,.<>/[]\\`~◁{}\nand between", max_size=30),
    st.text("a1 ,.<>/[]\\`~{}\n\x00\u200b", max_size=12) | st.sampled_from(["and", " and ", "", " ", "5"]),
    st.text("a1 ,.<>/[]\\`~◁{}\n", max_size=30),
    st.booleans(),
)
def test_the_short_way_and_the_long_way_agree(before, inside, after, code):
    text = f"{before}<answer>{inside}</answer>{after}"
    assert extract_answer(text, code=code) == _extract(text, code=code)


def seconds(text: str) -> float:
    """The least of three readings: a busy machine adds time, and never takes it away."""
    readings = []
    for _ in range(3):
        start = time.process_time()
        extract_answer(text, code=True)
        readings.append(time.process_time() - start)
    return min(readings)


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_a_megabyte_of_hostile_text_is_read_at_once(unit):
    assert seconds((unit * 1_000_000)[:1_000_000]) < 3.0


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
@pytest.mark.parametrize("frame", ["<answer>{}</answer>", "\\boxed{{{}"])
def test_time_is_linear_in_a_hostile_text(unit, frame):
    small = seconds(frame.format((unit * 7_500)[:7_500]))
    large = seconds(frame.format((unit * 120_000)[:120_000]))
    assert large < 80 * max(small, 0.002)  # 16 where linear, 256 where quadratic


@pytest.mark.parametrize("depth", [1_000, 60_000])
def test_deeply_nested_boxes_are_read(depth):
    assert extract_answer("\\boxed{" * depth + "5" + "}" * depth).answer.count("\\boxed{") == depth - 5


@pytest.mark.parametrize("text", [None, b"<answer>5</answer>", 5])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(TypeError, match="must be a string"):
        extract_answer(text)
    with pytest.raises(TypeError, match="must be a string"):
        format_answer(text)


@settings(max_examples=30)
@given(texts)
def test_a_subclass_of_str_is_a_text(text):
    class Text(str):
        pass

    assert extract_answer(Text(text)) == extract_answer(text)
