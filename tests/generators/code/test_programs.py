"""The drawn programs, our interpreter of them and real Python in the sandbox agree."""

import ast
import json
from random import Random

import pytest

from reason.generators.code.drawing import draw_arguments, draw_program
from reason.generators.code.interpreter import Interpreter, ProgramError, parse_program
from reason.generators.code.mutating import FAILED, mutants, mutations, results_of
from reason.generators.code.pipelines import OPERATIONS, apply_all, draw_list
from reason.generators.code.running import printed_by

SIZES = (3, 5, 8, 12)


def test_our_interpreter_agrees_with_python():
    rng = Random(8)
    expected, blocks = [], ["import copy, json", "found = []"]
    for number in range(40):
        program = draw_program(rng, SIZES[number % 4])
        interpreter = program.interpreter()
        blocks.append(program.source)
        for _ in range(4):
            arguments = draw_arguments(rng, program.kinds)
            expected.append(interpreter.call(program.name, arguments))
            blocks.append(f"found.append({program.name}(*{arguments!r}))")
    printed = printed_by("\n".join([*blocks, "print(json.dumps(found))"]))
    assert json.loads(printed) == expected


def test_operations_say_the_same_in_python_and_in_english():
    rng = Random(3)
    lists = [[], [0], *(draw_list(rng) for _ in range(6))]
    texts = [operation.python for operation in OPERATIONS]
    source = (
        f"import json\nlists, texts = {lists!r}, {texts!r}\n"
        "print(json.dumps([[eval(text, {'values': list(each)}) for each in lists] for text in texts]))"
    )
    ours = [[apply_all([operation], each) for each in lists] for operation in OPERATIONS]
    assert json.loads(printed_by(source)) == ours
    assert len({operation.english for operation in OPERATIONS}) == len(OPERATIONS)


def test_a_program_is_a_mutant_of_its_mutants():
    tree = parse_program(ast.unparse(draw_program(Random(5), 6).tree))
    right = ast.unparse(tree)
    for number in range(len(mutations(tree))):
        change = mutations(tree)[number]
        change.apply()
        assert ast.unparse(tree) != right
        assert right in {ast.unparse(each) for each in mutants(tree)}
        change.undo()
    assert ast.unparse(tree) == right


@pytest.mark.parametrize(
    "source",
    [
        "def f(n):\n    while True:\n        n = n + 1\n    return n",
        "def f(n):\n    return f(n)",
        "def f(n):\n    while n > 0:\n        n = n * n\n    return n",
        "def f(n):\n    return 'a' * 10000000000",
        "def f(n):\n    return n // 0",
        "def f(n):\n    return [1][n]",
        "def f(n):\n    return missing",
        "def f(n):\n    return n.__class__",
        "def f(n):\n    return ().__class__()",
        "def f(n):\n    return open('x')",
        "def f(n):\n    import os\n    return os",
        "def f(n, m):\n    return n",
    ],
)
def test_whatever_is_run_ends_and_what_is_unknown_is_refused(source):
    with pytest.raises(ProgramError):
        Interpreter(program=parse_program(source)).call("f", [2])
    assert results_of(parse_program(source), "f", [[2]], 500) == [FAILED]


def test_arguments_are_not_changed_by_a_call():
    tree = parse_program("def f(values):\n    values.append(1)\n    return values")
    given = [[5]]
    assert Interpreter(program=tree).call("f", given) == [5, 1]
    assert given == [[5]]
