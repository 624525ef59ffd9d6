"""Takedown: an article goes from the warehouse and from the landing zone, and does not come back."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from datetime import timedelta

from psycopg2.extensions import connection as Connection

from rasad.model import Json
from rasad.settings import Settings
from rasad.stages import landing
from rasad.stages.landing import LandingError, read_article, settled_line
from rasad.warehouse import takedown, tombstones
from rasad.warehouse.connection import connect
from rasad.warehouse.takedown import Done
from rasad.web import archive, urls

log = logging.getLogger(__name__)


def take_down(settings: Settings, dsn: str, url: str, why: str, by: str) -> tuple[Done, int]:
    """First the warehouse, in one transaction, then the files; killed in between, the daily maintenance ends it.

    Returns what went, and how many files were changed. Raises ValueError where `url` is no web address.
    """
    done = takedown.take_down(dsn, urls.canonical(url), why, by)
    return done, _scrub(settings, dsn, done.source_ids)


def scrub_recent(settings: Settings, dsn: str) -> Json:
    """What was taken down while landing files of it may stand: files that a run under way wrote after it as well."""
    with connect(dsn) as link:
        source_ids = takedown.recent(link, timedelta(days=settings.landing_days + 1))
    return {"scrubbed": _scrub(settings, dsn, source_ids)}


def _scrub(settings: Settings, dsn: str, source_ids: Iterable[str]) -> int:
    """Take what lies under a tombstone out of a source's landing files; returns how many that changed."""
    changed = 0
    with connect(dsn) as link:
        for source_id in source_ids:
            for reference in landing.files(settings.landing, source_id):
                try:
                    data = landing.get(settings.landing, reference)
                    left = _without(settings, link, reference, data, source_id)
                except LandingError as error:  # it expired meanwhile, or was damaged before
                    log.warning("%s", error)
                    continue
                if left != data:
                    landing.replace(settings.landing, reference, left)
                    changed += 1
    return changed


def _without(settings: Settings, link: Connection, reference: str, data: bytes, source_id: str) -> bytes:
    name = reference.rsplit("/", 1)[-1]
    with link.cursor() as cursor:
        if name.endswith(".warc.gz"):
            return archive.without(data, lambda url: bool(tombstones.known(cursor, [_key(url)])))
        if name.startswith("pages-"):
            return data  # addresses alone
        lines, down = [], False
        for line in landing.get_lines(settings.landing, reference):
            if "article" in line:
                read = read_article(line)
                if tombstones.known(cursor, tombstones.of_article(read, source_id)):
                    down = True
                    lines += [settled_line(one) for one in tombstones.settled([read])]
                    continue
            lines.append(line)
    return landing.packed_lines(lines) if down else data


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
