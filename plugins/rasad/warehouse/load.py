"""One transaction a batch: receipt, COPY into temporary tables, merge, ledger, days to measure anew.

Loads in any order, twice, or at once, leave the same rows:

- a receipt stops a batch that stands already;
- ids are hashes of natural keys; upserts go in key order, so that two loaders never wait for each other in a ring;
- a version is identified by its content. What is known of it comes from the newest extractors that read it, of equals
  from the earliest look; which version is current, from the latest look: neither depends on which came first;
- facts of a version are replaced as a set.
"""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from psycopg2 import errors
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from rasad.arabic.text import key
from rasad.model import Batch, Json, ReadArticle, Source
from rasad.warehouse import persons, rights, tombstones
from rasad.warehouse.connection import connect, identity
from rasad.warehouse.versions import NEWER

EARLIEST = date(1990, 1, 1)  # before Arabic newspapers were on the web
# Looks at an article after its first (notes on revisions: four fifths of the changes fall on the first day).
LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))
RETRY = timedelta(minutes=10)  # doubled with each failure, to a day
TRIES = 8

# Answers that end the count of attempts. Those of AGAIN may change within days (a stub grows, a robots.txt is mended).
AGAIN = frozenset({"loaded", "unchanged", "too_short", "blocked_by_robots", "gone", "paywall", "login"})
FINAL = AGAIN | {"taken_down", "duplicate", "not_arabic", "private_address", "bad_url", "too_large", "elsewhere"}
SURE = timedelta(days=1)  # what was found gone is looked at once more within it: a site may have failed as a whole

_Result = TypeVar("_Result")


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """What a load did: `outcomes` are the pages it settled, `kinds` its facts. `again` is true where the batch stood
    already and nothing was done."""

    batch: str
    articles: int = 0
    new_articles: int = 0
    new_versions: int = 0
    facts: int = 0
    settled: int = 0
    again: bool = False
    outcomes: dict[str, int] = dataclasses.field(default_factory=dict)
    kinds: dict[str, int] = dataclasses.field(default_factory=dict)


def page_id(url: str) -> int:
    return identity("page", url)


def entity_key(name: str) -> str:
    """What the spellings of one name share: عبد العزيز is written عبدالعزيز as well."""
    return key(name).replace("عبد ال", "عبدال")


@lru_cache(maxsize=65_536)
def entity_id(entity_type: str, name: str) -> int:
    return identity("entity", entity_type, entity_key(name))


def publication_day(published: str | None, fetched_at: datetime, zone: str) -> tuple[date, str]:
    """The publisher's local day of publication where it is plausible (1990 to two days ahead), else the day seen.

    A bare date is that day; a time counts in the offset that the page gave it, or in the source's zone.
    """
    seen = fetched_at.astimezone(ZoneInfo(zone)).date()
    if published:
        try:
            moment = datetime.fromisoformat(published.replace("Z", "+00:00"))
            day = moment.date()
        except ValueError:
            return seen, "seen"
        if EARLIEST <= day <= seen + timedelta(days=2):
            return day, "published"
    return seen, "seen"


def _moment(published: str | None) -> datetime | None:
    """The point in time of an ISO text that has both time and offset."""
    try:
        moment = datetime.fromisoformat(published.replace("Z", "+00:00")) if published else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


