"""Three roles, each tried against a real server: what it may do works, and what it may not is refused."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors

from rasad.settings import ROOT
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.migrate import SQL, migrate
from rasad.warehouse.query import ask
from rasad.warehouse.roles import LOADER, READER, ROLES

pytestmark = pytest.mark.postgres


@pytest.fixture
def as_role(postgres):
    """A function that gives the address of a warehouse for another role than its owner."""
    return lambda dsn, role: postgres.dsn(dsn.rpartition("/")[2], role)


def run(dsn, statement):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def relations(dsn, schema):
    return [
        name
        for (name,) in run(
            dsn,
            f"SELECT relname FROM pg_class WHERE relnamespace = '{schema}'::regnamespace "
            "AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition ORDER BY 1",
        )
    ]


def test_passwords_are_each_role_s_own_and_kept_from_others(postgres):
    assert all(stat.S_IMODE(postgres.password_file(role).stat().st_mode) == 0o600 for role in ROLES)
    words = {postgres.password_file(role).read_text() for role in (None, *ROLES)}
    assert len(words) == 3


def test_the_reader_reads_every_view_of_schema_mart(loaded, as_role):
    reader = as_role(loaded.dsn, READER)
    views = relations(loaded.dsn, "mart")
    assert len(views) > 10
    with connect(reader) as link, link.cursor() as cursor:
        for view in views:
            cursor.execute(f'SELECT * FROM "{view}" LIMIT 1')  # its search path is mart
    assert run(reader, "SELECT count(*) FROM articles")[0][0] > 0


@pytest.mark.parametrize(
    "call",
    [
        "search('السودان')",
        "search('السودان', since => '2026-03-01', until => '2026-03-31')",
        "quotes_of((SELECT speaker_id FROM speakers ORDER BY quotes DESC LIMIT 1))",
        "co_mentions_of((SELECT entity_id FROM entity_days ORDER BY articles DESC LIMIT 1))",
    ],
)
def test_the_reader_calls_the_functions_of_schema_mart(loaded, as_role, call):
    assert run(as_role(loaded.dsn, READER), f"SELECT count(*) > 0 FROM {call}") == [(True,)]


def test_the_reader_reads_nothing_else(loaded, as_role):
    reader = as_role(loaded.dsn, READER)
    for table in relations(loaded.dsn, "news"):
        with pytest.raises(errors.InsufficientPrivilege, match="schema news"):
            run(reader, f"SELECT * FROM news.{table} LIMIT 1")
    with pytest.raises(errors.InsufficientPrivilege):
        run(reader, "SELECT rolpassword FROM pg_authid")
    for other in ("airflow", "postgres"):
        with pytest.raises(WarehouseError, match="permission denied for database"):
            run(reader.rpartition("/")[0] + "/" + other, "SELECT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mart.mine (n int)",
        "CREATE TABLE public.mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "DROP VIEW mart.articles",
        "DELETE FROM mart.dates",
        "UPDATE mart.entity_merges SET why = 'x'",
        "SELECT news.make_partition('fact', '2031-01-01')",
        "INSERT INTO news.dirty_day VALUES ('2026-03-10', 'x')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SET ROLE rasad_loader",
    ],
)
def test_the_reader_changes_nothing_even_where_it_lifts_its_own_limits(empty_database, as_role, statement):
    migrate(empty_database)
    with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
        run(as_role(empty_database, READER), f"SET default_transaction_read_only = off; COMMIT; BEGIN; {statement}")


def test_the_reader_is_read_only_and_cut_off_after_its_time(warehouse, as_role):
    reader = as_role(warehouse, READER)
    names = ("default_transaction_read_only", "statement_timeout", "idle_in_transaction_session_timeout", "search_path")
    assert [run(reader, f"SHOW {name}")[0][0] for name in names] == ["on", "1min", "5min", "mart"]
    with pytest.raises(errors.QueryCanceled, match="statement timeout"):
        run(reader, "SET statement_timeout = '100ms'; SELECT pg_sleep(60)")


def test_the_loader_changes_rows_and_no_table(warehouse, as_role):
    loader = as_role(warehouse, LOADER)
    assert run(loader, "SELECT news.make_partition('fact', '2031-02-14')") == [("fact_2031_02",)]
    assert run(loader, "SELECT news.make_partition('fact', '2031-02-28')") == [("fact_2031_02",)]
    run(loader, "INSERT INTO news.dirty_day VALUES ('2031-02-14', 'x'); DELETE FROM news.dirty_day")
    assert run(loader, "SELECT count(*) FROM news.fact_2031_02") == [(0,)]
    for statement in (
        "DROP TABLE news.fact_2031_02",
        "ALTER TABLE news.fact ADD COLUMN x int",
        "TRUNCATE news.fact",
        "CREATE TABLE news.mine (n int)",
        "CREATE VIEW mart.mine AS SELECT 1",
        "DROP VIEW mart.articles",
        "DELETE FROM news.migration",
        "SELECT news.make_partition('migration', '2031-01-01')",
    ):
        with pytest.raises((errors.InsufficientPrivilege, errors.RaiseException)):
            run(loader, statement)


def test_the_newsroom_was_read_by_the_loader(loaded):
    """`loaded` is: what every other test finds in it was written without the owner's rights."""
    assert f"//{LOADER}:" in loaded.loader
    assert run(loaded.loader, "SELECT count(*) > 0 FROM news.fact") == [(True,)]


