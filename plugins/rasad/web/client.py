"""Ask one address over HTTP, politely and within bounds.

Politely: each request waits its turn at the gate, redirects, retries and robots.txt included; conditional requests;
Retry-After obeyed, by everybody who shares the gate. Within bounds: bytes before and after decompression, redirects,
retries, time (also against a server that sends a byte now and then), and only machines of the public internet
(`addresses`).
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import IO, Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from rasad import __version__
from rasad.web import addresses, compression, urls

MAX_BYTES = 10_000_000  # of a page: news pages are under 1 MB, live blogs a few
MAX_REDIRECTS = 5
RETRIED = frozenset({500, 502, 503, 504})
SLOW_DOWN = 30.0  # seconds nobody asks a host that said 429 without a time (practice of feed readers)

_SESSIONS = 64  # hosts whose connections are kept open at once
_CHUNK = 65_536


class FetchError(Exception):
    """Nothing usable came back.

    `reason` is a word for the ledger: bad_url, private_address, blocked_by_robots, dns, connection, tls, timeout,
    deadline (our own time was up: not the server's fault), too_large, bad_encoding, too_many_redirects,
    rate_limited, server_error. The message is a line for a person. `retry_after` is in seconds, where the server
    asked for it; `status` is the HTTP status, where there was one, and `answer` what came with it.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        retry_after: float | None = None,
        status: int | None = None,
        answer: Response | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.retry_after = retry_after
        self.status = status
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered: any status but 429 and those of a failing server, which are FetchErrors."""

    url: str  # the address that was asked for
    final_url: str  # the one that answered, after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case, in the order sent
    body: bytes  # content decoding already undone
    fetched_at: datetime  # aware, UTC; when the answer began
    not_modified: bool = False  # 304: what the caller has is still right, and there is no body
    seconds: float = 0.0  # from the request to the last byte, its turn at the gate not counted

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


class Gate(Protocol):
    """Lets one request at a time through to a host."""

    def wait(self, host: str, delay: float, deadline: float | None) -> None:
        """Return when `host` (as `urls.netloc` writes it) may be asked, `delay` seconds after the last request.

        Raises TimeoutError at once when that is later than `deadline` (of time.monotonic).
        """

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody through to `host` for so long from now, whoever waits already; a longer hold stands."""


class LocalGate:
    """A gate for one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, host: str, delay: float, deadline: float | None) -> None:
        while True:
            with self._lock:
                now = time.monotonic()
                turn = self._next.get(host, now)
                if turn <= now:
                    self._next[host] = now + delay
                    return
            if deadline is not None and turn > deadline:
                raise TimeoutError(f"{host} may be asked again in {turn - now:.0f} s, and there is not that much time")
            time.sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        with self._lock:
            until = time.monotonic() + seconds
            self._next[host] = max(until, self._next.get(host, until))


class Client:
    """Fetches pages, keeping connections open by host. Safe to use from several threads, one host each.

    `contact` goes into the User-Agent; `allow` names the `host:port` that may be private (the sample newsroom);
    `timeouts` are seconds to connect and between two reads, `total` for one request from turn to last byte;
    `retries` come after connection failures and statuses of `RETRIED`, with `backoff` seconds that double;
    `patience` is the longest Retry-After that is sat out here rather than handed to the caller.
    """

    def __init__(
        self,
        contact: str | None,
        allow: frozenset[str],
        gate: Gate,
        *,
        timeouts: tuple[float, float] = (10.0, 20.0),
        total: float = 60.0,
        retries: int = 2,
        backoff: float = 1.0,
        patience: float = 30.0,
    ) -> None:
        agent = f"Rasad/{__version__}" + (f" (+{contact})" if contact else "")
        if not agent.isascii() or not agent.isprintable():
            raise ValueError(f"the contact {contact!r} cannot stand in a User-Agent: write an address in ASCII letters")
        self._allow = allow
        self._gate = gate
        self._timeouts = timeouts
        self._total = total
        self._retries = retries
        self._backoff = backoff
        self._patience = patience
        self._headers = {
            "User-Agent": agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "ar,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._lock = threading.Lock()
        self._sessions: dict[str, requests.Session] = {}

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        deadline: float | None = None,
        max_bytes: int = MAX_BYTES,
        delay: float | Callable[[str], float] = 5.0,
        permitted: Callable[[str], bool] | None = None,
    ) -> Response:
        """Fetch one address, following redirects.

        `etag` and `last_modified` are what the server said last time; `deadline` is a time of time.monotonic;
        `delay` the seconds between requests to a host, or what gives them for an address (a redirect may lead to
        another host); `permitted` says whether robots.txt allows an address, and is asked before each hop. Raises
        FetchError, and nothing else for whatever the other side does.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {k: v for k, v in conditions.items() if v and v.isprintable() and v.isascii()}
        target = url
        for _ in range(MAX_REDIRECTS + 1):
            self._check(target)
            if permitted and not permitted(target):
                raise FetchError("blocked_by_robots", f"robots.txt does not allow {urls.readable(target)}")
            pause = delay(target) if callable(delay) else delay
            response = self._ask(url, target, headers, deadline, max_bytes, pause)
            location = response.header("location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return response
            target = _target(target, location)
        last = urls.readable(target)
        raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects, the last to {last}")

    def download(self, url: str, out: IO[bytes], *, max_bytes: int) -> Response:
        """Write what is at an address into a file, whole and as sent (a content encoding is not undone), in constant
        memory. The Response has no body. Raises FetchError as `get` does, and for any status but 200 (`http_status`).
        """
        target = url
        for _ in range(MAX_REDIRECTS + 1):
            self._check(target)
            response = self._ask(url, target, {}, None, max_bytes, 0.0, out)
            location = response.header("location")
            if response.status in (301, 302, 303, 307, 308) and location:
                target = _target(target, location)
                continue
            if response.status != 200:
                said = f"{urls.readable(target)} answered {response.status}"
                raise FetchError("http_status", said, status=response.status)
            return response
        raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects from {urls.readable(url)}")

    def _check(self, target: str) -> None:
        """Refuse what is no web address, or not one of the public internet, before anybody is asked about it."""
        try:
            addresses.check(*_endpoint(target), self._allow)
        except addresses.AddressRefused as error:
            raise FetchError("private_address", str(error)) from None
        except ValueError as error:
            raise FetchError("bad_url", str(error)) from None

    def _ask(
        self,
        url: str,
        target: str,
        headers: Mapping[str, str],
        deadline: float | None,
        max_bytes: int,
        delay: float,
        out: IO[bytes] | None = None,
    ) -> Response:
        """One address, with retries where they help."""
        host = urls.netloc(target)
        failed = 0
        while True:
            try:
                response = self._once(url, target, headers, deadline, max_bytes, delay, out)
                if response.status != 429 and response.status < 500:
                    return response
                limited, asked = response.status == 429, _retry_after(response)
                if limited or asked is not None:  # at once: others may be waiting for their turn
                    self._gate.hold(host, SLOW_DOWN if asked is None else asked)
                raise FetchError(
                    "rate_limited" if limited else "server_error",
                    f"{host} answered {response.status}",
                    asked,
                    response.status,
                    response,
                )
            except FetchError as error:
                failed += 1
                wait = self._backoff * 2 ** (failed - 1) if error.retry_after is None else error.retry_after
                helps = error.reason == "connection" or error.status in RETRIED
                if not helps or failed > self._retries or wait > self._patience:
                    raise
                if deadline is not None and time.monotonic() + wait > deadline:
                    raise
            time.sleep(wait)

    def _once(
        self,
        url: str,
        target: str,
        headers: Mapping[str, str],
        deadline: float | None,
        max_bytes: int,
        delay: float,
        out: IO[bytes] | None,
    ) -> Response:
        """One request, one answer."""
        host = urls.netloc(target)
        session = self._session(host)
        try:
            self._gate.wait(host, delay, deadline)
        except TimeoutError as error:
            raise FetchError("deadline", str(error) or f"no turn for {host} before the time was up") from None
        start = time.monotonic()
        end = start + self._total if deadline is None else min(deadline, start + self._total)
        ours = deadline is not None and end == deadline
        if end <= start:
            raise FetchError("deadline", f"no time left to ask {host}")
        session.cookies.clear()
        try:
            with (
                _cut_at(end),
                session.get(
                    target, headers=headers, timeout=self._timeouts, stream=True, allow_redirects=False
                ) as answer,
            ):
                fetched_at = datetime.now(timezone.utc)
                names = tuple((name.lower(), value) for name, value in answer.raw.headers.items())
                raw = _read(answer.raw, max_bytes) if out is None else _write(answer.raw, max_bytes, out)
                took = time.monotonic() - start
                if start + took >= end:  # what was cut off may look like an answer that has ended
                    raise TimeoutError
            encoding = answer.headers.get("content-encoding", "") if out is None else ""
            body = compression.decoded(raw, encoding, max_bytes)
        except addresses.AddressRefused as error:
            raise FetchError("private_address", str(error)) from None
        except compression.TooLarge as error:
            raise FetchError("too_large", f"{urls.readable(target)}: {error}") from None
        except compression.BadEncoding as error:
            raise FetchError("bad_encoding", f"{urls.readable(target)}: {error}") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            if time.monotonic() >= end:
                reason = "deadline" if ours else "timeout"
                raise FetchError(reason, f"{host} was not done after {time.monotonic() - start:.0f} s") from None
            raise _failure(host, error) from None
        except ValueError as error:  # what requests, idna and http.client refuse to send or to read
            raise FetchError("bad_url", f"{urls.readable(target)}: {error}") from None
        finally:
            # The turn was taken before the name was looked up and the connection made: a host that was slow at that
            # would see the next request too soon. So the delay counts from when it was last busy with this one.
            self._gate.hold(host, delay)
        return Response(url, target, answer.status_code, names, body, fetched_at, answer.status_code == 304, took)

    def _session(self, host: str) -> requests.Session:
        with self._lock:
            if session := self._sessions.pop(host, None):
                self._sessions[host] = session  # to the end: the first in the row is the one unused longest
                return session
            while len(self._sessions) >= _SESSIONS:
                self._sessions.pop(next(iter(self._sessions))).close()
            session = _Session()
            session.headers.clear()
            session.headers.update(self._headers)
            session.auth = _no_auth
            # Proxies and certificates are the environment's, but for the newsroom.
            session.trust_env = host not in self._allow
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter(self._allow))
            self._sessions[host] = session
            return session


class _Session(requests.Session):
    """A session that leaves redirects alone: requests would read the whole body of one before it hands it out, past
    all bounds, even when told not to follow."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


# How the connection is made.
#
# requests gives its adapter the pools, urllib3's pool makes the connections: there the socket is opened on an address
# that was judged, and there a handle on it is kept by which the watch below can end whatever goes on over it.


class _Watch:
    """Ends the connections of one request when its time is up, whatever they wait for: no time-out between two reads
    does that against a server that sends a byte now and then, in TLS handshake, headers, chunk sizes or body."""

    def __init__(self, end: float) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._over = False
        self._end = end
        self._timer = threading.Timer(max(end - time.monotonic(), 0), self._cut)
        self._timer.daemon = True

    def remaining(self, timeout: float | None) -> float:
        left = max(self._end - time.monotonic(), 0.001)
        return left if timeout is None else min(left, timeout)

    def hold(self, handle: socket.socket) -> None:
        """Take a handle of our own: a connection that is closed after the headers is still read from."""
        with self._lock:
            self._held.append(handle.dup())
            if self._over:
                _shut(handle)

    def _cut(self) -> None:
        with self._lock:
            self._over = True
            for handle in self._held:
                _shut(handle)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for handle in self._held:
                handle.close()
            self._held.clear()


_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)


@contextlib.contextmanager
def _cut_at(end: float) -> Iterator[None]:
    watch = _Watch(end)
    token = _watch.set(watch)
    try:
        with watch:
            yield
    finally:
        _watch.reset(token)


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    """A connection to a judged address, which the watch of the running request holds a handle on."""

    def __init__(self, *args: Any, allow: frozenset[str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._allow = allow  # None: a proxy of the operator's, on whatever address
        self._handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        watch = _watch.get()
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        timeout = watch.remaining(timeout) if watch else timeout
        try:
            if self._allow is None:
                made = socket.create_connection((self._dns_host, self.port), timeout)
            else:
                made = addresses.connect(self._dns_host, self.port, timeout, self._allow, self.socket_options or ())
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"no connection to {self.host} within {timeout} s") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self.host}: {error}") from error
        self._release()
        self._handle = made.dup()  # stays good when TLS takes the socket over
        if watch:
            watch.hold(self._handle)
        return made

    def request(self, *args: Any, **options: Any) -> None:
        if self._handle and (watch := _watch.get()):
            watch.hold(self._handle)
        super().request(*args, **options)

    def close(self) -> None:
        self._release()
        super().close()

    def _release(self) -> None:
        if self._handle:
            self._handle.close()
            self._handle = None


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class _Adapter(HTTPAdapter):
    """An adapter whose connections are watched and, but for those to a proxy, judged."""

    def __init__(self, allow: frozenset[str]) -> None:
        self._allow = allow
        super().__init__(pool_connections=1, pool_maxsize=4)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_Pool, allow=self._allow),
            "https": partial(_PoolTLS, allow=self._allow),
        }

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}
        return manager


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from looking up a password for the host in the operator's .netrc."""
    return request


def _read(raw: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    """The body as sent, still compressed."""
    return b"".join(_parts(raw, limit))


def _write(raw: urllib3.BaseHTTPResponse, limit: int, out: IO[bytes]) -> bytes:
    """The same into a file, from its beginning: what an earlier try left there is no part of it. Nothing is given."""
    out.seek(0)
    out.truncate()
    for part in _parts(raw, limit):
        out.write(part)
    out.flush()
    return b""


def _parts(raw: urllib3.BaseHTTPResponse, limit: int) -> Iterator[bytes]:
    announced = raw.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit:
        raise compression.TooLarge(f"{int(announced):,} bytes are announced and {limit:,} allowed")
    size = 0
    while part := raw.read1(_CHUNK, decode_content=False):
        size += len(part)
        if size > limit:
            raise compression.TooLarge(f"more than {limit:,} bytes")
        yield part


def _endpoint(url: str) -> tuple[str, int]:
    """Host and port as `urls` and requests read them, which is not how urlsplit does where a backslash ends the host.

    Raises ValueError for what is no web address."""
    parts = urlsplit("//" + urls.netloc(url))
    return parts.hostname or "", parts.port or (443 if url.strip()[:6].lower() == "https:" else 80)


def _target(base: str, location: str) -> str:
    with contextlib.suppress(UnicodeError):  # headers come as Latin-1; Arabic sites put raw UTF-8 into them
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(base, location.strip())
    except ValueError:
        raise FetchError("bad_url", f"a redirect to what is no web address: {location[:80]!r}") from None


LONGEST_HOLD = 86_400.0  # seconds: a server that asks for years is asked again the next day


def _retry_after(response: Response) -> float | None:
    """Seconds, from a number or a date; at most a day."""
    value = (response.header("retry-after") or "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:9]), LONGEST_HOLD)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return min(max((when - response.fetched_at).total_seconds(), 0.0), LONGEST_HOLD)


def _failure(host: str, error: BaseException) -> FetchError:
    """The ledger's word for what requests, urllib3 or the system raised, found in the chain of causes."""
    chain = list(_causes(error))
    for kind, reason, message in _FAILURES:
        if any(isinstance(cause, kind) for cause in chain):
            return FetchError(reason, message.format(host=host))
    detail = next((str(c) for c in reversed(chain) if str(c)), type(error).__name__)
    shown = "".join(c if c.isprintable() else " " for c in detail)  # it may quote what the server sent
    return FetchError("connection", f"the connection to {host} failed: {' '.join(shown.split())[:200]}")


_FAILURES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str], ...] = (
    ((socket.gaierror, NameResolutionError), "dns", "no address is known for {host}"),
    (
        (ssl.SSLError, requests.exceptions.SSLError),
        "tls",
        "{host} did not prove who it is, or speaks no TLS that we do",
    ),
    (
        (TimeoutError, requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError),
        "timeout",
        "{host} did not answer in time",
    ),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.InvalidHeader),
        "bad_url",
        "no request can be made to {host} at that address",
    ),
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps: as cause, as context, as argument, as `reason`."""
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < 50:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        wrapped = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting += [w for w in wrapped if isinstance(w, BaseException)]
