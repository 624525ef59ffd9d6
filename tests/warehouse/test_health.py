"""How each source does, as mart.source_health says it: planted states, taken back one after the other."""

from __future__ import annotations

import pytest

from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres

# 28 days of a source that brings 12 articles a day, at even hours; the article ids are ours. Read up to :hours ago.
STEADY = """
INSERT INTO news.article (article_id, url, source_id, first_seen_at)
SELECT n, 'https://steady.example/' || n, 'sada', now() - make_interval(hours => n * 2 + {hours})
FROM generate_series(0, 335) n;
"""
FRESH = "DELETE FROM news.article_version WHERE source_id = 'sada'; DELETE FROM news.article WHERE source_id = 'sada';"


def state(cursor, source="sada"):
    cursor.execute(
        "SELECT state, why, seen_24h, round(expected_24h::numeric, 1)::float8, lag_minutes FROM mart.source_health "
        "WHERE source_id = %s",
        (source,),
    )
    return cursor.fetchone()


@pytest.fixture(scope="module")
def cursor(loaded):
    with connect(loaded.dsn) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        yield cursor
        link.rollback()


@pytest.fixture
def plant(cursor):
    cursor.execute("SAVEPOINT healthy")
    yield cursor.execute
    cursor.execute("ROLLBACK TO SAVEPOINT healthy")


def test_the_newsroom_is_well_and_has_no_past_to_expect_from(cursor):
    cursor.execute(
        "SELECT source_id, state, why, expected_24h, pages_7d >= seen_24h FROM mart.source_health ORDER BY 1"
    )
    assert {row[1:] for row in cursor.fetchall()} == {("ok", None, None, True)}
    cursor.execute("SELECT outcomes ->> 'blocked_by_robots', blocked_share > 0, failed_share FROM mart.source_health "
                   "WHERE source_id = 'sada'")  # fmt: skip
    assert cursor.fetchone() == ("1", True, 0.0)


def test_a_source_that_is_not_read_is_off_and_says_why(cursor, plant):
    plant("UPDATE news.source SET enabled = false, reason = 'asks for a login' WHERE source_id = 'sada'")
    assert state(cursor)[:2] == ("off", "asks for a login")
    plant("UPDATE news.source SET enabled = true; UPDATE news.feed SET polled_at = NULL")
    assert state(cursor)[:2] == ("off", "enabled, and never asked yet")


def test_a_source_whose_pages_cannot_be_read_is_failing(cursor, plant):
    plant("UPDATE news.page SET outcome = 'blocked', reason = 'a bot wall' WHERE source_id = 'sada'")
    told, why, *_ = state(cursor)
    assert told == "failing"
    assert why.endswith("pages of 7 days could not be read")


def test_one_feed_of_two_that_fails_is_no_failing_source(cursor, plant):
    plant("UPDATE news.feed SET problem = 'answered 404' WHERE url = "
          "(SELECT min(url) FROM news.feed WHERE source_id = 'sada')")  # fmt: skip
    assert state(cursor)[0] == "ok"
    plant("UPDATE news.feed SET problem = 'answered 404' WHERE source_id = 'sada'")
    assert state(cursor)[:2] == ("failing", "no feed of it can be read: answered 404")


def test_a_steady_source_is_held_against_its_past(cursor, plant):
    plant(FRESH + STEADY.format(hours=1))
    assert state(cursor)[:4] == ("ok", None, 12, 12.0)


def test_a_source_that_fell_silent_is_silent_only_after_longer_than_chance(cursor, plant):
    plant(FRESH + STEADY.format(hours=11))
    assert state(cursor)[0] == "ok"
    plant("UPDATE news.article SET first_seen_at = first_seen_at - interval '4 hours' WHERE source_id = 'sada'")
    told, why, *_ = state(cursor)
    assert (told, why) == ("silent", "nothing for 15 hours, in which 8 articles are usual")


def test_a_source_that_brings_far_less_than_usual_is_late(cursor, plant):
    plant(FRESH + STEADY.format(hours=1))
    plant("DELETE FROM news.article WHERE source_id = 'sada' AND first_seen_at BETWEEN now() - interval '24 hours' "
          "AND now() - interval '6 hours'")  # fmt: skip
    assert state(cursor)[:3] == ("late", "3 articles in 24 hours, where 12 are usual", 3)


def test_a_source_that_nobody_asks_is_late(cursor, plant):
    plant("UPDATE news.feed SET next_poll_at = now() - interval '3 hours' WHERE source_id = 'sada'")
    told, why, *_ = state(cursor)
    assert told == "late"
    assert "and not asked" in why


def test_the_way_from_publication_is_a_median(cursor, plant):
    plant("""
        CREATE TEMP TABLE late ON COMMIT DROP AS SELECT current_version, row_number() OVER (ORDER BY article_id) AS n
        FROM news.article WHERE source_id = 'sada'
    """)
    plant("""
        DO $$ BEGIN EXECUTE format(
            'CREATE TABLE IF NOT EXISTS news.article_version_%s PARTITION OF news.article_version '
            'FOR VALUES FROM (%L) TO (%L)',
            to_char(now(), 'YYYY_MM'), date_trunc('month', now())::date,
            (date_trunc('month', now()) + interval '1 month')::date
        ); END $$
    """)
    plant("UPDATE news.article SET day = current_date WHERE source_id = 'sada'")
    plant("""
        UPDATE news.article_version v SET day = current_date, published_at = a.loaded_at - n * interval '10 minutes'
        FROM late JOIN news.article a USING (current_version) WHERE v.version_id = late.current_version
    """)
    cursor.execute("SELECT max(n) FROM late")
    (most,) = cursor.fetchone()
    assert state(cursor)[4] == pytest.approx((most + 1) * 5)
