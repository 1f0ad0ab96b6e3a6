"""Run scripts in SMT-LIB 2 with Z3: satisfiability modulo theories.

Z3 reads and writes files when a script says so (``include``, output channels, proof logs), so no script
reaches it as it was written: it is cut into tokens here, every command and option must be on a list, and
Z3 gets the tokens put together again. Call :func:`run_script` under
:func:`reason.verifiers.limited.limited`, since a script may take any time and memory, and may end the
process that runs it.

Source: The SMT-LIB Standard, version 2.6 (2017), chapters 3.1 (lexicon) and 4 (commands).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

__all__ = ["MAX_SCRIPT_CHARS", "check_script", "run_script", "z3_is_installed"]

MAX_SCRIPT_CHARS = 100_000
MAX_OUTPUT_CHARS = 200_000
MAX_DEPTH = 200
MAX_NUMERAL_CHARS = 1_000

COMMANDS = frozenset(
    {
        *("set-logic", "set-option", "declare-const", "declare-fun", "declare-sort", "declare-datatype"),
        *(
            "declare-datatypes",
            "define-const",
            "define-fun",
            "define-fun-rec",
            "define-funs-rec",
            "define-sort",
        ),
        *("assert", "assert-soft", "minimize", "maximize", "check-sat", "check-sat-assuming", "get-model"),
        *(
            "get-value",
            "get-unsat-core",
            "get-objectives",
            "push",
            "pop",
            "reset",
            "reset-assertions",
            "echo",
        ),
    }
)
CHECKS = frozenset({"check-sat", "check-sat-assuming"})
PASSED_OVER = frozenset({"set-info"})
OPTIONS = frozenset({":produce-models", ":produce-unsat-cores", ":produce-assignments", ":print-success"})

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]++|;[^\n]*+)|(?P<open>\()|(?P<close>\))"
    r'|(?P<string>"(?:[^"]|"")*+")|(?P<quoted>\|[^|\\]*+\|)|(?P<bits>\#x[0-9A-Fa-f]++|\#b[01]++)'
    r"|(?P<word>[A-Za-z0-9~!@$%^&*_\-+=<>.?/:]++)"
)


def z3_is_installed() -> bool:
    """Tell whether the optional ``z3-solver`` is there."""
    return find_spec("z3") is not None


def check_script(text: str) -> list[list[str]]:
    """Read a hostile script into its commands, each a list of tokens from ``(`` to ``)``.

    >>> check_script("(assert true) ; a comment (check-sat)")
    Traceback (most recent call last):
    ValueError: the script asks nothing: it needs (check-sat)
    >>> check_script("(assert true) (check-sat)")
    [['(', 'assert', 'true', ')'], ['(', 'check-sat', ')']]

    Raises:
        ValueError: it is no script, asks nothing, or has a command or an option that is not offered.
    """
    if len(text) > MAX_SCRIPT_CHARS:
        raise ValueError(f"a script has at most {MAX_SCRIPT_CHARS} characters, not {len(text)}")
    commands: list[list[str]] = []
    for command in _commands(text):
        name = command[1]
        if name == "exit":
            break
        if name in PASSED_OVER:
            continue
        if name not in COMMANDS:
            raise ValueError(f"the command {name[:40]!r} is not offered")
        if name == "set-option" and (
            command[2] not in OPTIONS or command[3:] not in (["true", ")"], ["false", ")"])
        ):
            raise ValueError(f"the option {' '.join(command[2:-1])[:40]!r} is not offered")
        commands.append(command)
    if not any(command[1] in CHECKS for command in commands):
        raise ValueError("the script asks nothing: it needs (check-sat)")
    return commands


def run_script(commands: list[list[str]], steps: int) -> dict[str, Any]:
    """Run the commands of :func:`check_script`.

    Args:
        commands: What that function returned.
        steps: Z3's own measure of work (``rlimit``) that each check may take; beyond it says ``unknown``,
            on every machine alike.

    Returns:
        JSON data: ``output`` (what Z3 printed) and ``error`` (whether it complained).
    """
    import z3

    limit = f"(set-option :rlimit {int(steps)})\n"
    # Z3 forgets the limit where it is set before the first declaration.
    script = "\n".join((limit if one[1] in CHECKS else "") + " ".join(one) for one in commands)
    context = z3.Context()
    try:
        output, error = z3.Z3_eval_smtlib2_string(context.ref(), script), False
    except z3.Z3Exception as complaint:
        told = complaint.value
        output, error = told.decode(errors="replace") if isinstance(told, bytes) else str(told), True
    # Commands that fail halfway are told in the output alone.
    return {"output": output[:MAX_OUTPUT_CHARS].strip(), "error": error or "(error " in output}


def _commands(text: str) -> Iterator[list[str]]:
    command: list[str] = []
    depth = 0
    for token in _tokens(text):
        if depth == 0 and token != "(":
            raise ValueError(f"a script is a list of commands in brackets, not {token[:40]!r}")
        depth += (token == "(") - (token == ")")
        if depth > MAX_DEPTH:
            raise ValueError(f"brackets stand more than {MAX_DEPTH} deep")
        command.append(token)
        if depth == 0:
            if len(command) < 3 or command[1] == "(":
                raise ValueError(f"a command has a name, not {' '.join(command)[:40]!r}")
            yield command
            command = []
    if command:
        raise ValueError("a bracket is not closed")


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"the script cannot be read at character {place}: {text[place : place + 20]!r}")
        place = found.end()
        token = found[0]
        if found.lastgroup == "space":
            continue
        if not token.isascii() or any(not (" " <= char <= "~" or char in "\t\r\n") for char in token):
            raise ValueError(f"a script is written in printable ASCII, not {token[:40]!r}")
        if token[0].isdigit() and len(token) > MAX_NUMERAL_CHARS:
            raise ValueError(f"a number has at most {MAX_NUMERAL_CHARS} digits, not {len(token)}")
        yield token
