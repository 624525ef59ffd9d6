"""Fetch against a site that does what a test says: nothing that was asked for is lost on the way to the warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline import STAGES, step
from tests.web.site import Site, in_turn, reply

from rasad.settings import Settings
from rasad.stages import discover, fetch, load, plan
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres

WORDS = (
    "أعلنت وزارة الصحة في البلاد أن حملة التلقيح بدأت صباح اليوم في جميع المراكز وأنها تستمر شهرا كاملا بإشراف فرق " * 3
)
HTML = {"Content_Type": "text/html; charset=utf-8"}


def article(title: str = "بدء حملة التلقيح", words: str = WORDS) -> bytes:
    return f"<html lang=ar><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{words}</p></article></body></html>".encode()  # noqa: E501


def rss(*urls: str) -> bytes:
    items = "".join(f"<item><title>خبر</title><link>{url}</link></item>" for url in urls)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>ت</title>{items}</channel></rss>'.encode()


def source_yaml(folder: Path, name: str, site: Site, kind: str = "rss", path: str = "/feed") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(
        f"name_ar: {name}\nname_en: {name}\ncountry: LB\ntimezone: Asia/Beirut\nhomepage: {site.url}/\n"
        f"hosts: ['{site.host}']\nfeeds: [{{url: '{site.url}{path}', kind: {kind}}}]\ndelay: 0.01\n",
        encoding="utf-8",
    )


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def one(site, tmp_path) -> Settings:
    """Settings that read the site as source `one`."""
    source_yaml(tmp_path / "sources", "one", site)
    return Settings(
        var=tmp_path,
        landing=(tmp_path / "landing").as_uri(),
        source_dirs=(tmp_path / "sources",),
        allow_hosts=frozenset({site.host}),
    )


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def run(settings, dsn, name, upto="load"):
    (work,) = plan.plan(settings, dsn, name, ["one"])
    for stage in STAGES[: STAGES.index(upto) + 1]:
        work = step(settings, dsn, stage, work)
    return work


def later(dsn):
    """As if every wait were over."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.page SET next_look_at = now() - interval '1 s' WHERE next_look_at IS NOT NULL")
        cursor.execute("UPDATE news.host SET next_request_at = '-infinity'")


def outcomes(dsn):
    return dict(query(dsn, "SELECT regexp_replace(url, '^.*/', ''), outcome FROM news.page"))


def test_a_page_fetched_and_lost_is_asked_for_in_full_again(one, warehouse, site):
    """The server would answer 304 to whoever says what it sent last time: that may be said only of what was loaded."""

    def conditional(handler):
        unchanged = handler.headers.get("If-None-Match") == '"a"'
        reply(304 if unchanged else 200, b"" if unchanged else article(), ETag='"a"', **HTML)(handler)

    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", conditional)
    run(one, warehouse, "died", upto="fetch")  # and nothing after it
    later(warehouse)
    run(one, warehouse, "next")
    assert outcomes(warehouse) == {"1": "loaded"}
    later(warehouse)
    run(one, warehouse, "third")
    assert site.asked[-1][1]["if-none-match"] == '"a"'  # loaded, it is asked for conditionally
    assert outcomes(warehouse) == {"1": "loaded"}


def test_a_redirect_out_of_the_source_is_no_article_of_it(one, warehouse, site):
    other = Site()
    other.on("/theirs", reply(200, article(), **HTML))
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", reply(302, Location=f"{other.url}/theirs"))
    one = Settings(one.var, one.landing, None, one.source_dirs, None, frozenset({site.host, other.host}))
    run(one, warehouse, "run")
    assert outcomes(warehouse) == {"1": "elsewhere"}
    assert query(warehouse, "SELECT count(*) FROM mart.articles") == [(0,)]
    assert query(warehouse, "SELECT reason LIKE %s FROM news.page", f"%{other.host}/theirs") == [(True,)]
    other.server.shutdown()


