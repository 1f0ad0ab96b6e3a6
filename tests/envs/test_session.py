import math
import threading

import gymnasium
import pytest
from gymnasium.error import ClosedEnvironmentError, ResetNeeded

from reason.envs.session import Session
from reason.envs.sessions import Sessions
from reason.errors import ConfigError


def wrap(answer):
    return f"<answer>{answer}</answer>"


def make(family="Sum", **arguments):
    return gymnasium.make(f"reason/{family}-v0", **arguments)


def test_a_session_is_one_episode():
    env = make(max_turns=3)
    with Session(env, seed=5) as session:
        assert [message["role"] for message in session.initial_messages()] == ["system", "user"]
        assert session.list_tools() == []
        assert session.verify().status.value == "no_answer"
        session.step({"role": "assistant", "content": wrap("1")})
        assert (session.done, session.verify().passed, session.total_reward) == (False, False, 0.0)
        twin = make()
        twin.reset(seed=5)
        session.step(wrap(twin.task.reference))
        assert (session.done, session.verify().passed, session.total_reward) == (True, True, 1.0)
        roles = [message["role"] for message in session.messages()]
        assert roles == ["system", "user", "assistant", "user", "assistant"]
        with pytest.raises(ResetNeeded):
            session.step("again")
    with pytest.raises(ClosedEnvironmentError, match="closed"):
        session.step("again")
    with pytest.raises(ResetNeeded):
        env.step("the environment was left alone")


def test_a_session_of_a_game_is_judged_at_any_time():
    session = Session(make("Hunt", level=2), seed=1)
    session.step(wrap("0"))
    assert (session.verify().score, session.verify().passed) == (0.25, False)


def test_a_session_adds_up_to_nan_where_something_could_not_be_scored():
    session = Session(make(), seed=1)
    session.step(wrap("crash"))
    assert session.done
    assert math.isnan(session.total_reward)
    assert session.verify().score is None


@pytest.mark.parametrize("message", [3, None, {"role": "assistant"}, {"content": ["text"]}])
def test_a_message_without_text_is_a_type_error(message):
    with pytest.raises(TypeError, match="message must be a string"):
        Session(make(), seed=1).step(message)


def test_tools_without_tools_are_a_config_error():
    with pytest.raises(ConfigError, match="has no tools"):
        Session(make(), seed=1).call_tool("add", {})


def test_sessions_that_nobody_asks_for_make_room():
    now = [0.0]
    sessions = Sessions(max_sessions=2, idle_s=10, clock=lambda: now[0])
    env = make()
    old, young = (sessions.open(lambda: Session(env, seed=1)) for _ in range(2))
    with pytest.raises(TimeoutError, match="all 2 sessions"):
        sessions.open(lambda: Session(env, seed=1))
    now[0] = 8.0
    kept = sessions.get(young)
    now[0] = 12.0
    third = sessions.open(lambda: Session(env, seed=1))
    assert sessions.get(young) is kept
    with pytest.raises(LookupError, match="closed, or idle"):
        sessions.get(old)
    sessions.close(third)
    sessions.close(third)
    assert len(sessions) == 1
    sessions.close_all()
    assert len(sessions) == 0
    with pytest.raises(ClosedEnvironmentError):
        kept.step("")


def test_opening_waits_for_a_place():
    sessions = Sessions(max_sessions=1)
    first = sessions.open(lambda: Session(make(), seed=1))
    opened = []
    thread = threading.Thread(
        target=lambda: opened.append(sessions.open(lambda: Session(make(), seed=2), timeout_s=20))
    )
    thread.start()
    assert not opened
    sessions.close(first)
    thread.join(20)
    assert len(opened) == 1


def test_a_session_that_could_not_be_made_takes_no_place():
    sessions = Sessions(max_sessions=1)
    for _ in range(3):
        with pytest.raises(ConfigError):
            sessions.open(lambda: Session(make(), seed=-1))
    sessions.open(lambda: Session(make(), seed=1))


@pytest.mark.parametrize("arguments", [{"max_sessions": 0}, {"idle_s": 0}, {"idle_s": math.nan}])
def test_limits_that_cannot_be_are_named(arguments):
    with pytest.raises(ConfigError):
        Sessions(**arguments)
