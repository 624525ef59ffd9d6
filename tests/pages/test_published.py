"""The day and time of publication, as the page says it."""

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.pages import metadata, published, title, tree

HEADLINE = "البلدية تفتح الجسر الجديد أمام المارة"
FETCHED = datetime(2026, 3, 12, 10, 0, tzinfo=timezone.utc)


def read(
    head: str = "",
    after_title: str = "",
    *,
    before_title: str = "",
    url: str = "https://paper.example/a/1",
    hint: str | None = None,
    zone: str | None = None,
    fetched_at: datetime | None = FETCHED,
) -> tuple[str | None, str | None]:
    root = tree.parse(
        f"<html><head><title>{HEADLINE}</title>{head}</head><body>{before_title}"
        f"<article><h1>{HEADLINE}</h1>{after_title}"
        "<p>قال رئيس البلدية إن الجسر الذي بني في 3 مايو 1998 سيفتح بعد العيد، وإن الأشغال انتهت.</p></article>"
        "<div class='related'><span class='date'>11 مارس 2026</span></div></body></html>"
    )
    assert root is not None
    found = metadata.read(root, url)
    _, heading = title.read(root, found)
    near = tree.lines(root, heading)
    return published.read(root, found, near, hint=hint, zone=zone, fetched_at=fetched_at)


