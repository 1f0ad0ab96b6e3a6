from pathlib import Path

import pytest

NO_ENGINE = "NO DOCKER ENGINE ANSWERS"
"""How tests/sandbox/conftest.py begins the reason of such a skip."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="also run the slow soaks (nightly)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    skip = pytest.mark.skip(reason="slow: runs with --soak")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parent.parent


def pytest_terminal_summary(terminalreporter) -> None:
    skipped = [
        report for report in terminalreporter.stats.get("skipped", ()) if NO_ENGINE in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("Docker", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} tests were SKIPPED: no Docker engine answers; `scripts/engine start`", red=True
        )
