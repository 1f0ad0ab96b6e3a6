from sound_family import Sum

from reason import register

BREAKS = {"near_misses_are_rejected"}


@register
class RoundsAnswers(Sum):
    """Forgive an error of one, as a tolerance of one per cent does."""

    id = "RoundsAnswers-v0"

    def judge(self, total, answer):
        verdict = super().judge(total, answer)
        near = verdict.components.get("closeness", 0) >= 0.5
        return super().judge(total, str(total)) if near else verdict
