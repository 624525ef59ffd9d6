from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.web.site import Site, in_turn, reply

from rasad.web import urls
from rasad.web.client import Client, FetchError, LocalGate

PAGE = "<html><p>أعلنت الوزارة افتتاح الجسر".encode()


def failure(client: Client, url: str, **options: object) -> FetchError:
    with pytest.raises(FetchError) as error:
        client.get(url, delay=0, **options)  # type: ignore[arg-type]
    assert error.value.message
    assert "\n" not in error.value.message
    return error.value


def drip(first: bytes, drop: bytes, pause: float = 0.05):  # type: ignore[no-untyped-def]
    """A server that sends a little now and then, for ever."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        while True:
            handler.wfile.write(drop)
            time.sleep(pause)

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


# What comes back


def test_a_page(site: Site, client: Client) -> None:
    url = site.on("/a", reply(200, PAGE, Content_Type="text/html; charset=utf-8", ETag='"v1"'))
    response = client.get(url, delay=0)
    assert (response.status, response.url, response.final_url, response.body) == (200, url, url, PAGE)
    assert response.header("etag") == '"v1"'
    assert response.header("content-type") == "text/html; charset=utf-8"
    assert not response.not_modified
    assert datetime.now(timezone.utc) - response.fetched_at < timedelta(seconds=5)


def test_who_asks(site: Site, client: Client) -> None:
    client.get(site.on("/a", reply(200, PAGE)), delay=0)
    _, headers = site.asked[0]
    assert headers["user-agent"] == "Rasad/0.1.0 (+editor@example.org)"
    assert "authorization" not in headers
    assert headers["accept-encoding"] == "gzip, deflate"


def test_a_contact_that_would_break_the_header_is_refused() -> None:
    for contact in ("a\r\nX: y", "محرر@example.org"):
        with pytest.raises(ValueError, match="contact"):
            Client(contact, frozenset(), LocalGate())


def test_not_modified(site: Site, client: Client) -> None:
    url = site.on("/feed", reply(304))
    response = client.get(url, etag='"v1"', last_modified="Tue, 10 Mar 2026 09:00:00 GMT", delay=0)
    assert response.not_modified
    assert response.body == b""
    assert site.asked[0][1]["if-none-match"] == '"v1"'
    assert site.asked[0][1]["if-modified-since"] == "Tue, 10 Mar 2026 09:00:00 GMT"


def test_a_stored_etag_cannot_add_a_header(site: Site, client: Client) -> None:
    client.get(site.on("/feed", reply(200, PAGE)), etag='"v1"\r\nX-Evil: 1', delay=0)
    assert not {"if-none-match", "x-evil"} & site.asked[0][1].keys()


@pytest.mark.parametrize("status", [403, 404, 410, 451])
def test_a_refusal_is_an_answer(site: Site, client: Client, status: int) -> None:
    assert client.get(site.on("/gone", reply(status, PAGE)), delay=0).status == status
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(PAGE)), ("deflate", zlib.compress(PAGE)), ("gzip", PAGE), ("identity", PAGE)],
)
def test_compressed(site: Site, client: Client, encoding: str, body: bytes) -> None:
    assert client.get(site.on("/a", reply(200, body, Content_Encoding=encoding)), delay=0).body == PAGE


def test_chunked(site: Site, client: Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for part in (PAGE[:7], PAGE[7:]):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n")

    assert client.get(site.on("/a", answer), delay=0).body == PAGE


def test_one_connection_serves_many_requests_and_cookies_do_not_stay(site: Site, client: Client) -> None:
    url = site.on("/a", reply(200, PAGE, Set_Cookie="id=1"))
    for _ in range(3):
        client.get(url, delay=0)
    assert len(site.connections) == 1
    assert not any("cookie" in headers for _, headers in site.asked)


# Redirects


def test_redirects_are_followed(site: Site, client: Client) -> None:
    site.on("/b", reply(302, Location="/c?x=1"))
    site.on("/c", reply(200, PAGE))
    response = client.get(site.on("/a", reply(301, PAGE, Location=site.url + "/b")), delay=0)
    assert response.body == PAGE
    assert response.url == site.url + "/a"
    assert response.final_url == site.url + "/c?x=1"


def test_a_redirect_in_raw_arabic(site: Site, client: Client) -> None:
    site.on("/%D8%AE%D8%A8%D8%B1", reply(200, PAGE))
    raw = "/خبر".encode().decode("latin-1")
    assert client.get(site.on("/a", reply(301, Location=raw)), delay=0).body == PAGE


def test_redirects_end(site: Site, client: Client) -> None:
    error = failure(client, site.on("/a", reply(302, Location="/a")))
    assert error.reason == "too_many_redirects"
    assert len(site.asked) == 6


def test_a_redirect_with_an_endless_body_is_cut(site: Site, client: Client) -> None:
    first = b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n"
    error = failure(client, site.on("/a", drip(first, b"x" * 100_000, 0)), max_bytes=1_000_000)
    assert error.reason == "too_large"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/", "http://localhost/", "//10.0.0.1/",
    ],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_refused(site: Site, client: Client, location: str) -> None:
    assert failure(client, site.on("/a", reply(302, Location=location))).reason == "private_address"


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.com/", "javascript:x", "http://[/"])
def test_a_redirect_to_no_web_address_is_refused(site: Site, client: Client, location: str) -> None:
    assert failure(client, site.on("/a", reply(302, Location=location))).reason == "bad_url"


def test_a_redirect_without_a_target_is_an_answer(site: Site, client: Client) -> None:
    assert client.get(site.on("/a", reply(302)), delay=0).status == 302


def test_robots_are_asked_before_each_hop(site: Site, client: Client) -> None:
    site.on("/private", reply(200, PAGE))
    url = site.on("/a", reply(302, Location="/private"))
    error = failure(client, url, permitted=lambda target: not target.endswith("/private"))
    assert error.reason == "blocked_by_robots"
    assert site.paths() == ["/a"]


def test_robots_are_not_asked_about_what_is_refused_anyway(site: Site, client: Client) -> None:
    asked: list[str] = []

    def permitted(url: str) -> bool:
        asked.append(urls.netloc(url))
        return True

    for location in ("ftp://example.com/", "http://[/", "http://10.0.0.1/"):
        failure(client, site.on("/a", reply(302, Location=location)), permitted=permitted)
    assert set(asked) == {site.host}


# Addresses


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://[fe80::1]/", "http://localhost:8080/", "http://0/"])
def test_private_addresses_are_refused(client: Client, url: str) -> None:
    assert failure(client, url).reason == "private_address"


def test_the_same_machine_at_another_port_is_refused(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert failure(client, f"http://127.0.0.1:{server.getsockname()[1]}/").reason == "private_address"


def test_a_name_for_a_private_address_is_refused(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]
    )
    error = failure(client, "http://rebinder.example/")
    assert error.reason == "private_address"
    assert "rebinder.example" in error.message


def test_behind_a_proxy_literal_private_addresses_are_refused_and_names_are_its_business(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url)
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    site.on("http://news.example/a", reply(200, PAGE))
    with Client(None, frozenset(), LocalGate()) as client:
        assert client.get("http://news.example/a", delay=0).body == PAGE
        assert failure(client, "http://127.0.0.1/a").reason == "private_address"
        assert failure(client, "http://2130706433/a").reason == "private_address"
        # A backslash ends the host, as requests reads it; what urlsplit takes for the host is a part of the path.
        assert failure(client, "http://127.0.0.1\\@news.example/a").reason == "private_address"
        site.on("http://news.example/b", reply(302, Location="http://localhost\\@news.example/a"))
        assert failure(client, "http://news.example/b").reason == "private_address"
    assert site.paths() == ["http://news.example/a", "http://news.example/b"]


def test_the_newsroom_is_never_asked_through_a_proxy(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client.get(site.on("/a", reply(200, PAGE)), delay=0).body == PAGE


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "news", "http://", "http://a b/", "https://example.com:99999/", ""]
)
def test_what_is_no_web_address(client: Client, url: str) -> None:
    assert failure(client, url).reason == "bad_url"


# Bounds


def test_too_large_as_announced(site: Site, client: Client) -> None:
    error = failure(client, site.on("/a", reply(200, PAGE, Content_Length="9999999999")), max_bytes=1000)
    assert error.reason == "too_large"


def test_too_large_as_sent(site: Site, client: Client) -> None:
    url = site.on("/a", drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_000, 0))
    assert failure(client, url, max_bytes=1_000_000).reason == "too_large"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_bombs(site: Site, client: Client, encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    url = site.on("/a", reply(200, pack(b"\0" * 30_000_000), Content_Encoding=encoding))
    assert failure(client, url, max_bytes=1_000_000).reason == "too_large"


def test_an_encoding_that_nobody_asked_for(site: Site, client: Client) -> None:
    assert failure(client, site.on("/a", reply(200, PAGE, Content_Encoding="br"))).reason == "bad_encoding"


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n",
     b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ids=["status", "header", "body", "body without length", "chunk size"],
)  # fmt: skip
def test_a_server_that_drips_is_cut_off(site: Site, client: Client, first: bytes) -> None:
    url = site.on("/a", drip(first, b"1"))
    start = time.monotonic()
    error = failure(client, url, deadline=start + 0.5)
    assert error.reason == "deadline"
    assert time.monotonic() - start < 1.5


def test_a_server_that_drips_in_the_tls_handshake_is_cut_off() -> None:
    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            try:
                connection.sendall(b"\x16\x03\x03\x3f\xff")  # a handshake record of 16 kB, to come
                while True:
                    connection.sendall(b"\x02")
                    time.sleep(0.05)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with Client(None, frozenset({host}), LocalGate(), timeouts=(5, 5), total=0.5, retries=0) as client:
            start = time.monotonic()
            assert failure(client, f"https://{host}/").reason == "timeout"
            assert time.monotonic() - start < 1.5


def test_a_server_that_says_nothing_is_a_timeout(site: Site) -> None:
    url = site.on("/a", lambda _: time.sleep(1))
    with Client(None, frozenset({site.host}), LocalGate(), timeouts=(1, 0.2)) as client:
        start = time.monotonic()
        assert failure(client, url).reason == "timeout"
        assert time.monotonic() - start < 0.9
    assert len(site.asked) == 1  # it is not asked again: it may be down under load


def test_the_client_works_on_after_it_cut_a_server_off(site: Site, client: Client) -> None:
    site.on("/b", reply(200, PAGE))
    failure(client, site.on("/a", drip(b"", b"1")), deadline=time.monotonic() + 0.2)
    assert client.get(site.url + "/b", delay=0).body == PAGE


# Failures and retries


def test_what_a_server_says_in_control_codes_does_not_reach_a_terminal(site: Site, client: Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x1b]0;owned\x07\x1b[2J\r\n\r\n")

    error = failure(client, site.on("/a", answer))
    assert error.reason == "connection"
    assert error.message.isprintable()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_server_is_asked_again(site: Site, client: Client, status: int) -> None:
    assert client.get(site.on("/a", in_turn(reply(status), reply(200, PAGE))), delay=0).body == PAGE
    assert len(site.asked) == 2


def test_and_not_for_ever(site: Site, client: Client) -> None:
    error = failure(client, site.on("/a", reply(503)))
    assert (error.reason, error.status, len(site.asked)) == ("server_error", 503, 3)


def test_a_status_that_will_not_heal_is_not_asked_again(site: Site, client: Client) -> None:
    assert failure(client, site.on("/a", reply(501))).status == 501
    assert len(site.asked) == 1


def test_a_dropped_connection_is_tried_again(site: Site, client: Client) -> None:
    assert client.get(site.on("/a", in_turn(hang_up, reply(200, PAGE))), delay=0).body == PAGE
    error = failure(client, site.on("/b", hang_up))
    assert error.reason == "connection"
    assert site.paths().count("/b") == 3


def test_a_body_shorter_than_announced_is_no_page(site: Site, client: Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(200, PAGE, Content_Length="500")(handler)
        handler.close_connection = True

    assert failure(client, site.on("/a", answer)).reason == "connection"


def test_nobody_listens(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    with Client(None, frozenset({host}), LocalGate(), retries=0) as lonely:
        assert failure(lonely, f"http://{host}/").reason == "connection"


def test_no_such_name(client: Client) -> None:
    assert failure(client, "http://no-such-name.invalid/").reason == "dns"


def test_no_tls_where_it_is_expected(site: Site, client: Client) -> None:
    assert failure(client, f"https://{site.host}/").reason == "tls"


def certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def test_tls(site: Site, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    site.on("/a", reply(200, PAGE))
    url = f"https://{site.host}/a"
    assert failure(client, url).reason == "tls"  # nobody we know signed it
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(pem))
    for _ in range(2):
        assert client.get(url, delay=0).body == PAGE
    site.on("/drip", drip(b"HTTP/1.1 200 OK\r\n\r\n", b"1"))
    assert failure(client, f"https://{site.host}/drip", deadline=time.monotonic() + 0.3).reason == "deadline"


def test_what_is_not_http(site: Site, client: Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        handler.close_connection = True

    assert failure(client, site.on("/a", answer)).reason == "connection"


def test_too_many_headers(site: Site, client: Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n")
        handler.close_connection = True

    assert failure(client, site.on("/a", answer)).reason == "connection"


# Politeness


@pytest.mark.parametrize("as_date", [False, True])
def test_slow_down(site: Site, client: Client, as_date: bool) -> None:
    value = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=120)) if as_date else "120"
    error = failure(client, site.on("/a", reply(429, Retry_After=value)))
    assert (error.reason, error.status, len(site.asked)) == ("rate_limited", 429, 1)
    assert error.retry_after == pytest.approx(120, abs=5)


@pytest.mark.parametrize("value", ["", "soon", "-5"])
def test_slow_down_without_saying_how_long(site: Site, client: Client, value: str) -> None:
    error = failure(client, site.on("/a", reply(429, Retry_After=value)))
    assert error.retry_after is None


def test_a_short_retry_after_is_sat_out_and_a_long_one_handed_on(site: Site, client: Client) -> None:
    url = site.on("/a", in_turn(reply(503, Retry_After="1"), reply(200, PAGE)))
    start = time.monotonic()
    assert client.get(url, delay=0).body == PAGE
    assert time.monotonic() - start >= 1
    error = failure(client, site.on("/b", reply(503, Retry_After="3600")))
    assert (error.reason, error.retry_after, site.paths().count("/b")) == ("server_error", 3600, 1)


class Book:
    """A gate that writes down who came."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, float]] = []
        self.held: list[tuple[str, float]] = []

    def wait(self, host: str, delay: float, deadline: float | None) -> None:
        self.turns.append((host, delay))

    def hold(self, host: str, seconds: float) -> None:
        self.held.append((host, seconds))


