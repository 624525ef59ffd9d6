"""Reextract: articles that older extractors have read, read anew from the text that is kept of them.

What remains to be done is what the warehouse says is older, so that a run that was stopped goes on where it was. A
version whose text is not kept is read from its page while the landing zone holds that, and is left as it is after.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from io import BytesIO

from psycopg2.extensions import connection as Connection

from rasad import sources as registry
from rasad.facts.backend import NerBackend, label
from rasad.model import Article, Json, Page, ReadArticle, Source
from rasad.settings import Settings
from rasad.stages.backfill import Wanted
from rasad.stages.clean import read_page
from rasad.stages.extract import VERSIONS, backend, read_facts
from rasad.stages.landing import LandingError, get
from rasad.stages.plan import load_sources
from rasad.stages.publish import RunFailed
from rasad.warehouse import versions
from rasad.warehouse.connection import connect, identity
from rasad.warehouse.load import exchange_facts
from rasad.warehouse.versions import Chosen, Readers, Version
from rasad.web import archive, urls

log = logging.getLogger(__name__)

BATCH = 200  # versions a transaction, at most


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """What became of a month's versions so far."""

    month: str  # as 2026-03
    versions: int = 0  # that have new facts
    facts: int = 0
    no_text: int = 0  # whose text is not kept, nor their page any more: they keep their facts
    failed: int = 0  # on which an extractor failed: they keep their facts

    def __str__(self) -> str:
        said = f"{self.month}: {self.versions} versions read anew, {self.facts} facts"
        said += f", {self.no_text} without text left as they were" if self.no_text else ""
        return said + (f", an extractor failed on {self.failed}" if self.failed else "")


def plan_months(settings: Settings, dsn: str, params: Json) -> list[Json]:
    """The months that hold versions which older extractors have read, the latest first; each a work of its own.

    `params`: `since`, `until` (days of publication) and `sources` (ids), each of which may be empty. Raises PlanError,
    whose message begins with the field that is wrong, SettingsError and SourceError.
    """
    chosen = _chosen(settings, params)
    with connect(dsn) as link:
        found = versions.months(link, _readers(backend(settings.ner_model)), chosen)
    if newer := sum(month.newer for month in found):
        log.warning("%d versions were read by newer extractors than these and are left alone", newer)
    chosen_as = {name: params[name] for name in ("since", "until", "sources")}
    return [{"month": month.first.isoformat(), "versions": month.stale, **chosen_as} for month in found if month.stale]


def reextract(
    settings: Settings, dsn: str, work: Json, say: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Read a month's versions anew, a batch a transaction; `say` is told after each.

    Raises PlanError, SettingsError, SourceError, WarehouseError.
    """
    ner = backend(settings.ner_model)
    readers, chosen, month = _readers(ner), _chosen(settings, work), date.fromisoformat(work["month"])
    known = load_sources(settings)
    done = Progress(f"{month:%Y-%m}")
    after: int | None = None
    with connect(dsn, autocommit=True) as link:
        while batch := versions.stale(link, readers, chosen, month, after, BATCH):
            after = batch[-1].version_id
            whole = [(version, _whole(settings, link, version, known)) for version in batch]
            read = {
                (version.version_id, version.day): read_facts(ReadArticle(article, (), article.url), ner)
                for version, article in whole
                if article is not None
            }
            anew = {place: found for place, found in read.items() if isinstance(found, ReadArticle)}
            stood, facts = exchange_facts(dsn, f"reextract {done.month} {after}", anew, VERSIONS)
            done = Progress(
                done.month,
                done.versions + stood,
                done.facts + facts,
                done.no_text + len(batch) - len(read),
                done.failed + len(read) - len(anew),
            )
            say(done)
    return done


def reextract_month(settings: Settings, dsn: str, work: Json) -> Json:
    """The same as a task: its progress goes to the log, its counts to the next task."""
    return dataclasses.asdict(reextract(settings, dsn, work, lambda progress: log.info("%s", progress)))


def _whole(settings: Settings, link: Connection, version: Version, known: Mapping[str, Source]) -> Article | None:
    """The article as it was read: with the text that is kept, or that of its page; None where it is in neither."""
    stored = version.article
    source = known.get(str(stored.source_id)) or dataclasses.replace(
        registry.from_host(urls.netloc(stored.url)), id=str(stored.source_id), country=stored.country or "ZZ"
    )
    stored = dataclasses.replace(stored, country=source.country, months=source.months)
    if _is(version, stored):
        return stored
    for file, offset in versions.records(link, stored.url):
        try:
            page = archive.read_at(BytesIO(get(settings.landing, file)), offset)
        except LandingError as error:  # it expired since
            log.info("%s", error)
            continue
        read = read_page(page, source) if isinstance(page, Page) else page
        if isinstance(read, Article) and _is(version, read):
            return dataclasses.replace(stored, title=read.title, text=read.text)
    return None


def _is(version: Version, article: Article) -> bool:
    """Is this the very text? A version's id is made of it."""
    return identity("version", article.url, article.title or "", article.text) == version.version_id


def _readers(ner: NerBackend) -> Readers:
    return Readers(VERSIONS, label(ner))


def _chosen(settings: Settings, params: Json) -> Chosen:
    wanted = Wanted.of(params["since"], params["until"], params["sources"], load_sources(settings))
    return Chosen(wanted.since, wanted.until, tuple(sorted(wanted.sources)))


def counts(months: Iterable[Json] | None, done: Iterable[Json]) -> Json:
    """The counts of all months together. Raises RunFailed where the plan failed, or every month."""
    planned, through = list(months or ()), list(done)
    if months is None or (planned and not through):
        raise RunFailed("nothing was read anew: see the red rows of reextract, or the red task plan")
    return {name: sum(month[name] for month in through) for name in ("versions", "facts", "no_text", "failed")}
