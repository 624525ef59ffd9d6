"""A newsroom that counts requests and stamps their times: how it sees us, over real HTTP and one database."""

from __future__ import annotations

import dataclasses
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from tests.pipeline import environment, step
from tests.stages.test_fetch import (  # noqa: F401 (fixtures among them)
    HTML,
    article,
    later,
    one,
    outcomes,
    query,
    rss,
    run,
    site,
    source_yaml,
)
from tests.web.site import Site, in_turn, reply

from rasad import sources as registry
from rasad.settings import ROOT
from rasad.stages import discover, fetch, plan
from rasad.stages.discover import SourceFailed
from rasad.web import feeds

pytestmark = pytest.mark.postgres

CLOCKS = 0.005  # seconds by which the database's clock and ours may disagree over such times


def paced(settings, seconds):
    """The settings' only source, asked at another pace."""
    recipe = settings.source_dirs[0] / "one.yaml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("delay: 0.01", f"delay: {seconds}"), encoding="utf-8")


# The delay


def test_workers_and_hand_started_runs_together_ask_no_host_faster_than_its_delay(one, warehouse, site):  # noqa: F811
    """Two processes of their own, two threads of this one, and a second source whose feed lies on the same host."""
    source_yaml(one.source_dirs[0], "two", Site(), path="/other")
    for name in ("one", "two"):
        recipe = one.source_dirs[0] / f"{name}.yaml"
        text = re.sub(r"url: '[^']*/", f"url: '{site.url}/", recipe.read_text(encoding="utf-8"))
        recipe.write_text(text.replace("0.01", "0.6"), encoding="utf-8")
    two = next(iter(registry.load(one.source_dirs)["two"].hosts))
    one = dataclasses.replace(one, allow_hosts=one.allow_hosts | {two})
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{site.url}/2", f"{site.url}/3")))
    site.on("/other", reply(200, rss(f"{site.url}/4")))
    by_hand = [
        subprocess.Popen(
            [sys.executable, "-m", "rasad", "stage", "discover", "--source", name, "--run", f"by-hand-{name}"],
            env=environment(one, warehouse), cwd=ROOT, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for name in ("one", "two")
    ]  # fmt: skip

    def worker(work):
        return fetch.fetch(one, warehouse, discover.discover(one, warehouse, work))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(worker, plan.plan(one, warehouse, "run", ["one", "two"])))
    for process in by_hand:
        assert process.wait(60) == 0, process.stderr.read()
    assert site.paths().count("/feed") == site.paths().count("/other") == 2
    # The other source's feed may announce /4, which is this one's, after this one's pages were fetched.
    list(map(worker, plan.plan(one, warehouse, "after", ["one"])))
    assert sorted(path for path in site.paths() if len(path) == 2) == ["/1", "/2", "/3", "/4"]
    # Between a claim and its request lies what a loaded machine takes; without the claim they would be far nearer.
    assert min(site.gaps()) >= 0.3


def test_a_slow_answer_does_not_bring_the_next_request_nearer(one, warehouse, site):  # noqa: F811
    paced(one, 0.3)
    site.on("/feed", reply(200, rss(*(f"{site.url}/{n}" for n in range(3)))))
    for n in range(3):
        site.on(f"/{n}", lambda handler: (time.sleep(0.2), reply(200, article(), **HTML)(handler)))
    run(one, warehouse, "run", upto="fetch")
    assert len(site.gaps()) == 4
    assert min(site.gaps()[2:]) >= 0.5 - CLOCKS  # from the end of an answer, not from its request


def test_hosts_wait_for_none_but_themselves(one, warehouse, site):  # noqa: F811
    other = Site()
    paced(one, 0.4)
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", reply(302, Location=f"{other.url}/2"))
    settings = dataclasses.replace(one, allow_hosts=one.allow_hosts | {other.host})
    run(settings, warehouse, "run", upto="fetch")
    assert other.paths() == ["/robots.txt", "/2"]
    assert min(*site.gaps(), *other.gaps()) >= 0.4 - CLOCKS
    assert other.times[0] - site.times[-1] < 0.4
    other.close()


# robots.txt


def test_a_crawl_delay_longer_than_ours_wins_from_the_first_request_on(one, warehouse, site):  # noqa: F811
    site.on("/robots.txt", reply(200, b"User-agent: *\nCrawl-delay: 0.4\n"))
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{site.url}/2")))
    run(one, warehouse, "run", upto="fetch")
    assert site.paths() == ["/robots.txt", "/feed", "/1", "/2"]
    assert min(site.gaps()) >= 0.4 - CLOCKS


def test_and_one_that_is_shorter_does_not(one, warehouse, site):  # noqa: F811
    paced(one, 0.2)
    site.on("/robots.txt", reply(200, b"User-agent: *\nCrawl-delay: 0.05\n"))
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    run(one, warehouse, "run", upto="fetch")
    assert min(site.gaps()) >= 0.2 - CLOCKS


