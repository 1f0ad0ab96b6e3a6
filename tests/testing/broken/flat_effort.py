from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"levels_are_harder"}


@register
class FlatEffort(Sum):
    """Let a knob grow that makes nothing harder."""

    id = "FlatEffort-v0"

    def generate(self, rng, config):
        return replace(super().generate(rng, config), effort=rng.random())
