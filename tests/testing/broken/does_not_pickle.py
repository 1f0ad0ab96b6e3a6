from sound_family import Sum

from reason import register

BREAKS = {"everything_pickles"}


@register
class DoesNotPickle(Sum):
    """Hold a function that has no name."""

    id = "DoesNotPickle-v0"

    def __init__(self):
        self.add = lambda left, right: left + right
