from dataclasses import replace

from sound_family import Sum

from reason import register

BREAKS = {"splits_are_disjoint", "streams_do_not_repeat"}


@register
class NoisyContent(Sum):
    """Cut the splits by noise, from a space so small that they meet."""

    id = "NoisyContent-v0"

    def generate(self, rng, config):
        draft = self.draft([rng.randrange(1000, 3000), *[2000] * (config.num_terms - 1)])
        return replace(draft, canonical=rng.random())
