"""What tasks get of the house, in processes of their own: importing Airflow sets up a home no other test should see."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rasad.settings import ROOT

pytestmark = pytest.mark.airflow


def airflow(home: Path, code: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "RASAD_"))}
    env |= {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT / "plugins"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    return subprocess.run(
        [sys.executable, "-c", code], env=env | more, capture_output=True, text=True, timeout=120, check=False
    )


ADDRESS = "from rasad_airflow import house; print(house.warehouse())"


def test_the_address_comes_out_of_the_connection(tmp_path: Path) -> None:
    for scheme in ("postgresql", "postgres"):
        done = airflow(tmp_path, ADDRESS, AIRFLOW_CONN_WAREHOUSE=f"{scheme}://u:p%40ss@127.0.0.1:5433/warehouse")
        assert done.stdout.split()[-1] == "postgresql://u:p%40ss@127.0.0.1:5433/warehouse"


def test_a_missing_connection_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    code = f"""
from rasad.warehouse.connection import WarehouseError
try:
    {ADDRESS.replace("; ", chr(10) + "    ")}
except WarehouseError as error:
    print("said:", error)
"""
    assert airflow(tmp_path, "import airflow.utils.db as d; d.initdb()").returncode == 0
    done = airflow(tmp_path, code)
    said = [line for line in done.stdout.splitlines() if line.startswith("said:")]
    assert len(said) == 1, done.stderr[-2000:]
    assert "'warehouse'" in said[0]
    assert "AIRFLOW_CONN_WAREHOUSE" in said[0]


@pytest.mark.slow
def test_airflow_forgets_what_is_past_its_retention(tmp_path: Path) -> None:
    old = tmp_path / "logs" / "dag_id=x" / "old.log"
    new = tmp_path / "logs" / "dag_id=x" / "new.log"
    old.parent.mkdir(parents=True)
    for path in (old, new):
        path.write_text("a line\n")
    os.utime(old, (time.time() - 40 * 86400,) * 2)
    dsn = f"sqlite:///{tmp_path}/airflow.db"
    done = airflow(
        tmp_path,
        "import airflow.utils.db as d; d.initdb()\n"
        f"from rasad_airflow import housekeeping; print(housekeeping.expire_airflow({dsn!r}))",
    )
    assert "'log_files': 1" in done.stdout, done.stderr[-2000:]
    assert not old.exists()
    assert new.exists()
    done = airflow(
        tmp_path, "from rasad_airflow import housekeeping; housekeeping.expire_airflow('sqlite:////no/where.db')"
    )
    assert done.returncode == 1
    assert "`airflow db clean` ended with" in done.stderr
