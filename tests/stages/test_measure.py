"""Measure as a task runs it, and publish, which says once what a run brought."""

from __future__ import annotations

import pytest

from rasad.stages import publish
from rasad.stages.measure import measure
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres


def change(dsn, sql):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql)


def test_it_says_how_many_days_it_measured(loaded, loaded_copy):
    assert measure(loaded.settings, loaded_copy) == {"days": 0}
    change(loaded_copy, "INSERT INTO news.dirty_day SELECT day, 'x' FROM news.source_day GROUP BY day LIMIT 3")
    assert measure(loaded.settings, loaded_copy) == {"days": 3}


def test_a_day_that_nothing_stands_on_any_more_is_measured_to_nothing(loaded, loaded_copy):
    change(loaded_copy, "INSERT INTO news.dirty_day VALUES ('2001-01-01', 'x')")
    change(loaded_copy, "INSERT INTO news.source_day VALUES ('2001-01-01', 'sada', 1, 1, 1)")
    assert measure(loaded.settings, loaded_copy) == {"days": 1}
    with connect(loaded_copy) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news.source_day WHERE day = '2001-01-01'")
        assert cursor.fetchone() == (0,)


def test_a_run_is_summed_up_over_its_sources(loaded, loaded_copy):
    outcome = publish.publish(loaded.settings, loaded_copy, "first")
    with connect(loaded_copy) as link, link.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM mart.articles), (SELECT count(*) FROM mart.facts)")
        assert (outcome.new_articles, outcome.facts) == cursor.fetchone()
    assert (outcome.sources, outcome.failed, outcome.changed) == (6, 0, True)
    assert outcome.as_json()["new_versions"] == outcome.new_versions


def test_a_run_of_which_all_failed_is_a_failed_run(loaded, loaded_copy):
    with connect(loaded_copy, autocommit=True) as link:
        ledger.plan_run(link, "bad", ["sada", "minbar"])
        with pytest.raises(publish.RunFailed, match=r"all 2 sources of this run failed \(minbar, sada\)"):
            publish.publish(loaded.settings, loaded_copy, "bad")
        ledger.finish_run(link, "bad", "sada", {})
    outcome = publish.publish(loaded.settings, loaded_copy, "bad")
    assert (outcome.sources, outcome.failed, outcome.changed) == (2, 1, False)


def test_a_run_without_a_plan_is_a_failed_run_and_one_with_nothing_due_is_none(loaded, loaded_copy):
    with pytest.raises(publish.RunFailed, match="never planned"):
        publish.publish(loaded.settings, loaded_copy, "unknown")
    with connect(loaded_copy, autocommit=True) as link:
        ledger.plan_run(link, "quiet", [])
    assert publish.publish(loaded.settings, loaded_copy, "quiet").sources == 0
