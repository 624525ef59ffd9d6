"""Any view of schema mart as a Parquet or CSV file, a few thousand rows at a time, whatever its length."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from upath import UPath

from rasad.warehouse.connection import WarehouseError, connect

ROWS = 5_000  # in memory at a time, and in a row group of Parquet
TIMEOUT = "15min"  # for each of those portions: a view that sorts works longest before the first

Form = Literal["parquet", "csv"]
Part = Literal["day", "month"]

# How a column of each type is asked for, and what it becomes. Of dates and moments only those that a calendar from
# year 1 to 9999 holds: Postgres has infinity and years before Christ, Parquet's readers have not.
_PLAIN = "{}"
_CALENDAR = "CASE WHEN {} BETWEEN '0001-01-01' AND '9999-12-30' THEN {} END"
_TYPES: dict[str, tuple[str, pa.DataType]] = {
    "boolean": (_PLAIN, pa.bool_()),
    "smallint": (_PLAIN, pa.int16()),
    "integer": (_PLAIN, pa.int32()),
    "bigint": (_PLAIN, pa.int64()),
    "real": (_PLAIN, pa.float32()),
    "double precision": (_PLAIN, pa.float64()),
    "numeric": ("{}::float8", pa.float64()),
    "date": (_CALENDAR, pa.date32()),
    "timestamp with time zone": (_CALENDAR, pa.timestamp("us", tz="UTC")),
    "text": (_PLAIN, pa.string()),
    "text[]": (_PLAIN, pa.list_(pa.string())),
    "integer[]": (_PLAIN, pa.list_(pa.int32())),
    "bigint[]": (_PLAIN, pa.list_(pa.int64())),
    "double precision[]": (_PLAIN, pa.list_(pa.float64())),
    "date[]": (_PLAIN, pa.list_(pa.date32())),
}
_AS_TEXT = ("{}::text", pa.string())  # jsonb and whatever else there is

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `since`, `until`: days, both included. `part`: a file for each day or month.

    `excel`: CSV that spreadsheets read as it is meant: with a byte order mark, without which Excel shows Arabic as
    signs, and with an apostrophe before text that would run as a formula (= + - @, tab, carriage return).
    """

    view: str
    form: Form = "parquet"
    since: date | None = None
    until: date | None = None
    part: Part | None = None
    excel: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that was written, and how many rows it holds."""

    path: str
    rows: int


def export(dsn: str, wanted: Wanted, output: UPath) -> Iterator[File]:
    """Write what is wanted to `output`, or with `part` to files in that folder; a File as each is complete.

    A file appears under its name when it is whole. Raises WarehouseError.
    """
    with connect(dsn) as link:
        columns = _columns(link, wanted.view)
        query, values = _query(wanted, columns)
        schema = pa.schema([pa.field(name, _of(kind)[1]) for name, kind in columns])
        with link.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = '{TIMEOUT}'")
        if wanted.part is None:
            with _whole(output) as out:
                rows = _write(out, schema, _rows(link, query, values), wanted)
            yield File(str(output), rows)
            return
        place = [name for name, _ in columns].index("day")
        length = {"day": 10, "month": 7}[wanted.part]
        for name, rows_of in groupby(_rows(link, query, values), lambda row: str(row[place] or "none")[:length]):
            path = output / f"{name}.{wanted.form}"
            with _whole(path) as out:
                rows = _write(out, schema, rows_of, wanted)
            yield File(str(path), rows)


def _of(kind: str) -> tuple[str, pa.DataType]:
    return _TYPES.get(kind, _AS_TEXT)


def _columns(link: Connection, view: str) -> list[tuple[str, str]]:
    """Name and type of each column. Raises WarehouseError, which lists what there is, for a view that there is not."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'mart' AND c.relkind IN ('v', 'm', 'r', 'p') ORDER BY c.relname, a.attnum"
        )
        found: dict[str, list[tuple[str, str]]] = {}
        for name, column, kind in cursor:
            found.setdefault(name, []).append((column, kind))
    columns = found.get(view.removeprefix("mart."))
    if columns is None:
        there = f"there are {', '.join(found)}" if found else "it is empty, run `python -m rasad migrate`"
        raise WarehouseError(f"schema mart has no view {view!r}: {there}")
    return columns


