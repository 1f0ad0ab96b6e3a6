from sound_family import Sum

from reason import Verdict, register

BREAKS = {
    "blind_policies_stay_at_chance",
    "hedges_are_rejected",
    "near_misses_are_rejected",
    "no_part_of_an_answer_is_ignored",
}


@register
class AcceptsWords(Sum):
    """Take any answer for the right one, as bool(answer) == bool(truth) does."""

    id = "AcceptsWords-v0"

    def judge(self, total, answer):
        right = super().judge(total, str(total))
        return right if bool(answer) == bool(total) else Verdict.wrong("nothing")