def test_what_robots_txt_forbids_is_never_asked_for_also_through_a_redirect(one, warehouse, site):  # noqa: F811
    site.on("/robots.txt", reply(200, "User-agent: *\nDisallow: /خاص/\nDisallow: /print\nAllow: /\n".encode()))
    site.on("/feed", reply(200, rss(*(f"{site.url}/{path}" for path in ("خاص/1", "print?id=2", "3", "4")))))
    site.on("/3", reply(302, Location="/print/3"))
    site.on("/4", reply(200, article(), **HTML))
    run(one, warehouse, "run")
    assert sorted(site.paths()) == ["/3", "/4", "/feed", "/robots.txt"]
    assert sorted(outcomes(warehouse).values()) == ["blocked_by_robots"] * 3 + ["loaded"]


def test_robots_txt_is_asked_once_a_day_by_all_together(one, warehouse, site):  # noqa: F811
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    for name in ("first", "second"):
        run(one, warehouse, name, upto="fetch")
        later(warehouse)
    assert site.paths().count("/robots.txt") == 1
    query(warehouse, "UPDATE news.host SET robots_fetched_at = now() - interval '25 hours' RETURNING 1")
    run(one, warehouse, "third", upto="fetch")
    assert site.paths().count("/robots.txt") == 2


def test_while_robots_txt_fails_nothing_is_asked_for_but_robots_txt_once(one, warehouse, site):  # noqa: F811
    site.on("/feed", reply(200, rss(*(f"{site.url}/{n}" for n in range(5)))))
    for n in range(5):
        site.on(f"/{n}", reply(200, article(f"خبر {n}"), **HTML))
    run(one, warehouse, "first", upto="discover")
    query(warehouse, "UPDATE news.host SET robots_fetched_at = '-infinity' RETURNING 1")
    site.on("/robots.txt", in_turn(reply(501), reply(200)))
    before = len(site.asked)
    (work,) = plan.plan(one, warehouse, "second", ["one"])
    for stage in ("fetch", "clean", "extract", "load"):
        work = step(one, warehouse, stage, work)
    assert site.paths()[before:] == ["/robots.txt"]
    assert set(outcomes(warehouse).values()) == {"server_error"}
    ((reason,),) = query(warehouse, "SELECT DISTINCT reason FROM news.page")
    assert reason == f"robots.txt of {site.host} could not be had, so nothing is asked of it: {site.host} answered 501"
    later(warehouse)
    run(one, warehouse, "third")
    assert set(outcomes(warehouse).values()) == {"loaded"}


# What has not changed


@pytest.fixture
def parsed(monkeypatch):
    """The addresses of the feeds that the parser was given: it runs as ever, and is counted."""
    seen = []
    parse = feeds.read

    def counted(body, content_type, feed, *rest):
        seen.append(feed.url)
        return parse(body, content_type, feed, *rest)

    monkeypatch.setattr(feeds, "read", counted)
    return seen


def test_a_feed_answered_with_304_costs_no_parse(one, warehouse, site, parsed):  # noqa: F811
    def conditional(handler):
        same = handler.headers.get("If-None-Match") == '"a"' and handler.headers.get("If-Modified-Since")
        body = b"" if same else rss(f"{site.url}/1")
        reply(304 if same else 200, body, ETag='"a"', Last_Modified="Tue, 10 Mar 2026 09:00:00 GMT")(handler)

    site.on("/feed", conditional)
    for number in range(3):
        run(one, warehouse, f"run-{number}", upto="discover")
    assert site.paths().count("/feed") == 3
    assert parsed == [f"{site.url}/feed"]
    assert query(warehouse, "SELECT problem, listed, failures FROM news.feed") == [(None, 1, 0)]


def test_the_same_bytes_under_another_etag_cost_no_parse(one, warehouse, site, parsed):  # noqa: F811
    """Servers behind a balancer give each answer an ETag of its own, and never a 304."""
    tags = iter(range(9))
    site.on("/feed", lambda handler: reply(200, rss(f"{site.url}/1"), ETag=f'"{next(tags)}"')(handler))
    for number in range(3):
        run(one, warehouse, f"run-{number}", upto="discover")
    assert site.paths().count("/feed") == 3
    assert parsed == [f"{site.url}/feed"]
    site.on("/feed", reply(200, rss(f"{site.url}/1", f"{site.url}/2"), ETag='"9"'))
    assert run(one, warehouse, "changed", upto="discover")["stages"]["discover"]["items"] == 1
    assert len(parsed) == 2


def test_an_article_of_the_same_bytes_is_not_read_again(one, warehouse, site):  # noqa: F811
    tags = iter(range(9))
    site.on("/feed", reply(200, rss(f"{site.url}/1")))
    site.on("/1", lambda handler: reply(200, article(), ETag=f'"{next(tags)}"', **HTML)(handler))
    run(one, warehouse, "first")
    later(warehouse)
    work = run(one, warehouse, "second", upto="clean")
    assert site.paths().count("/1") == 2
    assert work["stages"]["clean"]["items"] == 0


