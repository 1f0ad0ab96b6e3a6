import re
import subprocess
import sys
from pathlib import Path

import pytest

from reason.curricula.loading import names

PAGE = Path(__file__).parents[2] / "docs" / "curricula.md"


def test_the_table_of_the_page_has_every_rule_once():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), flags=re.MULTILINE)
    assert sorted(rows) == list(names())


@pytest.mark.parametrize("name", names())
def test_arxiv_numbers_of_the_page_are_those_of_the_rule(name):
    (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGE.read_text(), flags=re.MULTILINE)
    code = (Path(__file__).parents[2] / "reason" / "curricula" / f"{name}.py").read_text()
    number = r"\b2\d{3}\.\d{5}\b"
    assert set(re.findall(number, row)) == set(re.findall(number, code))


def test_the_examples_of_the_page_run():
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL))
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)
