from sound_family import Sum

from reason import register

BREAKS = {"the_family_is_documented", "the_environment_is_sound"}


@register
class DefaultLevelTooHigh(Sum):
    """Start at a level that it does not have."""

    id = "DefaultLevelTooHigh-v0"
    max_level = 2
