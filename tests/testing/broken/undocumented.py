from sound_family import Sum

from reason import register

BREAKS = {"the_family_is_documented"}


@register
class Undocumented(Sum):
    id = "Undocumented-v0"
    licence = ""
