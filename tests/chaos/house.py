"""A house of Airflow on the sample newsroom that may be broken: its parts are killed and put up again one by one, as
whoever watches processes would, its runs followed whatever happens to what answers for them."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg2
from tests.newsroom import Newsroom

from rasad_airflow import processes, supervisor
from rasad_airflow.client import Airflow, AirflowApiError
from rasad_airflow.environment import Ports
from rasad_airflow.supervisor import House

TITLE = "airflow worker -- LocalExecutor: "  # and the id of the task instance that the process runs
ENDED = ("success", "failed")
SCHEDULER, SECOND = "scheduler", "scheduler-2"
SERVER = supervisor.WEB
BROKEN = (AirflowApiError, psutil.Error, psycopg2.Error, OSError)  # what asking a broken house may raise

# What is waited for in life is waited for less long here: who is silent for so many seconds is taken for dead.
HASTE = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
}


class Missed(Exception):
    """A run was over before it could be broken there."""


@dataclass
class Broken:
    """The house, its Airflow and its newsroom. Made by `opened`."""

    place: House
    airflow: Airflow
    env: dict[str, str]
    room: Newsroom
    components: Mapping[str, tuple[str, ...]]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def warehouse(self) -> str:
        """As its owner, whom no task logs in as."""
        return self.place.server.dsn("warehouse")

    # Runs

    def trigger(self, dag_id: str, conf: Mapping[str, object], run_id: str = "") -> str:
        run_id = run_id or f"chaos-{next(self.numbers)}"
        self.patiently(f"{dag_id} was to be triggered", lambda: self._triggered(dag_id, run_id, dict(conf)))
        return run_id

    def _triggered(self, dag_id: str, run_id: str, conf: dict[str, object]) -> bool:
        if self.airflow.dag(dag_id) is None:
            return False
        try:
            self.airflow.trigger(dag_id, run_id, conf)
        except AirflowApiError as error:
            if " 409, " not in str(error):  # an earlier try got through, though its answer did not
                raise
        return True

    def ended(self, dag_id: str, run_id: str, seconds: float = 1500) -> str:
        """The state that a run ends in, dead parts put up again meanwhile."""
        state = ""

        def over() -> bool:
            nonlocal state
            state = self.airflow.state(dag_id, run_id)
            return state in ENDED

        self.patiently(f"{dag_id} {run_id} was to end", over, seconds)
        return state

    def run(self, dag_id: str, conf: Mapping[str, object]) -> str:
        """Trigger a run and wait for its end: its state."""
        return self.ended(dag_id, self.trigger(dag_id, conf))

    def tasks(self, dag_id: str, run_id: str, stage: str) -> list[dict[str, Any]]:
        """The run's task instances of a stage, those of all sources."""
        return [task for task in self.airflow.tasks(dag_id, run_id) if task["task_id"].rpartition(".")[2] == stage]

    def clear(self, dag_id: str, run_id: str, **which: object) -> None:
        """Clear tasks of a run, so that they run again with all that comes after them."""
        body = {
            "dag_run_id": run_id,
            "dry_run": False,
            "reset_dag_runs": True,
            "include_downstream": True,
            "only_failed": False,
        } | which

        def cleared() -> bool:
            self.airflow._ask("POST", f"dags/{dag_id}/clearTaskInstances", json=body)
            return True

        self.patiently(f"{dag_id} {run_id} was to be cleared", cleared)

    def stop(self, dag_id: str, run_id: str) -> None:
        """Call a run failed, as a person may in the UI: what runs of it is ended."""
        self.airflow._ask("PATCH", f"dags/{dag_id}/dagRuns/{run_id}", json={"state": "failed"})

    def patiently(self, what: str, happened: Callable[[], bool], seconds: float = 300) -> None:
        """Wait until it happened, whoever does not answer meanwhile; dead parts are put up again."""
        deadline, trouble = time.monotonic() + seconds, ""
        while True:
            try:
                if happened():
                    return
            except BROKEN as error:
                trouble = f"; last: {error}"
            self._heed()
            self.mend()
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {seconds:.0f} s{trouble}; the logs are in {self.place.var}")
            time.sleep(0.5)

    def _heed(self) -> None:
        if self.place.signalled is not None:
            raise supervisor.Interrupted(self.place.signalled)

    # Parts

    def part(self, name: str) -> processes.Running:
        return next(one for one in self.place.running if one.name == name)

    def start(self, name: str) -> None:
        words = self.components[SCHEDULER if name == SECOND else name]
        self.place.start(name, [sys.executable, "-m", *words], self.env)

    def mend(self) -> list[str]:
        """Put up again what is dead, Postgres first, after ending what the dead have left. Returns the names."""
        mended = []
        if not self.place.server.alive():
            self.place.server.start()
            mended.append("postgres")
        for one in list(self.place.running):
            if one.process.poll() is not None:
                self.forget(one)
                self.start(one.name)
                mended.append(one.name)
        return mended

    def forget(self, one: processes.Running) -> None:
        """Take a dead part off the list, and end what it has left."""
        processes.end([one], patience=0)
        self.place.running.remove(one)

    # Processes of tasks

    def busy(self, dag_id: str, run_id: str, stage: str, seconds: float = 600) -> psutil.Process:
        """The executor's process of a task of this stage, once one runs: its child is the task. Raises Missed where the
        run ends before."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(*BROKEN):
                for id_ in self._running(dag_id, run_id, stage):
                    worker = self._worker(id_)
                    if worker is not None and worker.children():
                        return worker
                if self.is_over(dag_id, run_id):
                    raise Missed
            self._heed()
            self.mend()
            time.sleep(0.05)
        raise AssertionError(f"no task of {stage} ran within {seconds:.0f} s; the logs are in {self.place.var}")

    # Of Airflow's own database: asking its API so often would slow down what is looked at.

    def _running(self, dag_id: str, run_id: str, stage: str) -> list[str]:
        rows = self.administer(
            "SELECT id FROM task_instance WHERE dag_id = %s AND run_id = %s AND state = 'running' "
            "AND regexp_replace(task_id, '^.*[.]', '') = %s",
            values=(dag_id, run_id, stage), database="airflow",
        )  # fmt: skip
        return [str(id_) for (id_,) in rows]

    def is_over(self, dag_id: str, run_id: str) -> bool:
        rows = self.administer(
            "SELECT state FROM dag_run WHERE dag_id = %s AND run_id = %s", values=(dag_id, run_id), database="airflow"
        )
        return [state for (state,) in rows] in (["success"], ["failed"])

    def _worker(self, id_: str) -> psutil.Process | None:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if " ".join(process.cmdline()).startswith(TITLE + id_):
                    return process
        return None

    def strays(self) -> list[str]:
        """Zombies under the parts, and processes of them that hang under none of them any more."""
        found = []
        for one in self.place.running:
            members = {process.pid: process for process in processes.family(one.note)}
            with contextlib.suppress(psutil.Error):
                tree = psutil.Process(one.process.pid).children(recursive=True)
                known = {one.process.pid, *(process.pid for process in tree)}
                found += [f"zombie of {one.name}: {p.pid}" for p in tree if p.status() == psutil.STATUS_ZOMBIE]
                found += [
                    f"stray of {one.name}: {p.pid} {' '.join(p.cmdline())}" for p in members.values()
                    if p.pid not in known and p.is_running()
                ]  # fmt: skip
        return found

    # The warehouse

    def administer(
        self, *statements: str, values: Sequence[object] | None = None, database: str = "postgres"
    ) -> list[tuple[Any, ...]]:
        """Run statements as the superuser of the server, each by itself; the rows of the last."""
        with contextlib.closing(psycopg2.connect(self.place.server.dsn(database))) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []

    def pass_time(self, hours: float) -> None:
        """Let hours pass for the ledger: what was to be done in them is due."""
        hours_ = f"interval '{hours} hours'"
        self.administer(
            f"UPDATE news.page SET next_look_at = next_look_at - {hours_} WHERE next_look_at IS NOT NULL",
            f"UPDATE news.feed SET next_poll_at = next_poll_at - {hours_}",
            "UPDATE news.host SET next_request_at = '-infinity'",
            database="warehouse",
        )


@contextlib.contextmanager
def opened(
    var: Path, ports: Ports, room: Newsroom, own: Mapping[str, str], components: Mapping[str, tuple[str, ...]]
) -> Iterator[Broken]:
    """Airflow on this newsroom, under `var`; at the end all of it is ended and its databases deleted."""
    hosts = ",".join(origin.removeprefix("http://") for origin in room.origins.values())
    reads = {"RASAD_SOURCES": str(room.sources_dir), "RASAD_ALLOW_HOSTS": hosts}
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("RASAD", "AIRFLOW"))}
    with supervisor.house(var, ports) as place:
        try:
            airflow, env = supervisor.start_airflow(place, outside, components, reads | dict(own))
            yield Broken(place, airflow, env, room, components)
        finally:
            place.end()
            place.server.remove()


def living(var: Path) -> list[str]:
    """Command lines of the processes that have this `var` in their environment, arguments or working directory."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            words = [*process.cmdline(), process.cwd(), process.environ().get("RASAD_VAR", "")]
            if process.pid != os.getpid() and any(str(var) in word for word in words):
                found.append(" ".join(process.cmdline()) or process.name())
    return found
