"""What crosses sources and days: entities, stories, roll-ups and trends. One writer at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rasad.settings import ROOT
from rasad.warehouse import registry, stories
from rasad.warehouse.connection import connect

ROLLUPS = ROOT / "sql" / "rollups"


def measure(dsn: str, folder: Path = ROLLUPS) -> list[date]:
    """Measure every dirty day, oldest first, each in one transaction; returns the days.

    A day's marks are deleted first and the day is recomputed from what is committed by then, never by adding
    a delta; other days whose stories this changes count them anew, and days whose entities it joins or parts are
    measured anew. A mark that comes meanwhile is another row, and stays for the next call. A day under a second
    measuring waits for the first (advisory lock), so that the result does not depend on who came first.
    """
    statements = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))]
    counts = (folder / "05_entity_day.sql").read_text(encoding="utf-8")  # the one that counts stories
    done: list[date] = []
    measured: set[date] = set()
    with connect(dsn) as link:
        while True:
            with link.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
                cursor.execute("SELECT min(day) FROM news.dirty_day WHERE day <> ALL (%s)", (done,))
                (day,) = cursor.fetchone() or (None,)
                if day is None:
                    link.commit()
                    return sorted(measured)
                cursor.execute("DELETE FROM news.dirty_day WHERE day = %s", (day,))
                others = stories.join(cursor, day)
                joined = registry.register(cursor, day)
                for statement in statements:
                    cursor.execute(statement, {"day": day})
                for other in sorted(others):
                    cursor.execute(counts, {"day": other})
            link.commit()
            done = [other for other in (*done, day) if other not in joined]
            measured.add(day)
