"""Backfill: WARC files of any make through clean, extract and load, a chunk at a time."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from upath import UPath

from rasad import sources as registry
from rasad.model import Batch, Page, ReadArticle, Settled, Source
from rasad.settings import Settings
from rasad.stages.clean import read_page
from rasad.stages.extract import VERSIONS, read_facts
from rasad.stages.plan import load_sources
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load
from rasad.web import archive, urls

log = logging.getLogger(__name__)

CHUNK = 200  # records a transaction
# What an archive holds beside articles is counted, and does not enter the ledger.
_COUNTED_ONLY = frozenset({"not_arabic", "gone", "failed"})


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """After a chunk: what this file gave so far, by outcome. `again` counts records of chunks that stood already."""

    file: str
    records: int
    facts: int
    outcomes: Counter[str]


def identity(path: Path) -> str:
    """A name for the file's content: its size and 64 KB of either end, hashed."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(65_536)
        file.seek(max(0, size - 65_536))
        tail = file.read()
    return hashlib.sha256(b"%d\0" % size + head + tail).hexdigest()[:16]


def backfill(
    settings: Settings, dsn: str, path: Path, say: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Read one WARC file into the warehouse. Killed and started again it goes on behind the last chunk loaded;
    with newer extractors it is read anew. Raises FileNotFoundError, WarehouseError.
    """
    sources = load_sources(settings)
    # A chunk is known by its number, so that a file cut into others is another work.
    name = f"backfill/{identity(path)}/{'.'.join(VERSIONS.values())}/{CHUNK}"
    outcomes: Counter[str] = Counter()
    records = facts = 0
    with connect(dsn, autocommit=True) as link:
        ledger.sync_sources(link, sources.values())
        with link.cursor() as cursor:
            cursor.execute("SELECT batch_id FROM news.batch WHERE run_id = %s", (name,))
            loaded = {row[0] for row in cursor.fetchall()}
        for number, chunk in enumerate(_chunks(UPath(path))):
            records += len(chunk)
            batch_id = f"{name}/{number}"
            if batch_id in loaded:
                outcomes["again"] += len(chunk)
            else:
                batch, claimed = _read(batch_id, name, chunk, sources, outcomes)
                ledger.sync_sources(link, (s for s in claimed.values() if s.id not in sources))
                facts += load(dsn, batch, claimed, VERSIONS).facts
            say(Progress(path.name, records, facts, outcomes.copy()))
    return Progress(path.name, records, facts, outcomes)


def _chunks(path: UPath) -> Iterator[list[Page | str]]:
    """The file's records, `CHUNK` at a time; a record that cannot be read stands there as its reason."""
    chunk: list[Page | str] = []
    for record in archive.read(path):
        if not isinstance(record, Page):
            log.warning("%s, byte %d: %s: %s", path.name, record.offset, record.url or "no page", record.reason)
        chunk.append(record if isinstance(record, Page) else record.reason)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _read(
    batch_id: str, run: str, chunk: list[Page | str], sources: dict[str, Source], outcomes: Counter[str]
) -> tuple[Batch, dict[str, Source]]:
    """Clean and extract a chunk: the batch, and the sources that its pages belong to."""
    articles: list[ReadArticle] = []
    settled: list[Settled] = []
    claimed: dict[str, Source] = {}
    for page in chunk:
        if isinstance(page, str):
            outcomes["unreadable"] += 1
            continue
        try:
            source = registry.for_url(sources, page.url) or registry.from_host(urls.netloc(page.url))
            urls.canonical(page.url)
        except ValueError as error:  # nothing that a ledger could hold
            log.warning("%s", error)
            outcomes["bad_url"] += 1
            continue
        read = _article(page, source)
        outcomes[read.outcome if isinstance(read, Settled) else "article"] += 1
        if isinstance(read, Settled):
            if read.outcome not in _COUNTED_ONLY:
                claimed[source.id] = source
                settled.append(dataclasses.replace(read, source_id=source.id))
            continue
        claimed[source.id] = source
        articles.append(read)
    return Batch(batch_id, run, next(iter(sorted(claimed)), "archive"), tuple(articles), tuple(settled)), claimed


def _article(page: Page, source: Source) -> ReadArticle | Settled:
    """One page through clean and extract."""
    cleaned = read_page(page, source)
    if isinstance(cleaned, Settled):
        return cleaned
    body_hash = hashlib.sha256(page.body).hexdigest()
    return read_facts(ReadArticle(cleaned, (), page.url, page.status, body_hash))
