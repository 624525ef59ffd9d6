import psycopg2
import pytest

from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.migrate import migrate

pytestmark = pytest.mark.postgres


def tree(tmp_path, **files):
    for name, text in files.items():
        folder, stem = name.split("__")
        path = tmp_path / folder / f"{stem}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def column(dsn, query):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def test_runs_each_file_once_and_in_order(empty_database, tmp_path):
    sql = tree(
        tmp_path, migrations__0002_b="INSERT INTO news.t VALUES (2)", migrations__0001_a="CREATE TABLE news.t (n int)"
    )
    assert migrate(empty_database, sql) == ["0001_a.sql", "0002_b.sql"]
    assert migrate(empty_database, sql) == []
    assert column(empty_database, "SELECT n FROM news.t") == [2]


def test_refuses_a_file_that_changed_after_it_ran(empty_database, tmp_path):
    sql = tree(tmp_path, migrations__0001_a="CREATE TABLE news.t (n int)")
    migrate(empty_database, sql)
    tree(tmp_path, migrations__0001_a="CREATE TABLE news.t (n bigint)")
    with pytest.raises(WarehouseError, match=r"0001_a\.sql changed after it ran"):
        migrate(empty_database, sql)


def test_a_file_that_fails_leaves_nothing_of_itself(empty_database, tmp_path):
    sql = tree(tmp_path, migrations__0001_a="CREATE TABLE news.t (n int); SELECT 1 / 0")
    with pytest.raises(psycopg2.Error):
        migrate(empty_database, sql)
    assert column(empty_database, "SELECT count(*) FROM pg_tables WHERE tablename = 't'") == [0]
    tree(tmp_path, migrations__0001_a="CREATE TABLE news.t (n int)")
    assert migrate(empty_database, sql) == ["0001_a.sql"]


def test_views_are_replayed_when_they_changed_and_only_then(empty_database, tmp_path):
    sql = tree(tmp_path, views__01_a="CREATE VIEW mart.a AS SELECT 1 AS one")
    assert migrate(empty_database, sql) == ["views/01_a.sql"]
    assert migrate(empty_database, sql) == []
    tree(tmp_path, views__01_a="CREATE VIEW mart.a AS SELECT 2 AS two, 1 AS one")
    assert migrate(empty_database, sql) == ["views/01_a.sql"]
    assert column(empty_database, "SELECT two FROM mart.a") == [2]


def test_two_deploys_at_once_run_each_file_once(empty_database, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    sql = tree(
        tmp_path, migrations__0001_a="CREATE TABLE news.t (n int)", migrations__0002_b="INSERT INTO news.t VALUES (1)"
    )
    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(lambda _: migrate(empty_database, sql), range(4)))
    assert sorted(name for names in ran for name in names) == ["0001_a.sql", "0002_b.sql"]
    assert column(empty_database, "SELECT count(*) FROM news.t") == [1]


def test_every_view_and_its_doubtful_columns_are_commented(warehouse):
    bare = column(
        warehouse,
        "SELECT relname FROM pg_class WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v' "
        "AND obj_description(oid) IS NULL",
    )
    assert bare == []


def test_an_unreachable_warehouse_is_named_without_its_password():
    with pytest.raises(WarehouseError) as failure:
        migrate("postgresql://someone:secret@127.0.0.1:9/warehouse")
    assert "127.0.0.1:9/warehouse" in str(failure.value)
    assert "secret" not in str(failure.value)
    assert "\n" not in str(failure.value)
