"""Exploration: the tool shows one of the databases, and the last query is judged on all."""

import json

import gymnasium as gym

import reason
from reason.envs.tools.sql import Sql
from reason.frozen import thaw
from reason.generators.sql.sql_explore import SQL_TOOL


def call(query):
    return f"<tool_call>\n{json.dumps({'name': 'sql', 'arguments': {'query': query}})}\n</tool_call>"


def test_tasks_list_the_tool_as_it_is():
    assert thaw(SQL_TOOL) == Sql().schema()


def test_queries_show_rows_and_errors_and_the_last_one_is_judged():
    task = reason.get("SQLExplore-v0").task(level=1)
    env = gym.make("reason/SQLExplore-v0")
    env.reset(options={"task": task})
    name, table = next(iter(task.metadata["tables"].items()))
    shown, reward, ended, _, _ = env.step(call(f"SELECT COUNT(*) FROM {name}"))
    assert str(len(table["rows"])) in shown
    assert not ended
    shown, _, ended, _, _ = env.step(call(f"DELETE FROM {name}"))
    assert "not authorized" in shown
    assert not ended
    assert "syntax error" in env.step(call("SELEC 1"))[0]
    _, reward, ended, _, _ = env.step(f"<answer>{task.reference}</answer>")
    assert ended
    assert reward == 1.0
