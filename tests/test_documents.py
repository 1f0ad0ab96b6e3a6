import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("[0-9]*.py"))
name = pytest.mark.parametrize


def anchor(heading: str) -> str:
    """GitHub's rule: lower case, punctuation dropped, spaces to hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@name("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{page.name} links to {target}"
        if fragment and other.suffix == ".md":
            headings = [
                anchor(line.lstrip("#")) for line in other.read_text().splitlines() if line.startswith("#")
            ]
            assert fragment in headings, f"{page.name} links to {target}"


def test_the_python_of_the_readme_runs():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert len(blocks) >= 3
    code = "policy = lambda prompt: '<answer>0</answer>'\n" + "\n".join(blocks)
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)


@name("command", ["demo", "test", "check", "engine"])
def test_the_scripts_of_the_readme_can_be_run(command):
    assert (ROOT / "scripts" / command).stat().st_mode & 0o111


@name("path", EXAMPLES, ids=lambda path: path.name)
def test_every_numbered_example_runs(path, tmp_path):
    subprocess.run([sys.executable, "-W", "error", str(path)], check=True, capture_output=True, cwd=tmp_path)


@pytest.mark.timeout(900)
def test_the_demo_goes_through_to_the_end(tmp_path):
    result = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py"), "--out", str(tmp_path / "out")],
        check=False, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Done in" in result.stdout


def test_the_walkthrough_of_contributing_makes_a_family_that_conforms(tmp_path):
    """Write the files that CONTRIBUTING shows into a copy of the package; edit nothing else."""
    import shutil

    shutil.copytree(ROOT / "reason", tmp_path / "reason")
    blocks = re.findall(
        r"```python\n# ([\w/]+\.py)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.DOTALL
    )
    assert {path.split("/")[0] for path, _ in blocks} == {"reason", "tests"}
    for path, text in blocks:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (family_file,) = [path for path, _ in blocks if path.startswith("reason")]
    family_id = re.search(r'id = "([^"]+)"', (tmp_path / family_file).read_text()).group(1)
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    for command in (
        [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *[path for path, _ in blocks if path.startswith("tests")],
        ],
        ["-m", "reason", "audit", family_id, "--tasks", "60"],
    ):
        result = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
