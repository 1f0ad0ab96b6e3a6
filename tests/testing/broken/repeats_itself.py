from sound_family import Sum

from reason import register

BREAKS = {"streams_do_not_repeat"}


@register
class RepeatsItself(Sum):
    """Choose from a few hundred tasks."""

    id = "RepeatsItself-v0"

    def generate(self, rng, config):
        return self.draft([rng.randrange(1000, 1400), *[2000] * (config.num_terms - 1)])

    def chance(self, config):
        return 1 / 100
