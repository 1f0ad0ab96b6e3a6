from sound_family import Sum

from reason import Family, register

BREAKS = {"equivalents_are_accepted"}


@register
class NoEquivalents(Sum):
    """Offer no other spelling."""

    id = "NoEquivalents-v0"
    equivalents = Family.equivalents
