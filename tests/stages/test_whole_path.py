"""From the newsroom's feeds to the mart, through the real stages, HTTP and Postgres."""

from __future__ import annotations

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.newsroom.articles import articles
from tests.newsroom.gold import expected
from tests.pipeline import STAGES, environment, ingest, step

from rasad.settings import ROOT
from rasad.stages import measure, plan, publish
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.report import report

pytestmark = pytest.mark.postgres


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def look_again(dsn):
    """As if the hour after which an article is looked at again had passed."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.page SET next_look_at = now() WHERE outcome = 'loaded'")
        cursor.execute("UPDATE news.host SET next_request_at = '-infinity'")


def test_every_article_ends_as_expected(settings, warehouse, room):
    ingest(settings, warehouse, "first")
    ledger = {row[0]: row[1:] for row in query(warehouse, "SELECT url, outcome, reason FROM news.page")}
    loaded = {
        r[0]: r[1:] for r in query(warehouse, "SELECT url, title, text, published, authors, kept FROM mart.articles")
    }
    wrong = {}
    for ref, want in expected(1).items():
        url = room.url(ref)
        outcome, reason = ledger.get(url, ("not in the ledger", None))
        if outcome != want.outcome:
            wrong[ref] = f"{outcome} ({reason}) instead of {want.outcome}"
        elif want.outcome == "loaded":
            title, text, published, authors, kept = loaded[url]
            if kept == "snippet":  # the sentences that stand there stand at their places
                text = "".join(a if b == " " else b for a, b in zip(want.text, text, strict=True))
            got = (title, text, published, tuple(authors))
            right = (want.title, None if kept == "facts" else want.text, want.published_at, want.authors)
            if off := [pair for pair in zip(got, right, strict=True) if pair[0] != pair[1]]:
                wrong[ref] = off
    assert wrong == {}
    assert all(reason for outcome, reason in ledger.values() if outcome not in ("loaded", "due"))


def test_every_fact_is_what_its_text_says(settings, warehouse):
    ingest(settings, warehouse, "first")
    kinds = {row[0] for row in query(warehouse, "SELECT DISTINCT kind FROM mart.facts")}
    assert kinds >= {"entity", "date", "quantity", "quote", "indirect_quote", "keyphrase", "topic", "event", "nominal"}
    off = query(
        warehouse,
        "SELECT url, kind, surface FROM mart.facts f JOIN mart.articles a USING (article_id, url) "
        "WHERE substr(CASE f.field WHEN 'title' THEN a.title ELSE a.text END, start_offset + 1, "
        "end_offset - start_offset) <> surface",
    )
    assert off == []


def test_the_same_run_twice_loads_nothing_twice(settings, warehouse, room):
    first = ingest(settings, warehouse, "first")
    before = dump(warehouse)
    pages_before = len([r for r in room.requests if "robots" not in r.path])
    again = ingest(settings, warehouse, "second")
    after = dump(warehouse)
    assert first.new_articles > 30
    assert (again.new_articles, again.new_versions, again.facts, again.failed) == (0, 0, 0, 0)
    assert {k: v for k, v in after.items() if k not in ("run", "run_source")} == {
        k: v for k, v in before.items() if k not in ("run", "run_source")
    }
    lines: list[str] = []
    report(warehouse, lines.append)
    assert "  nothing new: the warehouse holds all of it already (second)" in lines
    asked = [r for r in room.requests if "robots" not in r.path][pages_before:]
    feeds = query(warehouse, "SELECT count(*) FROM news.feed")[0][0]
    assert len(asked) <= 3 * feeds  # feeds and sitemaps alone, no article again


def test_a_page_looked_at_again_costs_no_reading_where_it_is_unchanged(settings, warehouse, room):
    ingest(settings, warehouse, "first")
    before = dump(warehouse)
    look_again(warehouse)
    start = len(room.requests)
    ingest(settings, warehouse, "second")
    assert [r.status for r in room.requests[start:]].count(304) > 20
    same = {"article", "article_version", "fact", "entity", "entity_day", "entity_trend", "source_day"}
    assert {k: v for k, v in dump(warehouse).items() if k in same} == {k: v for k, v in before.items() if k in same}


def test_a_corrected_article_gets_a_second_version(settings, warehouse, room):
    ingest(settings, warehouse, "first")
    room.set_edition(2)
    look_again(warehouse)
    outcome = ingest(settings, warehouse, "second")
    one, two = expected(1), expected(2)
    corrected = [ref for ref in one if ref in two and one[ref].text != two[ref].text and two[ref].outcome == "loaded"]
    assert corrected
    assert outcome.new_versions >= len(corrected)
    for ref in corrected:
        ((versions, text),) = query(warehouse, "SELECT versions, text FROM mart.articles WHERE url = %s", room.url(ref))
        assert (versions, text) == (2, two[ref].text)
    sums = query(
        warehouse,
        "SELECT (SELECT sum(mentions) FROM news.entity_day), "
        "(SELECT count(*) FROM mart.mentions WHERE entity_id IS NOT NULL)",
    )
    assert len(set(sums[0])) == 1


def test_the_same_text_on_two_sites_is_two_articles_and_one_story(settings, warehouse, room):
    ingest(settings, warehouse, "first")
    twins = {frozenset((ref, want.twin)) for ref, want in expected(1).items() if want.twin}
    assert twins
    for pair in twins:
        rows = query(
            warehouse, "SELECT count(*), count(DISTINCT story_id) FROM mart.articles WHERE url = ANY (%s)",
            [room.url(ref) for ref in pair],
        )  # fmt: skip
        assert rows == [(2, 1)]


def test_no_host_is_asked_faster_than_its_delay(settings, warehouse, room):
    """Three processes read one source at once; between them they ask it as slowly as one would."""
    recipe = settings.source_dirs[0] / "sada.yaml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("delay: 0.1", "delay: 0.4"), encoding="utf-8")
    readers = [
        subprocess.Popen(
            [sys.executable, "-m", "rasad", "stage", "discover", "--source", "sada", "--run", f"reader-{n}"],
            env=environment(settings, warehouse), cwd=ROOT, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for n in range(3)
    ]  # fmt: skip
    for reader in readers:
        assert reader.wait(60) == 0, reader.stderr.read()
    times = sorted(r.time for r in room.requests if r.publisher == "sada")
    assert len(times) >= 3 * 2  # three readers, two feeds
    assert min(b - a for a, b in itertools.pairwise(times)) > 0.3  # the newsroom's clock stamps arrival, not departure


def test_what_robots_forbid_is_never_asked_for(settings, warehouse, room):
    ingest(settings, warehouse, "first")
    forbidden = [ref for ref, want in expected(1).items() if want.outcome == "blocked_by_robots"]
    assert forbidden
    paths = {room.url(ref).split("/", 3)[3] for ref in forbidden}
    assert not [r for r in room.requests if r.path.lstrip("/") in paths]


def test_a_source_that_fails_wholly_stops_no_other(settings, warehouse, room, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "silent.yaml").write_text(
        "name_ar: الصامت\nname_en: Silent\ncountry: LB\ntimezone: Asia/Beirut\nhomepage: http://127.0.0.1:9/\n"
        "hosts: ['127.0.0.1:9']\nfeeds: [{url: 'http://127.0.0.1:9/rss', kind: rss}]\ndelay: 0.1\n",
        encoding="utf-8",
    )
    from dataclasses import replace

    from rasad.stages.discover import SourceFailed

    both = replace(
        settings, source_dirs=(*settings.source_dirs, folder), allow_hosts=settings.allow_hosts | {"127.0.0.1:9"}
    )
    works = plan.plan(both, warehouse, "run", ("silent", "minbar"))
    for work in works:
        if work["source"] == "silent":
            with pytest.raises(SourceFailed, match=r"silent: none of its 1 feeds answered"):
                step(both, warehouse, "discover", work)
        else:
            for stage in STAGES:
                work = step(both, warehouse, stage, work)
    outcome = publish.publish(both, warehouse, "run")
    assert (outcome.sources, outcome.failed) == (2, 1)
    assert outcome.new_articles > 0
    assert query(warehouse, "SELECT outcome, reason IS NOT NULL FROM mart.outcomes WHERE source_id = 'silent'") == [
        ("problem", True)
    ]


def test_two_loaders_of_the_same_batch_load_it_once(settings, warehouse):
    (work,) = plan.plan(settings, warehouse, "run", ("minbar",))
    for stage in STAGES[:-1]:
        work = step(settings, warehouse, stage, work)
    with ThreadPoolExecutor(2) as pool:
        receipts = list(pool.map(lambda _: step(settings, warehouse, "load", work), range(2)))
    assert sorted(r["again"] for r in receipts) == [False, True]
    articles_loaded = [a for a in articles(1) if a.publisher == "minbar" and expected(1)[a.ref].outcome == "loaded"]
    assert query(warehouse, "SELECT count(*) FROM mart.articles") == [(len(articles_loaded),)]


def test_a_postgres_restart_between_stages_loses_nothing(settings, postgres, warehouse):
    (work,) = plan.plan(settings, warehouse, "run", ("minbar",))
    for stage in STAGES:
        postgres.stop()
        postgres.start()
        work = step(settings, warehouse, stage, work)
    assert work["new_articles"] > 0
    assert measure.measure(settings, warehouse)["days"] > 0


def test_an_unknown_source_is_named_with_the_way_out(settings, warehouse):
    with pytest.raises(plan.PlanError, match=r"no source is called 'nobody': known are .*minbar") as failure:
        plan.plan(settings, warehouse, "run", ("nobody",))
    assert "\n" not in str(failure.value)