# Asked to slow down


@pytest.mark.parametrize(("status", "as_date"), [(429, False), (429, True), (503, False)])
def test_nobody_asks_before_retry_after_has_passed(one, warehouse, site, status, as_date):  # noqa: F811
    """The run that was told waits, and so does another one that was not."""
    told = []

    def slow_down(handler):
        until = datetime.now(timezone.utc) + timedelta(seconds=2)
        value = format_datetime(until.replace(microsecond=0), usegmt=True) if as_date else "1"
        wait = (until.replace(microsecond=0) - datetime.now(timezone.utc)).total_seconds() if as_date else 1.0
        told.append((time.monotonic(), wait))
        reply(status, Retry_After=value)(handler)

    pages = [f"{site.url}/{n}" for n in range(2)]
    site.on("/feed", reply(200, rss(*pages)))
    for n in range(2):
        site.on(f"/{n}", reply(200, article(f"خبر {n}"), **HTML))
    run(one, warehouse, "first", upto="discover")
    first = "/0" if min(pages) == pages[0] else "/1"
    site.on(first, in_turn(slow_down, reply(200, article(), **HTML)))
    before = len(site.times)
    works = [plan.plan(one, warehouse, name, ["one"])[0] for name in ("second", "by-hand")]
    with ThreadPoolExecutor(2) as pool:
        fetching = pool.submit(fetch.fetch, one, warehouse, works[0])
        while not told:
            time.sleep(0.01)
        pool.submit(discover.discover, one, warehouse, works[1]).result()
        fetching.result()
    ((at, wait),) = told
    after = [moment for moment in site.times[before:] if moment > at]
    assert len(after) >= 2
    assert min(after) - at >= wait - CLOCKS


def test_a_429_without_a_time_is_thirty_seconds(one, warehouse, site):  # noqa: F811
    site.on("/feed", reply(429))
    (work,) = plan.plan(one, warehouse, "run", ["one"])
    with pytest.raises(SourceFailed, match="answered 429"):
        discover.discover(one, warehouse, work)
    ((seconds,),) = query(warehouse, "SELECT extract(epoch FROM next_request_at - now())::float8 FROM news.host")
    assert 28 < seconds <= 30
    assert site.paths() == ["/robots.txt", "/feed"]


# Private addresses


@pytest.fixture
def canary():
    """A service of this machine that nobody allowed: it must never hear of us."""
    canary = Site()
    yield canary
    canary.close()


def spellings(port):
    hosts = ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0")
    return [f"http://{host}:{port}/admin" for host in hosts]


def test_no_private_address_is_asked_that_a_feed_names(one, warehouse, site, canary):  # noqa: F811
    links = spellings(canary.server.server_port)
    site.on("/feed", reply(200, rss(*links)))
    run(one, warehouse, "run")
    assert query(warehouse, "SELECT outcome, count(*) FROM news.page GROUP BY 1") == [("private_address", len(links))]
    assert canary.asked == []


def test_no_private_address_is_asked_that_a_redirect_names(one, warehouse, site, canary):  # noqa: F811
    targets = spellings(canary.server.server_port)
    site.on("/robots.txt", reply(302, Location=targets[0]))
    run_failed = pytest.raises(SourceFailed, match="refused: this machine itself")
    with run_failed:
        run(one, warehouse, "robots", upto="discover")
    site.on("/robots.txt", reply(404))
    site.on("/feed", reply(200, rss(*(f"{site.url}/{n}" for n in range(len(targets))))))
    for n, target in enumerate(targets):
        site.on(f"/{n}", reply(302, Location=target))
    run(one, warehouse, "run")
    assert set(outcomes(warehouse).values()) == {"private_address"}
    assert canary.asked == []


def test_no_private_address_is_asked_that_a_name_resolves_to(one, warehouse, site, canary, monkeypatch):  # noqa: F811
    """Also not by a name that is public at the first look-up and private at the second: there is but one."""
    port = canary.server.server_port
    looked_up = []
    real = socket.getaddrinfo

    def resolver(host, *rest, **options):
        if not str(host).endswith(".example"):
            return real(host, *rest, **options)
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    site.on("/feed", reply(200, rss(f"http://inside.example:{port}/admin", f"{site.url}/1")))
    site.on("/1", reply(302, Location=f"http://rebinder.example:{port}/admin"))
    run(one, warehouse, "run")
    assert set(outcomes(warehouse).values()) == {"private_address"}
    assert set(looked_up) == {"inside.example", "rebinder.example"}
    assert canary.asked == []


def test_no_private_address_is_asked_that_a_sitemap_names(one, warehouse, site, canary):  # noqa: F811
    source_yaml(one.source_dirs[0], "one", site, "sitemap", "/index.xml")
    inner = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in spellings(canary.server.server_port))
    site.on("/index.xml", reply(200, f"<sitemapindex>{inner}</sitemapindex>".encode()))
    run(one, warehouse, "run", upto="discover")
    assert canary.asked == []
