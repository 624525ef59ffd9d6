"""How many tasks a second one scheduler hands out. Scheduler and database are real, and the workers take no time.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/scheduling.py [--sources 30,60,120,200,300] [--json OUT]

A run of a DAG shaped as `ingest_news` is: for each of N sources five tasks, one after the other, as a task group that
is mapped. The executor (benchmarks/instant.py) says of each task that it has succeeded as soon as it gets it, so that
nothing is measured but the scheduler, with the settings of `make up` but no limit on how much may run at once. Printed:
tasks a second from the start of the run to its end, and CPU milliseconds a task of the scheduler and of Postgres. The
seconds grow with the square of the tasks, so none of it may be reckoned up to other sizes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ingest import _free_port, server_seconds

from rasad.settings import ROOT
from rasad_airflow import supervisor
from rasad_airflow.environment import Ports

STAGES = ("discover", "fetch", "clean", "extract", "load")
MOST = 100_000  # of what runs at once
DAG = '''
from airflow.sdk import chain, dag, task, task_group

@dag(schedule=None, max_active_tasks={most})
def sources_{sources}():
    @task_group
    def source(number):
        @task
        def stage(number):
            """Nobody runs this."""
        chain(*(stage.override(task_id=name)(number) for name in {stages}))
    source.expand(number=list(range({sources})))

sources_{sources}()
'''


@dataclass(frozen=True, slots=True)
class Handed:
    """Tasks that one run handed out, in how many seconds, and the CPU seconds of it."""

    tasks: int
    seconds: float
    scheduler_cpu: float
    server_cpu: float

    @property
    def speed(self) -> float:
        return self.tasks / self.seconds


def handed(var: Path, ports: Ports, sizes: Sequence[int]) -> Iterator[Handed]:
    """A run for each number of sources, under `var`, an empty folder."""
    (var / "dags").mkdir(parents=True)
    for sources in sizes:
        text = DAG.format(sources=sources, stages=STAGES, most=MOST)
        (var / "dags" / f"sources_{sources}.py").write_text(text, encoding="utf-8")
    own = {
        "AIRFLOW__CORE__EXECUTOR": "benchmarks.instant.Instant",
        "AIRFLOW__CORE__DAGS_FOLDER": str(var / "dags"),
        "AIRFLOW__CORE__PARALLELISM": str(MOST),
        "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": str(MOST),
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "PYTHONPATH": f"{ROOT / 'plugins'}{os.pathsep}{ROOT}",
    }
    parts = {name: words for name, words in supervisor.COMPONENTS.items() if name != "triggerer"}
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("RASAD", "AIRFLOW"))}
    with supervisor.house(var, ports) as place:
        try:
            airflow, _ = supervisor.start_airflow(place, outside, parts, own)
            body = {"pool": "default_pool", "slots": MOST, "include_deferred": False}
            airflow._ask("PATCH", "pools/default_pool?update_mask=slots", json=body)
            for sources in sizes:
                name = f"sources_{sources}"
                place.wait_for(f"{name} was to be found", 120, lambda name=name: airflow.dag(name) is not None)
                yield _run(place, airflow, name)
        finally:
            place.end()
            place.server.remove()


def _run(place: supervisor.House, airflow, dag_id: str) -> Handed:
    (scheduler,) = (psutil.Process(one.process.pid) for one in place.running if one.name == "scheduler")

    def spent() -> tuple[float, float]:
        times = scheduler.cpu_times()
        return times.user + times.system, server_seconds(place.server)

    before = spent()
    airflow.trigger(dag_id, "one", {})
    asked = "SELECT state, extract(epoch FROM end_date - start_date) FROM dag_run WHERE dag_id = %s"
    state, seconds = "", 0.0
    while state not in ("success", "failed"):
        place.pause(0.5)  # asks the database, not the API, which would be measured as well
        ((state, seconds),) = _ask(place, asked, dag_id)
    after = spent()
    if state == "failed":
        raise RuntimeError(f"{dag_id} failed: the logs are in {place.logs}")
    counted = "SELECT count(*) FROM task_instance WHERE dag_id = %s AND state = 'success'"
    ((tasks,),) = _ask(place, counted, dag_id)
    return Handed(tasks, float(seconds), after[0] - before[0], after[1] - before[1])


def _ask(place: supervisor.House, query: str, dag_id: str) -> list[tuple]:
    with contextlib.closing(psycopg2.connect(place.server.dsn("airflow"))) as link, link.cursor() as cursor:
        cursor.execute(query, (dag_id,))
        return cursor.fetchall()


def print_handed(one: Handed) -> None:
    print(
        f"{one.tasks:6} tasks in {one.seconds:6.1f} s: {one.speed:6.1f} a second; CPU ms a task: scheduler "
        f"{1000 * one.scheduler_cpu / one.tasks:5.1f}, Postgres {1000 * one.server_cpu / one.tasks:5.1f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", default="30,60,120,200,300", help="a run for each number")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args(arguments)
    found: list[Mapping[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="rasad-scheduling-") as folder:
        ports = Ports(web=_free_port(), postgres=_free_port(), newsroom=_free_port())
        for one in handed(Path(folder) / "var", ports, [int(size) for size in args.sources.split(",")]):
            print_handed(one)
            found.append(asdict(one))
            if args.json:
                args.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
