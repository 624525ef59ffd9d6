"""Questions to the warehouse that can change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg2

from rasad.model import Json
from rasad.warehouse.connection import WarehouseError, connect

TIMEOUT_MS = 60_000


def ask(dsn: str, query: str) -> Iterator[Json]:
    """A JSON-ready row each, in a read-only transaction of at most a minute. Raises WarehouseError for a bad query."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {TIMEOUT_MS}; SET search_path = mart")
        try:
            cursor.execute("SELECT to_jsonb(q)::text FROM (" + query.rstrip().rstrip(";") + ") q")
        except psycopg2.Error as error:
            raise WarehouseError(f"the query failed: {str(error).strip()}") from None
        for (row,) in cursor:
            yield json.loads(row)
