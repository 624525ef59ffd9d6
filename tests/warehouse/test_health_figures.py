"""The figures for monitors, on the newsroom after one run, and with a page that waits."""

from __future__ import annotations

import json

import pytest

from rasad.__main__ import main
from rasad.warehouse.connection import connect
from rasad.warehouse.health import health

pytestmark = pytest.mark.postgres


def test_figures_agree_with_the_ledger(loaded):
    with connect(loaded.dsn) as link, link.cursor() as cursor:
        found = health(cursor)
        cursor.execute("SELECT count(*) FROM news.source")
        assert sum(len(ids) for ids in found["sources"].values()) == cursor.fetchone()[0] > 0
        cursor.execute(
            "SELECT outcome, count(*) FROM news.page WHERE settled_at > now() - interval '1 hour' GROUP BY 1"
        )
        assert found["settled_last_hour"] == dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM news.run")
        assert (found["last_run_seconds"] is not None) == (cursor.fetchone()[0] > 0)


def test_pages_that_wait_and_lag_are_counted(loaded_copy, monkeypatch, capsys):
    with connect(loaded_copy) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.page SET next_look_at = NULL")
        assert health(cursor)["oldest_due_seconds"] == 0
        cursor.execute(
            "UPDATE news.page SET next_look_at = now() - interval '3 hours' "
            "WHERE url = (SELECT min(url) FROM news.page)"
        )
        cursor.execute(
            "UPDATE news.article_version SET published_at = now() - interval '90 minutes', day_basis = 'published'"
        )
        cursor.execute("UPDATE news.article SET loaded_at = now() - interval '30 minutes', first_seen_at = now()")
        found = health(cursor)
        cursor.execute("SELECT count(*) FROM news.article")
        assert found["fresh_articles"] == cursor.fetchone()[0] > 0
        assert (found["due_pages"], found["oldest_due_seconds"]) == (1, 3 * 3600)
        assert (found["latency_p50_seconds"], found["latency_p95_seconds"]) == (3600, 3600)
    monkeypatch.setenv("RASAD_WAREHOUSE", loaded_copy)
    assert main(["health"]) == 0
    assert json.loads(capsys.readouterr().out)["due_pages"] == 1
