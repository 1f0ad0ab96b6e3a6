import pytest

from reason.sandbox import open_sandbox
from reason.testing.sandbox import BEHAVIOURS


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_sandbox_behaves(sandbox_backend: str, name: str) -> None:
    BEHAVIOURS[name](lambda workers: open_sandbox(backend=sandbox_backend, workers=workers))
