"""Clean: pages to articles. File in, file out; no database, no network."""

from __future__ import annotations

import dataclasses
import io
import logging
import re
import time
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from rasad import logs, pages
from rasad import sources as registry
from rasad.model import Article, Json, Page, ReadArticle, Settled, Source
from rasad.settings import Settings
from rasad.stages.landing import Work, article_line, check, get, get_lines, put_lines, settled_line, took
from rasad.stages.plan import load_sources, named
from rasad.warehouse.load import page_id
from rasad.web import archive, urls

log = logging.getLogger(__name__)


def clean(settings: Settings, work: Work) -> Work:
    """Read the WARC that the work's file names; write its articles and what the other pages are settled as."""
    start = time.monotonic()
    if "file" not in work:
        return Work(**{**work, "stages": took(work, "clean", start, 0)})
    check(work["file"], "pages", "fetch")
    (source,) = named(load_sources(settings), [work["source"]])
    lines = list(_lines(settings, work["file"], source))
    reference = put_lines(settings.landing, work, "articles", lines)
    count = sum("article" in line for line in lines)
    return Work(**{**work, "file": reference, "stages": took(work, "clean", start, count)})


def _lines(settings: Settings, file: str, source: Source) -> Iterator[Json]:
    listing = get_lines(settings.landing, file)
    warc = next(listing)["warc"]
    asked: dict[str, list[Json]] = {}  # rows by the address that answered
    for row in listing:
        if "settled" in row:
            yield row
        else:
            asked.setdefault(row["url"], []).append(row)
    if warc is None:
        return
    for page in archive.read(io.BytesIO(get(settings.landing, warc))):
        if not isinstance(page, Page):
            continue
        rows = asked.pop(page.url, [])
        read = read_page(page, source)
        for row in rows:
            if isinstance(read, Settled):
                yield settled_line(dataclasses.replace(read, url=row["asked"]))
            else:
                headers = dict(page.headers)
                validators = (row["body_hash"], headers.get("etag"), headers.get("last-modified"))
                yield article_line(ReadArticle(read, (), row["asked"], page.status, *validators))
    for row in (row for rows in asked.values() for row in rows):
        yield settled_line(Settled(row["asked"], "unreadable", f"its record in {warc} is damaged"))


def read_page(page: Page, source: Source) -> Article | Settled:
    """One page to an article under its own address, or to what it is settled as. Never raises for a page's content."""
    url = page.url
    if source.dates == "page":
        page = dataclasses.replace(page, published_hint=None)
    with logs.about(source=source.id, page=str(page_id(page.url))):
        try:
            read = pages.read(page, source)
            if isinstance(read, Article):
                url = own_address(page.url, read.canonical_url, source)
        except Exception as error:  # one hostile page must not stop the other 199
            log.exception("reading %s failed", page.url)
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            read = Settled(page.url, "unreadable", said, page.status)
        if isinstance(read, Settled):
            log.info("%s: %s (%s)", read.outcome, urls.readable(page.url), read.reason)
    if isinstance(read, Settled):
        return dataclasses.replace(read, url=page.url, fetched_at=read.fetched_at or page.fetched_at.isoformat())
    return dataclasses.replace(
        read,
        url=url,
        source_id=source.id,
        published_at=_local(read.published_at, source),
        updated_at=_local(read.updated_at, source),
        fetched_at=page.fetched_at.isoformat(),
    )


def _local(moment: str | None, source: Source) -> str | None:
    """A time in the publisher's own offset: many pages write UTC, and 22:40 there is the next day in Beirut."""
    if moment is None or "T" not in moment or source.country == "ZZ":
        return moment
    read = datetime.fromisoformat(moment)
    return read.astimezone(ZoneInfo(source.timezone)).isoformat() if read.tzinfo else moment


def own_address(url: str, declared: str | None, source: Source) -> str:
    """The article's address: what the page declares as canonical where that can be believed, else where it stood.

    Believed is an address of the same source that has the same path and query on another host or scheme, or that
    shares with the page's own what tells articles apart: templates that declare the home page, the section or the
    script for every article would otherwise make one article of all. Raises ValueError where `url` is no web address.
    """
    own = urls.canonical(url)
    try:
        canonical = urls.canonical(declared) if declared else own
    except ValueError:
        return own
    if registry.for_url({source.id: source}, canonical) is None:
        return own
    same_place = canonical.split("/", 3)[3:] == own.split("/", 3)[3:]
    return canonical if same_place or _telling(own) & _telling(canonical) else own


def _telling(url: str) -> set[str]:
    """What in an address names one article: of its last path segment and its query, what has a number of three digits
    or four words. Sections and scripts (/sport, /arts-and-culture, /news.php) have neither."""
    parts = urlsplit(url)
    last = re.sub(r"\.(?:html?|php|aspx?|jsp)$", "", parts.path.rstrip("/").rsplit("/", 1)[-1])
    found = {unquote(last), *(value for _, value in parse_qsl(parts.query))}
    return {
        name for name in found if re.search(r"[0-9]{3}", name) or len(re.findall(r"\w+", name.replace("_", " "))) >= 4
    }
