"""What the pages ask the warehouse: each a SELECT on schema mart, by the reader's role and bounded in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg2
from psycopg2.extras import RealDictCursor

from rasad.arabic.text import key
from rasad.settings import Settings
from rasad.warehouse import checks
from rasad.warehouse.checks import Check
from rasad.warehouse.connection import WarehouseError, address, connect, reader_address
from rasad.warehouse.health import health as figures_of

TIMEOUT_MS = 10_000
DAYS = 28  # of a trend line on the page of today
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks within one read-only transaction, so that all of a page's answers are of one moment."""

    cursor: RealDictCursor

    def rows(self, query: str, /, **values: object) -> list[Row]:
        """All rows of an answer."""
        self.cursor.execute(query, values)
        return [dict(row) for row in self.cursor.fetchall()]

    def row(self, query: str, /, **values: object) -> Row | None:
        """The first row, if there is one."""
        return next(iter(self.rows(query, **values)), None)


@contextmanager
def asking() -> Iterator[Ask]:
    """A transaction of the reader's. Raises WarehouseError, one line, whatever goes wrong with the warehouse."""
    dsn = reader_address(Settings.from_env())
    try:
        with connect(dsn) as link, link.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {TIMEOUT_MS}")
            yield Ask(cursor)
    except psycopg2.Error as error:
        said = " ".join((error.diag.message_primary or str(error)).split())
        raise WarehouseError(f"the warehouse did not answer: {said}") from None


def today(ask: Ask, day: date | None) -> Row:
    """What a day looks like: what rises, how much came from whom, who was quoted; else the latest day."""
    latest = ask.row("SELECT max(day) AS day FROM mart.source_days")
    day = day or (latest and latest["day"])
    if day is None:
        return {"day": None}
    return {
        "day": day,
        "latest": latest and latest["day"],
        "press": ask.rows(
            "SELECT day, sum(articles)::int AS articles, sum(texts)::int AS texts, sum(expected) AS expected "
            "FROM mart.source_days WHERE day BETWEEN %(day)s::date - %(days)s AND %(day)s GROUP BY day ORDER BY day",
            day=day,
            days=DAYS,
        ),
        "rising": ask.rows(
            "SELECT * FROM mart.trending_entities WHERE day = %(day)s AND score >= 1 "
            "ORDER BY score DESC, articles DESC LIMIT 20",
            day=day,
        ),
        "phrases": ask.rows(
            # Names stand in the table of names already.
            "SELECT p.* FROM mart.trending_phrases p WHERE day = %(day)s AND score >= 1 AND NOT EXISTS (SELECT FROM "
            "mart.trending_entities e WHERE e.day = p.day AND e.entity = p.phrase) "
            "ORDER BY score DESC, articles DESC LIMIT 12",
            day=day,
        ),
        "sources": ask.rows(
            "SELECT * FROM mart.source_days WHERE day = %(day)s ORDER BY articles DESC, source_id LIMIT 200",
            day=day,
        ),
        "volumes": ask.rows(
            "SELECT source_id, day, articles, expected, coverage FROM mart.source_days "
            "WHERE day BETWEEN %(day)s::date - %(days)s AND %(day)s",
            day=day,
            days=DAYS,
        ),
        "quotes": once(
            ask.rows(
                "SELECT q.*, a.title FROM mart.quotes q JOIN mart.articles a USING (article_id) "
                "WHERE q.day = %(day)s AND NOT q.indirect AND q.speaker IS NOT NULL AND q.field = 'body' "
                "ORDER BY a.published_at DESC NULLS LAST, q.article_id, q.start_offset LIMIT 100",
                day=day,
            ),
            12,
        ),
        "alerts": ask.rows("SELECT * FROM mart.alerts ORDER BY raised_at DESC LIMIT 8"),
    }


