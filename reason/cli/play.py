"""``reason play``: a person answers in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from reason import registry
from reason.cli.arguments import SET_HELP, parse_knobs
from reason.cli.show import FAMILY_HELP, INDEX_HELP, SEED_HELP, SPLIT_HELP, place, show_prompt, show_solution
from reason.cli.terminal import heading, printable
from reason.envs.json_text import load_json
from reason.envs.reasoning import ReasoningEnv
from reason.envs.tool import ToolCall
from reason.family import Family
from reason.interactive import InteractiveFamily
from reason.scoring import score
from reason.task import Task
from reason.verdict import Verdict

COMMANDS = {"/next", "/solution", "/quit", "/help"}
COMMANDS_HELP = "/next takes another task, /solution shows a right answer, /quit ends."
HOW_TO = "Write your answer and end it with an empty line."
HOW_TO_MOVE = "Write one action a line."
HOW_TO_CALL = (
    'Call a function by its name: NAME {"parameter": value, ...}, or NAME VALUE for its first parameter. '
    "What is no call is an answer or an action."
)


@dataclass
class _Tally:
    shown: int = 0
    tried: int = 0
    right: int = 0


def command(
    name: Annotated[str, typer.Argument(metavar="FAMILY", help=FAMILY_HELP)],
    level: Annotated[int | None, typer.Option(help="Difficulty, from 0.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help=SEED_HELP)] = None,
    index: Annotated[int | None, typer.Option(min=0, help=INDEX_HELP)] = None,
    split: Annotated[str, typer.Option(help=SPLIT_HELP)] = "train",
    settings: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
    tools: Annotated[
        list[str] | None, typer.Option("--tool", help="A tool to give; may be repeated.")
    ] = None,
) -> None:
    """Answer tasks yourself and see each verdict; games and tasks with tools are played turn by turn.

    An answer is the final answer alone, or a whole completion with its tags. It may have several lines:
    it ends with an empty line (in a fenced block of code: with its last fence) or with Ctrl-D. A wrong one
    may be tried again, except where tools are given. In a game each line is one action.
    """
    family = registry.get(name)
    knobs = parse_knobs(settings)
    env = ReasoningEnv(family.id, tools=tools or ())
    tally = _Tally()
    try:
        episode = 0
        while True:
            task = family.task(split=split, index=place(seed, index, episode), level=level, knobs=knobs)
            tally.shown += 1
            by_turns = isinstance(family, InteractiveFamily) or task.tools or tools
            if not (_play_turns(env, task, tally) if by_turns else _play(task, family, tally)):
                break
            episode += 1
    except KeyboardInterrupt:
        typer.echo("")
        raise
    finally:
        typer.echo(f"{tally.shown} tasks, {tally.right} solved, {tally.tried} answers")


def _play(task: Task, family: Family[Any], tally: _Tally) -> bool:
    """Take answers to one task until it is solved or left; return whether another one is wanted."""
    _explain(tally, HOW_TO)
    show_prompt(task)
    while (entry := _entry(task, HOW_TO)) is not None:
        if entry == "/next":
            return True
        verdict = score(task, completion_of(entry, code=family.answer_kind == "code"))
        tally.tried += 1
        _show_verdict(verdict)
        if verdict.passed:
            tally.right += 1
            return True
    return False


def _play_turns(env: ReasoningEnv, task: Task, tally: _Tally) -> bool:
    """Play one episode until it ends or is left; return whether another one is wanted."""
    _, info = env.reset(options={"task": task})
    game, tools = isinstance(env.family, InteractiveFamily), info.get("tools", [])
    how_to = " ".join([HOW_TO_MOVE if game else HOW_TO, *([HOW_TO_CALL] if tools else [])])
    _explain(tally, how_to)
    show_prompt(task, tools=False)
    for tool in tools:
        typer.echo(printable(_signature(tool["function"])))
    total = 0.0
    while (entry := _entry(task, how_to, one_line=game)) is not None:
        if entry == "/next":
            return True
        try:
            text = _turn(entry, env, tools)
        except ValueError as error:
            typer.echo(printable(f"This was not sent: {error}.\n"))
            continue
        observation, reward, terminated, truncated, info = env.step(text)
        tally.tried += 1
        total += reward
        if observation:
            typer.echo(printable(observation) + "\n")
        if terminated or truncated:
            verdict = Verdict.from_dict(info["verdict"])
            tally.right += bool(verdict.passed)
            _show_verdict(verdict)
            typer.echo(f"The episode ended ({info['stop_reason']}) with a reward of {total:g}.\n")
            return True
    return False


def _turn(entry: str, env: ReasoningEnv, tools: list[dict[str, Any]]) -> str:
    """Return what a person typed as a policy would write it: a call, or an answer.

    Raises:
        ValueError: it is a call that cannot be read, or that the episode's dialect has no words for.
    """
    dialect = env.dialect
    if dialect is not None and not dialect.parse(entry):
        name, _, rest = entry.strip().partition(" ")
        functions = [tool["function"] for tool in tools if tool["function"]["name"] == name]
        if functions:
            call = ToolCall.of(name, _arguments(rest.strip(), functions[0]["parameters"]))
            if call.error:
                raise ValueError(call.error)
            return dialect.write([call])
    return completion_of(entry, code=env.family.answer_kind == "code")


def _arguments(text: str, schema: Mapping[str, Any]) -> Any:
    """Return JSON text as it is, and any other as the value of the first parameter."""
    properties = schema.get("properties", {})
    if not text or text.startswith("{") or not properties:
        return text
    first = next(iter(schema.get("required") or properties))
    if properties[first].get("type") == "string":
        return {first: text}
    try:
        return {first: load_json(text)}
    except ValueError:
        return {first: text}


def _signature(function: Mapping[str, Any]) -> str:
    schema = function["parameters"]
    needed = schema.get("required", [])
    parameters = [
        f"{name}{'' if name in needed else '?'}: {kind.get('type', 'any')}"
        for name, kind in schema.get("properties", {}).items()
    ]
    return f"{function['name']}({', '.join(parameters)}): {function.get('description', '')}"


def _explain(tally: _Tally, how_to: str) -> None:
    if tally.shown == 1:
        typer.echo(f"{how_to} {COMMANDS_HELP}\n")


def _entry(task: Task, how_to: str, *, one_line: bool = False) -> str | None:
    """Return what is typed next: an answer, or ``/next``; None to end. The other commands are done here."""
    while True:
        if sys.stdin.isatty():
            typer.echo("> ", nl=False)
        entry = _read(sys.stdin, one_line=one_line)
        if entry == "/solution":
            show_solution(task)
        elif entry == "/help":
            typer.echo(f"{how_to} {COMMANDS_HELP}")
        else:
            return None if entry == "/quit" else entry


def completion_of(entry: str, *, code: bool) -> str:
    """Return what a person typed as a completion: as it is where it marks a final answer, else as one."""
    from reason.verifiers.extraction import extract_answer, format_answer

    if extract_answer(entry, code=code).answer is not None:
        return entry
    try:
        return format_answer(entry)
    except ValueError:
        return entry


def _show_verdict(verdict: Verdict) -> None:
    if verdict.passed is None:
        told = "Could not be scored, through a fault of ours."
    elif verdict.passed:
        told = "Right."
    else:
        told = f"Not right (score {verdict.score:g}, {verdict.status.value})."
    heading(told)
    if verdict.detail:
        typer.echo(printable(verdict.detail))
    for name, value in verdict.components.items():
        typer.echo(f"  {name}: {value:g}")
    typer.echo("")


def _read(lines: Iterator[str], *, one_line: bool) -> str | None:
    """Read a command, or an answer up to an empty line or the end of its own; None at the end of input."""
    block: list[str] = []
    fenced = False
    for line in lines:
        text = line.rstrip("\r\n")
        if not block and text.strip().lower() in COMMANDS:
            return text.strip().lower()
        if text.strip().startswith("```"):
            fenced = not fenced
        if text.strip() or fenced:
            block.append(text)
        if block and not fenced and (one_line or not text.strip()):
            break
    return "\n".join(block) if block else None
