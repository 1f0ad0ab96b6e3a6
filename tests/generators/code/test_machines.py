"""Small machines, by hand."""

import pytest

from reason.generators.code.brainfuck_program import run_brainfuck
from reason.generators.code.stack_machine import run_stack_machine


@pytest.mark.parametrize(
    ("program", "stack"),
    [
        (["PUSH 2", "PUSH 5", "SUB"], [-3]),
        (["PUSH 2", "PUSH 5", "SWAP", "SUB"], [3]),
        (["PUSH 7", "PUSH -4", "MUL", "MOD 5"], [2]),
        (["PUSH 1", "PUSH 2", "PUSH 3", "ROT"], [2, 3, 1]),
        (["PUSH 1", "PUSH 2", "OVER", "DUP", "DROP"], [1, 2, 1]),
        (["PUSH 1", "REPEAT 3", "DUP", "ADD", "END"], [8]),
        (["PUSH 0", "REPEAT 2", "REPEAT 3", "PUSH 1", "ADD", "END", "END"], [6]),
    ],
)
def test_stack_programs(program, stack):
    assert run_stack_machine(program)[0] == stack


@pytest.mark.parametrize(
    "program", [["ADD"], ["PUSH 1", "ROT"], ["PUSH 9999", "REPEAT 9", "DUP", "MUL", "END"]]
)
def test_stack_programs_that_cannot_run(program):
    with pytest.raises(ValueError, match=r"finds too few|too large"):
        run_stack_machine(program)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("++++++++[>++++++++<-]>+.", "A"),
        ("+++++[>+++++++++++++<-]>.+.", "AB"),
        ("++[>++[>++++[>++++<-]<-]<-]>>>+.", "A"),
        ("[+++.]", ""),
        ("-[>+<-------]>.", chr(73)),
    ],
)
def test_brainfuck_programs(program, text):
    assert run_brainfuck(program)[0] == text


@pytest.mark.parametrize("program", ["[", "]", "<+", "+[]"])
def test_brainfuck_programs_that_cannot_run(program):
    with pytest.raises(ValueError, match=r"without|tape|steps"):
        run_brainfuck(program, max_steps=1000)
