"""Upgrades from every earlier schema, with the newsroom's rows in it.

No version but the last one can load, so the rows of an earlier schema are those of today's, without the tables and
columns that it did not have yet; its constraints are its own and judge them.
"""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from tests.conftest import Loaded
from tests.pipeline import environment

from rasad.settings import ROOT
from rasad.stages.measure import measure
from rasad.warehouse import checks
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.migrate import SQL, migrate

pytestmark = pytest.mark.postgres

MIGRATIONS = sorted((SQL / "migrations").glob("*.sql"))
OLDEST = MIGRATIONS[0].name
MIGRATION_OF_TOPICS = 21
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}  # the newsroom's days
# Measuring writes them anew, and some migrations empty them for that.
MEASURED = {
    "article_words", "dirty_day", "entity_root", "entity_identity", "entity_sighting", "entity_standing", "near_text",
    "signature", "stale_trend", "entity_trend", "item_trend",
}  # fmt: skip
Tables = dict[str, list[str]]  # table → its columns


def tables(link: Connection) -> Tables:
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' "
            "WHERE c.relnamespace = 'news'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
            "AND c.relname <> 'migration' GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


def rows(link: Connection, of: Tables) -> Tables:
    """Table → its rows, of these columns, as ordered text."""
    held = {}
    with link.cursor() as cursor:
        for table, columns in of.items():
            cursor.execute(f'SELECT ROW({", ".join(columns)})::text COLLATE "C" AS row FROM news.{table} ORDER BY 1')
            held[table] = [row for (row,) in cursor.fetchall()]
    return held


def earlier(dsn: str, last: str, folder: Path, full: str) -> Tables:
    """Make the schema as of the migration `last`, with what the warehouse `full` has for it; tables that got rows."""
    (folder / "migrations").mkdir()
    for path in MIGRATIONS:
        if path.name <= last:
            (folder / "migrations" / path.name).symlink_to(path)
    migrate(dsn, folder)
    with connect(full) as source, connect(dsn) as target, source.cursor() as reader, target.cursor() as writer:
        writer.execute("SET session_replication_role = replica")  # no foreign keys and triggers while rows come in
        reader.execute(
            "SELECT format('CREATE TABLE news.%I PARTITION OF news.%I %s', c.relname, p.relname, "
            "pg_get_expr(c.relpartbound, c.oid)) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relkind = 'p' AND c.relkind = 'r' "
            "AND p.relnamespace = 'news'::regnamespace"
        )
        for (statement,) in reader.fetchall():
            writer.execute(statement)
        old, new = tables(target), tables(source)
        shared = {name: [c for c in old[name] if c in new[name]] for name in old if name in new}
        for table, columns in shared.items():
            if table in ("entity_trend", "item_trend"):
                continue  # made anew by 0020 and 0021: other columns
            file, names = io.StringIO(), ", ".join(columns)
            reader.copy_expert(f"COPY (SELECT {names} FROM news.{table}) TO STDOUT", file)
            file.seek(0)
            writer.copy_expert(f"COPY news.{table} ({names}) FROM STDIN", file)
    return {name: columns for name, columns in shared.items() if name not in MEASURED}


def upgraded(dsn: str, last: str, folder: Path, full: str) -> None:
    kept = earlier(dsn, last, folder, full)
    with connect(dsn) as link:
        before = rows(link, kept)
    assert len(before["article"]) > 10
    assert len(before["fact"]) > 100
    done = migrate(dsn)
    assert [name for name in done if "/" not in name and name[0] == "0"] == [
        path.name for path in MIGRATIONS if path.name > last
    ]
    assert migrate(dsn) == []
    with connect(dsn) as link:
        assert rows(link, kept) == before


def healthy(dsn: str, loaded: Loaded) -> None:
    """Measured again, it passes the checks that a fresh warehouse passes, and its views have as many rows."""
    measure(loaded.settings, dsn)
    for name, check in checks.read().items():
        found, usual = (checks.faults(address, check, MARCH).rows for address in (dsn, loaded.dsn))
        assert len(found) <= len(usual), (name, found[:3])
    with connect(dsn) as ours, connect(loaded.dsn) as fresh, ours.cursor() as one, fresh.cursor() as other:
        for view in ("articles", "facts", "quotes", "entities", "sources", "outcomes"):
            for cursor in (one, other):
                cursor.execute(f"SELECT count(*) FROM mart.{view}")
            assert one.fetchone() == other.fetchone(), view


def test_the_oldest_schema_comes_to_the_newest(loaded, empty_database, tmp_path) -> None:
    upgraded(empty_database, OLDEST, tmp_path, loaded.dsn)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("last", [path.name for path in MIGRATIONS[:-1]])
def test_every_schema_comes_to_the_newest(last, loaded, empty_database, tmp_path) -> None:
    upgraded(empty_database, last, tmp_path, loaded.dsn)
    healthy(empty_database, loaded)


def test_an_upgrade_that_is_killed_is_taken_up_again(loaded, empty_database, tmp_path) -> None:
    last = MIGRATIONS[MIGRATION_OF_TOPICS - 2].name
    kept = earlier(empty_database, last, tmp_path, loaded.dsn)
    with connect(empty_database) as link:
        before = rows(link, kept)
    holder = psycopg2.connect(empty_database)
    holder.cursor().execute("LOCK TABLE news.topic_day")  # what 0021 waits for, with half its statements done
    process = subprocess.Popen(
        [sys.executable, "-m", "rasad", "migrate"], cwd=ROOT, env=environment(loaded.settings, empty_database),
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with psycopg2.connect(empty_database) as watcher:
            watcher.autocommit = True
            waiting = watcher.cursor()
            for _ in range(2_400):
                waiting.execute(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'news.topic_day'::regclass"
                )
                if waiting.fetchone() == (1,):
                    break
                assert process.poll() is None
                time.sleep(0.05)
            process.kill()
            assert process.wait() == -signal.SIGKILL
            waiting.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")  # as keepalive would
            waiting.execute("SELECT to_regclass('news.item_trend')")
            assert waiting.fetchone() == (None,)
    finally:
        process.kill()
        holder.close()
    assert MIGRATIONS[MIGRATION_OF_TOPICS - 1].name in migrate(empty_database)
    with connect(empty_database) as link:
        assert rows(link, kept) == before


def test_a_warehouse_of_a_later_version_is_refused(warehouse) -> None:
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("INSERT INTO news.migration VALUES ('9999_later.sql', 'x')")
    with pytest.raises(WarehouseError, match=r"later version of Rasad \(it has 9999_later\.sql"):
        migrate(warehouse)