def test_whoever_may_not_migrate_has_nothing_to_do_or_is_told_who_has(warehouse, as_role):
    loader = as_role(warehouse, LOADER)
    assert migrate(loader) == []
    run(warehouse, "DELETE FROM news.migration WHERE name = '0010_copies.sql'")
    with pytest.raises(WarehouseError, match=r"0010_copies\.sql.*rasad_loader may not.*its owner, rasad") as failure:
        migrate(loader)
    assert "\n" not in str(failure.value)


def test_rights_come_back_when_views_are_made_anew(warehouse, as_role, tmp_path):
    sql = Path(shutil.copytree(SQL, tmp_path / "sql"))
    (sql / "views" / "99_more.sql").write_text("CREATE VIEW mart.more AS SELECT 1 AS one")
    assert migrate(warehouse, sql)[-1] == "grants.sql"
    assert run(as_role(warehouse, READER), "SELECT one FROM more") == [(1,)]


def test_an_owner_that_may_not_create_roles_is_told_what_to_do(empty_database, postgres, tmp_path):
    """The two roles under other names: those of the server are there already."""
    sql = Path(shutil.copytree(SQL, tmp_path / "sql"))
    name = empty_database.rpartition("/")[2]
    run(
        empty_database,
        f"CREATE ROLE {name}_owner LOGIN PASSWORD 'x'; GRANT ALL ON DATABASE {name} TO {name}_owner; "
        f"ALTER DATABASE {name} OWNER TO {name}_owner; ALTER ROLE rasad_reader RENAME TO {name}_reader",
    )
    owner = empty_database.replace(empty_database.split("//")[1].split("@")[0], f"{name}_owner:x")
    said: list[str] = []
    try:
        assert "grants.sql" not in migrate(owner, sql, said.append)
        assert "sql/roles.sql" in said[-1]
    finally:
        run(empty_database, f"ALTER ROLE {name}_reader RENAME TO rasad_reader")
    assert migrate(owner, sql, said.append) == ["grants.sql"]
    assert run(postgres.dsn(name, LOADER), "SELECT count(*) FROM news.fact") == [(0,)]
    run(empty_database, f"REASSIGN OWNED BY {name}_owner TO rasad; DROP OWNED BY {name}_owner; DROP ROLE {name}_owner")


def test_questions_of_the_command_line_are_the_reader_s(loaded, as_role):
    env = os.environ | {
        "PYTHONPATH": str(ROOT / "plugins"),
        "RASAD_WAREHOUSE": loaded.dsn,
        "RASAD_WAREHOUSE_READER": as_role(loaded.dsn, READER),
    }
    for words, answer in (
        (("sql", "SELECT current_user AS me"), '{"me": "rasad_reader"}'),
        (("warehouse", "--reader"), env["RASAD_WAREHOUSE_READER"]),
        (("warehouse",), loaded.dsn),
    ):
        command = [sys.executable, "-m", "rasad", *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, answer), done.stderr


def test_a_question_beyond_schema_mart_is_refused_in_one_line(loaded, as_role):
    with pytest.raises(WarehouseError, match=r"permission denied for schema news.*schema mart alone") as failure:
        list(ask(as_role(loaded.dsn, READER), "SELECT * FROM news.article"))
    assert "\n" not in str(failure.value)


def test_a_password_is_no_part_of_what_the_server_logs(postgres):
    log = (postgres.home / "log").read_text(errors="replace")
    assert all(postgres.password_file(role).read_text().strip() not in log for role in ROLES)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(postgres.dsn("warehouse", READER).replace(READER + ":", READER + ":wrong"))
