import re

from sound_family import Sum

from reason import register

BREAKS = {"hostile_text_is_harmless"}


@register
class EvaluatesArithmetic(Sum):
    """Give only digits and operators to eval: no canary can tell, but it is text that runs."""

    id = "EvaluatesArithmetic-v0"

    def judge(self, total, answer):
        if re.fullmatch(r"[0-9]{1,6}[-+][0-9]{1,6}", answer):
            answer = str(eval(answer))
        return super().judge(total, answer)
