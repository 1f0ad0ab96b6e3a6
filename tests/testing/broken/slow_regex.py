import re

from sound_family import Sum

from reason import register

BREAKS = {"hostile_text_is_harmless"}


@register
class SlowRegex(Sum):
    """Read numbers with a regular expression that takes exponential time."""

    id = "SlowRegex-v0"

    def judge(self, total, answer):
        numbers = re.match(r"([0-9]+\s*)+$", answer)
        return super().judge(total, numbers[0] if numbers else answer)