def once(quotes: Iterable[Row], most: int) -> list[Row]:
    """The first `most` things that were said, each as it stands first, and how many of the `articles` carry it."""
    said: dict[tuple[object, str], list[Row]] = {}
    for row in quotes:
        said.setdefault((row["speaker_id"] or row["speaker"], key(row["quote"])), []).append(row)
    return [rows[0] | {"articles": len({row["article_id"] for row in rows})} for rows in said.values()][:most]


def article(ask: Ask, article_id: int) -> Row | None:
    """An article, its facts, versions and what the ledger knows of it."""
    found = ask.row("SELECT * FROM mart.articles WHERE article_id = %(id)s", id=article_id)
    if found is None:
        return None
    return {
        "article": found,
        "facts": ask.rows(
            "SELECT * FROM mart.facts WHERE article_id = %(id)s AND day = %(day)s ORDER BY fact_no",
            id=article_id,
            day=found["day"],
        ),
        "versions": ask.rows(
            "SELECT * FROM mart.article_versions WHERE article_id = %(id)s ORDER BY version_no",
            id=article_id,
        ),
        "ledger": ask.rows(
            "SELECT * FROM mart.outcomes WHERE article_id = %(id)s AND kind = 'page' ORDER BY discovered_at LIMIT 20",
            id=article_id,
        ),
        "asked": ask.rows(
            "SELECT * FROM mart.by_hand WHERE article_id = %(id)s ORDER BY done_at DESC LIMIT 5", id=article_id
        ),
        "source": ask.row("SELECT * FROM mart.sources WHERE source_id = %(id)s", id=found["source_id"]),
        "story": ask.rows(
            "SELECT article_id, url, source_ar, source_en, title, published FROM mart.articles "
            "WHERE story_id = %(story)s AND article_id <> %(id)s ORDER BY published_at NULLS LAST LIMIT 20",
            story=found["story_id"],
            id=article_id,
        )
        if found["story_id"]
        else [],
    }


def entity(ask: Ask, entity_id: int) -> Row | None:
    """An entity with its trend, quotes, company and spellings; of a merged one, the one that it stands for."""
    merged = ask.row("SELECT * FROM mart.entity_merges WHERE entity_id = %(id)s", id=entity_id)
    root = merged["into_id"] if merged else entity_id
    found = ask.row("SELECT * FROM mart.entities WHERE entity_id = %(id)s", id=root)
    if found is None:
        return None
    span = ask.row(
        "SELECT max(day) AS last, max(day) - 365 AS first FROM mart.entity_days WHERE entity_id = %(id)s", id=root
    )
    assert span is not None
    return {
        "entity": found,
        "merged": merged,
        "days": ask.rows(
            # A day on which it was not named is a zero; a day of which nothing was read is a gap.
            "SELECT p.day, coalesce(d.articles, 0) AS articles, coalesce(d.texts, 0) AS texts, "
            "coalesce(d.stories, 0) AS stories FROM (SELECT DISTINCT day FROM mart.source_days "
            "WHERE day BETWEEN %(first)s AND %(last)s AND articles > 0) p "
            "LEFT JOIN (SELECT * FROM mart.entity_days WHERE entity_id = %(id)s) d USING (day) ORDER BY p.day",
            id=root,
            first=span["first"],
            last=span["last"],
        ),
        "sources": ask.rows(
            "SELECT d.source_id, s.name_ar, s.name_en, sum(d.articles)::int AS articles "
            "FROM mart.entity_source_days d JOIN mart.sources s USING (source_id) "
            "WHERE d.entity_id = %(id)s AND d.day > %(last)s::date - 28 "
            "GROUP BY d.source_id, s.name_ar, s.name_en ORDER BY articles DESC, source_id LIMIT 12",
            id=root,
            last=span["last"],
        ),
        "quotes": once(
            ask.rows("SELECT * FROM mart.quotes_of(%(id)s, NULL, NULL, 100) WHERE NOT indirect", id=root), 15
        ),
        "company": ask.rows(
            "SELECT * FROM mart.co_mentions_of(%(id)s, %(last)s::date - 28, %(last)s) "
            "ORDER BY articles DESC, other LIMIT 20",
            id=root,
            last=span["last"],
        ),
        "merges": ask.rows(
            "SELECT * FROM mart.entity_merges WHERE into_id = %(id)s ORDER BY made_by, name LIMIT 100", id=root
        ),
        "articles": ask.rows(
            "SELECT DISTINCT a.article_id, a.day, a.title, a.source_ar, a.source_en, a.published_at "
            "FROM mart.mentions m JOIN mart.articles a USING (article_id) "
            "WHERE m.entity_id = %(id)s AND m.day > %(last)s::date - 7 "
            "ORDER BY a.day DESC, a.published_at DESC NULLS LAST, a.article_id LIMIT 15",
            id=root,
            last=span["last"],
        ),
    }


