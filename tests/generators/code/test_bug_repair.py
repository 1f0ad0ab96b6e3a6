"""What the question asks for is what is accepted: properties beyond the audit's."""

from reason import format_answer, registry, score
from reason.verdict import Status

BUG = registry.get("BugRepair-v0")


def judged(task, answer):
    return score(task, format_answer(answer))


def test_a_bug_is_mended_by_edits_or_by_a_whole_program():
    task = BUG.task(level=1)
    for answer in (task.reference, *BUG.equivalents(task)):
        assert judged(task, answer).score == 1.0
    assert judged(task, task.ground_truth["wrong"]).score == 0.0
    twice = next(iter(BUG.equivalents(task)))
    assert judged(task, f"{twice}\n{twice}").status is Status.PARSE_ERROR
