"""The pages in Airflow's own API server, with its log-in and its roles, over a newsroom's warehouse."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests

from rasad.settings import ROOT
from rasad.warehouse.connection import connect
from rasad.warehouse.embedded import Server
from rasad.warehouse.roles import LOADER, READER

USERS = {"reader": "viewer", "editor": "user", "operator": "op"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Desk:
    """An API server, and the addresses of what it shows."""

    url: str
    dsn: str
    articles: dict[str, int]  # by the end of their address

    def token(self, user: str) -> str:
        told = requests.post(f"{self.url}/auth/token", json={"username": user, "password": user}, timeout=30)
        return str(told.json()["access_token"])

    def log_in(self, user: str) -> requests.Session:
        session = requests.Session()
        session.cookies.set("_token", self.token(user))
        return session

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with connect(self.dsn) as link, link.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def desk(postgres, loaded, free_port, tmp_path_factory) -> Iterator[Desk]:
    """Over the newsroom's first edition."""
    with served(postgres, loaded.dsn, "desk", tmp_path_factory.mktemp("desk"), free_port()) as made:
        yield made


@pytest.fixture(scope="module")
def past_desk(postgres, loaded_past, free_port, tmp_path_factory) -> Iterator[Desk]:
    """Over the newsroom with its past."""
    with served(postgres, loaded_past.dsn, "past_desk", tmp_path_factory.mktemp("past_desk"), free_port()) as made:
        yield made


@contextlib.contextmanager
def served(postgres: Server, template: str, name: str, home: Path, port: int) -> Iterator[Desk]:
    """An API server over a copy of the warehouse at the address `template`, in a new database of that name."""
    with contextlib.closing(psycopg2.connect(postgres.dsn("postgres"))) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template.rpartition('/')[2]}")
    passwords = home / "passwords.json"
    passwords.write_text(json.dumps({user: user for user in USERS}))
    env = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD", "AIRFLOW"))} | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "of-this-test-alone-" * 4,
        "PYTHONPATH": str(ROOT / "plugins"),
        "RASAD_WAREHOUSE": postgres.dsn(name, LOADER),
        "RASAD_WAREHOUSE_READER": postgres.dsn(name, READER),
        "RASAD_VAR": str(home),
    }
    airflow = [sys.executable, "-m", "airflow"]
    subprocess.run([*airflow, "db", "migrate"], env=env, cwd=home, check=True, capture_output=True)
    log = (home / "log").open("wb")
    server = subprocess.Popen(
        [*airflow, "api-server", "--apps", "core"], env=env, cwd=home, stdout=log, stderr=log, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(requests.ConnectionError):
                if requests.get(f"{url}/api/v2/monitor/health", timeout=10).ok:
                    break
            assert server.poll() is None, (home / "log").read_text(errors="replace")[-3000:]
            assert time.monotonic() < deadline, (home / "log").read_text(errors="replace")[-3000:]
            time.sleep(0.2)
        made = Desk(url, postgres.dsn(name), {})
        made.articles = {
            address.rpartition("/")[2]: number
            for number, address in made.query("SELECT article_id, url FROM mart.articles")
        }
        yield made
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield made
        made.close()