# Postgres stores neither NUL nor lone surrogates; one code point (U+FFFD) for one keeps every offset.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# COPY's text format, and what no value of it may hold.
_SPECIAL = re.compile("[\\\\\t\n\r\x00\ud800-\udfff]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda sign: _ESCAPES.get(sign[0], "\ufffd"), text) if _SPECIAL.search(text) else text


def _array(values: Iterable[object]) -> str:
    quoted = ('"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values)
    return _escaped("{" + ",".join(quoted) + "}")


# By exact type: millions of values go this way, most of them None. What else there is goes as its words.
_ENCODERS: dict[type, Callable[[Any], str]] = defaultdict(lambda: lambda value: _escaped(str(value)))
_ENCODERS |= {
    type(None): lambda _: r"\N",
    str: _escaped,
    int: str,
    float: repr,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: r"\\x" + value.hex(),
    dict: lambda value: _escaped(_as_json(value)),
    list: _array,
    tuple: _array,
    date: str,
    datetime: str,
}


def _copy(cursor: Cursor, table: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> int:
    """COPY rows into a table; how many they were."""
    encoders = _ENCODERS
    lines = ["\t".join([encoders[type(value)](value) for value in row]) + "\n" for row in rows]
    if lines:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.StringIO("".join(lines)))
    return len(lines)


def _copy_temporary(cursor: Cursor, table: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """COPY into a temporary table, and tell the planner how small it is."""
    _copy(cursor, table, columns, rows)
    cursor.execute(f"ANALYZE {table}")


def make_partitions(link: Connection, days: Iterable[date]) -> list[str]:
    """The monthly partitions that these days need, in a short transaction of its own.

    Creating one locks its parent: never inside a load.
    """
    months = sorted({day.replace(day=1) for day in days})
    made = []
    with link.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'news'::regnamespace AND relispartition")
        there = {row[0] for row in cursor.fetchall()}
        missing = [
            (parent, month, name)
            for month in months
            for parent in ("article_version", "fact")
            if (name := f"{parent}_{month:%Y_%m}") not in there
        ]
        if missing:
            # The parent's lock waits for whoever reads it, and others wait behind: better to try again later.
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.partitions'))")
        for parent, month, name in missing:
            cursor.execute("SELECT news.make_partition(%s, %s)", (parent, month))
            made.append(name)
    link.commit()
    return made


_ARTICLE_COLUMNS = (
    "version_id", "article_id", "url", "source_id", "day", "day_basis", "title", "text", "text_edits", "text_key",
    "published", "published_at", "updated", "authors", "section", "tags", "description", "image", "language",
    "extractors", "reader", "backend", "read_at", "first_fetched_at", "last_fetched_at", "subtitle", "live",
    "kept", "text_sha256", "shingles", "masked",
)  # fmt: skip
_FACT_COLUMNS = (
    "day", "version_id", "fact_no", "article_id", "source_id", "kind", "field", "start_offset", "end_offset",
    "surface", "entity_id", "label", "value", "value_max", "comparator", "unit", "unit_key", "currency", "edtf",
    "first_day", "last_day", "speaker", "verb", "role", "flag", "details", "confidence", "extractor",
    "extractor_version", "backend", "sentence_start", "sentence_end", "around",
)  # fmt: skip
_KIND = _FACT_COLUMNS.index("kind")
_PAGE_COLUMNS = (
    "page_id", "url", "source_id", "outcome", "reason", "status", "article_id", "body_hash", "etag", "last_modified",
    "fetched_at", "retry_after",
)  # fmt: skip

_TEMPORARY = """
CREATE TEMP TABLE t_entity ON COMMIT DROP AS
    SELECT entity_id, type, key, name_en, wikidata FROM news.entity WITH NO DATA;
CREATE TEMP TABLE t_alias ON COMMIT DROP AS SELECT * FROM news.entity_alias WITH NO DATA;
"""
_TEMPORARY_PAGES = """
CREATE TEMP TABLE t_page ON COMMIT DROP AS
    SELECT page_id, url, source_id, outcome, reason, status, article_id, body_hash, etag, last_modified, fetched_at,
           0::real AS retry_after
    FROM news.page WITH NO DATA;
"""

Row = dict[str, Any]
FactValues = tuple[object, ...]  # as _FACT_COLUMNS


def _version_row(read: ReadArticle, source: Source, extractors: Json) -> Row:
    """What is kept of a version. Its identity and its keys are those of the whole text, whatever is kept of it."""
    article = read.article
    whole, some = source.rights == "full", source.rights != "facts"
    fetched = datetime.fromisoformat(article.fetched_at) if article.fetched_at else datetime.now(timezone.utc)
    day, basis = publication_day(article.published_at, fetched, source.timezone)
    article_id = identity("article", article.url)
    return {
        "version_id": identity("version", article.url, article.title or "", article.text),
        "article_id": article_id,
        "url": UNSTORABLE.sub("\ufffd", article.url),
        "source_id": source.id,
        "day": day,
        "day_basis": basis,
        "title": article.title,
        "text": rights.kept(article.text, _sentences(read) if source.rights == "snippet" else (), source.rights),
        "text_edits": json.dumps([dataclasses.astuple(e) for e in article.text_edits if whole], ensure_ascii=False),
        "text_key": identity("text", key(article.text)),
        "published": article.published_at,
        "published_at": _moment(article.published_at),
        "updated": article.updated_at,
        "authors": article.authors,
        "section": article.section,
        "tags": article.tags,
        "description": article.description if some else None,
        "image": article.image,
        "language": article.language,
        "extractors": extractors,
        "reader": sum(extractors.values()),  # versions only grow, so that a newer set has the greater sum
        "backend": read.backend,
        "read_at": fetched,
        "first_fetched_at": fetched,
        "last_fetched_at": fetched,
        "subtitle": article.subtitle if some else None,
        "live": article.live,
        "kept": source.rights,
        "text_sha256": rights.digest(article.text),
        "shingles": None if whole else rights.signature(article.text),
        "masked": False,
    }


def _sentences(read: ReadArticle) -> list[rights.Span]:
    return rights.around(read.article.text, rights.body_spans(read.facts))


def _fact_rows(read: ReadArticle, version: Row) -> Iterator[FactValues]:
    kept = version["kept"]
    shown = iter(_sentences(read) if kept != "facts" else ())
    place = (version["day"], version["version_id"])
    whose = (version["article_id"], version["source_id"])
    for number, f in enumerate(read.facts):
        blind = kept != "full" and f.kind == "quantity" and f.field == "body"
        yield (
            *place, number, *whose, f.kind, f.field, f.start, f.end,
            f.text, entity_id(*f.entity) if f.entity else None, f.label, f.value, f.value_max, f.comparator, f.unit,
            f.unit_key, f.currency, f.edtf, f.first_day, f.last_day, f.speaker, f.verb, f.role, f.flag, f.details,
            f.confidence, f.kind, f.extractor_version, f.backend,
            *(next(shown, _NOWHERE) if f.field == "body" else _NOWHERE),
            rights.words_beside(read.article.text, f.start, f.end) if blind else None,
        )  # fmt: skip


_NOWHERE = (None, None)


def _entities(articles: Iterable[ReadArticle]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Entities and their spellings, in key order. Of two English names the lesser in code point order stays."""
    entities: dict[int, tuple[object, ...]] = {}
    aliases: set[tuple[int, str, bool]] = set()
    for read in articles:
        for fact in read.facts:
            if fact.entity is None:
                continue
            kind, name = fact.entity
            number = entity_id(kind, name)
            old = entities.get(number)
            english = min(filter(None, (fact.entity_en, str(old[3]) if old and old[3] else None)), default=None)
            wikidata = min(filter(None, (fact.wikidata, str(old[4]) if old and old[4] else None)), default=None)
            entities[number] = (number, kind, entity_key(name), english, wikidata)
            aliases.add((number, name, True))
            if fact.kind == "entity":
                aliases.add((number, fact.text, False))
    return [entities[n] for n in sorted(entities)], sorted(aliases)


def load(dsn: str, batch: Batch, sources: dict[str, Source], extractors: dict[str, str]) -> Receipt:
    """Load one batch into the warehouse in one transaction; run twice or killed anywhere, the rows are the same.

    `sources` holds every source that the batch's pages belong to; `extractors` maps fact kinds to versions, for
    articles that do not say themselves what read them.
    Raises WarehouseError where the warehouse cannot be reached, psycopg2.Error where a row is refused.
    """
    reads = sorted(batch.articles, key=lambda r: (r.article.url, r.article.fetched_at or ""))
    versions: dict[int, Row] = {}
    facts: dict[int, list[FactValues]] = {}
    pages: dict[str, Row] = {}
    for read in reads:
        source = sources[read.article.source_id or batch.source]
        read = rights.proven(read) if source.rights != "full" else read
        row = _version_row(read, source, {k: int(v) for k, v in (read.extractors or extractors).items()})
        number = row["version_id"]
        if number in versions:  # the same words met twice: the earlier observation stands, seen until the later
            versions[number]["last_fetched_at"] = row["last_fetched_at"]
        else:
            versions[number] = row
            facts[number] = list(_fact_rows(read, row))
        common = {"source_id": source.id, "status": read.status, "article_id": row["article_id"],
                  "fetched_at": row["last_fetched_at"], "retry_after": None, "body_hash": read.body_hash,
                  "etag": read.etag, "last_modified": read.last_modified}  # fmt: skip
        if read.page_url != read.article.url:
            pages[read.page_url] = common | {
                "outcome": "duplicate",
                "reason": f"another address of {read.article.url}",
                "body_hash": None,  # nobody asks there again, so what it last answered is of no use
                "etag": None,
                "last_modified": None,
            }
        pages[read.article.url] = common | {"outcome": "loaded", "reason": None}
    for settled in batch.settled:
        pages.setdefault(
            settled.url,
            {
                "source_id": settled.source_id or batch.source,
                "outcome": settled.outcome,
                "reason": settled.reason[:500],
                "status": settled.status,
                "article_id": None,
                "body_hash": None,
                "etag": None,
                "last_modified": None,
                "fetched_at": settled.fetched_at,
                "retry_after": settled.retry_after,
            },
        )
    page_rows = [{"page_id": page_id(url), "url": url, **row} for url, row in sorted(pages.items())]
    entities, aliases = _entities(reads)

    try:
        return _in_turn(lambda: _load(dsn, batch, versions, facts, page_rows, entities, aliases))
    except tombstones.Stands as taken_down:
        return load(dsn, taken_down.left, sources, extractors)


def _in_turn(transaction: Callable[[], _Result]) -> _Result:
    """Run it; again, twice at most, where another one stood in its way."""
    for tries_left in (2, 1, 0):
        try:
            return transaction()
        except (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable):
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def exchange_facts(
    dsn: str, name: str, versions: Mapping[tuple[int, date], ReadArticle], extractors: dict[str, str]
) -> tuple[int, int]:
    """Give versions that stand already (by id and day) the facts of a new reading, in one transaction.

    What is known of them besides stays, and so does the ledger. A version that is gone meanwhile, or that newer
    extractors have read, is left as it is. The days of current ones are marked under `name`. Returns (versions, facts).
    """
    return _in_turn(
        lambda: _exchange(dsn, name, versions, {kind: int(version) for kind, version in extractors.items()})
    )


def _exchange(
    dsn: str, name: str, versions: Mapping[tuple[int, date], ReadArticle], extractors: Json
) -> tuple[int, int]:
    with connect(dsn) as link, link.cursor() as cursor:
        lock_sources(cursor, {str(read.article.source_id) for read in versions.values()})
        cursor.execute(
            "SELECT version_id, day, article_id, source_id, kept, description, subtitle, section, authors, tags "
            "FROM news.article_version v "
            "WHERE (version_id, day) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(days)s::date[])) "
            f"AND NOT masked AND NOT {NEWER} ORDER BY version_id FOR UPDATE",
            {
                "ids": [number for number, _ in versions],
                "days": [day for _, day in versions],
                "extractors": json.dumps(extractors),
            },
        )
        names = [column.name for column in cursor.description or ()]
        there = [dict(zip(names, row, strict=True)) for row in cursor]
        erased = persons.known(cursor)
        reads = [(rights.proven(versions[row["version_id"], row["day"]]), row) for row in there]
        cursor.execute(
            "CREATE TEMP TABLE t_version ON COMMIT DROP AS "
            "SELECT version_id, day, backend, text FROM news.article_version WITH NO DATA"
        )
        places = [
            # Other sentences have facts now.
            (row["version_id"], row["day"], read.backend,
             rights.kept(read.article.text, _sentences(read), "snippet") if row["kept"] == "snippet" else None)
            for read, row in reads
        ]  # fmt: skip
        _copy_temporary(cursor, "t_version", ("version_id", "day", "backend", "text"), places)
        entities, aliases = _entities(read for read, _ in reads)
        found = {row["version_id"]: list(_fact_rows(read, row)) for read, row in reads}
        hidden: dict[int, Row] = {}
        if erased:
            as_read = {
                row["version_id"]: row | {
                    "title": read.article.title,
                    "text": rights.kept(read.article.text, _sentences(read), row["kept"]),
                    "masked": False,
                } for read, row in reads
            }  # fmt: skip
            after, found, entities, aliases = _without_persons(as_read, found, entities, aliases, erased)
            hidden = {number: row for number, row in after.items() if row["masked"]}
        _merge_entities(cursor, entities, aliases)
        cursor.execute("DELETE FROM news.fact f USING t_version t WHERE f.version_id = t.version_id AND f.day = t.day")
        facts = _copy(cursor, "news.fact", _FACT_COLUMNS, (fact for one in found.values() for fact in one))
        cursor.execute(
            "UPDATE news.article_version v SET extractors = %s, reader = %s, backend = t.backend, "
            "text = coalesce(t.text, v.text) "
            "FROM t_version t WHERE v.version_id = t.version_id AND v.day = t.day",
            (json.dumps(extractors), sum(extractors.values())),
        )
        for row in hidden.values():
            persons.put(cursor, row)
        cursor.execute(
            "INSERT INTO news.dirty_day SELECT DISTINCT t.day, %s "
            "FROM t_version t JOIN news.article a ON a.current_version = t.version_id AND a.day = t.day "
            "ON CONFLICT DO NOTHING",
            (name,),
        )
    return len(there), facts


def lock_sources(cursor: Cursor, source_ids: Iterable[str]) -> None:
    """One writer of a source at a time, in an order that lets nobody wait in a ring."""
    for source_id in sorted(source_ids):
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.load'), hashtext(%s))", (source_id,))


def _load(
    dsn: str,
    batch: Batch,
    versions: dict[int, Row],
    facts: dict[int, list[FactValues]],
    page_rows: list[Row],
    entities: list[tuple[object, ...]],
    aliases: list[tuple[object, ...]],
) -> Receipt:
    """The transaction itself."""
    with connect(dsn) as link:
        make_partitions(link, {version["day"] for version in versions.values()})
        with link.cursor() as cursor:
            lock_sources(cursor, {row["source_id"] for row in page_rows} | {batch.source})
            tombstones.refuse(cursor, batch)  # behind the lock that a takedown holds as well
            erased = persons.known(cursor)
            if erased:
                persons.refuse(batch, erased)
                versions, facts, entities, aliases = _without_persons(versions, facts, entities, aliases, erased)
            cursor.execute(
                "INSERT INTO news.batch (batch_id, run_id, source_id, counted) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                (batch.id, batch.run, batch.source, json.dumps(dict(batch.counted))),
            )
            if cursor.rowcount == 0:
                return Receipt(batch.id, again=True)
            new_articles, new_versions, fresh = _merge(cursor, batch.id, versions)
            _merge_entities(cursor, entities, aliases)
            rows = [fact for number in fresh for fact in facts[number]]
            new_facts = _copy(cursor, "news.fact", _FACT_COLUMNS, rows)
            _settle(cursor, page_rows)
            if erased:
                _forget_addresses(cursor, page_rows, erased)
            receipt = Receipt(
                batch.id,
                len(batch.articles),
                new_articles,
                new_versions,
                new_facts,
                len(batch.settled),
                outcomes=dict(sorted(Counter(row["outcome"] for row in page_rows).items())),
                kinds=dict(sorted(Counter(str(fact[_KIND]) for fact in rows).items())),
            )
            cursor.execute(
                "UPDATE news.batch SET articles = %s, new_articles = %s, new_versions = %s, facts = %s, settled = %s "
                "WHERE batch_id = %s",
                (receipt.articles, new_articles, new_versions, new_facts, receipt.settled, batch.id),
            )
    return receipt


def _without_persons(
    versions: dict[int, Row],
    facts: dict[int, list[FactValues]],
    entities: list[tuple[object, ...]],
    aliases: list[tuple[object, ...]],
    erased: persons.Erased,
) -> tuple[dict[int, Row], dict[int, list[FactValues]], list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The rows of a load with erased persons hidden in them; a version's identity stays that of what was read."""
    kinds = {entity: str(kind) for entity, kind, *_ in entities}
    gone = {
        entity for entity, kind, name, english, _ in entities
        if erased.entity(str(kind), str(name), str(english) if english else None)
    }  # fmt: skip
    versions, facts = dict(versions), dict(facts)
    for number, version in versions.items():
        rows = [dict(zip(_FACT_COLUMNS, fact, strict=True)) for fact in facts[number]]
        if hidden := persons.without(version, rows, erased, gone):
            versions[number] = version | hidden[0]
            facts[number] = [tuple(fact.values()) for fact in hidden[1]]
    entities = [row for row in entities if row[0] not in gone]
    aliases = [
        row for row in aliases
        if row[0] not in gone and (kinds[row[0]] == "PER" or not erased.holds(str(row[1])))
    ]  # fmt: skip
    return versions, facts, entities, aliases


def _forget_addresses(cursor: Cursor, page_rows: list[Row], erased: persons.Erased) -> None:
    for page in page_rows:
        if erased.named(page["url"]):
            number = page["page_id"]
            cursor.execute("UPDATE news.page SET url = %s WHERE page_id = %s", (persons.address(number), number))


@dataclasses.dataclass(frozen=True, slots=True)
class _Standing:
    """A version as it stands, or will: what decides whether it is replaced, and whether it is the current one."""

    version_id: int
    article_id: int
    day: date
    text_key: int
    reader: int
    read_at: datetime
    first_fetched_at: datetime
    last_fetched_at: datetime

    @property
    def rank(self) -> tuple[datetime, int]:
        """The version seen last is the current one."""
        return self.last_fetched_at, self.version_id

    @property
    def current(self) -> tuple[int, date, int]:
        """What news.article says of its current version."""
        return self.version_id, self.day, self.text_key


_STANDING = [field.name for field in dataclasses.fields(_Standing)]


def _merge(cursor: Cursor, batch_id: str, versions: dict[int, Row]) -> tuple[int, int, list[int]]:
    """Articles and versions: (new articles, new versions, which versions are to be given their facts).

    Of an article that is new nothing else stands: what there is of the others is read once, and decided on here.
    """
    ours = {number: _Standing(**{name: row[name] for name in _STANDING}) for number, row in versions.items()}
    was = _put_articles(cursor, versions.values(), _newest(ours.values()))
    stood = _standing(cursor, sorted(was))
    # What a batch brings anew: a version unseen, read by newer extractors, or by the same at an earlier look.
    fresh: list[int] = []
    replaced: list[_Standing] = []
    for number, our in sorted(ours.items()):
        old = stood.get(number)
        if old is None or our.reader > old.reader or (our.reader == old.reader and our.read_at < old.read_at):
            fresh.append(number)
            if old:
                replaced.append(old)
    # Whether replaced or not, a version keeps how long it was seen.
    seen = {
        number: (min(our.first_fetched_at, old.first_fetched_at), max(our.last_fetched_at, old.last_fetched_at))
        for number, our in ours.items()
        if (old := stood.get(number))
    }
    _take_out(cursor, replaced)
    _see(cursor, [(stood[number], *span) for number, span in sorted(seen.items()) if number not in set(fresh)])
    spans = {number: seen.get(number, (our.first_fetched_at, our.last_fetched_at)) for number, our in ours.items()}
    rows = (versions[n] | dict(zip(("first_fetched_at", "last_fetched_at"), spans[n], strict=True)) for n in fresh)
    columns = [column for column in _ARTICLE_COLUMNS if column != "url"]
    _copy(cursor, "news.article_version", columns, ([row[column] for column in columns] for row in rows))

    # A change of the current version touches both its days.
    days = {ours[number].day for number in fresh} | {old.day for old in replaced}
    stands = stood | {number: ours[number] for number in fresh}
    newest = _newest(
        dataclasses.replace(one, last_fetched_at=spans[number][1]) if number in spans else one
        for number, one in stands.items()
    )
    changed = {article: newest[article].current for article, before in was.items() if newest[article].current != before}
    _set_current(cursor, changed)
    days |= {day for _, day, _ in changed.values()}
    days |= {day for article in changed if (day := was[article][1]) is not None}
    cursor.execute(
        "INSERT INTO news.dirty_day SELECT unnest(%s::date[]), %s ON CONFLICT DO NOTHING", (sorted(days), batch_id)
    )
    return len({our.article_id for our in ours.values()}) - len(was), len(fresh) - len(replaced), fresh


def _newest(versions: Iterable[_Standing]) -> dict[int, _Standing]:
    """Of each article its current version."""
    newest: dict[int, _Standing] = {}
    for version in versions:
        if version.article_id not in newest or version.rank > newest[version.article_id].rank:
            newest[version.article_id] = version
    return newest


def _put_articles(
    cursor: Cursor, rows: Iterable[Row], newest: dict[int, _Standing]
) -> dict[int, tuple[int | None, date | None, int | None]]:
    """Insert the articles that are new, and lock the others: what these say of their current version, by id."""
    articles: dict[int, tuple[object, ...]] = {}
    for row in rows:
        number, (source_id, seen) = row["article_id"], (row["source_id"], row["first_fetched_at"])
        if number in articles:
            _, _, other, before, *_ = articles[number]
            source_id, seen = min(source_id, str(other)), min(seen, before)
        articles[number] = (number, row["url"], source_id, seen, *newest[number].current)
    cursor.execute(
        """
        INSERT INTO news.article AS a (article_id, url, source_id, first_seen_at, current_version, day, text_key)
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::date[],
                             %s::bigint[])
        ON CONFLICT (article_id) DO UPDATE SET first_seen_at = least(a.first_seen_at, excluded.first_seen_at)
        RETURNING xmax = 0, article_id, current_version, day, text_key
        """,
        _columns([articles[number] for number in sorted(articles)], 7),
    )
    return {article: (version, day, text) for new, article, version, day, text in cursor if not new}


def _columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Rows as lists of their columns, for unnest."""
    return [[row[n] for row in rows] for n in range(width)]


def _standing(cursor: Cursor, articles: list[int]) -> dict[int, _Standing]:
    """What stands of these articles, by version."""
    if not articles:
        return {}
    cursor.execute(f"SELECT {', '.join(_STANDING)} FROM news.article_version WHERE article_id = ANY (%s)", (articles,))
    return {row[0]: _Standing(*row) for row in cursor}


def _take_out(cursor: Cursor, versions: list[_Standing]) -> None:
    """Delete versions that are replaced, with their facts."""
    for version in versions:  # one by one, so that only the partition of its day is looked at
        for table in ("fact", "article_version"):
            cursor.execute(
                f"DELETE FROM news.{table} WHERE version_id = %s AND day = %s", (version.version_id, version.day)
            )


def _see(cursor: Cursor, seen: list[tuple[_Standing, datetime, datetime]]) -> None:
    """Note when versions that stay were seen."""
    for version, first, last in seen:
        if (first, last) != (version.first_fetched_at, version.last_fetched_at):
            cursor.execute(
                "UPDATE news.article_version SET first_fetched_at = %s, last_fetched_at = %s "
                "WHERE version_id = %s AND day = %s",
                (first, last, version.version_id, version.day),
            )


def _set_current(cursor: Cursor, changed: dict[int, tuple[int, date, int]]) -> None:
    if changed:
        cursor.execute(
            "UPDATE news.article a SET current_version = c.version_id, day = c.day, text_key = c.text_key "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bigint[]) "
            "AS c (article_id, version_id, day, text_key) "
            "WHERE a.article_id = c.article_id",
            _columns([(article, *current) for article, current in sorted(changed.items())], 4),
        )


def _merge_entities(cursor: Cursor, entities: list[tuple[object, ...]], aliases: list[tuple[object, ...]]) -> None:
    cursor.execute(_TEMPORARY)
    _copy_temporary(cursor, "t_entity", ("entity_id", "type", "key", "name_en", "wikidata"), entities)
    _copy_temporary(cursor, "t_alias", ("entity_id", "alias", "canonical"), aliases)
    cursor.execute(
        """
        INSERT INTO news.entity AS e (entity_id, type, key, name_en, wikidata)
        SELECT entity_id, type, key, name_en, wikidata FROM t_entity ORDER BY entity_id
        ON CONFLICT (entity_id) DO UPDATE
        SET name_en = least(e.name_en, excluded.name_en), wikidata = least(e.wikidata, excluded.wikidata)
        WHERE (e.name_en, e.wikidata) IS DISTINCT FROM
              (least(e.name_en, excluded.name_en), least(e.wikidata, excluded.wikidata))
        """
    )
    cursor.execute(
        "INSERT INTO news.entity_alias SELECT * FROM t_alias ORDER BY entity_id, alias, canonical "
        "ON CONFLICT DO NOTHING"
    )


def _settle(cursor: Cursor, page_rows: list[Row]) -> None:
    """The ledger: outcome, reason and next look of every page of the batch.

    The latest fetch decides. An article that stands keeps its outcome through all but its own end, and has it again
    when it is back; a definitive answer ends the count of attempts.
    """
    cursor.execute(_TEMPORARY_PAGES)
    _copy_temporary(cursor, "t_page", _PAGE_COLUMNS, ([page[column] for column in _PAGE_COLUMNS] for page in page_rows))
    cursor.execute(
        """
        INSERT INTO news.page AS p (page_id, url, source_id, discovered_at, next_look_at)
        SELECT page_id, url, source_id, coalesce(fetched_at, clock_timestamp()), NULL FROM t_page ORDER BY page_id
        ON CONFLICT (page_id) DO NOTHING
        """
    )
    cursor.execute(
        """
        UPDATE news.page p SET
            outcome = becomes,
            reason = CASE WHEN t.outcome <> 'unchanged' THEN t.reason WHEN becomes <> 'loaded' THEN p.reason END,
            gone_at = CASE WHEN becomes = 'gone' THEN coalesce(p.gone_at, t.fetched_at) END,
            status = coalesce(t.status, p.status),
            article_id = coalesce(t.article_id, p.article_id),
            body_hash = coalesce(t.body_hash, p.body_hash),
            etag = CASE WHEN t.body_hash IS NULL THEN p.etag ELSE t.etag END,
            last_modified = CASE WHEN t.body_hash IS NULL THEN p.last_modified ELSE t.last_modified END,
            fetched_at = greatest(p.fetched_at, t.fetched_at),
            settled_at = clock_timestamp(),
            claimed_by = NULL,
            attempts = CASE WHEN passing THEN p.attempts ELSE 0 END,
            next_look_at = CASE
                WHEN passing AND p.attempts >= %(tries)s THEN NULL
                WHEN passing THEN clock_timestamp() + greatest(
                    least(%(retry)s * power(2, greatest(p.attempts - 1, 0)), interval '1 day'),
                    make_interval(secs => coalesce(t.retry_after, 0)))
                WHEN t.outcome = ANY (%(again)s) THEN least(
                    (SELECT min(p.discovered_at + look) FROM unnest(%(looks)s::interval[]) look
                     WHERE p.discovered_at + look > clock_timestamp()),
                    CASE WHEN becomes = 'gone' AND p.gone_at IS NULL THEN clock_timestamp() + %(sure)s END)
                END
        FROM (
            SELECT t_page.*, t_page.outcome <> ALL (%(final)s) AS passing,
                   CASE WHEN t_page.outcome = 'unchanged' AND o.outcome = 'gone' THEN 'loaded'
                        WHEN t_page.outcome = 'unchanged' OR (
                            t_page.outcome NOT IN ('loaded', 'duplicate', 'gone') AND o.article_id IS NOT NULL)
                        THEN o.outcome ELSE t_page.outcome END AS becomes
            FROM t_page JOIN news.page o USING (page_id)
        ) t
        WHERE p.page_id = t.page_id
          AND (p.outcome = 'due' OR p.fetched_at IS NULL OR t.fetched_at IS NULL OR t.fetched_at >= p.fetched_at)
        """,
        {
            "tries": TRIES,
            "retry": RETRY,
            "looks": list(LOOKS),
            "sure": SURE,
            "final": sorted(FINAL),
            "again": sorted(AGAIN),
        },
    )
    # An article that is loaded late, by a batch older than what the ledger knows of its page: the page is the article's
    # all the same, and as it would be had they come in order.
    cursor.execute(
        """
        UPDATE news.page p SET article_id = t.article_id, body_hash = t.body_hash, etag = t.etag,
            last_modified = t.last_modified,
            outcome = CASE WHEN p.outcome = 'gone' THEN p.outcome ELSE t.outcome END,
            reason = CASE WHEN p.outcome = 'gone' THEN p.reason ELSE t.reason END
        FROM t_page t
        WHERE p.page_id = t.page_id AND p.article_id IS NULL AND t.article_id IS NOT NULL
          AND t.fetched_at < p.fetched_at
        """
    )
