"""What Airflow itself leaves behind: rows of its database, log files."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.configuration import conf

KEPT = timedelta(days=30)


def expire_airflow(dsn: str, kept: timedelta = KEPT) -> dict[str, object]:
    """Remove Airflow's rows and logs older than `kept`; returns how many log files went.

    `airflow db clean` runs in a process of its own under `dsn`, since a task has no access to the metadata
    database. Raises RuntimeError with its last line where it fails.
    """
    before = datetime.now(timezone.utc) - kept
    done = subprocess.run(  # noqa: S603 (our own interpreter, no shell)
        [sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", before.isoformat(),
         "--skip-archive", "--yes"],
        env=os.environ | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": dsn},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise RuntimeError(f"`airflow db clean` ended with {done.returncode}: {last.replace(dsn, '…')}")
    logs = Path(conf.get("logging", "base_log_folder"))
    gone = 0
    for path in logs.rglob("*"):
        if path.is_file() and path.stat().st_mtime < time.time() - kept.total_seconds():
            path.unlink(missing_ok=True)
            gone += 1
    return {"before": before.isoformat(), "log_files": gone}
