"""Taking an article down: all that the warehouse holds of it, in one transaction, and what keeps it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.warehouse import registry, tombstones
from rasad.warehouse.connection import connect
from rasad.warehouse.load import lock_sources, page_id


@dataclass(frozen=True, slots=True)
class Done:
    """What went."""

    takedown_id: int
    articles: int
    versions: int
    facts: int
    entities: int
    pages: int
    source_ids: tuple[str, ...]


def take_down(dsn: str, url: str, why: str, by: str) -> Done:
    """Remove the article of an address, or forbid an address that is not known yet. Done again, it finds nothing more.

    `url` is canonical: the article's own, or that of any page that led to it. The days concerned are marked.
    """
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
        cursor.execute("SELECT source_id FROM news.source ORDER BY 1")
        lock_sources(cursor, [row[0] for row in cursor.fetchall()])
        cursor.execute(
            "SELECT article_id FROM news.page WHERE page_id = %s AND article_id IS NOT NULL "
            "UNION SELECT article_id FROM news.article WHERE url = %s",
            (page_id(url), url),
        )
        articles = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT url, source_id FROM news.page WHERE article_id = ANY (%(ids)s) OR page_id = %(page)s "
            "UNION SELECT url, source_id FROM news.article WHERE article_id = ANY (%(ids)s)",
            {"ids": articles, "page": page_id(url)},
        )
        pages = cursor.fetchall()
        cursor.execute(
            "SELECT DISTINCT source_id, text_key FROM news.article_version WHERE article_id = ANY (%s)", (articles,)
        )
        texts = cursor.fetchall()
        source_ids = tuple(sorted({source for _, source in pages}))
        cursor.execute(
            "INSERT INTO news.takedown (why, decided_by, source_ids) VALUES (%s, %s, %s) RETURNING takedown_id",
            (why, by, list(source_ids)),
        )
        (number,) = cursor.fetchone() or (0,)
        keys = {tombstones.of_url(address) for address in (url, *(address for address, _ in pages))}
        keys |= {tombstones.of_text(source, text_key) for source, text_key in texts}
        execute_values(
            cursor,
            "INSERT INTO news.tombstone (key, takedown_id) VALUES %s ON CONFLICT DO NOTHING",
            [(one, number) for one in sorted(keys)],
        )
        versions, facts, entities = remove(cursor, articles, f"takedown {number}")
        cursor.execute(
            "UPDATE news.page SET outcome = %s, reason = %s, article_id = NULL, body_hash = NULL, etag = NULL, "
            "last_modified = NULL, file = NULL, file_offset = NULL, next_look_at = NULL, claimed_by = NULL, "
            "settled_at = clock_timestamp() WHERE url = ANY (%s)",
            (tombstones.OUTCOME, tombstones.REASON, [address for address, _ in pages]),
        )
        cursor.execute(
            "DELETE FROM news.by_hand WHERE asked = ANY (%(urls)s) OR url = ANY (%(urls)s)",
            {"urls": [url, *(address for address, _ in pages)]},
        )
    return Done(number, len(articles), versions, facts, entities, len(pages), source_ids)


def remove(cursor: Cursor, articles: list[int], marker: str) -> tuple[int, int, int]:
    """Versions, facts and entities that went with the articles."""
    ids = {"ids": articles, "marker": marker}
    # Their stories are told anew without them: of all articles of these, and on all their days.
    cursor.execute(
        """
        CREATE TEMP TABLE t_shaken ON COMMIT DROP AS
        SELECT DISTINCT o.article_id, o.day, o.text_key FROM news.article a
        JOIN news.article o ON o.article_id = a.article_id OR o.story_id = a.story_id OR o.text_key = a.text_key
        WHERE a.article_id = ANY (%(ids)s)
        """,
        ids,
    )
    cursor.execute(
        "INSERT INTO news.dirty_day SELECT day, %(marker)s FROM t_shaken WHERE day IS NOT NULL "
        "UNION SELECT day, %(marker)s FROM news.article_version WHERE article_id = ANY (%(ids)s) "
        "ON CONFLICT DO NOTHING",
        ids,
    )
    cursor.execute(
        "DELETE FROM news.near_text USING t_shaken t WHERE t.text_key IN (near_text.text_key, near_text.other_key)"
    )
    cursor.execute("DELETE FROM news.signature USING t_shaken t WHERE signature.article_id = t.article_id")
    cursor.execute(
        """
        CREATE TEMP TABLE t_named ON COMMIT DROP AS
        SELECT DISTINCT entity_id, surface FROM news.fact
        WHERE (version_id, day) IN (SELECT version_id, day FROM news.article_version WHERE article_id = ANY (%(ids)s))
          AND entity_id IS NOT NULL
        """,
        ids,
    )
    cursor.execute(
        "DELETE FROM news.fact WHERE (version_id, day) IN "
        "(SELECT version_id, day FROM news.article_version WHERE article_id = ANY (%(ids)s))",
        ids,
    )
    facts = cursor.rowcount
    cursor.execute("DELETE FROM news.article_version WHERE article_id = ANY (%(ids)s)", ids)
    versions = cursor.rowcount
    cursor.execute("UPDATE news.article SET story_id = NULL WHERE article_id IN (SELECT article_id FROM t_shaken)")
    cursor.execute("UPDATE news.page SET article_id = NULL WHERE article_id = ANY (%(ids)s)", ids)
    cursor.execute("DELETE FROM news.article WHERE article_id = ANY (%(ids)s)", ids)
    cursor.execute(
        "UPDATE news.alert SET evidence = ARRAY(SELECT unnest(evidence) EXCEPT SELECT unnest(%(ids)s::bigint[])) "
        "WHERE evidence && %(ids)s::bigint[]",
        ids,
    )
    return versions, facts, _forget_names(cursor)


def _forget_names(cursor: Cursor) -> int:
    """Spellings and entities of t_named that nothing bears out any more; what a person decided of one stays."""
    cursor.execute(
        "DELETE FROM news.entity_alias l USING t_named n WHERE (l.entity_id, l.alias) = (n.entity_id, n.surface) "
        "AND NOT l.canonical AND NOT EXISTS "
        "(SELECT FROM news.fact f WHERE f.entity_id = l.entity_id AND f.surface = l.alias)"
    )
    cursor.execute(
        """
        CREATE TEMP TABLE t_orphan ON COMMIT DROP AS
        SELECT DISTINCT entity_id FROM t_named n
        WHERE NOT EXISTS (SELECT FROM news.fact f WHERE f.entity_id = n.entity_id)
          AND NOT EXISTS (SELECT FROM news.entity_merge m WHERE n.entity_id IN (m.entity_id, m.into_id))
        """
    )
    return forget_entities(cursor, "SELECT entity_id FROM t_orphan")


def forget_entities(cursor: Cursor, which: str) -> int:
    """Remove entities whose facts are gone, of whose ids `which` is a query; returns how many they were.

    Their other spellings stand by themselves from then on."""
    cursor.execute(
        f"SELECT DISTINCT o.entity_id FROM news.entity_standing s JOIN news.entity_standing o USING (type, spelling) "
        f"WHERE s.entity_id IN ({which}) AND o.entity_id NOT IN ({which})"
    )
    left = [entity for (entity,) in cursor]
    for table in ("entity_sighting", "entity_standing"):
        cursor.execute(f"DELETE FROM news.{table} WHERE entity_id IN ({which})")
    registry.settle_again(cursor, left)  # while the roll-ups still tell on which days they were counted as one
    # Whatever names an entity by its id: tables that come later as well.
    cursor.execute(
        """
        SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'news'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND a.attname = 'entity_id' AND c.relname NOT IN ('fact', 'entity')
        ORDER BY 1
        """
    )
    for table, column in cursor.fetchall():
        cursor.execute(f'DELETE FROM news."{table}" WHERE "{column}" IN ({which})')
    cursor.execute(f"DELETE FROM news.entity WHERE entity_id IN ({which})")
    return cursor.rowcount


def recent(link: Connection, within: timedelta) -> list[str]:
    """Sources whose landing files may hold what was taken down lately."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(source_ids) FROM news.takedown WHERE decided_at > now() - %s ORDER BY 1", (within,)
        )
        return [row[0] for row in cursor.fetchall()]
