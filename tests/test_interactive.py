import reason
from reason.interactive import MAX_ACTION_CHARS, NO_ACTION, as_action


def test_an_action_that_is_too_long_is_none_and_not_its_beginning():
    family = reason.get("NumberGuess")
    for task in family.tasks(stop=5, level=3):
        *_, last = actions = task.reference.splitlines()
        assert family.verify(task, "\n".join(actions)).passed
        for long in (last + " " * MAX_ACTION_CHARS + "x", last.zfill(MAX_ACTION_CHARS + 1)):
            assert as_action(long) == NO_ACTION
            verdict = family.verify(task, "\n".join([*actions[:-1], long]))
            assert not verdict.passed
            assert verdict == family.verify(task, "\n".join([*actions[:-1], NO_ACTION]))
        padded = f"{' ' * MAX_ACTION_CHARS}{last}{' ' * MAX_ACTION_CHARS}"
        assert family.verify(task, "\n".join([*actions[:-1], padded])).passed
