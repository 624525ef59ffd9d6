"""Superset on the embedded warehouse, with the dashboards of dashboards/, served until Ctrl-C.

It runs in an environment of its own (`make dashboards` makes it) and reads as the role that can only read schema mart.
Its own tables are one file under `var/dashboards`, made again from dashboards/ at each start: what people change there
in the browser is overwritten where these files say otherwise. `make up` may run beside it."""

from __future__ import annotations

import contextlib
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from rasad.settings import ROOT
from rasad.warehouse.roles import READER
from rasad_airflow.environment import HOST, USER, Ports, dashboards_secrets
from rasad_airflow.supervisor import DASHBOARDS, House, Interrupted, SupervisorError, check_port, house

FILES = ROOT / "dashboards"
PYTHON = ROOT / ".venv-dashboards" / "bin" / "python"
SERVE = (
    "gunicorn", "--workers", "1", "--worker-class", "gthread", "--threads", "8", "--timeout", "120",
)  # fmt: skip
_READY_SECONDS = 120
_NOT_OURS = ("SUPERSET_", "FLASK_", "PYTHON", "RASAD_DASHBOARDS_")


def dashboards(var: Path, ports: Ports, env: Mapping[str, str], python: Path = PYTHON) -> int:
    """Serve them until a signal comes. Returns 0. Raises SupervisorError, above all where there is nothing to show."""
    with house(var, ports, DASHBOARDS) as place:
        check_port(ports.dashboards, "RASAD_PORT_DASHBOARDS")
        try:
            reader = _warehouse(place, env)
            own = superset_environment(var, reader, env)
            place.say("loading the dashboards: half a minute the first time")
            place.run({"provision": [str(python), str(FILES / "provision.py")]}, own)
            address = f"{HOST}:{ports.dashboards}"
            place.start("superset", [str(python), "-m", *SERVE, "--bind", address, "superset.app:create_app()"], own)
            place.wait_for("Superset was to answer", _READY_SECONDS, lambda: _answers(f"http://{address}/health"))
            place.say(
                f"ready: http://{address}/dashboard/list/   user {USER}   password {own['RASAD_DASHBOARDS_PASSWORD']}"
            )
            place.say("Ctrl-C ends it")
            while True:
                place.pause(2)
                if not place.server.alive():
                    raise SupervisorError(f"Postgres ended; its last words are in {place.server.home / 'log'}")
        except Interrupted as signalled:
            place.say(f"{signalled}: ending")
        place.end()
        place.say("ended")
    return 0


def superset_environment(var: Path, warehouse: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of Superset's processes; `warehouse`: the `postgresql://` address that charts read through."""
    secret = dashboards_secrets(var)
    home = var / "dashboards"
    return {
        **{name: value for name, value in inherited.items() if not name.startswith(_NOT_OURS)},
        "SUPERSET_CONFIG_PATH": str(FILES / "superset_config.py"),
        "SUPERSET_HOME": str(home),
        "RASAD_DASHBOARDS_METADATA": f"sqlite:///{home / 'superset.db'}",
        "RASAD_DASHBOARDS_SECRET_KEY": secret["secret_key"],
        "RASAD_DASHBOARDS_USER": USER,
        "RASAD_DASHBOARDS_PASSWORD": secret["password"],
        "RASAD_DASHBOARDS_WAREHOUSE": warehouse,
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }


def _warehouse(place: House, env: Mapping[str, str]) -> str:
    """The address that charts read through, of a warehouse that is up to date and holds something."""
    place.server.start()
    owner = place.server.dsn("warehouse")
    here = {"PYTHONPATH": str(ROOT / "plugins"), "RASAD_VAR": str(place.var), "RASAD_WAREHOUSE": owner}
    place.run({"migrate-dashboards": [sys.executable, "-m", "rasad", "migrate"]}, {**env, **here})
    reader = place.server.dsn("warehouse", READER)
    with contextlib.closing(psycopg2.connect(reader)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM mart.articles)")
        if cursor.fetchone() == (False,):
            raise SupervisorError(
                "the warehouse is empty, so that the dashboards would be: run `make demo` first (a sample newsroom, "
                "minutes), or `make up` with RASAD_CONTACT"
            )
    return reader


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