def test_a_redirect_to_a_monstrous_address_costs_its_page_alone(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{site.url}/2")))
    site.on("/1", reply(302, Location=f"{site.url}/{'a' * 3000}"))
    site.on("/" + "a" * 3000, reply(200, article(), **HTML))
    site.on("/2", reply(200, article(), **HTML))
    run(one, warehouse, "run")
    assert outcomes(warehouse) == {"1": "bad_url", "2": "loaded"}


def test_a_stub_is_looked_at_again_and_may_grow(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", in_turn(reply(200, article(words="عاجل: انفجار في المرفأ"), **HTML), reply(200, article(), **HTML)))
    run(one, warehouse, "first")
    assert outcomes(warehouse) == {"1": "too_short"}
    later(warehouse)
    run(one, warehouse, "second")
    assert outcomes(warehouse) == {"1": "loaded"}


def test_an_article_that_stands_outlives_a_stub_in_its_place(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", in_turn(reply(200, article(), **HTML), reply(200, article(words="نعتذر"), **HTML)))
    run(one, warehouse, "first")
    later(warehouse)
    run(one, warehouse, "second")
    assert outcomes(warehouse) == {"1": "loaded"}
    assert query(warehouse, "SELECT count(*) FROM mart.articles") == [(1,)]


def test_a_batch_holds_no_more_than_memory_allows(one, warehouse, site, monkeypatch):
    monkeypatch.setattr(fetch, "MOST", 1)
    site.on("/feed", reply(200, rss(*(f"{site.url}/{n}" for n in range(3)))))
    for n in range(3):
        site.on(f"/{n}", reply(200, article(f"خبر رقم {n}"), **HTML))
    for n in range(3):
        assert run(one, warehouse, f"run-{n}")["articles"] == 1
    assert set(outcomes(warehouse).values()) == {"loaded"}
    assert query(warehouse, "SELECT DISTINCT attempts FROM news.page") == [(0,)]


def test_what_retry_after_asks_for_is_kept_but_bounded(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{site.url}/2")))
    for n in (1, 2):
        site.on(f"/{n}", reply(503, Retry_After="999999999"))
    (work,) = plan.plan(one, warehouse, "run", ["one"])
    work = discover.discover(one, warehouse, work)
    work = fetch.fetch(one, warehouse, work, budget=2)
    assert len([p for p in site.paths() if p in ("/1", "/2")]) == 1  # the second would have been asked too soon
    ((seconds,),) = query(warehouse, "SELECT extract(epoch FROM next_request_at - now()) FROM news.host")
    assert 80_000 < seconds < 90_000
    for stage in STAGES[2:]:
        work = step(one, warehouse, stage, work)
    ((seconds,),) = query(
        warehouse, "SELECT extract(epoch FROM next_look_at - now()) FROM news.page WHERE outcome = 'server_error'"
    )
    assert 80_000 < seconds < 90_000


def test_the_day_is_the_publishers_though_the_page_writes_utc(one, warehouse, site):
    page = article().replace(
        b"<head>", b'<head><meta property="article:published_time" content="2026-03-09T22:40:00+00:00">'
    )
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", reply(200, page, **HTML))
    run(one, warehouse, "run")
    assert query(warehouse, "SELECT day::text, published FROM mart.articles") == [
        ("2026-03-10", "2026-03-10T00:40:00+02:00")
    ]


def test_a_receipt_and_its_next_request_go_together(one, warehouse, site):
    """Killed before load's commit, the ledger knows neither."""
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", reply(200, article(), ETag='"a"', **HTML))
    work = run(one, warehouse, "run", upto="extract")
    assert query(warehouse, "SELECT etag, body_hash, outcome FROM news.page") == [(None, None, "due")]
    load.load(one, warehouse, work)
    ((etag, body_hash, outcome),) = query(warehouse, "SELECT etag, body_hash, outcome FROM news.page")
    assert (etag, outcome) == ('"a"', "loaded")
    assert body_hash
