"""All of Rasad on one machine: the embedded Postgres and Airflow's four processes, started, watched and ended.

Nothing is restarted in silence: when one part dies, it is named with its last words and everything ends. Whatever ends
this process, even `kill -9`, the next start first ends what was left.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from types import FrameType

import psycopg2

from rasad.settings import ROOT
from rasad.warehouse.connection import shown
from rasad.warehouse.embedded import Server
from rasad.warehouse.roles import LOADER, READER
from rasad_airflow import processes
from rasad_airflow.client import Airflow
from rasad_airflow.environment import HOST, POOLS, Ports, airflow_environment, login
from rasad_airflow.processes import Running

WEB = "api-server"
COMPONENTS = {
    WEB: ("airflow", "api-server"),
    # The api server reads the log files themselves: nobody needs to serve them.
    "scheduler": ("rasad_airflow.scheduler", "scheduler", "--skip-serve-logs"),
    "dag-processor": ("airflow", "dag-processor"),
    "triggerer": ("airflow", "triggerer", "--skip-serve-logs"),
}
# Two houses may stand under one `var`, side by side on one Postgres: where each notes what it runs.
RUN, DASHBOARDS = "run", "dashboards/run"
_HEALTHY_SECONDS = 180
_MADE = (
    "airflow",
    "dashboards",
    "demo",
    "landing",
    "logs",
    "run",
    "secrets.json",
)  # in var/, beside what the server has there
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SupervisorError(RuntimeError):
    """What is wrong and the way out, in a line; a log's last lines may follow."""


