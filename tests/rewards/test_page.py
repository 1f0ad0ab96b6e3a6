import re
import subprocess
import sys
from pathlib import Path

import pytest

from reason.rewards.loading import names

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rewards.md"
RULES = sorted([*names(), "artist"])  # which has two rules, neither of its name


def row(name):
    (found,) = re.findall(rf"^\| `{name}` \|.*$", PAGE.read_text(), flags=re.MULTILINE)
    return found


def test_the_tables_of_the_page_have_every_rule_once():
    assert sorted(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), flags=re.MULTILINE)) == RULES


@pytest.mark.parametrize("name", RULES)
def test_arxiv_numbers_of_the_page_stand_in_the_rule(name):
    code = (ROOT / "reason" / "rewards" / f"{name}.py").read_text()
    for number in re.findall(r"\b2\d{3}\.\d{5}\b", row(name)):
        assert number in code


def test_the_examples_of_the_page_run():
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL))
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)
