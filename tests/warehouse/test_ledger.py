"""Claims, leases, polls and politeness: rows that several processes share."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from rasad.model import Batch, Feed, Link, Settled, Source
from rasad.settings import ROOT
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import FeedState, HostGate
from rasad.warehouse.load import RETRY, TRIES, load

pytestmark = pytest.mark.postgres

FEEDS = (Feed("https://a.example/rss", "rss"), Feed("https://a.example/sport", "rss"))
SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",), FEEDS)
NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)


def found(number, published=None, source="nahar"):
    return Link(f"https://a.example/{number}", source, FEEDS[0].url, published_at=published)


@pytest.fixture
def link(warehouse):
    with connect(warehouse, autocommit=True) as link:
        ledger.sync_sources(link, [SOURCE])
        yield link


def rows(link, sql, *values):
    with link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def urls(pages):
    return [page.url for page in pages]


# Sources and feeds


def test_sources_follow_their_files(link):
    moved = replace(SOURCE, name_ar="النهار الجديد", feeds=FEEDS[1:])
    ledger.polled(link, FEEDS[1].url, FeedState("e", None, None), 3, None)
    ledger.sync_sources(link, [moved])
    assert rows(link, "SELECT name_ar FROM news.source") == [("النهار الجديد",)]
    assert rows(link, "SELECT url, etag FROM news.feed") == [(FEEDS[1].url, "e")]  # what is known of it stays


def test_a_feed_may_go_over_to_another_source(link):
    for first, second in (("nahar", "balad"), ("balad", "nahar")):  # whichever comes first in the order of ids
        giver = replace(SOURCE, id=first, feeds=FEEDS[:1])
        taker = replace(SOURCE, id=second, feeds=FEEDS[1:])
        ledger.sync_sources(link, [giver, taker])
        ledger.sync_sources(link, [replace(giver, feeds=()), replace(taker, feeds=FEEDS)])
        assert rows(link, "SELECT DISTINCT source_id FROM news.feed") == [(second,)]


def test_a_source_is_due_by_its_feeds_or_by_its_pages(link):
    assert ledger.due_sources(link, ["nahar", "nobody"]) == ["nahar"]
    for feed in FEEDS:
        ledger.polled(link, feed.url, FeedState(None, None, None), 0, None)
    assert ledger.due_sources(link, ["nahar"]) == []
    assert ledger.due_feeds(link, SOURCE, everything=False) == ()
    assert ledger.due_feeds(link, SOURCE, everything=True) == FEEDS
    ledger.discovered(link, [found(1)])
    assert ledger.due_sources(link, ["nahar"]) == ["nahar"]
    ledger.claim_pages(link, "nahar", "run", 10)
    assert ledger.due_sources(link, ["nahar"]) == []


def test_a_source_none_of_whose_feeds_answers_is_not_seen_until_one_does(link):
    def poll(number, problem=None):
        ledger.polled(link, FEEDS[number].url, FeedState(None, None, None), None if problem else 1, problem)
        return rows(link, "SELECT source_id, until IS NULL FROM news.source_blind ORDER BY since")

    assert poll(0) == []
    assert poll(1, "timeout: no answer") == []  # the other one answered
    assert poll(0, "answered 503") == [("nahar", True)]
    assert poll(1, "answered 503") == [("nahar", True)]
    ledger.nest(link, "https://a.example/nested.xml", "nahar", FEEDS[0].url)
    rows(link, "UPDATE news.source_blind SET since = since - interval '3 hours'")
    assert rows(link, "SELECT * FROM news.dirty_day") == []
    assert poll(1) == [("nahar", False)]
    days = rows(
        link, "SELECT DISTINCT d::date FROM news.source_blind, generate_series(since::date, until::date, '1 day') d"
    )
    assert set(rows(link, "SELECT day FROM news.dirty_day")) == set(days)
    assert poll(1, "answered 503") == [("nahar", False), ("nahar", True)]


def test_each_failure_of_a_feed_doubles_the_time_to_the_next_poll_up_to_six_hours(link):
    waits = []
    for _ in range(9):
        ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), None, "timeout: no answer")
        ((seconds,),) = rows(
            link,
            "SELECT extract(epoch FROM next_poll_at - polled_at)::float8 FROM news.feed WHERE url = %s",
            FEEDS[0].url,
        )
        waits.append(round(seconds / 60))
    assert waits == [9, 18, 36, 72, 144, 288, 360, 360, 360]
    ledger.polled(link, FEEDS[0].url, FeedState("e", "m", "h"), 5, None)
    assert rows(
        link, "SELECT failures, problem, listed, next_poll_at < now() + interval '10 minutes' FROM news.feed "
        "WHERE url = %s", FEEDS[0].url,
    ) == [(0, None, 5, True)]  # fmt: skip
    assert ledger.feed_state(link, FEEDS[0].url) == FeedState("e", "m", "h")


def every(link, url=FEEDS[0].url):
    """Minutes from one poll to the next, and to the next one now."""
    ((pace, wait),) = rows(
        link,
        "SELECT extract(epoch FROM poll_every)::float8, extract(epoch FROM next_poll_at - polled_at)::float8 "
        "FROM news.feed WHERE url = %s",
        url,
    )
    return round(pace / 60, 1), round(wait / 60, 1)


def poll(link, listed, new, url=FEEDS[0].url):
    ledger.polled(link, url, FeedState(None, None, None), listed, None)
    ledger.paced(link, url, listed or 0, new)
    return every(link, url)[0]


def test_a_feed_is_asked_as_often_as_it_has_news(link):
    assert poll(link, 20, 20) == 5.0  # all new: something may have been lost
    assert [poll(link, None, 0) for _ in range(4)] == [6.2, 7.8, 9.8, 12.2]
    quiet = [poll(link, 20, 0) for _ in range(30)]
    assert quiet[-1] == 360.0
    assert [poll(link, 20, 1), poll(link, 20, 3), poll(link, 20, 10), poll(link, 20, 11)] == [180.0, 90.0, 45.0, 5.0]
    assert every(link) == (5.0, 5.0)


def test_the_pace_of_a_feed_that_could_not_be_read_stays(link):
    ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), 0, "an HTML page")
    ledger.paced(link, FEEDS[0].url, 0, 0)
    assert every(link) == (9.0, 9.0)


@pytest.mark.parametrize(("reason", "weight"), [("http_status", 1.0), ("timeout", 0.5), ("server_error", 0.25)])
def test_failures_weigh_by_kind_and_one_answer_forgives_them(link, reason, weight):
    for _ in range(3):
        ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), None, "it failed", reason=reason)
    assert rows(link, "SELECT failure_weight, failures FROM news.feed ORDER BY 2 DESC LIMIT 1") == [(3 * weight, 3)]
    assert every(link)[1] == round(9 * 2 ** (2 * weight), 1)
    ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), 4, None)
    assert rows(link, "SELECT max(failure_weight), max(failures) FROM news.feed") == [(0.0, 0)]


def test_a_dead_feed_is_asked_once_a_week_and_returns(link):
    waits = []
    for _ in range(32):
        ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), None, "404", reason="http_status")
        waits.append(every(link)[1])
    assert waits[28:] == [360.0, 7 * 24 * 60, 7 * 24 * 60, 7 * 24 * 60]
    ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), 4, None)
    assert every(link)[1] == 9.0


OTHER = "https://b.example/rss"


def in_run(link, run, *silent):
    """A run that asks all feeds of two sources, of which these give no answer."""
    other = replace(SOURCE, id="other", hosts=("b.example",), feeds=(replace(FEEDS[0], url=OTHER),))
    ledger.sync_sources(link, [SOURCE, other])
    for url in (*(feed.url for feed in FEEDS), OTHER):
        reason = "dns" if url in silent else None
        ledger.polled(link, url, FeedState(None, None, None), None, reason, reason=reason, run=run)


def test_when_no_host_answers_no_feed_is_blamed(link):
    in_run(link, "run", OTHER, *(feed.url for feed in FEEDS))
    for _ in range(2):  # asked again, it says the same
        assert len(ledger.judge(link, "run")) == 2
    assert rows(link, "SELECT sum(failure_weight), bool_and(next_poll_at <= clock_timestamp()) FROM news.feed") == [
        (0.0, True)
    ]


def test_when_others_answered_those_that_did_not_are_counted_once(link):
    in_run(link, "run", OTHER)
    assert rows(link, "SELECT sum(failure_weight) FROM news.feed") == [(0.0,)]
    for _ in range(2):
        assert ledger.judge(link, "run") == []
    assert rows(link, "SELECT url, failure_weight FROM news.feed WHERE failure_weight > 0") == [(OTHER, 0.5)]
    assert every(link, OTHER)[1] == 9.0
    assert ledger.judge(link, "a run of nothing") == []


def test_one_source_alone_is_no_network(link):
    ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), None, "tls: refused", reason="tls", run="run")
    assert ledger.judge(link, "run") == []
    assert rows(link, "SELECT max(failure_weight) FROM news.feed") == [(0.5,)]


def test_a_run_tried_again_asks_those_again_that_gave_it_no_answer(link):
    in_run(link, "run", FEEDS[0].url)
    assert ledger.due_feeds(link, SOURCE, everything=False, run="run") == FEEDS[:1]
    assert ledger.due_feeds(link, SOURCE, everything=False, run="another") == ()


def test_nested_sitemaps_make_no_source_due(link):
    for feed in FEEDS:
        ledger.polled(link, feed.url, FeedState(None, None, None), 0, None)
    ledger.nest(link, "https://a.example/sitemap-1.xml", "nahar", FEEDS[0].url)
    assert ledger.due_sources(link, ["nahar"]) == []


def test_an_unchanged_feed_keeps_how_much_it_listed(link):
    ledger.polled(link, FEEDS[0].url, FeedState("e", None, None), 5, None)
    ledger.polled(link, FEEDS[0].url, FeedState("e", None, None), None, None)
    assert rows(link, "SELECT listed FROM news.feed WHERE url = %s", FEEDS[0].url) == [(5,)]


def test_a_nested_sitemap_has_a_state_of_its_own_and_goes_with_the_feed_that_lists_it(link):
    inner = "https://a.example/sitemap-1.xml"
    for _ in range(2):
        ledger.nest(link, inner, "nahar", FEEDS[0].url)
    ledger.polled(link, inner, FeedState("e", None, None), 4, None)
    assert ledger.feed_state(link, inner) == FeedState("e", None, None)
    assert ledger.due_feeds(link, SOURCE, everything=True) == FEEDS  # asked through the one that lists it
    ledger.sync_sources(link, [SOURCE])
    assert ledger.feed_state(link, inner).etag == "e"
    ledger.sync_sources(link, [replace(SOURCE, feeds=FEEDS[1:])])
    assert rows(link, "SELECT url FROM news.feed") == [(FEEDS[1].url,)]


def test_feeds_that_waited_longest_are_asked_first(link):
    ledger.polled(link, FEEDS[0].url, FeedState(None, None, None), 0, None)
    assert ledger.due_feeds(link, SOURCE, everything=True) == (FEEDS[1], FEEDS[0])
    assert ledger.due_feeds(link, SOURCE, everything=False) == (FEEDS[1],)


def test_a_source_whose_file_is_gone_says_so_and_is_not_polled(link):
    ledger.retire_sources(link, ["another"])
    assert rows(link, "SELECT enabled, reason FROM news.source") == [(False, "its YAML is gone")]
    assert rows(link, "SELECT count(*) FROM news.feed") == [(0,)]
    ledger.sync_sources(link, [SOURCE])  # and back again
    assert rows(link, "SELECT enabled, reason FROM news.source") == [(True, None)]


def test_what_servers_send_is_stored_though_postgres_refuses_it(link):
    odd = 'a\0b\ud800"'
    ledger.polled(link, FEEDS[0].url, FeedState(odd, odd, None), None, f"bad_xml: {odd}")
    assert rows(link, "SELECT etag FROM news.feed WHERE url = %s", FEEDS[0].url) == [('a\ufffdb\ufffd"',)]
    ledger.keep_robots(link, "a.example", 200, odd)
    assert ledger.robots(link, "a.example") == (200, 'a\ufffdb\ufffd"')


# Pages


def test_addresses_are_entered_once(link):
    assert ledger.discovered(link, [found(1), found(2), found(1)]) == 2
    assert ledger.discovered(link, [found(1, NOW), found(3)]) == 1
    assert ledger.discovered(link, []) == 0
    assert rows(link, "SELECT count(*), count(published_hint) FROM news.page") == [(3, 0)]  # what stands stays


def test_many_discover_the_same_at_once(warehouse, link):
    def discover(n):
        with connect(warehouse, autocommit=True) as own:
            return ledger.discovered(own, [found(k) for k in (range(50) if n % 2 else reversed(range(50)))])

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(discover, range(4))) == 50


def test_the_newest_come_first_and_the_undated_last(link):
    ledger.discovered(link, [found(1), found(2, NOW - timedelta(days=1)), found(3, NOW), found(4, NOW - timedelta(60))])
    assert urls(ledger.claim_pages(link, "nahar", "run", 2)) == [found(3).url, found(2).url]
    assert urls(ledger.claim_pages(link, "nahar", "other", 10)) == [found(4).url, found(1).url]


def test_two_claimers_never_share_a_page(warehouse, link):
    ledger.discovered(link, [found(n) for n in range(200)])

    def claim(run):
        with connect(warehouse, autocommit=True) as own:
            return [url for _ in range(10) for url in urls(ledger.claim_pages(own, "nahar", f"run-{run}-{_}", 5))]

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(claim, range(4)))
    flat = [url for part in claimed for url in part]
    assert len(flat) == len(set(flat)) == 200


def test_the_same_run_takes_its_pages_up_at_once_and_another_after_the_lease(link):
    ledger.discovered(link, [found(1)])
    assert urls(ledger.claim_pages(link, "nahar", "run", 5)) == [found(1).url]
    assert ledger.claim_pages(link, "nahar", "other", 5) == []
    assert urls(ledger.claim_pages(link, "nahar", "run", 5)) == [found(1).url]
    assert rows(link, "SELECT attempts, claimed_by FROM news.page") == [(2, "run")]
    ((minutes,),) = rows(link, "SELECT extract(epoch FROM next_look_at - now())::float8 / 60 FROM news.page")
    assert 59 < minutes <= 60
    rows(link, "UPDATE news.page SET next_look_at = now()")  # the hour is over
    assert urls(ledger.claim_pages(link, "nahar", "other", 5)) == [found(1).url]
    assert ledger.claim_pages(link, "nahar", "run", 5) == []


def test_pages_of_other_sources_are_not_claimed(link):
    ledger.sync_sources(link, [replace(SOURCE, id="balad", feeds=())])
    ledger.discovered(link, [found(1, source="balad")])
    assert ledger.claim_pages(link, "nahar", "run", 5) == []


def test_pages_given_back_are_due_at_once_and_lost_no_attempt(link):
    ledger.discovered(link, [found(1), found(2)])
    ledger.claim_pages(link, "nahar", "run", 5)
    ledger.unclaim(link, [found(1).url])
    assert urls(ledger.claim_pages(link, "nahar", "other", 5)) == [found(1).url]
    assert rows(link, "SELECT url, attempts FROM news.page ORDER BY url") == [(found(1).url, 1), (found(2).url, 1)]


def settle(dsn, outcome, number, retry_after=None):
    at = (NOW + timedelta(minutes=number)).isoformat()
    settled = Settled(found(1).url, outcome, "so it was", None, at, retry_after)
    load(dsn, Batch(f"nahar/run/{number}", "run", "nahar", (), (settled,)), {"nahar": SOURCE}, {})


def test_each_failure_of_a_page_doubles_its_wait_until_there_are_too_many(warehouse, link):
    ledger.discovered(link, [found(1)])
    waits = []
    for number in range(1, TRIES + 1):
        rows(link, "UPDATE news.page SET next_look_at = now()")
        assert ledger.claim_pages(link, "nahar", f"run-{number}", 5)
        settle(warehouse, "timeout", number)
        ((seconds,),) = rows(link, "SELECT extract(epoch FROM next_look_at - settled_at)::float8 FROM news.page")
        waits.append(seconds and round(seconds / RETRY.total_seconds()))
    assert waits == [1, 2, 4, 8, 16, 32, 64, None]
    assert rows(link, "SELECT outcome, reason, claimed_by FROM news.page") == [("timeout", "so it was", None)]


def test_a_server_that_names_a_time_is_not_asked_before(warehouse, link):
    ledger.discovered(link, [found(1)])
    ledger.claim_pages(link, "nahar", "run", 5)
    settle(warehouse, "rate_limited", 1, retry_after=7200)
    assert rows(link, "SELECT next_look_at - settled_at >= interval '7200 s' FROM news.page") == [(True,)]


def test_a_definite_answer_ends_the_looks_and_the_count(warehouse, link):
    ledger.discovered(link, [found(1)])
    for number, outcome in enumerate(["timeout", "not_arabic"], 1):
        rows(link, "UPDATE news.page SET next_look_at = now()")
        ledger.claim_pages(link, "nahar", f"run-{number}", 5)
        settle(warehouse, outcome, number)
    assert rows(link, "SELECT outcome, attempts, next_look_at FROM news.page") == [("not_arabic", 0, None)]
    assert ledger.claim_pages(link, "nahar", "run-3", 5) == []


def test_pages_that_were_never_done_with_go_alone_and_are_given_up_at_last(link):
    """A page that kills whoever reads it takes its batch along, but not for ever."""
    ledger.discovered(link, [found(n) for n in range(4)])
    for number in range(3):  # three readers die
        rows(link, "UPDATE news.page SET next_look_at = now()")
        assert len(ledger.claim_pages(link, "nahar", f"run-{number}", 10)) == 4
    rows(link, "UPDATE news.page SET next_look_at = now()")
    ledger.discovered(link, [found(9)])
    assert urls(ledger.claim_pages(link, "nahar", "fresh", 10)) == [found(9).url]  # in no suspect's company
    alone = [urls(ledger.claim_pages(link, "nahar", f"alone-{n}", 10)) for n in range(5)]
    assert sorted(map(len, alone)) == [0, 1, 1, 1, 1]
    for number in range(4, TRIES):  # alone it was the fourth time
        rows(link, "UPDATE news.page SET next_look_at = now() WHERE url = %s", found(1).url)
        ledger.claim_pages(link, "nahar", f"again-{number}", 10)
    rows(link, "UPDATE news.page SET next_look_at = now() WHERE url = %s", found(1).url)
    assert ledger.claim_pages(link, "nahar", "last", 10) == []
    ((outcome, reason, again),) = rows(
        link, "SELECT outcome, reason, next_look_at FROM news.page WHERE url = %s", found(1).url
    )
    assert (outcome, again) == ("failed", None)
    assert f"taken up {TRIES} times" in reason


def test_what_was_fetched_is_noted_without_what_would_make_the_next_request_conditional(link):
    ledger.discovered(link, [found(1)])
    ledger.fetched(link, [(found(1).url, "nahar/run/pages-1.warc.gz", 70, NOW)])
    assert rows(link, "SELECT file, file_offset, fetched_at, etag, last_modified FROM news.page") == [
        ("nahar/run/pages-1.warc.gz", 70, NOW, None, None)
    ]


# Runs


def test_a_run_planned_again_drops_what_is_no_longer_due_and_was_not_done(link):
    ledger.sync_sources(link, [replace(SOURCE, id=name, feeds=()) for name in ("balad", "watan")])
    ledger.plan_run(link, "run", ["balad", "nahar", "watan"])
    ledger.finish_run(link, "run", "watan", {})
    ledger.plan_run(link, "run", ["nahar"])
    assert rows(link, "SELECT source_id, finished_at IS NULL FROM news.run_source ORDER BY 1") == [
        ("nahar", True), ("watan", False),
    ]  # fmt: skip
    ledger.plan_run(link, "empty", [])
    assert rows(link, "SELECT run_id FROM news.run ORDER BY 1") == [("empty",), ("run",)]


def test_a_run_planned_twice_is_planned_once_and_its_stages_add_up(link):
    ledger.plan_run(link, "run", ["nahar"])
    ledger.finish_run(link, "run", "nahar", {"discover": {"seconds": 1, "items": 2}})
    ledger.plan_run(link, "run", ["nahar"])
    ledger.finish_run(link, "run", "nahar", {"load": {"seconds": 3, "items": 4}})
    assert rows(link, "SELECT stage, seconds, items, finished_at IS NOT NULL FROM mart.runs ORDER BY stage") == [
        ("discover", 1, 2, True),
        ("load", 3, 4, True),
    ]


# Politeness


def test_a_hosts_turns_are_apart_whoever_asks(warehouse, link):
    """Two processes with three threads' worth of requests each: between any two grants lies the delay."""
    program = (
        "import sys, time\n"
        "from rasad.warehouse.connection import connect\n"
        "from rasad.warehouse.ledger import HostGate\n"
        "with connect(sys.argv[1], autocommit=True) as link:\n"
        "    for _ in range(4):\n"
        "        HostGate(link).wait('a.example', 0.2, None)\n"
        "        print(time.time(), flush=True)\n"
    )
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", program, warehouse], cwd=ROOT, env={"PYTHONPATH": "plugins"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    times = []
    for claimer in claimers:
        out, problem = claimer.communicate(timeout=60)
        assert claimer.returncode == 0, problem
        times += map(float, out.split())
    times.sort()
    assert len(times) == 8
    assert times[-1] - times[0] >= 7 * 0.2 - 0.1  # clocks are read after the grant, by a machine that may be busy
    assert rows(link, "SELECT count(*) FROM news.host") == [(1,)]


