import json

import gymnasium
import pytest

from reason.envs.transcripts import read_transcripts
from reason.envs.wrappers.hints import Hints
from reason.envs.wrappers.recording import Recording
from reason.errors import InputFormatError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "episodes.jsonl"


def make(path, **arguments):
    return Recording(gymnasium.make("reason/Sum-v0", level=2, max_turns=3, **arguments), path)


def play(env, seed=1):
    env.reset(seed=seed)
    env.step("no \ud800\x1b[2J")
    env.step(f"<answer>{env.task.reference}</answer>")


def test_every_episode_is_one_line_with_all_that_was_seen(path):
    env = make(path)
    play(env)
    play(env, seed=2)
    first, second = read_transcripts(path)
    env.reset(seed=1)
    assert first.task == env.task != second.task
    assert [message["role"] for message in first.prompt] == ["system", "user"]
    assert [turn.reward for turn in first.turns] == [0.0, 1.0]
    assert [turn.stop_reason for turn in first.turns] == [None, "answered"]
    assert first.turns[0].messages[0]["content"] == "no \ud800\x1b[2J"
    assert first.turns[1].verdict["passed"] is True


def test_the_same_play_gives_the_same_bytes(path, tmp_path):
    for file in (path, tmp_path / "other.jsonl"):
        play(make(file))
    assert path.read_bytes() == (tmp_path / "other.jsonl").read_bytes()


def test_unfinished_episodes_are_written_once(path):
    env = make(path)
    env.reset(seed=1)
    env.step("a")
    env.reset()
    env.step("b")
    env.close()
    env.close()
    episodes = list(read_transcripts(path))
    assert [turn.messages[0]["content"] for episode in episodes for turn in episode.turns] == ["a", "b"]
    assert not any(turn.terminated or turn.truncated for episode in episodes for turn in episode.turns)


def test_forks_write_their_whole_conversation(path):
    env = make(path)
    env.reset(seed=1)
    env.step("a")
    for number, fork in enumerate(env.fork(2)):
        fork.step(f"{number}")
        fork.step("c")
    texts = [[turn.messages[0]["content"] for turn in one.turns] for one in read_transcripts(path)]
    assert texts == [["a", "0", "c"], ["a", "1", "c"]]


def test_what_could_not_be_scored_is_no_number(path):
    env = make(path)
    env.reset(seed=1)
    env.step("<answer>crash</answer>")
    (episode,) = read_transcripts(path)
    assert (episode.turns[0].reward, episode.turns[0].stop_reason) == (None, "unscorable")
    assert "NaN" not in path.read_text()


def test_it_writes_what_the_policy_saw(path):
    env = Recording(Hints(gymnasium.make("reason/Sum-v0", level=2), chunks=4), path)
    prompt, _ = env.reset(seed=1)
    env.step("a")
    (episode,) = read_transcripts(path)
    assert episode.prompt[-1]["content"] == prompt != episode.task.text


@pytest.mark.parametrize(
    "line",
    ["{", "3", "{}", '{"format": 2}', '{"format": 1}', '{"format": 1, "task": {}, "prompt": [], "turns": []}',
     '{"format": 1, "task": {}, "prompt": [], "turns": [{}]}', "[" * 100_000],
)  # fmt: skip
def test_lines_that_are_no_transcripts_are_named(path, line):
    play(make(path))
    with path.open("a") as file:
        file.write(line + "\n")
    episodes = read_transcripts(path)
    next(episodes)
    with pytest.raises(InputFormatError, match=r"episodes\.jsonl, line 2: "):
        next(episodes)


def test_a_changed_task_is_refused(path):
    play(make(path))
    data = json.loads(path.read_text())
    data["task"]["ground_truth"]["total"] = "0"
    path.write_text(json.dumps(data))
    with pytest.raises(InputFormatError, match="was changed"):
        list(read_transcripts(path))
