from dataclasses import replace

from sound_family import Sum

from reason import ANSWER_INSTRUCTION, register

BREAKS = {"prompts_ask_for_the_answer"}


@register
class NoInstruction(Sum):
    """Leave it open where the answer goes."""

    id = "NoInstruction-v0"

    def draft(self, terms):
        draft = super().draft(terms)
        return replace(draft, prompt=draft.prompt.removesuffix(ANSWER_INSTRUCTION))
