"""Servers, names and addresses that mean harm, asked over real HTTP on loopback."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from tests.hostile.cases import Case
from tests.web.site import Site, reply
from tests.web.test_addresses import PRIVATE, answers
from tests.web.test_client import PAGE, drip
from tests.web.test_compression import bare

from rasad.web import robots, urls
from rasad.web.client import Client, FetchError, LocalGate

Answer = Callable[[BaseHTTPRequestHandler], None]
BOMB = 60_000_000  # bytes, six times what a page may have


def reason(url: str, allow: frozenset[str] = frozenset(), **options: Any) -> str:
    """What the client says of an address."""
    with Client("editor@example.org", allow, LocalGate(), timeouts=(2, 2), total=1.0, backoff=0.01) as client:
        try:
            answer = client.get(url, delay=0, **options)
        except FetchError as error:
            return error.reason if error.message.isprintable() else repr(error.message)
    return f"{answer.status} {len(answer.body)}"


def asked(url: str) -> str:
    """A person or a page gives the address. No name server knows any name here, so nothing leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", _numbers_alone)
        return reason(url)


def _numbers_alone(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.inet_pton(family, host)
    except OSError:
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
    return [(family, socket.SOCK_STREAM, 6, "", (host, port))]


def served(answer: Answer, **options: Any) -> str:
    """A server answers so."""
    site = Site()
    return reason(site.on("/a", answer), frozenset({site.host}), **options)


def redirected(location: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        site = Site()
        url = site.on("/a", reply(302, Location=location))
        patch.setattr(socket, "getaddrinfo", _numbers_alone)
        end = reason(url, frozenset({site.host}))
        assert all(path.startswith("/a") for path in site.paths()) or end.startswith("404"), site.paths()
        return end


def resolved(*rounds: list[str]) -> str:
    """A name has these addresses, a round at each look-up. Whoever listens on this machine hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.MonkeyPatch.context() as patch:
        port = listener.getsockname()[1]
        answers(patch, *rounds)
        patch.setattr(socket, "socket", type("Socket", (socket.socket,), {"connect": _refused}))
        end = reason(f"http://rebinder.example:{port}/")
        listener.settimeout(0.05)
        with pytest.raises(TimeoutError):
            listener.accept()
        return end


def _refused(self: socket.socket, peer: Any) -> None:
    assert not str(peer[0]).startswith(("127.", "10.", "192.168.", "169.254.", "::", "fe80", "fd")), peer
    raise ConnectionRefusedError


def sent(head: bytes, drop: bytes = b"", pause: float = 0.0) -> Answer:
    """These bytes instead of an answer, and then the same ones for ever."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(head)
        while drop:
            handler.wfile.write(drop)
            time.sleep(pause)

    return answer


def packed(body: bytes, encoding: str) -> Answer:
    return reply(200, body, Content_Encoding=encoding)


def header_of(url: str, **options: Any) -> str:
    """No header that the address or what was stored holds reaches the server."""
    site = Site()
    site.on("/a", reply(200, PAGE))
    end = reason(site.url + url, frozenset({site.host}), **options)
    assert not any("x-evil" in headers for _, headers in site.asked)
    assert len(site.asked) <= 1
    return end


def spelled(url: str) -> str:
    """The one spelling of an address, as the ledger has it."""
    try:
        made = urls.canonical(url)
    except ValueError as error:
        return "ValueError" if str(error).isprintable() else repr(error)
    assert made.isascii()
    assert made.isprintable()
    assert " " not in made
    assert urls.readable(made).isprintable()
    return made


def ruled(body: bytes, url: str) -> str:
    """A robots.txt, and one address asked of it."""
    rules = robots.Rules.parse(200, body)
    return f"{rules.allowed(url)} {rules.delay(5.0):.0f} {len(rules.sitemaps)}"


def _url(host: str) -> str:
    return f"http://[{host.strip('[]')}]/" if ":" in host else f"http://{host}/"


SPELLINGS = [
    "http://news.example@127.0.0.1/", "http://127.0.0.1:80@127.0.0.1/", "http://127.0.0.1\\@news.example/",
    "http://127.0.0.1#@news.example/", "http://127.0.0.1?@news.example/", "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://127%2e0%2e0%2e1/", "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.01/", "http://127.000.000.001/", "http://0251.0376.0251.0376/", "http://2852039166/",
    "http://0xa9fea9fe/", "http://127.1:22/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::ffff:169.254.169.254]/", "http://[2002:a9fe:a9fe::]/", "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://LocalHost./",
    "http://lo\u200bcalhost/", "http://lo\u00adcalhost/", "http://a.localhost/", "http://[::1]:80:80/",
    "http://[v1.fe80::a]/", "//127.0.0.1/", "http:127.0.0.1", "http:///127.0.0.1/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL", "dict://127.0.0.1:11211/stats", "data:text/html,x", "unix:/run/x.sock",
]  # fmt: skip
NAMES = {
    "this machine": [["127.0.0.1"]],
    "this machine in IPv6": [["::1"]],
    "the network of the operator": [["10.0.0.8"], ["192.168.0.1"]],
    "a cloud's metadata": [["169.254.169.254"]],
    "mapped IPv6": [["::ffff:127.0.0.1"]],
    "NAT64": [["64:ff9b::7f00:1"]],
    "6to4": [["2002:7f00:1::"]],
    "link-local with its zone": [["fe80::1%lo"]],
    "no address": [["0.0.0.0"]],
    "several private ones": [["fd00::1", "192.168.0.1", "127.0.0.1"]],
    "public first, private at the second look": [["8.8.8.8"], ["127.0.0.1"]],
    "public at first, metadata ever after": [["8.8.8.8"], ["169.254.169.254"], ["169.254.169.254"]],
}
LOCATIONS = {
    "a file": ("file:///etc/passwd", "bad_url"),
    "another protocol": ("gopher://127.0.0.1:6379/_x", "bad_url"),
    "a script": ("javascript:alert(1)", "bad_url"),
    "data": ("data:text/html,<script>", "bad_url"),
    "itself": ("/a", "too_many_redirects"),
    "itself, longer each time": ("?x", "too_many_redirects|404 0"),
    "an encoded line end": ("/a%0d%0aX-Evil:%201", "404 0"),
    "a tab in the scheme": ("ht\ttp://127.0.0.1/", "private_address|bad_url|404 0"),
    "a user who looks like a host": ("http://news.example@10.0.0.1/", "private_address|bad_url"),
    "60 kB": ("/" + "a" * 60_000, "404 0|bad_url|connection|414 0"),
    "an unknown name": ("http://internal.corp/", "dns"),
    "half an address": ("http://[::1", "bad_url"),
    "a port that is none": ("http://8.8.8.8:99999/", "bad_url"),
    "a zero byte": ("/a\0b", "404 0|bad_url|connection"),
}
BOMBS = {
    "gzip": (lambda: gzip.compress(bytes(BOMB)), "gzip"),
    "deflate": (lambda: zlib.compress(bytes(BOMB)), "deflate"),
    "deflate without a header": (lambda: bare(bytes(BOMB)), "deflate"),
    "gzip in gzip": (lambda: gzip.compress(gzip.compress(bytes(BOMB))), "gzip, gzip"),
    "gzip in deflate in gzip": (
        lambda: gzip.compress(zlib.compress(gzip.compress(bytes(BOMB)))), "gzip, deflate, gzip",
    ),
    "members by the hundred thousand": (lambda: gzip.compress(bytes(40)) * 300_000, "gzip"),
}  # fmt: skip
PACKED_WRONG = {
    "brotli that nobody asked for": (b"\x8b\x00\x80x\x03", "br"),
    "zstd that nobody asked for": (b"\x28\xb5\x2f\xfd", "zstd"),
    "four encodings": (b"x", "gzip, gzip, gzip, gzip"),
    "an encoding of a thousand letters": (b"x", "x" * 1000),
    "gzip cut off": (gzip.compress(PAGE)[:-9], "gzip"),
    "deflate that is none": (b"<html>", "deflate"),
}
OK = b"HTTP/1.1 200 OK\r\n"
BROKEN = {
    "a status line that is none": (sent(b"\x16\x03\x01\x02\x00" * 100), "connection"),
    "a status of many digits": (sent(b"HTTP/1.1 " + b"9" * 5000 + b" OK\r\n\r\n"), "connection|bad_url"),
    "a negative status": (sent(b"HTTP/1.1 -200 OK\r\n\r\n"), "connection"),
    "a status line without end": (sent(b"HTTP/1.1 200 ", b"x" * 10_000), "connection|timeout"),
    "100 Continue for ever": (sent(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout|connection"),
    "103 Early Hints for ever": (sent(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "timeout|connection|10. .*|too_large"),
    "a header line of a mebibyte": (sent(OK + b"X: " + b"a" * 1_048_576 + b"\r\n\r\n"), "connection"),
    "ten thousand headers": (sent(OK + b"X: a\r\n" * 10_000 + b"\r\n"), "connection"),
    "headers without end": (sent(OK, b"X: a\r\n"), "connection|timeout"),
    "cookies by the thousand": (sent(OK + b"Set-Cookie: a=b\r\n" * 5_000 + b"\r\n"), "connection"),
    "a cookie of 60 kB": (sent(OK + b"Set-Cookie: a=" + b"b" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n"), "200 0"),
    "ninety cookies for every host": (
        sent(OK + b"Set-Cookie: a=b; Domain=.example; Path=/\r\n" * 90 + b"Content-Length: 0\r\n\r\n"), "200 0",
    ),
    "two lengths": (sent(OK + b"Content-Length: 4\r\nContent-Length: 400\r\n\r\nabcd"), "connection|bad_url|200 4"),
    "a negative length": (sent(OK + b"Content-Length: -5\r\n\r\nabcd"), "connection|bad_url|200 4"),
    "a length of many digits": (sent(OK + b"Content-Length: " + b"9" * 6000 + b"\r\n\r\nab"), ".*"),
    "a length and chunks": (
        sent(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), "200 2|connection",
    ),
    "a chunk larger than the world": (
        sent(OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nab"), "connection|timeout|too_large",
    ),
    "a negative chunk": (sent(OK + b"Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n"), "connection"),
    "a chunk size without end": (
        sent(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 10_000), "connection|timeout|too_large",
    ),
    "chunks of one byte for ever": (
        sent(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 10_000), "too_large|timeout",
    ),
    "a header that breaks off": (sent(OK + b"X-A"), "connection|200 0"),
    "a zero byte in a header": (sent(OK + b"X-A: a\0b\r\nContent-Length: 0\r\n\r\n"), "200 0|connection|bad_url"),
    "a feed that never ends": (
        sent(OK + b"Content-Type: application/rss+xml\r\n\r\n<rss><channel>", b"<item><link>/1</link></item>" * 5_000),
        "too_large|timeout",
    ),
    "a drip before the status": (drip(b"", b"H"), "timeout|connection"),
    "a drip of headers": (drip(OK, b"X: a\r\n"), "timeout"),
    "a drip of the body": (drip(OK + b"Content-Length: 100000\r\n\r\n", b"a"), "timeout"),
    "a drip of gzip": (drip(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE)[:20], b"\0"), "timeout"),
    "a drip of chunks": (drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"), "timeout"),
    "a Retry-After of a million years": (reply(503, Retry_After="9" * 30), "server_error"),
    "a Retry-After before the beginning": (reply(429, Retry_After="-1"), "rate_limited"),
    "a Retry-After that is no date": (reply(429, Retry_After="Mon, 99 Foo 99999999 99:99:99"), "rate_limited"),
}  # fmt: skip
LINES = {
    "a line end in the path": ("/a\r\nX-Evil: 1", {}),
    "an encoded line end in the path": ("/a?%0d%0aX-Evil:%201", {}),
    "a request within the address": ("/a HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /b", {}),
    "a line end of Unicode": ("/a\u2028X-Evil: 1\u0085x", {}),
    "a stored ETag": ("/a", {"etag": '"v1"\r\nX-Evil: 1'}),
    "a stored date": ("/a", {"last_modified": "x\nX-Evil: 1"}),
    "a tab and a line end": ("/a\t\r\n X-Evil: 1", {}),
}
SPELLED = {
    "line ends": "http://news.example/a\r\nX-Evil: 1",
    "right-to-left override": "http://news.example/\u202egpj.exe",
    "a host turned round": "http://news\u202e.example/",
    "a hundred thousand dots": "http://news.example/" + "../" * 100_000,
    "a hundred thousand parameters": "http://news.example/?" + "utm_a=1&" * 100_000,
    "wrapped in itself": "https://www.google.com/url?url=" * 2_000 + "http://a.example/",
    "percent signs": "http://news.example/" + "%" * 100_000,
    "percent codes of half letters": "http://news.example/" + "%D8" * 50_000,
    "combining marks": "http://news.example/" + "\u0301" * 50_000,
    "a host of a million letters": "http://" + "a" * 1_000_000 + "/",
    "a host of Unicode": "http://" + "ا" * 20_000 + ".example/",
    "a lone surrogate": "http://news.example/\ud800",
    "AMP in AMP": "https://cdn.ampproject.org/c/s/" * 5_000 + "a.example/",
}
ROBOTS = {
    "stars": (b"User-agent: *\nDisallow: /" + b"*a" * 5_000 + b"b$\n", "http://a.example/" + "a" * 2_000 + "c"),
    "a hundred thousand rules": (
        b"User-agent: *\n" + b"".join(b"Disallow: /%d*x\n" % n for n in range(100_000)), "http://a.example/news/1",
    ),
    "agents without rules": (b"User-agent: a\n" * 40_000 + b"Disallow: /\n", "http://a.example/"),
    "a line of half a mebibyte": (b"User-agent: *\nDisallow: /" + b"a" * 512_000, "http://a.example/aaa"),
    "a delay of a million years": (b"User-agent: *\nCrawl-delay: 1e18\nRequest-rate: 1/99999999999d\n", "http://a.example/"),
    "a delay that is no number": (b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -inf\n", "http://a.example/"),
    "a rate of nothing": (b"User-agent: *\nRequest-rate: 0/0\n", "http://a.example/"),
    "sitemaps by the hundred thousand": (b"Sitemap: http://127.0.0.1/s.xml\n" * 100_000, "http://a.example/"),
    "zero bytes": (bytes(500_000), "http://a.example/"),
}  # fmt: skip

NOT_OURS = "private_address|bad_url"
CASES = [
    *(
        Case("redirect to the operator's network", host, lambda h=host: redirected(_url(h)), NOT_OURS)
        for host in PRIVATE
    ),
    *(Case("address of no public machine", url, lambda u=url: asked(u), NOT_OURS + "|dns") for url in SPELLINGS),
    *(Case("name of", name, lambda r=rounds: resolved(*r), "private_address") for name, rounds in NAMES.items()),
    *(Case("redirect to", name, lambda w=where: redirected(w), ends) for name, (where, ends) in LOCATIONS.items()),
    *(
        Case("bomb", name, lambda m=made, e=encoding: served(packed(m(), e)), "too_large")
        for name, (made, encoding) in BOMBS.items()
    ),
    *(
        Case("packed wrongly", name, lambda b=body, e=encoding: served(packed(b, e)), "bad_encoding")
        for name, (body, encoding) in PACKED_WRONG.items()
    ),
    *(Case("answer", name, lambda a=answer: served(a), ends) for name, (answer, ends) in BROKEN.items()),
    *(
        Case("header by way of", name, lambda u=url, o=options: header_of(u, **o), "200 .*|404 0|bad_url")
        for name, (url, options) in LINES.items()
    ),
    *(Case("address with", name, lambda u=url: spelled(u), "ValueError|https?://.*") for name, url in SPELLED.items()),
    *(
        Case("robots.txt with", name, lambda b=body, u=url: ruled(b, u), r"(True|False) \d+ \d+")
        for name, (body, url) in ROBOTS.items()
    ),
]
