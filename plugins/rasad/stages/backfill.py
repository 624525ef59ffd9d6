"""Backfill: WARC files of any make through clean, extract and load, a chunk at a time."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import os
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from upath import UPath

from rasad import logs
from rasad import sources as registry
from rasad.facts.backend import NerBackend, label
from rasad.model import Batch, Json, Page, ReadArticle, Settled, Source
from rasad.pages import language
from rasad.settings import Settings
from rasad.stages.clean import read_page
from rasad.stages.extract import VERSIONS, backend, read_facts
from rasad.stages.plan import PlanError, load_sources, named
from rasad.stages.publish import RunFailed
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load, publication_day
from rasad.web import archive, urls
from rasad.web.client import Client, LocalGate

log = logging.getLogger(__name__)

LANGUAGES = ("ar",)  # in which facts are found
CHUNK = 200  # records that are read together, at most
CHUNK_BYTES = 16_000_000  # of pages in a chunk: what it holds in memory, whatever the pages' size
# What is loaded in one transaction, in whole chunks: large ones cost less an article (benchmarks/ingest.py). What is
# read and not loaded yet is what a kill loses, and what is held in memory.
LOAD_ARTICLES = 2_000
LOAD_SIGNS = 8_000_000  # of text, whatever the articles' size
LOAD_RECORDS = 20_000  # of an archive with few articles
MAX_FILE = 8_000_000_000  # bytes of a file that is fetched; Common Crawl's have 1 GB
MAX_HOURS = 2  # for fetching one
# What a file will take, for a person who has to decide. Compressed, pages of newspapers have 10 to 30 KB.
PAGE_BYTES = 20_000
PAGES_A_SECOND = 20  # of one worker, with facts (benchmarks/ingest.py)
UNKNOWN_BYTES = 1_000_000_000  # a file that is named by address: as Common Crawl's
LARGE = 100_000  # pages from which on a person is asked first
# What an archive holds beside articles is counted in the receipt, and does not enter the ledger.
_COUNTED_ONLY = frozenset({"not_arabic", "gone", "failed"})


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a file's articles are loaded: all of them, or those of some sources and days."""

    since: date | None = None  # first day of publication, as the warehouse has it
    until: date | None = None  # last one
    sources: frozenset[str] = frozenset()  # ids; none for all

    @classmethod
    def of(
        cls,
        since: str | None,
        until: str | None,
        ids: Sequence[str],
        known: dict[str, Source],
        languages: Sequence[str] = LANGUAGES,
    ) -> Wanted:
        """Out of what a person wrote. Raises PlanError, which names the field."""
        for code in languages:
            if code not in LANGUAGES:
                raise PlanError(f"languages: {code!r} is not read: facts are found in Arabic alone, so give ar or none")
        days = {"since": _day("since", since), "until": _day("until", until)}
        if days["since"] and days["until"] and days["since"] > days["until"]:
            raise PlanError(f"since: {since} is after until, {until}: exchange the two")
        try:
            named(known, ids)
        except PlanError as error:
            raise PlanError(f"sources: {error}") from None
        return cls(days["since"], days["until"], frozenset(ids))

    def __str__(self) -> str:
        """A part of receipts' names: another choice out of the same file is another work. Empty for everything."""
        parts = (self.since, self.until, *sorted(self.sources))
        return "" if parts == (None, None) else "/" + ",".join(str(part or "") for part in parts)

    def may_hold(self, page: Page, source: Source) -> str | None:
        """What a page is passed over as before anything of it is read; None where it is not."""
        if self.sources and source.id not in self.sources:
            return "other_source"
        # Nothing is published later than two days after it was fetched (`publication_day`).
        if self.since and (page.fetched_at + timedelta(days=1)).date() < self.since:
            return "other_day"
        return None

    def holds(self, published: str | None, fetched_at: datetime, source: Source) -> bool:
        """Whether an article's day is among those wanted."""
        day, _ = publication_day(published, fetched_at, source.timezone)
        return (self.since or date.min) <= day <= (self.until or date.max)


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """After a load: what this file gave so far, by outcome. `again` counts records of chunks that stood already."""

    file: str
    records: int
    facts: int
    outcomes: Counter[str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Chunk:
    """Records that are read together: pages, and those that are only counted, by outcome."""

    number: int
    records: int
    pages: tuple[tuple[Page, Source], ...]
    counted: Counter[str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Read:
    """A chunk read: its articles with facts, its other pages, the sources that they belong to, counts by outcome."""

    articles: tuple[ReadArticle, ...]
    settled: tuple[Settled, ...]
    claimed: dict[str, Source]
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
    settings: Settings,
    dsn: str,
    path: Path,
    say: Callable[[Progress], None] = lambda progress: None,
    *,
    wanted: Wanted | None = None,
    jobs: int = 1,
) -> Progress:
    """Read one WARC file into the warehouse. Killed and started again it goes on behind the last load; with newer
    extractors, or with other articles `wanted`, it is read anew.

    `jobs` processes clean and extract, this one reads the file and loads, in the file's order: the rows are the same
    for any number. At most `jobs` + 2 chunks are in memory, and what one load holds. Raises FileNotFoundError,
    SourceError, WarehouseError.
    """
    sources = load_sources(settings)
    wanted = wanted or Wanted()
    # A chunk is known by its number, so that a file cut into others is another work.
    readers = f"{'.'.join(VERSIONS.values())}-{label(backend(settings.ner_model)).replace(' ', '-')}"
    name = f"backfill/{identity(path)}/{readers}/{CHUNK}{wanted}"
    outcomes: Counter[str] = Counter()
    records = facts = 0
    with (
        logs.about(run_id=name),
        _readers(jobs, settings.ner_model) as read,
        connect(dsn, autocommit=True) as link,
    ):
        ledger.sync_sources(link, sources.values())
        with link.cursor() as cursor:
            cursor.execute("SELECT batch_id FROM news.batch WHERE run_id = %s", (name,))
            loaded = {number for (receipt,) in cursor for number in _numbers(receipt)}
        unread = ((chunk, None if chunk.number in loaded else chunk) for chunk in _chunks(path, sources, wanted))
        waiting: list[tuple[_Chunk, _Read]] = []

        def put() -> None:
            nonlocal records, facts
            if not waiting:
                return
            claimed = {source.id: source for _, done in waiting for source in done.claimed.values()}
            ledger.sync_sources(link, (source for source in claimed.values() if source.id not in sources))
            facts += load(dsn, _batch(name, waiting, claimed), claimed, VERSIONS).facts
            records += sum(chunk.records for chunk, _ in waiting)
            for chunk, done in waiting:
                outcomes.update(chunk.counted + done.outcomes)
            waiting.clear()
            say(Progress(path.name, records, facts, outcomes.copy()))

        for chunk, done in read(unread, wanted):
            if done is None:
                put()
                records += chunk.records
                outcomes["again"] += chunk.records
                say(Progress(path.name, records, facts, outcomes.copy()))
                continue
            waiting.append((dataclasses.replace(chunk, pages=()), done))
            if _enough(waiting):
                put()
        put()
    return Progress(path.name, records, facts, outcomes)


def _enough(waiting: Sequence[tuple[_Chunk, _Read]]) -> bool:
    """Whether so much is loaded: by what the file holds alone, so that who was killed goes on with the same loads."""
    return (
        sum(len(done.articles) for _, done in waiting) >= LOAD_ARTICLES
        or sum(len(read.article.text) for _, done in waiting for read in done.articles) >= LOAD_SIGNS
        or sum(chunk.records for chunk, _ in waiting) >= LOAD_RECORDS
    )


def _numbers(receipt: str) -> range:
    """The chunks that a receipt stands for; one of before loads held several has a single number."""
    first, _, last = receipt.rsplit("/", 1)[-1].partition("-")
    return range(int(first), int(last or first) + 1)


def _batch(run: str, waiting: Sequence[tuple[_Chunk, _Read]], claimed: dict[str, Source]) -> Batch:
    settled = tuple(one for _, done in waiting for one in done.settled)
    outcomes = sum((chunk.counted + done.outcomes for chunk, done in waiting), Counter[str]())
    kept = {one.outcome for one in settled} | {"article"}
    return Batch(
        f"{run}/{waiting[0][0].number}-{waiting[-1][0].number}",
        run,
        min(claimed, default="archive"),
        tuple(read for _, done in waiting for read in done.articles),
        settled,
        tuple((outcome, n) for outcome, n in sorted(outcomes.items()) if outcome not in kept),
    )


def _chunks(path: Path, sources: dict[str, Source], wanted: Wanted) -> Iterator[_Chunk]:
    """The file's records, `CHUNK` at a time or fewer where they are large. What can be told from a record without
    parsing its page is told here, so that what nobody wants is neither kept nor handed on.
    """
    number = records = size = 0
    pages: list[tuple[Page, Source]] = []
    counted: Counter[str] = Counter()
    for record in archive.read(UPath(path)):
        records += 1
        if isinstance(record, Page):
            found = _passed_over(record, sources, wanted)
            if isinstance(found, str):
                counted[found] += 1
            else:
                pages.append((record, found))
                size += len(record.body)
        else:
            where = urls.readable(record.url) if record.url else "no page"
            log.warning("%s, byte %d: %s: %s", path.name, record.offset, where, record.reason)
            counted["unreadable"] += 1
        if records == CHUNK or size >= CHUNK_BYTES:
            yield _Chunk(number, records, tuple(pages), counted)
            number, records, size, pages, counted = number + 1, 0, 0, [], Counter()
    if records:
        yield _Chunk(number, records, tuple(pages), counted)


def _passed_over(page: Page, sources: dict[str, Source], wanted: Wanted) -> Source | str:
    """The page's source; a word where the page is only counted."""
    try:
        source = registry.for_url(sources, page.url) or registry.from_host(urls.netloc(page.url))
        urls.canonical(page.url)
    except ValueError as error:  # nothing that a ledger could hold
        log.warning("%s", error)
        return "bad_url"
    if outcome := wanted.may_hold(page, source):
        return outcome
    if 200 <= page.status < 300 and not language.may_be_arabic(page.body):
        return "not_arabic"
    return source


_Pairs = Iterator[tuple[_Chunk, _Chunk | None]]
_Reader = Callable[[_Pairs, Wanted], Iterator[tuple[_Chunk, _Read | None]]]


@contextmanager
def _readers(jobs: int, model: Path | None) -> Iterator[_Reader]:
    """Something that reads chunks and gives them in their order: in this process, or ahead in `jobs` others."""
    if jobs <= 1:
        yield lambda chunks, wanted: (
            (chunk, None if unread is None else _read(unread.pages, wanted, model)) for chunk, unread in chunks
        )
        return
    with ExitStack() as stack:
        # A model's own threads do not live on in a process that is forked.
        context = get_context("spawn") if model else None
        pool = ProcessPoolExecutor(jobs, context, initializer=_end_with, initargs=(os.getpid(),))
        stack.callback(pool.shutdown, cancel_futures=True)

        def ahead(chunks: _Pairs, wanted: Wanted) -> Iterator[tuple[_Chunk, _Read | None]]:
            waiting: deque[tuple[_Chunk, Future[_Read] | None]] = deque()
            for chunk, unread in chunks:
                waiting.append((chunk, pool.submit(_read, unread.pages, wanted, model) if unread else None))
                if len(waiting) > jobs + 1:
                    yield _finished(*waiting.popleft())
            while waiting:
                yield _finished(*waiting.popleft())

        yield ahead


def _finished(chunk: _Chunk, future: Future[_Read] | None) -> tuple[_Chunk, _Read | None]:
    return chunk, future.result() if future else None


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone: killed, it can tell nobody, and a reader would wait for
    the next chunk for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _read(pages: Sequence[tuple[Page, Source]], wanted: Wanted, model: Path | None) -> _Read:
    """Clean and extract a chunk's pages."""
    articles: list[ReadArticle] = []
    settled: list[Settled] = []
    claimed: dict[str, Source] = {}
    outcomes: Counter[str] = Counter()
    ner = backend(model)
    for page, source in pages:
        read = _article(page, source, wanted, ner)
        if isinstance(read, str):
            outcomes[read] += 1
            continue
        if isinstance(read, Settled):
            outcomes[read.outcome] += 1
            if read.outcome in _COUNTED_ONLY:
                continue
            settled.append(dataclasses.replace(read, source_id=source.id))
        else:
            outcomes["article"] += 1
            articles.append(read)
        claimed[source.id] = source
    return _Read(tuple(articles), tuple(settled), claimed, outcomes)


def _article(page: Page, source: Source, wanted: Wanted, ner: NerBackend) -> ReadArticle | Settled | str:
    """One page through clean and extract; a word where it is only counted."""
    if 200 <= page.status < 300 and language.is_other(page.body):
        return "not_arabic"
    cleaned = read_page(page, source)
    if isinstance(cleaned, Settled):
        return cleaned
    if not wanted.holds(cleaned.published_at, page.fetched_at, source):
        return "other_day"
    body_hash = hashlib.sha256(page.body).hexdigest()
    return read_facts(ReadArticle(cleaned, (), page.url, page.status, body_hash), ner)


# Files by address, and what a run in Airflow was asked for.


@contextmanager
def local(settings: Settings, file: str) -> Iterator[Path]:
    """A path of this machine for a file named by path or by address.

    What an address gives is kept in TMPDIR meanwhile. Raises FetchError where it does not come whole, or from a
    private address that RASAD_ALLOW_HOSTS does not name.
    """
    if not _is_address(file):
        yield Path(file)
        return
    with tempfile.TemporaryDirectory(prefix="rasad-") as folder:
        path = Path(folder) / (file.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1][:100] or "file")
        with (
            Client(settings.contact, settings.allow_hosts, LocalGate(), total=MAX_HOURS * 3600.0) as client,
            path.open("wb") as out,
        ):
            client.download(file, out, max_bytes=MAX_FILE)
        yield path


