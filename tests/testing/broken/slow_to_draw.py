import time

from sound_family import Sum

from reason import register

BREAKS = {"tasks_are_drawn_quickly"}


@register
class SlowToDraw(Sum):
    """Take a while where the kit looks at the clock (elsewhere the test would take minutes)."""

    id = "SlowToDraw-v0"

    def task(self, *, split="train", index=0, level=None, knobs=None):
        end = time.process_time() + (0.12 if index >= 20_000 else 0)
        while time.process_time() < end:
            pass
        return super().task(split=split, index=index, level=level, knobs=knobs)
