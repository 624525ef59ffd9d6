from __future__ import annotations

import gzip
import json
import re
import socket
import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.model import Feed, Source
from rasad.web import feeds
from rasad.web.feeds import Listing

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=timezone.utc)
SOURCE = Source("akhbar", "الأخبار", "News", "EG", "Africa/Cairo", "https://example.com", ("www.example.com",))
FEED = Feed("https://www.example.com/feed/rss.xml", "rss")


def read(body: bytes | str, content_type: str | None = None, feed: Feed = FEED) -> Listing:
    return feeds.read(body.encode() if isinstance(body, str) else body, content_type, feed, SOURCE, NOW)


def rss(*items: str) -> str:
    start = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>الأخبار</title>'
    return f"{start}{''.join(items)}</channel></rss>"


def item(path: str, title: str = "خبر", date: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>{title}</title><link>https://www.example.com{path}</link>{dated}</item>"


# What kinds there are


def test_rss() -> None:
    found = read(rss(item("/1", "افتتاح جسر جديد في المنصورة", "Tue, 10 Mar 2026 11:30:00 +0200")))
    assert found.problem is None
    (link,) = found.links
    assert link.url == "https://www.example.com/1"
    assert link.title == "افتتاح جسر جديد في المنصورة"
    assert link.published_at == datetime(2026, 3, 10, 9, 30, tzinfo=timezone.utc)
    assert (link.source_id, link.feed_url) == ("akhbar", FEED.url)


def test_rdf() -> None:
    found = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>أخبار</title></channel>'
        "<item><title>خبر</title><link>https://www.example.com/1</link><dc:date>2026-03-10T09:30:00Z</dc:date></item>"
        "</rdf:RDF>"
    )
    assert [link.published_at for link in found.links] == [datetime(2026, 3, 10, 9, 30, tzinfo=timezone.utc)]


def test_rss_091_with_its_doctype() -> None:
    found = read(
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>' + item("/1")
    )
    assert len(found.links) == 1


def test_atom_and_its_two_dates() -> None:
    found = read(
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        '<entry><title>أول</title><link rel="alternate" href="/1"/><updated>2026-03-10T10:00:00Z</updated></entry>'
        '<entry><title>ثان</title><link href="/2"/><published>2026-03-10T11:00:00Z</published>'
        "<updated>2026-03-10T11:30:00Z</updated></entry></feed>"
    )
    assert [(link.url, link.published_at) for link in found.links] == [
        ("https://www.example.com/2", datetime(2026, 3, 10, 11, tzinfo=timezone.utc)),
        ("https://www.example.com/1", None),  # changed is not published
    ]


def test_sitemap_and_news_sitemap() -> None:
    found = read(
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>https://www.example.com/old</loc><lastmod>2026-03-09</lastmod></url>"
        "<url><loc> https://www.example.com/new </loc><news:news><news:publication><news:name>الأخبار</news:name>"
        "<news:language>ar</news:language></news:publication>"
        "<news:publication_date>2026-03-10T13:00:00+02:00</news:publication_date>"
        "<news:title>جسر جديد</news:title></news:news></url></urlset>",
        feed=Feed("https://www.example.com/news.xml", "sitemap"),
    )
    assert [(link.url, link.title, link.published_at) for link in found.links] == [
        ("https://www.example.com/new", "جسر جديد", datetime(2026, 3, 10, 11, tzinfo=timezone.utc)),
        ("https://www.example.com/old", None, None),
    ]


def test_sitemap_index() -> None:
    found = read(
        "<sitemapindex>"
        "<sitemap><loc>https://www.example.com/s/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>"
        "<sitemap><loc>/s/3.xml.gz</loc><lastmod>2026-03-10T09:00:00Z</lastmod></sitemap>"
        "<sitemap><loc>https://cdn.example.com/s/2.xml</loc><lastmod>2026-02-01</lastmod></sitemap>"
        "<sitemap><loc>https://elsewhere.example/s/4.xml</loc><lastmod>2026-03-10</lastmod></sitemap>"
        "<sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"
    )
    assert found.nested == (
        "https://www.example.com/s/3.xml.gz",
        "https://cdn.example.com/s/2.xml",
        "https://www.example.com/s/1.xml",
    )
    assert found.links == ()
    assert found.problem is None


