"""Fetch against a site that does what a test says: nothing that was asked for is lost on the way to the warehouse."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

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


def test_a_worker_whose_clock_is_wrong_brings_the_new_version_all_the_same(one, warehouse, site, monkeypatch):
    class Behind(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", reply(200, article(), **HTML))
    run(one, warehouse, "first")
    site.on("/1", reply(200, article("اتساع حملة التلقيح"), **HTML))
    monkeypatch.setattr("rasad.web.client.datetime", Behind)  # it dates what servers answer
    later(warehouse)
    run(one, warehouse, "second")
    assert query(warehouse, "SELECT title FROM mart.articles") == [("اتساع حملة التلقيح",)]


def test_an_article_that_is_loaded_when_its_page_is_gone_already_has_its_page(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{site.url}/2")))
    for path in ("/1", "/2"):
        site.on(path, reply(200, article(path), **HTML))
    late = run(one, warehouse, "late", upto="extract")
    site.on("/1", reply(410))
    site.on("/2", reply(200, article(words="قريبا"), **HTML))
    later(warehouse)
    run(one, warehouse, "punctual")
    assert outcomes(warehouse) == {"1": "gone", "2": "too_short"}
    step(one, warehouse, "load", late)
    assert outcomes(warehouse) == {"1": "gone", "2": "loaded"}  # as if it had been loaded in time
    assert query(warehouse, "SELECT count(*) FROM news.page JOIN news.article USING (article_id)") == [(2,)]


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


# Taken down, and back


def taken_down(dsn):
    return query(dsn, "SELECT gone_at IS NOT NULL FROM mart.articles")


SOFT = "<html><head><title>الصفحة غير موجودة - صحيفة البلد</title></head><body><h1>عذرا</h1></body></html>".encode()


@pytest.mark.parametrize(
    "answer",
    [reply(404), reply(410), reply(302, Location="/"), reply(301, Location="/ar/404.html"), reply(200, SOFT, **HTML)],
    ids=["404", "410", "home page", "page of errors", "200 that says not found"],
)
def test_an_article_taken_down_is_marked_and_unmarked_when_it_is_back(one, warehouse, site, answer):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/", reply(200, article("الصفحة الأولى"), **HTML))
    site.on("/ar/404.html", reply(200, article("خطأ"), **HTML))
    site.on("/1", in_turn(reply(200, article(), **HTML), answer, answer, reply(503), reply(200, article(), **HTML)))
    run(one, warehouse, "first")
    assert (outcomes(warehouse), taken_down(warehouse)) == ({"1": "loaded"}, [(False,)])
    marks = []
    for name in ("second", "third"):
        later(warehouse)
        run(one, warehouse, name)
        assert (outcomes(warehouse), taken_down(warehouse)) == ({"1": "gone"}, [(True,)])
        marks += query(warehouse, "SELECT gone_at FROM mart.outcomes WHERE kind = 'page'")
    assert marks[0] == marks[1]  # since when, not when it was last seen so
    assert query(warehouse, "SELECT count(*) FROM mart.facts")[0][0] > 0  # what was read of it stays
    later(warehouse)
    run(one, warehouse, "back")  # the client asks again after a 503: it is the page of before
    assert (outcomes(warehouse), taken_down(warehouse)) == ({"1": "loaded"}, [(False,)])
    assert query(warehouse, "SELECT reason, versions FROM news.page, mart.articles") == [(None, 1)]


def test_an_article_found_gone_at_its_last_look_is_looked_at_once_more(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", in_turn(reply(200, article(), **HTML), reply(404)))
    run(one, warehouse, "first")
    waits = []
    for name in ("second", "third"):
        later(warehouse)
        query(warehouse, "UPDATE news.page SET discovered_at = now() - interval '8 days' RETURNING 1")
        run(one, warehouse, name)
        ((wait,),) = query(
            warehouse, "SELECT round(extract(epoch FROM next_look_at - now()) / 3600)::int FROM news.page"
        )
        waits.append(wait)
    assert waits == [24, None]


def test_a_page_that_was_announced_before_it_stood_is_found_later(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", in_turn(reply(404), reply(200, article(), **HTML)))
    run(one, warehouse, "first")
    assert outcomes(warehouse) == {"1": "gone"}
    assert query(warehouse, "SELECT round(extract(epoch FROM next_look_at - discovered_at))::int FROM news.page") == [
        (3600,)
    ]
    later(warehouse)
    run(one, warehouse, "second")
    assert (outcomes(warehouse), taken_down(warehouse)) == ({"1": "loaded"}, [(False,)])


def test_an_article_is_looked_at_again_after_1_6_24_hours_and_7_days(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", reply(200, article(), **HTML))
    run(one, warehouse, "first")
    looks = []
    for hours in (1, 6, 24, 168):
        ((next_look,),) = query(
            warehouse, "SELECT round(extract(epoch FROM next_look_at - discovered_at) / 3600)::int FROM news.page"
        )
        looks.append(next_look)
        query(
            warehouse,
            "UPDATE news.page SET discovered_at = now() - make_interval(hours => %s), next_look_at = now() RETURNING 1",
            hours,
        )
        run(one, warehouse, f"after-{hours}")
    assert looks == [1, 6, 24, 168]
    assert query(warehouse, "SELECT next_look_at FROM news.page") == [(None,)]
    assert site.paths().count("/1") == 5


# Walls


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body><script>_cf_chl_opt={}</script></body></html>"
TEASER = article().replace(
    b"<head>", b'<head><script type="application/ld+json">{"isAccessibleForFree":false}</script>', 1
)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (reply(403), "blocked"), (reply(403, CHALLENGE), "blocked"), (reply(202, CHALLENGE, **HTML), "blocked"),
        (reply(200, CHALLENGE, **HTML), "blocked"), (reply(503, CHALLENGE, Retry_After="60"), "blocked"),
        (reply(401), "login"), (reply(302, Location="/login?next=/1"), "login"), (reply(402), "paywall"),
        (reply(200, TEASER, **HTML), "paywall"), (reply(503, b"<h1>down</h1>", Retry_After="60"), "server_error"),
    ],
)  # fmt: skip
def test_walls_have_outcomes_of_their_own_and_are_no_articles(one, warehouse, site, answer, outcome):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/login", reply(200, article(), **HTML))
    site.on("/1", answer)
    run(one, warehouse, "run")
    assert outcomes(warehouse) == {"1": outcome}
    assert query(warehouse, "SELECT count(*) FROM news.article") == [(0,)]
    ((reason, again),) = query(warehouse, "SELECT reason, next_look_at IS NOT NULL FROM news.page")
    assert reason
    assert again


def test_a_wall_before_an_article_that_stands_takes_nothing_away(one, warehouse, site):
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", in_turn(reply(200, article(), **HTML), reply(403, CHALLENGE), reply(200, TEASER, **HTML)))
    for name in ("first", "second", "third"):
        run(one, warehouse, name)
        later(warehouse)
    assert (outcomes(warehouse), taken_down(warehouse)) == ({"1": "loaded"}, [(False,)])
    assert query(warehouse, "SELECT versions FROM mart.articles") == [(1,)]


# One article


def test_all_spellings_of_an_address_are_one_article(one, warehouse, site):
    """By their addresses alone, but for the AMP page under a folder of its own, which says itself where it belongs."""
    story = article().replace(b"<head>", f'<head><link rel="canonical" href="{site.url}/أخبار/1234-خبر">'.encode(), 1)
    spellings = [
        "/أخبار/1234-خبر", "/%d8%a3%D8%AE%d8%a8%D8%A7%D8%B1/1234-%D8%AE%D8%A8%D8%B1", "/أخبار/1234-خبر?utm_source=rss",
        "/أخبار/1234-خبر#comments", "/أخبار/1234-خبر/amp", "/أخبار/1234-خبر?amp=1", "/أخبار/1234-خبر?outputType=amp",
        "/أخبار/1234-خبر?fbclid=Iw&amp;amp;at_medium=RSS", "/amp/1234-خبر",
    ]  # fmt: skip
    site.on("/feed", reply(200, rss(*(f"{site.url}{spelling}" for spelling in spellings))))
    for path in ("/أخبار/1234-خبر", "/amp/1234-خبر"):
        site.on(quote(path), reply(200, story, **HTML))
    run(one, warehouse, "run")
    assert query(warehouse, "SELECT url FROM mart.articles") == [(f"{site.url}{quote('/أخبار/1234-خبر')}",)]
    assert query(warehouse, "SELECT outcome FROM news.page ORDER BY 1") == [("duplicate",), ("loaded",)]


@pytest.mark.parametrize("declared", ["/", "/news", "https://other.example/1234", "javascript:0", "/5678", ""])
def test_a_canonical_address_that_is_not_the_articles_is_not_believed(one, warehouse, site, declared):
    head = f'<head><link rel="canonical" href="{declared}">'.encode()
    site.on("/feed", reply(200, rss(f"{site.url}/1234", f"{site.url}/1235")))
    for n in ("1234", "1235"):
        site.on(f"/{n}", reply(200, article(f"خبر {n}").replace(b"<head>", head, 1), **HTML))
    run(one, warehouse, "run")
    assert query(warehouse, "SELECT url FROM mart.articles ORDER BY 1") == [(f"{site.url}/{n}",) for n in (1234, 1235)]