def test_hosts_do_not_wait_for_each_other(link):
    gate = HostGate(link)
    start = time.monotonic()
    for n in range(5):
        gate.wait(f"{n}.example", 60.0, start + 5)
    assert time.monotonic() - start < 5


def test_a_turn_past_the_deadline_is_refused_at_once_and_not_taken(link):
    gate = HostGate(link)
    gate.wait("a.example", 30.0, None)
    before = rows(link, "SELECT next_request_at FROM news.host")
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"a\.example may be asked again in (29|30) s"):
        gate.wait("a.example", 30.0, start + 5)
    assert time.monotonic() - start < 2
    assert rows(link, "SELECT next_request_at FROM news.host") == before


def test_a_host_on_hold_is_not_asked_and_a_shorter_hold_does_not_shorten_it(link):
    gate = HostGate(link)
    gate.hold("a.example", 100.0)
    gate.hold("a.example", 1.0)
    with pytest.raises(TimeoutError, match=r"in (99|100) s"):
        gate.wait("a.example", 0.1, time.monotonic() + 1)


@pytest.mark.parametrize("seconds", [1e9, 2.5e11])  # the longest that a header of nine digits or of a date can say
def test_a_hold_of_any_length_is_taken(link, seconds):
    HostGate(link).hold("a.example", seconds)
    with pytest.raises(TimeoutError):
        HostGate(link).wait("a.example", 0.1, time.monotonic() + 1)


def test_robots_are_kept_for_a_day(link):
    assert ledger.robots(link, "a.example") is None
    ledger.keep_robots(link, "a.example", 200, "User-agent: *\nDisallow: /x\n")
    assert ledger.robots(link, "a.example") == (200, "User-agent: *\nDisallow: /x\n")
    rows(link, "UPDATE news.host SET robots_fetched_at = now() - interval '23 hours 59 minutes'")
    assert ledger.robots(link, "a.example")
    rows(link, "UPDATE news.host SET robots_fetched_at = now() - interval '24 hours 1 minute'")
    assert ledger.robots(link, "a.example") is None
    ledger.keep_robots(link, "a.example", 404, "")
    assert ledger.robots(link, "a.example") == (404, "")


def test_keeping_robots_grants_no_turn(link):
    gate = HostGate(link)
    gate.hold("a.example", 100.0)
    ledger.keep_robots(link, "a.example", 200, "")
    with pytest.raises(TimeoutError):
        gate.wait("a.example", 0.1, time.monotonic() + 1)