def test_sitemaps_without_a_date_come_from_both_ends_after_those_with_one() -> None:
    maps = [f"<sitemap><loc>/post-sitemap{n}.xml</loc></sitemap>" for n in range(5)]
    dated = "<sitemap><loc>/news.xml</loc><lastmod>2026-03-10</lastmod></sitemap>"
    found = read(f"<sitemapindex>{''.join(maps)}{dated}</sitemapindex>")
    names = [url.removeprefix("https://www.example.com/") for url in found.nested]
    assert names == ["news.xml", *(f"post-sitemap{n}.xml" for n in (4, 0, 3, 1, 2))]
    assert found.changed == (datetime(2026, 3, 9, 22, tzinfo=timezone.utc), *[None] * 5)


@pytest.mark.parametrize(
    "name",
    [
        "category-sitemap.xml", "post_tag-sitemap2.xml", "author-sitemap.xml", "sitemap-misc.xml",
        "wp-sitemap-users-1.xml", "wp-sitemap-taxonomies-category-1.xml", "sitemap_tags.xml", "page-sitemap.xml",
        "image-sitemap-3.xml",
        "sitemaps/categories.xml",
    ],
)  # fmt: skip
def test_sitemaps_of_what_is_no_article_are_left_out(name: str) -> None:
    both = "".join(f"<sitemap><loc>/{loc}</loc></sitemap>" for loc in (name, "post-sitemap.xml"))
    found = read(f"<sitemapindex>{both}</sitemapindex>")
    assert (found.nested, found.left_out) == (("https://www.example.com/post-sitemap.xml",), 1)
    alone = read(f"<sitemapindex><sitemap><loc>/{name}</loc></sitemap></sitemapindex>")
    assert len(alone.nested) == 1  # where there is nothing else, it may be more than its name says


@pytest.mark.parametrize(
    "name",
    ["sitemap-1.xml", "news-sitemap.xml", "sitemap.xml?page=3", "wp-sitemap-posts-post-4.xml", "articles/2026-03.xml",
     "sitemap-pt-post-2026-03.xml", "post-sitemap12.xml", "vantage-sitemap.xml"],
)  # fmt: skip
def test_and_those_of_articles_are_not(name: str) -> None:
    both = "".join(f"<sitemap><loc>/{loc}</loc></sitemap>" for loc in (name, "other.xml"))
    assert len(read(f"<sitemapindex>{both}</sitemapindex>").nested) == 2


def test_what_it_is_called_does_not_matter() -> None:
    assert len(read(rss(item("/1")), "text/html", Feed(FEED.url, "sitemap")).links) == 1


def test_gzip() -> None:
    assert len(read(gzip.compress(rss(item("/1")).encode()), "application/octet-stream").links) == 1


def test_json_feed() -> None:
    found = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "الأخبار",
                "items": [
                    {"id": "2", "url": "/2", "title": "الثاني", "date_modified": "2026-03-10T11:00:00+02:00"},
                    {"id": "https://www.example.com/1", "title": "الأول", "date_published": "2026-03-10T09:30:00Z"},
                    {"id": 3, "external_url": "https://www.example.com/3", "content_text": "بلا عنوان"},
                ],
            }
        )
    )
    assert found.problem is None
    assert [link.url[-2:] for link in found.links] == ["/1", "/3", "/2"]  # an undated one is as old as that before
    assert [link.title for link in found.links] == ["الأول", None, "الثاني"]
    assert found.links[0].published_at == datetime(2026, 3, 10, 9, 30, tzinfo=timezone.utc)
    assert found.links[2].published_at is None  # a date of change ranks, and is no date of publication


def test_a_sitemap_in_plain_text() -> None:
    found = read("\ufeffhttps://www.example.com/1\r\n\r\nhttps://www.example.com/خبر\n")
    assert [link.url for link in found.links] == [
        "https://www.example.com/1",
        "https://www.example.com/%D8%AE%D8%A8%D8%B1",
    ]
    assert found.problem is None
    assert "2 of the lines" in str(read("https://www.example.com/1\nخبر\n/2").problem)


SECTION = """<!doctype html><html><head>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>
<nav><a href="/politics">سياسة</a><a href="/tag/amman-2026-03-10-12345">وسم</a></nav>
<a href="/news/2026/03/10/jisr"><img src="/1.jpg"></a>
<a href="/news/2026/03/10/jisr?utm_source=home">افتتاح جسر جديد</a>
<a href="/politics/123456">خبر</a><a href="https://elsewhere.example.org/news/123457">إعلان</a></body></html>"""


