import re

import pytest

import reason
from reason.errors import ConfigError
from reason.generators.search.search import Search, SearchConfig
from reason.search.library import open_library
from reason.search.questions import UNANSWERABLE
from reason.search.world import WorldSettings

FAMILY = Search()
SMALL = {"num_pages": 400, "editions": 1}


def draw(index=0, **knobs):
    return FAMILY.task(index=index, knobs={**SMALL, **knobs})


@pytest.mark.parametrize(
    "kind", ["bridge", "comparison", "intersection", "temporal", "aggregation", "unanswerable"]
)
def test_the_answer_stands_on_the_gold_pages(kind):
    for index in range(10):
        task = draw(index, kind=kind, num_hops=3)
        assert task.metadata["topic"] == kind
        library = open_library(WorldSettings.from_dict(task.ground_truth["world"]))
        pages = [library.corpus.get(page) for page in task.ground_truth["pages"]]
        assert all(pages)
        answer = task.ground_truth["answers"][0]
        if kind in ("bridge", "comparison", "intersection", "temporal"):
            assert any(answer.casefold() in page.text.casefold() for page in pages)
        if kind == "aggregation":
            lengths = [step["value"] for step in task.trace if step["value"].isdigit()]
            assert int(answer) == sum(map(int, lengths))


def test_the_sub_queries_find_the_gold_pages():
    found = total = 0
    for index in range(30):
        task = draw(index, kind="bridge", num_hops=3)
        library = open_library(WorldSettings.from_dict(task.ground_truth["world"]))
        for step in task.trace:
            hits = library.search(step["text"], top_k=3)
            found += bool({hit.page.id for hit in hits} & set(step["pages"]))
            total += 1
    assert found >= 0.95 * total


def test_the_question_itself_does_not_find_the_last_page():
    missed = 0
    for index in range(30):
        task = draw(index, kind="bridge", num_hops=4)
        library = open_library(WorldSettings.from_dict(task.ground_truth["world"]))
        question = re.search(r"^Question: (.+)$", task.text, re.MULTILINE)[1]
        hits = library.search(question, top_k=3)
        missed += task.ground_truth["pages"][-1] not in {hit.page.id for hit in hits}
    assert missed >= 20


def test_other_names_are_accepted_and_f1_is_a_component():
    task = next(task for task in map(draw, range(400)) if len(task.ground_truth["answers"]) == 2)
    for answer in task.ground_truth["answers"]:
        assert reason.score(task, f"<answer>{answer}</answer>").passed
    verdict = reason.score(task, f"<answer>{task.ground_truth['answers'][0]} Zzz Zzz</answer>")
    assert verdict.score == 0.0
    assert 0.0 < verdict.components["f1"] < 1.0
    assert verdict.components["exact_match"] == 0.0


@pytest.mark.parametrize("answer", [UNANSWERABLE, "Unknown.", "the pages do not say"])
def test_a_refusal_is_right_only_where_there_is_no_answer(answer):
    assert reason.score(draw(kind="unanswerable"), f"<answer>{answer}</answer>").passed
    assert not reason.score(draw(kind="bridge"), f"<answer>{answer}</answer>").passed


def test_the_tools_are_those_of_the_protocol():
    names = {
        protocol: [tool["function"]["name"] for tool in draw(protocol=protocol).tools]
        for protocol in ("search_r1", "reseek", "web_thinker", "hermes", "openai")
    }
    assert names["search_r1"] == names["reseek"] == ["search"]
    assert names["hermes"] == names["openai"] == ["search", "open_page"]
    assert names["web_thinker"] == ["search", "open_page", "draft"]


@pytest.mark.parametrize(
    "knobs",
    [
        {"num_hops": 0},
        {"num_hops": 7},
        {"kind": "comparison", "num_hops": 1},
        {"kind": "riddle"},
        {"protocol": "smoke"},
        {"editions": 0},
        {"num_pages": 3},
        {"unanswerable": 0.9},
    ],
)
def test_knobs_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError):
        SearchConfig(**knobs)


def test_the_share_of_unanswerable_questions_is_the_knob():
    answers = [draw(index, unanswerable=0.4).ground_truth["answers"][0] for index in range(200)]
    assert 50 <= answers.count(UNANSWERABLE) <= 110
    assert all(draw(index, unanswerable=0.0).reference != UNANSWERABLE for index in range(50))
