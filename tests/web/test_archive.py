from __future__ import annotations

import gzip
import io
import random
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from rasad.model import Page
from rasad.web import archive
from rasad.web.archive import Unreadable

NOW = datetime(2026, 3, 10, 12, 0, 0, 250_000, tzinfo=timezone.utc)
BODY = "<html><p>أعلنت الوزارة افتتاح الجسر</p></html>".encode()
PAGES = [
    Page(
        "https://example.com/%D8%AE%D8%A8%D8%B1",
        "akhbar",
        200,
        (
            ("content-type", "text/html; charset=utf-8"),
            ("content-encoding", "gzip"),
            ("content-length", "71"),
            ("etag", '"1"'),
        ),
        BODY,
        NOW,
        "2026-03-10T09:30:00+00:00",
    ),
    Page("https://example.com/gone", "akhbar", 404, (), b"", NOW),
    Page("https://example.com/odd", "", 299, (("transfer-encoding", "chunked"),), bytes(range(256)) * 400, NOW),
]


def record(
    body: bytes,
    http: bytes | None = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
    kind: str = "response",
    url: str = "https://example.com/1",
    extra: str = "",
    length: int | None = None,
    date: str = "2026-03-10T12:00:00Z",
) -> bytes:
    """One record as anybody may write it, not compressed."""
    block = (http or b"") + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: {date}\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n{extra}"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def read(*records: bytes, packed: bool = True) -> list[Page | Unreadable]:
    return list(archive.read(io.BytesIO(b"".join(gzip.compress(r) if packed else r for r in records))))


# Ours


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    entries = archive.write(path, iter(PAGES))
    assert [entry.url for entry in entries] == [page.url for page in PAGES]
    assert list(archive.read(path)) == PAGES
    with path.open("rb") as stream:
        assert list(archive.read(stream)) == PAGES
        for entry, page in reversed(list(zip(entries, PAGES, strict=True))):
            assert archive.read_at(stream, entry.offset) == page


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        archive.write(tmp_path / name, PAGES)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_other_tools_read_it(tmp_path: Path) -> None:
    archive.write(tmp_path / "a.warc.gz", PAGES)
    with (tmp_path / "a.warc.gz").open("rb") as stream:
        kinds, ids, bodies = [], set(), []
        for found in ArchiveIterator(stream, check_digests="raise"):
            kinds.append(found.rec_type)
            ids.add(found.rec_headers.get_header("WARC-Record-ID"))
            bodies.append(found.content_stream().read())
            if found.http_headers:
                assert found.http_headers.get_header("content-length") == str(len(bodies[-1]))
    assert kinds == ["warcinfo", "response", "response", "response"]
    assert len(ids) == 4
    assert bodies[1:] == [page.body for page in PAGES]


def test_nothing_to_write_is_a_file_without_pages(tmp_path: Path) -> None:
    assert archive.write(tmp_path / "a.warc.gz", []) == []
    assert list(archive.read(tmp_path / "a.warc.gz")) == []


def test_nothing_from_outside_begins_a_header(tmp_path: Path) -> None:
    evil = "x\r\nWARC-Rasad-Source: other\r\n\r\n"
    page = Page("https://example.com/1", "akhbar", 200, (("x-a", evil), ("x-b", "خبر")), BODY, NOW, evil)
    archive.write(tmp_path / "a.warc.gz", [page])
    (found,) = archive.read(tmp_path / "a.warc.gz")
    assert isinstance(found, Page)
    assert (found.source_id, found.body, found.url) == ("akhbar", BODY, page.url)
    assert found.published_hint == " ".join(evil.split())


def test_an_offset_that_is_none(tmp_path: Path) -> None:
    archive.write(tmp_path / "a.warc.gz", PAGES)
    with (tmp_path / "a.warc.gz").open("rb") as stream:
        for offset in (5, 10**9, -1):
            found = archive.read_at(stream, offset)
            assert isinstance(found, Unreadable)
            assert found.reason


# Anybody's


