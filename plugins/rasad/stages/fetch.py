"""Fetch: ask for the pages that are due, newest first, and put them into the landing zone as one WARC file."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import logging
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from rasad import logs
from rasad import sources as registry
from rasad.model import Json, Page, Settled
from rasad.pages import walls
from rasad.settings import Settings
from rasad.stages.landing import Work, put, put_lines, settled_line, took
from rasad.stages.plan import load_sources, named
from rasad.stages.visit import Visitor, unmeasured, visitor
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import DuePage
from rasad.warehouse.load import page_id
from rasad.web import archive, redirects, urls
from rasad.web.client import FetchError, Response

log = logging.getLogger(__name__)

BUDGET = 240.0  # seconds; what is not reached stays due, so that no source delays another's load
LIMIT = 200  # articles a batch
MOST = 100_000_000  # bytes of pages a batch: it is held in memory until its file is written


def fetch(
    settings: Settings,
    dsn: str,
    work: Work,
    budget: float = BUDGET,
    answered: Callable[[float], None] = unmeasured,
) -> Work:
    """Fetch up to 200 due pages of a source within `budget` seconds.

    The work's file lists the pages of the WARC and the pages that are settled without one (gone, forbidden, failed
    …). The ledger learns file and offset only after the WARC is durable; pages leave "due" in load's commit alone.
    `answered` is told the seconds that each answer took.
    """
    start = time.monotonic()
    (source,) = named(load_sources(settings), [work["source"]])
    zone = ZoneInfo(source.timezone)
    pages: dict[str, Page] = {}  # by the address that answered
    asked: list[Json] = []
    settled: list[Settled] = []
    size = 0
    with connect(dsn, autocommit=True) as link:
        due = ledger.claim_pages(link, source.id, work["run"], LIMIT)
        with visitor(settings, link, source, start + budget, answered) as visit:
            for number, page in enumerate(due):
                try:
                    if size > MOST:
                        raise FetchError("deadline", f"{size} bytes are enough for one batch")
                    answer = look(visit, page)
                except FetchError:  # our time is up, or our memory
                    ledger.unclaim(link, [late.url for late in due[number:]])
                    break
                if isinstance(answer, Settled):
                    with logs.about(page=str(page_id(page.url))):
                        log.info("%s: %s (%s)", answer.outcome, urls.readable(page.url), answer.reason)
                    settled.append(answer)
                    continue
                size += len(answer.body)
                final = urls.canonical(answer.final_url)  # look has seen that it is one
                asked.append({"asked": page.url, "url": final, "body_hash": _hash(answer)})
                hint = page.published_hint
                pages.setdefault(
                    final,
                    Page(
                        url=final,
                        source_id=source.id,
                        status=answer.status,
                        headers=answer.headers,
                        body=answer.body,
                        fetched_at=answer.fetched_at,
                        # The publisher's day counts: 23:30 in Beirut is still that day, though the next begins in UTC.
                        published_hint=hint.astimezone(zone).isoformat() if hint else None,
                    ),
                )
        if not asked and not settled:  # the stages after this one have nothing to do
            stages = took(work, "fetch", start, 0)
            ledger.finish_run(link, work["run"], source.id, stages)
            return Work(**{**work, "stages": stages})
        file, offsets = store(settings, work, list(pages.values()))
        reference = put_lines(
            settings.landing,
            work,
            "pages",
            [{"warc": file}, *({**row} for row in asked), *map(settled_line, settled)],
        )
        ledger.fetched(
            link,
            [(row["asked"], str(file), offsets[row["url"]], pages[row["url"]].fetched_at) for row in asked],
        )
    return Work(**{**work, "file": reference, "stages": took(work, "fetch", start, len(asked))})


def look(visit: Visitor, page: DuePage) -> Response | Settled:
    """One page: an answer worth cleaning, or how it is settled. Raises FetchError when the time budget is spent."""
    try:
        answer = visit.get(page.url, etag=page.etag, last_modified=page.last_modified)
    except FetchError as error:
        if error.reason == "deadline":
            raise
        if error.answer and (refused := _refused(page, error.answer)).outcome == "blocked":  # with 429 and 503, too
            return dataclasses.replace(refused, retry_after=error.retry_after)
        return Settled(page.url, error.reason, str(error), error.status, visit.now().isoformat(), error.retry_after)
    at = answer.fetched_at.isoformat()
    if answer.not_modified or (answer.status == 200 and page.body_hash == _hash(answer)):
        return Settled(page.url, "unchanged", "the page is as it was", answer.status, at)
    if not 200 <= answer.status < 300:
        return _refused(page, answer)
    try:
        final = urls.canonical(answer.final_url)
    except ValueError as error:
        return Settled(page.url, "bad_url", f"it leads to no address: {error}", answer.status, at)
    if final != page.url and (led := redirects.astray(page.url, final)):
        return Settled(page.url, *led, answer.status, at)
    if registry.for_url({visit.source.id: visit.source}, final) is None:
        where = urls.readable(final)[:200]
        return Settled(page.url, "elsewhere", f"it leads out of the source, to {where}", answer.status, at)
    return answer


def _refused(page: DuePage, answer: Response) -> Settled:
    seen = Page(page.url, "", answer.status, answer.headers, answer.body, answer.fetched_at)
    return dataclasses.replace(walls.refused(seen), fetched_at=answer.fetched_at.isoformat())


def _hash(answer: Response) -> str:
    return hashlib.sha256(answer.body).hexdigest()


def store(settings: Settings, work: Work, pages: list[Page]) -> tuple[str | None, dict[str, int]]:
    """The WARC of these pages, made in memory, where they are, and put into the landing zone whole: object stores
    cannot append, and who is killed leaves no file elsewhere.

    Returns its reference, and where each page lies in it, by address.
    """
    if not pages:
        return None, {}
    out = io.BytesIO()
    entries = archive.write_to(out, pages)
    reference = put(settings.landing, work, "pages", "warc.gz", out.getvalue())
    return reference, {entry.url: entry.offset for entry in entries}