def linked(**fields: object) -> str:
    node = {"@type": "NewsArticle", "headline": HEADLINE, **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        (linked(datePublished="2026-03-10T09:15:00+02:00"), "2026-03-10T09:15:00+02:00"),
        (linked(datePublished="2026-03-10T09:15:00.123Z"), "2026-03-10T09:15:00+00:00"),
        (linked(datePublished="2026-03-10T09:15"), "2026-03-10"),  # in which zone?
        (linked(datePublished="2026-03-10"), "2026-03-10"),
        (linked(datePublished="2026-03-10T00:00:00+01:00"), "2026-03-10"),  # no time, written as midnight
        (linked(datePublished=["2026-03-10T09:15:00+0200"]), "2026-03-10T09:15:00+02:00"),
        (linked(datePublished="Tue, 10 Mar 2026 09:15:00 +0200"), "2026-03-10T09:15:00+02:00"),
        (linked(datePublished="1773126900"), "2026-03-10T07:15:00+00:00"),
        ('<meta property="article:published_time" content="2026-03-10T09:15:00+02:00">', "2026-03-10T09:15:00+02:00"),
        ('<meta property="article:published_time" content="10 آذار/مارس 2026">', "2026-03-10"),
        ('<meta name="pubdate" content="2026-03-10 09:15:00">', "2026-03-10"),
        ('<meta itemprop="datePublished" content="2026-03-10T09:15:00Z">', "2026-03-10T09:15:00+00:00"),
        # JSON-LD goes before meta elements
        (
            linked(datePublished="2026-03-10T01:15:00+02:00")
            + '<meta property="article:published_time" content="2026-03-09T23:15:00+00:00">',
            "2026-03-10T01:15:00+02:00",
        ),
        # what cannot be is passed over
        (linked(datePublished="2031-01-05") + '<meta name="pubdate" content="2026-03-10">', "2026-03-10"),
        (linked(datePublished="0001-01-01T00:00:00") + '<meta name="pubdate" content="2026-03-10">', "2026-03-10"),
        (linked(datePublished="1970-01-01T00:00:00Z"), None),
        (linked(datePublished="2026-13-40"), None),
        # a template's default
        (linked(datePublished="2024-01-01"), None),
        # an update is no publication
        (linked(dateModified="2026-03-10T09:15:00+02:00"), None),
        ("", None),
    ],
)
def test_markup(head: str, moment: str | None) -> None:
    assert read(head)[0] == moment


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("<div class='date'>الثلاثاء 10 مارس 2026</div>", "2026-03-10"),
        ("<div>تم نشره الثلاثاء 10 آذار / مارس 2026 09:22 مساءً</div>", "2026-03-10"),
        ("<span>الثلاثاء ١٠ مارس ٢٠٢٦ - ٠٩:١٥ ص</span>", "2026-03-10"),
        ("<span>10 فيفري 2026</span>", "2026-02-10"),
        ("<span>10 فبراير (شباط) 2026</span>", "2026-02-10"),
        ("<span>مارس 10, 2026</span>", "2026-03-10"),
        ("<span>21 رمضان 1447 هـ</span>", "2026-03-10"),
        ("<span>21 رمضان 1447 هـ - 10 مارس 2026 م</span>", "2026-03-10"),
        ("<span>10/03/2026</span>", "2026-03-10"),
        ("<span>03/10/2026</span>", "2026-03-10"),  # the third of October is still to come
        ("<div>نُشر: 09:15-10 مارس 2026 م ـ 21 رَمضان 1447 هـ</div>", "2026-03-10"),
        ("<span>2026-03-10 | 12:42</span>", "2026-03-10"),
        ("<span>March 10, 2026</span>", "2026-03-10"),
        ("<div>تاريخ النشر: 10/3/2026 - آخر تحديث: 11/3/2026</div>", "2026-03-10"),
        ("<time datetime='2026-03-10T09:15:00+02:00'>أمس</time>", "2026-03-10T09:15:00+02:00"),
        ("<span itemprop='datePublished' datetime='2026-03-10T09:15:00+02:00'>أمس</span>", "2026-03-10T09:15:00+02:00"),
        ("<span property='dc:date' content='2026-03-10T00:00:00+01:00'>الثلاثاء</span>", "2026-03-10"),
        ("<div>الثلاثاء، 10 مارس 2026، 14:00 (GMT+0400)</div>", "2026-03-10T14:00:00+04:00"),
        ("<div>10 مارس 2026 14:00 بتوقيت غرينتش</div>", "2026-03-10T14:00:00+00:00"),
        ("<span>منذ ساعتين</span>", "2026-03-12T08:00:00+00:00"),
        ("<span>منذ 3 ساعات</span>", "2026-03-12T07:00:00+00:00"),
        ("<span>قبل أربع ساعات</span>", "2026-03-12T06:00:00+00:00"),
        ("<span>منذ 5 دقائق</span>", "2026-03-12T09:55:00+00:00"),
        ("<span>منذ يومين</span>", "2026-03-10"),
        ("<span>قبل أسبوع</span>", "2026-03-05"),
        ("<span>منذ يومان</span>", "2026-03-10"),
        ("<span>منذ حوالي ساعة</span>", "2026-03-12T09:00:00+00:00"),
        ("<span>منذ عشرين دقيقة</span>", "2026-03-12T09:40:00+00:00"),
        ("<span>3 ساعات مضت</span>", "2026-03-12T07:00:00+00:00"),
        ("<span>2 hours ago</span>", "2026-03-12T08:00:00+00:00"),
        ("<span>أمس</span>", "2026-03-11"),
        ("<span class='date'>أمس، الساعة 9:15 مساء</span>", "2026-03-11"),
        ("<span class='date'>اليوم 07:15 GMT</span>", "2026-03-12T07:15:00+00:00"),
        # what style sheets part stands together in the markup
        ("<div><span>سامر الحداد</span><span class='date'>مارس 10, 2026</span><span>87</span></div>", "2026-03-10"),
        (
            "<div><span>هدى شاهين</span><span class='date'>مارس 10, 2026</span>"
            "<span>آخر تحديث: مارس 11, 2026</span></div>",
            "2026-03-10",
        ),
        ("<p>سامر الحداد | القاهرة | وكالات | 10 مارس 2026</p>", "2026-03-10"),
        # the microformat of Blogger, under the article
        (
            "<p>…</p>" * 40 + "<abbr class='published' title='2026-03-10T09:15:00+03:00'>9:15 ص</abbr>",
            "2026-03-10T09:15:00+03:00",
        ),
    ],
)
def test_lines_near_the_title(line: str, moment: str) -> None:
    assert read(after_title=line)[0] == moment


@pytest.mark.parametrize(
    ("after_title", "moment"),
    [
        # what the latest news of other articles say
        (
            "<ul class='info'><li>10-03-2026</li></ul>"
            "<ul><li><a>خبر آخر</a><span class='time'>منذ دقيقتين</span></li></ul>",
            "2026-03-10",
        ),
        ("<p>نص</p>" * 9 + "<ul><li><a>خبر آخر</a><span class='time'>منذ دقيقتين</span></li></ul>", None),
        # the time element near the title goes before one of a card above it
        ("<time datetime='2026-03-10T09:15:00Z'>10 مارس</time>", "2026-03-10T09:15:00+00:00"),
        (
            "<p>نشرت في: <time datetime='2026-03-10T09:15:00Z'>10/03</time> آخر تحديث: "
            "<time datetime='2026-03-11T09:15:00Z'>11/03</time></p>",
            "2026-03-10T09:15:00+00:00",
        ),
        ("<p>آخر تحديث: <time datetime='2026-03-11T09:15:00Z'>11/03</time></p><p>10 مارس 2026</p>", "2026-03-10"),
        ("<time class='entry-date updated' datetime='2026-03-10T09:15:00Z'></time>", "2026-03-10T09:15:00+00:00"),
    ],
)
def test_other_articles_and_updates_stand_around(after_title: str, moment: str | None) -> None:
    cards = "<div class='menu'><div><time datetime='2026-03-12T08:00:00Z'>منذ ساعتين</time>خبر آخر</div></div>"
    cards += "<p>فقرة</p>" * 13
    assert read(before_title=cards, after_title=after_title)[0] == moment


