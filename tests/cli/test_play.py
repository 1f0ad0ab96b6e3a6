"""``reason play`` where an episode has turns: games, worlds of functions, tasks with tools."""

import json
import os
import pty
import re
import signal
import subprocess

import pytest

import reason


def play(invoke, options, *entries):
    return invoke(f"play {options}", text="".join(f"{entry}\n" for entry in entries))


def test_a_game_is_played_a_line_a_turn(invoke):
    task = reason.get("NumberGuess").task(level=1)
    result = play(invoke, "NumberGuess --level 1", *task.reference.splitlines())
    assert result.code == 0
    assert "higher" in result.out or "lower" in result.out
    assert "Right." in result.out
    assert "(answered)" in result.out
    turns = len(task.reference.splitlines())
    assert result.out.endswith(f"2 tasks, 1 solved, {turns} answers\n")


def test_a_lost_game_is_shown_and_left_for_the_next_one(invoke):
    result = play(invoke, "NumberGuess --level 0", *["x"] * 2, "/solution", "/next", "/help", "/quit")
    assert "That is not a whole number" in result.out
    assert "Not right" in result.out
    assert "reward of 0." in result.out
    assert f"Right answer\n{reason.get('NumberGuess').task(level=0, index=1).reference}\n" in result.out
    assert result.out.count("one action a line") == 2
    assert result.out.endswith("3 tasks, 0 solved, 2 answers\n")


@pytest.mark.parametrize("form", ["{name} {arguments}", "{line}", "<tool_call>{line}</tool_call>"])
def test_a_world_is_worked_by_calls_in_any_form(invoke, form):
    task = reason.get("Bank").task(level=1)
    entries = [
        form.format(
            line=line, name=json.loads(line)["name"], arguments=json.dumps(json.loads(line)["arguments"])
        )
        for line in task.reference.splitlines()
    ]
    result = play(invoke, "Bank --level 1", *entries)
    assert "close the ticket" in result.out
    assert "Right." in result.out
    assert "1 solved" in result.out


def test_a_call_that_cannot_be_read_is_told_and_costs_nothing(invoke):
    task = reason.get("Bank").task(level=0)
    name = task.tools[0]["function"]["name"]
    result = play(invoke, "Bank --level 0", f'{name} {{"a": ', f"{name} 9999", "/quit")
    assert "This was not sent: the arguments cannot be read" in result.out
    assert re.search(r"\d calls left", result.out)
    assert result.out.endswith("1 tasks, 0 solved, 1 answers\n")


def test_tools_are_given_and_called_by_their_first_parameter(invoke):
    options = "Counting --level 0 --tool calculator --tool notes"
    (total,) = [task.reference for task in reason.get("Counting").tasks(stop=1, level=0)]
    result = play(
        invoke, options, "calculator 6 * 7", "", "notes remember me", "", 'notes {"text": ""}', "", total, ""
    )
    assert "calculator(expression: string)" in result.out
    assert "42" in result.out
    assert "remember me" in result.out
    assert "Right." in result.out
    assert result.out.endswith("2 tasks, 1 solved, 4 answers\n")
    wrong = play(invoke, "Counting --tool nothing")
    assert wrong.code == 2
    assert "nothing" in wrong.err


def test_hostile_lines_cannot_drive_the_terminal_or_end_the_game(invoke):
    entries = [
        "\x1b[2J",
        "<answer>" * 9,
        "```",
        "1",
        "",
        "```",
        "9" * 20_000,
        "\x00",
        "<tool_call>",
        "/nonsense",
    ]
    result = play(invoke, "TextMaze --level 3", *entries)
    assert result.code == 0
    assert "\x1b" not in result.out
    assert "an action has at most" in result.out.lower()


@pytest.mark.parametrize("options", ["NumberGuess", "Bank", "Counting", "Counting --tool python"])
def test_the_end_of_input_ends_the_play(invoke, options):
    result = play(invoke, options)
    assert result.code == 0
    assert result.out.endswith("1 tasks, 0 solved, 0 answers\n")


@pytest.mark.parametrize("family", ["NumberGuess", "SAT"])
def test_an_interrupt_ends_the_play_with_its_sum(start, family):
    process = start(
        "play", family, "--level", "2", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdin.write(b"1\n\n")
    process.stdin.flush()
    told = b""
    while b"not" not in told.lower().partition(b"final answer between")[2]:
        told += process.stdout.read1(4096)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.endswith(b"1 tasks, 0 solved, 1 answers\n")
    assert b"Traceback" not in err


def test_on_a_terminal_the_end_of_input_ends_the_play(start):
    keyboard, terminal = pty.openpty()
    process = start("play", "NumberGuess", "--level", "2", stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(keyboard, b"x\n/help\n\x04")
    told = b""
    try:
        while part := os.read(keyboard, 4096):
            told += part
    except OSError:  # how a terminal says that nobody writes to it any more
        pass
    assert process.wait(timeout=60) == 0, told
    assert b"> " in told
    assert b"That is not a whole number" in told
    assert told.endswith(b"1 tasks, 0 solved, 1 answers\r\n")
    os.close(keyboard)
