"""A visit to a source's hosts: the polite client with robots.txt, both kept in the database where there is one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone

from psycopg2.extensions import connection as Connection

from rasad.model import Source
from rasad.settings import Settings
from rasad.warehouse import ledger
from rasad.warehouse.connection import clock
from rasad.warehouse.ledger import HostGate
from rasad.web import robots, urls
from rasad.web.client import Client, FetchError, Gate, LocalGate, Response


def _own_clock() -> datetime:
    return datetime.now(timezone.utc)


def unmeasured(seconds: float) -> None:
    """Where nobody wants to know how long an answer took."""


@dataclass(slots=True)
class Visitor:
    """Asks for pages of one source: robots.txt first, one request per host and delay."""

    client: Client
    gate: Gate
    source: Source
    deadline: float
    link: Connection | None = None  # where robots.txt is kept for all; None: for this visit alone
    rules: dict[str, robots.Rules] = field(default_factory=dict)
    failed: dict[str, FetchError] = field(default_factory=dict)  # hosts whose robots.txt could not be had
    now: Callable[[], datetime] = _own_clock  # by which it says when it was answered
    answered: Callable[[float], None] = unmeasured  # is told of each answer how many seconds it took

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        """The answer to one address. Raises FetchError, robots and the deadline among its reasons."""
        answer = self.client.get(
            url,
            etag=etag,
            last_modified=last_modified,
            deadline=self.deadline,
            delay=lambda target: self.rules_of(target).delay(self.source.delay),
            permitted=lambda target: self.rules_of(target).allowed(target),
        )
        self.answered(answer.seconds)
        return dataclasses.replace(answer, fetched_at=self.now())

    def rules_of(self, url: str) -> robots.Rules:
        """What the address's host asks of robots, asked once a visit. Raises FetchError where that cannot be had:
        nothing of the host may be asked for then (RFC 9309, 2.3.1.4)."""
        host = urls.netloc(url)
        if error := self.failed.get(host):
            raise FetchError(error.reason, str(error), error.retry_after, error.status)
        if host not in self.rules:
            kept = ledger.robots(self.link, host) if self.link else None
            self.rules[host] = robots.Rules.parse(*(kept or self._robots(url, host)))
        return self.rules[host]

    def _robots(self, url: str, host: str) -> tuple[int, str]:
        """Status and text of a host's robots.txt, asked for now."""
        try:
            answer = self.client.get(
                f"{url.split(':', 1)[0]}://{host}/robots.txt",
                deadline=self.deadline,
                delay=self.source.delay,
                max_bytes=robots.MAX_BYTES,
            )
        except FetchError as error:
            if error.reason == "deadline":
                raise
            told = f"robots.txt of {host} could not be had, so nothing is asked of it: {error}"
            self.failed[host] = FetchError(error.reason, told, error.retry_after, error.status)
            raise self.failed[host] from None
        found = (answer.status, answer.body.decode("utf-8", "replace")[: robots.READ])
        if self.link:
            ledger.keep_robots(self.link, host, *found)
        self.gate.hold(host, robots.Rules.parse(*found).delay(self.source.delay))  # its Crawl-delay counts from here
        return found


@contextmanager
def visitor(
    settings: Settings,
    link: Connection,
    source: Source,
    deadline: float,
    answered: Callable[[float], None] = unmeasured,
) -> Iterator[Visitor]:
    """A visitor for one source; `deadline` counts as time.monotonic() does."""
    gate = HostGate(link)
    with Client(settings.contact, settings.allow_hosts, gate) as client:
        yield Visitor(client, gate, source, deadline, link, now=clock(link), answered=answered)


@contextmanager
def lone_visitor(settings: Settings, source: Source, deadline: float) -> Iterator[Visitor]:
    """A visitor without a database: polite by itself, unknown to other processes."""
    gate = LocalGate()
    with Client(settings.contact, settings.allow_hosts, gate) as client:
        yield Visitor(client, gate, source, deadline)
