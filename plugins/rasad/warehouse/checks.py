"""Quality checks: the queries of sql/checks, whose rows are faults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from psycopg2.extensions import cursor as Cursor

from rasad.model import Json
from rasad.settings import ROOT
from rasad.warehouse.connection import connect

CHECKS = ROOT / "sql" / "checks"
DAYS = 7  # up to today: what is older was checked when it was new
MOST = 500  # rows of one check that are looked at; who has more has one fault, many times
NAMED = 20  # of which so many are named
TIMEOUT_MS = 300_000


@dataclass(frozen=True, slots=True)
class Check:
    """One file: what it holds to be so, why, what to do where it is not, and the query that finds it.

    The query takes `since` and `until`, days, both included; each row of it is a fault. A column `source_id` says
    whose fault it is.
    """

    name: str
    what: str
    why: str
    do: str
    query: str


@dataclass(frozen=True, slots=True)
class Faults:
    """What a check found: at most MOST rows, in the order of their text, and whether there are more."""

    rows: tuple[Json, ...]
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def count(self) -> str:
        said = f"{'more than ' if self.more else ''}{len(self.rows)}"
        return f"{said} fault{'' if said == '1' else 's'}"

    def by_source(self) -> dict[str, list[Json]]:
        """The rows of each source; those that are no source's under ''."""
        found: dict[str, list[Json]] = {}
        for row in self.rows:
            found.setdefault(row.get("source_id") or "", []).append(row)
        return found


def read(folder: Path = CHECKS) -> dict[str, Check]:
    """All checks of the folder by name, sorted. Raises ValueError for a file without its three lines."""
    return {path.stem: _check(path) for path in sorted(folder.glob("*.sql"))}


def _check(path: Path) -> Check:
    query = path.read_text(encoding="utf-8")
    said = dict(re.findall(r"^-- (what|why|do): (\S.*)$", query, re.MULTILINE))
    for word in ("what", "why", "do"):
        if word not in said:
            raise ValueError(f"{path}: a check begins with lines `-- what: …`, `-- why: …` and `-- do: …`")
    return Check(path.stem, said["what"], said["why"], said["do"], query)


def window(since: str | date | None, until: str | date | None, today: date) -> dict[str, date]:
    """The days that are checked: DAYS up to today where nothing is chosen. Raises ValueError for no day."""
    last = date.fromisoformat(str(until)) if until else today
    return {"since": date.fromisoformat(str(since)) if since else last - timedelta(days=DAYS), "until": last}


def faults(dsn: str, check: Check, days: dict[str, date]) -> Faults:
    """What the check finds in these days, read-only. Raises psycopg2.Error for a query that is wrong or too slow."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
        cursor.execute(check.query, days)
        return fetched(cursor)


def fetched(cursor: Cursor) -> Faults:
    """The rows of a check that was executed."""
    names = [column.name for column in cursor.description or ()]
    rows = cursor.fetchmany(MOST + 1)
    found = sorted((dict(zip(names, row, strict=True)) for row in rows[:MOST]), key=lambda row: str(list(row.values())))
    return Faults(tuple(found), len(rows) > MOST)


def lines(rows: Sequence[Json]) -> list[str]:
    """The first rows, one a line, as a log or a message names them."""
    said = [", ".join(f"{name}: {_short(value)}" for name, value in row.items() if value is not None) for row in rows]
    return said[:NAMED] + ([f"… and {len(said) - NAMED} more"] if len(said) > NAMED else [])


def _short(value: object) -> str:
    said = " ".join(str(value).split())
    return said if len(said) <= 200 else said[:199] + "…"