def test_every_request_waits_its_turn(site: Site) -> None:
    book = Book()
    site.on("/b", in_turn(reply(503), reply(200, PAGE)))
    with Client(None, frozenset({site.host}), book, backoff=0.01) as client:
        client.get(site.on("/a", reply(302, Location="/b")), delay=7)
    assert len(site.asked) == 3
    assert book.turns == [(site.host, 7)] * 3
    assert book.held == [(site.host, 7)] * 3  # the delay counts from when the host was last busy with us


def test_a_redirect_waits_as_the_host_that_it_leads_to_wants(site: Site) -> None:
    book = Book()
    site.on("/a", reply(302, Location="/b"))
    with Client(None, frozenset({site.host}), book) as client:
        client.get(site.url + "/a", delay=lambda target: 9 if target.endswith("/b") else 7)
    assert [delay for _, delay in book.turns] == [7, 9]


@pytest.mark.parametrize(
    ("answer", "held"),
    [(reply(429), 30.0), (reply(429, Retry_After="45"), 45.0), (reply(503, Retry_After="50"), 50.0)],
)
def test_whoever_shares_the_gate_is_told_at_once_to_slow_down(site: Site, answer, held) -> None:  # type: ignore[no-untyped-def]
    book = Book()
    with Client(None, frozenset({site.host}), book) as client:
        failure(client, site.on("/a", answer))
    assert (site.host, held) in book.held
    assert len(site.asked) == 1


