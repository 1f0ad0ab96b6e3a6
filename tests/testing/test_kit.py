"""The kit is tried on families that break one rule each: it must say so, and of no other rule."""

import time
from pathlib import Path

import pytest

from reason.testing import CHECKS, ConformanceError, Plan, audit, check_family, hostile
from reason.testing.properties import hostility
from reason.verifiers.extraction import extract_answer

BROKEN = Path(__file__).parent / "broken"
NAMES = sorted(path.stem for path in BROKEN.glob("*.py") if path.stem != "sound_family")
PLAN = Plan(tasks=40, levels=(0, 3), stream=200, seeds=8, hardest=6)
IN_OTHER_PROCESSES = {
    "tasks_are_byte_identical",
    "tasks_score_without_regeneration",
    "hostile_text_is_harmless",
}
"""Checks that take seconds each: left out for families that break something else."""


def broken_checks(result):
    return {evidence.check for evidence in result.broken}


def test_a_sound_family_passes_every_check(planted):
    result = check_family(planted("sound_family")[0])
    assert result.passed
    assert [evidence.check for evidence in result.evidence] == list(CHECKS)
    assert result.false_positives[0] == result.false_negatives[0] == 0
    assert min(result.false_positives[1], result.false_negatives[1]) >= 1000
    solved = next(each for each in result.evidence if each.check == "the_second_solver_is_accepted")
    assert solved.tried >= 200


@pytest.mark.filterwarnings("ignore:this is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", NAMES)
def test_a_broken_family_is_caught_by_the_rule_that_it_breaks(name, planted, monkeypatch):
    family_id, breaks = planted(name)
    monkeypatch.setattr(hostility, "SILENCE_SECONDS", 3.0)
    monkeypatch.setattr(hostility, "MAX_RESTARTS", 1)
    texts = [text for text in hostile.load() if len(text.text()) < 200 or text.name == "a megabyte of zeros"]
    monkeypatch.setattr(hostile, "load", lambda: texts)
    checks = [check for check in CHECKS if check in breaks or check not in IN_OTHER_PROCESSES]
    result = audit(family_id, PLAN, checks=checks)
    assert broken_checks(result) == breaks
    with pytest.raises(ConformanceError, match=CHECKS[min(breaks)].name):
        result.raise_if_broken()


def test_every_check_is_shown_to_catch_something():
    caught = {
        rule
        for name in NAMES
        for line in (BROKEN / f"{name}.py").read_text().splitlines()
        for rule in CHECKS
        if f'"{rule}"' in line
    }
    assert caught == set(CHECKS)


def test_a_text_that_runs_leaves_its_canary(planted, monkeypatch):
    family_id, _ = planted("evaluates_text")
    texts = [text for text in hostile.load() if text.name in ("Python file", "Python without builtins")]
    monkeypatch.setattr(hostile, "load", lambda: texts)
    monkeypatch.setattr("reason.testing.conformance.EXAMPLES_KEPT", 100)
    (evidence,) = audit(family_id, PLAN, checks=["hostile_text_is_harmless"]).evidence
    # Two texts, tagged and bare, at two levels; bare ones hold no answer.
    assert sum("runs text as Python code" in example for example in evidence.examples) == 4
    assert "a hostile text was run: it created CANARY" in evidence.examples


def test_an_unknown_check_is_named(planted):
    with pytest.raises(ValueError, match="no check 'nothing'"):
        audit(planted("sound_family")[0], checks=["nothing"])


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"tasks": 0}, "Plan.tasks must be a positive integer, got 0"),
        ({"levels": ()}, "Plan.levels must hold levels from 0"),
        ({"levels": (-1, 2)}, "Plan.levels must hold levels from 0"),
    ],
)
def test_a_plan_that_tries_nothing_is_refused(knobs, message):
    with pytest.raises(ValueError, match=message):
        Plan(**knobs)


def test_hostile_texts_are_many_and_different():
    texts = hostile.load()
    assert len(texts) >= 150
    assert (
        len({each.name for each in texts}) == len({each.text(reference="x7") for each in texts}) == len(texts)
    )
    assert max(len(each.text()) for each in texts) >= 1_000_000
    assert all(len(each.text(reference="9" * 1000)) <= 4_000_000 for each in texts)


def test_texts_that_touch_a_canary_name_its_path():
    texts = [each.text(canary="/somewhere/CANARY") for each in hostile.load()]
    assert sum("/somewhere/CANARY" in text for text in texts) >= 40
    assert not any("{canary}" in text or "{reference}" in text for text in texts)


def test_every_hostile_text_is_extracted_within_a_second():
    # What is long goes straight to a family's verifier in the kit: extraction is the same for all.
    for each in hostile.load():
        for completion in (each.text(), f"<answer>{each.text()}</answer>"):
            started = time.process_time()
            extract_answer(completion)
            assert time.process_time() - started < 1.0, each.name
