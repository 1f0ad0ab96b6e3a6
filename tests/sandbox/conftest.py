"""Every backend as a fixture; where no Docker engine answers, its tests are skipped, loudly and counted."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reason.errors import SandboxUnavailableError
from reason.sandbox.shared import close_shared_sandbox

NO_ENGINE = "NO DOCKER ENGINE ANSWERS"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests of one backend together: others count what this process has started."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            parameters = getattr(getattr(item, "callspec", None), "params", {})
            group = f"{item.path.stem}-{parameters.get('sandbox_backend', '')}"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True, scope="module")
def nothing_else_runs() -> None:
    """Close what other rooms' tests in this process have left open: tests here count what is running."""
    close_shared_sandbox()


@pytest.fixture(scope="session")
def docker_client() -> Iterator[Any]:
    """A client of the engine that answers."""
    from reason.sandbox.engine import connect

    try:
        client = connect()
    except SandboxUnavailableError as error:
        if os.environ.get("REASON_REQUIRE_DOCKER"):
            raise
        pytest.skip(f"{NO_ENGINE}: {error}")
    yield client
    client.close()


@pytest.fixture(
    scope="session",
    params=[pytest.param("docker", marks=pytest.mark.docker), "bubblewrap", "process"],
)
def sandbox_backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of each backend in turn, where it can run."""
    from reason.sandbox import open_backend

    name: str = request.param
    if name == "docker":
        request.getfixturevalue("docker_client")
    with pytest.MonkeyPatch.context() as environment:
        if name == "process":
            environment.setenv("REASON_SANDBOX", "process")
        try:
            open_backend(name).close()
        except SandboxUnavailableError as error:
            pytest.skip(f"NO {name.upper()}: {error}")
        yield name
