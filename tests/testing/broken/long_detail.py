from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"hostile_text_is_harmless"}


@register
class LongDetail(Sum):
    """Say the whole answer again."""

    id = "LongDetail-v0"

    def judge(self, total, answer):
        return replace(super().judge(total, answer), detail=f"I read {answer!r}")
