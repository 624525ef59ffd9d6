"""A visit to a source's hosts: the polite client with robots.txt, both kept in the database where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg2.extensions import connection as Connection

from rasad.model import Source
from rasad.settings import Settings
from rasad.warehouse import ledger
from rasad.warehouse.ledger import HostGate
from rasad.web import robots, urls
from rasad.web.client import Client, FetchError, LocalGate, Response

HOLD = 30.0  # seconds nobody asks a host that said 429 without a time (notes on practice)


@dataclass(slots=True)
class Visitor:
    """Asks for pages of one source: robots.txt first, one request per host and delay."""

    client: Client
    gate: HostGate | None  # None: nothing is shared with other processes, robots.txt is kept for this visit
    source: Source
    deadline: float
    rules: dict[str, robots.Rules] = field(default_factory=dict)

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        """The answer to one address. Raises FetchError, robots and the deadline among its reasons."""
        try:
            return self.client.get(
                url,
                etag=etag,
                last_modified=last_modified,
                deadline=self.deadline,
                delay=self.rules_of(url).delay(self.source.delay),
                permitted=self.permitted,
            )
        except FetchError as error:
            if self.gate and (error.reason == "rate_limited" or error.retry_after is not None):
                self.gate.hold(urls.netloc(url), error.retry_after or HOLD)
            raise

    def permitted(self, url: str) -> bool:
        return self.rules_of(url).allowed(url)

    def rules_of(self, url: str) -> robots.Rules:
        """What the address's host asks of robots, asked once a visit. Raises FetchError where that cannot be had."""
        host = urls.netloc(url)
        if host not in self.rules:
            kept = ledger.robots(self.gate.link, host) if self.gate else None
            if kept is None:
                answer = self.client.get(
                    f"{url.split(':', 1)[0]}://{host}/robots.txt",
                    deadline=self.deadline,
                    delay=self.source.delay,
                    max_bytes=robots.MAX_BYTES,
                )
                if answer.status >= 500:  # RFC 9309, 2.3.1.4: nothing may be asked until it answers
                    raise FetchError(
                        "server_error",
                        f"{host}/robots.txt answered {answer.status}: nothing is fetched until it answers",
                    )
                kept = (answer.status, answer.body.decode("utf-8", "replace"))
                if self.gate:
                    ledger.keep_robots(self.gate.link, host, *kept)
            self.rules[host] = robots.Rules.parse(*kept)
        return self.rules[host]


@contextmanager
def visitor(settings: Settings, link: Connection, source: Source, deadline: float) -> Iterator[Visitor]:
    """A visitor for one source; `deadline` counts as time.monotonic() does."""
    gate = HostGate(link)
    with Client(settings.contact, settings.allow_hosts, gate) as client:
        yield Visitor(client, gate, source, deadline)


@contextmanager
def lone_visitor(settings: Settings, source: Source, deadline: float) -> Iterator[Visitor]:
    """A visitor without a database: polite by itself, unknown to other processes."""
    with Client(settings.contact, settings.allow_hosts, LocalGate()) as client:
        yield Visitor(client, None, source, deadline)
