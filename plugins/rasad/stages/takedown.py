"""Takedown: an article, or a person, goes from the warehouse and from the landing zone, and does not come back."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Set
from datetime import timedelta

from psycopg2.extensions import connection as Connection

from rasad.model import Json
from rasad.settings import Settings
from rasad.stages import landing
from rasad.stages.landing import LandingError, read_article, settled_line
from rasad.warehouse import erasure, persons, takedown, tombstones
from rasad.warehouse.connection import connect
from rasad.warehouse.persons import Erased
from rasad.warehouse.takedown import Done
from rasad.web import archive, urls

log = logging.getLogger(__name__)


def take_down(settings: Settings, dsn: str, url: str, why: str, by: str) -> tuple[Done, int]:
    """First the warehouse, in one transaction, then the files; killed in between, the daily maintenance ends it.

    Returns what went, and how many files were changed. Raises ValueError where `url` is no web address.
    """
    done = takedown.take_down(dsn, urls.canonical(url), why, by)
    return done, _scrub(settings, dsn, done.source_ids)


def erase_person(settings: Settings, dsn: str, person: erasure.Person, why: str, by: str) -> tuple[erasure.Done, int]:
    """First the warehouse, then the files; killed anywhere, the daily maintenance ends it.

    Returns what went, and how many files were changed. Raises ValueError where `why` or `by` says the name.
    """
    done = erasure.erase(dsn, person, why, by)
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT source_id FROM news.source ORDER BY 1")
        source_ids = [source for (source,) in cursor]  # what is on its way may name a person as well
    return done, _scrub(settings, dsn, source_ids)


def scrub_recent(settings: Settings, dsn: str) -> Json:
    """What was taken down while landing files of it may stand: files that a run under way wrote after it as well."""
    erased = erasure.enforce(dsn)
    with connect(dsn) as link:
        within = timedelta(days=settings.landing_days + 1)
        source_ids = sorted({*takedown.recent(link, within), *erasure.recent(link, within)})
    return {"scrubbed": _scrub(settings, dsn, source_ids)} | ({"erased": erased} if any(erased.values()) else {})


def _scrub(settings: Settings, dsn: str, source_ids: Iterable[str]) -> int:
    """Take what lies under a tombstone out of a source's landing files; returns how many that changed."""
    changed = 0
    with connect(dsn) as link:
        with link.cursor() as cursor:
            erased = persons.known(cursor)
        for source_id in source_ids:
            masked = frozenset(erasure.masked_pages(link, source_id)) if erased else frozenset()
            for reference in landing.files(settings.landing, source_id):
                try:
                    data = landing.get(settings.landing, reference)
                    left = _without(settings, link, reference, data, source_id, erased, masked)
                except LandingError as error:  # it expired meanwhile, or was damaged before
                    log.warning("%s", error)
                    continue
                if left != data:
                    landing.replace(settings.landing, reference, left)
                    changed += 1
    return changed


def _without(
    settings: Settings,
    link: Connection,
    reference: str,
    data: bytes,
    source_id: str,
    erased: Erased,
    masked: Set[str],
) -> bytes:
    name = reference.rsplit("/", 1)[-1]
    with link.cursor() as cursor:
        if name.endswith(".warc.gz"):
            return archive.without(
                data, lambda url: url in masked or bool(tombstones.known(cursor, [_key(url)])) or _named(erased, url)
            )
        if name.startswith("pages-"):
            return data  # addresses alone
        lines, down = [], False
        for line in landing.get_lines(settings.landing, reference):
            if "article" in line:
                read = read_article(line)
                article = read.article
                said = "\n".join(filter(None, (article.title, article.text, article.description, article.subtitle)))
                if erased and (article.url in masked or read.page_url in masked or erased.holds(said)):
                    down = True  # not loaded yet, its page is due again within the hour
                    continue
                if tombstones.known(cursor, tombstones.of_article(read, source_id)):
                    down = True
                    lines += [settled_line(one) for one in tombstones.settled([read])]
                    continue
            lines.append(line)
    return landing.packed_lines(lines) if down else data


def _named(erased: Erased, url: str) -> bool:
    return bool(erased) and erased.named(url)


def _key(url: str) -> bytes:
    try:
        return tombstones.of_url(urls.canonical(url))
    except ValueError:
        return tombstones.of_url(url)


def told(done: Done, files: int) -> str:
    """One line for a person."""
    counts = dataclasses.asdict(done)
    names = ("articles", "versions", "facts", "entities", "pages")
    return f"takedown {done.takedown_id}: " + ", ".join(f"{counts[n]} {n}" for n in names) + f", {files} landing files"


def told_of_person(done: erasure.Done, files: int) -> str:
    """One line for a person."""
    counts = ", ".join(f"{number} {name}" for name, number in done.counts.items() if number) or "nothing stood"
    return f"erasure {done.takedown_id}: {counts}, {files} landing files"
