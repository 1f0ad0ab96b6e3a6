from dataclasses import dataclass, field

from sound_family import Sum, SumConfig

from reason import Family, register

BREAKS = {"everything_survives_json"}


@dataclass(frozen=True, kw_only=True)
class PairsConfig(SumConfig):
    """Knobs of which one is a list, which comes back as a tuple."""

    pairs: list[int] = field(default_factory=lambda: [1, 2])
    """Not used."""


@register
class KnobsChangeInJson(Sum, Family[PairsConfig]):
    """Have a knob that comes back from JSON as something else."""

    id = "KnobsChangeInJson-v0"

    def at_level(self, level):
        return PairsConfig(num_terms=level + 2)
