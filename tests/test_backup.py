"""The recipe of docs/operations.md, as it stands there: what was kept comes back equal, and work goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from tests.conftest import Loaded

from rasad.settings import ROOT
from rasad.stages.measure import measure
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.embedded import Server
from rasad.warehouse.roles import LOADER, READER

SECTION = (
    (ROOT / "docs/operations.md").read_text(encoding="utf-8").split("## Backup and restore\n")[1].split("\n## ")[0]
)
EMBEDDED, KEEP, RESTORE = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)


def shell(commands: str, **variables: str | Path) -> None:
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["/bin/bash", "-euc", commands], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def databases(warehouse: str, airflow: str) -> str:
    return f"\nexport WAREHOUSE='{warehouse}' AIRFLOW='{airflow}'\n"


@pytest.mark.postgres
def test_what_was_kept_comes_back(loaded: Loaded, postgres: Server, new_database, tmp_path: Path) -> None:
    airflow, empty, empty_airflow = new_database("template0"), new_database("template0"), new_database("template0")
    with connect(airflow) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE dag_run (n int); INSERT INTO dag_run VALUES (1)")
    old, new = tmp_path / "old", tmp_path / "new"
    for path, text in {"airflow/secrets.json": "{}", "airflow/logs/a": "log", "pg/data/PG_VERSION": "18"}.items():
        (old / path).parent.mkdir(parents=True)
        (old / path).write_text(text)
    new.mkdir()
    finding = f"RASAD_VAR='{postgres.var}'\nexport RASAD_VAR\n{EMBEDDED}\nexport RASAD_VAR="

    shell(f"{finding}'{old}'{databases(loaded.dsn, airflow)}{KEEP}", BACKUP=tmp_path / "kept")
    shell(f"{finding}'{new}'{databases(empty, empty_airflow)}{RESTORE}", BACKUP=tmp_path / "kept")

    assert dump(empty) == dump(loaded.dsn)
    assert [str(path.relative_to(new)) for path in sorted(new.rglob("*")) if path.is_file()] == ["airflow/secrets.json"]
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    with connect(empty_airflow) as link, link.cursor() as cursor:
        cursor.execute("SELECT n FROM dag_run")
        assert cursor.fetchall() == [(1,)]
    name = empty.rpartition("/")[2]
    with connect(empty) as link, link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.dirty_day SELECT DISTINCT day, 'restored' FROM news.article WHERE day IS NOT NULL"
        )
    measure(loaded.settings, postgres.dsn(name, LOADER))
    with connect(postgres.dsn(name, READER)) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) > 10 FROM mart.articles")
        assert cursor.fetchone() == (True,)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT FROM news.article")
