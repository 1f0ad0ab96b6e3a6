from sound_family import Sum

from reason import register

BREAKS = {"hedges_are_rejected", "near_misses_are_rejected", "no_part_of_an_answer_is_ignored"}


@register
class AcceptsSubstrings(Sum):
    """Look for the number anywhere in the answer."""

    id = "AcceptsSubstrings-v0"

    def judge(self, total, answer):
        return super().judge(total, str(total) if str(total) in answer else answer)
