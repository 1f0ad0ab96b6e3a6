from sound_family import Sum

from reason import register

BREAKS = {"blind_policies_stay_at_chance"}


@register
class ConstantAnswer(Sum):
    """Ask sums that are mostly the same."""

    id = "ConstantAnswer-v0"

    def at_level(self, level):
        return super().at_level(level + 2)

    def generate(self, rng, config):
        terms = [rng.randrange(1000, 2000) for _ in range(config.num_terms - 1)]
        wanted = 1000 + 2000 * config.num_terms
        return self.draft([*terms, wanted - sum(terms) + (rng.random() < 0.5)])
