from sound_family import Sum

from reason import register

BREAKS = {"hostile_text_is_harmless"}


@register
class QuadraticTime(Sum):
    """Take leading zeros off one by one."""

    id = "QuadraticTime-v0"

    def judge(self, total, answer):
        while answer.startswith("0"):
            answer = answer[1:]
        return super().judge(total, answer)
