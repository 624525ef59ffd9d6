"""By hand: addresses that a person names, or a text that they paste, through fetch, clean, extract and load at once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import re
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import TypedDict
from uuid import uuid4
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json as JsonParameter
from psycopg2.extras import execute_values

from rasad import sources as registry
from rasad.arabic import display
from rasad.model import Article, Batch, Json, Link, Page, ReadArticle, Settled, Source
from rasad.pages import LEAST_WORDS, language
from rasad.settings import Settings
from rasad.stages import fetch
from rasad.stages.clean import read_page
from rasad.stages.extract import VERSIONS, backend, read_facts
from rasad.stages.landing import Work, safe
from rasad.stages.plan import PlanError, load_sources, named
from rasad.stages.publish import RunFailed
from rasad.stages.visit import visitor
from rasad.warehouse import ledger, persons, tombstones
from rasad.warehouse.connection import connect
from rasad.warehouse.ledger import DuePage
from rasad.warehouse.load import load, page_id
from rasad.web import urls, when
from rasad.web.client import FetchError

log = logging.getLogger(__name__)

MOST_ADDRESSES = 100
MOST_TEXT = 200_000  # characters
BY_ADDRESS = "-"  # in the place of a source's id, for forms that know no empty choice
BUDGET = 600.0  # seconds for the addresses of one source; at 5 s from one to the next that is all of them
LATE = "deadline"  # the outcome of an address that was not reached in time
SHOWN = 5  # examples of each kind of fact in a result
# Who is read where a person pastes a text and names no publisher.
PASTED = Source(
    id="pasted__text",  # no file's id can be that
    name_ar="نص ملصق",
    name_en="Pasted text",
    country="ZZ",
    timezone="UTC",
    homepage="about:blank",
    hosts=(),
    rights="full",
    enabled=False,
    reason="texts that people paste; nothing is fetched",
)


class Asked(TypedDict):
    """What a person wrote into the form, and what a task is handed of it."""

    addresses: list[str] | None
    text: str | None
    title: str | None
    published: str | None
    source: str | None
    again: bool
    dry_run: bool


class HandWork(TypedDict):
    """The addresses of one source, an XCom: the pasted text stays in the form's fields."""

    source: str
    addresses: list[str]
    text: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What became of one address: the ledger's word with its reason, and what was found in the article."""

    asked: str
    outcome: str
    reason: str | None = None
    url: str | None = None
    article_id: int | None = None
    title: str | None = None
    facts: dict[str, int] = dataclasses.field(default_factory=dict)  # kind → how many
    found: dict[str, list[str]] = dataclasses.field(default_factory=dict)  # kind → the first few, as written


def plan(settings: Settings, dsn: str, run: str, asked: Asked) -> list[HandWork]:
    """One HandWork per source. Raises PlanError, whose message begins with the field that is wrong, and SourceError."""
    sources = load_sources(settings)
    if chosen_source := _chosen(asked):
        try:
            named(sources, [chosen_source])
        except PlanError as error:
            raise PlanError(f"source: {error}") from None
    addresses = _addresses(asked["addresses"] or [])
    text = (asked["text"] or "").strip()
    if not text:
        for field in ("title", "published"):
            if asked[field]:
                raise PlanError(f"{field}: it belongs to a pasted text, and `text` is empty: paste one, or clear it")
        if not addresses:
            raise PlanError("addresses: none is given, and no text is pasted: give addresses of articles, one a line")
    elif len(text) > MOST_TEXT:
        raise PlanError(f"text: {len(text)} characters, and {MOST_TEXT} are the most: paste one article")
    elif len(addresses) > 1:
        raise PlanError(f"addresses: {len(addresses)} are given for one pasted text: give its own address, or none")
    chosen: dict[str, Source] = {}
    works: dict[str, HandWork] = {}
    for url in addresses or [""]:
        source = _source(sources, [url] if url else [], chosen_source)
        if not text and not settings.contact and not {urls.netloc(url)} <= settings.allow_hosts:
            raise PlanError(
                f"addresses: {urls.readable(url)} is not asked: set RASAD_CONTACT to your mail or web address, which "
                "the User-Agent names"
            )
        chosen[source.id] = source
        work = works.setdefault(source.id, HandWork(source=source.id, addresses=[], text=bool(text)))
        work["addresses"] += filter(None, [url])
    if text:
        _pasted(asked, next(iter(chosen.values())), addresses)
    with connect(dsn, autocommit=True) as link:
        if not asked["dry_run"]:
            ledger.sync_sources(link, [sources[id] for id in chosen if id in sources])
            _introduce(link, [source for id, source in chosen.items() if id not in sources])
            ledger.plan_run(link, run, list(works))
        with link.cursor() as cursor:  # a plan that is made again makes a new one
            cursor.execute("DELETE FROM news.by_hand WHERE run_id = %s", (run,))
    return list(works.values())


