import random

from sound_family import Sum

from reason import register

BREAKS = {"global_generators_are_untouched"}


@register
class GlobalRandom(Sum):
    """Disturb the generator that everybody shares."""

    id = "GlobalRandom-v0"

    def generate(self, rng, config):
        random.random()
        return super().generate(rng, config)
