from sound_family import Sum

from reason import register

BREAKS = {"streams_do_not_repeat"}


@register
class FalselyFinite(Sum):
    """Claim that there are few tasks."""

    id = "FalselyFinite-v0"
    finite = True
