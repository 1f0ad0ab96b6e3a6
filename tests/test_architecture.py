import ast
from pathlib import Path

import pytest

RANKS = {
    **dict.fromkeys(["errors", "frozen"], 0),
    **dict.fromkeys(["config", "task", "verdict", "seeding"], 1),
    **dict.fromkeys(["family"], 2),
    **dict.fromkeys(["interactive", "registry"], 3),
    **dict.fromkeys(["process", "sandbox"], 4),
    **dict.fromkeys(["verifiers", "search", "problems"], 5),
    **dict.fromkeys(["generators"], 6),
    **dict.fromkeys(["scoring"], 7),
    **dict.fromkeys(["envs", "importers"], 8),
    **dict.fromkeys(["curricula", "rewards", "benchmark"], 9),
    **dict.fromkeys(["integrations", "train"], 10),
    **dict.fromkeys(["testing"], 11),
    **dict.fromkeys(["cli"], 12),
}
"""The rooms from the ground up (docs/design.md): a file imports its own room and lower ones."""

PACKAGE = Path(__file__).parent.parent / "reason"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "abuse" not in path.parts)
LONGEST_MODULE, LONGEST_FUNCTION = 350, 60


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(tree: ast.AST, package: list[str]) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("reason.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_from_higher_rooms_to_lower_ones(path):
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    package = ["reason", *path.relative_to(PACKAGE).parts[:-1]]
    for other in imported_rooms(ast.parse(path.read_text()), package):
        if other in ("__version__", "abuse"):
            continue
        assert other in RANKS, f"{path} imports reason.{other}, which is no room"
        assert RANKS[other] <= RANKS[room], (
            f"{path} ({room}) must not import reason.{other}: it is a higher room"
        )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_can_be_read_in_one_go(path):
    text = path.read_text()
    assert text.count("\n") <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{path}: {node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_a_drawer(path):
    assert path.stem not in {"utils", "helpers", "common", "manager", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_input_is_never_checked_by_assert(path):
    if room_of(path) == "testing":
        return
    lines = [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert)]
    assert not lines, f"{path}: assert vanishes under python -O (lines {lines})"
