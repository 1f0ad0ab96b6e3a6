import os
import pty

import gymnasium
import pytest

from reason.envs.wrappers.recording import Recording


@pytest.fixture
def episodes(tmp_path):
    env = Recording(gymnasium.make("reason/SAT-v0", level=1, max_turns=3), tmp_path / "episodes.jsonl")
    for seed in (1, 2):
        env.reset(seed=seed)
        env.step("a guess \x1b[2J")
        env.step(f"<answer>{env.task.reference}</answer>")
    return env


def test_episodes_are_shown_turn_by_turn(invoke, episodes):
    result = invoke("replay", "episodes.jsonl")
    assert result.code == 0
    headings = [line for line in result.out.splitlines() if line.startswith(("Episode", "Turn", "Total"))]
    assert [line.partition(",")[0] for line in headings] == [
        "Episode 1: SAT-v0", "Turn 1 of 2", "Turn 2 of 2", "Total reward 1",
        "Episode 2: SAT-v0", "Turn 1 of 2", "Turn 2 of 2", "Total reward 1",
    ]  # fmt: skip
    assert "a guess \\x1b[2J" in result.out
    assert "\x1b" not in result.out
    assert "reward 0; not right" in result.out
    assert "reward 1; stop: answered; right" in result.out


def test_one_episode_can_be_chosen_and_all_listed(invoke, episodes):
    assert invoke("replay episodes.jsonl --episode 2").out.count("Episode") == 1
    assert invoke("replay", "episodes.jsonl", "--task", episodes.task.task_id).out.count("Episode 2:") == 1
    listed = invoke("replay episodes.jsonl --list").out.splitlines()
    assert len(listed) == 3
    assert listed[2].split()[:6] == ["2", "SAT-v0", "1", "2", "1", "answered"]


def test_long_messages_are_cut_unless_they_are_asked_for(invoke, tmp_path):
    env = Recording(gymnasium.make("reason/SAT-v0", level=1), tmp_path / "long.jsonl")
    env.reset(seed=1)
    env.step("x" * 5_000)
    assert "1000 more characters" in invoke("replay long.jsonl").out
    assert "x" * 5_000 in invoke("replay long.jsonl --whole").out


def test_files_that_cannot_be_shown_are_named(invoke, tmp_path, episodes):
    (tmp_path / "broken.jsonl").write_text("{}\n")
    result = invoke("replay broken.jsonl")
    assert (result.code, "broken.jsonl, line 1" in result.err) == (2, True)
    result = invoke("replay missing.jsonl")
    assert (result.code, "missing.jsonl" in result.err) == (2, True)
    result = invoke("replay episodes.jsonl --episode 3")
    assert (result.code, "no such episode" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("keys", "turns"), [(b"\n\n\n\n", 4), (b"\nq\n", 1), (b"\n\x04", 1), (b"\x04", 0)], ids=repr
)
def test_on_a_terminal_enter_goes_on_and_the_end_of_input_ends(start, episodes, keys, turns):
    keyboard, terminal = pty.openpty()
    process = start("replay", episodes.path, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(keyboard, keys)
    told = b""
    try:
        while part := os.read(keyboard, 4096):
            told += part
    except OSError:  # how a terminal says that nobody writes to it any more
        pass
    assert process.wait(timeout=60) == 0, told
    assert told.count(b"reward ") - told.count(b"Total reward") == turns
    os.close(keyboard)
