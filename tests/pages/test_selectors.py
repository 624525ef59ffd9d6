"""A source's selectors go before the general reading; what they do not find, it finds as ever."""

import json
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad import pages
from rasad.model import Article, Page, SelectorField, Settled, Source
from rasad.pages import selectors

ROOT = Path(__file__).parents[2]
HEADLINE = "البلدية تفتح الجسر الجديد أمام المارة"
BODY = (
    "قال رئيس البلدية سامر الحداد إن الجسر الجديد سيفتح أمام المارة بعد العيد، وإن الأشغال انتهت في موعدها المقرر.",
    "وأضاف أن كلفة المشروع بلغت 12 مليون دينار، دفعت الحكومة ثلثها وتكفل صندوق التنمية بالباقي على خمس سنوات.",
)
OTHER = (
    "تقدم الجريدة لقرائها كل صباح نشرة مطبوعة في أهم أخبار المدينة والمنطقة، وتصل إلى المشتركين في بيوتهم قبل السابعة.",
    "ويستطيع القارئ أن يشترك في النشرة لشهر أو سنة من مكاتب الجريدة في الأحياء كلها، وأن يلغي اشتراكه متى أراد ذلك.",
    "وتنشر الجريدة في كل عدد منها رسائل القراء وآراءهم في شؤون المدينة، بعد أن تتحقق من أسماء أصحابها وعناوينهم.",
)
# A template that misleads: the head names the paper's own offer, which the general reading believes.
HTML = (
    "<html><head><title>نشرة الجريدة لقرائها في المدينة</title><meta property='article:section' content='اشتراكات'>"
    "<meta property='article:published_time' content='2020-05-05T08:00:00+02:00'>"
    "<meta name='author' content='منى عبد الرحمن'></head><body>"
    "<div class='offer'><h1>نشرة الجريدة لقرائها في المدينة</h1>" + "".join(f"<p>{p}</p>" for p in OTHER) + "</div>"
    f"<div class='story'><h2 class='head'>{HEADLINE}</h2><div class='by'>بقلم: هدى شاهين</div>"
    "<div class='sec'>محليات</div><div class='when'>الثلاثاء 10 آذار 2026 - 09:15 ص</div>"
    f"<div class='txt'>{BODY[0]}<br><br>{BODY[1]}</div></div></body></html>"
)
FETCHED = datetime(2026, 3, 12, 10, 0, tzinfo=timezone.utc)


def source(**css: str) -> Source:
    fields: dict[str, SelectorField] = {f: f for f in ("drop", "title", "authors", "published", "section", "body")}
    return Source(
        id="difa",
        name_ar="جريدة الضفة",
        name_en="Ad-Difa",
        country="JO",
        timezone="Asia/Amman",
        homepage="https://paper.example/",
        hosts=("paper.example",),
        selectors=tuple((fields[field], value) for field, value in css.items()),
    )


def page(html: str, hint: str | None = None) -> Page:
    return Page("https://paper.example/a/1", "difa", 200, (), html.encode("utf-8", "replace"), FETCHED, hint)


def read(html: str = HTML, hint: str | None = None, **css: str) -> Article:
    article = pages.read(page(html, hint), source(**css))
    assert isinstance(article, Article), article
    return article


GENERAL = read()


def test_the_page_misleads_the_general_reading() -> None:
    assert GENERAL.title == "نشرة الجريدة لقرائها في المدينة"
    assert GENERAL.text.startswith(OTHER[0])
    assert GENERAL.authors == ("منى عبد الرحمن",)
    assert GENERAL.section == "اشتراكات"
    assert GENERAL.published_at == "2020-05-05T08:00:00+02:00"


