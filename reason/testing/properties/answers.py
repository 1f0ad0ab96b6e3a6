"""Right answers are accepted however they are spelt, and wrong ones rejected however right they look."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reason.seeding import stream
from reason.task import Task
from reason.testing.conformance import Tally, check
from reason.testing.subject import Subject, tagged
from reason.verdict import Verdict
from reason.verifiers.extraction import format_answer

MAX_GIVEN_UP = 0.1
"""Share of tasks on which ``Family.solve`` may give up."""
MAX_MUTANTS_ACCEPTED = 0.5
"""Share of mutants above which the verifier cannot be reading the part that was changed."""
EXACT_SPELLING = re.compile(r"[+-]?[0-9]+|yes|no|true|false|[A-Z]", re.IGNORECASE)
"""References whose value no full stop, emphasis or dollar sign can change."""


@check("The verifier accepts the reference of every task.", side="right")
def references_are_accepted(subject: Subject, tally: Tally) -> None:
    """Play the oracle, through the one door that trainers use."""
    for task in subject.tasks():
        if task.reference is None:
            tally.case(False, f"{place(task)} has no reference")
            continue
        verdict = subject.score(task, format_answer(task.reference))
        tally.case(verdict.passed and verdict.score == 1.0, told(task, task.reference, verdict))


@check(
    "The verifier accepts every answer of Family.equivalents, and each level has at least one.", side="right"
)
def equivalents_are_accepted(subject: Subject, tally: Tally) -> None:
    """Play other spellings of right answers."""
    for level in subject.levels:
        found = False
        for task in subject.draw(level, subject.tasks_per_level):
            for answer in subject.family.equivalents(task):
                found = True
                verdict = subject.answer(task, answer)
                tally.case(verdict.passed, told(task, answer, verdict))
        if not found:
            tally.case(False, f"level {level} has no equivalents")


@check(
    "The verifier rejects every answer of Family.near_misses, and each level has at least one.", side="wrong"
)
def near_misses_are_rejected(subject: Subject, tally: Tally) -> None:
    """Play wrong answers that look right."""
    for level in subject.levels:
        found = False
        for task in subject.draw(level, subject.tasks_per_level):
            for answer in subject.family.near_misses(task):
                found = True
                verdict = subject.answer(task, answer)
                tally.case(verdict.passed is False and verdict.score != 1.0, told(task, answer, verdict))
        if not found:
            tally.case(False, f"level {level} has no near misses")


@check("A reference gets the same verdict in every frame and in every plain spelling.", side="right")
def frames_do_not_change_the_verdict(subject: Subject, tally: Tally) -> None:
    """Put the reference in boxes, thinking, other tags and revisions; and write it as people do."""
    for task in subject.tasks():
        if task.reference is None:
            continue
        plain = subject.answer(task, task.reference)
        for completion in frames(task.reference, code=subject.family.answer_kind == "code"):
            verdict = subject.score(task, completion)
            tally.case(verdict.passed == plain.passed, told(task, completion, verdict))


@check(
    "Family.solve, from the prompt alone and by another road than generate, finds accepted answers.",
    side="right",
)
def the_second_solver_is_accepted(subject: Subject, tally: Tally) -> None:
    """Let the second solver answer as many tasks as the plan has, with everything but the prompt blanked."""
    wanted = subject.tasks_per_level
    gave_up = 0
    for level in subject.levels:
        answered = 0
        for index in range(int(wanted * (1 + 2 * MAX_GIVEN_UP)) + 1):
            if answered == wanted:
                break
            task = subject.draw(level, index + 1)[index]
            answer = subject.family.solve(only_the_prompt(task, playable=subject.interactive))
            if answer is None:
                gave_up += 1
                continue
            answered += 1
            verdict = subject.answer(task, answer)
            tally.case(verdict.passed, told(task, answer, verdict))
    tally.figures["gave up"] = gave_up
    if gave_up > MAX_GIVEN_UP * (tally.tried + gave_up):
        tally.case(
            False, f"solve gave up on {gave_up} of {tally.tried + gave_up} tasks; {MAX_GIVEN_UP:.0%} may be"
        )


@check("The verifier reads the whole answer: no kind of change to a reference goes unnoticed as a rule.")
def no_part_of_an_answer_is_ignored(subject: Subject, tally: Tally) -> None:
    """Change references and count what is still accepted.

    Nothing but the family's own verifier knows whether a changed answer is right (another path, another
    model), so single acceptances are figures and no failures. But junk at the end, a part that is missing
    or another digit cannot leave most answers right: there, the verifier does not read them.
    """
    tried: dict[str, int] = {}
    accepted: dict[str, int] = {}
    for task in subject.tasks():
        if not subject.accepted(task):
            continue
        for operator, mutant in mutants(task):
            tried[operator] = tried.get(operator, 0) + 1
            accepted[operator] = accepted.get(operator, 0) + bool(subject.answer(task, mutant).passed)
    for operator, count in tried.items():
        tally.figures[operator] = f"{accepted[operator]} of {count} accepted"
        reported = operator in (ACTION_OPERATORS if subject.interactive else ORDER_OPERATORS)
        tally.case(
            reported or accepted[operator] <= MAX_MUTANTS_ACCEPTED * count,
            f"'{operator}' leaves {accepted[operator]} of {count} references accepted",
        )


ORDER_OPERATORS = ("swap two tokens", "repeat a token")
"""Changes that leave an answer right wherever it is a set: reported, never failed."""
ACTION_OPERATORS = (*ORDER_OPERATORS, "drop a token", "change a digit")
"""Changes after which other actions may still lead to the goal: reported where tasks are played."""


def mutants(task: Task) -> Iterator[tuple[str, str]]:
    """Yield each kind of change and the changed reference, where the reference allows it."""
    reference = task.reference or ""
    rng = stream("mutants", task.task_id)
    tokens = re.split(r"(\s+|,)", reference)
    words = [position for position, token in enumerate(tokens) if token.strip(", \t\r\n")]
    yield "append a word", f"{reference} banana"
    yield "append a number", f"{reference} 987654321"
    if len(words) > 1:
        one = rng.choice(words)
        yield "drop a token", "".join(token for position, token in enumerate(tokens) if position != one)
        yield "repeat a token", "".join([*tokens[: one + 1], " ", *tokens[one:]])
        first, second = rng.sample(words, 2)
        swapped = list(tokens)
        swapped[first], swapped[second] = tokens[second], tokens[first]
        if swapped != tokens:
            yield "swap two tokens", "".join(swapped)
    if digits := [match.start() for match in re.finditer(r"[0-9]", reference)]:
        one = rng.choice(digits)
        digit = str((int(reference[one]) + rng.randint(1, 9)) % 10)
        yield "change a digit", reference[:one] + digit + reference[one + 1 :]


def frames(reference: str, *, code: bool) -> Iterator[str]:
    """Yield completions that give ``reference`` as the final answer."""
    plain = tagged(reference)
    yield f"\n  <answer>\n  {reference}\n </answer>\n"
    yield f"<ANSWER>{reference}</ANSWER>"
    yield f"<think>It could be <answer>banana</answer>.</think>{plain}"
    yield f"{plain}\nThat is what I found."
    yield f"<answer>banana</answer>\nNo, I made a mistake in the second step. So:\n{plain}"
    if code:
        yield f"Here it is:\n```\n{reference}\n```\n"
    elif not re.search(r"[{}\\\n]", reference):
        yield f"So the final answer is $\\boxed{{{reference}}}$."
        yield f"<answer>\\boxed{{{reference}}}</answer>"
    if not code and EXACT_SPELLING.fullmatch(reference):
        for spelling in ("{}.", "${}$", "**{}**", "`{}`", "\u200b{} "):
            yield tagged(spelling.format(reference))
    if reference.lower() in ("yes", "no", "true", "false"):
        for spelling in (reference.lower(), reference.upper(), reference.capitalize()):
            yield tagged(spelling)


def only_the_prompt(task: Task, *, playable: bool = False) -> Task:
    """Return a task of which nothing but the prompt is left.

    A ``playable`` task keeps its ground truth as well: a player that may not ask the world for its answers
    cannot play. The contract forbids ``solve`` to look at it in any other way.
    """
    return Task(
        family=task.family,
        version=task.version,
        split="train",
        index=0,
        level=None,
        config={},
        prompt=task.prompt,
        tools=task.tools,
        ground_truth=task.ground_truth if playable else {},
        reference=None,
    )


def place(task: Task) -> str:
    """Say where a task stands, so that a person can draw it."""
    return f"task {task.index} of level {task.level} ({task.split})"


def told(task: Task, answer: str, verdict: Verdict) -> str:
    """Say what a verifier made of an answer."""
    shown = answer if len(answer) <= 120 else f"{answer[:100]}... ({len(answer)} characters)"
    because = f": {verdict.detail}" if verdict.detail else ""
    return f"{place(task)}: {shown!r} got {verdict.score} ({verdict.status.value}){because}"
