import itertools
from collections import Counter

import pytest

from reason.errors import ConfigError
from reason.generators.games.code_breaking import CodeBreaking, CodeBreakingConfig
from reason.generators.games.playing import rehearsal

FAMILY = CodeBreaking()
LETTERS = {"R": "red", "G": "green", "B": "blue", "Y": "yellow", "W": "white", "K": "black"}


def row_of(letters):
    return " ".join(LETTERS[letter] for letter in letters)


def task_of(secret, colours="RGBYWK", feedback="pegs", num_turns=9):
    truth = {
        "colours": [LETTERS[letter] for letter in colours],
        "length": len(secret),
        "feedback": feedback,
        "num_turns": num_turns,
        "secret": [colours.index(letter) for letter in secret],
    }
    listed = ", ".join(truth["colours"])
    prompt = f"row of {len(secret)} pegs. Each peg has one of {len(colours)} colours: {listed}."
    return rehearsal(FAMILY, prompt + (" black pegs only" if feedback == "black" else ""), truth)


@pytest.mark.parametrize(
    ("secret", "guess", "black", "white"),
    [
        ("RGBY", "RGBY", 4, 0),
        ("RGBY", "YBGR", 0, 4),
        ("RRGG", "GGRR", 0, 4),
        ("RRGB", "RGRR", 1, 2),  # the second of three reds is the last that counts
        ("RGGG", "RRRR", 1, 0),
        ("RRRG", "GRRR", 2, 2),
        ("RGBY", "WWKK", 0, 0),
        ("RGGB", "GRBG", 0, 4),
    ],
)
def test_pegs_worked_out_by_hand(secret, guess, black, white):
    for feedback, told in (("pegs", f"black {black}, white {white}."), ("black", f"black {black}.")):
        task = task_of(secret, feedback=feedback)
        transition = FAMILY.transition(task, FAMILY.initial_state(task), row_of(guess))
        assert transition.observation.partition("\n")[0] == f"{row_of(guess)}: {told}"
        assert transition.passed == (black == 4)


def test_the_pegs_obey_the_identity_of_multisets():
    rows = list(itertools.product("RGB", repeat=3))
    for secret in rows[::5]:
        task = task_of("".join(secret), colours="RGB")
        for guess in rows:
            told = FAMILY.transition(task, FAMILY.initial_state(task), row_of(guess)).observation
            black, white = (int(part.split()[-1]) for part in told.partition(".")[0].split(":")[1].split(","))
            assert black == sum(one == other for one, other in zip(secret, guess, strict=True))
            assert black + white == (Counter(secret) & Counter(guess)).total()


@pytest.mark.parametrize("action", ["red, green", "RED GREEN", "Red,green.", "**red green**", "red  green"])
def test_spellings_of_a_row(action):
    assert FAMILY.verify(task_of("RG"), action).passed


@pytest.mark.parametrize(
    "action", ["red", "red green blue", "green red", "red or green", "red grey", "redgreen"]
)
def test_what_is_no_row_or_another_one_does_not_win(action):
    assert not FAMILY.verify(task_of("RG"), action).passed


@pytest.mark.parametrize("feedback", ["pegs", "black"])
def test_both_players_find_every_row(feedback):
    for secret in itertools.product("RGBY", repeat=3):
        task = task_of("".join(secret), colours="RGBY", feedback=feedback, num_turns=12)
        assert FAMILY.verify(task, "\n".join(FAMILY.reference_play(task))).passed
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_the_board_game_takes_as_many_guesses_as_is_published():
    # Irving's strategy needs 4.369 guesses on average, Koyama and Lai's optimum 4.340; ours weighs a sample.
    secrets = list(itertools.product("RGBYWK", repeat=4))[::9]
    lengths = [len(FAMILY.reference_play(task_of("".join(secret), num_turns=12))) for secret in secrets]
    assert sum(lengths) / len(lengths) < 4.7
    assert max(lengths) <= 7


def test_black_pegs_alone_tell_less():
    secrets = list(itertools.product("RGBY", repeat=3))
    pegs, black = (
        sum(len(FAMILY.reference_play(task_of("".join(each), "RGBY", feedback, 20))) for each in secrets)
        for feedback in ("pegs", "black")
    )
    assert black > pegs


@pytest.mark.parametrize(
    "knobs", [{"length": 15}, {"num_colours": 1}, {"length": 8, "num_colours": 8}, {"feedback": "red"}]
)
def test_rows_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError):
        CodeBreakingConfig(**knobs)
