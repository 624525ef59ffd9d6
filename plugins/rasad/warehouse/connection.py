"""Connections to the warehouse, with errors an operator can act on."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg2
from psycopg2.extensions import connection as Connection

from rasad.settings import Settings


class WarehouseError(RuntimeError):
    """The warehouse cannot be reached or is not ready; the message says which and the way out."""


def address(settings: Settings) -> str:
    """The `postgresql://` address: RASAD_WAREHOUSE, else the embedded server, started if it is not running."""
    if settings.warehouse:
        _check(settings.warehouse)
        return settings.warehouse
    from rasad.warehouse import embedded  # only where it is needed: servers have no embedded binaries

    return embedded.default_dsn(settings.var)


def reader_address(settings: Settings) -> str:
    """The address for questions: RASAD_WAREHOUSE_READER, else RASAD_WAREHOUSE, else the embedded server's reader."""
    given = settings.reader or settings.warehouse
    if given:
        _check(given)
        return given
    from rasad.warehouse import embedded, roles

    return embedded.default_dsn(settings.var, roles.READER)


def shown(dsn: str) -> str:
    """Host, port and database of an address, for messages: never the user, the password or what follows a `?`."""
    _, found, rest = dsn.partition("://")
    if not found:
        return "(no postgresql:// address)"
    host, _, database = rest.rpartition("@")[2].partition("?")[0].partition("/")
    return f"{host or 'localhost'}{'' if re.search(r':[0-9]+$', host) else ':5432'}/{database}"


def _check(dsn: str) -> None:
    """Refuse what libpq would quote in full, password included."""
    if not dsn.startswith(("postgresql://", "postgres://")):
        raise WarehouseError(
            "the address of the warehouse is none: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        )
    if dsn.partition("?")[0].count("@") > 1:
        raise WarehouseError(
            f"the address of the warehouse at {shown(dsn)} holds two @: in a user name or password write %40 for it"
        )


@contextmanager
def connect(dsn: str, *, autocommit: bool = False) -> Iterator[Connection]:
    """A connection in UTC; commits at the end of the block, rolls back if it raises.

    Raises WarehouseError where there is no server or no access.
    """
    _check(dsn)
    try:
        link = psycopg2.connect(
            dsn,
            connect_timeout=10,
            application_name="rasad",
            options="-c TimeZone=UTC -c lock_timeout=5min",
            keepalives_idle=30,  # a server that is gone is noticed within two minutes
            keepalives_interval=15,
            keepalives_count=6,
        )
    except psycopg2.Error as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        if isinstance(error, psycopg2.ProgrammingError):  # libpq quotes what it cannot read, the password too
            first = "a part of the address cannot be read: write %25 for %, %40 for @, and only options that libpq has"
        raise WarehouseError(
            f"no connection to the warehouse at {shown(dsn)}: {first}. "
            "Is it running (`make up` starts the embedded one), and is RASAD_WAREHOUSE right?"
        ) from None
    try:
        link.autocommit = autocommit
        yield link
        if not autocommit:
            link.commit()
    finally:
        link.close()  # what is not committed is rolled back by the server


def clock(link: Connection) -> Callable[[], datetime]:
    """What tells the time by the warehouse's clock, whatever this machine's says or jumps to.

    Which version of an article is the current one goes by when it was seen, by whichever worker: they share one clock.
    """
    with link.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        ((then,),) = cursor.fetchall()
    start = time.monotonic()
    return lambda: then + timedelta(seconds=time.monotonic() - start)


def identity(*parts: str) -> int:
    """A 64-bit signed id out of a natural key: the first 8 bytes of SHA-256 over its parts, NUL-separated.

    At 10 million keys the odds of one collision are 1 to 370,000; unique constraints on the keys themselves
    turn one into an error, never into a wrong join.
    """
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
