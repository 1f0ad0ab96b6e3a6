"""Minesweeper: open every cell without a mine, on fields that need no guess."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.generators.games.mine_field import Field, bits, join, neighbours, read_board, write_board
from reason.generators.games.mine_proofs import Sweep, deduce, refute_mines, sweep
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.turns import Move, TextPlayer, TurnGame, count_turns
from reason.registry import register
from reason.seeding import stream
from reason.task import Task

__all__ = ["Minesweeper", "MinesweeperConfig"]

MAX_DRAWS = 200
"""Fields drawn until one needs no guess."""
SAMPLE = 60
"""Fields from which the chance of blind play is bounded,"""
DRAWS = 2_000
"""by so many groups of them."""

_SIZES = (
    *((7, 4), (7, 5), (8, 6), (8, 8), (9, 10), (9, 12), (10, 14)),
    *((10, 16), (11, 19), (11, 22), (12, 26), (12, 28), (13, 33)),
)
"""Side and mines of each level."""
_RULES = """\
Minesweeper. {num_mines} of the cells of a field of {height} rows and {width} columns hold a mine. A closed \
cell is #. An open cell shows how many of the up to eight cells around it hold a mine, and . for none; where \
it is none, the cells around it are opened too. One cell without mines around it has been opened for you:

{board}

Open all cells without a mine, within {turns}. No guess is needed: at every point some closed cell can be \
proved safe. Each turn you open one closed cell; opening a mine loses the game. Anything else costs a turn \
and changes nothing. Rows and columns count from 1, from the top left.

An action is a row and a column, such as {example}. {instruction}"""
_CELL = re.compile(r"(?:open )?\(?(?:row )?([0-9]{1,3})(?:, ?| )(?:column )?([0-9]{1,3})\)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class MinesweeperConfig(Config):
    """Knobs of a field."""

    height: int = 8
    """Rows."""
    width: int = 8
    """Columns."""
    num_mines: int = 8
    """Mines."""
    spare_turns: int = 3
    """Turns more than there are cells to open."""

    def __post_init__(self) -> None:
        """Reject fields that are too small, too large, or too full to need no guess."""
        super().__post_init__()
        self.require(3 <= self.height <= 20, "height", "3 to 20")
        self.require(3 <= self.width <= 20, "width", "3 to 20")
        most = self.height * self.width // 5
        self.require(1 <= self.num_mines <= most, "num_mines", f"1 to {most} (a fifth of the cells)")
        self.require(0 <= self.spare_turns <= 1_000, "spare_turns", "0 to 1000")


@register
class Minesweeper(TurnGame[MinesweeperConfig]):
    """Open every cell of a mine field that holds no mine, where proofs do and no guess is needed.

    A field is drawn until a solver opens all of it by proofs from one statement or two (see
    :func:`reason.generators.games.mine_field.deduce`). Effort is the number of statements that it looked at.
    """

    id = "Minesweeper-v0"
    max_level = len(_SIZES) - 1

    def at_level(self, level: int) -> MinesweeperConfig:
        """Enlarge the field every other level, and raise the density of mines from 8 % to 20 %."""
        side, num_mines = _SIZES[level]
        return MinesweeperConfig(height=side, width=side, num_mines=num_mines)

    def generate(self, rng: Random, config: MinesweeperConfig) -> Draft:
        """Draw mines and a first cell until no guess is needed."""
        swept = _draw(rng, config)
        field = swept.field
        num_turns = swept.to_open.bit_count() + config.spare_turns
        prompt = _RULES.format(
            num_mines=config.num_mines,
            height=config.height,
            width=config.width,
            board=write_board(field, swept.opened),
            turns=count_turns(num_turns),
            example=f"{config.height} 1",
            instruction=TURN_INSTRUCTION,
        )
        return Draft(
            prompt=prompt,
            ground_truth={
                "height": config.height,
                "width": config.width,
                "mines": list(bits(field.mines)),
                "opened": list(bits(swept.opened)),
                "num_turns": num_turns,
            },
            reference="\n".join(_write_cell(cell, config.width) for cell in swept.order),
            effort=float(swept.work),
            metadata={"topic": "minesweeper", "num_mines": config.num_mines},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with the cells that the prompt shows."""
        return {"turn": 0, "opened": task.ground_truth["opened"]}

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the field."""
        board = write_board(_field(task.ground_truth), join(state["opened"]))
        return f"{board}\n{count_turns(self.max_turns(task) - state['turn'])} left."

    def move(self, task: Task, state: Mapping[str, Any], action: str) -> Move:
        """Open a cell."""
        field, opened = _field(task.ground_truth), join(state["opened"])
        match = _CELL.fullmatch(action)
        row, column = (int(match[1]), int(match[2])) if match else (0, 0)
        if not (1 <= row <= field.height and 1 <= column <= field.width):
            told = f"That is not a row from 1 to {field.height} and a column from 1 to {field.width}."
            return Move(told=told, valid=False)
        cell = (row - 1) * field.width + column - 1
        if opened >> cell & 1:
            return Move(told=f"Row {row}, column {column} is open already.", valid=False)
        if field.mines >> cell & 1:
            return Move(told=f"Row {row}, column {column} holds a mine: you lose.", lost=True)
        opened = field.open(opened, cell)
        passed = not field.cells & ~field.mines & ~opened
        told = "All cells without a mine are open: you win." if passed else write_board(field, opened)
        return Move(told=told, changes={"opened": tuple(bits(opened))}, passed=passed)

    def progress(self, task: Task, state: Mapping[str, Any]) -> float:
        """Return the share of the cells to open that are open."""
        truth = task.ground_truth
        given = len(truth["opened"])
        to_open: int = truth["height"] * truth["width"] - len(truth["mines"]) - given
        return (len(state["opened"]) - given) / to_open

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Open the first cell that is proved safe; where guesses led to none, one of low numbers."""
        truth = task.ground_truth
        field, opened = _field(truth), join(state["opened"])
        numbers = field.numbers(opened)
        deduction = deduce(field.height, field.width, numbers, len(truth["mines"]))
        if deduction.safe:
            return _write_cell(next(bits(deduction.safe)), field.width)
        around = neighbours(field.height, field.width)

        def risk(cell: int) -> float:
            told = [
                numbers[each] / (around[each] & ~opened).bit_count() for each in bits(around[cell] & opened)
            ]
            return max(told, default=len(truth["mines"]) / (field.cells & ~opened).bit_count())

        return _write_cell(min(bits(field.cells & ~opened & ~deduction.mines), key=risk), field.width)

    def text_player(self, prompt: str) -> TextPlayer:
        """Read the field, and open the cells in which a SAT solver refutes a mine."""
        rows = [int(number) for number in re.findall(r"([0-9]+) of the cells of a field of", prompt)]
        board = prompt
        while safe := refute_mines(read_board(board), rows[0]):
            for row, column in safe:
                if read_board(board)[row][column] == "#":
                    board = yield f"{row + 1} {column + 1}"

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield games that open a mine, leave a cell closed, name two cells, or go on after the end."""
        *before, last = (task.reference or "").splitlines()
        width = task.ground_truth["width"]
        for mine in task.ground_truth["mines"][:3]:
            yield "\n".join([*before, _write_cell(mine, width)])
            yield "\n".join([_write_cell(mine, width), *before, last])
        for ends in (
            [],
            [last, last],
            [f"{last} {last}"],
            [f"{last} or 1 1"],
            [last.split()[0]],
            [f"{last}.5"],
        ):
            yield "\n".join([*before, *ends])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other spellings."""
        yield from super().equivalents(task)
        cells = [action.split() for action in (task.reference or "").splitlines()]
        for spelling in (
            "{}, {}",
            "({}, {})",
            "open {} {}",
            "Row {}, column {}",
            "**{} {}**",
            "0{} 0{}",
            "{},{}.",
        ):
            yield "\n".join(spelling.format(*cell) for cell in cells)

    def chance(self, config: MinesweeperConfig) -> float:
        """Bound how often one list of actions wins.

        If it wins with probability q, it wins all of k independent fields with probability q to the k. It can
        do that only where no field has a mine in a cell that another forces the player to open, and where
        all of those cells are no more than the turns; so often that is, in groups of sampled fields.
        """
        return _bound_chance(config)