def check_file(file: str) -> str | None:
    """What is wrong with a file as named; None where nothing is. Addresses are not asked yet."""
    if _is_address(file):
        try:
            urls.netloc(file)
        except ValueError as error:
            return str(error)
        return None
    path = Path(file)
    if not path.is_file() or not os.access(path, os.R_OK):
        return f"{file} {'cannot be read' if path.is_file() else 'is no file'}"
    return None


def plan_files(settings: Settings, params: Json) -> list[Json]:
    """The work of each of `files`, as chosen by `since`, `until`, `sources` and `languages`.

    Raises PlanError, whose message begins with the field that is wrong, and SourceError.
    """
    files = list(dict.fromkeys(line.strip() for line in params["files"] if line.strip()))
    ids = list(dict.fromkeys(line.strip() for line in params["sources"] if line.strip()))
    if not files:
        raise PlanError("files: none is named: give paths or addresses of WARC files, one a line")
    for file in files:
        if not _is_address(file) and not Path(file).is_absolute():
            raise PlanError(f"files: {file} is not whole, and tasks run in folders of their own: give it from / on")
        if problem := check_file(file):
            raise PlanError(f"files: {problem}: give WARC files (.warc or .warc.gz)")
    Wanted.of(params["since"], params["until"], ids, load_sources(settings), params["languages"])
    return [{"file": file, "since": params["since"], "until": params["until"], "sources": ids} for file in files]


