import sqlite3

import pytest

from reason.generators.sql.schema import NAMINGS, Schema, draw_schema, read_schema
from reason.generators.sql.world import load_world, world_names

WORLDS = world_names()


def whole(world, naming, commented=True):
    return Schema(world=world, tables=world.tables, naming=naming, commented=commented)


def test_there_are_twelve_worlds_of_three_to_nine_tables():
    assert len(WORLDS) >= 12
    assert all(3 <= len(load_world(name).tables) <= 9 for name in WORLDS)


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_has_what_questions_need(name):
    tables = load_world(name).tables.values()
    columns = [column for table in tables for column in table.columns.values()]
    assert {"name", "category", "count", "amount", "date", "reference"} <= {column.kind for column in columns}
    assert any(len(table.key) == 2 for table in tables), "no many-to-many link"
    assert any(column.null for column in columns if column.refers)
    assert any(column.null for column in columns if not column.refers)


@pytest.mark.parametrize("name", WORLDS)
def test_nouns_are_clear(name):
    tables = load_world(name).tables
    for words in ([table.noun for table in tables.values()], [table.plural for table in tables.values()]):
        assert len(set(words)) == len(words)
    for table in tables.values():
        nouns = [column.noun for column in table.columns.values() if not column.refers]
        roles = [column.noun for column in table.references]
        assert len(set(nouns)) == len(nouns), table.name
        assert len(set(roles)) == len(roles), table.name
        inverses = [column.inverse for other in tables.values() for column in other.references
                    if column.refers == table.name]  # fmt: skip
        assert len(set(inverses)) == len(inverses), table.name
        for noun in [*nouns, *roles, *inverses, table.plural]:
            assert not {"and", "or", "whose", "that", "with"} & set(noun.split()), noun
            assert not set(noun) & set(",.()'"), noun
        for column in table.columns.values():
            assert not any(mark in value for value in column.values for mark in ("' ", "',", " and ", " or "))
            assert not (column.values and column.low is not None)
            if column.low is not None:
                assert column.low < column.high


@pytest.mark.parametrize("naming", NAMINGS)
@pytest.mark.parametrize("name", WORLDS)
def test_names_differ_and_the_statements_run_in_both_engines(name, naming):
    import duckdb

    schema = whole(load_world(name), naming)
    names = [schema.table_name(table).lower() for table in schema.tables]
    assert len(set(names)) == len(names)
    for table in schema.tables.values():
        columns = [schema.column_name(column).lower() for column in table.columns]
        assert len(set(columns)) == len(columns)
    with sqlite3.connect(":memory:") as lite, duckdb.connect(":memory:") as duck:
        for run in (lite.executescript, duck.execute):
            run(schema.ddl())
        for table in schema.tables.values():
            columns = ", ".join(schema.column_name(column) for column in table.columns)
            query = f"SELECT {columns} FROM {schema.table_name(table.name)}"
            assert lite.execute(query).fetchall() == duck.execute(query).fetchall() == []


def test_a_schema_is_read_back_from_its_statements(rng_of):
    for number in range(150):
        schema = draw_schema(rng_of(number), 1 + number % 7)
        read = read_schema(schema.ddl())
        assert read.world == schema.world
        assert dict(read.tables) == dict(schema.tables)
        assert read.shape() == schema.shape()
