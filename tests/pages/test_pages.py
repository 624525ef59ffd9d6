"""A fetched page becomes an article, or is settled with a reason."""

import json
import time
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad import pages
from rasad.arabic import display
from rasad.model import Article, Page, Settled, Source

SOURCE = Source(
    id="difa",
    name_ar="جريدة الضفة",
    name_en="Ad-Difa",
    country="JO",
    timezone="Asia/Amman",
    homepage="https://paper.example/",
    hosts=("paper.example",),
    months="levant",
)
HEADLINE = "البلدية تفتح الجســـر الجديد أمام المارة"
BODY = (
    "قال رئيس البلدية سامر الحداد إن الجسر\u00a0الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها.",
    "وأضاف أن كلفة المشروع بلغت ١٢ مليون دينار، دفعت الحكومة ثلثها وتكفل \u200fصندوق التنمية بحصته عنالمكاسب.",
)
FETCHED = datetime(2026, 3, 12, 10, 0, tzinfo=timezone.utc)
HTML = (
    f'<html lang="en"><head><title>{HEADLINE} - جريدة الضفة</title><meta property="og:locale" content="en_US">'
    '<link rel="canonical" href="https://paper.example/a/1"><meta property="article:section" content="محليات"></head>'
    f"<body><article><h1>{HEADLINE}</h1><div class='meta'><span class='author'>هدى شاهين</span> "
    f"<span class='date'>10 آذار 2026 09:15 ص</span></div><p>{BODY[0]}</p><p>{BODY[1]}</p></article></body></html>"
)


def page(html: str | bytes = HTML, status: int = 200, **more: object) -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page("https://paper.example/a/1?utm=x", "difa", status, (), body, FETCHED, **more)  # type: ignore[arg-type]


def wrapped(text: str) -> str:
    return f"<html><body><article><h1>عنوان الخبر هنا</h1><p>{text}</p></article></body></html>"


def test_an_article() -> None:
    article = pages.read(page(), SOURCE)
    assert isinstance(article, Article)
    assert article.title == "البلدية تفتح الجسر الجديد أمام المارة"
    assert article.text == (
        "قال رئيس البلدية سامر الحداد إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها.\n"
        "وأضاف أن كلفة المشروع بلغت ١٢ مليون دينار، دفعت الحكومة ثلثها وتكفل صندوق التنمية بحصته عن المكاسب."
    )
    # trafilatura has made the no-break space plain before our own mends, which are what can be undone
    assert display.restore(article.text, article.text_edits) == "\n".join(BODY).replace("\u00a0", " ")
    assert {edit.why for edit in article.text_edits} == {"control", "glued"}
    assert article.published_at == "2026-03-10T09:15:00+03:00"
    assert article.authors == ("هدى شاهين",)
    assert article.language == "ar"
    assert article.section == "محليات"
    assert (article.url, article.canonical_url) == ("https://paper.example/a/1?utm=x", "https://paper.example/a/1")
    assert (article.source_id, article.country, article.months) == ("difa", "JO", "levant")
    assert article.fetched_at == "2026-03-12T10:00:00+00:00"


def test_the_line_under_the_title_is_no_part_of_the_text() -> None:
    under = "رئيس البلدية: الأشغال انتهت في موعدها"
    article = pages.read(page(HTML.replace("</h1>", f"</h1><h2 class='subtitle'>{under}</h2>")), SOURCE)
    plain = pages.read(page(), SOURCE)
    assert isinstance(article, Article)
    assert isinstance(plain, Article)
    assert (article.subtitle, article.text) == (under, plain.text)
    assert plain.subtitle is None


def test_a_live_blog_is_marked() -> None:
    node = json.dumps({"@type": "LiveBlogPosting", "headline": HEADLINE})
    article = pages.read(
        page(HTML.replace("</head>", f'<script type="application/ld+json">{node}</script></head>')), SOURCE
    )
    plain = pages.read(page(), SOURCE)
    assert isinstance(article, Article)
    assert isinstance(plain, Article)
    assert (article.live, plain.live) == (True, False)


def test_a_page_that_scripts_build_is_read_from_their_data() -> None:
    story = {"title": HEADLINE, "body": "".join(f"<p>{p}</p>" for p in BODY), "publishedAt": "2026-03-10T09:15:00"}
    story["author"] = "هدى شاهين"
    html = f"<title>{HEADLINE}</title><div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>"
    article = pages.read(page(f"{html}{json.dumps({'props': story})}</script>"), SOURCE)
    plain = pages.read(page(), SOURCE)
    assert isinstance(article, Article)
    assert isinstance(plain, Article)
    assert (article.text, article.authors) == (plain.text, plain.authors)
    assert article.published_at == "2026-03-10T09:15:00+03:00"


def test_what_the_feed_said_of_the_time_goes_first() -> None:
    article = pages.read(page(published_hint="2026-03-10T06:00:00+00:00"), SOURCE)
    assert isinstance(article, Article)
    assert article.published_at == "2026-03-10T06:00:00+00:00"


