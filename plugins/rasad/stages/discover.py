"""Discover: ask a source's feeds and sitemaps for addresses, and enter them into the ledger."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from rasad import sources as registry
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
NESTED = 20  # sitemaps followed out of one index, the newest: the others hold what was announced long ago


class SourceFailed(RuntimeError):
    """Nothing of a source could be reached; the message says what was tried and what came back."""


def discover(settings: Settings, dsn: str, work: Work) -> Work:
    """Poll the source's due feeds, those that waited longest first; new addresses are due in the ledger.

    A feed that answers with something unreadable is noted with its reason and the stage goes on.
    Raises SourceFailed when every feed polled failed to answer.
    """
    start = time.monotonic()
    sources = load_sources(settings)
    (source,) = named(sources, [work["source"]])
    new = 0
    failures: list[str] = []
    with connect(dsn, autocommit=True) as link:
        due = ledger.due_feeds(link, source, work.get("everything", False), work["run"])
        with visitor(settings, link, source, deadline=start + BUDGET) as visit:
            asker = Asker(link, visit, sources, source, work["run"])
            for feed in due:
                try:
                    new += asker.poll(feed)
                except FetchError as error:
                    if error.reason == "deadline":  # ours: the feeds not reached wait longest at the next poll
                        break
                    asker.failed(feed.url, error)
                    failures.append(f"{feed.url}: {error}")
    if failures and len(failures) == len(due):
        raise SourceFailed(f"{source.id}: none of its {len(due)} feeds answered. {'; '.join(failures)[:600]}")
    return Work(**{**work, "stages": took(work, "discover", start, new)})


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks feeds and enters what they list."""

    link: Connection
    visit: Visitor
    sources: dict[str, Source]
    source: Source
    run: str

    def poll(self, feed: Feed) -> int:
        """One feed with the sitemaps that it nests; returns how many addresses were new."""
        new, listed, nested = self._ask(feed, feed.url)
        for url in nested[:NESTED]:
            ledger.nest(self.link, url, self.source.id, feed.url)
            try:
                inner = self._ask(feed, url)
                new, listed = new + inner[0], listed + inner[1]
            except FetchError as error:
                if error.reason == "deadline":
                    break
                self.failed(url, error)
        ledger.paced(self.link, feed.url, listed, new)
        return new

    def failed(self, url: str, error: FetchError) -> None:
        """Note that an address gave nothing usable."""
        nothing = FeedState(None, None, None)
        ledger.polled(self.link, url, nothing, None, f"{error.reason}: {error}", reason=error.reason, run=self.run)

    def _ask(self, feed: Feed, url: str) -> tuple[int, int, tuple[str, ...]]:
        """One address: how many of the articles that it lists were new, how many it lists (0: as before), and the
        sitemaps that it lists."""
        before = ledger.feed_state(self.link, url)
        response = self.visit.get(url, etag=before.etag, last_modified=before.last_modified)
        if response.not_modified:
            ledger.polled(self.link, url, before, None, None, run=self.run)
            return 0, 0, ()
        if response.status != 200:
            raise FetchError("http_status", f"the server answered {response.status}", status=response.status)
        state = FeedState(
            response.header("etag"), response.header("last-modified"), hashlib.sha256(response.body).hexdigest()
        )
        if state.body_hash == before.body_hash:  # some servers send no 304
            ledger.polled(self.link, url, state, None, None, run=self.run)
            return 0, 0, ()
        listing = feeds.read(response.body, response.header("content-type"), feed, self.source, response.fetched_at)
        # First the addresses, then the feed's state: killed between the two, the feed is read again.
        new = ledger.discovered(self.link, [self._claimed(found) for found in listing.links])
        # Read anew at the next poll is what could not be read wholly, and an index: what it nests may have changed.
        again = listing.problem or listing.nested
        kept = FeedState(None, None, None) if again else state
        ledger.polled(self.link, url, kept, len(listing.links), listing.problem, run=self.run)
        return new, len(listing.links), listing.nested

    def _claimed(self, found: Link) -> Link:
        """An address belongs to the source that claims its host, whoever announced it."""
        owner = registry.for_url(self.sources, found.url)
        return dataclasses.replace(found, source_id=owner.id) if owner else found
