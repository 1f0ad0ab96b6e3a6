from sound_family import Sum

from reason import Family, register

BREAKS = {"near_misses_are_rejected"}


@register
class NoNearMisses(Sum):
    """Offer no wrong answer."""

    id = "NoNearMisses-v0"
    near_misses = Family.near_misses
