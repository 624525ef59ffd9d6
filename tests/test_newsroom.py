"""The newsroom itself: every trap works over real HTTP, and every mark of the gold stands in its text."""

from __future__ import annotations

import dataclasses
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from html import unescape
from itertools import combinations
from pathlib import Path

import feedparser
import pytest
import requests
import yaml
from protego import Protego
from tests.newsroom import Newsroom, NewsroomError
from tests.newsroom.articles import EDITIONS, Article, articles
from tests.newsroom.gold import KINDS, MarksLost, expected, gold, place
from tests.newsroom.publishers import PUBLISHERS
from upath import UPath

from rasad.model import Feed, Page, Source
from rasad.web import archive

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=timezone.utc)
EDTF = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(/\d{4}(-\d\d(-\d\d)?)?)?")


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


def get(url: str, **headers: str) -> requests.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=names, timeout=10, allow_redirects=False)


def served(edition: int = 1) -> list[Article]:
    """Articles whose page is there at the first request."""
    return [a for a in articles(edition) if a.status == 200 and not a.first_status]


# The articles and what is expected of them


def test_there_are_enough_articles_of_enough_publishers() -> None:
    loaded = [e for e in expected().values() if e.outcome == "loaded"]
    assert len(PUBLISHERS) >= 5
    assert len(loaded) >= 40
    assert sum(e.facts is not None for e in loaded) >= 30
    assert {e.outcome for e in expected().values()} == {
        "loaded",
        "not_arabic",
        "too_short",
        "gone",
        "blocked_by_robots",
    }
    assert {a.publisher for a in articles()} == {p.id for p in PUBLISHERS}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_clock_of_the_newsroom_holds(edition: int) -> None:
    for article in articles(edition):
        assert datetime(2026, 3, 6, tzinfo=timezone.utc) < article.published_at <= article.modified_at <= NOW, (
            article.ref
        )


def test_no_two_articles_share_a_paragraph_but_the_agency_twins() -> None:
    twins = {frozenset((e.ref, e.twin)) for e in expected().values() if e.twin}
    assert twins == {frozenset(("minbar/taza-earthquake", "atlas/taza-earthquake"))}
    for one, other in combinations(articles(2), 2):
        shared = set(one.paragraphs) & set(other.paragraphs)
        assert bool(shared) == (frozenset((one.ref, other.ref)) in twins), (one.ref, other.ref, shared)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_mark_stands_where_it_says(edition: int) -> None:
    rows = list(gold(edition))
    assert len(rows) >= 30
    for row in rows:
        for kind in KINDS:
            for fact in row[kind]:
                assert row["text"][fact["start"] : fact["end"]] == fact["text"] != "", (row["id"], fact)
            spans = [(f["start"], f["end"]) for f in row[kind]]
            assert len(spans) == len(set(spans)), (row["id"], kind)
    for kind in KINDS:
        assert sum(len(row[kind]) for row in rows) > 50, kind


def test_the_gold_keeps_its_conventions() -> None:
    for row in gold():
        for entity in row["entities"]:
            assert entity["type"] in ("PER", "ORG", "LOC"), (row["id"], entity)
        for date in row["dates"]:
            assert EDTF.fullmatch(date["value"]), (row["id"], date)
        for quantity in row["quantities"]:
            assert quantity["kind"] in ("count", "money", "percent", "measure"), (row["id"], quantity)
            assert quantity["comparator"] in ("=", "<", "<=", ">", ">=", "~"), (row["id"], quantity)
            assert (quantity["kind"] == "money") == ("currency" in quantity), (row["id"], quantity)
            assert (quantity["kind"] in ("count", "measure")) == ("unit" in quantity), (row["id"], quantity)
            assert quantity.get("unit", "") in quantity["text"], (row["id"], quantity)
        names = {entity["name"] for entity in row["entities"]}
        for quote in row["quotes"]:
            assert len(quote["text"].split()) >= 2, (row["id"], quote)
            assert quote["speaker"] in row["text"], (row["id"], quote)
            assert quote["speaker_name"] in names, (row["id"], quote)


def test_lost_marks_are_all_named() -> None:
    marks: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
    marks["entities"] = [{"LOC": "كسلا", "nth": [1, 2]}, {"PER": "سعاد"}]
    marks["quotes"] = [{"from": "لا أحد", "to": "هنا", "speaker": None, "speaker_name": None}]
    with pytest.raises(MarksLost) as error:
        place("وصل الماء إلى كسلا مساء", marks)
    assert all(word in str(error.value) for word in ("كسلا", "سعاد", "لا أحد"))


