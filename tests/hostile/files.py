# ruff: noqa: E501  (a row is a line)
"""Archives that are broken or bombs, and names that lead out of where they belong."""

from __future__ import annotations

import gzip
import io
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from tests.hostile.cases import Case
from tests.web.test_archive import BODY, record

from rasad import sources
from rasad.model import Page
from rasad.settings import Settings
from rasad.sources import SourceError
from rasad.stages import clean, landing
from rasad.stages.landing import LandingError, Work
from rasad.web import archive

PEAK = 120_000_000  # bytes of Python's own while a file is read: a few times the 10 MB that a page may have


def read(data: bytes) -> str:
    """How many records of a file are pages, and how many none; nothing is written anywhere for it."""
    with tempfile.TemporaryDirectory() as folder:
        before = sorted(Path(folder).iterdir())
        tracemalloc.start()
        pages = wrong = 0
        for found in archive.read(io.BytesIO(data)):
            assert isinstance(found, Page) or found.reason.isprintable(), found
            pages, wrong = pages + isinstance(found, Page), wrong + (not isinstance(found, Page))
        assert tracemalloc.get_traced_memory()[1] - len(data) < PEAK
        assert sorted(Path(folder).iterdir()) == before
    return f"{pages} pages, {wrong} unreadable"


def packed(*records: bytes) -> bytes:
    return b"".join(map(gzip.compress, records))


def flipped(data: bytes, step: int) -> bytes:
    out = bytearray(data)
    for place in range(7, len(out), step):
        out[place] ^= 0x55
    return bytes(out)


def got(reference: str) -> str:
    """A reference that another task handed over, or that a listing names."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret").write_text("root:")
        zone = Path(folder) / "landing"
        zone.mkdir()
        try:
            landing.get(zone.as_uri(), reference)
        except LandingError:
            return "LandingError"
        except OSError as error:  # no such file can exist: its name is too long, or holds another's
            return type(error).__name__
        return "read"


def put(source: str, run: str) -> str:
    """What a source and a run of these names write stays under the landing zone."""
    with tempfile.TemporaryDirectory() as folder:
        zone = Path(folder) / "a" / "landing"
        zone.mkdir(parents=True)
        try:
            reference = landing.put(zone.as_uri(), Work(source=source, run=run), "pages", "warc.gz", b"x")
        except LandingError:
            end = "LandingError"
        else:
            end = "written"
            assert landing.get(zone.as_uri(), reference) == b"x"
        written = [path for path in Path(folder).rglob("*") if path.is_file()]
        assert all(zone in path.parents for path in written), written
        return end


def listed(warc: str) -> str:
    """The listing of a fetch that names another file as its WARC."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret").write_text("root:")
        settings = Settings(var=Path(folder), landing=(Path(folder) / "landing").as_uri())
        work = Work(source="bbc_arabic", run="r")
        work["file"] = landing.put_lines(settings.landing, work, "pages", [{"warc": warc}])
        try:
            done = clean.clean(settings, work)
        except LandingError:
            return "LandingError"
        return f"{len(list(landing.get_lines(settings.landing, done['file'])))} lines"


def damaged(data: bytes) -> str:
    """A file of the landing zone whose bytes are somebody's."""
    with tempfile.TemporaryDirectory() as folder:
        zone = Path(folder).as_uri()
        reference = landing.put(zone, Work(source="s", run="r"), "articles", "jsonl.gz", data)
        try:
            return f"{len(list(landing.get_lines(zone, reference)))} lines"
        except LandingError:
            return "LandingError"


