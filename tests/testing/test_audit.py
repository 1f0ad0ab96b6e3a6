import json
import sys

import pytest

from reason.cli import main
from reason.testing import CHECKS, hostile


@pytest.fixture
def audited(planted, monkeypatch, capsys, tmp_path):
    """Run ``reason audit`` on a planted family with few hostile texts."""
    few = hostile.load()[:5]
    monkeypatch.setattr(hostile, "load", lambda: few)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(name, *words):
        family_id, _ = planted(name)
        monkeypatch.setattr(sys, "argv", ["reason", "audit", family_id, *words])
        with pytest.raises(SystemExit) as stop:
            main()
        return stop.value.code, capsys.readouterr()

    return run


def test_the_audit_of_a_sound_family_shows_every_check_and_succeeds(audited, tmp_path):
    code, said = audited("sound_family", "--tasks", "20", "--levels", "0,2", "--json", "audit.json")
    assert code == 0, said.out + said.err
    assert all(name in said.out for name in CHECKS)
    assert "FAIL" not in said.out
    (result,) = json.loads((tmp_path / "audit.json").read_text())
    assert result["family"] == "KitSum-v0"
    assert result["passed"] is True
    assert result["levels"] == [0, 2]
    assert result["false_positives"]["accepted"] == result["false_negatives"]["rejected"] == 0
    assert min(result["false_positives"]["tried"], result["false_negatives"]["tried"]) >= 100
    assert [check["check"] for check in result["checks"]] == list(CHECKS)
    assert 0 < result["slowest_verdict_s"] < 5


def test_the_audit_of_a_broken_family_names_the_rule_and_an_example_and_fails(audited):
    code, said = audited("rounds_answers", "--tasks", "8", "--levels", "0-1")
    assert code == 1
    assert said.out.count("FAIL") == 1
    assert CHECKS["near_misses_are_rejected"].rule in said.out
    assert "got 1.0 (ok)" in said.out
    assert "8 of" in said.out  # one near miss of each task is accepted: the false positives


@pytest.mark.parametrize("words", [["--levels", "3-1"], ["--tasks", "0"], ["--levels", "easy"]])
def test_an_audit_of_nothing_is_refused_in_one_sentence(audited, words):
    code, said = audited("sound_family", *words)
    assert code == 2
    assert said.err.startswith("reason: ")
    assert said.err.count("\n") == 1
