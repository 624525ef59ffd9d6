"""Airflow's settings: complete, known to the Airflow that is installed, and secret where they must be."""

from __future__ import annotations

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet

from rasad.settings import ROOT, SettingsError
from rasad_airflow.environment import POOLS, Ports, airflow_environment, login

AIRFLOW_DSN = "postgresql://rasad:pw@127.0.0.1:6000/airflow"
WAREHOUSE_DSN = "postgresql://rasad:pw@127.0.0.1:6000/warehouse"


def environment(var: Path, inherited: dict[str, str] | None = None) -> dict[str, str]:
    return airflow_environment(ROOT, var, Ports(web=9000), AIRFLOW_DSN, WAREHOUSE_DSN, inherited or {})


def test_every_setting_is_one_that_this_airflow_knows(tmp_path: Path) -> None:
    """Airflow ignores a setting that was renamed or moved; here that is an error."""
    spec = importlib.util.find_spec("airflow")
    assert spec is not None
    assert spec.origin is not None
    known = yaml.safe_load((Path(spec.origin).parent / "config_templates" / "config.yml").read_text())
    ours = [name.split("__")[1:] for name in environment(tmp_path) if name.startswith("AIRFLOW__")]
    assert len(ours) > 20
    unknown = [
        f"{section}.{option}" for section, option in ours if option.lower() not in known[section.lower()]["options"]
    ]
    assert unknown == []


def test_airflow_itself_reads_them(tmp_path: Path) -> None:
    env = environment(tmp_path, dict(os.environ))
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "config", "get-value", "database", "sql_alchemy_conn"],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip().endswith("postgresql+psycopg2://rasad:pw@127.0.0.1:6000/airflow"), done.stderr


def test_what_the_tasks_get(tmp_path: Path) -> None:
    env = environment(
        tmp_path, {"RASAD_CONTACT": "editor@example.org", "PATH": "/bin", "AIRFLOW_CONN_MAIL": "smtp://x"}
    )
    assert env["RASAD_WAREHOUSE"] == env["AIRFLOW_CONN_WAREHOUSE"] == WAREHOUSE_DSN
    assert env["RASAD_LANDING"] == (tmp_path / "landing").as_uri()
    assert env["RASAD_CONTACT"] == "editor@example.org"
    assert env["AIRFLOW_CONN_MAIL"] == "smtp://x"
    assert env["PYTHONPATH"] == str(ROOT / "plugins")
    assert env["AIRFLOW__API__PORT"] == "9000"
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:9000/execution/"


def test_another_airflow_of_this_machine_has_no_say(tmp_path: Path) -> None:
    stray = {
        "AIRFLOW_HOME": "/stray",
        "AIRFLOW_CONFIG": "/stray/airflow.cfg",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": "postgresql+asyncpg://stray",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "PYTHONPATH": "/stray",
    }
    assert not [value for value in environment(tmp_path, stray).values() if "stray" in value or "Celery" in value]


def test_loopback_goes_through_no_proxy(tmp_path: Path) -> None:
    env = environment(tmp_path, {"no_proxy": "example.org", "HTTP_PROXY": "http://proxy.example"})
    assert env["no_proxy"] == "example.org,127.0.0.1,localhost"
    assert env["NO_PROXY"] == "127.0.0.1,localhost"


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = environment(tmp_path)
    assert environment(tmp_path) == first
    assert login(tmp_path) == login(tmp_path)
    for file in (tmp_path / "secrets.json", tmp_path / "airflow" / "passwords.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert environment(tmp_path / "another")["AIRFLOW__API_AUTH__JWT_SECRET"] != first["AIRFLOW__API_AUTH__JWT_SECRET"]
    Fernet(first["AIRFLOW__CORE__FERNET_KEY"]).encrypt(b"")  # raises if it were no key


def test_a_damaged_secret_is_named(tmp_path: Path) -> None:
    environment(tmp_path)
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(SettingsError, match=r"secrets\.json.*delete it"):
        environment(tmp_path)


def test_the_ports() -> None:
    assert Ports.from_env({}) == Ports(web=8080, postgres=54321, newsroom=8711)
    assert Ports.from_env({"RASAD_PORT_WEB": "9000"}).web == 9000
    with pytest.raises(SettingsError, match="RASAD_PORT_WEB='http' is no port"):
        Ports.from_env({"RASAD_PORT_WEB": "http"})


def test_a_pool_for_each_kind_of_work() -> None:
    assert set(POOLS) == {"fetch", "text", "warehouse"}
