from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"the_second_solver_is_accepted"}


@register
class WrongTruth(Sum):
    """Forget the carry now and then, in the truth and in the reference."""

    id = "WrongTruth-v0"

    def generate(self, rng, config):
        draft = super().generate(rng, config)
        wrong = draft.ground_truth["total"] - 10 * (rng.random() < 0.3)
        return replace(draft, ground_truth={"total": wrong}, reference=str(wrong))
