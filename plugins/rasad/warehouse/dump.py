"""What a warehouse holds, as text: two warehouses are equal when their dumps are."""

from __future__ import annotations

from rasad.warehouse.connection import connect

# Columns that say when, by whom or at which try a thing was done. They differ between two runs that found the same.
CLOCKS: dict[str, frozenset[str]] = {
    "alert": frozenset({"alert_id", "raised_at", "seen_at", "ended_at"}),
    "alert_delivery": frozenset({"alert_id", "sent_at", "attempts", "problem"}),
    "article": frozenset({"first_seen_at", "loaded_at"}),
    "article_version": frozenset({"first_fetched_at", "last_fetched_at", "read_at"}),
    "batch": frozenset({"batch_id", "loaded_at"}),
    "dirty_day": frozenset({"batch_id"}),
    "entity_merge": frozenset({"decided_at", "decided_by"}),
    "erased_name": frozenset({"name"}),
    "erasure_secret": frozenset({"secret"}),
    "feed": frozenset({"next_poll_at", "polled_at", "poll_every", "polled_run"}),
    "host": frozenset({"next_request_at", "robots_fetched_at"}),
    "migration": frozenset({"applied_at"}),
    "page": frozenset(
        {
            "discovered_at",
            "fetched_at",
            "settled_at",
            "gone_at",
            "next_look_at",
            "file",
            "file_offset",
            "claimed_by",
            "attempts",
        }
    ),
    "run": frozenset({"planned_at"}),
    "run_source": frozenset({"planned_at", "finished_at", "stages"}),
    "takedown": frozenset({"decided_at"}),
}

# What happened on the way, of which another way has other rows.
ON_THE_WAY = frozenset({"source_blind"})


def dump(dsn: str) -> dict[str, list[str]]:
    """Table of schema `news` → its rows as ordered text, without the clock columns above."""
    tables: dict[str, list[str]] = {}
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "WHERE c.relnamespace = 'news'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
            "GROUP BY c.relname ORDER BY c.relname"
        )
        for table, columns in cursor.fetchall():
            if table in ON_THE_WAY:
                continue
            kept = ", ".join(f'"{c}"' for c in columns if c not in CLOCKS.get(table, ()))
            cursor.execute(f'SELECT ROW({kept})::text COLLATE "C" AS line FROM news."{table}" ORDER BY line')
            tables[table] = [row[0] for row in cursor.fetchall()]
    return tables