@lru_cache(maxsize=64)
def _bound_chance(config: MinesweeperConfig) -> float:
    rng = stream(Minesweeper.id, "chance", config.to_dict())
    sample = [_draw(rng, config) for _ in range(SAMPLE)]
    fields = [(one.forced, one.field.mines, one.to_open.bit_count() + config.spare_turns) for one in sample]

    def share(size: int) -> float:
        count = 0
        for _ in range(DRAWS):
            forced, mines, turns = zip(*rng.sample(fields, size), strict=True)
            opened = reduce(or_, forced)
            count += not opened & reduce(or_, mines) and opened.bit_count() <= min(turns)
        return (count + 1) / (DRAWS + 1)

    return min(math.pow(share(size), 1 / size) for size in range(2, 7))


def _draw(rng: Random, config: MinesweeperConfig) -> Sweep:
    """Draw fields until one needs no guess."""
    for _ in range(MAX_DRAWS):
        mines = join(rng.sample(range(config.height * config.width), config.num_mines))
        field = Field(height=config.height, width=config.width, mines=mines)
        if empty := [cell for cell in bits(field.cells & ~mines) if not field.number(cell)]:
            opened = field.open(0, rng.choice(empty))
            if swept := sweep(field, opened, config.num_mines):
                return swept
    raise GenerationError(f"{MAX_DRAWS} fields of {config} need a guess each; take fewer mines")


def _write_cell(cell: int, width: int) -> str:
    return f"{cell // width + 1} {cell % width + 1}"


def _field(truth: Mapping[str, Any]) -> Field:
    return Field(height=truth["height"], width=truth["width"], mines=join(truth["mines"]))
