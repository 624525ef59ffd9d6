"""What the container of docker-compose.yaml runs, without one: Superset with its own tables in Postgres."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg2
import pytest
import requests
from tests.dashboards.test_assets import dashboards

from rasad.settings import ROOT
from rasad.warehouse.roles import READER
from rasad_airflow import processes
from rasad_airflow.dashboards import PYTHON, superset_environment

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(900)]


@dataclass
class Superset:
    """One that was started by docker/dashboards.sh, and somebody who is logged in."""

    url: str
    session: requests.Session

    def ask(self, path: str) -> requests.Response:
        return self.session.get(f"{self.url}{path}", timeout=60)


@pytest.fixture(scope="module")
def superset(postgres, loaded, tmp_path_factory, free_port) -> Iterator[Superset]:
    if not PYTHON.exists():
        pytest.skip("no Superset here: make test-slow installs it")
    with contextlib.closing(psycopg2.connect(postgres.dsn("postgres"))) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("CREATE DATABASE superset TEMPLATE template0")
    home, port = tmp_path_factory.mktemp("container"), free_port()
    database = urlsplit(loaded.dsn).path.removeprefix("/")
    env = superset_environment(home, postgres.dsn(database, READER), os.environ)
    password = env["RASAD_DASHBOARDS_PASSWORD"]
    env |= {
        "PATH": f"{PYTHON.parent}:/usr/bin:/bin",
        "RASAD_DASHBOARDS_METADATA": postgres.dsn("superset").replace("postgresql://", "postgresql+psycopg2://", 1),
        "RASAD_DASHBOARDS_LISTEN": f"127.0.0.1:{port}",
    }
    running = processes.start("superset", ["docker/dashboards.sh"], env, ROOT, home / "logs", home / "run")
    url, session = f"http://127.0.0.1:{port}", requests.Session()
    deadline = time.monotonic() + 400
    while True:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if session.get(f"{url}/health", timeout=30).ok:
                break
        assert running.process.poll() is None, running.tail(40)
        assert time.monotonic() < deadline, running.tail(40)
        time.sleep(1)
    told = session.post(
        f"{url}/api/v1/security/login",
        json={"username": env["RASAD_DASHBOARDS_USER"], "password": password, "provider": "db"},
        timeout=60,
    ).json()
    session.headers["Authorization"] = f"Bearer {told['access_token']}"
    token = session.get(f"{url}/api/v1/security/csrf_token/", timeout=60).json()["result"]
    session.headers["X-CSRFToken"] = token
    session.headers["Referer"] = url
    yield Superset(url, session)
    processes.end([running])


def test_the_dashboards_are_there(superset: Superset) -> None:
    listed = superset.ask("/api/v1/dashboard/").json()["result"]
    assert {one["slug"] for one in listed} == set(dashboards)


def test_whoever_may_ask_anything_can_change_nothing_and_sees_only_the_marts(superset: Superset) -> None:
    (database,) = superset.ask("/api/v1/database/").json()["result"]

    def run(query: str) -> requests.Response:
        asked = {"database_id": database["id"], "sql": query, "schema": "mart", "runAsync": False}
        return superset.session.post(f"{superset.url}/api/v1/sqllab/execute/", json=asked, timeout=60)

    read = run("SELECT count(*) AS n FROM mart.articles")
    assert read.status_code == 200, read.text
    assert read.json()["data"][0]["n"] > 0
    for query in (
        "DELETE FROM mart.articles",
        "CREATE TABLE mart.mine (n int)",
        "UPDATE news.article SET url = 'x'",
        "SELECT * FROM news.article",
        "WITH gone AS (DELETE FROM news.article RETURNING 1) SELECT * FROM gone",
        "SELECT pg_read_file('/etc/passwd')",
    ):
        refused = run(query)
        assert refused.status_code >= 400, query
        assert "root:" not in refused.text
