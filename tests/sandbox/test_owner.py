"""Marks of the processes that own containers."""

import subprocess
import sys

from reason.sandbox.owner import owner_alive, owner_mark


def test_an_owner_is_alive_only_while_its_very_process_is() -> None:
    mark = owner_mark()
    assert owner_alive(mark)
    with subprocess.Popen(
        [sys.executable, "-c", "from reason.sandbox.owner import *; print(owner_mark())"],
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        other_mark = other.communicate()[0].strip()
    assert other_mark != mark
    assert not owner_alive(other_mark)
    assert not owner_alive(mark.rpartition("/")[0] + "/1")
    assert owner_alive("nonsense")
