"""All of Rasad on this machine, started, watched and ended.

    up        run it in the foreground until Ctrl-C: Postgres, Airflow's web pages, its scheduler and helpers
    demo      fetch the sample newsroom through Airflow into the warehouse, and print what came of it
    dashboards
              serve Superset's dashboards on the warehouse until Ctrl-C (make dashboards installs it first)
    down      end what runs, and what a crash left
    clean     down, then delete everything made at run time
    airflow … any Airflow command, on this Airflow's settings and database (Postgres must run)

Ports of 127.0.0.1: RASAD_PORT_WEB (8080), RASAD_PORT_POSTGRES (54321), RASAD_PORT_NEWSROOM (8711 and the next ones),
RASAD_PORT_DASHBOARDS (8088).
"""

from __future__ import annotations

import argparse
import os
import sys

from rasad.settings import ROOT, Settings, SettingsError
from rasad.warehouse.connection import WarehouseError
from rasad.warehouse.embedded import Server
from rasad.warehouse.roles import LOADER
from rasad_airflow import dashboards, demo, supervisor
from rasad_airflow.client import AirflowApiError
from rasad_airflow.environment import Ports, airflow_environment


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m rasad_airflow", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["up", "demo", "dashboards", "down", "clean", "airflow"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    try:
        var = Settings.from_env().var
        ports = Ports.from_env(os.environ)
        if asked.command == "airflow":
            server = Server(var, ports.postgres)
            warehouse = os.environ.get("RASAD_WAREHOUSE") or server.dsn("warehouse", LOADER)
            env = airflow_environment(ROOT, var, ports, server.dsn("airflow"), warehouse)
            os.execve(sys.executable, [sys.executable, "-m", "airflow", *asked.arguments], env)  # noqa: S606
        if asked.arguments:
            parser.error(f"{asked.command} takes no arguments")
        if asked.command == "down":
            return supervisor.down(var, ports)
        if asked.command == "clean":
            return supervisor.clean(var, ports)
        run = {"up": supervisor.up, "demo": demo.demo, "dashboards": dashboards.dashboards}[asked.command]
        return run(var, ports, os.environ)
    except (SettingsError, WarehouseError, supervisor.SupervisorError, AirflowApiError) as error:
        print(f"{asked.command}: {error}", file=sys.stderr)
        return 1
    except supervisor.Interrupted as signalled:
        print(f"{asked.command}: ended by {signalled}", file=sys.stderr)
        return 128 + signalled.number


if __name__ == "__main__":
    raise SystemExit(main())
