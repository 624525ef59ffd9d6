"""Damaged and hostile feeds, sitemaps and listing pages: what can be read of them or a reason, in bounded time."""

import gzip
import json
import time
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from tests import mutation

from rasad.model import Feed, Link, Source
from rasad.web import autodiscovery, feeds, sitemaps

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=timezone.utc)
SOURCE = Source("akhbar", "الأخبار", "News", "EG", "Africa/Cairo", "https://example.com", ("www.example.com",))
URL = "https://www.example.com/feed"
CPU_SECONDS = 15  # of one example; the slowest, of 5 MB, takes a third of that

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>الأخبار</title><item><title><![CDATA[افتتاح جسر جديد]]></title><link>https://www.example.com/news/12345</link>
<guid isPermaLink="true">https://www.example.com/news/12345</guid><pubDate>Tue, 10 Mar 2026 11:30:00 +0200</pubDate>
<description>&lt;p&gt;نص الخبر&lt;/p&gt;</description></item><item><title>خبر ثان</title>
<link>/news/12346?a=1&amp;b=2</link><dc:date>2026-03-10T09:30:00Z</dc:date></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>الأخبار</title><entry><title>خبر</title>
<link rel="alternate" href="https://www.example.com/news/12347"/><id>tag:1</id><published>2026-03-10T09:30:00Z</published>
<updated>2026-03-10T10:30:00Z</updated></entry></feed>"""
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://www.example.com/news/12348</loc>
<lastmod>2026-03-10</lastmod><news:news><news:title>خبر &amp; خبر</news:title><news:language>ar</news:language>
<news:publication_date>2026-03-10T09:30:00Z</news:publication_date></news:news></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>
<loc>https://www.example.com/sitemap-1.xml.gz</loc><lastmod>2026-03-10T09:30:00+02:00</lastmod></sitemap></sitemapindex>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "الأخبار",
        "items": [{"id": "1", "url": "/news/1", "title": "خبر", "date_published": "2026-03-10T09:30:00Z"}, {"id": 2}],
    }
)
SECTION = """<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml" title="الأخبار"></head><body>
<a href="/news/12349"><h3>افتتاح جسر جديد أمام المارة</h3></a><a href="/tag/x">وسم</a>
<a href="//[">x</a></body></html>"""
TEXT = "https://www.example.com/news/1\nhttps://www.example.com/news/2\n"
PIECES = """
<item> </item> <entry> <url> <loc> </loc> <link> <link_href='https://[::1'/> <guid> <pubDate> <title> <x:item>
<a_href='/news/1'> <!DOCTYPE_rss_[<!ENTITY_a_"b">]> &a; <?xml_version="1.0"_encoding="utf-16"?> <rss>
<urlset> <sitemapindex> <html> <channel> https://www.example.com/news/9 javascript:x https://[::1 http://a:99999/
2026-13-45T99:99:99 ١٠_آذار_٢٠٢٦ {"items":[ [[[ null
"""
KINDS = ("rss", "atom", "json", "sitemap", "section")


def check(body: bytes) -> None:
    """Read bytes as each kind of feed, as a sitemap and as a page, and look at the shape of what comes out."""
    start = time.process_time()
    kind = KINDS[len(body) % len(KINDS)]
    listing = feeds.read(body, "text/xml; charset=windows-1256", Feed(URL, kind), SOURCE, NOW)  # type: ignore[arg-type]
    entries, problem = sitemaps.read(body)
    told = autodiscovery.feeds(body, None, URL)
    anchors = autodiscovery.articles(body, "text/html; charset=x-none", URL)
    assert time.process_time() - start < CPU_SECONDS
    assert len(listing.links) <= feeds.MAX_LINKS
    assert len(listing.nested) <= feeds.MAX_NESTED
    for link in listing.links:
        assert isinstance(link, Link)
        assert link.url.startswith(("http://", "https://"))
        assert link.published_at is None or link.published_at.tzinfo is not None
        assert link.title is None or (link.title.strip() and "\n" not in link.title)
    assert all(entry.url is not None for entry in entries)
    assert problem is None or problem
    assert all(
        address.startswith(("http://", "https://")) for address in (*(f.url for f in told), *(a.url for a in anchors))
    )


DAMAGED = mutation.mutated(
    (RSS, ATOM, SITEMAP, INDEX, JSON, SECTION, TEXT), [piece.replace("_", " ") for piece in PIECES.split()]
)
BOUNDED = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(BOUNDED, max_examples=150)
@given(DAMAGED)
def test_damaged_feeds(body: bytes) -> None:
    check(body)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@settings(BOUNDED, max_examples=3_000)
@given(DAMAGED)
def test_many_damaged_feeds(body: bytes) -> None:
    check(body)


@pytest.mark.parametrize(
    "body",
    [
        RSS.replace(
            "<item>", "<item><title>خبر</title><link>https://www.example.com/1</link></item>" * 30_000 + "<item>", 1
        ),
        RSS.replace("<item>", "<item>" * 50_000),
        RSS.replace("نص الخبر", "&amp;lt;p&amp;gt;" * 100_000),
        RSS.replace("<channel>", f'<channel a="{"x " * 1_000_000}">'),
        RSS.replace("Tue, 10", "Tue, 10 " * 100_000),
        ATOM.replace("<entry>", "<entry><content type='xhtml'><div>" + "<b>" * 50_000, 1),
        SITEMAP.replace("<url>", "<url><loc>https://www.example.com/news/1</loc></url>" * 50_000 + "<url>", 1),
        SITEMAP.replace("<url>", "<url>" * 50_000),
        SITEMAP.replace("<loc>", "<loc>" + "https://www.example.com/" * 100_000),
        JSON.replace("[{", "[" + '{"url":"/news/1"},' * 50_000 + "{"),
        '{"items":' + "[" * 200_000,
        SECTION.replace("<body>", "<body>" + "<a href='/news/12345'>خبر آخر من أخبار المدينة</a>" * 100_000),
        SECTION.replace("<body>", "<body>" + "<a href='/news/12345'>" * 50_000),
        "https://www.example.com/news/1\n" * 30_000,
        "<" * 1_000_000,
        "&" * 1_000_000,
    ],
    ids=str.__len__,
)
def test_huge_feeds(body: str) -> None:
    check(body.encode())


def test_a_feed_that_unpacks_without_end() -> None:
    check(gzip.compress(b"\0" * 60_000_000))
