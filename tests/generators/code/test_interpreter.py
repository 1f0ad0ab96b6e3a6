"""The interpreter of drawn programs; test_programs.py says that it agrees with Python."""

import pytest

from reason.generators.code.interpreter import MAX_DEPTH, Interpreter, ProgramError, parse_program


def test_the_limit_on_recursion_is_ours_whatever_the_caller_s_stack():
    loop = "for x in [1]:\n            return 1 + (2 * f(n - 1)) % 97"
    source = f"def f(n):\n    if n > 0:\n        {loop}\n    return 0"

    def nested(frames, arguments):
        if frames:
            return nested(frames - 1, arguments)
        return Interpreter(program=parse_program(source)).call("f", arguments)

    for frames in (0, 400):
        assert nested(frames, [MAX_DEPTH - 1]) == nested(0, [MAX_DEPTH - 1])
        with pytest.raises(ProgramError, match="too deep"):
            nested(frames, [MAX_DEPTH])