def _introduce(link: Connection, strangers: Sequence[Source]) -> None:
    """Sources without a file enter the warehouse once; what an archive or a person said of them before stays."""
    with link.cursor() as cursor:
        cursor.execute("SELECT source_id FROM news.source WHERE source_id = ANY (%s)", ([s.id for s in strangers],))
        known = {row[0] for row in cursor.fetchall()}
    ledger.sync_sources(link, [s for s in strangers if s.id not in known])


def _addresses(lines: Sequence[str]) -> list[str]:
    """Each address once, in its one spelling. People paste lists: blanks and commas part them, too."""
    found: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        for word in re.split(r"[\s,،]+(?=https?://)|\s+", line.strip()):
            if not word:
                continue
            try:
                found[urls.canonical(word)] = None
            except ValueError as error:
                raise PlanError(f"addresses: line {number}: {error}") from None
    if len(found) > MOST_ADDRESSES:
        raise PlanError(
            f"addresses: {len(found)} are given, and {MOST_ADDRESSES} are the most of one run: part them, or load an "
            "archive of them by backfill_archive"
        )
    return list(found)


def _chosen(asked: Asked) -> str | None:
    return asked["source"] if asked["source"] != BY_ADDRESS else None


def _source(sources: dict[str, Source], addresses: Sequence[str], wanted: str | None) -> Source:
    """Whose articles they are: the source that a person named, that which claims the host, or one named by the host."""
    if wanted:
        source = sources[wanted]
        strange = {urls.netloc(url) for url in addresses if registry.for_url({source.id: source}, url) is None}
        return dataclasses.replace(source, hosts=(*source.hosts, *sorted(strange)), paths=()) if strange else source
    if not addresses:
        return PASTED
    return registry.for_url(sources, addresses[0]) or registry.from_host(urls.netloc(addresses[0]))


def read(settings: Settings, dsn: str, run: str, work: HandWork, asked: Asked) -> list[Json]:
    """Do it: a Result each as JSON, also written to `news.by_hand`. Run again, it does and says the same again.

    With `dry_run` nothing enters the ledger and nothing is loaded. Without `again` an article that stands is not
    fetched. Raises WarehouseError, LandingError, SourceError.
    """
    start = time.monotonic()
    ner = backend(settings.ner_model)
    source = _source(load_sources(settings), work["addresses"], _chosen(asked))
    with connect(dsn, autocommit=True) as link:
        fetched: list[tuple[str, Page]] = []
        if work["text"]:
            article = _pasted(asked, source, work["addresses"])
            results: list[Result] = []
            kept: list[ReadArticle | Settled] = [ReadArticle(article, (), article.url)]
        else:
            standing = {} if asked["again"] else _standing(link, work["addresses"], f"{source.id}/{safe(run)}/")
            results = list(standing.values())
            wanted = [url for url in work["addresses"] if url not in standing]
            fetched, kept = _visit(settings, link, source, wanted, start + BUDGET)
            kept += [_article(url, page, source) for url, page in fetched]
        kept = [read_facts(one, ner) if isinstance(one, ReadArticle) else one for one in kept]
        found = [_result(one) for one in kept]
        if kept and not asked["dry_run"]:
            _keep(settings, dsn, link, run, work, source, fetched, kept)
            found = _settled_as(link, found)
        order = {url: number for number, url in enumerate(work["addresses"])}
        results = sorted(results + found, key=lambda result: order.get(result.asked, 0))
        _note(link, run, source.id, results, asked["dry_run"])
        if not asked["dry_run"]:
            seconds = round(time.monotonic() - start, 3)
            items = sum(sum(result.facts.values()) for result in results)
            ledger.finish_run(link, run, source.id, {"read": {"seconds": seconds, "items": items}})
    return [dataclasses.asdict(result) for result in results]


