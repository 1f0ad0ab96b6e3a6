from sound_family import Sum

from reason import register

BREAKS = {"tasks_are_byte_identical"}


@register
class HashOrder(Sum):
    """Write the terms in the order of a set of strings, which each process orders anew."""

    id = "HashOrder-v0"

    def generate(self, rng, config):
        terms = {str(rng.randrange(1000, 10_000)) for _ in range(config.num_terms)}
        return self.draft([int(term) for term in terms])
