"""Folders as Spider and BIRD have them, and plain ones, made into tasks."""

import json
import sqlite3

import pytest

import reason
from reason.errors import InputFormatError
from reason.importers import Unusable
from reason.importers.sql import read

CREATE = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, age INT);
CREATE TABLE song (id INTEGER PRIMARY KEY, singer INT REFERENCES singer(id), title TEXT, day DATE);
INSERT INTO singer VALUES (1, 'Ada', 30), (2, 'Bo', 41), (3, 'Cy', NULL);
INSERT INTO song VALUES (1, 1, 'Rain', '2020-01-02'), (2, 1, 'Sun', '2021-05-06'), (3, 2, 'Fog', NULL);
"""
GOLD = "SELECT name FROM singer WHERE age > 35"
ASKED = {"db_id": "music", "question": "Who is older than 35?", "query": GOLD}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "database" / "music"
    place.mkdir(parents=True)
    connection = sqlite3.connect(place / "music.sqlite")
    connection.executescript(CREATE)
    connection.close()

    def write(questions, name="dev.json", tables=None):
        (tmp_path / name).write_text(json.dumps(questions))
        if tables is not None:
            (tmp_path / "dev_tables.json").write_text(json.dumps(tables))
        return tmp_path

    return write


def test_a_spider_question_becomes_a_task_that_its_gold_answers(folder):
    [task] = read(folder([ASKED]))
    assert "Who is older than 35?" in task.text
    assert 'CREATE TABLE "singer"' in task.text
    assert reason.score(task, f"<answer>{GOLD}</answer>").passed
    assert not reason.score(task, "<answer>SELECT name FROM singer WHERE age < 35</answer>").passed


def test_neighbours_notice_what_the_data_cannot_tell(folder):
    [task] = read(folder([ASKED]))
    # In the file nobody is 35 or 36 years old.
    assert task.metadata["unnoticed"] > task.metadata["survivors"]
    assert not reason.score(task, "<answer>SELECT name FROM singer WHERE age >= 35</answer>").passed
    assert not reason.score(task, "<answer>SELECT name FROM singer WHERE age > 36</answer>").passed


def test_bird_names_its_query_in_capitals_and_gives_evidence(folder):
    asked = {"db_id": "music", "question": "Who?", "SQL": GOLD + ";", "evidence": "old means age > 35"}
    [task] = read(folder([asked]))
    assert "Note: old means age > 35" in task.text
    assert task.reference == GOLD


def test_what_cannot_be_used_is_told_and_the_rest_is_kept(folder):
    wrong = [
        {**ASKED, "db_id": "other"},
        {**ASKED, "query": "DELETE FROM singer"},
        {**ASKED, "query": "SELECT shoe FROM singer"},
        {**ASKED, "question": ""},
        "no object",
        {"db_id": "music", "question": "No query?"},
        {**ASKED, "query": "SELECT random() FROM singer"},
    ]
    *told, task = read(folder([*wrong, ASKED]))
    assert task.metadata["number"] == len(wrong) + 1
    assert all(isinstance(item, Unusable) for item in told)
    assert [item.place for item in told] == [f"dev.json:{number + 1}" for number in range(len(wrong))]
    assert "no such column: shoe" in told[2].reason


def test_nothing_to_use_is_an_error(folder, tmp_path):
    [unusable] = read(folder([{**ASKED, "query": "DROP TABLE song"}]))
    assert isinstance(unusable, Unusable)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputFormatError, match="no database in this folder"):
        read(empty)


def test_keys_of_the_tables_file_are_added_where_the_database_tells_none(folder, tmp_path):
    connection = sqlite3.connect(tmp_path / "database" / "music" / "music.sqlite")
    connection.executescript("CREATE TABLE chart (song INT, place INT); INSERT INTO chart VALUES (1, 4);")
    connection.close()
    tables = [
        {
            "db_id": "music",
            "table_names_original": ["singer", "song", "chart"],
            "column_names_original": [[-1, "*"], [1, "id"], [2, "song"]],
            "foreign_keys": [[2, 1]],
        }
    ]
    [task] = read(folder([{**ASKED, "query": "SELECT place FROM chart"}], tables=tables))
    assert 'FOREIGN KEY ("song") REFERENCES "song"("id")' in task.text
    for database in task.ground_truth["databases"][1:]:
        songs = {row[0] for row in database["tables"]["song"]["rows"]}
        assert {row[0] for row in database["tables"]["chart"]["rows"]} <= songs | {None}


def test_a_duckdb_file_is_read(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE item (name VARCHAR NOT NULL, price DOUBLE)")
        connection.execute("INSERT INTO item VALUES ('pen', 2.5), ('ink', 7.0)")
    gold = "SELECT name FROM item WHERE price > 3"
    (tmp_path / "questions.jsonl").write_text(json.dumps({"question": "What costs over 3?", "sql": gold}))
    [task] = read(tmp_path)
    assert task.ground_truth["dialect"] == "duckdb"
    assert reason.score(task, f"<answer>{gold}</answer>").passed
    assert not reason.score(task, "<answer>SELECT name FROM item WHERE price >= 3</answer>").passed
