"""Discover: ask a source's feeds and sitemaps for addresses, and enter them into the ledger."""

from __future__ import annotations

import hashlib
import time

from psycopg2.extensions import connection as Connection

from rasad.model import Feed, Link, Source
from rasad.settings import Settings
from rasad.stages.landing import Work, took
from rasad.stages.plan import load_sources, named
from rasad.stages.visit import Visitor, visitor
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import FeedState
from rasad.web import feeds
from rasad.web.client import FetchError

BUDGET = 120.0  # seconds for all feeds of a source
NESTED = 20  # sitemaps followed out of one index: newest first, the rest at the next poll


class SourceFailed(RuntimeError):
    """Nothing of a source could be reached; the message says what was tried and what came back."""


def discover(settings: Settings, dsn: str, work: Work) -> Work:
    """Poll the source's due feeds; new addresses are due in the ledger.

    A feed that answers with something unreadable is noted with its reason and the stage goes on.
    Raises SourceFailed when every feed polled failed to answer.
    """
    start = time.monotonic()
    (source,) = named(load_sources(settings), [work["source"]])
    with connect(dsn, autocommit=True) as link:
        polled = ledger.due_feeds(link, source, work.get("everything", False))
        new = 0
        failures: list[str] = []
        with visitor(settings, link, source, deadline=start + BUDGET) as visit:
            for feed in polled:
                try:
                    new += _poll(link, visit, source, feed)
                except FetchError as error:
                    ledger.polled(link, feed.url, FeedState(None, None, None), None, f"{error.reason}: {error}")
                    failures.append(f"{feed.url}: {error}")
        if polled and len(failures) == len(polled):
            raise SourceFailed(f"{source.id}: none of its {len(polled)} feeds answered. {'; '.join(failures)[:600]}")
    return Work(**{**work, "stages": took(work, "discover", start, new)})


def _poll(link: Connection, visit: Visitor, source: Source, feed: Feed) -> int:
    """One feed with what it nests; returns how many addresses were new."""
    before = ledger.feed_state(link, feed.url)
    response = visit.get(feed.url, etag=before.etag, last_modified=before.last_modified)
    if response.not_modified:
        ledger.polled(link, feed.url, before, None, None)
        return 0
    state = FeedState(
        response.header("etag"), response.header("last-modified"), hashlib.sha256(response.body).hexdigest()
    )
    if response.status != 200:
        raise FetchError("http_status", f"the server answered {response.status}", status=response.status)
    if state.body_hash == before.body_hash:  # some servers send no 304
        ledger.polled(link, feed.url, state, None, None)
        return 0
    listing = feeds.read(response.body, response.header("content-type"), feed, source, response.fetched_at)
    links: list[Link] = list(listing.links)
    problem = listing.problem
    for url in listing.nested[:NESTED]:
        try:
            inner = visit.get(url)
            nested = feeds.read(inner.body, inner.header("content-type"), feed, source, inner.fetched_at)
            links += nested.links
            problem = problem or nested.problem
        except FetchError as error:
            problem = problem or f"{url}: {error}"
    new = ledger.discovered(link, links)
    # What could not be read wholly is read again at the next poll, not taken for unchanged.
    ledger.polled(link, feed.url, FeedState(None, None, None) if problem else state, len(links), problem)
    return new