def _visit(
    settings: Settings, link: Connection, source: Source, addresses: Sequence[str], deadline: float
) -> tuple[list[tuple[str, Page]], list[ReadArticle | Settled]]:
    """Pages, each behind the address that was asked for, and what the other addresses are settled as."""
    pages: list[tuple[str, Page]] = []
    settled: list[ReadArticle | Settled] = []
    with visitor(settings, link, source, deadline) as visit:
        for url in addresses:
            try:
                answer = fetch.look(visit, DuePage(url, None, None, None, None))
            except FetchError as error:
                settled.append(Settled(url, LATE, f"{error}: run it again with what is left"))
                continue
            if isinstance(answer, Settled):
                settled.append(answer)
                continue
            final = urls.canonical(answer.final_url)  # look has seen that it is one
            headers, body = answer.headers, answer.body
            pages.append((url, Page(final, source.id, answer.status, headers, body, answer.fetched_at)))
    return pages, settled


def _article(asked: str, page: Page, source: Source) -> ReadArticle | Settled:
    read = read_page(page, source)
    if isinstance(read, Settled):
        return dataclasses.replace(read, url=asked)
    headers = dict(page.headers)
    body_hash = hashlib.sha256(page.body).hexdigest()
    return ReadArticle(read, (), asked, page.status, body_hash, headers.get("etag"), headers.get("last-modified"))


def _pasted(asked: Asked, source: Source, addresses: Sequence[str]) -> Article:
    """The pasted text as an article. Its address is its own, or a name made of its words. Raises PlanError."""
    text, edits = display.clean(asked["text"] or "")
    title = " ".join(display.clean(asked["title"] or "")[0].split()) or None
    published = None
    if said := (asked["published"] or "").strip():
        moment = when.read(said, ZoneInfo(source.timezone))
        if moment is None:
            raise PlanError(
                f"published: {said!r} is read as no date: write it as 2026-03-10, 2026-03-10T18:30 or 10 مارس 2026"
            )
        published = moment.isoformat()
    words = len(text.split())
    if words < LEAST_WORDS:
        raise PlanError(f"text: {words} words, and {LEAST_WORDS} are the least of an article")
    if (found := language.decide(text)) != "ar":
        raise PlanError(f"text: it is {found or 'of no language that is known'}, and facts are found in Arabic alone")
    digest = hashlib.sha256(f"{title}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    return Article(
        url=addresses[0] if addresses else f"urn:sha256:{digest}",
        title=title,
        text=text,
        published_at=published,
        source_id=source.id,
        language="ar",
        country=source.country,
        months=source.months,
        text_edits=edits,
        fetched_at=_now(),
    )


def _keep(
    settings: Settings,
    dsn: str,
    link: Connection,
    run: str,
    work: HandWork,
    source: Source,
    fetched: Sequence[tuple[str, Page]],
    kept: Sequence[ReadArticle | Settled],
) -> None:
    """The ledger, the landing zone and the warehouse learn of it, in the order in which runs of ingest_news tell."""
    ledger.discovered(link, [Link(url, source.id, "") for url in work["addresses"]])
    if fetched:
        pages = {page.url: page for _, page in fetched}  # two addresses may lead to one
        file, offsets = fetch.store(settings, Work(source=source.id, run=run), list(pages.values()))
        ledger.fetched(link, [(url, str(file), offsets[page.url], page.fetched_at) for url, page in fetched])
    articles = tuple(one for one in kept if isinstance(one, ReadArticle))
    settled = tuple(one for one in kept if isinstance(one, Settled) and one.outcome != LATE)
    # A receipt of its own each time: what a person asks for again is done again.
    batch = f"{source.id}/{run}/by-hand-{uuid4().hex[:12]}"
    load(dsn, Batch(batch, run, source.id, articles, settled), {source.id: source}, VERSIONS)
    if work["text"]:  # nobody looks at it again: what stands under its address, if it has one, is not what was pasted
        with link.cursor() as cursor:
            cursor.execute(
                "UPDATE news.page SET next_look_at = NULL, claimed_by = NULL WHERE url = ANY (%s)",
                ([article.page_url for article in articles],),
            )


