"""The demo: a sample newsroom on this machine, read by the real DAGs through Airflow into the real warehouse."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rasad.settings import ROOT
from rasad_airflow.client import Airflow, progress
from rasad_airflow.environment import Ports
from rasad_airflow.processes import Running
from rasad_airflow.supervisor import COMPONENTS, House, SupervisorError, check_port, house, start_airflow

_RUN_SECONDS = 240
_ENDED = ("success", "failed")


def demo(var: Path, ports: Ports, env: Mapping[str, str]) -> int:
    """Run it. Returns 0 only if both DAG runs succeeded and the report found all of it in the warehouse.

    It shares `var`, the databases and the landing zone with `make up`, but reads nothing else than the newsroom, and
    the schedule rests meanwhile, so that no other run comes between. Raises SupervisorError and its like.
    """
    with house(var, ports) as place:
        place.say("a sample newsroom, read by Rasad's own DAGs; everything stays on this machine")
        check_port(ports.web, "RASAD_PORT_WEB")
        sources = var / "demo" / "sources"
        sources.mkdir(parents=True, exist_ok=True)
        hosts = open_newsroom(place, sources, env)
        local = {k: v for k, v in env.items() if k not in ("RASAD_WAREHOUSE", "RASAD_LANDING", "RASAD_SOURCES")}
        own = {
            "RASAD_SOURCES": str(sources),
            "RASAD_ALLOW_HOSTS": ",".join(hosts),
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        }
        components = {name: words for name, words in COMPONENTS.items() if name != "triggerer"}  # nothing defers here
        airflow, full = start_airflow(place, local, components, own)
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        for dag_id, conf in (("ingest_news", {"everything": True}), ("measure_trends", {})):
            run_dag(place, airflow, dag_id, f"demo__{stamp}", conf)
        print(flush=True)
        status = subprocess.run([sys.executable, "-m", "rasad", "report"], env=full, cwd=ROOT, check=False).returncode
        print(flush=True)
        place.end()
        place.say("all has ended" if status == 0 else "the report found something missing")
    return 1 if status else 0


def open_newsroom(place: House, sources: Path, env: Mapping[str, str]) -> list[str]:
    """Start it; returns the `host:port` of each publisher."""
    command = [sys.executable, "-m", "tests.newsroom", "--base-port", str(place.ports.newsroom), "--edition", "1"]
    path = {"PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}", "PYTHONUNBUFFERED": "1"}
    newsroom = place.start("newsroom", [*command, "--sources", str(sources)], {**env, **path})
    before = newsroom.log.stat().st_size if newsroom.log.exists() else 0
    hosts: list[str] = []

    def ready() -> bool:
        hosts[:] = _origins(newsroom, before)
        return bool(hosts)

    place.wait_for("the newsroom was to open", 30, ready)
    place.say(f"the newsroom is open: {len(hosts)} publishers, {hosts[0]} to {hosts[-1].rpartition(':')[2]}")
    return hosts


def _origins(newsroom: Running, offset: int) -> list[str]:
    with newsroom.log.open("rb") as log:
        log.seek(offset)
        words = log.read().decode(errors="replace")
    line = next((line for line in words.splitlines() if line.startswith("newsroom ready")), "")
    return re.findall(r"=https?://([^/\s]+)", line)


def run_dag(place: House, airflow: Airflow, dag_id: str, run_id: str, conf: dict[str, object]) -> None:
    """Trigger a run and follow it to its end. Raises SupervisorError unless it succeeds."""

    def known() -> bool:
        errors = airflow.get("importErrors", limit=1)["import_errors"]
        if errors:
            raise SupervisorError(f"{errors[0]['filename']} does not import:\n{errors[0]['stack_trace']}")
        return airflow.dag(dag_id) is not None

    place.wait_for(f"Airflow was to find the DAG {dag_id}", 90, known)
    airflow.unpause(dag_id)
    airflow.trigger(dag_id, run_id, conf)
    place.say(f"{dag_id} is triggered")
    said = ""
    deadline = time.monotonic() + _RUN_SECONDS
    while True:
        state = airflow.state(dag_id, run_id)
        tasks = airflow.tasks(dag_id, run_id)
        line = progress(tasks)
        if line and line != said:
            place.say(f"  {line}")
            said = line
        if state in _ENDED:
            break
        if time.monotonic() > deadline:
            raise SupervisorError(
                f"{dag_id} has not ended after {_RUN_SECONDS} s (it is {state}): logs in {place.logs}"
            )
        place.pause(0.5)
    place.say(f"{dag_id}: {state}")
    if state != "success":
        failed = [task for task in tasks if task["state"] == "failed"]
        logs = place.var / "airflow" / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}"
        names = ", ".join(sorted({task["task_id"] for task in failed})) or "no task"
        raise SupervisorError(f"{dag_id} failed in {names}; the tasks' logs are under {logs}")
