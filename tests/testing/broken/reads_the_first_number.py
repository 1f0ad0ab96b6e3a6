import re

from sound_family import Sum

from reason import register

BREAKS = {"hedges_are_rejected", "no_part_of_an_answer_is_ignored"}


@register
class ReadsTheFirstNumber(Sum):
    """Read one number and leave the rest."""

    id = "ReadsTheFirstNumber-v0"

    def judge(self, total, answer):
        first = re.search(r"(?<![0-9.])-?[0-9]{1,20}(?![0-9.])", answer)
        return super().judge(total, first[0] if first else answer)