@pytest.mark.parametrize(
    ("field", "css", "attribute", "expected"),
    [
        ("title", "h2.head", "title", HEADLINE),
        ("authors", ".by", "authors", ("هدى شاهين",)),
        ("published", ".when", "published_at", "2026-03-10T09:15:00+03:00"),
        ("section", ".story > .sec", "section", "محليات"),
        ("body", "div.txt", "text", "\n".join(BODY)),
    ],
)
def test_each_field_is_its_own(field: str, css: str, attribute: str, expected: object) -> None:
    article = read(**{field: css})
    assert getattr(article, attribute) == expected
    # a title is where the general reading looks from for the rest
    for other in {"title", "authors", "published_at", "section", "text"} - {attribute} if field != "title" else ():
        assert getattr(article, other) == getattr(GENERAL, other)


def test_all_fields_at_once() -> None:
    css = {"title": "h2.head", "authors": ".by", "published": ".when", "section": ".sec", "body": ".txt"}
    article = read(**css)
    assert (article.title, article.authors, article.section) == (HEADLINE, ("هدى شاهين",), "محليات")
    assert (article.published_at, article.text) == ("2026-03-10T09:15:00+03:00", "\n".join(BODY))


def test_what_is_dropped_is_not_read_at_all() -> None:
    article = read(drop=".offer, head > *", title="h2.head")
    assert (article.title, article.section) == (HEADLINE, None)
    assert article.text.endswith("\n".join(BODY))
    assert OTHER[0] not in article.text
    assert (article.authors, article.published_at) == (("هدى شاهين",), "2026-03-10T09:15:00+03:00")


def test_dropping_leaves_the_rest_as_it_was() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": HEADLINE, "articleSection": "مجتمع & ناس"})
    html = (
        f"<html><head><title>{HEADLINE}</title><script type='application/ld+json'>{data}</script></head><body>"
        f"<h1>{HEADLINE}</h1><p>{BODY[0]}</p><p class='promo'>{OTHER[0]}</p><p>{BODY[1]} &lt;هنا&gt; &amp; هناك.</p>"
        "</body></html>"
    )
    assert OTHER[0] in read(html).text
    article = read(html, drop="p.promo")
    assert article.text == f"{BODY[0]}\n{BODY[1]} <هنا> & هناك."
    assert (article.title, article.section) == (HEADLINE, "مجتمع & ناس")


def test_dropped_elements_are_gone_for_the_other_selectors() -> None:
    assert read(drop="h2.head", title="h2").title == GENERAL.title
    assert read(body=".story", drop="h2, .by, .sec, .when").text == "\n".join(BODY)


@pytest.mark.parametrize("field", ["drop", "title", "authors", "published", "section", "body"])
@pytest.mark.parametrize("css", [".no-such-class", "video", "h2.head > em:first-child"])
def test_nothing_found_is_the_general_reading(field: str, css: str) -> None:
    assert read(**{field: css}) == GENERAL


@pytest.mark.parametrize("field", ["title", "authors", "published", "section", "body"])
def test_an_empty_element_is_nothing_found(field: str) -> None:
    html = HTML.replace("<h2", "<span class='none'> \n<img src='a.jpg'></span><h2", 1)
    assert read(html, **{field: ".none"}) == GENERAL


@pytest.mark.parametrize("field", ["title", "section"])
def test_a_whole_story_is_no_title_and_no_section(field: str) -> None:
    assert read(**{field: "body"}) == GENERAL


def test_a_byline_without_a_person_is_nothing_found() -> None:
    html = HTML.replace("بقلم: هدى شاهين", "فريق التحرير")
    assert read(html, authors=".by").authors == GENERAL.authors


def test_several_authors() -> None:
    html = HTML.replace("بقلم: هدى شاهين", "كتب: سامر الحداد وهدى شاهين").replace(
        "<div class='sec'>", "<b class='by'>علي المالكي</b><div class='sec'>"
    )
    assert read(html, authors=".by").authors == ("سامر الحداد", "هدى شاهين", "علي المالكي")


def test_attributes_of_meta_elements() -> None:
    head = "<meta name='kicker' content='محليات &amp; ناس'><meta name='pen' content='هدى شاهين'></head>"
    article = read(HTML.replace("</head>", head), section="meta[name=kicker]", authors="meta[name='pen']")
    assert (article.section, article.authors) == ("محليات & ناس", ("هدى شاهين",))


