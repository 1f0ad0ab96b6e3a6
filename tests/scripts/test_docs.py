import json
import os
import shutil
import subprocess
import sys

import pytest

from reason.testing import CHECKS

README = "# Title\n\n<!-- families:begin -->\n<!-- families:end -->\n\nThe rest.\n"


@pytest.fixture(scope="module")
def copy(repository, tmp_path_factory):
    """A copy of the package with one small family and few hostile texts, and its documents written once."""
    root = tmp_path_factory.mktemp("repository")
    shutil.copytree(repository / "reason", root / "reason", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(root / "reason" / "generators")
    folder = root / "reason" / "generators" / "arithmetic"
    folder.mkdir(parents=True)
    for place in (folder.parent, folder):
        (place / "__init__.py").write_text("")
    shutil.copy(repository / "tests/testing/broken/sound_family.py", folder / "kit_sum.py")
    hostile = root / "reason" / "testing" / "hostile.jsonl"
    hostile.write_text("\n".join(hostile.read_text().splitlines()[:5]) + "\n")
    (root / "scripts").mkdir()
    shutil.copy(repository / "scripts/docs", root / "scripts/docs")
    (root / "docs").mkdir()
    (root / "README.md").write_text(README)
    result = run(root)
    assert result.returncode == 0, result.stdout + result.stderr
    return root


def run(root, *words):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, str(root / "scripts/docs"), *words],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def changed(copy):
    """Change a file for one test."""
    before = {}

    def change(name, edit):
        path = copy / name
        before[path] = path.read_text()
        path.write_text(edit(before[path]))

    yield change
    for path, text in before.items():
        path.write_text(text)


def test_what_was_written_is_fresh_and_written_once(copy):
    stamps = {path: path.stat().st_mtime_ns for path in (copy / "docs").rglob("*.md")}
    assert run(copy, "--check").returncode == 0
    result = run(copy)
    assert (result.returncode, result.stdout) == (0, "")
    assert stamps == {path: path.stat().st_mtime_ns for path in (copy / "docs").rglob("*.md")}


def test_the_readme_has_its_table_and_keeps_the_rest(copy):
    text = (copy / "README.md").read_text()
    assert text.startswith("# Title\n\n<!-- families:begin -->\n| Family |")
    assert "[KitSum-v0](docs/gallery/arithmetic.md#kitsum-v0)" in text
    assert text.endswith("<!-- families:end -->\n\nThe rest.\n")


def test_the_gallery_shows_knobs_and_two_tasks(copy):
    text = (copy / "docs/gallery/arithmetic.md").read_text()
    assert "| `num_terms` | Numbers to add. | `2` | `5` | `8` |" in text
    assert text.count("<details>") == text.count("A right answer:") == 2
    assert "gallery/arithmetic.md#kitsum-v0" in (copy / "docs/gallery.md").read_text()


def test_the_audit_holds_counts_and_no_times(copy):
    text = (copy / "docs/audit.md").read_text()
    assert f"| KitSum-v0 | {len(CHECKS)} of {len(CHECKS)} | 0 of " in text
    (result,) = json.loads((copy / "docs/audit.json").read_text()).values()
    assert not any("timings" in check for check in result["checks"])
    assert " ms" not in text


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        (
            "reason/generators/arithmetic/kit_sum.py",
            lambda text: text + "MORE = 1\n",
            "the audit of KitSum-v0 is older",
        ),
        ("reason/verifiers/spelling.py", lambda text: text + "\n", "the audit of KitSum-v0 is older"),
        (
            "scripts/docs",
            lambda text: text.replace("EDITION = ", "EDITION = 1"),
            "the audit of KitSum-v0 is older",
        ),
        (
            "reason/seeding.py",
            lambda text: text.replace("digest_size=32", "digest_size=8"),
            "the audit of KitSum-v0 is older",
        ),
        ("README.md", lambda text: text.replace("| Family |", "| Name |"), "README.md is stale"),
        ("docs/audit.md", lambda text: text.replace("| 0 of", "| 1 of"), "docs/audit.md is stale"),
        ("docs/gallery.md", lambda text: "", "docs/gallery.md is stale"),
        ("docs/gallery/arithmetic.md", lambda text: text[1:], "docs/gallery/arithmetic.md is stale"),
    ],
)
def test_what_is_stale_is_named_with_the_command(copy, changed, name, edit, message):
    changed(name, edit)
    result = run(copy, "--check")
    assert result.returncode == 1
    assert message in result.stdout
    assert all("run scripts/docs" in line for line in result.stdout.splitlines())


def test_code_that_a_family_does_not_use_makes_nothing_stale(copy, changed):
    changed("reason/cli/list.py", lambda text: text + "\n")
    changed("reason/verifiers/spelling.py", lambda text: text.replace('"""', '"""Also this. ', 1))
    assert run(copy, "--check").returncode == 0


def test_a_readme_without_markers_is_named(copy, changed):
    changed("README.md", lambda text: text.replace("<!-- families:end -->", ""))
    result = run(copy, "--check")
    assert result.returncode == 1
    assert "README.md needs one line <!-- families:begin -->" in result.stderr
