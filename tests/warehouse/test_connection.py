"""Addresses and connections: what is wrong is one line, and no line holds a password."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from rasad.settings import Settings
from rasad.warehouse.connection import WarehouseError, address, connect, identity, shown

SECRET = "hidden"


@pytest.mark.parametrize(
    ("dsn", "where"),
    [
        (f"postgresql://user:{SECRET}@db.example:6543/news", "db.example:6543/news"),
        (f"postgresql://user:{SECRET}@db.example/news", "db.example:5432/news"),
        (f"postgresql://user:{SECRET}@[::1]:6543/news", "[::1]:6543/news"),
        (f"postgresql://user:{SECRET}@one:1,two:2/news", "one:1,two:2/news"),
        (f"postgresql://db.example/news?user=u&password={SECRET}", "db.example:5432/news"),
        (f"postgresql:///news?host=/tmp&password={SECRET}", "localhost:5432/news"),
        (f"postgresql://user:{SECRET}@db.example:port/news", "db.example:port:5432/news"),
        (f"user:{SECRET}@db.example/news", "(no postgresql:// address)"),
        (f"host=db password={SECRET}", "(no postgresql:// address)"),
    ],
)
def test_addresses_are_shown_without_user_and_password(dsn, where):
    assert shown(dsn) == where


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        (f"user:{SECRET}@127.0.0.1/news", "write postgresql://"),
        (f"host=127.0.0.1 password={SECRET}", "write postgresql://"),
        (f"mysql://user:{SECRET}@127.0.0.1/news", "write postgresql://"),
        (f"postgresql://user:{SECRET}@{SECRET}@127.0.0.1/news", "write %40"),
        (f"postgresql://user:{SECRET}@127.0.0.1:port/news", "no connection"),
        (f"postgresql://user:{SECRET}@127.0.0.1:9/news", "127.0.0.1:9/news"),
        (f"postgresql://user:{SECRET}%zz@127.0.0.1:9/news", "no connection"),
        (f"postgresql://user@127.0.0.1:9/news?passwort={SECRET}", "no connection"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line_without_the_password(tmp_path: Path, dsn, said):
    with pytest.raises(WarehouseError, match=said) as failure, connect(address(Settings(tmp_path, "", dsn))):
        pass
    assert SECRET not in str(failure.value)
    assert "\n" not in str(failure.value)
    with pytest.raises(WarehouseError), connect(dsn):  # whoever has the address from elsewhere
        pass


def insert_and_fail(dsn: str) -> None:
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("INSERT INTO news.source VALUES ('x', '', '', 'LB', 'UTC', '', 'full', true, NULL)")
        cursor.execute("SELECT 1 / 0")


@pytest.mark.postgres
def test_a_block_that_raises_leaves_nothing(warehouse):
    with pytest.raises(psycopg2.DataError):
        insert_and_fail(warehouse)
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news.source")
        assert cursor.fetchone() == (0,)
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == ("UTC",)


def test_the_embedded_server_is_asked_for_only_without_an_address(tmp_path: Path):
    settings = Settings(tmp_path, "", "postgresql://somewhere/else")
    assert address(settings) == "postgresql://somewhere/else"
    assert not list(tmp_path.iterdir())
    assert replace(settings, warehouse=None).warehouse is None


def test_ids_fit_a_bigint_and_tell_parts_apart():
    ids = {identity("a", "bc"), identity("ab", "c"), identity("abc"), identity("a", "b", "c")}
    assert len(ids) == 4
    assert all(-(2**63) <= number < 2**63 for number in ids)
    assert identity("page", "https://a.example/\ud800")  # what came from outside may hold anything
