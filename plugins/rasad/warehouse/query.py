"""Questions to the warehouse that can change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg2

from rasad.model import Json
from rasad.warehouse.connection import WarehouseError, connect

TIMEOUT_MS = 60_000
ROWS = 2_000  # fetched at a time: an answer of any length takes the same memory

# A cursor holds one query that reads, and nothing else: behind a plain SELECT a second statement could end the
# read-only transaction and write. The words of the question arrive as a literal, never as part of a statement.
_OPEN = "DO %s"
_OPENING = "DECLARE answer refcursor := 'answer'; BEGIN OPEN answer FOR EXECUTE %s; END"


def ask(dsn: str, query: str) -> Iterator[Json]:
    """A JSON-ready row each, in a read-only transaction of at most a minute; columns as the query orders them.

    Raises WarehouseError, one line, for a query that is wrong, that writes, or that is more than one.
    """
    wrapped = f"SELECT to_json(q)::text FROM (\n{query.strip().rstrip(';')}\n) q"  # a comment at its end stays one
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {TIMEOUT_MS}; SET search_path = mart")
        try:
            cursor.execute(_OPEN, (cursor.mogrify(_OPENING, (wrapped,)).decode(),))
            while True:
                cursor.execute(f"FETCH {ROWS} FROM answer")
                rows = cursor.fetchall()
                if not rows:
                    return
                for (row,) in rows:
                    yield json.loads(row, object_pairs_hook=_row)
        except psycopg2.Error as error:
            raise WarehouseError(f"the query failed: {_reason(error)}") from None


def _row(pairs: list[tuple[str, object]]) -> Json:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise WarehouseError(f"two columns are called {twice!r}: give one of them another name with AS")
    return row


def _reason(error: psycopg2.Error) -> str:
    """What Postgres says, on one line, with the way out where there is one."""
    said = " ".join(filter(None, (error.diag.message_primary, error.diag.message_hint))) or str(error)
    if "multi-query" in said or "syntax error" in said or said.startswith("cannot open"):
        said += " (give one SELECT; a second statement or one that writes is not run)"
    if isinstance(error, psycopg2.errors.InsufficientPrivilege):
        said += " (questions see schema mart alone; `python -m rasad migrate` renews the rights to it)"
    return " ".join(said.split())