def test_an_occurrence_is_found_by_its_number() -> None:
    marks: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
    marks["entities"] = [{"LOC": "غزة", "nth": 2}, {"LOC": "قطاع غزة"}]
    assert [(f["start"], f["text"]) for f in place("من قطاع غزة إلى غزة", marks)["entities"]] == [
        (3, "قطاع غزة"),
        (16, "غزة"),
    ]


def test_recurring_names_make_trends() -> None:
    for name in ("السودان", "كسلا", "منظمة الصحة العالمية", "هناء الزيادي", "إيلينا ماركوفا"):
        rows = [row for row in gold() if any(e["name"] == name for e in row["entities"])]
        assert len({row["id"].split("/")[0] for row in rows}) >= 2, name
        assert len({row["published_at"][:10] for row in rows}) >= 2, name


# Over HTTP


def test_sources_are_written_with_the_ports_of_this_run(room: Newsroom) -> None:
    paths = sorted(room.sources_dir.glob("*.yaml"))
    assert [p.stem for p in paths] == sorted(p.id for p in PUBLISHERS)
    for path in paths:
        row = yaml.safe_load(path.read_text(encoding="utf-8"))
        feeds = tuple(Feed(**feed) for feed in row.pop("feeds"))
        source = Source(id=path.stem, **row | {"hosts": tuple(row["hosts"])}, feeds=feeds)
        assert room.origins[path.stem] == f"http://{source.hosts[0]}"
        assert get(source.homepage).status_code == 200
        for feed in source.feeds:
            assert get(feed.url).status_code == 200, feed


def test_every_page_holds_its_article(room: Newsroom) -> None:
    charset = {p.id: p.charset for p in PUBLISHERS}
    for article in served():
        html = unescape(get(room.url(article.ref)).content.decode(charset[article.publisher]))
        assert article.title in html, article.ref
        for paragraph in article.paragraphs:
            assert paragraph in html, article.ref


def test_every_announced_link_is_in_a_feed(room: Newsroom) -> None:
    announced = set()
    for publisher in PUBLISHERS:
        for feed in publisher.feeds:
            body = get(room.origins[publisher.id] + feed.path).content.decode(feed.charset)
            announced |= {unescape(u) for u in re.findall(r"http://[^\s<\"']+", body)}
    assert {room.announced(a.ref) for a in articles()} <= announced


def test_feeds_differ_as_real_ones_do(room: Newsroom) -> None:
    full = feedparser.parse(get(room.origins["minbar"] + "/rss.xml").content)
    teasers = feedparser.parse(get(room.origins["sada"] + "/feed/").content)
    old = feedparser.parse(get(room.origins["nahrain"] + "/rss.php").content)
    atom = feedparser.parse(get(room.origins["atlas"] + "/atom.xml").content)
    undated = feedparser.parse(get(room.origins["shiraa"] + "/rss").content)
    assert not any(feed.bozo for feed in (full, teasers, atom, undated))
    assert all("content" in entry and "published" in entry for entry in full.entries)
    assert all("content" not in entry and entry.summary.count("...") == 1 for entry in teasers.entries)
    assert old.encoding == "windows-1256"
    assert any("بغداد" in entry.title for entry in old.entries)
    assert atom.version == "atom10"
    assert all(entry.published and entry.updated for entry in atom.entries)
    assert undated.entries
    assert not any("published" in entry or "updated" in entry for entry in undated.entries)
    assert all("utm_source=" in entry.link for entry in undated.entries)


def test_one_publisher_has_only_a_sitemap_index_over_news_sitemaps(room: Newsroom) -> None:
    index = get(room.origins["difaf"] + "/sitemap_index.xml").text
    parts = re.findall(r"<loc>(.*?)</loc>", index)
    assert len(parts) == 2
    places = [url for part in parts for url in re.findall(r"<loc>(.*?)</loc>", get(part).text)]
    assert sorted(places) == sorted(room.url(a.ref) for a in articles() if a.publisher == "difaf")
    assert all("<news:publication_date>2026-03-" in get(part).text for part in parts)
    assert index.split("<loc>")[1].split("</loc>")[0] == parts[0]
    assert f"Sitemap: {room.origins['difaf']}/sitemap_index.xml" in get(room.origins["difaf"] + "/robots.txt").text


def test_windows_1256_is_declared_nowhere(room: Newsroom) -> None:
    answer = get(room.url("nahrain/baghdad-water"))
    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset" not in answer.content.lower()
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert "مؤتمر بغداد للمياه" in answer.content.decode("cp1256")


def test_one_publisher_writes_no_paragraph_elements(room: Newsroom) -> None:
    html = get(room.url("nahrain/mosul-bridge")).content.decode("cp1256")
    assert "<p" not in html
    assert html.count("<br>\n<br>") >= 3


