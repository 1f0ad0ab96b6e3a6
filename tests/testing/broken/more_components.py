from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"verdicts_are_of_one_form"}


@register
class MoreComponents(Sum):
    """Give wrong answers a component of their own."""

    id = "MoreComponents-v0"

    def judge(self, total, answer):
        verdict = super().judge(total, answer)
        return verdict if verdict.passed else replace(verdict, components={**verdict.components, "length": 1})