def test_a_section_page_is_read_where_the_source_says_so() -> None:
    found = read(SECTION, feed=Feed("https://www.example.com/politics", "section"))
    assert [(link.url, link.title) for link in found.links] == [
        ("https://www.example.com/news/2026/03/10/jisr", None),
        ("https://www.example.com/politics/123456", "خبر"),
    ]
    assert "no" not in (found.problem or "")
    nothing = read("<html><body><a href='/a'>ا</a></body></html>", feed=Feed("https://www.example.com/", "section"))
    assert "look like articles" in str(nothing.problem)


def test_a_page_in_place_of_a_feed_names_the_feed_that_it_announces() -> None:
    found = read(SECTION)
    assert found.links == ()
    assert str(found.problem).endswith("the page announces https://www.example.com/rss.xml")


# What goes wrong


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"<!DOCTYPE html><html><body>\xd8\xae\xd8\xa8\xd8\xb1</body></html>", "HTML"),
        (b'{"articles": []}', "no list of items"),
        (b'{"items": [', "not readable as a JSON feed"),
        (b'{"items": ' + b"[" * 100_000, "not readable as a JSON feed"),
        (b'{"items": [1, null, {"url": 5}, {"title": "x"}]}', "none has a link"),
        (b'{"items": "' + b"x" * 5_000_001, "bytes"),
        (b"\x89PNG\r\n\x1a\n", "neither XML nor a feed"),
        (b"<opml><body/></opml>", "HTML page|no feed"),
        (b"<rss", "not readable"),
        (rss("<item><title>خبر بلا رابط</title></item>").encode(), "none has a link"),
        (rss("<item><link>mailto:a@example.com</link></item>").encode(), "none has a web address"),
        (b"\x1f\x8b\x08damaged", "damaged|too early"),
        (gzip.compress(b"<urlset>" + b" " * 60_000_000), "once decompressed"),
        (b"<urlset><url><loc>", "address"),
        (rss("<a>" * 300_000).encode(), "tags"),
        (rss(item("/1", "ا" * 3_000_000)).encode(), "bytes"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_problem_is_said_in_a_line(body: bytes, word: str) -> None:
    found = read(body)
    assert found.links == ()
    assert found.problem
    assert re.search(word, found.problem)
    assert "\n" not in found.problem


def test_an_empty_feed_is_no_problem() -> None:
    assert read(rss()) == Listing()
    assert read("<urlset></urlset>") == Listing()


@pytest.mark.parametrize(
    "broken",
    [
        rss(item("/1"), "<item><title>خبر &nbsp; و & آخر</title><link>https://www.example.com/2</link></item>"),
        rss(item("/1"), item("/2"))[:-20],
        rss(item("/1"), item("/2", "خبر \x0b\x00 آخر")),
        "Warning: mysql_connect() in /var/www on line 5<br />\n" + rss(item("/1"), item("/2")),
        "\n\n " + rss(item("/1"), item("/2")),
        rss(item("/1"), item("/2")).replace("</item>", "", 1),
        rss(item("/1"), item("/2"), item("/2?utm_source=rss"), item("/1#top")),
    ],
    ids=["entity", "cut", "controls", "warning", "blanks", "unclosed", "doubles"],
)
def test_what_is_not_well_formed_still_gives_its_items(broken: str) -> None:
    assert {link.url for link in read(broken).links} == {"https://www.example.com/1", "https://www.example.com/2"}


@pytest.mark.parametrize("declared", ["utf-8", "windows-1256", "iso-8859-6", "nonsense"])
@pytest.mark.parametrize("real", ["utf-8", "windows-1256", "utf-16"])
@pytest.mark.parametrize("header", [None, "text/xml; charset=iso-8859-1"])
def test_the_bytes_decide_the_charset(declared: str, real: str, header: str | None) -> None:
    if (declared, real) == ("iso-8859-6", "windows-1256"):
        return  # both are possible readings of the bytes: the label is believed
    body = rss(item("/1", "مجلس الوزراء يقر الموازنة")).replace('"utf-8"', f'"{declared}"').encode(real)
    assert [link.title for link in read(body, header).links] == ["مجلس الوزراء يقر الموازنة"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_letters_need_no_mark(codec: str) -> None:
    assert [link.title for link in read(rss(item("/1", "مجلس الوزراء")).encode(codec)).links] == ["مجلس الوزراء"]


@pytest.mark.parametrize("label", ["windows-1252", "ISO-8859-1", "latin1"])
def test_a_label_of_habit_is_not_believed(label: str) -> None:
    body = rss(item("/1", "مجلس الوزراء يقر")).replace('"utf-8"', f'"{label}"').encode("windows-1256")
    assert [link.title for link in read(body, f"text/xml; charset={label}").links] == ["مجلس الوزراء يقر"]


def test_a_label_that_is_right_is_believed() -> None:
    body = rss(item("/1", "مجلس الوزراء")).replace('"utf-8"', '"iso-8859-6"').encode("iso-8859-6")
    assert [link.title for link in read(body).links] == ["مجلس الوزراء"]
    undeclared = rss(item("/1", "مجلس الوزراء")).replace(' encoding="utf-8"', "").encode("iso-8859-6")
    assert [link.title for link in read(undeclared, "text/xml; charset=ISO-8859-6").links] == ["مجلس الوزراء"]


def test_a_few_bad_bytes_do_not_turn_utf_8_into_something_else() -> None:
    body = rss(*(item(f"/{n}", "مجلس الوزراء يقر الموازنة العامة") for n in range(9))).encode()
    found = read(body.replace("العامة".encode(), b"\xff\xfe", 1))
    assert found.links[3].title == "مجلس الوزراء يقر الموازنة العامة"


# Links


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/news/خبر", "https://www.example.com/news/%D8%AE%D8%A8%D8%B1"),
        ("5.html", "https://www.example.com/feed/5.html"),
        ("//www.example.com/5", "https://www.example.com/5"),
        ("https://m.example.com/5?utm_source=rss&amp;id=7#c", "https://www.example.com/5?id=7"),
        ("\n  https://www.example.com/5\n", "https://www.example.com/5"),
        ("<![CDATA[https://www.example.com/5?a=1&b=2]]>", "https://www.example.com/5?a=1&b=2"),
    ],
)
def test_links_become_canonical(link: str, url: str) -> None:
    assert [found.url for found in read(rss(f"<item><link>{link}</link></item>")).links] == [url]


