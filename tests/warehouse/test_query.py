"""Questions of an analyst: answered in JSON, bounded, and unable to change anything."""

from __future__ import annotations

import pytest

from rasad.warehouse import query
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.query import ask

pytestmark = pytest.mark.postgres


def count(dsn):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news.source")
        return cursor.fetchone()[0]


def test_rows_keep_the_order_of_their_columns(loaded):
    rows = list(ask(loaded.dsn, "SELECT source_id, country, articles FROM sources ORDER BY source_id LIMIT 1;"))
    assert [list(row.items()) for row in rows] == [[("source_id", "atlas"), ("country", "MA"), ("articles", 8)]]


def test_values_of_every_sort_are_json(warehouse):
    (row,) = ask(warehouse, "SELECT NULL AS n, 'قال \"نعم\"' AS t, '{1,2}'::int[] AS a, 'NaN'::float8 AS f, "
                            "'2026-03-10'::date AS d, 100 % 7 AS rest, '%s' AS percent")  # fmt: skip
    assert row == {"n": None, "t": 'قال "نعم"', "a": [1, 2], "f": "NaN", "d": "2026-03-10", "rest": 2, "percent": "%s"}


def test_long_answers_come_whole(warehouse, monkeypatch):
    monkeypatch.setattr(query, "ROWS", 7)
    assert [row["n"] for row in ask(warehouse, "SELECT n FROM generate_series(1, 30) n -- all of them")] == [
        *range(1, 31)
    ]


def test_an_answer_without_rows_is_empty(warehouse):
    assert list(ask(warehouse, "SELECT 1 AS one WHERE false")) == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM articles", 'column "nothing" does not exist'),
        ("SELECT * FROM artikles", 'relation "artikles" does not exist'),
        ("SELECT 'open", "unterminated quoted string"),
        ("", "syntax error"),
        ("SELECT 1 / 0", "division by zero"),
        ("SELECT 1 AS a, 2 AS a", "two columns are called 'a'"),
        ("SELECT 1; SELECT 2", "give one SELECT"),
        ("SELECT 1) q; COMMIT; DELETE FROM news.source; SELECT (1", "give one SELECT"),
        ("SELECT 1) q; COMMIT; DELETE FROM news.source; SELECT to_json(q) FROM (SELECT 1", "give one SELECT"),
        ("DELETE FROM news.source", "give one SELECT"),
        ("DELETE FROM news.source RETURNING 1", "give one SELECT"),
        ("WITH gone AS (DELETE FROM news.source RETURNING 1) SELECT * FROM gone", "WITH clause"),
        ("SELECT set_config('transaction_read_only', 'off', true), pg_sleep(0)", "read-write mode must be set before"),
        ("SELECT lo_create(0)", "read-only transaction"),
        ("'); DELETE FROM news.source; --", "unterminated"),
    ],
)
def test_what_cannot_be_answered_is_one_line_and_changes_nothing(loaded_copy, question, said):
    before = count(loaded_copy)
    with pytest.raises(WarehouseError) as failure:
        list(ask(loaded_copy, question))
    assert said in str(failure.value)
    assert "\n" not in str(failure.value)
    assert count(loaded_copy) == before > 0


def test_a_question_ends_after_its_time(warehouse, monkeypatch):
    monkeypatch.setattr(query, "TIMEOUT_MS", 200)
    with pytest.raises(WarehouseError, match="statement timeout"):
        list(ask(warehouse, "SELECT pg_sleep(30)"))
