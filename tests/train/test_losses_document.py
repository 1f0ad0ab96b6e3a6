import re
from pathlib import Path

import pytest

from reason.train import advantages
from reason.train.loss import load, names
from reason.train.options import ClipOptions, LossOptions, PolicyOptions

PAGE = (Path(__file__).parents[2] / "docs" / "losses.md").read_text()
PAPER = re.compile(r"\d{4}\.\d{5}")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| `")
]


def test_the_table_has_every_loss_once():
    assert sorted(row[0].strip("`") for row in ROWS if len(row) == 5) == list(names())


@pytest.mark.parametrize("name", names())
def test_a_source_of_the_table_is_one_that_the_file_names(name):
    row = next(row for row in ROWS if row[0] == f"`{name}`")
    listed = set(re.findall(r"\[(\d{4}\.\d{5})\]\(https://arxiv.org/abs/\1\)", row[4]))
    assert listed <= set(PAPER.findall(load(name).module.__doc__ + Path(advantages.__file__).read_text()))
    assert listed or not PAPER.search(load(name).module.__doc__)


def test_the_tables_of_options_have_every_shared_one_with_its_default():
    documented = {row[0].strip("`"): row[1].strip("`") for row in ROWS if len(row) == 3}
    options = PolicyOptions()
    assert documented == {name: repr(getattr(options, name)) for name in PolicyOptions.names()}
    assert set(LossOptions.names()) < documented.keys()
    for name in set(ClipOptions.names()) - documented.keys():
        assert f"`{name}`" in PAGE


def test_its_example_runs():
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(compile(block, "docs/losses.md", "exec"), {})