class Interrupted(Exception):
    """A signal asked us to end. `number`: which."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class House:
    """What runs under one `var`, and the clock of what is said about it. Made by `house`, which also ends it."""

    def __init__(self, var: Path, ports: Ports, folder: str = RUN) -> None:
        self.var = var
        self.ports = ports
        self.server = Server(var, ports.postgres)
        self.notes = var / folder
        self.logs = var / "logs"
        self.running: list[Running] = []
        self.began = time.monotonic()
        self.signalled: int | None = None

    def say(self, words: str) -> None:
        print(f"{time.monotonic() - self.began:4.0f} s  {words}", flush=True)

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> Running:
        one = processes.start(name, command, env, ROOT, self.logs, self.notes)
        self.running.append(one)
        return one

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises Interrupted on a signal, SupervisorError when something that should run does not."""
        deadline = time.monotonic() + seconds
        while True:
            if self.signalled is not None:
                raise Interrupted(self.signalled)
            for one in self.running:
                status = one.process.poll()
                if status is not None:
                    raise SupervisorError(
                        f"{one.name} ended ({_ending(status)}); its last words ({one.log}):\n{one.tail()}"
                    )
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def wait_for(self, what: str, seconds: float, happened: Callable[[], bool]) -> None:
        """Pause until it happened. Raises SupervisorError when it has not after that time."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise SupervisorError(f"{what}: not within {seconds:.0f} s; the logs are in {self.logs}")
            self.pause(0.3)

    def run(self, jobs: Mapping[str, Sequence[str]], env: Mapping[str, str]) -> None:
        """Run these side by side to their ends. Raises SupervisorError with the last words of one that fails."""
        jobs_left = [processes.start(name, job, env, ROOT, self.logs, self.notes) for name, job in jobs.items()]
        try:
            while jobs_left:
                for one in list(jobs_left):
                    status = one.process.poll()
                    if status is not None:
                        jobs_left.remove(one)
                        one.note.unlink(missing_ok=True)
                    if status:
                        raise SupervisorError(f"{one.name} failed ({_ending(status)}; {one.log}):\n{one.tail()}")
                self.pause(0.05)
        finally:
            if jobs_left:
                processes.end(jobs_left)

    def end(self) -> None:
        """End all of it: what gives work first, then those who answer it, Postgres last unless the other needs it."""
        processes.end([one for one in self.running if one.name in COMPONENTS and one.name != WEB])
        processes.end([one for one in self.running if one.name not in COMPONENTS or one.name == WEB], patience=3)
        self.running.clear()
        if not any(_occupied(self.var / folder) for folder in (RUN, DASHBOARDS) if self.var / folder != self.notes):
            self.server.stop()


@contextlib.contextmanager
def house(var: Path, ports: Ports, folder: str = RUN) -> Iterator[House]:
    """The only one of this `var` and folder, healed of what a killed one left; at the end of the block all it started
    ends. Raises SupervisorError where another runs."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    (var / folder).mkdir(parents=True, exist_ok=True)
    with (var / folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            what = "make up or make demo" if folder == RUN else "make dashboards"
            raise SupervisorError(f"{what} runs here already: end it first (make down)") from None
        place = House(var, ports, folder)
        own = _own_note(place.notes)
        processes.note(own, os.getpid())

        def remember(number: int, frame: FrameType | None) -> None:
            place.signalled = number

        before = {number: signal.signal(number, remember) for number in _SIGNALS}
        try:
            _heal(place.notes, place.say)
            yield place
        finally:
            try:
                place.end()
            finally:
                own.unlink(missing_ok=True)
                for number, handler in before.items():
                    signal.signal(number, handler)


def up(var: Path, ports: Ports, env: Mapping[str, str]) -> int:
    """Run it all until a signal comes. Returns the exit status: 0 when asked to end, 1 when something died."""
    with house(var, ports) as place:
        contact = env.get("RASAD_CONTACT", "").strip()
        if contact:
            place.say(f"real sources are polled; the User-Agent that publishers see names {contact}")
        else:
            place.say("no real source is polled: set RASAD_CONTACT to your mail or web address, which publishers")
            place.say("see in the User-Agent, and start again")
        check_port(ports.web, "RASAD_PORT_WEB")
        try:
            start_airflow(place, env, COMPONENTS)
            user, password = login(var)
            place.say(f"ready: http://{HOST}:{ports.web}   user {user}   password {password}")
            password_of = place.server.password_file(READER)
            where = "" if env.get("RASAD_WAREHOUSE") else f"   user {READER}, password in {password_of}"
            place.say(f"warehouse: {shown(warehouse_address(place, env))}{where}")
            place.say(f"logs: {place.logs}; Ctrl-C ends it all")
            while True:
                place.pause(2)
                if not place.server.alive():
                    raise SupervisorError(f"Postgres ended; its last words are in {place.server.home / 'log'}")
        except Interrupted as signalled:
            place.say(f"{signalled}: ending")
        place.end()
        place.say("ended")
    return 0


def down(var: Path, ports: Ports) -> int:
    """End what runs under this `var`: the supervisors as Ctrl-C would, else what they left. Returns 0."""
    server = Server(var, ports.postgres)
    served = server.alive()
    found = [folder for folder in (DASHBOARDS, RUN) if _end(var / folder)]
    server.stop()
    print("all has ended" if found or served else "nothing was running")
    return 0


def _end(notes: Path) -> bool:
    """End one house. Returns whether anything of it was there."""
    supervisor = processes.noted(_own_note(notes))
    if supervisor is not None:
        print(f"ending process {supervisor.pid} and what it started", flush=True)
        supervisor.terminate()
        deadline = time.monotonic() + 25
        while processes.alive(supervisor) and time.monotonic() < deadline:
            time.sleep(0.1)
        if processes.alive(supervisor):
            supervisor.kill()
    _own_note(notes).unlink(missing_ok=True)
    return bool(_heal(notes, print)) or supervisor is not None


def clean(var: Path, ports: Ports) -> int:
    """`down`, then delete what was made under `var`, and nothing else that may lie there. Returns 0."""
    if not var.exists():
        print("there is nothing to delete")
        return 0
    down(var, ports)
    Server(var, ports.postgres).remove()
    for name in _MADE:
        if (var / name).is_dir():
            shutil.rmtree(var / name)
        else:
            (var / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        var.rmdir()
    left = sorted(path.name for path in var.iterdir()) if var.exists() else []
    print(f"deleted {var}" + (f", but for what is not ours: {', '.join(left)}" if left else ""))
    return 0


def start_airflow(
    place: House, env: Mapping[str, str], components: Mapping[str, Sequence[str]], own: Mapping[str, str] | None = None
) -> tuple[Airflow, dict[str, str]]:
    """Postgres, both schemas, then Airflow's components, until all of them are healthy and the pools are there.

    `own`: further environment of the components. Returns Airflow's API and the environment they got.
    """
    full = start_databases(place, env) | dict(own or {})
    began = datetime.now(timezone.utc)
    for name in components:
        place.start(name, [sys.executable, "-m", *components[name]], full)
    place.say(f"starting {', '.join(components)}")
    airflow = Airflow(f"http://{HOST}:{place.ports.web}", *login(place.var))
    seen: set[str] = set()

    def healthy() -> bool:
        # A heartbeat of before is the last start's. The api server beats by answering.
        beats = airflow.health()
        if beats is None:
            return False
        fresh = {WEB, *(name.replace("_", "-") for name, beat in beats.items() if beat > began)}
        for name in sorted((fresh & components.keys()) - seen):
            place.say(f"{name} is healthy")
        seen.update(fresh)
        return seen >= components.keys()

    place.wait_for("Airflow's processes were to be healthy", _HEALTHY_SECONDS, healthy)
    airflow.make_pools(POOLS)
    return airflow, full


def start_databases(place: House, env: Mapping[str, str]) -> dict[str, str]:
    """Postgres with both schemas up to date. Returns the environment for all that uses them."""
    place.server.start()
    place.say(f"Postgres runs on {HOST}:{place.ports.postgres}")
    address = warehouse_address(place, env)
    full = airflow_environment(ROOT, place.var, place.ports, place.server.dsn("airflow"), address, env)
    login(place.var)  # before Airflow makes one of its own and prints it into a log
    jobs = {"migrate-warehouse": [sys.executable, "-m", "rasad", "migrate"]}
    stamp = place.var / "airflow" / "migrated.json"
    if not _migrated(place.server, stamp):
        place.say("making Airflow's tables: half a minute, once")
        jobs["migrate-airflow"] = [sys.executable, "-m", "airflow", "db", "migrate"]
    # Tables are changed here alone, by their owner: what comes after logs in as the loader.
    owner = {} if env.get("RASAD_WAREHOUSE") else {"RASAD_WAREHOUSE": place.server.dsn("warehouse")}
    place.run(jobs, full | owner)
    stamp.write_text(json.dumps(_schema(place.server)))
    place.say("both schemas are up to date")
    return full


def warehouse_address(place: House, env: Mapping[str, str]) -> str:
    return env.get("RASAD_WAREHOUSE") or place.server.dsn("warehouse", LOADER)


def check_port(port: int, variable: str) -> None:
    """Raises SupervisorError, before any work, where somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise SupervisorError(f"port {port} {why}: set {variable} to a free port") from error


def _migrated(server: Server, stamp: Path) -> bool:
    """Whether this Airflow already migrated this database. Asking Airflow takes it ten CPU seconds."""
    try:
        return bool(json.loads(stamp.read_text()) == _schema(server))
    except (OSError, ValueError):
        return False


def _schema(server: Server) -> dict[str, str | None]:
    """Airflow's version, and the revision that its database is at (None: it has no tables yet)."""
    with contextlib.closing(psycopg2.connect(server.dsn("airflow"))) as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT version_num FROM alembic_version")
            row = cursor.fetchone()
        except psycopg2.errors.UndefinedTable:
            row = None
    return {"airflow": metadata.version("apache-airflow"), "revision": row[0] if row else None}


def _heal(notes: Path, say: Callable[[str], None]) -> list[str]:
    own = notes / "supervisor.json"
    found = processes.end_leftovers(notes, spare=own)
    if found:
        say(f"ended what an earlier start had left: {', '.join(found)}")
    return found


def _own_note(notes: Path) -> Path:
    return notes / "supervisor.json"


def _occupied(notes: Path) -> bool:
    """Whether a house is at work there: it holds its lock as long as it lives."""
    try:
        with (notes / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _ending(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
