"""Numbered SQL files, run once each; views replayed when they changed, and the rights of the roles with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from rasad.settings import ROOT
from rasad.warehouse import roles
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
    schema `mart` are dropped and made anew, all in one transaction, when any of their files changed; the rights of
    loader and reader are renewed in it. Whoever does not own the schema runs nothing, and is told where something
    is to be run. A warehouse that a later version migrated is refused: what this one would write may be wrong there.
    Raises WarehouseError.
    """
    migrations = sorted((sql / "migrations").glob("*.sql"))
    views = sorted((sql / "views").glob("*.sql"))
    done: list[str] = []
    with connect(dsn) as link:
        with link.cursor() as cursor:
            _check_not_newer(cursor, migrations)
            if not roles.owns(cursor):
                _check_current(cursor, migrations, views)
                return []
        _prepare(link)
        for path in migrations:
            text = path.read_text(encoding="utf-8")
            with link.cursor() as cursor:
                cursor.execute(_LOCK)
                cursor.execute("SELECT checksum FROM news.migration WHERE name = %s", (path.name,))
                row = cursor.fetchone()
                if row is None:
                    say(f"migrate: {path.name}")
                    # A view holds the types of the columns that it shows; all of them are made anew below.
                    cursor.execute("DROP SCHEMA IF EXISTS mart CASCADE")
                    cursor.execute("DELETE FROM news.migration WHERE name IN ('views', 'rights')")
                    cursor.execute(text)
                    _record(cursor, path.name, _checksum(text))
                    done.append(path.name)
                elif row[0] != _checksum(text):
                    raise WarehouseError(
                        f"sql/migrations/{path.name} changed after it ran here: restore it and put the change "
                        "into a new file with the next number"
                    )
            link.commit()
        with link.cursor() as cursor:
            cursor.execute(_LOCK)
            done += _replay_views(cursor, views, say)
            done += _renew_rights(cursor, sql, say)
    return done


def _check_not_newer(cursor: Cursor, migrations: list[Path]) -> None:
    cursor.execute("SELECT to_regclass('news.migration') IS NOT NULL")
    if cursor.fetchone() != (True,):
        return
    cursor.execute("SELECT name FROM news.migration WHERE name LIKE '%.sql' ORDER BY name")
    ours = {path.name for path in migrations}
    newer = [name for (name,) in cursor.fetchall() if name not in ours]
    if newer:
        raise WarehouseError(
            f"the warehouse was migrated by a later version of Rasad (it has {', '.join(newer)}, which are not in "
            "sql/migrations here): install that version again, or restore the backup made before the upgrade"
        )


def _check_current(cursor: Cursor, migrations: list[Path], views: list[Path]) -> None:
    cursor.execute("SELECT name, checksum FROM news.migration")
    ran = dict(cursor.fetchall())
    behind = [path.name for path in migrations if path.name not in ran]
    behind += ["the views"] if ran.get("views") != _joint_checksum(views) else []
    if behind:
        cursor.execute("SELECT current_user, pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'news'")
        user, owner = cursor.fetchone() or ("", "")
        raise WarehouseError(
            f"the warehouse's schema is not up to date ({', '.join(behind)}), and {user} may not change it: run "
            f"`python -m rasad migrate` with its owner, {owner}, in RASAD_WAREHOUSE"
        )


def _record(cursor: Cursor, name: str, checksum: str) -> None:
    cursor.execute(
        "INSERT INTO news.migration (name, checksum) VALUES (%s, %s) "
        "ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now()",
        (name, checksum),
    )


def _recorded(cursor: Cursor, name: str) -> str | None:
    cursor.execute("SELECT checksum FROM news.migration WHERE name = %s", (name,))
    row = cursor.fetchone()
    return row[0] if row else None


def _joint_checksum(paths: list[Path]) -> str:
    return _checksum("\0".join(path.read_text(encoding="utf-8") for path in paths))


def _replay_views(cursor: Cursor, paths: list[Path], say: Callable[[str], None]) -> list[str]:
    checksum = _joint_checksum(paths)
    if _recorded(cursor, "views") == checksum:
        return []
    say(f"migrate: {len(paths)} view files of schema mart")
    cursor.execute("DROP SCHEMA IF EXISTS mart CASCADE")
    cursor.execute("CREATE SCHEMA mart")
    for path in paths:
        cursor.execute(path.read_text(encoding="utf-8"))
    _record(cursor, "views", checksum)
    cursor.execute("DELETE FROM news.migration WHERE name = 'rights'")
    return [f"views/{path.name}" for path in paths]


def _renew_rights(cursor: Cursor, sql: Path, say: Callable[[str], None]) -> list[str]:
    """Rights on schema mart went with it; they are given again in the same transaction. So are those of a warehouse
    that was restored on another server: no backup of a database has its roles."""
    files = [path for path in (sql / "roles.sql", sql / "grants.sql") if path.exists()]
    if not files or (_recorded(cursor, "rights") == _joint_checksum(files) and roles.granted(cursor)):
        return []
    if not roles.create(cursor, sql):
        say(f"migrate: {roles.MISSING}")
        return []
    say("migrate: rights of loader and reader")
    roles.grant(cursor, sql)
    _record(cursor, "rights", _joint_checksum(files))
    return ["grants.sql"]
