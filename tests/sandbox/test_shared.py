"""The sandbox that a process shares."""

from concurrent.futures import ThreadPoolExecutor

from reason.sandbox import Case, Judgement, Program
from reason.sandbox.shared import close_shared_sandbox, shared_sandbox

HELLO = Program(source="print(input())")
CASE = Case(stdin="hello", expected="hello")


def test_threads_that_ask_at_once_get_the_same_one_and_it_opens_again_after_its_end() -> None:
    close_shared_sandbox()
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: id(shared_sandbox()), range(32)))
    assert len(found) == 1
    assert shared_sandbox().run(HELLO, [CASE])[0].judgement is Judgement.AC
    close_shared_sandbox()
    close_shared_sandbox()
    assert shared_sandbox().run(HELLO, [CASE])[0].judgement is Judgement.AC
    close_shared_sandbox()
