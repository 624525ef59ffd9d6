"""Check: what an editor reads about a source, against the newsroom and a site that does what a test says."""

from __future__ import annotations

import dataclasses

import pytest
from tests.newsroom import Newsroom
from tests.pipeline import settings_of
from tests.stages.test_fetch import HTML, article, one, rss, site  # noqa: F401 (fixtures among them)
from tests.web.site import reply

from rasad.__main__ import main
from rasad.stages.check import Finding, check, lines
from rasad.stages.plan import PlanError, load_sources


@pytest.fixture(scope="module")
def room():
    with Newsroom() as room:
        yield room


def found(settings, id="one", **changes) -> list[Finding]:
    return list(check(settings, dataclasses.replace(load_sources(settings)[id], **changes)))


def bad(findings: list[Finding]) -> list[str]:
    return [finding.text for finding in findings if not finding.good]


def test_every_source_of_the_newsroom_is_fine_and_none_is_asked_what_robots_txt_forbids(room, tmp_path):
    settings = settings_of(room, tmp_path)
    for id in load_sources(settings):
        findings = found(settings, id)
        assert {f.step for f in findings} == {"file", "robots", "feed", "article"}
        assert bad(findings) == []
        *_, last = findings
        assert "facts (" in last.text
        assert dict(last.arabic)["title"]


def test_what_is_arabic_stands_last_in_its_line(room, tmp_path):
    settings = settings_of(room, tmp_path)
    source = load_sources(settings)["minbar"]
    shown = lines(source, list(check(settings, source)))
    assert shown[0].startswith("minbar · ")
    for line in shown:
        arabic = [n for n, c in enumerate(line) if "\u0600" <= c <= "\u06ff"]
        latin = [n for n, c in enumerate(line) if c.isascii() and c.isalpha()]
        assert not arabic or not latin or max(latin) < min(arabic), line


def test_feeds_that_fail_say_why_and_the_others_are_still_tried(one, site):  # noqa: F811
    site.on("/feed", reply(404))
    (text,) = bad(found(one))
    assert text == f"{site.url}/feed: the server answered 404: look on the home page for where it has moved"
    site.on("/feed", reply(200, b"<html><body>moved</body></html>"))
    assert "an HTML page, not a feed" in bad(found(one))[0]
    site.on("/feed", reply(200, rss("https://elsewhere.example/1")))
    assert "0 articles of this source" in bad(found(one))[0]


def test_robots_that_forbid_are_obeyed_and_said(one, site):  # noqa: F811
    site.on("/robots.txt", reply(200, b"User-agent: *\nDisallow: /feed\n"))
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    texts = bad(found(one))
    assert texts[0] == f"robots.txt of {site.host} forbids {site.url}/feed"
    assert "robots.txt does not allow" in texts[1]
    assert "take it out of the file" in texts[1]
    assert "/feed" not in site.paths()


def test_a_host_that_does_not_answer_ends_it(one, site):  # noqa: F811
    site.server.shutdown()
    site.server.server_close()
    file, robots = found(one)
    assert file.good
    assert not robots.good


def test_the_newest_that_can_be_read_is_shown_and_what_stood_before_it_counted(one, site):  # noqa: F811
    site.on("/feed", reply(200, rss(*(f"{site.url}/{n}" for n in range(5)))))
    site.on("/0", reply(200, b"<html><body><p>\xd9\x82\xd8\xb5\xd9\x8a\xd8\xb1</p></body></html>", **HTML))
    site.on("/1", reply(200, article("افتتاح الجسر الجديد"), **HTML))
    *_, last = found(one)
    assert dict(last.arabic)["title"] == "افتتاح الجسر الجديد"
    assert "a newer one is no article" in last.text
    assert "no date could be read" in last.text  # neither the feed nor the page has one
    site.on("/1", reply(410))
    *_, last = found(one)
    assert last.text == "none of the 3 newest could be read"
    assert [what.split(",")[0] for what, _ in last.arabic] == ["too_short", "gone", "gone"]


