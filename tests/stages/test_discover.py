"""Discover against a site that does what a test says."""

from __future__ import annotations

import contextlib
import gzip
from dataclasses import replace
from datetime import datetime, timedelta, timezone

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


def index(*urls: str, **changed: datetime) -> bytes:
    """`changed` has the dates of the sitemaps, by their names without .xml."""
    dates = {f"/{name}.xml": f"<lastmod>{at.isoformat()}</lastmod>" for name, at in changed.items()}
    inner = "".join(f"<sitemap><loc>{u}</loc>{dates.get('/' + u.rsplit('/', 1)[1], '')}</sitemap>" for u in urls)
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


# Floods


NOW = datetime.now(timezone.utc)
DAY = timedelta(days=1)


def when_due(settings, dsn, run):
    """As a scheduled run does it: only what is due, the index being so."""
    query(dsn, "UPDATE news.feed SET next_poll_at = '-infinity' WHERE parent IS NULL RETURNING 1")
    query(dsn, "UPDATE news.host SET next_request_at = '-infinity' RETURNING 1")
    (work,) = plan.plan(settings, dsn, run)
    return discover.discover(settings, dsn, work)["stages"]["discover"]["items"]


@pytest.fixture
def indexed(one, site):  # noqa: F811
    source_yaml(one.source_dirs[0], "one", site, "sitemap", "/index.xml")
    return one


def asked(site):  # noqa: F811
    return [path for path in site.paths() if path not in ("/robots.txt", "/index.xml")]


def test_sitemaps_that_have_not_changed_for_long_are_left_out(indexed, warehouse, site):  # noqa: F811
    names = ["news", "recent", "old", "ancient"]
    dates = {"news": NOW, "recent": NOW - 9 * DAY, "old": NOW - 31 * DAY, "ancient": NOW - 4000 * DAY}
    site.on("/index.xml", reply(200, index(*(f"{site.url}/{n}.xml" for n in reversed(names)), **dates)))
    for name in names:
        site.on(f"/{name}.xml", reply(200, sitemap(f"{site.url}/{name}/1")))
    assert when_due(indexed, warehouse, "run") == 2
    assert asked(site) == ["/news.xml", "/recent.xml"]


def test_the_newest_is_asked_however_old_the_index_says_it_is(indexed, warehouse, site):  # noqa: F811
    dates = {"a": NOW - 400 * DAY, "b": NOW - 300 * DAY}
    site.on("/index.xml", reply(200, index(f"{site.url}/a.xml", f"{site.url}/b.xml", **dates)))
    site.on("/b.xml", reply(200, sitemap(f"{site.url}/1")))
    assert when_due(indexed, warehouse, "run") == 1
    assert asked(site) == ["/b.xml"]


def test_a_quiet_sitemap_rests_until_its_time_or_until_the_index_says_that_it_changed(indexed, warehouse, site):  # noqa: F811
    urls = [f"{site.url}/{name}.xml" for name in ("live", "quiet")]
    site.on("/index.xml", reply(200, index(*urls)))
    for name in ("live", "quiet"):
        site.on(f"/{name}.xml", reply(200, sitemap(f"{site.url}/{name}/1")))
    when_due(indexed, warehouse, "first")
    assert sorted(asked(site)) == ["/live.xml", "/quiet.xml"]
    query(
        warehouse, "UPDATE news.feed SET next_poll_at = now() - interval '1 s' WHERE url LIKE '%%live.xml' RETURNING 1"
    )
    when_due(indexed, warehouse, "second")
    assert asked(site)[2:] == ["/live.xml"]
    site.on("/index.xml", reply(200, index(*urls, quiet=datetime.now(timezone.utc) + timedelta(seconds=1))))
    when_due(indexed, warehouse, "third")
    assert asked(site)[3:] == ["/quiet.xml"]


def test_articles_that_a_sitemap_dates_long_ago_are_left_to_archives(indexed, warehouse, site):  # noqa: F811
    entries = [("new", NOW), ("old", NOW - 31 * DAY), ("undated", None)]
    body = "".join(
        f"<url><loc>{site.url}/{name}</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</url>"
        for name, at in entries
    )
    site.on("/index.xml", reply(200, gzip.compress(f"<urlset>{body}</urlset>".encode())))
    assert when_due(indexed, warehouse, "run") == 2
    assert query(warehouse, "SELECT listed FROM news.feed") == [(2,)]


def test_a_feed_may_tell_of_what_is_old(one, warehouse, site):  # noqa: F811
    item = f"<item><link>{site.url}/1</link><pubDate>{NOW - 90 * DAY:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
    site.on("/feed", reply(200, f"<rss version='2.0'><channel>{item}</channel></rss>".encode()))
    assert when_due(one, warehouse, "run") == 1


def test_an_index_of_indexes_is_followed_and_one_of_itself_ends(indexed, warehouse, site):  # noqa: F811
    site.on("/index.xml", reply(200, index(f"{site.url}/inner.xml", f"{site.url}/index.xml")))
    site.on("/inner.xml", reply(200, index(f"{site.url}/news.xml.gz", f"{site.url}/inner.xml")))
    site.on("/news.xml.gz", reply(200, gzip.compress(sitemap(f"{site.url}/1"))))
    assert when_due(indexed, warehouse, "run") == 1
    assert sorted(site.paths()) == ["/index.xml", "/inner.xml", "/news.xml.gz", "/robots.txt"]


def test_no_more_of_an_index_is_asked_at_a_poll_than_is_bounded(indexed, warehouse, site, monkeypatch):  # noqa: F811
    names = [f"{n:02}" for n in range(40)]
    site.on("/index.xml", reply(200, index(*(f"{site.url}/{n}.xml" for n in names))))
    for name in names:
        site.on(f"/{name}.xml", reply(200, sitemap(*(f"{site.url}/{name}/{n}" for n in range(3)))))
    assert when_due(indexed, warehouse, "first") == 3 * discover.NESTED
    assert set(asked(site)) == {f"/{name}.xml" for name in (*names[:10], *names[-10:])}  # both ends: where news is
    monkeypatch.setattr(discover, "MOST", 4)
    assert when_due(indexed, warehouse, "second") == 6  # those that rest are passed over


WALL = b"<html><head><title>Just a moment...</title></head><body><script>_cf_chl_opt={}</script></body></html>"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (reply(200, WALL), "blocked: a bot wall"),
        (reply(403, WALL), "http_status: the server answered 403: it refuses robots"),
        (reply(200, "<html><title>الصفحة غير موجودة</title></html>".encode()), "gone: a page that says"),
        (reply(200, b"<html><title>news</title></html>"), "an HTML page, not a feed"),
        (reply(200, b"\x1b\x05\x80", Content_Encoding="br"), "bad_encoding: "),
    ],
)
def test_what_stands_in_a_feeds_place_is_told(one, warehouse, site, answer, problem):  # noqa: F811
    site.on("/feed", answer)
    (work,) = plan.plan(one, warehouse, "run", ["one"])
    with contextlib.suppress(SourceFailed):
        discover.discover(one, warehouse, work)
    ((told,),) = query(warehouse, "SELECT problem FROM news.feed")
    assert told.startswith(problem)
    assert query(warehouse, "SELECT count(*) FROM news.page") == [(0,)]
