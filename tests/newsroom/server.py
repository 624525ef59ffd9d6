"""The newsroom's HTTP servers: one publisher to a port of 127.0.0.1, because politeness is per host and port."""

from __future__ import annotations

import gzip
import hashlib
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from tests.newsroom import render
from tests.newsroom.articles import EDITIONS, Article, articles
from tests.newsroom.publishers import PUBLISHERS, Feed, Publisher

HOST = "127.0.0.1"


class NewsroomError(RuntimeError):
    """The newsroom cannot open; the message is one line that names the way out."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a publisher saw it."""

    publisher: str
    method: str
    path: str  # with the query, percent-encoded as it came
    status: int
    time: float  # time.monotonic() when the answer was ready
    headers: dict[str, str]  # names in lower case


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address holds in one edition."""

    status: int
    body: bytes
    content_type: str
    modified_at: datetime | None = None  # None: no validators
    location: str | None = None
    fails_first: int | None = None  # the status of the very first answer


class Newsroom:
    """All publishers, open while the context lasts.

    base_port   the first publisher's port, the others follow; 0 takes free ports
    edition     1, or 2: an article corrected, a few more published
    sources_dir where the publishers' YAML files are written; by default a folder that ends with the context
    publishers  those that open
    """

    def __init__(
        self,
        base_port: int = 0,
        edition: int = 1,
        sources_dir: Path | str | None = None,
        publishers: tuple[Publisher, ...] = PUBLISHERS,
    ) -> None:
        self._publishers = publishers
        self._base_port = base_port
        self._wanted_dir = Path(sources_dir) if sources_dir else None
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._failed: set[tuple[str, str]] = set()
        self._stack = ExitStack()
        self.origins: dict[str, str] = {}  # publisher id → http://127.0.0.1:PORT
        self.set_edition(edition)

    def __enter__(self) -> Newsroom:
        try:
            for offset, publisher in enumerate(self._publishers):
                self._open(publisher, self._base_port and self._base_port + offset)
            folder = self._wanted_dir or Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
            folder.mkdir(parents=True, exist_ok=True)
            self.sources_dir = folder
            for publisher in self._publishers:
                _write_source(folder / f"{publisher.id}.yaml", publisher, self.origins[publisher.id])
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, in the order they were answered."""
        with self._lock:
            return tuple(self._requests)

    @property
    def edition(self) -> int:
        return self._edition

    def set_edition(self, edition: int) -> None:
        """Publish another edition: from the next request on, all pages and feeds are of it."""
        if edition not in EDITIONS:
            raise ValueError(f"no edition {edition}: there are {EDITIONS}")
        self._edition = edition

    def answers(self, publisher: Publisher) -> Mapping[str, Answer]:
        """What this publisher answers now, by path."""
        return site(publisher, self.edition, self.origins[publisher.id])

    def url(self, ref: str) -> str:
        """The final address of an article, `publisher/slug`, percent-encoded."""
        article = self._article(ref)
        return render.address(article, self.origins[article.publisher])

    def announced(self, ref: str) -> str:
        """The address by which the publisher's feed announces an article: it may redirect, or carry a campaign."""
        article = self._article(ref)
        return render.link(article, self.origins[article.publisher])

    def _article(self, ref: str) -> Article:
        return next(a for a in articles(max(EDITIONS)) if a.ref == ref)

    def _open(self, publisher: Publisher, port: int) -> None:
        handler = type("Handler", (_Handler,), {"room": self, "publisher": publisher})
        try:
            server = _Server((HOST, port), handler)
        except (OSError, OverflowError) as error:
            raise NewsroomError(
                f"newsroom: port {port} of {HOST} cannot be opened for {publisher.id} ({error}); "
                f"{len(self._publishers)} ports in a row are needed: give another --base-port, or 0 for free ones"
            ) from error
        self._stack.callback(server.server_close)
        self.origins[publisher.id] = f"http://{HOST}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(server.shutdown)

    def respond(self, connection: socket.socket, answer: bytes) -> bool:
        """Called with every answer before it is sent: whether something else was done instead."""
        return False

    def _log(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    def _first_time(self, publisher: str, path: str) -> bool:
        with self._lock:
            first = (publisher, path) not in self._failed
            self._failed.add((publisher, path))
        return first


@lru_cache(maxsize=64)
def site(publisher: Publisher, edition: int, origin: str) -> dict[str, Answer]:
    """Everything that a publisher answers in an edition, by path (with `?id=` where its addresses have one)."""
    return drawn(publisher, [a for a in articles(edition) if a.publisher == publisher.id], origin)


def drawn(publisher: Publisher, own: list[Article], origin: str) -> dict[str, Answer]:
    """The same for these articles of a publisher, the newest first; there is at least one."""
    newest = max(a.modified_at for a in own)
    answers: dict[str, Answer] = {}
    if publisher.robots is not None:
        text = publisher.robots.replace("{origin}", origin)
        answers["/robots.txt"] = Answer(200, text.encode(), "text/plain; charset=utf-8")
    home = render.home(publisher, own, origin)
    answers["/"] = Answer(200, _encode(home, publisher.charset), publisher.content_type, newest)
    for feed in publisher.feeds:
        listed = list(_listed(feed, own))
        text = render.feed(publisher, feed, listed, newest, origin)
        answers[feed.path] = Answer(200, text.encode(feed.charset), feed.content_type, newest)
    for article in own:
        path = publisher.path(article)
        page = render.page(publisher, article, own, origin) if article.status == 200 else render.missing(publisher)
        answers[path] = Answer(
            article.status,
            _encode(page, publisher.charset),
            publisher.content_type,
            article.modified_at if article.status == 200 else None,
            fails_first=article.first_status,
        )
        if article.redirect_from:
            answers[article.redirect_from] = Answer(301, b"", publisher.content_type, location=render.encoded(path))
    return answers


def _listed(feed: Feed, own: list[Article]) -> Iterator[Article]:
    """The articles that a feed announces, newest first."""
    for i, article in enumerate(own):
        if feed.section in (None, article.section) and (feed.part is None or i % feed.part[1] == feed.part[0]):
            yield article


def _encode(html: str, charset: str) -> bytes:
    return html.encode(charset, "xmlcharrefreplace")


def _write_source(path: Path, publisher: Publisher, origin: str) -> None:
    row = {
        "name_ar": publisher.name_ar,
        "name_en": publisher.name_en,
        "country": publisher.country,
        "timezone": publisher.timezone,
        "homepage": origin + "/",
        "hosts": [origin.removeprefix("http://")],
        "feeds": [
            {"url": origin + feed.path, "kind": feed.kind} | ({"section": feed.section} if feed.section else {})
            for feed in publisher.feeds
            if feed.listed
        ],
        "months": publisher.months,
        "rights": publisher.rights,
        "delay": 0.1,
    }
    path.write_text(yaml.safe_dump(row, allow_unicode=True, sort_keys=False), encoding="utf-8")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not hold the newsroom open


class _Handler(BaseHTTPRequestHandler):
    room: Newsroom
    publisher: Publisher
    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""
    timeout = 10  # seconds that an idle connection is kept

    def do_GET(self) -> None:
        self._answer(self._find())

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept in the newsroom's log, not printed."""

    def _find(self) -> Answer:
        answers = self.room.answers(self.publisher)
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        number = parse_qs(parts.query).get("id")
        answer = answers.get(f"{path}?id={number[0]}" if number else path)
        if answer is None:
            html = render.missing(self.publisher)
            return Answer(404, _encode(html, self.publisher.charset), self.publisher.content_type)
        if answer.fails_first and self.room._first_time(self.publisher.id, path):
            return Answer(answer.fails_first, b"<h1>Internal Server Error</h1>", "text/html; charset=utf-8")
        return answer

    def _answer(self, answer: Answer) -> None:
        status, body = answer.status, answer.body
        headers = {"Content-Type": answer.content_type}
        if answer.location:
            headers["Location"] = answer.location
        if answer.modified_at and status == HTTPStatus.OK:
            etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
            modified = answer.modified_at.astimezone(timezone.utc)
            if "etag" in self.publisher.validators:
                headers["ETag"] = etag
            if "last_modified" in self.publisher.validators:
                headers["Last-Modified"] = format_datetime(modified, usegmt=True)
            if self._unchanged(etag, modified):
                status, body = HTTPStatus.NOT_MODIFIED, b""
        if self.publisher.gzip and body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.room._log(
            Request(
                self.publisher.id,
                self.command,
                self.path,
                int(status),
                time.monotonic(),
                {name.lower(): value for name, value in self.headers.items()},
            )
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        head = b"".join(self._headers_buffer) + b"\r\n"
        whole = head if self.command == "HEAD" else head + body
        if self.room.respond(self.connection, whole):
            self.close_connection = True
        else:
            self.wfile.write(whole)
        self._headers_buffer = []

    def _unchanged(self, etag: str, modified: datetime) -> bool:
        """Whether the client has this body; an If-None-Match makes If-Modified-Since void (RFC 9110, 13.1.3)."""
        if "etag" in self.publisher.validators and "If-None-Match" in self.headers:
            known = {tag.strip().removeprefix("W/") for tag in self.headers["If-None-Match"].split(",")}
            return etag in known or "*" in known
        since = self.headers.get("If-Modified-Since")
        if since is None or "last_modified" not in self.publisher.validators:
            return False
        try:
            return modified <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False
