from sound_family import Sum

from reason import register

BREAKS = {"tasks_score_without_regeneration"}


@register
class RegeneratesToScore(Sum):
    """Draw the task again to learn its answer."""

    id = "RegeneratesToScore-v0"

    def verify(self, task, answer):
        drawn = self.task(split=task.split, index=task.index, knobs=task.config)
        return self.judge(drawn.ground_truth["total"], answer)