def estimate(works: Sequence[Json]) -> Json:
    """What the files of `plan_files` will take: `pages` and `hours` of one worker, whether that is `large`, and all of
    it as `text` for a person."""
    addresses = sum(_is_address(work["file"]) for work in works)
    size = addresses * UNKNOWN_BYTES + sum(
        Path(work["file"]).stat().st_size for work in works if not _is_address(work["file"])
    )
    pages = size // PAGE_BYTES
    hours = pages / PAGES_A_SECOND / 3600
    text = f"{len(works)} files, {size / 1e9:.1f} GB: about {pages:,} pages, {hours:.1f} hours of one worker"
    text += f" ({addresses} by address, counted as {UNKNOWN_BYTES / 1e9:.0f} GB each)" if addresses else ""
    return {"pages": pages, "hours": hours, "large": pages >= LARGE, "text": text}


def read_file(settings: Settings, dsn: str, work: Json) -> Json:
    """One of them into the warehouse: its counts.

    Raises FetchError, PlanError where the file holds no page, and what `backfill` raises.
    """
    wanted = Wanted.of(work["since"], work["until"], work["sources"], load_sources(settings))
    with local(settings, work["file"]) as path:
        done = backfill(settings, dsn, path, lambda progress: log.info("%s", progress), wanted=wanted)
    if done.records == done.outcomes["unreadable"]:
        raise PlanError(f"files: {work['file']} holds no page that can be read: is it a WARC file?")
    return {"file": work["file"], "records": done.records, "facts": done.facts, "outcomes": dict(done.outcomes)}


def counts(done: Iterable[Json]) -> Json:
    """The counts of several files together. Raises RunFailed where there is none."""
    files = list(done)
    if not files:
        raise RunFailed("no file of this run was loaded: see the red rows of read, or the red task plan")
    outcomes = sum((Counter(file["outcomes"]) for file in files), Counter[str]())
    return {
        "files": len(files),
        "records": sum(file["records"] for file in files),
        "facts": sum(file["facts"] for file in files),
        "outcomes": dict(sorted(outcomes.items())),
    }


def _is_address(file: str) -> bool:
    return file.lower().startswith(("http://", "https://"))


def _day(field: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlanError(f"{field}: {text!r} is no day: write it as 2026-03-10") from None