@pytest.mark.parametrize(
    ("element", "moment"),
    [
        ("<u class='at' datetime='2026-03-10T09:15:00+03:00'>أمس</u>", "2026-03-10T09:15:00+03:00"),
        ("<meta class='at' content='2026-03-10'>", "2026-03-10"),
        ("<u class='at' datetime='soon'>10 مارس 2026</u>", "2026-03-10"),
        ("<u class='at' content='1773126900'>أمس</u>", "2026-03-10T07:15:00+00:00"),
        ("<u class='at'>١٠ آذار ٢٠٢٦</u>", "2026-03-10"),
        ("<u class='at'>Mar 10, 2026</u>", "2026-03-10"),
        ("<u class='at'>منذ ساعتين</u>", "2026-03-12T11:00:00+03:00"),
        ("<u class='at'>بيروت</u><u class='at'>10/3/2026</u>", "2026-03-10"),
        ("<u class='at'>1 كانون الثاني 2026</u>", "2026-01-01"),
        ("<u class='at'>10 مارس 2036</u>", GENERAL.published_at),  # still to come
        ("<u class='at'>لا تاريخ</u>", GENERAL.published_at),
    ],
)
def test_dates_are_read_like_all_others(element: str, moment: str) -> None:
    assert read(HTML.replace("<h2", f"{element}<h2", 1), published=".at").published_at == moment


def test_a_selected_date_goes_before_the_feed() -> None:
    hint = "2026-03-11T06:00:00+00:00"
    assert read(hint=hint).published_at == hint
    assert read(hint=hint, published=".when").published_at == "2026-03-10T09:15:00+03:00"
    assert read(hint=hint, published=".gone").published_at == hint


def test_what_stands_near_the_selected_title_counts() -> None:
    bare = HTML.replace("<meta name='author' content='منى عبد الرحمن'>", "")
    far = "".join(f"<p>سطر من سطور الإعلان رقم {n} في الجريدة</p>" for n in range(60))
    html = bare.replace("<div class='story'>", f"<div>{far}</div><div class='story'>")
    assert read(html).authors == ()
    assert read(html, title="h2.head").authors == ("هدى شاهين",)


def test_a_selected_body_is_cleared_of_what_never_belongs() -> None:
    inner = (
        f"<article class='txt'><h2>{HEADLINE}</h2><figure><img src='a.jpg'><figcaption>الجسر أمس</figcaption></figure>"
        f"<p>{BODY[0]}</p><p><strong>اقرأ أيضاً: </strong><a href='/a/9'>المدينة تستعد لموسم الأمطار بخطة جديدة</a></p>"
        f"<script>var a = 'نص';</script><p>{BODY[1]}</p><p>تابعونا على قناة تلغرام</p></article>"
    )
    html = f"<html><head><title>{HEADLINE}</title></head><body>{inner}</body></html>"
    assert read(html, body=".txt").text == "\n".join(BODY)


@pytest.mark.parametrize("css", [".txt p", ".txt, .txt p", "p, .txt", "article, article div, article p"])
def test_a_body_in_several_elements_stands_once_and_in_order(css: str) -> None:
    paragraphs = "".join(f"<div><p>{p}</p></div>" for p in BODY)
    html = f"<html><body><article><div class='txt'>{paragraphs}</div></article></body></html>"
    assert read(html, body=css).text == "\n".join(BODY)


def test_table_cells_and_the_whole_page_can_be_the_body() -> None:
    cells = "".join(f"<tr><td class='t'>{p}</td></tr>" for p in BODY)
    html = f"<html><body><table>{cells}</table></body></html>"
    assert read(html, body="td.t").text == "\n".join(BODY)
    assert read(html, body="body").text == "\n".join(BODY)
    assert read(html, body="html").text == "\n".join(BODY)


def test_a_short_selected_body_is_still_too_short() -> None:
    settled = pages.read(page(HTML), source(body="h2.head", title="h1"))
    assert isinstance(settled, Settled)
    assert settled.outcome == "too_short"


