from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"verdicts_are_of_one_form"}


@register
class MissingComponents(Sum):
    """Declare components that no verdict has."""

    id = "MissingComponents-v0"

    def judge(self, total, answer):
        return replace(super().judge(total, answer), components={})