def entities(ask: Ask, words: str) -> list[Row]:
    """Entities that have a spelling that begins with these words: what a search for a name may mean."""
    return ask.rows(
        "SELECT entity_id, type, name, name_en, key FROM mart.entities "
        "WHERE name ILIKE %(words)s OR name_en ILIKE %(words)s "
        "ORDER BY length(name), name LIMIT 10",
        words=words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
    )


def sources(ask: Ask) -> list[Row]:
    """How each source does, those that need somebody first."""
    return ask.rows(
        "SELECT * FROM mart.source_health ORDER BY array_position("
        "ARRAY['failing', 'silent', 'late', 'ok', 'off'], state), source_id"
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A check, when it ran last (None: never), and what it found that still stands."""

    check: Check
    ran_at: datetime | None
    faults: tuple[Row, ...]


def _is_of(row: Row, check: Check) -> bool:
    return (row["kind"], row["rule"]) == ("check", check.name)


def health(ask: Ask) -> Row:
    """How Rasad does: what operators are told of and still stands, what each check found, sources that need somebody.

    `figures` are those for monitors, of the ledger, which the reader does not see: asked as the loader, to read.
    """
    with connect(address(Settings.from_env())) as link, link.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {TIMEOUT_MS}")
        figures = figures_of(cursor)
    standing = ask.rows(
        "SELECT kind, rule, name_ar, name_en, source_id, details, raised_at, seen_at, problem FROM mart.alerts "
        "WHERE kind IN ('check', 'run') AND standing ORDER BY kind DESC, rule, raised_at LIMIT 300"
    )
    ran = {row["name"]: row["ran_at"] for row in ask.rows("SELECT name, ran_at FROM mart.checks")}
    return {
        "figures": figures,
        "runs": [row for row in standing if row["kind"] == "run"],
        "checks": [
            Checked(check, ran.get(check.name), tuple(row for row in standing if _is_of(row, check)))
            for check in checks.read().values()
        ],
        "sources": [row for row in sources(ask) if row["state"] not in ("ok", "off")],
        "untold": ask.rows(
            "SELECT rule, kind, raised_at, problem FROM mart.alerts WHERE sent_at IS NULL AND problem IS NOT NULL "
            "AND raised_at > now() - interval '48 hours' ORDER BY raised_at DESC LIMIT 20"
        ),
    }


def source(ask: Ask, source_id: str) -> Row | None:
    """One source: how it does, what became of its latest pages, its volume by day."""
    found = ask.row("SELECT * FROM mart.source_health WHERE source_id = %(id)s", id=source_id)
    if found is None:
        return None
    return {
        "source": found,
        "about": ask.row("SELECT * FROM mart.sources WHERE source_id = %(id)s", id=source_id),
        "days": ask.rows(
            "SELECT * FROM mart.source_days WHERE source_id = %(id)s "
            "AND day > (SELECT max(day) FROM mart.source_days WHERE source_id = %(id)s) - 60 ORDER BY day",
            id=source_id,
        ),
        "feeds": ask.rows(
            "SELECT * FROM mart.outcomes WHERE source_id = %(id)s AND kind = 'feed' ORDER BY url LIMIT 50", id=source_id
        ),
        "pages": ask.rows(
            "SELECT * FROM mart.outcomes WHERE source_id = %(id)s AND kind = 'page' AND outcome <> 'loaded' "
            "ORDER BY settled_at DESC NULLS LAST LIMIT 50",
            id=source_id,
        ),
    }


def search(ask: Ask, query: str, since: date | None, until: date | None) -> list[Row]:
    """Articles that hold the words, the best first."""
    return ask.rows(
        "SELECT f.*, s.name_ar AS source_ar, s.name_en AS source_en "
        "FROM mart.search(%(query)s, %(since)s::date, %(until)s::date) f JOIN mart.sources s USING (source_id) "
        "ORDER BY rank DESC, day DESC, article_id LIMIT 50",
        query=query,
        since=since,
        until=until,
    )


def run(ask: Ask, run_id: str) -> Row:
    """What a run of a DAG did: addresses that a person named, and the stages of each source."""
    return {
        "run_id": run_id,
        "asked": ask.rows("SELECT * FROM mart.by_hand WHERE run_id = %(id)s ORDER BY done_at, asked", id=run_id),
        "stages": ask.rows(
            "SELECT r.*, s.name_ar, s.name_en FROM mart.runs r JOIN mart.sources s USING (source_id) "
            "WHERE run_id = %(id)s ORDER BY source_id, stage LIMIT 1000",
            id=run_id,
        ),
    }


class MergeRefused(ValueError):
    """A merge that cannot be; the message says why."""


def named(ask: Ask, entity_id: int, name: str) -> list[int]:
    """Entities of this one's type that have exactly this name, this one left out: whom a person means by it."""
    return [
        row["entity_id"]
        for row in ask.rows(
            "SELECT e.entity_id FROM mart.entities e JOIN mart.entities o ON o.type = e.type "
            "WHERE o.entity_id = %(id)s AND e.entity_id <> %(id)s AND (e.name = %(name)s OR e.name_en = %(name)s) "
            "ORDER BY e.entity_id LIMIT 5",
            id=entity_id,
            name=name,
        )
    ]


def merge(entity_id: int, into_id: int, why: str, who: str) -> None:
    """Write that one entity is another; it counts from the next measuring on. Raises MergeRefused, WarehouseError."""
    with connect(address(Settings.from_env())) as link, link.cursor() as cursor:
        cursor.execute("SELECT entity_id, type FROM news.entity WHERE entity_id = ANY (%s)", ([entity_id, into_id],))
        types = dict(cursor.fetchall())
        if into_id not in types or entity_id not in types:
            raise MergeRefused(f"there is no entity {into_id if into_id not in types else entity_id}")
        if entity_id == into_id or types[entity_id] != types[into_id]:
            raise MergeRefused("an entity is merged into another one of its own type")
        try:
            cursor.execute(
                "INSERT INTO news.entity_merge (entity_id, into_id, why, decided_by) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (entity_id) DO UPDATE SET into_id = excluded.into_id, why = excluded.why, "
                "decided_by = excluded.decided_by, decided_at = now()",
                (entity_id, into_id, why, who),
            )
        except psycopg2.errors.RaiseException as error:
            raise MergeRefused(error.diag.message_primary or "this merge is refused") from None
        _measure_anew(cursor, entity_id)


def part(entity_id: int) -> None:
    """Undo what a person merged; it counts from the next measuring on. Raises WarehouseError."""
    with connect(address(Settings.from_env())) as link, link.cursor() as cursor:
        cursor.execute("DELETE FROM news.entity_merge WHERE entity_id = %s", (entity_id,))
        _measure_anew(cursor, entity_id)


def _measure_anew(cursor: Any, entity_id: int) -> None:
    """Mark one day of the entity's: measuring it resolves all merges, and marks what else they change."""
    cursor.execute(
        "INSERT INTO news.dirty_day (day, batch_id) SELECT max(day), %s FROM news.fact WHERE entity_id = %s "
        "HAVING max(day) IS NOT NULL ON CONFLICT DO NOTHING",
        (f"merge/{entity_id}", entity_id),
    )