@pytest.mark.parametrize("packed", [True, False])
def test_only_answers_are_pages(packed: bool) -> None:
    found = read(
        record(b"software: x\r\n", None, "warcinfo"),
        record(b"", b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "request"),
        record(BODY, url="https://example.com/1"),
        record(b"", kind="revisit"),
        record(b"fetchTimeMs: 5", None, "metadata"),
        record(b"20260310 example.com A 1.2.3.4", None, url="dns:example.com"),
        record(BODY, url="http://example.com/2"),
        packed=packed,
    )
    assert [(p.url, p.body, p.status, p.source_id) for p in found if isinstance(p, Page)] == [
        ("https://example.com/1", BODY, 200, ""),
        ("http://example.com/2", BODY, 200, ""),
    ]
    assert len(found) == 2
    assert found[0].fetched_at == datetime(2026, 3, 10, 12, tzinfo=timezone.utc)  # type: ignore[union-attr]


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("http", "body"),
    [
        (head("Content-Encoding: gzip"), gzip.compress(BODY)),
        (head("Transfer-Encoding: chunked"), b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
        (head("Transfer-Encoding: chunked", "Content-Encoding: gzip"),
         b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(BODY)), gzip.compress(BODY))),
        (head("Transfer-Encoding: chunked"), BODY),  # undone by the archiver, the header left
        (head("Content-Encoding: gzip"), BODY),
        (head("X-Crawler-Content-Encoding: br", "X-Crawler-Transfer-Encoding: chunked"), BODY),  # Common Crawl
        (b"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n", BODY),
        (b"HTTP/1.0 200 OK\n\n", BODY),
    ],
)  # fmt: skip
def test_bodies_of_all_makes(http: bytes, body: bytes) -> None:
    (found,) = read(record(body, http))
    assert isinstance(found, Page)
    assert (found.status, found.body) == (200, BODY)


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (record(BODY, head("Content-Encoding: br")), "'br' is not read"),
        (record(b"\x1f\x8bdamaged", head("Content-Encoding: gzip")), "damaged"),
        (record(gzip.compress(b"\0" * 50_000_000), head("Content-Encoding: gzip")), "once decompressed"),
        (record(BODY, b"no http at all"), "without HTTP status"),
        (record(b"", b""), "without HTTP status"),
        (record(BODY, date="yesterday"), "without HTTP status or date"),
        (record(BODY, extra="WARC-Truncated: length\r\n"), "was cut"),
        (record(b"x" * 10_000_001), "more than 10,000,000 bytes"),
        (record(BODY, length=100_000), "ends too early"),
    ],
)
def test_a_bad_record_has_a_reason_and_leaves_the_next(bad: bytes, word: str) -> None:
    first, second = read(bad, record(BODY))
    assert isinstance(first, Unreadable)
    assert word in first.reason
    assert first.url == "https://example.com/1"
    assert isinstance(second, Page)


def test_a_file_cut_anywhere_gives_what_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    entries = archive.write(path, PAGES)
    whole = path.read_bytes()
    for end in range(entries[1].offset + 1, len(whole), 7):
        *before, last = archive.read(io.BytesIO(whole[:end]))
        assert before[0] == PAGES[0] if before else last == PAGES[0]
        assert isinstance(last, Unreadable) or last in PAGES


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_within_a_record_is_said(packed: bool) -> None:
    one = gzip.compress(record(BODY), mtime=0) if packed else record(BODY)
    whole = len(one) if packed else len(one) - 4  # the blank lines behind a record
    for end in range(1, whole):
        first, *others = archive.read(io.BytesIO(one + one[:end]))
        assert isinstance(first, Page)
        assert others
        assert isinstance(others[-1], Unreadable)
    assert len(list(archive.read(io.BytesIO(one + one)))) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"not a WARC", b"\x1f\x8b", b"WARC/1.0\r\n", b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", b"\0" * 1000,
     b"WARC/1.0\r\nX: " + b"a" * 3_000_000, b"WARC/1.0\r\n" + b"X: y\r\n" * 400_000, gzip.compress(b"\n" * 3_000_000)],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_archive_is_no_exception(body: bytes) -> None:
    assert not [found for found in archive.read(io.BytesIO(body)) if isinstance(found, Page)]


PARTS = [bytes([65 + n]) * 30_000 for n in range(5)]


@pytest.mark.parametrize("together", [5, 2, 1])
def test_files_packed_whole_or_several_records_at_a_time_are_read(together: int) -> None:
    records = [record(body, url=f"https://example.com/{n}") for n, body in enumerate(PARTS)]
    members = [b"".join(records[n : n + together]) for n in range(0, len(records), together)]
    whole = b"".join(map(gzip.compress, members))
    assert [page.body for page in archive.read(io.BytesIO(whole)) if isinstance(page, Page)] == PARTS
    for end in range(1, len(whole), 7):
        found = list(archive.read(io.BytesIO(whole[:end])))
        pages = [page for page in found if isinstance(page, Page)]
        assert [page.body for page in pages] == PARTS[: len(pages)]
        lost = [page for page in found if isinstance(page, Unreadable)]
        assert lost or (together < 5 and len(pages) % together == 0)  # a member's end is an end
        assert all(0 <= page.offset <= end for page in lost)


class Endless(io.RawIOBase):
    """A stream of records made as they are read; it cannot seek."""

    def __init__(self, count: int, whole: bool) -> None:
        self.parts = self._whole(count) if whole else (gzip.compress(record(b"x" * 200_000)) for _ in range(count))
        self.rest = b""

    def _whole(self, count: int) -> Iterator[bytes]:
        packer = zlib.compressobj(wbits=31)
        for _ in range(count):
            # Of a block of 16 KB all is unpacked at once: what is packed tightly would show the block and not the file.
            yield packer.compress(record(random.Random(0).randbytes(200_000))) + packer.flush(zlib.Z_SYNC_FLUSH)
        yield packer.flush()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:  # type: ignore[override]
        while len(self.rest) < size and (part := next(self.parts, b"")):
            self.rest += part
        out, self.rest = self.rest[:size], self.rest[size:]
        return out


@pytest.mark.parametrize("whole", [False, True])
def test_memory_does_not_grow_with_the_file(whole: bool) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in archive.read(Endless(count, whole))) == count
        _, high = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return high

    assert peak(120) < 1.2 * peak(20)


@settings(max_examples=150, deadline=2000)
@given(st.data())
def test_any_damage_gives_pages_or_reasons(data: st.DataObject) -> None:
    whole = bytearray(gzip.compress(record(BODY)) + record(BODY, head("Transfer-Encoding: chunked")))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for found in archive.read(io.BytesIO(bytes(whole))):
        assert isinstance(found, Page) or found.reason
