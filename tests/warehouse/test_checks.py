"""Quality checks: healthy on the newsroom, and each names the fault that is planted for it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rasad.settings import ROOT
from rasad.warehouse import checks
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres

CHECKS = checks.read()
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}  # the newsroom's days
WIDE = {"since": date(2026, 3, 1), "until": date(2030, 1, 1)}

# Each fault as someone or something might make it, and words of the row that names it.
PLANTED = {
    "spans_match_text": (
        "UPDATE news.fact SET start_offset = start_offset + 1, end_offset = end_offset + 1 "
        "WHERE (version_id, fact_no) = (SELECT version_id, fact_no FROM mart.facts WHERE kind = 'entity' "
        "AND field = 'body' AND source_id = 'minbar' ORDER BY 1, 2 LIMIT 1)",
        {"source_id": "minbar", "kind": "entity", "field": "body"},
    ),
    "no_orphans": (
        "DELETE FROM news.article_version WHERE article_id = (SELECT min(article_id) FROM news.article "
        "WHERE source_id = 'sada')",
        {"source_id": "sada", "fault": "article without its current version"},
    ),
    "rollups_equal_facts": (
        "UPDATE news.entity_source_day SET mentions = mentions + 1 WHERE (day, source_id, entity_id) = "
        "(SELECT day, source_id, entity_id FROM news.entity_source_day WHERE source_id = 'atlas' "
        "AND day = '2026-03-09' ORDER BY entity_id LIMIT 1)",
        {"source_id": "atlas", "day": date(2026, 3, 9), "roll_up": "entity_source_day"},
    ),
    "no_future_publication": (
        "UPDATE news.article_version SET published_at = last_fetched_at + interval '3 hours' "
        "WHERE version_id = (SELECT min(current_version) FROM news.article WHERE source_id = 'difaf')",
        {"source_id": "difaf"},
    ),
    "dates_plausible": (
        "UPDATE news.article_version SET published = '2026-03-05' "
        "WHERE version_id = (SELECT min(current_version) FROM news.article WHERE source_id = 'nahrain')",
        {"source_id": "nahrain", "fault": "not the day that the page says", "said": "2026-03-05"},
    ),
    "undated_share": (
        "UPDATE news.article_version SET day_basis = 'seen' WHERE source_id = 'minbar'",
        {"source_id": "minbar"},
    ),
    "unknown_reasons": (
        "UPDATE news.page SET reason = NULL WHERE outcome = 'not_arabic'",
        {"source_id": "minbar", "fault": "not_arabic without a reason", "pages": 1},
    ),
    "freshness": (
        "UPDATE news.feed SET problem = 'answered 503' WHERE source_id = 'sada'",
        {"source_id": "sada", "state": "failing", "why": "no feed of it can be read: answered 503"},
    ),
    "empty_days": (
        "UPDATE news.article SET day = '2026-03-06' WHERE day = '2026-03-07'",
        {"day": date(2026, 3, 7), "fault": "no article"},
    ),
    "ledger_accounted": (
        "UPDATE news.page SET next_look_at = NULL, outcome = 'due' WHERE page_id = (SELECT min(page_id) FROM news.page "
        "WHERE source_id = 'shiraa')",
        {"source_id": "shiraa", "fault": "due, and never to be looked at"},
    ),
    "days_measured": (
        "INSERT INTO news.dirty_day SELECT '2026-03-09', min(batch_id) FROM news.batch WHERE source_id = 'atlas'; "
        "UPDATE news.batch SET loaded_at = loaded_at - interval '4 hours'",
        {"source_id": "atlas", "day": date(2026, 3, 9)},
    ),
}


def days_of(name):
    return {"unknown_reasons": WIDE, "ledger_accounted": WIDE, "empty_days": MARCH | {"since": date(2026, 3, 6),
            "until": date(2026, 3, 10)}}.get(name, MARCH)  # fmt: skip


def change(dsn, sql):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql)


def test_every_check_has_a_fault_planted_for_it():
    assert set(CHECKS) == set(PLANTED)


@pytest.mark.parametrize("name", CHECKS)
def test_the_newsroom_is_healthy(loaded, name):
    found = checks.faults(loaded.dsn, CHECKS[name], days_of(name))
    assert found.rows == ()
    assert not found


@pytest.fixture(scope="module")
def planted(loaded, postgres):
    """Rows that each check finds, the faults planted one after the other in one copy and taken back."""
    found = {}
    with connect(loaded.dsn) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        for name, (fault, _) in PLANTED.items():
            cursor.execute("SAVEPOINT healthy")
            cursor.execute(fault)
            cursor.execute(CHECKS[name].query, days_of(name))
            found[name] = checks.fetched(cursor)
            cursor.execute("ROLLBACK TO SAVEPOINT healthy")
        link.rollback()
    return found


@pytest.mark.parametrize("name", PLANTED)
def test_a_check_names_what_is_wrong(planted, name):
    found = planted[name]
    _, named = PLANTED[name]
    assert any(named.items() <= row.items() for row in found.rows), found.rows
    assert len(found.rows) <= 3  # that, and nothing beside it
    assert checks.lines(found.rows)


def test_what_is_long_is_counted_and_shortened(loaded):
    many = checks.Check("many", "", "", "", "SELECT n, repeat('س', 999) AS word FROM generate_series(1, 900) n")
    found = checks.faults(loaded.dsn, many, MARCH)
    assert found.count == f"more than {checks.MOST} faults"
    said = checks.lines(found.rows)
    assert len(said) == checks.NAMED + 1
    assert max(map(len, said)) < 250
    assert said[-1] == f"… and {checks.MOST - checks.NAMED} more"


def test_the_runbook_has_each_check_as_its_file_does():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("\n## What to do when\n", 1)[1]
    rows = {name: (what, do) for name, what, do in re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", text, re.MULTILINE)}
    assert {name: rows[name] for name in CHECKS} == {name: (check.what, check.do) for name, check in CHECKS.items()}


def test_rows_are_told_apart_by_source():
    rows = ({"source_id": "a", "n": 1}, {"source_id": None, "n": 2}, {"source_id": "a", "n": 3}, {"n": 4})
    assert checks.Faults(rows).by_source() == {"a": [rows[0], rows[2]], "": [rows[1], rows[3]]}
    assert checks.Faults(rows[:1]).count == "1 fault"


def test_a_check_changes_nothing(loaded_copy):
    writes = checks.Check("writes", "", "", "", "DELETE FROM news.fact RETURNING 1")
    with pytest.raises(Exception, match="read-only"):
        checks.faults(loaded_copy, writes, MARCH)


def test_a_file_without_its_words_is_refused(tmp_path):
    (tmp_path / "bare.sql").write_text("-- what: something\nSELECT 1")
    with pytest.raises(ValueError, match="-- do: "):
        checks.read(tmp_path)


def test_the_days_that_are_checked():
    today = date(2026, 3, 10)
    assert checks.window(None, None, today) == {"since": date(2026, 3, 3), "until": today}
    assert checks.window("2026-01-01", None, today) == {"since": date(2026, 1, 1), "until": today}
    assert checks.window(None, "2026-02-08", today) == {"since": date(2026, 2, 1), "until": date(2026, 2, 8)}
    with pytest.raises(ValueError):
        checks.window("yesterday", None, today)


# Of every roll-up: one that counts too much, one that is not there, and one of nothing.
ROLL_UPS = {
    "source_day": ("articles", "texts", "stories", "facts"),
    "source_hour": ("articles",),
    "kind_day": ("articles", "facts"),
    "entity_source_day": ("articles", "texts", "stories", "mentions"),
    "entity_country_day": ("articles", "texts", "stories", "mentions"),
    "entity_day": ("articles", "texts", "stories", "sources", "mentions"),
    "topic_day": ("articles", "texts", "stories", "sources"),
    "phrase_day": ("articles", "texts", "stories", "sources"),
    "article_words": ("version_id",),
}


def test_every_roll_up_is_held_to_the_facts_row_by_row(loaded):
    check = CHECKS["rollups_equal_facts"]
    with connect(loaded.dsn) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        for table, columns in ROLL_UPS.items():
            one = f"ctid = (SELECT ctid FROM news.{table} t WHERE day = '2026-03-09' ORDER BY t::text LIMIT 1)"
            wrong = [f"UPDATE news.{table} SET {column} = {column} + 1 WHERE {one}" for column in columns]
            for statement in (*wrong, f"DELETE FROM news.{table} WHERE {one}"):
                cursor.execute("SAVEPOINT healthy")
                cursor.execute(statement)
                assert cursor.rowcount == 1
                cursor.execute(check.query, MARCH)
                found = checks.fetched(cursor).rows
                assert [(row["roll_up"], row["day"]) for row in found] == [(table, date(2026, 3, 9))], statement
                cursor.execute("ROLLBACK TO SAVEPOINT healthy")
        cursor.execute(f"DELETE FROM news.{table} WHERE {one}")
        cursor.execute("INSERT INTO news.dirty_day VALUES ('2026-03-09', 'a test')")
        cursor.execute(check.query, MARCH)
        assert not checks.fetched(cursor)  # it is to be measured anyway
        link.rollback()


def test_no_roll_up_is_left_out():
    statements = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "sql" / "rollups").glob("*.sql"))
    assert set(re.findall(r"INSERT INTO news\.(\w+)", statements)) == set(ROLL_UPS)
