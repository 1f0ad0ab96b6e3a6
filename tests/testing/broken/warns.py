import warnings

from sound_family import Sum

from reason import register

BREAKS = {"the_environment_is_sound"}


@register
class Warns(Sum):
    """Warn while it draws."""

    id = "Warns-v0"

    def generate(self, rng, config):
        warnings.warn("this is deprecated", DeprecationWarning, stacklevel=2)
        return super().generate(rng, config)
