from sound_family import Sum

from reason import Verdict, register

BREAKS = {"equivalents_are_accepted", "frames_do_not_change_the_verdict"}


@register
class ComparesStrings(Sum):
    """Demand the reference's own spelling."""

    id = "ComparesStrings-v0"

    def judge(self, total, answer):
        return super().judge(total, answer) if answer == str(total) else Verdict.wrong("another text")
