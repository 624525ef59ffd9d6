"""Whether two warehouses hold the same, and whether a ledger accounts for what was announced."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import date, datetime, timezone

import psycopg2

from rasad.warehouse import checks
from rasad.warehouse.dump import dump
from rasad.web import urls

# How often it was tried is no part of what is known: these tables have a row for each run and each batch. Of batches
# the sum of what they brought is compared instead. Within the others `dump` leaves out the columns of CLOCKS alone.
NOT_COMPARED = frozenset({"run", "run_source", "batch"})
HELD = ("ledger_accounted", "no_orphans", "rollups_equal_facts", "spans_match_text")


def state(dsn: str) -> dict[str, list[str]]:
    """What a warehouse holds, by table."""
    tables = {table: rows for table, rows in dump(dsn).items() if table not in NOT_COMPARED}
    return tables | {"batches brought": _rows(dsn, "SELECT sum(new_articles), sum(new_versions) FROM news.batch")}


def differences(undisturbed: dict[str, list[str]], disturbed: dict[str, list[str]]) -> list[str]:
    """A line for each table that differs, with the first rows that only one of them has."""
    found = []
    for table in sorted(undisturbed.keys() | disturbed.keys()):
        one, two = undisturbed.get(table, []), disturbed.get(table, [])
        if one != two:
            lacking, more = sorted(set(one) - set(two)), sorted(set(two) - set(one))
            found.append(f"{table}: {len(one)} rows, now {len(two)}; lacking {lacking[:3]}, too much {more[:3]}")
    return found


def unaccounted(dsn: str, announced: Iterable[str]) -> list[str]:
    """A line for each announced address that is neither done with nor due, and for what our own checks find."""
    done = _rows(dsn, "SELECT url FROM news.page WHERE next_look_at IS NOT NULL OR outcome <> 'due'")
    found = [f"not accounted for: {url}" for url in sorted({urls.canonical(one) for one in announced} - set(done))]
    days = checks.window("2026-01-01", None, datetime.now(timezone.utc).date()) | {"since": date(2026, 1, 1)}
    known = checks.read()
    return found + [
        f"{name}: {checks.lines(rows.rows)}" for name in HELD if (rows := checks.faults(dsn, known[name], days))
    ]


def _rows(dsn: str, query: str) -> list[str]:
    with contextlib.closing(psycopg2.connect(dsn)) as link, link.cursor() as cursor:
        cursor.execute(query)
        return [" ".join(map(str, row)) for row in cursor.fetchall()]