WALL = (
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser before accessing"
    b"<script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>"
)
EMPTY = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>'
ENGLISH = "The city council said on Monday that it would reopen the public garden to visitors next month. " * 5


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            reply(403, WALL, **HTML),
            "the server answered 403: it refuses robots, or this place: if that stays so, write",
        ),
        (reply(403), "it refuses robots, or this place: if that stays so, write `enabled: false`"),
        (reply(200, WALL, **HTML), "an HTML page, not a feed: the address may have moved, or robots get a wall"),
        (reply(200, b""), "empty: the server sent no bytes"),
        (reply(200, EMPTY), "0 articles of this source; it can be read, but announces nothing: look in a browser"),
        (reply(429, Retry_After="3600"), "answered 429: try again later, and lengthen `delay`"),
        (reply(500), "answered 500: the trouble is at their end"),
        (
            reply(200, rss("https://a.example/1", "https://b.example/2")),
            "it announces 2 on a.example, b.example: if that host is the publisher's as well, add it to `hosts`, or "
            "look at its `paths`",
        ),
    ],
)
def test_a_feed_that_fails_is_said_with_the_way_out(one, site, answer, words):  # noqa: F811
    site.on("/feed", answer)
    (text,) = bad(found(one))
    assert words in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(403, WALL, **HTML), "blocked, the server answered 403: it refuses robots, or this place: if that"),
        (reply(200, article("City", ENGLISH).replace(b"lang=ar", b"lang=en"), **HTML),
         "not_arabic, the text is en: if the host has pages in other languages, name the Arabic part of it in `paths`"),
        (reply(200, article().replace(b"<body>", b'<body><script type="application/ld+json">{"@type":"NewsArticle",'
                                      b'"isAccessibleForFree":false}</script>'), **HTML), "paywall, declared not free"),
    ],
)  # fmt: skip
def test_an_article_that_cannot_be_read_is_said_with_the_way_out(one, site, answer, words):  # noqa: F811
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", answer)
    *_, last = found(one)
    assert last.text == "the newest could not be read"
    ((what, address),) = last.arabic
    assert what.startswith(words)
    assert address == f"{site.url}/1"


def test_an_article_that_leads_out_of_the_part_of_the_host_is_not_shown_as_its_own(one, site):  # noqa: F811
    site.on("/feed", reply(200, rss(f"{site.url}/arabic/1")))
    site.on("/arabic/1", reply(302, Location="/english/1"))
    site.on("/english/1", reply(200, article(), **HTML))
    *_, last = found(one, paths=("/arabic",))
    ((what, _),) = last.arabic
    assert what.startswith(f"it leads out of the source, to {site.url}/english/1: if that host")


def test_a_host_that_no_name_server_knows_is_said_with_the_way_out(one):  # noqa: F811
    host = "no-such-host.invalid"
    settings = dataclasses.replace(one, allow_hosts=one.allow_hosts | {host})
    findings = found(settings, homepage=f"http://{host}/", hosts=(host,), feeds=())
    (text,) = bad(findings)
    assert text.endswith(f"no address is known for {host}: look for a slip in the host's name")


def test_a_source_without_feeds_gets_those_that_its_home_page_announces(one, site):  # noqa: F811
    page = b"<html><head><link rel=alternate type=application/rss+xml href=/rss.xml></head><body></body></html>"
    site.on("/", reply(200, page, **HTML))
    site.on("/robots.txt", reply(200, f"Sitemap: {site.url}/news.xml\n".encode()))
    findings = found(one, feeds=())
    assert [f.text.split("{")[1] for f in findings if f.step == "advice"] == [
        f"url: '{site.url}/rss.xml', kind: rss}}",
        f"url: '{site.url}/news.xml', kind: sitemap}}",
    ]
    assert bad(findings) == [f"the file names no feeds; {site.url}/ leads to 0 articles"]


def test_real_sources_are_asked_only_under_a_contact_address(one):  # noqa: F811
    settings = dataclasses.replace(one, allow_hosts=frozenset())
    with pytest.raises(PlanError, match="set RASAD_CONTACT"):
        found(settings)


def test_the_command(room, tmp_path, monkeypatch, capsys):
    settings = settings_of(room, tmp_path)
    monkeypatch.setenv("RASAD_SOURCES", str(settings.source_dirs[0]))
    monkeypatch.setenv("RASAD_ALLOW_HOSTS", ",".join(settings.allow_hosts))
    monkeypatch.setenv("RASAD_VAR", str(tmp_path / "var"))
    for name in ("RASAD_WAREHOUSE", "RASAD_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    assert main(["sources", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(room.origins)
    assert main(["sources", "check", "minbar"]) == 0
    assert "  article  ok  " in capsys.readouterr().out
    assert not (tmp_path / "var").exists()  # no warehouse was started
    (settings.source_dirs[0] / "dead.yaml").write_text(
        "name_ar: مات\nname_en: Dead\ncountry: LB\ntimezone: Asia/Beirut\nhomepage: http://127.0.0.1:9/\n"
        "hosts: ['127.0.0.1:9']\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("RASAD_ALLOW_HOSTS", "127.0.0.1:9")
    assert main(["sources", "check", "dead"]) == 1
    (settings.source_dirs[0] / "dead.yaml").unlink()
    assert main(["sources", "check", "nobody"]) == 2
    assert "no source is called" in capsys.readouterr().err