def _query(wanted: Wanted, columns: Sequence[tuple[str, str]]) -> tuple[sql.Composable, list[date]]:
    dated = any(name == "day" for name, _ in columns)
    if not dated and (wanted.since or wanted.until or wanted.part):
        raise WarehouseError(f"{wanted.view} has no column day: it cannot be cut by days")
    asked = []
    for name, kind in columns:
        column = sql.Identifier(name)
        form = _of(kind)[0]
        asked.append(sql.SQL("{} AS {}").format(sql.SQL(form).format(*[column] * form.count("{}")), column))
    limits = [
        (words, day) for words, day in (("day >= %s", wanted.since), ("day <= %s", wanted.until)) if day is not None
    ]
    return sql.SQL("SELECT {} FROM mart.{}{}{}").format(
        sql.SQL(", ").join(asked),
        sql.Identifier(wanted.view.removeprefix("mart.")),
        sql.SQL(" WHERE " + " AND ".join(words for words, _ in limits) if limits else ""),
        sql.SQL(" ORDER BY mart.{}.day").format(sql.Identifier(wanted.view.removeprefix("mart.")))
        if wanted.part
        else sql.SQL(""),
    ), [day for _, day in limits]


def _rows(link: Connection, query: sql.Composable, values: list[date]) -> Iterator[Row]:
    """A cursor of the server's: it keeps what was not fetched yet."""
    with link.cursor(name="export") as cursor:
        cursor.itersize = ROWS
        cursor.execute(query, values or None)
        yield from cursor


def _portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    portion: list[Row] = []
    for row in rows:
        portion.append(row)
        if len(portion) == ROWS:
            yield portion
            portion = []
    if portion:
        yield portion


# The formats


class _Writer(Protocol):
    def __call__(self, portion: list[Row]) -> None: ...


def _write(out: BinaryIO, schema: pa.Schema, rows: Iterable[Row], wanted: Wanted) -> int:
    count = 0
    with (_parquet if wanted.form == "parquet" else _csv)(out, schema, wanted.excel) as write:
        for portion in _portions(rows):
            write(portion)
            count += len(portion)
    return count


@contextlib.contextmanager
def _parquet(out: BinaryIO, schema: pa.Schema, excel: bool) -> Iterator[_Writer]:
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:

        def write(portion: list[Row]) -> None:
            columns = zip(zip(*portion, strict=True), schema, strict=True)
            arrays = [pa.array(values, field.type) for values, field in columns]
            writer.write_batch(pa.record_batch(arrays, schema=schema))

        yield write


@contextlib.contextmanager
def _csv(out: BinaryIO, schema: pa.Schema, excel: bool) -> Iterator[_Writer]:
    text = io.TextIOWrapper(out, encoding="utf-8-sig" if excel else "utf-8", newline="", write_through=True)
    cell: Callable[[object], object] = _guarded if excel else _cell
    lines = csv.writer(text)
    lines.writerow(schema.names)
    try:
        yield lambda portion: lines.writerows([cell(value) for value in row] for row in portion)
        text.flush()
    finally:
        text.detach()  # the file is closed by whoever opened it


def _cell(value: object) -> object:
    """A value as its text: null is empty, a list JSON, a moment ISO 8601 with its offset."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def _guarded(value: object) -> object:
    """The same, and text that a spreadsheet would run as a formula becomes text to it (OWASP, CSV Injection)."""
    cell = _cell(value)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


# The place


@contextlib.contextmanager
def _whole(path: UPath) -> Iterator[BinaryIO]:
    """A file to write, which gets its name when the block ends well, and leaves nothing where it does not."""
    if path.protocol in ("", "file", "local"):
        place = Path(path.path)
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        try:
            with unfinished.open("wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(place)
        finally:
            unfinished.unlink(missing_ok=True)
    else:  # an object store puts whole objects
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "export"
            with copy.open("wb") as out:
                yield out
            path.fs.put_file(str(copy), path.path)
