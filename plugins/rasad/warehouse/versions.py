"""Versions that older extractors have read, and what is there to read them anew from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg2.extensions import connection as Connection

from rasad.model import Article

# Parameters of the conditions below: {"extractors": kind → version as JSON, "backend": name and version}.
# Of each kind a version (v) has the number of the extractor that read it; of a kind that came later, none.
NEWER = "EXISTS (SELECT FROM jsonb_each(%(extractors)s) n WHERE (v.extractors -> n.key)::int > n.value::int)"
_OLDER = """(v.backend IS DISTINCT FROM %(backend)s OR EXISTS (
    SELECT FROM jsonb_each(%(extractors)s) n WHERE coalesce((v.extractors -> n.key)::int, 0) < n.value::int))"""
_STALE = f"NOT v.masked AND {_OLDER} AND NOT {NEWER}"  # with names hidden, it is no more the text that was read
_CHOSEN = """v.day BETWEEN coalesce(%(since)s, '-infinity'::date) AND coalesce(%(until)s, 'infinity'::date)
    AND (%(sources)s = '{}' OR v.source_id = ANY (%(sources)s))"""

BATCH_BYTES = 16_000_000  # of text, whatever the number of versions


@dataclass(frozen=True, slots=True)
class Readers:
    """The extractors of a run, and what stands beside them to find names."""

    extractors: Mapping[str, str]  # kind → version
    backend: str

    def parameters(self) -> dict[str, object]:
        numbers = {kind: int(version) for kind, version in self.extractors.items()}
        return {"extractors": json.dumps(numbers), "backend": self.backend}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which versions: days of publication, both included, and sources; all of them where nothing is said."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()

    def parameters(self) -> dict[str, object]:
        return {"since": self.since, "until": self.until, "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class Month:
    """A month that holds such versions."""

    first: date
    stale: int  # read by an older extractor, or beside another backend
    newer: int  # read by a newer extractor: they are left alone


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it lies in the warehouse, without its facts. Its text may be gone, or be a part of what was read."""

    version_id: int
    day: date
    article: Article


def months(link: Connection, readers: Readers, chosen: Chosen) -> list[Month]:
    """The months whose versions others than `readers` have read, the latest first."""
    with link.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT date_trunc('month', v.day)::date, count(*) FILTER (WHERE {_STALE}), count(*) FILTER (WHERE {NEWER})
            FROM news.article_version v
            WHERE (v.extractors, v.backend) IS DISTINCT FROM (%(extractors)s::jsonb, %(backend)s) AND {_CHOSEN}
            GROUP BY 1 ORDER BY 1 DESC
            """,
            {**readers.parameters(), **chosen.parameters()},
        )
        return [Month(*row) for row in cursor]


def stale(
    link: Connection, readers: Readers, chosen: Chosen, month: date, after: int | None, limit: int
) -> Sequence[Version]:
    """Up to `limit` versions of a month that `readers` have not read, behind the one of id `after`, by their ids."""
    with link.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT v.version_id, v.day, a.url, v.source_id, s.country, v.title, v.text, v.published, v.updated,
                   v.authors, v.section, v.tags, v.description, v.language, v.read_at
            FROM (
                SELECT version_id, day, sum(octets) OVER (ORDER BY version_id) - octets AS before
                FROM (
                    SELECT v.version_id, v.day, octet_length(v.text) AS octets
                    FROM news.article_version v
                    WHERE v.day >= %(month)s AND v.day < %(month)s + interval '1 month' AND {_CHOSEN}
                      AND (%(after)s::bigint IS NULL OR v.version_id > %(after)s) AND {_STALE}
                    ORDER BY v.version_id LIMIT %(limit)s
                ) first
            ) b
            JOIN news.article_version v USING (version_id, day)
            JOIN news.article a USING (article_id)
            JOIN news.source s ON s.source_id = v.source_id
            WHERE b.before < %(bytes)s
            ORDER BY v.version_id
            """,
            {**readers.parameters(), **chosen.parameters(), "month": month, "after": after, "limit": limit,
             "bytes": BATCH_BYTES},
        )  # fmt: skip
        return [
            Version(
                number,
                day,
                Article(
                    url,
                    title,
                    text,
                    published,
                    source_id=source_id,
                    country=country,
                    updated_at=updated,
                    authors=tuple(authors),
                    section=section,
                    tags=tuple(tags),
                    description=description,
                    language=language,
                    fetched_at=read_at.isoformat(),
                ),
            )
            for number, day, url, source_id, country, title, text, published, updated, authors, section, tags,
                description, language, read_at in cursor
        ]  # fmt: skip


def records(link: Connection, url: str) -> list[tuple[str, int]]:
    """Where the pages of an article lie that are still in the landing zone: file and offset, the latest first."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT p.file, p.file_offset FROM news.page p JOIN news.article a USING (article_id) "
            "WHERE a.url = %s AND p.file IS NOT NULL ORDER BY p.fetched_at DESC, p.page_id",
            (url,),
        )
        return cursor.fetchall()
