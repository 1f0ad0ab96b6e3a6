"""Questions over several tables: what they read, and that both engines agree on them."""

import sqlglot
from sqlglot import exp

import reason


def test_a_query_reads_as_many_tables_as_its_level_says():
    family = reason.get("SQLMultiHop-v0")
    for level in (1, 3):
        task = family.task(level=level)
        tables = {
            table.name for table in sqlglot.parse_one(task.reference, read="sqlite").find_all(exp.Table)
        }
        assert len(tables) >= task.config["num_joined"] >= 3


def test_engines_agree_and_questions_are_read_back(check_engines):
    check_engines("SQLMultiHop-v0", (2,))
    check_engines("SQLDate-v0", (4,))
    check_engines("SQLWindow-v0", (4,))
    check_engines("SQLCTE-v0", (4,))
