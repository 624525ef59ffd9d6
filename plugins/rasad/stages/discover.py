"""Discover: ask a source's feeds and sitemaps for addresses, and enter them into the ledger."""

from __future__ import annotations

import hashlib
import time

from psycopg2.extensions import connection as Connection

from rasad.model import Feed, Source
from rasad.settings import Settings
from rasad.stages.landing import Work, took
from rasad.stages.plan import load_sources, named
from rasad.stages.visit import Visitor, visitor
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import FeedState
from rasad.web import feeds
from rasad.web.client import FetchError
from rasad.web.feeds import Listing

BUDGET = 120.0  # seconds for all feeds of a source
NESTED = 20  # sitemaps followed out of one index, the newest: the others hold what was announced long ago


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
                    if error.reason == "deadline":  # ours: the feeds not reached are due first at the next poll
                        break
                    ledger.polled(link, feed.url, FeedState(None, None, None), None, f"{error.reason}: {error}")
                    failures.append(f"{feed.url}: {error}")
        if failures and len(failures) == len(polled):
            raise SourceFailed(f"{source.id}: none of its {len(polled)} feeds answered. {'; '.join(failures)[:600]}")
    return Work(**{**work, "stages": took(work, "discover", start, new)})


def _poll(link: Connection, visit: Visitor, source: Source, feed: Feed) -> int:
    """One feed with the sitemaps that it nests; returns how many addresses were new."""
    listing = _ask(link, visit, source, feed, feed.url)
    if listing is None:
        return 0
    links = list(listing.links)
    for url in listing.nested[:NESTED]:
        ledger.nest(link, url, source.id, feed.url)
        try:
            nested = _ask(link, visit, source, feed, url)
        except FetchError as error:
            if error.reason == "deadline":
                break
            ledger.polled(link, url, FeedState(None, None, None), None, f"{error.reason}: {error}")
            continue
        links += nested.links if nested else ()
    return ledger.discovered(link, links)


def _ask(link: Connection, visit: Visitor, source: Source, feed: Feed, url: str) -> Listing | None:
    """What one address lists; None where it is as it was. The ledger of feeds learns how it went."""
    before = ledger.feed_state(link, url)
    response = visit.get(url, etag=before.etag, last_modified=before.last_modified)
    if response.not_modified:
        ledger.polled(link, url, before, None, None)
        return None
    if response.status != 200:
        raise FetchError("http_status", f"the server answered {response.status}", status=response.status)
    state = FeedState(
        response.header("etag"), response.header("last-modified"), hashlib.sha256(response.body).hexdigest()
    )
    if state.body_hash == before.body_hash:  # some servers send no 304
        ledger.polled(link, url, state, None, None)
        return None
    listing = feeds.read(response.body, response.header("content-type"), feed, source, response.fetched_at)
    # Read again at the next poll is what could not be read wholly, and an index: what it nests may have changed.
    again = listing.problem or listing.nested
    ledger.polled(link, url, FeedState(None, None, None) if again else state, len(listing.links), listing.problem)
    return listing
