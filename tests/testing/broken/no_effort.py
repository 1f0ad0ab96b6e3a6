from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"levels_are_harder"}


@register
class NoEffort(Sum):
    """Measure nothing."""

    id = "NoEffort-v0"

    def generate(self, rng, config):
        return replace(super().generate(rng, config), effort=None)
