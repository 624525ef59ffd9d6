"""What a source announces: RSS, RDF, Atom, JSON Feed, sitemaps. Read by what the bytes are, whatever they were called.

An HTML page that lists articles is read as one only where the source's file says `section`: elsewhere it is what
stands where a feed was.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone, tzinfo
from io import BytesIO
from itertools import zip_longest
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import feedparser

from rasad.model import Feed, Link, Source
from rasad.web import autodiscovery, compression, sitemaps, urls, when

MAX_FEED = 5_000_000  # bytes of RSS or Atom; the largest seen, a podcast's, has 2.4 million
MAX_SITEMAP = 50_000_000  # bytes, decompressed; what sitemaps.org allows
MAX_LINKS = 1_000  # of one feed or sitemap, the newest
MAX_NESTED = 50  # sitemaps out of one index, the newest
AHEAD = timedelta(minutes=15)  # a clock may be off by that; a later date is no date of publication

# Sitemaps of what is no article, by the names that the programs which make them give.
_OF_LISTS = re.compile(
    r"(?:^|[-_./])(?:categor(?:y|ies)|(?:post_)?tags?|authors?|users|taxonom(?:y|ies)|topics|images?|pages?|static|menus?)"
    r"[-_]?(?:sitemap|\d*\.xml)|sitemap[-_.]?(?:misc|categor(?:y|ies)|tags?|authors?|users|taxonom\w+|topics|images?|pages|static)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(rb"<(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEMS_READ = 1_000  # from the front and from the back: feeds begin with the newest, or, rarely, end with it
_TAGS_READ = 200_000  # of a feed: feedparser needs up to 25 µs for each, so this is what bounds its time
_BEGINNING = re.compile(r"<\?xml|<(?:[A-Za-z0-9]{1,20}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})""")
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_ENTITY = re.compile(r"<!ENTITY[^>]{0,10000}>?", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"<[^<>]{0,1000}>")
# Parsers of XML compare each attribute of an element with all others of it.
_ATTRIBUTES = re.compile(rb"""<[^\s<>/]+(?:\s+[^\s=<>]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){1000}""")
# Labels that programs write by habit, of bytes that are neither UTF-8 nor this.
_UNLIKELY = frozenset(("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "cp1252"))
_EARLIEST = datetime(1990, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Listing:
    """What was announced: articles, newest first and undated ones where they stood, and sitemaps to read next: those
    with a date, newest first, then the others from both ends of the list, where the newest stand. `changed` has the
    date of each. `problem` says why nothing, or not all, could be read. `left_out` counts what was there past the
    bounds.
    """

    links: tuple[Link, ...] = ()
    nested: tuple[str, ...] = ()
    changed: tuple[datetime | None, ...] = ()
    problem: str | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Item:
    url: str
    title: str | None
    published: str | None
    touched: str | None = None  # when last changed: ranks, and is no date of publication


def read(body: bytes, content_type: str | None, feed: Feed, source: Source, fetched_at: datetime) -> Listing:
    """Read what a feed's or sitemap's address gave. Never raises, whatever the bytes.

    Dates without a zone are the source's; dates ahead of `fetched_at` or before 1990 are dropped, and the page's own
    is taken later. Links are canonical, http(s) only, each once.
    """
    if body.startswith(compression.GZIP_MAGIC):
        try:
            body = compression.gunzipped(body, MAX_SITEMAP)
        except ValueError as error:
            return Listing(problem=f"not readable: {error}")
    if len(body) > MAX_SITEMAP:
        return Listing(problem=f"{len(body):,} bytes, more than the {MAX_SITEMAP:,} that a sitemap may have")
    if _ATTRIBUTES.search(_as_utf8(body, content_type) if _wide(body[:4000]) else body):
        return Listing(problem="an element has a thousand attributes and more, which no feed needs")
    head = _head(body)
    if not head:
        return Listing(problem="empty: the server sent no bytes" if not body else "empty: only blanks")
    if "<urlset" in head or "<sitemapindex" in head:
        return _sitemap(_as_utf8(body, content_type), feed, source, fetched_at)
    if re.search(r"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", head) is None:
        if re.search(r"<(?:!doctype html|html|head|body)[\s>]", head):
            return _page(body, content_type, feed, source, fetched_at)
        if head.startswith(("http://", "https://")):
            return _plain(body, feed, source, fetched_at)
        if head.startswith("{") and len(body) <= MAX_FEED:  # larger: refused below, as any feed
            return _json(body, feed, source, fetched_at)
        if not head.startswith(("<", "{")):
            return Listing(problem=f"neither XML nor a feed; it begins with {head[:60]!r}")
    if len(body) > MAX_FEED:
        return Listing(problem=f"{len(body):,} bytes, more than the {MAX_FEED:,} read of a feed")
    return _feed(body, content_type, feed, source, fetched_at)


def _head(body: bytes) -> str:
    """The beginning, enough to see what it is."""
    start = body[:4000]
    text = start.decode(_wide(start) or "utf-8", "replace")
    return text.lstrip("\ufeff \t\r\n\0").lower()


def _feed(body: bytes, content_type: str | None, feed: Feed, source: Source, fetched_at: datetime) -> Listing:
    body, left_out = _cut(_as_utf8(body, content_type))
    if _tags(body) > _TAGS_READ:
        return Listing(problem=f"more than {_TAGS_READ:,} tags, which no feed needs", left_out=left_out)
    try:
        parsed = feedparser.parse(
            BytesIO(body),  # given text or bytes, feedparser would look for a file or an address of that name
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": feed.url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # a parser of everything may fail in any way; the feed gets a reason
        return Listing(problem=f"not readable as a feed: {type(error).__name__}")
    home = parsed.feed.get("link")
    items = [
        _Item(str(link), _title(entry.get("title")), *_dates(entry, parsed.version))
        for entry in parsed.entries
        if (link := _link(entry, home))
    ]
    problem = None
    if not items and parsed.entries:
        problem = f"{len(parsed.entries)} items and none has a link"
    elif not items and (parsed.get("bozo") or not parsed.get("version")):
        cause = parsed.get("bozo_exception")
        problem = f"not readable as a feed: {str(cause)[:200]}" if cause else "no feed of a kind that is known"
    return _listing(items, feed, source, fetched_at, problem, left_out)


def _json(body: bytes, feed: Feed, source: Source, fetched_at: datetime) -> Listing:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
    try:
        told = json.loads(_decoded(body, None).lstrip("\ufeff \t\r\n\0"))
    except (ValueError, RecursionError) as error:
        return Listing(problem=f"not readable as a JSON feed: {str(error)[:200]}")
    entries = told.get("items") if isinstance(told, dict) else None
    if not isinstance(entries, list):
        return Listing(problem="JSON, and no feed: it has no list of items")
    items: list[_Item] = []
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        text = {key: value for key, value in entry.items() if isinstance(value, str) and value.strip()}
        link = text.get("url") or text.get("external_url") or _permalink(text)
        if link:
            items.append(_Item(link, _title(text.get("title")), text.get("date_published"), text.get("date_modified")))
    empty = f"{len(entries)} items and none has a link" if entries and not items else None
    return _listing(items, feed, source, fetched_at, empty, 0)


def _plain(body: bytes, feed: Feed, source: Source, fetched_at: datetime) -> Listing:
    """A sitemap in plain text (sitemaps.org): an address a line, and nothing else."""
    lines = [line.strip() for line in _decoded(body, None).lstrip("\ufeff").splitlines()]
    items = [_Item(line, None, None) for line in lines if line.startswith(("http://", "https://"))]
    rest = sum(bool(line) for line in lines) - len(items)
    problem = f"{rest} of the lines of this plain-text sitemap are no addresses" if rest else None
    extra = max(len(items) - sitemaps.MAX_URLS, 0)
    return _listing(items[: sitemaps.MAX_URLS], feed, source, fetched_at, problem, extra)


def _page(body: bytes, content_type: str | None, feed: Feed, source: Source, fetched_at: datetime) -> Listing:
    """An HTML page: the articles of the source that a section lists; elsewhere a problem."""
    if feed.kind != "section":
        problem = "an HTML page, not a feed: the address may have moved, or robots get a wall"
        if told := autodiscovery.feeds(body, content_type, feed.url):
            problem += f"; the page announces {told[0].url}"
        return Listing(problem=problem)
    found = autodiscovery.articles(body, content_type, feed.url)
    items = [_Item(a.url, _title(a.text), None) for a in found if _ours(a.url, feed, source)]
    nothing = None if items else "a page without links that look like articles of this source"
    return _listing(items, feed, source, fetched_at, nothing, 0)


def _sitemap(body: bytes, feed: Feed, source: Source, fetched_at: datetime) -> Listing:
    entries, problem = sitemaps.read(body)
    zone = ZoneInfo(source.timezone)
    inner = [(_joined(feed.url, e.url), _rank(e.modified, zone, fetched_at)) for e in entries if e.index]
    inner = [(url, rank) for url, rank in inner if _ours(url, feed, source)]
    of_articles = [pair for pair in inner if not _OF_LISTS.search(urlsplit(pair[0]).path)]
    nested = dict(_newest_first(of_articles or inner))
    pages = [_Item(e.url, _title(e.title), e.published, e.modified) for e in entries if not e.index]
    if not entries and not problem and b"<loc" in body:
        problem = "a sitemap in which no address could be read"
    listing = _listing(pages, feed, source, fetched_at, problem, max(len(inner) - min(len(nested), MAX_NESTED), 0))
    changed = (datetime.fromtimestamp(rank, timezone.utc) if rank else None for rank in nested.values())
    return replace(listing, nested=tuple(nested)[:MAX_NESTED], changed=tuple(changed)[:MAX_NESTED])


def _newest_first(sitemaps: list[tuple[str, float | None]]) -> list[tuple[str, float | None]]:
    """Those with a date, newest first; then the others from the last, the first, the last but one …"""
    dated = sorted((pair for pair in sitemaps if pair[1]), key=lambda pair: pair[1] or 0.0, reverse=True)
    others = [pair for pair in sitemaps if not pair[1]]
    middle = len(others) // 2
    ends = zip_longest(reversed(others[middle:]), others[:middle])
    return dated + [pair for both in ends for pair in both if pair]


def _listing(
    items: list[_Item], feed: Feed, source: Source, fetched_at: datetime, problem: str | None, left_out: int
) -> Listing:
    zone = ZoneInfo(source.timezone)
    ranks: list[float] = []
    for item in items:
        # An undated item is taken to be as old as the one before it: feeds are in order.
        rank = _rank(item.published, zone, fetched_at) or _rank(item.touched, zone, fetched_at)
        ranks.append(rank or (ranks[-1] if ranks else float("inf")))
    order = sorted(range(len(items)), key=ranks.__getitem__, reverse=True)
    found: dict[str, Link] = {}
    for done, n in enumerate(order):
        if len(found) == MAX_LINKS:
            left_out += len(items) - done
            break
        if url := _canonical(feed.url, items[n].url, source):
            at, changed = (_moment(text, zone, fetched_at) for text in (items[n].published, items[n].touched))
            link = Link(url, source.id, feed.url, items[n].title, at, changed)
            found.setdefault(url, link)
    if items and not found and not problem:
        problem = f"{len(items)} items and none has a web address for a link"
    return Listing(tuple(found.values()), problem=problem, left_out=left_out)


def _canonical(base: str, url: str, source: Source) -> str | None:
    try:
        return urls.canonical(_joined(base, url), source.hosts)
    except ValueError:
        return None


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:  # a bracket that is no IPv6 address
        return ""


def _moment(text: str | None, zone: tzinfo, fetched_at: datetime) -> datetime | None:
    moment = when.read(text, zone) if text else None
    return moment if isinstance(moment, datetime) and _EARLIEST <= moment <= fetched_at + AHEAD else None


def _rank(text: str | None, zone: tzinfo, fetched_at: datetime) -> float | None:
    """Seconds since 1970, for sorting; a bare day is its beginning."""
    day = when.read(text, zone) if text else None
    if not day:
        return None
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, tzinfo=zone)
    return moment.timestamp() if _EARLIEST <= moment <= fetched_at + AHEAD else None


def _dates(entry: Any, version: str) -> tuple[str | None, str | None]:
    """When published and when touched. Outside Atom, a date of change is dc:date, the only date that RDF has."""
    # dict's own get: feedparser's takes one for the other where it is missing
    published, updated = (str(dict.get(entry, key) or "") or None for key in ("published", "updated"))
    return (published, updated) if version.startswith("atom") else (published or updated, None)


def _link(entry: Any, home: object) -> str | None:
    """An item's address: what a counting service (FeedBurner) stands before, the link, or the guid where there is no
    link or all items link to the site's home page."""
    link = entry.get("feedburner_origlink") or entry.get("pheedo_origlink") or entry.get("link")
    return _permalink(entry) or link if not link or link == home else link


def _permalink(entry: Any) -> str | None:
    """A guid that is an address, said to be the permanent one or not."""
    guid = str(entry.get("id") or "")
    return guid if guid.startswith(("http://", "https://")) else None


def _title(text: Any) -> str | None:
    if not text:
        return None
    plain = " ".join(html.unescape(_TAG.sub(" ", str(text)[:5000])).split())
    return plain[:500] or None


def _ours(url: str, feed: Feed, source: Source) -> bool:
    """Whether a nested sitemap lies with the source: an index is no way to send us anywhere."""
    try:
        host = urls.netloc(url)
        homes = {h.removeprefix("www.") for h in (*source.hosts, urls.netloc(feed.url))}
    except ValueError:
        return False
    return any(host.removeprefix("www.") == home or host.endswith("." + home) for home in homes)


def _cut(body: bytes) -> tuple[bytes, int]:
    """Leave out the middle of a feed of more items than are read; and how many that were."""
    starts = [match.start() for match in _ITEM.finditer(body)]
    extra = len(starts) - 2 * _ITEMS_READ
    if extra <= 0:
        return body, 0
    return body[: starts[_ITEMS_READ]] + body[starts[-_ITEMS_READ] :], extra


def _tags(body: bytes) -> int:
    """How many angle brackets open outside of CDATA; five ampersands cost a parser as much as one."""
    count = position = 0
    while position >= 0:
        start = body.find(b"<![CDATA[", position)
        end = start if start >= 0 else len(body)
        count += body.count(b"<", position, end) + body.count(b"&", position, end) // 5
        position = body.find(b"]]>", start) if start >= 0 else -1
    return count


def _as_utf8(body: bytes, content_type: str | None) -> bytes:
    """The feed in UTF-8 and saying so, without what XML forbids and without entity definitions (bombs)."""
    text = _ENTITY.sub("", _ILLEGAL.sub("", _decoded(body, content_type)))
    beginning = _BEGINNING.search(text, 0, 10_000)  # programs print warnings before it
    text = _PROLOGUE.sub("", text[beginning.start() if beginning else 0 :], count=1).lstrip()
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode()


def _wide(body: bytes) -> str | None:
    """The charset of XML in two or four bytes a letter: by its mark, else by the zeros around the first brackets."""
    if body[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32"
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(body[:2])


def _decoded(body: bytes, content_type: str | None) -> str:
    """By the bytes first: valid UTF-8 is UTF-8 whatever a label says; labels decide the rest."""
    if wide := _wide(body):
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        mostly = error.start > len(body) - 4 or body.decode("utf-8", "ignore").count("\u0627") > 20
    if mostly:  # UTF-8 cut in the middle of a letter, or with a few bad bytes in much good Arabic
        return body.decode("utf-8", "replace")
    declared = _DECLARED.search(body[:400])
    header = re.search(r"charset=[\"']?([A-Za-z0-9._-]{1,40})", content_type or "", re.IGNORECASE)
    for label in (declared and declared[1].decode(), header and header[1], "windows-1256"):
        if label and label.lower().replace("_", "-") not in _UNLIKELY:
            with contextlib.suppress(LookupError, UnicodeError):
                return body.decode(label)
    return body.decode("windows-1256", "replace")
