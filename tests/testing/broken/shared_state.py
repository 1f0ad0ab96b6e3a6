from sound_family import Sum

from reason import register

BREAKS = {"tasks_are_byte_identical", "everything_survives_json", "the_environment_is_sound"}


@register
class SharedState(Sum):
    """Remember how often it was asked."""

    id = "SharedState-v0"

    def generate(self, rng, config):
        self.asked = getattr(self, "asked", 0) + 1
        terms = [rng.randrange(1000, 10_000) for _ in range(config.num_terms)]
        return self.draft([*terms, 1000 + self.asked % 9000])
