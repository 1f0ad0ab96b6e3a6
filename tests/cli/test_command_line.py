import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reason import __version__
from reason.cli import application

WRONG = [
    json.loads(line) for line in (Path(__file__).parent / "wrong_commands.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["command"])
def test_a_wrong_command_line_is_one_sentence(invoke, tmp_path, case):
    result = invoke(case["command"])
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"reason: [^\n]+\n", result.err)
    assert re.search(case["message"], result.err)
    assert list(tmp_path.iterdir()) == []


def test_a_traceback_is_shown_only_when_asked_for(start):
    def errors(*words, env=None):
        process = start(*words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _, told = process.communicate()
        assert process.returncode == 2
        return told

    assert "Traceback" not in errors("show", "Nowhere")
    assert "UnknownFamilyError" in errors("show", "Nowhere", "--traceback")
    assert "Traceback" in errors("--traceback", "show", "Nowhere")
    assert "Traceback" in errors("show", "Nowhere", env={"REASON_TRACEBACK": "1"})


def test_a_fault_of_ours_says_so(invoke, monkeypatch):
    monkeypatch.setattr("reason.registry.families", lambda: 1 / 0)
    result = invoke("list")
    assert result.code == 70
    assert re.fullmatch(r"reason: a fault of ours.*ZeroDivisionError.*--traceback.*\n", result.err)


def test_hostile_names_cannot_drive_the_terminal(invoke):
    result = invoke("show", "SAT\x1b[2J\nreason: all is well")
    assert result.code == 2
    assert "\x1b" not in result.err
    assert result.err.count("\n") == 1


def test_without_arguments_it_helps(invoke):
    result = invoke("")
    assert result.code == 0
    for name in ("list", "show", "play", "generate", "score", "import", "version"):
        assert re.search(rf"\b{name}\b", result.out)


def test_the_version_is_told(invoke):
    assert invoke("--version").out == f"reason-gym {__version__}\n"
    assert re.search(rf"reason-gym +{re.escape(__version__)}\n", invoke("version").out)


def test_every_command_explains_itself():
    runner = CliRunner()
    app = application()
    names = [info.name for info in app.registered_commands] + [info.name for info in app.registered_groups]
    assert len(names) >= 7
    for name in names:
        result = runner.invoke(app, [name, "--help"])
        assert result.exit_code == 0
        assert len(result.output) > 100


def test_a_new_file_is_a_new_command(invoke, tmp_path, monkeypatch):
    """Either a function ``command`` or a group ``app``; the name is the module's or its ``NAME``."""
    (tmp_path / "hello.py").write_text("def command():\n    '''Greet.'''\n    print('hello there')\n")
    (tmp_path / "many.py").write_text(
        "import typer\nNAME = 'several'\napp = typer.Typer(help='Many.')\n"
        "@app.command()\ndef one(): print('one of several')\n@app.command()\ndef two(): ...\n"
    )
    monkeypatch.setattr("reason.cli.__path__", [*sys.modules["reason.cli"].__path__, str(tmp_path)])
    assert invoke("hello").out == "hello there\n"
    assert invoke("several one").out == "one of several\n"
    assert "Greet." in invoke("").out
    for name in ("hello", "many"):
        del sys.modules[f"reason.cli.{name}"]


def test_a_broken_command_file_does_not_break_the_others(invoke, tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text("1 / 0\n")
    monkeypatch.setattr("reason.cli.__path__", [*sys.modules["reason.cli"].__path__, str(tmp_path)])
    assert invoke("version").code == 0


@pytest.mark.parametrize("words", [["list"], ["show", "Counting", "--json"], ["version"], ["--help"]])
def test_a_reader_that_goes_away_is_no_error(start, words):
    process = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (141, b"")


def test_without_standard_streams_it_still_works(start):
    def exit_code(*words):
        return start(*words, preexec_fn=lambda: [os.close(number) for number in (0, 1, 2)]).wait()

    assert exit_code("show", "Counting") == 0
    assert exit_code("show", "Nowhere") == 2


def test_a_terminal_that_lacks_a_character_gets_its_code(start):
    process = start("show", "Counting", env={"PYTHONIOENCODING": "latin-1"}, stdout=subprocess.PIPE)
    output, _ = process.communicate()
    assert process.returncode == 0
    assert b"\\u03a3 \\u2192" in output


def on_terminal(start, *words, env=None):
    """Run with a terminal as standard streams, and return what it would show."""
    master, slave = pty.openpty()
    process = start(*words, env=env, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    shown = io.BytesIO()
    with os.fdopen(master, "rb", buffering=0) as terminal:
        while True:
            try:
                shown.write(terminal.read(65536))
            except OSError:  # The last process has let go of the terminal.
                break
    assert process.wait() == 0
    return shown.getvalue().decode()


def test_a_terminal_gets_style_and_a_pipe_or_no_color_does_not(start, invoke):
    escape = "\x1b["
    assert escape in on_terminal(start, "list")
    assert escape in on_terminal(start, "show", "Counting")
    assert escape not in on_terminal(start, "list", env={"NO_COLOR": "1"})
    assert escape not in on_terminal(start, "show", "Counting", env={"NO_COLOR": "1"})
    for words in ("list", "show Counting", "--help"):
        assert escape not in invoke(words).out


def test_a_terminal_gets_a_progress_bar(start, tmp_path):
    words = ["generate", "Counting", "--count", "60", "--set", "pause_ms=10", "--out", "x.jsonl"]
    shown = on_terminal(start, *words)
    assert re.search(r"x\.jsonl.*60/60.*/s", shown)
    assert (tmp_path / "x.jsonl").exists()


def test_listing_is_quick(start):
    """In processor time: other work on the machine does not count."""

    def seconds():
        process = start("list", stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_utime + usage.ru_stime

    assert any(seconds() < 1.6 for _ in range(10))


def test_no_command_file_imports_what_is_heavy():
    heavy = ["torch", "sympy", "duckdb", "docker", "pysat", "sqlglot", "pyarrow", "rich"]
    code = (
        "import sys\nfrom reason.cli import application\napplication()\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