def _standing(link: Connection, addresses: Sequence[str], ours: str) -> dict[str, Result]:
    """Those of the addresses whose articles are in the warehouse already. What this run has read (its pages lie in the
    folder `ours`) is read again where the run is cleared or tried again, and told whole."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT p.url, a.url, a.article_id, v.title FROM news.page p JOIN news.article a USING (article_id) "
            "JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day WHERE p.url = ANY (%s) "
            "AND NOT starts_with(coalesce(p.file, ''), %s)",
            (list(addresses), ours),
        )
        reason = "it was read before; choose `again` to fetch it anew"
        return {row[0]: Result(row[0], "standing", reason, *row[1:]) for row in cursor.fetchall()}


def _result(one: ReadArticle | Settled) -> Result:
    if isinstance(one, Settled):
        return Result(one.url, one.outcome, one.reason)
    found: dict[str, dict[str, None]] = {}
    for fact in one.facts:
        found.setdefault(fact.kind, {})[textwrap.shorten(fact.text, 80, placeholder=" …")] = None
    return Result(
        one.page_url,
        "article",
        None,
        one.article.url,
        None,
        one.article.title,
        dict(sorted(Counter(fact.kind for fact in one.facts).items())),
        {kind: list(texts)[:SHOWN] for kind, texts in sorted(found.items())},
    )


def _settled_as(link: Connection, results: Sequence[Result]) -> list[Result]:
    """The results in the ledger's words, after the load."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT url, outcome, reason, article_id FROM news.page WHERE url = ANY (%s)", ([r.asked for r in results],)
        )
        told = {row[0]: row[1:] for row in cursor.fetchall()}
    out = []
    for result in results:
        if result.outcome == LATE or result.asked not in told:
            out.append(result)
            continue
        outcome, reason, article_id = told[result.asked]
        if outcome == tombstones.OUTCOME:  # nothing of what it says
            out.append(Result(result.asked, outcome, reason))
            continue
        out.append(dataclasses.replace(result, outcome=outcome, reason=reason, article_id=article_id))
    return out


def _note(link: Connection, run: str, source_id: str, results: Sequence[Result], dry_run: bool) -> None:
    with link.cursor() as cursor:
        erased = persons.known(cursor)
        results = [_unnamed(result, erased) for result in results] if erased else results
        execute_values(
            cursor,
            """
            INSERT INTO news.by_hand (run_id, asked, source_id, outcome, reason, url, article_id, title, facts, found,
                                      dry_run, done_at) VALUES %s
            ON CONFLICT (run_id, asked) DO UPDATE SET
                outcome = excluded.outcome, reason = excluded.reason, url = excluded.url,
                article_id = excluded.article_id, title = excluded.title, facts = excluded.facts,
                found = excluded.found, done_at = excluded.done_at
            """,
            [
                (run, r.asked, source_id, r.outcome, r.reason, r.url, r.article_id, r.title, JsonParameter(r.facts),
                 JsonParameter(r.found), dry_run, datetime.now(timezone.utc))
                for r in results
            ],
        )  # fmt: skip


def _unnamed(result: Result, erased: persons.Erased) -> Result:
    """A result that says nothing of persons who were erased."""
    asked, url = (
        persons.address(page_id(one)) if one and erased.named(one) else one for one in (result.asked, result.url)
    )
    result = dataclasses.replace(result, asked=asked or "", url=url, title=result.title and erased.hide(result.title))
    found = json.dumps(result.found, ensure_ascii=False)
    return dataclasses.replace(result, found={}) if erased.holds(found) else result


def report(done: Iterable[Sequence[Json]]) -> list[Json]:
    """The results of all sources, also told in the log. Raises RunFailed where there is none."""
    results = [row for rows in done for row in rows]
    if not results:
        raise RunFailed("nothing of this run was read: see the red rows of read, or the red task plan")
    for line in lines(results):
        log.info("%s", line)
    return results


def outcomes(results: Sequence[Json]) -> Json:
    """How many addresses came to what."""
    return {
        "addresses": len(results),
        "outcomes": dict(sorted(Counter(row["outcome"] for row in results).items())),
        "facts": sum(sum(row["facts"].values()) for row in results),
    }


def lines(results: Iterable[Json]) -> list[str]:
    """What was found, for a log: Arabic stands last in its line, so that the line reads in order."""
    out: list[str] = []
    for row in results:
        out.append(
            f"{row['outcome']}: {urls.readable(row['asked'])}" + (f" ({row['reason']})" if row["reason"] else "")
        )
        out += [f"  title: {row['title']}"] if row["title"] else []
        out += [f"  {row['facts'][kind]} {kind}: {'، '.join(texts)}" for kind, texts in row["found"].items()]
    return out


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()
