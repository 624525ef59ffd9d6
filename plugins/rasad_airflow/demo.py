"""The demo: a sample newsroom on this machine, read by the real DAGs through Airflow into the real warehouse."""

from __future__ import annotations

import re
import signal
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

_RUN_SECONDS = 480
_PAST = "past.warc.gz"  # five weeks before the newsroom's clock
_SECOND = "second-edition"  # there once it was published
_ENDED = ("success", "failed")


def demo(var: Path, ports: Ports, env: Mapping[str, str]) -> int:
    """Run it: five weeks out of an archive, the live articles, then what was corrected meanwhile.

    Returns 0 only if all DAG runs succeeded and the report found all of it in the warehouse.

    It shares `var`, the databases and the landing zone with `make up`, but reads nothing else than the newsroom, and
    the schedule rests meanwhile, so that no other run comes between. Raises SupervisorError and its like.
    """
    with house(var, ports) as place:
        place.say("a sample newsroom, read by Rasad's own DAGs; everything stays on this machine")
        check_port(ports.web, "RASAD_PORT_WEB")
        folder = var / "demo"
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        newsroom, hosts = open_newsroom(place, folder, env)
        local = {k: v for k, v in env.items() if k not in ("RASAD_WAREHOUSE", "RASAD_LANDING", "RASAD_SOURCES")}
        own = {
            "RASAD_SOURCES": str(folder / "sources"),
            "RASAD_ALLOW_HOSTS": ",".join(hosts),
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        }
        components = {name: words for name, words in COMPONENTS.items() if name != "triggerer"}  # nothing defers here
        airflow, full = start_airflow(place, local, components, own)
        run_id = time.strftime("demo__%Y%m%dT%H%M%S", time.gmtime())
        run_dag(place, airflow, "backfill_archive", run_id, {"files": [str(folder / _PAST)]})
        run_dag(place, airflow, "ingest_news", run_id, {"everything": True})
        addresses = publish_second_edition(place, newsroom, folder)
        run_dag(place, airflow, "ingest_urls", run_id, {"addresses": addresses, "again": True})
        run_dag(place, airflow, "measure_trends", run_id, {})
        print(flush=True)
        status = subprocess.run([sys.executable, "-m", "rasad", "report"], env=full, cwd=ROOT, check=False).returncode
        print(flush=True)
        place.end()
        place.say("all has ended" if status == 0 else "the report found something missing")
    return 1 if status else 0


def open_newsroom(place: House, folder: Path, env: Mapping[str, str]) -> tuple[Running, list[str]]:
    """Start it, its sources and its past written into the folder; returns it and the `host:port` of each publisher.

    It opens with the edition that was published last: a press does not take back what it has corrected.
    """
    edition = "2" if (folder / _SECOND).exists() else "1"
    command = [sys.executable, "-m", "tests.newsroom", "--base-port", str(place.ports.newsroom), "--edition", edition]
    command += ["--sources", str(folder / "sources"), "--past", str(folder / _PAST)]
    path = {"PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}", "PYTHONUNBUFFERED": "1"}
    (place.logs / "newsroom.log").unlink(missing_ok=True)  # what it says is waited for: no earlier start's words
    newsroom = place.start("newsroom", command, {**env, **path})
    line = _said(place, newsroom, "newsroom ready", "the newsroom was to open")
    hosts = re.findall(r"=https?://([^/\s]+)", line)
    place.say(f"the newsroom is open: {len(hosts)} publishers, {hosts[0]} to {hosts[-1].rpartition(':')[2]}")
    return newsroom, hosts


def publish_second_edition(place: House, newsroom: Running, folder: Path) -> list[str]:
    """Have it published; returns the addresses of what it changed or added."""
    newsroom.process.send_signal(signal.SIGUSR1)
    line = _said(place, newsroom, "newsroom edition 2", "the newsroom was to publish its second edition")
    (folder / _SECOND).touch()
    addresses = re.findall(r"https?://\S+", line)
    place.say(f"the newsroom has corrected an article and published a late one: {len(addresses)} addresses to read")
    return addresses


def _said(place: House, newsroom: Running, beginning: str, what: str) -> str:
    """The line of its log that begins so, once it is there."""
    found: list[str] = []

    def said() -> bool:
        lines = newsroom.log.read_text(errors="replace").splitlines(keepends=True)
        found[:] = [line for line in lines if line.startswith(beginning) and line.endswith("\n")]
        return bool(found)

    place.wait_for(what, 30, said)
    return found[-1]


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
