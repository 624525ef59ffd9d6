"""Numbered SQL files, run once each; views replayed when they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from psycopg2.extensions import connection as Connection

from rasad.settings import ROOT
from rasad.warehouse.connection import WarehouseError, connect

SQL = ROOT / "sql"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('rasad.migrate'))"


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _prepare(link: Connection) -> None:
    with link.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(
            """
            CREATE SCHEMA IF NOT EXISTS news;
            CREATE TABLE IF NOT EXISTS news.migration (
                name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
            """
        )
    link.commit()


def migrate(dsn: str, sql: Path = SQL, say: Callable[[str], None] = lambda line: None) -> list[str]:
    """Bring the warehouse up to date; returns what was run, in order.

    Each file of `sql/migrations` runs in one transaction under one advisory lock, so that two deploys at once
    run it once. A file that changed after it ran is refused: its statements would never run. The views of
    schema `mart` are dropped and made anew, all in one transaction, when any of their files changed.
    Raises WarehouseError.
    """
    done: list[str] = []
    with connect(dsn) as link:
        _prepare(link)
        for path in sorted((sql / "migrations").glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            with link.cursor() as cursor:
                cursor.execute(_LOCK)
                cursor.execute("SELECT checksum FROM news.migration WHERE name = %s", (path.name,))
                row = cursor.fetchone()
                if row is None:
                    say(f"migrate: {path.name}")
                    # A view holds the types of the columns that it shows; all of them are made anew below.
                    cursor.execute("DROP SCHEMA IF EXISTS mart CASCADE")
                    cursor.execute("DELETE FROM news.migration WHERE name = 'views'")
                    cursor.execute(text)
                    cursor.execute(
                        "INSERT INTO news.migration (name, checksum) VALUES (%s, %s)", (path.name, _checksum(text))
                    )
                    done.append(path.name)
                elif row[0] != _checksum(text):
                    raise WarehouseError(
                        f"sql/migrations/{path.name} changed after it ran here: restore it and put the change "
                        "into a new file with the next number"
                    )
            link.commit()
        done += _replay_views(link, sorted((sql / "views").glob("*.sql")), say)
    return done


def _replay_views(link: Connection, paths: list[Path], say: Callable[[str], None]) -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in paths]
    checksum = _checksum("\0".join(texts))
    with link.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute("SELECT checksum FROM news.migration WHERE name = 'views'")
        row = cursor.fetchone()
        if row is not None and row[0] == checksum:
            return []
        say(f"migrate: {len(paths)} view files of schema mart")
        cursor.execute("DROP SCHEMA IF EXISTS mart CASCADE")
        cursor.execute("CREATE SCHEMA mart")
        for text in texts:
            cursor.execute(text)
        cursor.execute(
            "INSERT INTO news.migration (name, checksum) VALUES ('views', %s) "
            "ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now()",
            (checksum,),
        )
    link.commit()
    return [f"views/{path.name}" for path in paths]
