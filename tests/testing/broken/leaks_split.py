from sound_family import Sum

from reason import register

BREAKS = {"splits_are_disjoint"}


@register
class LeaksSplit(Sum):
    """Ignore which split is asked for."""

    id = "LeaksSplit-v0"

    def task(self, *, split="train", index=0, level=None, knobs=None):
        return super().task(split="train", index=index, level=level, knobs=knobs)
