"""Raw pages as WARC files (ISO 28500): ours, Common Crawl's, anybody's.

One page a record, each record its own gzip member, so that a page is read again from its offset alone.
"""

from __future__ import annotations

import hashlib
import re
import struct
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from rasad import __version__
from rasad.model import Page
from rasad.web import compression

MAX_BODY = 10_000_000  # bytes of one page, before and after decompression
MAX_HEADERS = 1_000_000  # bytes of one record's headers

SOURCE = "WARC-Rasad-Source"  # the source's id, where it is known
PUBLISHED = "WARC-Rasad-Published"  # what the feed said

# Undone by the fetch: a reader who trusted them would read wrongly. Kept under another name, as Common Crawl does.
_UNDONE = {"content-encoding", "transfer-encoding", "content-length"}
_KEPT_AS = "x-crawler-"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a page was written."""

    url: str
    offset: int  # bytes from the beginning of the file


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that should have been a page and is none."""

    url: str | None
    offset: int  # bytes from the beginning of the file; a file that was packed whole has no places of records
    reason: str


class Openable(Protocol):
    """A path, of this machine or of a store."""

    def open(self, mode: str = ..., /) -> Any: ...


def write(path: Path, pages: Iterable[Page]) -> list[Entry]:
    """Write pages, and where each one stands. The same pages give the same bytes.

    The file is new or replaced. Raises OSError when it cannot be written.
    """
    with path.open("wb") as out:
        return write_to(out, pages)


def write_to(out: IO[bytes], pages: Iterable[Page]) -> list[Entry]:
    """The same into a stream that stands at its beginning."""
    entries: list[Entry] = []
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for page in pages:
        if not entries:
            writer.write_record(_info(writer, page))
        offset = out.tell()
        writer.write_record(_record(writer, page))
        entries.append(Entry(page.url, offset))
    if not entries:
        writer.write_record(_info(writer, None))
    return entries


def read(source: IO[bytes] | Openable) -> Iterator[Page | Unreadable]:
    """The pages of a WARC file or stream, one record at a time, in constant memory.

    Records that are no answers to HTTP requests (requests, metadata, revisits, DNS) are passed over. A damaged
    record gives an Unreadable; where the damage hides the next record's beginning, it is the last.
    `Page.source_id` is empty where the file does not say.
    """
    with ExitStack() as stack:
        stream: Any = source if hasattr(source, "read") else stack.enter_context(source.open("rb"))
        yield from _records(stream)


def without(data: bytes, gone: Callable[[str], bool]) -> bytes:
    """A file of ours less the records of some addresses; all others stay where they were, to the byte.

    In the place of each stands a metadata record that says nothing, padded to its length within the gzip header. What
    is no gzip member with a WARC record in it stays as it is.
    """
    out = bytearray(data)
    place = 0
    while place < len(data):
        member = zlib.decompressobj(31)
        head, left = b"", data[place : place + _PIECE]
        read = place + len(left)
        try:
            while not member.eof and (left or read < len(data)):
                if not left:
                    left = data[read : read + _PIECE]
                    read += len(left)
                part = member.decompress(left, _PIECE)
                head += part[: max(0, _PIECE - len(head))]
                left = member.unconsumed_tail
        except zlib.error:
            break
        if not member.eof:
            break
        end = read - len(member.unused_data)
        named = _TARGET.search(head.split(b"\r\n\r\n", 1)[0])
        if named and gone(named[1].decode("utf-8", "replace").strip()):
            out[place:end] = _nothing(end - place)
        place = end
    return bytes(out)