@pytest.mark.parametrize("codec", ["cp1256", "utf-16"])
def test_the_charset_is_decided_once(codec: str) -> None:
    html = HTML.replace("<head>", '<head><meta charset="iso-8859-1">')
    raw = Page("https://paper.example/a/1", "difa", 200, (), html.encode(codec), FETCHED)
    article = pages.read(raw, source(title="h2.head", body=".txt", drop=".offer"))
    assert isinstance(article, Article)
    assert (article.title, article.text) == (HEADLINE, "\n".join(BODY))


def test_a_source_without_selectors_is_read_as_before() -> None:
    assert selectors.read(HTML, ()) == selectors.Selected(HTML)


@pytest.mark.parametrize("unit", ["<i>ا</i>", "<p>كلمة</p>", "<div>"])
def test_a_page_beyond_all_measure_is_read_without_them(unit: str) -> None:
    html = HTML.replace("</body>", unit * (selectors.MOST_ELEMENTS + 1) + "</body>")
    assert selectors.read(html, source(title="h2.head").selectors) == selectors.Selected(html)


ALL = {
    "drop": ".x div p, script ~ div",
    "title": "div div div > p, h1 ~ h2",
    "authors": "p:nth-of-type(2), :not(.a .b) b",
    "published": "div:has(> b) b, time",
    "section": "a + b",
    "body": "div, p, b, td",
}


@pytest.mark.parametrize(
    "unit",
    [
        "<p>كلمة</p>",
        "<b>",
        "<p>ا<b>ب</b></p>",
        "<div>" * 30 + "<p>ا</p>" * 20 + "</div>" * 30,
        "<time datetime='2026'>",
        "<div class='x'><p>نص</p>",
    ],
)
def test_time_stays_bounded_on_hostile_pages(unit: str) -> None:
    count = (selectors.MOST_ELEMENTS - 10) // max(1, unit.count("<") - unit.count("</"))
    start = time.process_time()
    assert isinstance(pages.read(page(unit * count), source(**ALL)), Article | Settled)
    assert time.process_time() - start < 10


_PIECES = (
    "<div class='x'>|</div>|<p>|</p>|<br>|<h1>|</h1>|<table><tr><td>|<script>|<!--|-->|<![CDATA[|]]>|<time>|<meta>|"
    "&#0;|&#x110000;|\x00|\ufffe|\ud800|<?xml version='1.0'?>|<svg>|<template>|<b|<html>|<!DOCTYPE|<x:y a:b='c'>|"
    "<p p p=>|نص"
)


@pytest.mark.filterwarnings("ignore::bs4.UnusualUsageWarning")  # pytest undoes the module's own filter
@given(st.lists(st.sampled_from(_PIECES.split("|")), max_size=50).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_no_markup_breaks_it(html: str) -> None:
    assert isinstance(pages.read(page(html), source(**ALL)), Article | Settled)
    assert isinstance(selectors.read(html, source(**ALL).selectors), selectors.Selected)


def test_selectors_can_be_tried_on_a_saved_page(tmp_path: Path) -> None:
    (tmp_path / "difa.yaml").write_text(
        "name_ar: الضفة\nname_en: Ad-Difa\ncountry: JO\ntimezone: Asia/Amman\nhomepage: https://paper.example/\n"
        "hosts: [paper.example]\nselectors:\n  title: h2.head\n  body: .txt\n",
        encoding="utf-8",
    )
    (tmp_path / "saved.html").write_text(HTML, encoding="utf-8")
    line = json.dumps({"id": "1", "url": "https://paper.example/a/1", "file": str(tmp_path / "saved.html")})
    done = subprocess.run(
        [sys.executable, "-m", "rasad", "clean", "--source", "difa"],
        input=line.encode(),
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "plugins"), "RASAD_SOURCES": str(tmp_path)},
    )
    read = json.loads(done.stdout)
    assert (read["title"], read["text"]) == (HEADLINE, "\n".join(BODY))