def test_a_prose_date_is_the_only_date_of_its_page(room: Newsroom) -> None:
    for article in articles():
        if article.publisher == "shiraa":
            html = get(room.url(article.ref)).text
            assert article.date_line
            assert article.date_line in html
            assert "<time" not in html
            assert "published_time" not in html
            assert "ld+json" not in html
            assert not re.search(r"2026-\d\d-\d\d", html)


def test_related_links_stand_inside_and_after_bodies(room: Newsroom) -> None:
    inside = get(room.url("minbar/kassala-floods")).text
    body = inside.split('<div class="article-body">')[1].split('<div class="tags">')[0]
    assert "اقرأ أيضاً" in body
    assert body.index("اقرأ أيضاً") < body.index(articles_by_ref()["minbar/kassala-floods"].paragraphs[-1][:40])
    assert "<p><strong>اقرأ أيضا: " in get(room.url("atlas/dams-level")).text
    after = get(room.url("sada/opec-output")).text
    assert after.index("entry-related") > after.index(articles_by_ref()["sada/opec-output"].paragraphs[-1][:40])


def articles_by_ref(edition: int = 1) -> dict[str, Article]:
    return {a.ref: a for a in articles(edition)}


def test_titles_carry_the_name_of_the_site(room: Newsroom) -> None:
    for ref, title in (
        ("sada/opec-output", "{} | صدى الخليج"),
        ("atlas/dams-level", "{} - أصداء الأطلس"),
        ("minbar/kassala-floods", "{} - المنبر العربي"),
    ):
        html = unescape(get(room.url(ref)).text)
        assert f"<title>{title.format(articles_by_ref()[ref].title)}</title>" in html


def test_robots_differ(room: Newsroom) -> None:
    robots = {p.id: get(room.origins[p.id] + "/robots.txt") for p in PUBLISHERS}
    assert robots["nahrain"].status_code == 404
    assert (robots["shiraa"].status_code, robots["shiraa"].text) == (200, "")
    assert Protego.parse(robots["minbar"].text).crawl_delay("Rasad") == 0.2
    rules = Protego.parse(robots["sada"].text)
    blocked = {
        a.ref for a in articles() if a.publisher == "sada" and not rules.can_fetch(room.announced(a.ref), "Rasad")
    }
    assert blocked == {ref for ref, want in expected().items() if want.outcome == "blocked_by_robots"}


def test_the_withdrawn_page_is_gone(room: Newsroom) -> None:
    assert get(room.announced("sada/withdrawn-report")).status_code == 404
    assert get(room.origins["sada"] + "/no-such-page").status_code == 404


def test_a_500_heals(room: Newsroom) -> None:
    first, second = (get(room.announced("atlas/atlantic-boat")) for _ in range(2))
    assert (first.status_code, second.status_code) == (500, 200)
    assert "Retry-After" not in first.headers
    assert articles_by_ref()["atlas/atlantic-boat"].title in unescape(second.text)


def test_a_redirect_leads_to_the_final_address(room: Newsroom) -> None:
    start = room.announced("atlas/marrakech-film")
    answer = get(start)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("/2026/03/09/")
    final = requests.get(start, timeout=10)
    assert (final.status_code, final.url) == (200, room.url("atlas/marrakech-film"))


def test_the_odd_pages_are_odd(room: Newsroom) -> None:
    assert '<html lang="fa"' in get(room.url("minbar/farsi-page")).text
    assert sum(len(p.split()) for p in articles_by_ref()["sada/breaking-three-words"].paragraphs) == 3


def test_unchanged_answers_304(room: Newsroom) -> None:
    for publisher in PUBLISHERS:
        page = next(a for a in served() if a.publisher == publisher.id)
        for url in (room.origins[publisher.id] + publisher.feeds[0].path, room.url(page.ref)):
            first = get(url)
            assert ("ETag" in first.headers, "Last-Modified" in first.headers) == (
                "etag" in publisher.validators,
                "last_modified" in publisher.validators,
            )
            if "ETag" in first.headers:
                again = get(url, If_None_Match=first.headers["ETag"])
                assert (again.status_code, again.content) == (304, b"")
                assert get(url, If_None_Match='"other"').status_code == 200
            if "Last-Modified" in first.headers:
                again = get(url, If_Modified_Since=first.headers["Last-Modified"])
                assert (again.status_code, again.content) == (304, b"")
                assert get(url, If_Modified_Since="Mon, 02 Mar 2026 00:00:00 GMT").status_code == 200
                assert get(url, If_Modified_Since="yesterday").status_code == 200


