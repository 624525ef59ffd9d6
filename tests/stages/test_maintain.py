"""Maintenance: partitions before they are needed, and nothing kept past its time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from rasad.settings import Settings
from rasad.stages import landing
from rasad.stages.landing import Work
from rasad.stages.maintain import AHEAD, expire_landing, expire_ledger, make_partitions_ahead
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.load import make_partitions

pytestmark = pytest.mark.postgres


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, (tmp_path / "landing").as_uri(), landing_days=7)


def test_this_month_and_the_next_ones_have_their_partitions(settings, warehouse):
    made = make_partitions_ahead(settings, warehouse)["made"]
    today = datetime.now(timezone.utc).date()
    months = [today.year * 12 + today.month - 1 + n for n in range(AHEAD + 1)]
    for month in months:
        for table in ("article_version", "fact"):
            assert f"{table}_{month // 12}_{month % 12 + 1:02}" in made
    assert make_partitions_ahead(settings, warehouse) == {"made": []}


def test_partitions_hold_their_month_and_december_is_no_exception(warehouse):
    days = [date(2025, 12, 1), date(2025, 12, 31), date(2024, 2, 29)]
    with connect(warehouse) as link:
        assert make_partitions(link, days) == [
            "article_version_2024_02", "fact_2024_02", "article_version_2025_12", "fact_2025_12",
        ]  # fmt: skip
    bounds = query(warehouse, "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'fact_2025_12'")
    assert bounds == [("FOR VALUES FROM ('2025-12-01') TO ('2026-01-01')",)]


@pytest.fixture
def aged(loaded, loaded_copy, settings):
    """A copy of the loaded newsroom, and a landing zone in which one file is old and one is young."""
    import os

    files = {}
    for run, days in (("old", 8), ("young", 6)):
        files[run] = landing.put(settings.landing, Work(source="sada", run=run), "pages", "warc.gz", run.encode())
        at = (datetime.now(timezone.utc) - timedelta(days=days)).timestamp()
        os.utime(Path(settings.landing.removeprefix("file://")) / files[run], (at, at))
    with connect(loaded_copy) as link, link.cursor() as cursor:
        cursor.execute("SELECT page_id FROM news.page WHERE file IS NOT NULL ORDER BY page_id LIMIT 3")
        one, two, three = (row[0] for row in cursor.fetchall())
        for page, file, days in ((one, files["old"], 8), (two, files["young"], 6), (three, files["old"], 8)):
            cursor.execute(
                "UPDATE news.page SET file = %s, fetched_at = now() - make_interval(days => %s) WHERE page_id = %s",
                (file, days, page),
            )
        # Fetched and never loaded: its file goes all the same, and the ledger must not say that it is there.
        cursor.execute("UPDATE news.page SET settled_at = NULL WHERE page_id = %s", (three,))
    return loaded_copy, files, (one, two, three)


def test_old_files_go_and_the_ledger_forgets_where_they_stood(aged, settings):
    dsn, files, pages = aged
    before = query(dsn, "SELECT count(*) FROM mart.articles")
    assert expire_landing(settings, dsn) == {"files": 1, "scrubbed": 0}
    rows = dict(query(dsn, "SELECT page_id, file FROM news.page WHERE page_id = ANY (%s)", list(pages)))
    assert rows == dict(zip(pages, (None, files["young"], None), strict=True))
    assert landing.get(settings.landing, files["young"]) == b"young"
    assert query(dsn, "SELECT count(*) FROM news.page WHERE (file IS NULL) <> (file_offset IS NULL)") == [(0,)]
    assert query(dsn, "SELECT count(*) FROM mart.articles") == before
    assert expire_landing(settings, dsn) == {"files": 0, "scrubbed": 0}


def test_notes_of_runs_go_after_their_time_and_receipts_stay(loaded_copy, settings):
    query(loaded_copy, "UPDATE news.run_source SET planned_at = now() - interval '91 days' WHERE source_id = 'sada'")
    receipts = query(loaded_copy, "SELECT count(*) FROM news.batch")
    notes = query(loaded_copy, "SELECT count(*) FROM news.run_source")[0][0]
    expire_landing(settings, loaded_copy)
    assert query(loaded_copy, "SELECT count(*), count(*) FILTER (WHERE source_id = 'sada') FROM news.run_source") == [
        (notes - 1, 0)
    ]
    assert query(loaded_copy, "SELECT count(*) FROM news.batch") == receipts


OLD = [
    # outcome, discovered and settled so many days ago, an article of its own, looked at again, goes
    ("not_arabic", 401, 401, False, False, True),
    ("gone", 500, 402, False, False, True),
    ("failed", 401, None, False, False, True),
    ("not_arabic", 399, 399, False, False, False),
    ("gone", 500, 3, False, False, False),  # settled anew since
    ("gone", 500, 500, True, False, False),
    ("loaded", 500, 500, True, False, False),
    ("duplicate", 500, 500, False, False, False),
    ("taken_down", 500, 500, False, False, False),
    ("failed", 500, 500, False, True, False),
    ("due", 500, None, False, True, False),
]


def test_addresses_that_never_became_an_article_expire_and_stay_counted(settings, warehouse):
    query(warehouse, "INSERT INTO news.source VALUES ('nahar', '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)")
    for number, (outcome, discovered, settled, article, again, _) in enumerate(OLD):
        query(
            warehouse,
            "INSERT INTO news.page (page_id, url, source_id, outcome, discovered_at, settled_at, article_id, "
            "next_look_at) VALUES (%s, %s, 'nahar', %s, now() - make_interval(days => %s), "
            "now() - make_interval(days => %s), %s, CASE WHEN %s THEN now() END)",
            number, f"https://a.example/{number}", outcome, discovered, settled, 7 if article else None, again,
        )  # fmt: skip
    counts = "SELECT outcome, sum(pages)::int FROM mart.outcome_days GROUP BY 1 ORDER BY 1"
    before = query(warehouse, counts)
    assert expire_ledger(settings, warehouse) == {"pages": 3}
    left = {number for (number,) in query(warehouse, "SELECT page_id FROM news.page")}
    assert left == {number for number, (*_, goes) in enumerate(OLD) if not goes}
    assert query(warehouse, counts) == before
    assert expire_ledger(settings, warehouse) == {"pages": 0}
    assert query(warehouse, counts) == before


def test_many_addresses_expire_in_bounded_transactions(warehouse):
    query(warehouse, "INSERT INTO news.source VALUES ('nahar', '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)")
    query(
        warehouse,
        "INSERT INTO news.page (page_id, url, source_id, outcome, discovered_at, settled_at) "
        "SELECT n, 'https://a.example/' || n, 'nahar', 'gone', now() - interval '2 years', now() - interval '2 years' "
        "FROM generate_series(1, 25) n",
    )
    with connect(warehouse) as link:
        assert ledger.expire(link, 400, batch=10) == 25
    assert query(warehouse, "SELECT sum(pages)::int FROM news.outcome_day") == [(25,)]
    assert query(warehouse, "SELECT count(*) FROM news.page") == [(0,)]