def test_a_source_is_not_needed() -> None:
    article = pages.read(page(), None)
    assert isinstance(article, Article)
    assert article.published_at == "2026-03-10"  # a time, but in which zone?
    assert article.country is None


@pytest.mark.parametrize("codec", ["cp1256", "iso8859-6"])
def test_an_undeclared_charset_makes_no_difference(codec: str) -> None:
    plain = pages.read(page(), SOURCE)
    other = pages.read(page(HTML.encode(codec, "xmlcharrefreplace")), SOURCE)
    assert isinstance(plain, Article)
    assert isinstance(other, Article)
    assert (other.title, other.text, other.authors) == (plain.title, plain.text, plain.authors)


def test_characters_that_no_tree_may_hold() -> None:
    article = pages.read(page(HTML.replace("</h1>", "</h1>\ufffe\x0b\x01")), SOURCE)
    assert isinstance(article, Article)
    assert article.title == "البلدية تفتح الجسر الجديد أمام المارة"
    whole = "قال رئيس البلدية إن الجسر سيفتح بعد العيد وإن الأشغال انتهت في موعدها المقرر. "
    by_number = (
        f"<html><body><h1>الجسر الجديد</h1><div>{whole}<br>{whole * 3}&#1;&#x1F;&#0011<br>{whole}</div></body></html>"
    )
    broken = pages.read(page(by_number), SOURCE)
    assert isinstance(broken, Article)
    assert "\x01" not in broken.text
    assert "موعدها المقرر" in broken.text


PERSIAN = "رئیس جمهور در این نشست گفت که دولت برای حل مشکلات مردم تلاش می‌کند و بودجه را افزایش می‌دهد. " * 3


@pytest.mark.parametrize(
    ("html", "status", "outcome", "said"),
    [
        (HTML, 404, "gone", "404"),
        (HTML, 410, "gone", "410"),
        (HTML, 500, "failed", "500"),
        ("<title>Just a moment...</title>", 403, "blocked", "403"),
        (
            "<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>",
            200,
            "blocked",
            "bot wall",
        ),
        ("<p>Before you continue to the site we and our partners use cookies</p>", 200, "consent", "consent"),
        (wrapped("عاجل: انفجار كبير"), 200, "too_short", "3 words of body"),
        (wrapped(PERSIAN), 200, "not_arabic", "fa"),
        (
            wrapped("The ministry said on Monday that the bridge would open after the holiday. " * 4),
            200,
            "not_arabic",
            "en",
        ),
        ("", 200, "failed", "no HTML"),
        (b"\x00\x00", 200, "failed", "no HTML"),
    ],
)
def test_what_is_no_article_is_settled_with_a_reason(html: str | bytes, status: int, outcome: str, said: str) -> None:
    settled = pages.read(page(html, status), SOURCE)
    assert isinstance(settled, Settled)
    assert (settled.outcome, settled.status) == (outcome, status)
    assert said in settled.reason


def test_an_article_about_bot_walls_is_an_article() -> None:
    html = HTML.replace("</body>", "<div class='g-recaptcha'></div><p>Access denied</p></body>")
    assert isinstance(pages.read(page(html), SOURCE), Article)


_PIECES = (
    "<div>|</div>|<p>|</p>|<br>|<h1>|</h1>|<a>|</a>|<table><tr><td>|<script>|<!--|]]>|<time>|<meta>|<title>|&amp;|&#0;|"
    "&#x110000;|\x00|\ufffe|\ud800|اقرأ أيضا|كتب|نشر|10/3/2026|"
    "منذ ساعة|<svg>|<template>|<b|<img src=x>|<article>|<!DOCTYPE|"
    '<script type="application/ld+json">{"@type":"Article","author":|<meta property="og:title" content="'
)
_MARKUP = st.sampled_from(_PIECES.split("|"))


@given(st.lists(_MARKUP, max_size=60).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_no_markup_breaks_it(html: str) -> None:
    read = pages.read(page(html.encode("utf-8", "surrogatepass")), SOURCE)
    if isinstance(read, Article):
        assert read.text.isprintable() or "\n" in read.text
    else:
        assert read.reason


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b>",
        "<a href='/x'>خبر</a> ",
        "<span>اقرأ أيضا",
        "<p>اقرأ أيضا: <a>خبر</a></p>",
        "<div class='caption'>صورة",
        "<p>10 مارس 2026</p>",
        "<p>كتب: سامر الحداد</p>",
        "<table><tr><td>",
        "<h1>عنوان الخبر الطويل</h1>",
        "<blockquote class='twitter-tweet'>",
        "<time datetime='2026'>",
        "<meta property='og:site_name' content='أ'>",
        "ـ\u200f ",
        "<!--",
        "&amp;",
    ],
)
def test_time_stays_bounded_on_hostile_pages(unit: str) -> None:
    html = f"<title>عنوان الخبر الطويل</title>{unit * (200_000 // len(unit.encode()))}"
    start = time.process_time()
    assert isinstance(pages.read(page(html), SOURCE), Article | Settled)
    assert time.process_time() - start < 10
