"""What tests share: one embedded Postgres for the whole session, a warehouse of its own for each test, and one into
which the sample newsroom was loaded once, to be read."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

import psycopg2
import pytest
from tests.newsroom import Newsroom, past
from tests.pipeline import ingest, settings_of

from rasad.settings import Settings
from rasad.stages.backfill import backfill
from rasad.stages.measure import measure
from rasad.warehouse import migrate
from rasad.warehouse.embedded import Server
from rasad.warehouse.roles import LOADER

_TEMPLATE = "warehouse_template"
_LOADED = "warehouse_loaded"
_LOADED_PAST = "warehouse_loaded_past"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def free_port(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[], int]:
    """A function that names a port of 127.0.0.1 nobody listens on, another one each time, in whichever process."""
    base = tmp_path_factory.getbasetemp()
    given = (base if worker_id == "master" else base.parent) / "ports"  # the folder that all workers share
    given.mkdir(exist_ok=True)

    def port() -> int:
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                number = int(probe.getsockname()[1])
            with contextlib.suppress(FileExistsError):
                (given / str(number)).touch(exist_ok=False)
                return number

    return port


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Server]:
    """An embedded server of the session's own. It does not sync to disk: nothing here outlives a power cut."""
    server = Server(tmp_path_factory.mktemp("postgres"), free_port(), settings={"fsync": "off"})
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _template(postgres: Server) -> str:
    """The name of a migrated, empty database that the tests' warehouses are copies of."""
    _administer(postgres, f"CREATE DATABASE {_TEMPLATE}")
    migrate.migrate(postgres.dsn(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def new_database(postgres: Server) -> Iterator[Callable[[str], str]]:
    """A function that makes a database out of a template and gives its address; all of them end with the test."""
    made: list[str] = []

    def make(template: str) -> str:
        name = f"test_{next(_numbers)}"
        _administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return postgres.dsn(name)

    yield make
    for name in made:
        _administer(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def warehouse(new_database: Callable[[str], str], _template: str) -> str:
    """The address of a migrated and empty warehouse which no other test sees."""
    return new_database(_template)


@pytest.fixture
def another_warehouse(new_database: Callable[[str], str], _template: str) -> Callable[[], str]:
    """A function that gives one more such warehouse each time."""
    return lambda: new_database(_template)


@pytest.fixture
def empty_database(new_database: Callable[[str], str]) -> str:
    """The address of a database with nothing in it."""
    return new_database("template0")


@dataclass(frozen=True)
class Loaded:
    """The newsroom's first edition in a warehouse, after one run by the name of `first`."""

    dsn: str  # refuses to write
    loader: str  # the same for the role that loaded it
    settings: Settings  # its landing zone holds what the stages left there
    room: Newsroom  # closed: it still knows the addresses of its articles, and its source files stand


@pytest.fixture(scope="session")
def loaded(postgres: Server, _template: str, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The newsroom, loaded once for all tests that only read."""
    _administer(postgres, f"CREATE DATABASE {_LOADED} TEMPLATE {_template}")
    dsn, loader = postgres.dsn(_LOADED), postgres.dsn(_LOADED, LOADER)
    with Newsroom(sources_dir=tmp_path_factory.mktemp("sources")) as room:
        settings = settings_of(room, tmp_path_factory.mktemp("newsroom"))
        ingest(settings, loader, "first")
    _administer(postgres, f"ALTER DATABASE {_LOADED} SET default_transaction_read_only = on")
    return Loaded(dsn, loader, settings, room)


@pytest.fixture(scope="session")
def loaded_past(postgres: Server, loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The same with the newsroom's past before it (tests/newsroom/past.py) and its second edition, loaded once for all
    tests that only read: 36 days, with bursts, tolls, outages and articles corrected."""
    _administer(postgres, f"CREATE DATABASE {_LOADED_PAST} TEMPLATE {_LOADED}")
    dsn, loader = postgres.dsn(_LOADED_PAST), postgres.dsn(_LOADED_PAST, LOADER)
    folder = tmp_path_factory.mktemp("past")
    for name, fetches in (("past", past.past()), ("second", past.second_edition(datetime.now(timezone.utc)))):
        past.write(folder / name, loaded.room.origins, fetches)
        backfill(loaded.settings, loader, folder / name, jobs=2)
    measure(loaded.settings, loader)
    _administer(postgres, f"ALTER DATABASE {_LOADED_PAST} SET default_transaction_read_only = on")
    return Loaded(dsn, loader, loaded.settings, loaded.room)


@pytest.fixture
def loaded_copy(loaded: Loaded, new_database: Callable[[str], str]) -> str:
    """The address of a copy of that warehouse, which a test may change."""
    return new_database(_LOADED)


def _administer(server: Server, statement: str) -> None:
    with contextlib.closing(psycopg2.connect(server.dsn("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)


# The processes that share the tests must call them alike, and what gzip makes holds the second it was made in.
def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    return argname if isinstance(val, bytes) else None


# In CI a skipped test is a failed one: whatever it would have proved was not proved.
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("RASAD_NO_SKIPS") == "1" and reporter is not None and exitstatus == pytest.ExitCode.OK:
        unproved = [kind for kind in ("skipped", "xfailed", "xpassed") if reporter.stats.get(kind)]
        if unproved:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("RASAD_NO_SKIPS") == "1" and terminalreporter.stats.get("skipped"):
        terminalreporter.section("RASAD_NO_SKIPS=1: these should have run", red=True)
        for report in terminalreporter.stats["skipped"]:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}")
