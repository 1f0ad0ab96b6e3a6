from sound_family import Sum

from reason import register

BREAKS = {"the_second_solver_is_accepted"}


@register
class SolverPeeks(Sum):
    """Let the second solver read the ground truth."""

    id = "SolverPeeks-v0"

    def solve(self, task):
        return str(task.ground_truth["total"])
