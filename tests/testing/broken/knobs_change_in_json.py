from dataclasses import dataclass

from sound_family import Sum, SumConfig

from reason import Family, register

BREAKS = {"everything_survives_json"}


@dataclass(frozen=True, kw_only=True)
class ForgetfulConfig(SumConfig):
    """Knobs of which one is not told."""

    style: str = "plain"
    """Not used."""

    def to_dict(self):
        """Forget the number of terms."""
        return {"style": self.style}


@register
class KnobsChangeInJson(Sum, Family[ForgetfulConfig]):
    """Have a knob that gets lost on the way through JSON."""

    id = "KnobsChangeInJson-v0"

    def at_level(self, level):
        return ForgetfulConfig(num_terms=level + 2)