_PIECE = 65_536
_TARGET = re.compile(rb"^WARC-Target-URI:[ ]*([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_EMPTY = b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


def _nothing(length: int) -> bytes:
    """A gzip member of so many bytes that holds an empty record: its header's comment (RFC 1952) fills it up."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(_EMPTY) + deflate.flush()
    tail = body + struct.pack("<II", zlib.crc32(_EMPTY), len(_EMPTY))
    padding = length - 10 - 1 - len(tail)
    if padding < 0:  # shorter than the shortest record of a page
        raise ValueError(f"a record of {length} bytes is no page's")
    return b"\x1f\x8b\x08\x10" + bytes(6) + b" " * padding + b"\0" + tail


def read_at(stream: IO[bytes], offset: int) -> Page | Unreadable:
    """The page of the record that begins at `offset` of a seekable stream."""
    try:
        stream.seek(offset)
    except (OSError, ValueError) as error:
        return Unreadable(None, offset, f"no such place in the file: {error}")
    for found in _records(stream):
        return found
    return Unreadable(None, offset, "no page is recorded there")


def _info(writer: WARCWriter, first: Page | None) -> Any:
    text = f"software: Rasad/{__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
    when = first.fetched_at if first else datetime.fromtimestamp(0, timezone.utc)
    headers = {"WARC-Record-ID": _id(text, _date(when).encode()), "WARC-Type": "warcinfo", "WARC-Date": _date(when)}
    return writer.create_warc_record(
        "",
        "warcinfo",
        payload=BytesIO(text),
        length=len(text),
        warc_headers_dict=headers,
        warc_content_type="application/warc-fields",
    )


def _record(writer: WARCWriter, page: Page) -> Any:
    date = _date(page.fetched_at)
    headers = {
        "WARC-Record-ID": _id(page.url.encode("utf-8", "replace"), date.encode(), str(page.status).encode(), page.body),
        "WARC-Date": date,
    }
    if page.source_id:
        headers[SOURCE] = _line(page.source_id)
    if page.published_hint:
        headers[PUBLISHED] = _line(page.published_hint)
    return writer.create_warc_record(
        _line(page.url),
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=StatusAndHeaders(f"{page.status} {_phrase(page.status)}", _http_headers(page), "HTTP/1.1"),
        warc_headers_dict=headers,
    )


def _http_headers(page: Page) -> list[tuple[str, str]]:
    headers = [((_KEPT_AS if name in _UNDONE else "") + _line(name), _line(value)) for name, value in page.headers]
    return [*headers, ("content-length", str(len(page.body)))]


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]
    """warcio's reader, with a bound on what it reads by the line: headers, which it would collect without end.

    It also knows whether the file ended too early, which warcio takes for an ordinary end: `ended` within the lines
    of a header (the last line was none), `cut` within a gzip member.
    """

    _lines = 0
    _fed = False
    ended = False
    cut = False

    def _init_decomp(self, decomp_type: str | None) -> None:
        self._fed = False
        super()._init_decomp(decomp_type)

    def _decompress(self, data: bytes) -> bytes:
        self._fed = True
        out: bytes = super()._decompress(data)
        return out

    def close_decompressor(self) -> None:
        self.cut = bool(self.decompressor and self._fed and not self.decompressor.eof)
        super().close_decompressor()

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(MAX_HEADERS if length is None else min(length, MAX_HEADERS))
        self.ended = not line
        self._lines += len(line)
        if self._lines > MAX_HEADERS:
            raise ArchiveLoadFailed(f"headers of more than {MAX_HEADERS:,} bytes")
        return line

    def read(self, length: int | None = None) -> bytes:
        self._lines = 0
        part: bytes = super().read(length)
        return part


class _Records(ArchiveIterator):  # type: ignore[misc]
    """warcio's iterator, which refuses files that were packed whole (`gzip crawl.warc`): their records have no place
    of their own to be replayed from. To be read one after the other they need none."""

    def _raise_invalid_gzip_err(self) -> None:
        pass

    @property
    def place(self) -> int:
        return max(0, int(self.offset))  # counted back from the end of what is unpacked


def _records(stream: Any) -> Iterator[Page | Unreadable]:
    url: str | None = None
    archive = None
    last: Page | Unreadable | None = None
    try:
        archive = _Records(stream, no_record_parse=True, arc2warc=True)
        archive.reader = reader = _Reader(archive.fh)
        for record in archive:
            url = record.rec_headers.get_header("WARC-Target-URI")
            last = None
            if reader.ended:
                last = Unreadable(url, archive.place, "the file ends within the headers of this record")
                yield last
            elif record.rec_type == "response" and (url or "").startswith(("http:", "https:")):
                last = _page(record, str(url), archive.place)
                yield last
        if reader.cut and not isinstance(last, Unreadable):
            yield Unreadable(None, archive.place, "the file ends within a record")
    except Exception as error:
        # warcio has an exception for each way to be damaged, and zlib, int and codecs have theirs.
        reason = f"damaged after here: {str(error)[:200] or type(error).__name__}"
        yield Unreadable(url, archive.place if archive else 0, reason)


def _page(record: Any, url: str, offset: int) -> Page | Unreadable:
    """The page in a record of type response. What is wrong with the record itself leaves the next ones readable."""
    if record.rec_headers.get_header("WARC-Truncated"):
        return Unreadable(url, offset, "the record says that its page was cut")
    try:
        answer = StatusAndHeadersParser([], verify=False).parse(record.raw_stream)
        status = int(answer.get_statuscode())
        fetched_at = _when(record.rec_headers.get_header("WARC-Date") or "")
    except (ValueError, EOFError) as error:
        return Unreadable(url, offset, f"a record without HTTP status or date: {str(error)[:200]}")
    headers = tuple((name.lower(), value) for name, value in answer.headers)
    named = dict(reversed(headers))
    stream = record.raw_stream
    if "chunked" in named.get("transfer-encoding", "").lower():
        stream = ChunkedDataReader(stream)  # takes a body as it is where it is not chunked after all
    body = _at_most(stream, MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return Unreadable(url, offset, f"more than {MAX_BODY:,} bytes")
    _at_most(record.raw_stream, MAX_BODY)  # what may follow the last chunk
    if getattr(record.raw_stream, "limit", 0) > 0:
        return Unreadable(url, offset, "the record ends too early")
    try:
        body = compression.decoded(body, named.get("content-encoding", ""), MAX_BODY)
    except ValueError as error:
        return Unreadable(url, offset, str(error))
    return Page(
        url=url,
        source_id=record.rec_headers.get_header(SOURCE) or "",
        status=status,
        headers=_as_sent(headers),
        body=body,
        fetched_at=fetched_at,
        published_hint=record.rec_headers.get_header(PUBLISHED),
    )


def _as_sent(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The headers as the server sent them; the archive's own content-length goes."""
    return tuple((name.removeprefix(_KEPT_AS), value) for name, value in headers if name != "content-length")


def _at_most(stream: Any, limit: int) -> bytes:
    """Read to the end or the limit: one read may give less."""
    parts: list[bytes] = []
    left = limit
    while left > 0 and (part := stream.read(min(left, 65_536))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _id(*content: bytes) -> str:
    """A record's id out of what it holds."""
    digest = hashlib.sha256(b"\0".join(content)).digest()
    return f"<urn:uuid:{uuid.UUID(bytes=digest[:16], version=5)}>"


def _date(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _when(text: str) -> datetime:
    """WARC-Date: UTC, with or without fractions of a second, or ARC's fourteen digits."""
    if text.isdecimal():
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    head, _, fraction = text.removesuffix("Z").partition(".")
    moment = datetime.strptime(head, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return moment.replace(microsecond=int((fraction + "000000")[:6])) if fraction else moment


def _line(text: str) -> str:
    """One line: nothing that came from outside may begin a header of its own."""
    return " ".join(text.split())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
