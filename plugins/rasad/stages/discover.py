"""Discover: ask a source's feeds and sitemaps for addresses, and enter them into the ledger."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from psycopg2.extensions import connection as Connection

from rasad import sources as registry
from rasad.model import Feed, Link, Page, Settled, Source
from rasad.pages import walls
from rasad.settings import Settings
from rasad.stages.landing import Work, took
from rasad.stages.plan import load_sources, named
from rasad.stages.visit import Visitor, visitor
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import FeedState
from rasad.web import feeds, urls
from rasad.web.client import FetchError, Response
from rasad.web.feeds import Listing

BUDGET = 120.0  # seconds for all feeds of a source
NESTED = 20  # sitemaps followed out of one index at a poll, the newest: the others hold what was announced long ago
DEEPEST = 2  # an index of indexes is followed, and no more
MOST = 2_000  # new addresses of one index at a poll: what is more waits for the next, so that news comes before it
OLD = timedelta(days=30)  # before the newest: what a sitemap dates further back is left to archives


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
            asker = Asker(link, visit, sources, source, work["run"], work.get("everything", False))
            for feed in due:
                try:
                    new += asker.poll(feed)
                except FetchError as error:
                    if error.reason == "deadline":  # ours: the feeds not reached wait longest at the next poll
                        break
                    asker.failed(feed.url, error)
                    failures.append(f"{urls.readable(feed.url)}: {error}")
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
    everything: bool = False  # also what is not due

    def poll(self, feed: Feed) -> int:
        """One feed, with those of the sitemaps in it whose time has come; returns how many addresses were new."""
        new, listed, listing = self._ask(feed, feed.url)
        waiting = [(url, 1) for url in self._due(listing)]
        asked = {feed.url}
        while waiting and new < MOST and len(asked) <= NESTED:
            url, depth = waiting.pop(0)
            if url in asked:
                continue
            asked.add(url)
            ledger.nest(self.link, url, self.source.id, feed.url)
            try:
                fresh, inner, listing = self._ask(feed, url)
            except FetchError as error:
                if error.reason == "deadline":
                    break
                self.failed(url, error)
                continue
            new, listed = new + fresh, listed + inner
            if not listing.nested:
                ledger.paced(self.link, url, inner, fresh)
            elif depth < DEEPEST:
                waiting[:0] = [(nested, depth + 1) for nested in self._due(listing)]
        ledger.paced(self.link, feed.url, listed, new)
        return new

    def _due(self, listing: Listing) -> list[str]:
        """The sitemaps of an index to ask now: each has a pace of its own, and a change that the index tells of comes
        first. Those not changed for long are left out, but for the newest: not every index keeps its dates."""
        resting = {} if self.everything else ledger.resting(self.link, listing.nested)
        since = max(filter(None, listing.changed), default=_NEVER) - OLD
        return [
            url
            for n, (url, changed) in enumerate(zip(listing.nested, listing.changed, strict=True))
            if (n == 0 or not changed or changed >= since)
            and (url not in resting or (changed and changed > resting[url]))
        ]

    def failed(self, url: str, error: FetchError) -> None:
        """Note that an address gave nothing usable."""
        nothing = FeedState(None, None, None)
        ledger.polled(self.link, url, nothing, None, f"{error.reason}: {error}", reason=error.reason, run=self.run)

    def _ask(self, feed: Feed, url: str) -> tuple[int, int, Listing]:
        """One address: how many of the articles that it lists were new, how many it lists (0: as before), and what
        else it lists."""
        before = ledger.feed_state(self.link, url)
        response = self.visit.get(url, etag=before.etag, last_modified=before.last_modified)
        if response.not_modified:
            ledger.polled(self.link, url, before, None, None, run=self.run)
            return 0, 0, Listing()
        if response.status != 200:
            raise FetchError("http_status", walls.refused(_page(response)).reason, status=response.status)
        state = FeedState(
            response.header("etag"), response.header("last-modified"), hashlib.sha256(response.body).hexdigest()
        )
        if state.body_hash == before.body_hash:  # some servers send no 304
            ledger.polled(self.link, url, state, None, None, run=self.run)
            return 0, 0, Listing()
        listing = feeds.read(response.body, response.header("content-type"), feed, self.source, response.fetched_at)
        if listing.problem and not listing.links and (wall := _wall(response)):
            listing = dataclasses.replace(listing, problem=f"{wall.outcome}: {wall.reason}")
        links = [
            self._claimed(found) for found in (_recent(listing.links) if feed.kind == "sitemap" else listing.links)
        ]
        # First the addresses, then the feed's state: killed between the two, the feed is read again.
        new = ledger.discovered(self.link, links)
        # Read anew at the next poll is what could not be read wholly, and an index: what it nests may have changed.
        again = listing.problem or listing.nested
        kept = FeedState(None, None, None) if again else state
        ledger.polled(self.link, url, kept, len(links), listing.problem, run=self.run)
        return new, len(links), listing

    def _claimed(self, found: Link) -> Link:
        """An address belongs to the source that claims its host, whoever announced it."""
        owner = registry.for_url(self.sources, found.url)
        return dataclasses.replace(found, source_id=owner.id) if owner else found


def _page(response: Response) -> Page:
    return Page(response.final_url, "", response.status, response.headers, response.body, response.fetched_at)


def _wall(response: Response) -> Settled | None:
    """What stands in a feed's place where that is a page which robots get."""
    text = response.body[:100_000].decode("utf-8", "replace")
    return walls.instead(_page(response), text, None, "") if "<html" in text[:4000].lower() else None


def _recent(links: tuple[Link, ...]) -> list[Link]:
    """Those within OLD of the newest: a feed lists what is new to it, a sitemap may list all there ever was."""
    dates = [found.published_at or found.changed_at for found in links]
    since = max(filter(None, dates), default=_NEVER) - OLD
    return [found for found, at in zip(links, dates, strict=True) if not at or at >= since]


_NEVER = datetime.fromtimestamp(0, timezone.utc)
