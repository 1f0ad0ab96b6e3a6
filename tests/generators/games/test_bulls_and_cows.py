import itertools

import pytest

from reason.errors import ConfigError
from reason.generators.games.bulls_and_cows import BullsAndCows, BullsAndCowsConfig
from reason.generators.games.playing import rehearsal

FAMILY = BullsAndCows()


def task_of(symbols, secret, num_turns=8):
    truth = {
        "symbols": symbols,
        "length": len(secret),
        "num_turns": num_turns,
        "secret": [symbols.index(symbol) for symbol in secret],
    }
    prompt = (
        f"a secret code of {len(secret)} different symbols out of these {len(symbols)}: {' '.join(symbols)}."
    )
    return rehearsal(FAMILY, prompt, truth)


@pytest.mark.parametrize(
    ("guess", "bulls", "cows"),
    [("1234", 4, 0), ("4321", 0, 4), ("1243", 2, 2), ("5678", 0, 0), ("1562", 1, 1), ("5126", 0, 2)],
)
def test_marks_worked_out_by_hand(guess, bulls, cows):
    task = task_of("12345678", "1234")
    transition = FAMILY.transition(task, FAMILY.initial_state(task), guess)
    assert transition.observation.startswith(f"{guess}: bulls {bulls}, cows {cows}.")
    assert transition.passed == (bulls == 4)


@pytest.mark.parametrize("action", ["ka7", "K A 7", "k, a, 7", "**KA7**", "`ka7`.", "\uff2bA7"])
def test_spellings_of_a_code(action):
    assert FAMILY.verify(task_of("7AKQ", "KA7"), action).passed


@pytest.mark.parametrize("action", ["KA", "KA77", "KKA", "KA8", "KA7 7AK", "KA7 or 7AK", "7AK", "K-A-7-"])
def test_what_is_no_code_or_another_one_does_not_win(action):
    assert not FAMILY.verify(task_of("7AKQ", "KA7"), action).passed


def test_the_two_ways_to_count_agree():
    symbols, guesses = "ABCDE", ["".join(code) for code in itertools.permutations("ABCDE", 3)]
    for secret in guesses[::7]:
        task = task_of(symbols, secret)
        for guess in guesses:
            told = FAMILY.transition(task, FAMILY.initial_state(task), guess).observation
            assert told.partition("\n")[0] == FAMILY.text_answer("", guess, secret)


def best_average(codes):
    """Return the fewest guesses, summed over all secrets, of any strategy: exhaustive search."""

    def mark(guess, code):
        return FAMILY.text_answer("", guess, code)[len(guess) :]

    def total(possible):
        if len(possible) == 1:
            return 1
        best = None
        for guess in codes:
            parts = {}
            for code in possible:
                parts.setdefault(mark(guess, code), []).append(code)
            if len(parts) == 1 and guess not in possible:
                continue
            if max(map(len, parts.values())) == len(possible):
                continue
            cost = len(possible) + sum(total(part) for part in parts.values() if part != [guess])
            best = cost if best is None else min(best, cost)
        return best

    return total(codes)


@pytest.mark.parametrize(("symbols", "length"), [("ABC", 1), ("ABC", 2), ("ABCD", 2), ("ABC", 3)])
def test_the_reference_player_is_within_a_tenth_of_the_best_strategy(symbols, length):
    codes = ["".join(code) for code in itertools.permutations(symbols, length)]
    ours = sum(len(FAMILY.reference_play(task_of(symbols, secret))) for secret in codes)
    assert best_average(codes) <= ours <= 1.1 * best_average(codes)


def test_the_reference_player_finds_every_code_in_time():
    for level in (0, 1, 2):
        config = FAMILY.at_level(level)
        symbols = "ABCDEFGH"[: config.num_symbols]
        for code in itertools.permutations(symbols, config.length):
            assert len(FAMILY.reference_play(task_of(symbols, "".join(code)))) <= config.num_turns


def test_the_reference_player_does_not_know_the_code():
    task = task_of("ABCDEF", "ABC")
    state = FAMILY.transition(task, FAMILY.initial_state(task), "CDE").state
    alike = [
        "".join(code)
        for code in itertools.permutations("ABCDEF", 3)
        if FAMILY.text_answer("", "CDE", "".join(code)) == FAMILY.text_answer("", "CDE", "ABC")
    ]
    assert len(alike) > 5
    assert len({FAMILY.reference_action(task_of("ABCDEF", each), state) for each in alike}) == 1


def test_a_lost_game_is_worth_half_of_its_bits():
    # Two of two symbols: AB or BA; guessing BA leaves one code of two, so all bits are known.
    assert FAMILY.verify(task_of("AB", "AB", num_turns=1), "BA").score == 0.5
    assert FAMILY.verify(task_of("AB", "AB", num_turns=1), "AA").score == 0


@pytest.mark.parametrize(
    "knobs",
    [{"length": 7}, {"num_symbols": 31}, {"length": 6, "num_symbols": 10}, {"num_turns": 0}, {"length": 0}],
)
def test_codes_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError):
        BullsAndCowsConfig(**knobs)
