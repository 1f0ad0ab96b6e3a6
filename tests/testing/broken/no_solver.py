from sound_family import Sum

from reason import Family, register

BREAKS = {"the_second_solver_is_accepted"}


@register
class NoSolver(Sum):
    """Have no second solver."""

    id = "NoSolver-v0"
    solve = Family.solve