def test_a_hold_stops_those_who_wait_already() -> None:
    gate = LocalGate()
    gate.wait("a.example", 0.1, None)
    waiter = threading.Thread(target=gate.wait, args=("a.example", 0, None))
    start = time.monotonic()
    waiter.start()
    gate.hold("a.example", 0.4)
    gate.hold("a.example", 0.01)  # a shorter one takes nothing back
    waiter.join()
    assert time.monotonic() - start >= 0.4


def test_no_host_is_asked_faster_than_its_delay(site: Site, client: Client) -> None:
    times: list[float] = []
    url = site.on("/a", lambda handler: (times.append(time.monotonic()), reply(200, PAGE)(handler))[0])
    threads = [threading.Thread(target=client.get, args=(url,), kwargs={"delay": 0.15}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(b - a >= 0.14 for a, b in zip(sorted(times), sorted(times)[1:]))  # noqa: B905
    assert len(times) == 4


def test_a_turn_after_the_deadline_is_not_waited_for(site: Site, client: Client) -> None:
    url = site.on("/a", reply(200, PAGE))
    client.get(url, delay=60)
    start = time.monotonic()
    error = failure(client, url, deadline=start + 5)
    assert error.reason == "deadline"
    assert time.monotonic() - start < 1
    assert len(site.asked) == 1


# A file


def test_a_file_is_written_as_sent_in_pieces(site: Site, client: Client, tmp_path: Path) -> None:
    data = gzip.compress(bytes(range(256)) * 10_000)
    site.on("/there.gz", reply(200, data, Content_Encoding="gzip"))
    url = site.on("/a.gz", reply(302, Location="/there.gz"))
    with (tmp_path / "a.gz").open("wb") as out:
        response = client.download(url, out, max_bytes=len(data))
    assert (response.status, response.body, response.final_url) == (200, b"", f"{site.url}/there.gz")
    assert (tmp_path / "a.gz").read_bytes() == data


def test_a_file_cut_off_is_asked_for_again_and_begun_anew(site: Site, client: Client, tmp_path: Path) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        reply(200, b"x" * 50, Content_Length="100")(handler)
        hang_up(handler)

    url = site.on("/a", in_turn(cut, reply(200, b"whole")))
    with (tmp_path / "a").open("wb") as out:
        client.download(url, out, max_bytes=1000)
    assert (tmp_path / "a").read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(reply(404), "http_status"), (reply(200, bytes(101)), "too_large"),
     (reply(302, Location="/a"), "too_many_redirects"), (reply(302, Location="http://10.0.0.1/"), "private_address"),
     (reply(503), "server_error")],
)  # fmt: skip
def test_a_file_that_does_not_come_is_told(site: Site, client: Client, tmp_path: Path, answer, reason) -> None:  # type: ignore[no-untyped-def]
    with (tmp_path / "a").open("wb") as out, pytest.raises(FetchError) as error:
        client.download(site.on("/a", answer), out, max_bytes=100)
    assert error.value.reason == reason