def claimed(name: str, text: str) -> str:
    """A folder of sources with a file of this name and text."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8")
        try:
            return f"{len(sources.load([Path(folder)]))} sources"
        except SourceError as error:
            return "SourceError" if "\n" not in str(error) else repr(error)


def named(host: str) -> str:
    """The source that an archive's host becomes: a word that is safe as a folder's name."""
    made = sources.from_host(host).id
    assert made.replace("_", "").isalnum()
    assert made.isascii()
    return put(made, "run")


GOOD = packed(record(BODY), record(BODY, url="https://example.com/2"))
ARCHIVES: dict[str, Callable[[], bytes]] = {
    **{f"cut at {share} %": lambda s=share: GOOD[: len(GOOD) * s // 100] for share in (1, 10, 30, 49, 51, 70, 95, 99)},
    **{f"each {step}th byte turned": lambda s=step: flipped(GOOD, s) for step in (3, 29, 101, 307)},
    "nothing": lambda: b"",
    "zero bytes": lambda: bytes(1_000_000),
    "a page, and no WARC": lambda: BODY * 1000,
    "a gzip bomb as its body": lambda: packed(
        record(gzip.compress(bytes(60_000_000)), b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    ),
    "gzip in gzip as its body": lambda: packed(
        record(gzip.compress(gzip.compress(bytes(60_000_000))), b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n")
    ),
    "a record of 60 MB": lambda: packed(record(bytes(60_000_000))),
    "a header of 60 MB": lambda: packed(record(BODY, extra="X-A: " + "a" * 60_000_000 + "\r\n")),
    "headers by the million": lambda: packed(record(BODY, extra="X: a\r\n" * 1_000_000)),
    "headers of HTTP by the million": lambda: packed(record(BODY, b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 1_000_000 + b"\r\n")),
    "a length of many digits": lambda: packed(record(BODY).replace(b"Content-Length: ", b"Content-Length: " + b"9" * 5_000)),
    "a negative length": lambda: packed(record(BODY, length=-5)),
    "a length that lies": lambda: packed(record(BODY, length=10**15)),
    "a length of no number": lambda: packed(record(BODY).replace(b"Content-Length: ", b"Content-Length: x")),
    "chunks larger than the world": lambda: packed(
        record(b"FFFFFFFFFFFFFFFF\r\nab", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    ),
    "a date of no calendar": lambda: packed(record(BODY, date="2026-99-99T99:99:99Z")),
    "a date of a megabyte": lambda: packed(record(BODY, date="9" * 1_000_000)),
    "an address that is a path": lambda: packed(record(BODY, url="../../../etc/cron.d/x")),
    "an address that is a file": lambda: packed(record(BODY, url="file:///etc/passwd")),
    "an address with line ends": lambda: packed(record(BODY, url="https://example.com/\r\nWARC-Rasad-Source: x")),
    "a source that is a path": lambda: packed(record(BODY, extra="WARC-Rasad-Source: ../../x\r\n")),
    "a status of many digits": lambda: packed(record(BODY, b"HTTP/1.1 " + b"9" * 5_000 + b" OK\r\n\r\n")),
    "ten thousand empty records": lambda: packed(*[record(b"", b"")] * 10_000),
    "gzip members without records": lambda: gzip.compress(b"") * 200_000,
}  # fmt: skip
REFERENCES = [
    "../secret", "s/../../secret", "/etc/passwd", "s//r/f", "s/r/\0", "./secret", "s/r/..", "", "/", "..", "s/./f",
    "s\\..\\..\\secret", "file:///etc/passwd", "s/%2e%2e/%2e%2e/secret", "~/secret", "s/r/" + "a" * 5_000,
    "s/r/nothing\u202e", "s/r/\n",
]  # fmt: skip
RUNS = {
    "up": ("s", "../../x"),
    "up alone": ("s", ".."),
    "here": ("s", "."),
    "nothing": ("s", ""),
    "a whole path": ("s", "/etc/cron.d/x"),
    "a zero byte": ("s", "a\0b"),
    "line ends": ("s", "a\r\nb"),
    "an address": ("s", "s3://bucket/x"),
    "a thousand letters": ("s", "x" * 1_000),
    "Arabic": ("s", "تشغيل"),
    "a source that goes up": ("../../etc", "r"),
    "a source of a whole path": ("/etc", "r"),
    "a source that is nothing": ("", "r"),
}
YAMLS = {
    "a file named by a path": ("..x.yaml", "name_ar: أ\n"),
    "a file named in capitals": ("Evil.yaml", "name_ar: أ\n"),
    "an object of Python": ("a.yaml", "!!python/object/apply:os.system ['true']\n"),
    "anchors that multiply": (
        "a.yaml", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    ),
    "lists in lists": ("a.yaml", "feeds: " + "[" * 400 + "]" * 400 + "\n"),
    "a megabyte of one line": ("a.yaml", "name_ar: " + "أ" * 500_000 + "\n"),
    "zero bytes": ("a.yaml", "\0" * 100),
}  # fmt: skip
LINES = {
    "a bomb": lambda: gzip.compress(b" " * 30_000_000),
    "no gzip": lambda: b"[]\n",
    "cut off": lambda: gzip.compress(b'{"a":1}\n')[:-5],
    "deep lists": lambda: gzip.compress(b"[" * 200_000 + b"\n"),
    "nothing": lambda: b"",
    "no JSON": lambda: gzip.compress(b"<html>\n"),
    "bytes that are no text": lambda: gzip.compress(b"\xff\xfe\n"),
}

CASES = [
    *(
        Case("archive with", name, lambda m=made: read(m()), r"\d+ pages, \d+ unreadable")
        for name, made in ARCHIVES.items()
    ),
    *(
        Case("reference", repr(name[:40]), lambda n=name: got(n), "LandingError|OSError|ValueError")
        for name in REFERENCES
    ),
    *(Case("WARC of a listing", repr(name[:40]), lambda n=name: listed(n), "LandingError") for name in REFERENCES[:6]),
    *(
        Case("run of the name", name, lambda s=source, r=run: put(s, r), "written|LandingError")
        for name, (source, run) in RUNS.items()
    ),
    *(
        Case("source with", name, lambda f=file, t=text: claimed(f, t), "SourceError")
        for name, (file, text) in YAMLS.items()
    ),
    *(Case("batch of", name, lambda m=made: damaged(m()), "LandingError|0 lines") for name, made in LINES.items()),
    *(
        Case("archive's host", repr(host[:40]), lambda h=host: named(h), "written")
        for host in ("../../etc", "..", "a/b", "a\0b", "", "x" * 250, "خبر.example", "con", "-rf", "a b\r\nc")
    ),
]
