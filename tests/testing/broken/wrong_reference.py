from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"references_are_accepted"}


@register
class WrongReference(Sum):
    """Keep a wrong answer for some tasks."""

    id = "WrongReference-v0"

    def generate(self, rng, config):
        draft = super().generate(rng, config)
        return replace(draft, reference=str(int(draft.reference) + (rng.random() < 0.3)))
