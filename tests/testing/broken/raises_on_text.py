from sound_family import Sum

from reason import register
from reason.verifiers.spelling import plain

BREAKS = {"hostile_text_is_harmless"}


@register
class RaisesOnText(Sum):
    """Take what str.isdigit says for what int takes."""

    id = "RaisesOnText-v0"

    def judge(self, total, answer):
        number = plain(answer)
        return super().judge(total, str(int(number)) if number.isdigit() else number)
