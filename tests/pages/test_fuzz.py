"""Damaged and hostile pages: a result of the right shape or a reason, never an error, in bounded time."""

import re
import time
from datetime import date, datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from tests import mutation

from rasad import pages
from rasad.arabic import display
from rasad.model import Article, Page, Source
from rasad.pages import charset

URL = "https://paper.example/a/12345"
FETCHED = datetime(2026, 3, 12, 10, 0, tzinfo=timezone.utc)
SELECTORS = (("drop", ".ad, .related"), ("title", "h1"), ("authors", ".author"), ("body", ".entry > p"))
PLAIN = Source(
    id="difa", name_ar="جريدة الضفة", name_en="Ad-Difa", country="JO", timezone="Asia/Amman",
    homepage="https://paper.example/", hosts=("paper.example",), months="levant",
)  # fmt: skip
SELECTING = Source(
    id="difa", name_ar="جريدة الضفة", name_en="Ad-Difa", country="JO", timezone="Asia/Amman",
    homepage="https://paper.example/", hosts=("paper.example",), selectors=SELECTORS,  # type: ignore[arg-type]
)  # fmt: skip
CPU_SECONDS = 10  # of one example; the slowest, of 1.5 MB, takes a fifth of that

P1 = "قال رئيس البلدية سامر الحداد إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها المقرر."
P2 = "وأضاف أن كلفة المشروع بلغت ١٢ مليون دينار، دفعت الحكومة ثلثها وتكفل صندوق التنمية بالباقي على خمس سنوات."
TITLE = "البلدية تفتح الجسر الجديد أمام المارة"
THEME = f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{TITLE} - جريدة الضفة</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="جريدة الضفة">
<meta property="article:published_time" content="2026-03-10T09:15:00+03:00"><link rel="canonical" href="{URL}">
<script type="application/ld+json">{{"@context":"https://schema.org","@graph":[{{"@type":"NewsArticle","headline":
"{TITLE}","datePublished":"2026-03-10T09:15:00+03:00","author":{{"@type":"Person","name":"هدى شاهين"}},
"image":["a.jpg"],"articleBody":"{P1}"}},{{"@type":"BreadcrumbList","itemListElement":[{{"name":"محليات"}}]}}]}}</script></head><body>
<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/s">سياسة</a></li></ul></nav>
<article class="post"><h1>{TITLE}</h1>
<h2 class="entry-subtitle">الأشغال انتهت في موعدها</h2><div class="meta"><span class="author">هدى شاهين</span>
<time datetime="2026-03-10T09:15:00+03:00">10 آذار/مارس 2026 09:15 ص</time> آخر تحديث: منذ ساعتين</div>
<figure><img src="a.jpg"><figcaption>الجسر أمس</figcaption></figure><div class="entry"><p>{P1}</p>
<p><strong>اقرأ أيضا: </strong><a href="/a/9">المدينة تستعد لموسم الأمطار بخطة جديدة</a></p><p>{P2}</p>
<blockquote class="twitter-tweet"><p>الجسر جاهز pic.twitter.com/abc</p>&mdash; بلدية (@difa)</blockquote></div>
</article>
<aside class="related"><h3>الأكثر قراءة</h3><ol><li><a href="/a/2">خبر آخر من أخبار المدينة</a></li></ol></aside>
</body></html>"""
TABLES = f"""<html><head><title>الضفة : {TITLE} - محليات</title></head><body><table><tr><td><font><b>{TITLE}</b></font>
<br>الثلاثاء 21 رمضان 1447 هـ الموافق 10/3/2026 م<br>كتب: سامر الحداد<br><br>{P1}<br><br>{P2}<br></td><td>أخبار أخرى<br>
<a href="n.asp?id=1">خبر آخر من أخبار المدينة اليوم</a><br></td></tr></table></body></html>"""
DATA = f"""<html><head><title>{TITLE}</title></head><body><div id="__next"></div><script id="__NEXT_DATA__"
type="application/json">{{"props":{{"article":{{"title":"{TITLE}","body":"<p>{P1}</p><p>{P2}</p>","publishedAt":
"2026-03-10","author":{{"name":"هدى شاهين"}}}},"list":[1,null,{{"title":"{TITLE}"}}]}}}}</script></body></html>"""
PIECES = """
<div> </div> <p> </p> <br> <h1> <a_href='/x'> <table><tr><td> <span_class='author'> <ul><li> <b> <script> <style> <svg>
<template> <noscript> <iframe> <select><option> <blockquote_class='twitter-tweet'> <time_datetime='2026-'> <article>
<form> <meta_property='og:title'_content=' <meta_charset='cp1256'> <base_href='//['> <link_rel=canonical_href='http://['>
<math> <div_class='caption'> <div_class='related'> <frameset> <plaintext> اقرأ_أيضا كتب:_ نشر_في_
منذ_ساعة 10/3/2026 00:00 {"@type": [[[ 99999999999999999999 -1 null https://[::1 هـ م
"""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?")


def check(body: bytes) -> None:
    """Read a page as the stages do, and look at the shape of what comes out."""
    page = Page(URL, "difa", 200, (("content-type", "text/html"),), body, FETCHED)
    start = time.process_time()
    read = pages.read(page, SELECTING if len(body) % 4 == 0 else PLAIN)
    assert time.process_time() - start < CPU_SECONDS
    if isinstance(read, Article):
        sane(read)
    else:
        assert read.reason
    text, name = charset.decode(page)
    assert isinstance(text, str)
    assert "".encode(name) is not None


def sane(article: Article) -> None:
    lines = (article.title, article.subtitle, article.section, article.description, *article.authors, *article.tags)
    assert not any("\n" in line or not line.strip() for line in lines if line is not None)
    assert isinstance(display.restore(article.text, article.text_edits), str)
    assert display.clean(article.text) == (article.text, ())
    for moment in (article.published_at, article.updated_at):
        if moment is not None:
            assert _MOMENT.fullmatch(moment)
            assert date.fromisoformat(moment[:10]).year >= 1990
    for url in (article.canonical_url, article.image):
        assert url is None or url.startswith(("http://", "https://"))
    assert len(article.authors) <= 10


DAMAGED = mutation.mutated((THEME, TABLES, DATA), [p.replace("_", " ") for p in PIECES.split()])
BOUNDED = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.filterwarnings("ignore::bs4.UnusualUsageWarning")  # pytest undoes the module's own filter
@settings(BOUNDED, max_examples=120)
@given(DAMAGED)
def test_damaged_pages(body: bytes) -> None:
    check(body)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.filterwarnings("ignore::bs4.UnusualUsageWarning")
@settings(BOUNDED, max_examples=1_500)
@given(DAMAGED)
def test_many_damaged_pages(body: bytes) -> None:
    check(body)


@pytest.mark.filterwarnings("ignore::bs4.UnusualUsageWarning")
@pytest.mark.parametrize(
    "body",
    [
        THEME.replace("<p>", "<p>" + "<a href='/a/2'>خبر</a> " * 100_000, 1),
        THEME.replace(
            "<p>", "".join(f"<li><a href='/a/{n}'>خبر آخر من أخبار المدينة</a></li>" for n in range(30_000)), 1
        ),
        THEME.replace("<article", "<div>" * 50_000 + "<article"),
        THEME.replace("<body>", f'<body class="{"a-" * 500_000}" data-x="{"author " * 100_000}">'),
        THEME.replace("10 آذار", "10 آذار " * 50_000),
        THEME.replace(P1, "كلمةعلى" * 100_000),
        THEME.replace(P1, (P1 + "<br>") * 5_000),
        THEME.replace("</head>", "<meta property='og:title' content='أ'>" * 50_000 + "</head>"),
        THEME.replace("</head>", '<script type="application/ld+json">' + '{"@graph":[' * 50_000 + "</script></head>"),
        THEME.replace(TITLE, (TITLE + " - ") * 2_000),
        DATA.replace('"list":[', '"list":[' + '{"title":"x","body":[{}]},' * 50_000),
        "<table><tr><td>" * 20_000 + P1,
        "<h2><a href='/x'><h3>" * 20_000 + P1,
        "ا" * 1_000_000,
        "&" * 1_000_000,
        "<" * 500_000,
    ],
    ids=str.__len__,
)
def test_huge_pages(body: str) -> None:
    check(body.encode())
