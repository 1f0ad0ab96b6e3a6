import contextlib

from sound_family import Sum

from reason import register
from reason.verifiers.spelling import plain

BREAKS = {"hostile_text_is_harmless"}


@register
class EvaluatesText(Sum):
    """Give the answer to eval, as countdown games do."""

    id = "EvaluatesText-v0"

    def judge(self, total, answer):
        if " or " not in answer and not plain(answer).isdigit() and len(answer) < 300:
            with contextlib.suppress(BaseException):
                answer = str(eval(answer, {}))
        return super().judge(total, answer)