def test_a_guid_stands_in_for_a_link() -> None:
    for permanent in ("true", "false"):
        guid = f'<item><guid isPermaLink="{permanent}">https://www.example.com/5</guid></item>'
        assert [link.url for link in read(rss(guid)).links] == ["https://www.example.com/5"]


@pytest.mark.parametrize("name", ["feedburner", "pheedo"])
def test_the_address_behind_a_counting_service_is_the_articles(name: str) -> None:
    counted = (
        "<item><link>https://feedproxy.example.org/~r/akhbar/~3/xyz/</link>"
        f"<{name}:origLink>https://www.example.com/5?utm_source=feedburner</{name}:origLink></item>"
    )
    spaces = {
        "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        "pheedo": "http://www.pheedo.com/namespace/pheedo",
    }
    body = rss(counted).replace('version="2.0"', f'version="2.0" xmlns:{name}="{spaces[name]}"')
    assert [link.url for link in read(body).links] == ["https://www.example.com/5"]


def test_where_all_items_link_to_the_home_page_their_guids_tell_them_apart() -> None:
    home = "<link>https://www.example.com/</link>"
    told = [f"<item>{home}<guid>https://www.example.com/{n}</guid></item>" for n in (1, 2)]
    assert len(read(rss(home, *told)).links) == 2


def test_items_without_a_link_leave_the_others() -> None:
    found = read(rss("<item><title>بلا رابط</title></item>", item("/1"), "<item><link>ftp://a/</link></item>"))
    assert (len(found.links), found.problem) == (1, None)


def test_titles_are_plain_text() -> None:
    found = read(rss(item("/1", "&lt;b&gt;عاجل&lt;/b&gt;:  &amp;quot;جسر&amp;quot;\n جديد"), item("/2", " ")))
    assert [link.title for link in found.links] == ['عاجل : "جسر" جديد', None]


# Dates


def dates(*texts: str) -> list[datetime | None]:
    found = {
        link.url: link.published_at for link in read(rss(*(item(f"/{n}", date=t) for n, t in enumerate(texts)))).links
    }
    return [found[f"https://www.example.com/{n}"] for n in range(len(texts))]


def test_dates_without_a_zone_are_the_sources() -> None:
    cairo = datetime(2026, 3, 10, 8, 0, tzinfo=timezone.utc)  # 10 o'clock there
    assert dates("2026-03-10 10:00", "الثلاثاء، 10 مارس 2026 10:00 ص", "Tue, 10 Mar 2026 10:00:00") == [cairo] * 3


def test_dates_that_cannot_be_are_dropped() -> None:
    future = "Tue, 10 Mar 2026 15:00:00 GMT"
    assert dates(future, "Tue, 10 Mar 2026 12:10:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "أمس", "2026-03-10") == [
        None,
        NOW + timedelta(minutes=10),  # clocks differ
        None,
        None,
        None,
    ]


