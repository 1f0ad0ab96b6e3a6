from random import Random

from reason.generators.games.pseudo_words import CONSONANTS, VOWELS, count_names, draw_names


def test_names_are_different_and_of_syllables():
    names = draw_names(Random(1), 300, num_syllables=3)
    assert len(set(names)) == 300
    assert all(set(name[::2]) <= set(CONSONANTS) and set(name[1::2]) <= set(VOWELS) for name in names)
    assert {len(name) for name in names} == {6}


def test_all_names_can_be_drawn():
    assert len(draw_names(Random(2), count_names(1), num_syllables=1)) == 50
