import itertools

import pytest

from reason.generators.games.switch_rules import (
    all_rules,
    read_rule,
    spoken_rules,
    truth_table,
    write_rule,
)

NAMES = ["roni", "bara", "delu"]


@pytest.mark.parametrize(
    ("rule", "settings"),
    [
        (("and", (1,)), {"10", "11"}),
        (("or", (-2,)), {"00", "10"}),
        (("and", (1, -2)), {"10"}),
        (("or", (1, 2)), {"01", "10", "11"}),
        (("xor", (1, 2)), {"01", "10"}),
        (("xor", (1, -2)), {"00", "11"}),
        (("and", (1, -1)), set()),
    ],
)
def test_truth_tables_worked_out_by_hand(rule, settings):
    assert truth_table(rule, 2) == sum(1 << int(setting, 2) for setting in settings)


@pytest.mark.parametrize(
    ("num_switches", "max_parts", "count"),
    [
        (2, 1, 4),
        (2, 2, 14),  # all 16 functions of two switches but the two constants
        (3, 2, 6 + 12 + 12 + 6),
        (4, 2, 8 + 24 + 24 + 12),
        (5, 3, 10 + 40 + 40 + 20 + 80 + 80 + 20),
    ],
)
def test_every_rule_is_there_once(num_switches, max_parts, count):
    rules = all_rules(num_switches, max_parts)
    assert len(rules) == len({truth_table(rule, num_switches) for rule in rules}) == count


def test_both_ways_to_evaluate_give_the_same_rules():
    by_table = {truth_table(rule, 3) for rule in all_rules(3, 3)}
    spoken = set()
    for text, holds in spoken_rules(NAMES, 3):
        table = 0
        for setting in itertools.product((False, True), repeat=3):
            number = int("".join(str(int(on)) for on in setting), 2)
            table |= holds(dict(zip(NAMES, setting, strict=True))) << number
        assert truth_table(read_rule(text.split(), NAMES), 3) == table
        spoken.add(table)
    assert spoken == by_table


def test_rules_survive_their_text():
    for rule in all_rules(3, 3):
        again = read_rule(write_rule(rule, NAMES).split(), NAMES)
        assert truth_table(again, 3) == truth_table(rule, 3)


@pytest.mark.parametrize(
    "text",
    [
        *("", "and", "not", "roni and", "roni bara", "roni and bara or delu", "not not roni", "mimi"),
        *("roni and and bara", "roni not bara", "(roni and bara)", "roni and not", "roni nor bara"),
    ],
)
def test_what_is_no_rule_is_not_read(text):
    assert read_rule(text.split(), NAMES) is None
