from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.model import Feed
from rasad.web import autodiscovery

HOME = "https://www.example.com/"


def head(*links: str) -> bytes:
    return f"<html><head>{''.join(links)}</head><body></body></html>".encode()


def test_the_feeds_that_a_page_announces() -> None:
    page = head(
        '<link rel="alternate" type="application/rss+xml" title="الأخبار" href="/rss.xml">',
        '<LINK REL="Alternate Home" TYPE="application/atom+xml; charset=utf-8" HREF="https://feeds.example.com/a">',
        '<link rel="alternate" type="application/feed+json" href="feed.json#top">',
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml">',
        '<link rel="alternate" type="application/rss+xml" title="التعليقات" href="/c.xml">',
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">',
        '<link rel="alternate" hreflang="en" href="/en">',
        '<link rel="stylesheet" type="application/rss+xml" href="/no">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:void(0)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[">',
    )
    assert autodiscovery.feeds(page, None, HOME) == (
        Feed("https://www.example.com/rss.xml", "rss"),
        Feed("https://feeds.example.com/a", "atom"),
        Feed("https://www.example.com/feed.json", "json"),
    )


@pytest.mark.parametrize(
    "path",
    [
        "/news/2026/03/10/jisr",
        "/2026/3/x",
        "/politics/123456",
        "/archives/3188",
        "/story.aspx?id=48211",
        "/arabic/articles/c0dl2yx1xd1o",
        "/news/iftitah-jisr-jadid-fi-almansura",
        "/%D8%A7%D9%81%D8%AA%D8%AA%D8%A7%D8%AD-%D8%AC%D8%B3%D8%B1-%D8%AC%D8%AF%D9%8A%D8%AF-%D9%81%D9%8A-%D8%A7%D9%84%D9%85%D8%AF%D9%8A%D9%86%D8%A9",
        "/أخبار/افتتاح-جسر-جديد-في-المدينة.html",
    ],
)
def test_addresses_of_articles(path: str) -> None:
    assert autodiscovery.like_article("https://www.example.com" + path)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/politics", "/middle-east", "/تحليل-سياسي", "/tag/jisr-jadid-fi-almansura", "/author/123456", "/page/2",
     "/files/2026/03/10/report.pdf", "/search?id=12345", "/وسم/123456", "/article?page=3", "/list?cat=12345",
     "/archives/2026"],
)  # fmt: skip
def test_addresses_of_other_pages(path: str) -> None:
    assert not autodiscovery.like_article("https://www.example.com" + path)


def test_each_article_of_a_section_once_with_its_longest_words() -> None:
    page = (
        '<body><a href="/a/123456"><img></a><a href="/a/123456#comments"> افتتاح\n <b>جسر</b></a>'
        '<a href="/a/123456">٣</a>'
        '<a href="/a/123457"></a><a href="mailto:a@example.com">بريد</a><a>بلا عنوان</a></body>'
    ).encode()
    found = autodiscovery.articles(page, None, HOME + "a")
    assert [(a.url.removeprefix(HOME), a.text) for a in found] == [("a/123456", "افتتاح جسر"), ("a/123457", None)]


def test_a_page_in_another_charset() -> None:
    page = '<html><head><meta charset="{}"></head><body><a href="/a/123456">افتتاح جسر</a></body></html>'
    for header, meta in (("text/html; charset=windows-1256", "utf-8"), (None, "windows-1256"), ("text/html", "cp1256")):
        (found,) = autodiscovery.articles(page.format(meta).encode("windows-1256"), header, HOME)
        assert found.text == "افتتاح جسر"


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=utf-7", "text/html; charset=nothing"]))
def test_any_bytes_are_no_exception(body: bytes, content_type: str | None) -> None:
    for page in (body, b"<a href='" + body, b"<link rel=alternate type=application/rss+xml href='" + body + b"'>"):
        autodiscovery.articles(page, content_type, HOME)
        autodiscovery.feeds(page, content_type, HOME)


@pytest.mark.parametrize("part", [b"<a href=/a/123456>", b"<div>", b"<link rel=alternate type=application/rss+xml>"])
def test_a_huge_page_takes_bounded_time(part: bytes) -> None:
    start = time.monotonic()
    autodiscovery.articles(part * (6_000_000 // len(part)), None, HOME)
    autodiscovery.feeds(part * (6_000_000 // len(part)), None, HOME)
    assert time.monotonic() - start < 15
