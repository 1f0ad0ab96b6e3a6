import itertools

import pytest

from reason.errors import ConfigError
from reason.generators.games.playing import rehearsal
from reason.generators.games.word_guess import WordGuess, WordGuessConfig

FAMILY = WordGuess()


def task_of(words, secret, num_turns=6):
    codes = {"words": words, "num_turns": num_turns, "secret": list(secret.encode())}
    return rehearsal(FAMILY, f"made-up words: {', '.join(words)}.", codes)


@pytest.mark.parametrize(
    ("secret", "guess", "signs"),
    [
        ("crane", "crane", "GGGGG"),
        ("abbey", "kebab", "-YGYY"),
        ("abide", "speed", "--Y-Y"),  # one e of two is marked, the first
        ("erase", "speed", "Y-YY-"),
        ("steal", "speed", "G-G--"),
        ("crepe", "speed", "-YGY-"),
        ("those", "geese", "---GG"),
        ("dread", "added", "YY-YG"),
        ("babab", "bbbbb", "G-G-G"),
        ("ababa", "babab", "YYYY-"),
    ],
)
def test_signs_worked_out_by_hand(secret, guess, signs):
    task = task_of([secret, guess] if secret != guess else [secret], secret)
    told = FAMILY.transition(task, FAMILY.initial_state(task), guess).observation
    assert told.partition("\n")[0] == f"{guess}: {signs}"
    assert FAMILY.text_answer("", guess, secret) == f"{guess}: {signs}"


def test_the_two_ways_to_sign_agree_on_all_words_of_three_letters():
    words = ["".join(letters) for letters in itertools.product("abc", repeat=4)]
    for secret in words[::5]:
        task = task_of(words, secret)
        for guess in words:
            told = FAMILY.transition(task, FAMILY.initial_state(task), guess).observation
            assert told.partition("\n")[0] == FAMILY.text_answer("", guess, secret)


@pytest.mark.parametrize("action", ["LOMIR", " lomir. ", "**Lomir**", "\uff4comir"])
def test_spellings_of_a_word(action):
    assert FAMILY.verify(task_of(["lomir", "bovis"], "lomir"), action).passed


@pytest.mark.parametrize("action", ["lomirr", "bovis", "lomir bovis", "l o m i r", "", "bovis\nlomir\nlomir"])
def test_what_is_no_word_or_another_one_does_not_win(action):
    assert not FAMILY.verify(task_of(["lomir", "bovis"], "lomir"), action).passed


def test_words_outside_the_list_tell_nothing():
    task = task_of(["lomir", "bovis"], "lomir")
    transition = FAMILY.transition(task, FAMILY.initial_state(task), "lovis")
    assert not transition.valid
    assert transition.state["history"] == ()


def test_lists_hold_different_words_of_few_letters():
    for level in (0, 5, 12):
        config = FAMILY.at_level(level)
        words = FAMILY.task(level=level).ground_truth["words"]
        assert len(set(words)) == config.num_words
        assert len({letter for word in words for letter in word[::2]}) <= config.num_consonants
        assert len({letter for word in words for letter in word[1::2]}) <= config.num_vowels
        assert all(len(word) == 5 for word in words)


def test_both_players_find_every_word_of_a_list():
    words = FAMILY.task(level=3).ground_truth["words"]
    for secret in words:
        task = task_of(words, secret, num_turns=len(words))
        assert len(FAMILY.reference_play(task)) <= 4
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


@pytest.mark.parametrize(
    "knobs",
    [{"num_words": 1}, {"num_words": 600}, {"num_consonants": 11}, {"num_vowels": 0}, {"num_turns": 0}],
)
def test_lists_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError):
        WordGuessConfig(**knobs)