def test_newest_first_and_undated_ones_where_they_stood() -> None:
    found = read(
        rss(
            item("/b", date="Tue, 10 Mar 2026 10:00:00 GMT"),
            item("/b2"),
            item("/c", date="Tue, 10 Mar 2026 09:00:00 GMT"),
            item("/a", date="Tue, 10 Mar 2026 11:00:00 GMT"),
        )
    )
    assert [link.url[-2:].strip("/") for link in found.links] == ["a", "b", "b2", "c"]


# Bounds


def test_a_hundred_thousand_items() -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    dates = ((start + timedelta(seconds=n)).isoformat() for n in range(100_000))
    entries = "".join(
        f"<url><loc>https://www.example.com/{n}</loc><lastmod>{date}</lastmod></url>" for n, date in enumerate(dates)
    )
    found = read(f"<urlset>{entries}</urlset>")
    assert found.links[0].url == "https://www.example.com/99999"
    assert (len(found.links), found.left_out, found.problem) == (1000, 99_000, None)


@pytest.mark.parametrize("newest", ["first", "last"])
def test_a_feed_of_too_many_items_gives_the_newest(newest: str) -> None:
    first = datetime(2026, 3, 1, tzinfo=timezone.utc)
    items = [item(f"/{n}", date=f"{first + timedelta(seconds=n):%d %b %Y %H:%M:%S} GMT") for n in range(10_000)]
    found = read(rss(*(reversed(items) if newest == "first" else items)))
    assert found.links[0].url == "https://www.example.com/9999"
    assert (len(found.links), found.left_out, found.problem) == (1000, 9000, None)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ها">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=False)
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS + "]>" + rss(item("/1", "&i;")).partition("?>")[2],
        '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>' + rss(item("/1", "&i;")).partition("?>")[2],
        LAUGHS + "]><urlset><url><loc>https://www.example.com/1</loc><news:title>&i;</news:title></url></urlset>",
        '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://www.example.com/1</loc>'
        "<news:title>&i;</news:title></url></urlset>",
    ],
    ids=["laughs", "file", "laughs in a sitemap", "file in a sitemap"],
)
def test_entities_are_not_followed(body: str) -> None:
    start = time.process_time()
    (link,) = read(body).links
    assert link.url == "https://www.example.com/1"
    assert len(link.title or "") < 10
    assert time.process_time() - start < 1


def test_feedparser_opens_no_file_and_asks_no_address(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its `parse` takes a string for an address or a file name where there is one of that name."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert read("<rss http://127.0.0.1/").problem
    assert read('<rss><channel xml:base="http://127.0.0.1/">' + item("/1")).links


PIECES = """
<rss> <channel> <item> </item> <link> </link> https://a.example/ <title> <![CDATA[ ]]> &amp; & < > <urlset> <url> <loc>
</loc> </url> <feed> <entry> <link\thref=' '/> <!-- <!ENTITY\ta\t' <?xml ?> خبر <pubDate> 2026-03-10 <sitemap> <a:b\tc='
"""
WORDS = st.sampled_from([*re.split("[ \n]+", PIECES), "\x00", "\ud800"])


@settings(max_examples=300, deadline=1000)
@given(st.lists(WORDS, max_size=60).map("".join), st.sampled_from(["utf-8", "utf-16", "windows-1256"]))
def test_any_bytes_give_a_listing(text: str, encoding: str) -> None:
    found = read(text.encode(encoding, "replace"))
    assert all(link.url.startswith("http") for link in found.links)


@settings(max_examples=200, deadline=1000)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"<rss>", b"<urlset>", b"\x1f\x8b", b"<feed><entry>", b"\xff\xfe"])
)
def test_any_binary_gives_a_listing(body: bytes, start: bytes) -> None:
    assert read(start + body).left_out == 0


def test_a_thousand_attributes_are_no_feed() -> None:
    """feedparser compares each with all others: a hundred thousand took minutes."""
    feed = Feed("https://www.example.com/feed", "rss")
    for attribute in ('a{}="b"', "xmlns:a{} = 'u:{}'"):
        many = " ".join(attribute.format(n, n) for n in range(100_000))
        body = f"<rss version='2.0'><channel {many}><item><link>/1</link></item></channel></rss>".encode()
        start = time.process_time()
        assert "attributes" in (feeds.read(body, None, feed, SOURCE, NOW).problem or "")
        assert time.process_time() - start < 5