def test_relative_days_are_those_of_the_publisher() -> None:
    night = datetime(2026, 3, 12, 22, 30, tzinfo=timezone.utc)  # the 13th in Beirut
    assert read(after_title="<span>أمس</span>", zone="Asia/Beirut", fetched_at=night)[0] == "2026-03-12"
    assert read(after_title="<span>أمس</span>", fetched_at=None)[0] is None


def test_what_programs_write_for_machines() -> None:
    assert (
        read('<meta name="pubdate" content="3/10/2026 9:15:00 PM">', zone="Asia/Amman")[0]
        == "2026-03-10T21:15:00+03:00"
    )
    assert read(linked(datePublished="/Date(1773126900000)/"))[0] == "2026-03-10T07:15:00+00:00"


def test_the_zone_of_the_source_where_the_page_gives_a_time_and_no_offset() -> None:
    line = "<div>نشر في 10 مارس 2026 09:22 مساءً</div>"
    assert read(after_title=line, zone="Asia/Amman")[0] == "2026-03-10T21:22:00+03:00"
    assert read(linked(datePublished="2026-01-10T09:15:00"), zone="Africa/Cairo")[0] == "2026-01-10T09:15:00+02:00"
    assert read(linked(datePublished="2026-01-10T09:15:00"), zone="Mars/Olympus")[0] == "2026-01-10"


def test_relative_times_need_the_time_of_the_fetch() -> None:
    assert read(after_title="<span>منذ ساعتين</span>", fetched_at=None)[0] is None


def test_todays_date_in_the_header_is_not_the_articles() -> None:
    header = "<div class='top-date'>الخميس 12 مارس 2026</div><nav><a>الرئيسية</a></nav>"
    assert read(before_title=header)[0] is None
    assert read(before_title=header, after_title="<span>10 مارس 2026</span>")[0] == "2026-03-10"


def test_the_feed_goes_first() -> None:
    head = linked(datePublished="2026-03-10")
    assert read(head, hint="2026-03-09T10:00:00+00:00")[0] == "2026-03-09T10:00:00+00:00"
    assert read(head, hint="no date")[0] == "2026-03-10"


@pytest.mark.parametrize(
    "url",
    [
        "https://paper.example/2026/03/10/bridge",
        "https://paper.example/2026/3/10/bridge.html",
        "https://paper.example/2026/local/3/10/bridge/index.html",
        "https://paper.example/news/2026-03-10/bridge",
        "https://paper.example/news/20260310-bridge",
    ],
)
def test_the_address_is_asked_last(url: str) -> None:
    assert read(url=url)[0] == "2026-03-10"
    assert read(linked(datePublished="2026-03-09"), url=url)[0] == "2026-03-09"
    # a date that says only when the page was last touched is less sure than the address
    assert read(after_title="<div>12 مارس 2026، آخر تحديث 14:00</div>", url=url)[0] == "2026-03-10"


def test_numbers_in_an_address_are_no_date() -> None:
    assert read(url="https://paper.example/story/20264567/99")[0] is None


def test_the_update() -> None:
    both = linked(datePublished="2026-03-10T09:15:00+02:00", dateModified="2026-03-10T11:00:00+02:00")
    assert read(both)[1] == "2026-03-10T11:00:00+02:00"
    assert read(linked(datePublished="2026-03-10T09:15:00+02:00", dateModified="2026-03-10T06:00:00+00:00"))[1] is None
    assert read('<meta property="og:updated_time" content="2026-03-11">')[1] == "2026-03-11"


@given(st.text(max_size=80) | st.from_regex(r"[0-9٠-٩]{1,4}[-/ ][0-9]{1,9}[-/T: ][0-9:+Z]{0,20}", fullmatch=True))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    found = published.moment(text)
    assert found is None or found.year >= 1