def test_edition_2_corrects_one_article_and_adds_one(room: Newsroom) -> None:
    url, feed = room.url("minbar/tripoli-building"), room.origins["minbar"] + "/rss.xml"
    before, feed_before = get(url), get(feed)
    late = get(room.url("minbar/building-inquiry"))
    room.set_edition(2)
    after, feed_after = (
        get(url, If_None_Match=before.headers["ETag"]),
        get(feed, If_None_Match=feed_before.headers["ETag"]),
    )
    assert late.status_code == 404
    assert (after.status_code, feed_after.status_code) == (200, 200)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.headers["Last-Modified"] == "Tue, 10 Mar 2026 14:30:00 GMT" != before.headers["Last-Modified"]
    assert "قتل خمسة أشخاص" in before.text
    assert "قتل تسعة أشخاص" in after.text
    assert "قتل خمسة أشخاص" not in after.text
    assert room.announced("minbar/building-inquiry") in feed_after.text
    assert room.announced("minbar/building-inquiry") not in feed_before.text
    assert get(room.url("minbar/building-inquiry")).status_code == 200
    first, second = expected(1)["minbar/tripoli-building"], expected(2)["minbar/tripoli-building"]
    assert (first.facts or {})["quantities"][0]["value"] == 5
    assert (second.facts or {})["quantities"][0]["value"] == 9
    assert first.title != second.title
    unchanged = {a for a in articles(1) if a.ref != first.ref}
    assert unchanged == {a for a in articles(2) if a.ref not in (first.ref, "minbar/building-inquiry")}


def test_requests_are_logged(room: Newsroom) -> None:
    get(room.origins["sada"] + "/feed/", User_Agent="Rasad/test")
    requests.head(room.origins["difaf"] + "/", timeout=10)
    first, second = room.requests
    assert (first.publisher, first.method, first.path, first.status) == ("sada", "GET", "/feed/", 200)
    assert first.headers["user-agent"] == "Rasad/test"
    assert (second.publisher, second.method, second.status) == ("difaf", "HEAD", 200)
    assert first.time <= second.time


def test_gzip_is_sent_to_who_accepts_it(room: Newsroom) -> None:
    url = room.url("atlas/dams-level")
    packed, plain = get(url, Accept_Encoding="gzip"), get(url, Accept_Encoding="identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_templates_escape() -> None:
    """A title with markup in it reaches the page, the feed and the JSON-LD as text."""
    from tests.newsroom import render

    own = [a for a in articles() if a.publisher == "minbar"]
    publisher = next(p for p in PUBLISHERS if p.id == "minbar")
    hostile = dataclasses.replace(own[0], title="</script><b>&", paragraphs=("<i>]]>",))
    page = render.page(publisher, hostile, own, "http://127.0.0.1:1")
    feed = render.feed(publisher, publisher.feeds[0], [hostile], NOW, "http://127.0.0.1:1")
    assert "</script><b>" not in page
    assert "<i>" not in page
    assert feedparser.parse(feed).entries[0].title == "</script><b>&"
    assert not feedparser.parse(feed).bozo


# The command


def command(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.newsroom", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_the_command_serves_until_sigterm(tmp_path: Path) -> None:
    process = command("--edition", "2", "--sources", str(tmp_path / "sources"))
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("newsroom ready: edition 2")
    source = yaml.safe_load((tmp_path / "sources" / "minbar.yaml").read_text(encoding="utf-8"))
    assert "تسعة قتلى" in get(source["feeds"][0]["url"]).text
    process.send_signal(signal.SIGTERM)
    rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_the_command_writes_the_past_and_publishes_edition_2_when_told(tmp_path: Path) -> None:
    process = command("--sources", str(tmp_path / "sources"), "--past", str(tmp_path / "past.warc.gz"))
    assert process.stdout
    origins = dict(word.split("=", 1) for word in process.stdout.readline().split() if "=" in word)
    pages = list(archive.read(UPath(tmp_path / "past.warc.gz")))
    assert {f"{p.url[:7]}{p.url[7:].partition('/')[0]}" for p in pages if isinstance(p, Page)} == set(origins.values())
    process.send_signal(signal.SIGUSR1)
    told = process.stdout.readline().split()
    assert told[:3] == ["newsroom", "edition", "2:"]
    assert sorted(url.rpartition("/")[2] for url in told[3:]) == ["building-inquiry", "tripoli-building"]
    assert "تسعة قتلى" in "".join(get(url).text for url in told[3:])
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10) == ("", "")


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = command("--base-port", str(port))
        out, errors = process.communicate(timeout=20)
        assert process.returncode == 1
        assert out == ""
        assert len(errors.splitlines()) == 1
        assert str(port) in errors
        assert "--base-port" in errors
        with pytest.raises(NewsroomError, match=str(port)), Newsroom(base_port=port):
            pass


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(ValueError, match="no edition 3"):
        Newsroom(edition=3)
