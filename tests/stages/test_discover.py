"""Discover against a site that does what a test says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.stages.test_fetch import one, query, rss, site, source_yaml  # noqa: F401 (fixtures among them)
from tests.web.site import Site, in_turn, reply

from rasad.stages import discover, plan, publish
from rasad.stages.discover import SourceFailed
from rasad.stages.publish import RunFailed
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres


def sitemap(*urls: str) -> bytes:
    inner = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'.encode()


def index(*urls: str) -> bytes:
    inner = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'.encode()


def found(settings, dsn, run):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.host SET next_request_at = '-infinity'")
    (work,) = plan.plan(settings, dsn, run, ["one"])
    return discover.discover(settings, dsn, work)["stages"]["discover"]["items"]


def test_news_behind_an_index_that_never_changes_is_found(one, warehouse, site):  # noqa: F811
    source_yaml(one.source_dirs[0], "one", site, "sitemap", "/index.xml")
    site.on("/index.xml", reply(200, index(f"{site.url}/news.xml"), ETag='"same"'))
    first, second = sitemap(f"{site.url}/1"), sitemap(f"{site.url}/1", f"{site.url}/2")
    site.on("/news.xml", in_turn(reply(200, first), reply(200, second)))
    assert found(one, warehouse, "first") == 1
    assert found(one, warehouse, "second") == 1
    assert found(one, warehouse, "third") == 0


def test_a_nested_sitemap_is_asked_for_conditionally(one, warehouse, site):  # noqa: F811
    source_yaml(one.source_dirs[0], "one", site, "sitemap", "/index.xml")
    site.on("/index.xml", reply(200, index(f"{site.url}/news.xml")))
    site.on("/news.xml", in_turn(reply(200, sitemap(f"{site.url}/1"), ETag='"n"'), reply(304)))
    assert found(one, warehouse, "first") == 1
    assert found(one, warehouse, "second") == 0
    asked = [headers for path, headers in site.asked if path == "/news.xml"]
    assert asked[-1]["if-none-match"] == '"n"'


def test_a_feed_that_cannot_be_read_is_noted_and_the_others_go_on(one, warehouse, site):  # noqa: F811
    recipe = one.source_dirs[0] / "one.yaml"
    recipe.write_text(
        recipe.read_text(encoding="utf-8").replace("}]", f"}}, {{url: '{site.url}/bad', kind: rss}}]"),
        encoding="utf-8",
    )
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/bad", reply(200, b"<html><body>moved</body></html>"))
    assert found(one, warehouse, "run") == 1
    rows = dict(query(warehouse, "SELECT regexp_replace(url, '^.*/', ''), problem FROM news.feed"))
    assert rows["feed"] is None
    assert "HTML" in rows["bad"]


def test_a_source_of_which_nothing_answers_fails_at_each_try(one, warehouse, site):  # noqa: F811
    for try_number in range(2):
        (work,) = plan.plan(one, warehouse, f"run-{try_number}", ["one"])
        with pytest.raises(SourceFailed, match="none of its 1 feeds answered"):
            discover.discover(one, warehouse, work)


def test_when_no_source_answers_the_alert_names_the_network_and_no_feed_is_blamed(one, warehouse, site):  # noqa: F811
    other = Site()
    source_yaml(one.source_dirs[0], "other", other)
    settings = replace(one, allow_hosts=one.allow_hosts | {other.host})
    for server in (site.server, other.server):
        server.shutdown()
        server.server_close()
    for work in plan.plan(settings, warehouse, "run"):
        with pytest.raises(SourceFailed, match="none of its 1 feeds answered"):
            discover.discover(settings, warehouse, work)
    for _ in range(2):
        with pytest.raises(RunFailed, match="none of the 2 hosts of this run answered"):
            publish.publish(settings, warehouse, "run")
    assert query(warehouse, "SELECT sum(failure_weight), sum(failures) FROM news.feed") == [(0.0, 2)]
    assert [work["source"] for work in plan.plan(settings, warehouse, "next")] == ["one", "other"]


def test_a_feed_and_the_sitemaps_in_it_are_paced_together(one, warehouse, site):  # noqa: F811
    source_yaml(one.source_dirs[0], "one", site, "sitemap", "/index.xml")
    site.on("/index.xml", reply(200, index(f"{site.url}/news.xml")))
    urls = [f"{site.url}/{n}" for n in range(5)]
    site.on("/news.xml", in_turn(reply(200, sitemap(*urls[:4])), reply(200, sitemap(*urls))))
    paces = []
    for run in ("first", "second", "third"):
        found(one, warehouse, run)
        ((pace,),) = query(
            warehouse, "SELECT extract(epoch FROM poll_every)::float8 FROM news.feed WHERE parent IS NULL"
        )
        paces.append(pace)
    assert paces == [300.0, 300.0, 375.0]  # all new, a fifth new (5 minutes are the least), nothing new


def test_what_a_feed_tells_of_another_source_belongs_to_that_one(one, warehouse, site):  # noqa: F811
    other = Site()
    source_yaml(one.source_dirs[0], "other", other)
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{other.url}/2")))
    assert found(one, warehouse, "run") == 2
    rows = dict(query(warehouse, "SELECT regexp_replace(url, '^.*/', ''), source_id FROM news.page"))
    assert rows == {"1": "one", "2": "other"}
    other.server.shutdown()


def test_a_source_whose_yaml_went_says_so(one, warehouse, site, tmp_path):  # noqa: F811
    source_yaml(one.source_dirs[0], "other", Site())
    plan.plan(one, warehouse, "first")
    (one.source_dirs[0] / "other.yaml").unlink()
    plan.plan(one, warehouse, "second")
    rows = dict(query(warehouse, "SELECT source_id, (enabled, reason)::text FROM mart.sources"))
    assert rows["one"] == "(t,)"
    assert rows["other"] == '(f,"its YAML is gone")'
    assert query(warehouse, "SELECT count(*) FROM news.feed WHERE source_id = 'other'") == [(0,)]
