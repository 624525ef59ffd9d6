"""Every Airflow setting of the embedded system, as the environment that its processes get.

On servers docker-compose.yaml says where things are and who may enter; the DAGs are the same."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rasad.settings import SettingsError
from rasad.warehouse.embedded import DEFAULT_PORT, PORT_VARIABLE

HOST = "127.0.0.1"
USER = "rasad"  # the login of the web pages

# Tasks by the kind of work they do, and how many of a kind run at once. The executor runs four: fetching waits for
# others and may take all of it; text is CPU and leaves room for the rest. An operator's change of them is kept.
POOLS = {
    "fetch": (6, "Tasks that read publishers' sites"),
    "text": (2, "Tasks that clean pages and extract facts: CPU"),
    "warehouse": (4, "Tasks that write to the warehouse"),
}

_OF_ANOTHER_AIRFLOW = ("AIRFLOW_CONFIG", "AIRFLOW__DATABASE__", "_AIRFLOW")


@dataclass(frozen=True)
class Ports:
    """Ports of 127.0.0.1. The sample newsroom takes one per publisher, `newsroom` being the first."""

    web: int = 8080
    postgres: int = DEFAULT_PORT
    newsroom: int = 8711
    dashboards: int = 8088

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Ports:
        """Read RASAD_PORT_WEB, _POSTGRES, _NEWSROOM and _DASHBOARDS. Raises SettingsError."""
        return cls(
            web=_port(env, "RASAD_PORT_WEB", cls.web),
            postgres=_port(env, PORT_VARIABLE, cls.postgres),
            newsroom=_port(env, "RASAD_PORT_NEWSROOM", cls.newsroom),
            dashboards=_port(env, "RASAD_PORT_DASHBOARDS", cls.dashboards),
        )


def _port(env: Mapping[str, str], variable: str, default: int) -> int:
    value = env.get(variable) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise SettingsError(f"{variable}={value!r} is no port: give a number from 1 to 65535")
    return int(value)


def airflow_environment(
    root: Path,
    var: Path,
    ports: Ports,
    airflow_dsn: str,
    warehouse_dsn: str,
    inherited: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The whole environment of Airflow's processes.

    `root`: the checkout; `var`: where everything made at run time lies; the addresses: `postgresql://…`;
    `inherited`: what to start from (the caller's environment). Its RASAD_*, connections and Airflow settings pass
    through, but ours win, and what would lead to another Airflow's configuration or database is left out.
    """
    inherited = os.environ if inherited is None else inherited
    kept = {k: v for k, v in inherited.items() if not k.startswith(_OF_ANOTHER_AIRFLOW)}
    home = var / "airflow"
    settings = {name.upper(): value for name, value in _settings(root, home, ports, airflow_dsn, _secrets(var)).items()}
    return {
        **kept,
        **{f"AIRFLOW__{name}": value for name, value in settings.items()},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONN_WAREHOUSE": warehouse_dsn,
        "AIRFLOW_CONN_AIRFLOW_METADATA": airflow_dsn,  # for maintain_warehouse, which thins Airflow's own tables
        "RASAD_VAR": str(var),
        "RASAD_WAREHOUSE": warehouse_dsn,
        "RASAD_LANDING": kept.get("RASAD_LANDING") or (var / "landing").as_uri(),
        "PYTHONPATH": str(root / "plugins"),
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        # Tasks talk to the API server over HTTP: never through a proxy of this machine.
        **{name: _without_proxy(kept.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def _settings(root: Path, home: Path, ports: Ports, dsn: str, secret: Mapping[str, str]) -> dict[str, str]:
    """Airflow's settings as `section__option`."""
    url = f"http://{HOST}:{ports.web}"
    return {
        # What runs
        "core__executor": "rasad_airflow.executor.LocalExecutor",
        "core__parallelism": "12",  # as many as the pools let in: most wait for a site or for Postgres
        "core__dags_folder": str(root / "dags"),
        "core__plugins_folder": str(root / "plugins"),
        "core__load_examples": "False",
        "core__dags_are_paused_at_creation": "False",  # installed to run: a new DAG starts by itself
        "core__default_timezone": "utc",
        # Where things are
        "database__sql_alchemy_conn": dsn.replace("postgresql://", "postgresql+psycopg2://", 1),
        "database__check_migrations": "False",  # each component would; the supervisor has done it once
        "logging__base_log_folder": str(home / "logs"),
        "logging__dag_processor_child_process_log_directory": str(home / "logs" / "dag_processor"),
        "logging__colored_console_log": "False",  # the console is a file
        # The web pages and the API: this machine only
        "api__host": HOST,
        "api__port": str(ports.web),
        "api__base_url": url,
        "api__workers": "1",
        "api__instance_name": "Rasad",
        "core__execution_api_server_url": f"{url}/execution/",
        # Who may enter
        "core__auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "core__simple_auth_manager_users": f"{USER}:admin",
        "core__simple_auth_manager_passwords_file": str(home / "passwords.json"),
        "core__fernet_key": secret["fernet_key"],
        "api__secret_key": secret["secret_key"],
        "api_auth__jwt_secret": secret["jwt_secret"],
        # A file that is new or changed is seen within half a minute. The others are read again as forms name sources,
        # for 2 CPU seconds each time.
        "dag_processor__refresh_interval": "15",
        "dag_processor__min_file_process_interval": "60",
        "dag_processor__parsing_processes": "1",
        # What a killed scheduler left half done is taken up again after a minute or two, not after five
        "scheduler__orphaned_tasks_check_interval": "30",
        "scheduler__task_instance_heartbeat_timeout": "120",
    }


def login(var: Path) -> tuple[str, str]:
    """User and password of the web pages, made at the first call and kept in `var`, for its owner's eyes alone."""
    file = var / "airflow" / "passwords.json"
    passwords = _kept(file, {USER: secrets.token_urlsafe(12)})
    if USER not in passwords:
        raise SettingsError(f"{file} has no password of the user {USER}: delete the file, and a new one is made")
    return USER, passwords[USER]


def dashboards_secrets(var: Path) -> dict[str, str]:
    """What signs Superset's sessions, and the password of its user, made and kept as the login is."""
    fresh = {"secret_key": secrets.token_urlsafe(48), "password": secrets.token_urlsafe(12)}
    return _kept(var / "dashboards" / "secrets.json", fresh)


def _secrets(var: Path) -> dict[str, str]:
    """The keys that must stay the same from start to start, or sessions, tasks and stored connections break."""
    return _kept(
        var / "secrets.json",
        {
            "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt_secret": secrets.token_urlsafe(64),
            "secret_key": secrets.token_urlsafe(32),
        },
    )


def _kept(file: Path, fresh: dict[str, str]) -> dict[str, str]:
    """What the file holds; where there is none, `fresh`, put there whole and readable by its owner alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        unfinished = file.with_name(f"{file.name}.{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            json.dump(fresh, handle)
        with contextlib.suppress(FileExistsError):  # another process made it first: then that one counts
            file.hardlink_to(unfinished)
        unfinished.unlink()
    try:
        kept = json.loads(file.read_text())
        return {str(name): str(value) for name, value in {**fresh, **kept}.items() if name in kept}
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{file} is damaged ({error}): delete it, and a new one is made") from error


def _without_proxy(names: str) -> str:
    present = [name for name in names.split(",") if name]
    return ",".join([*present, *(name for name in (HOST, "localhost") if name not in present)])
