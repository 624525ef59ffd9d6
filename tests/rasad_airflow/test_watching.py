"""A house that is watched: real runs of Airflow with secrets planted wherever an operator puts them, metrics received
over StatsD and OTLP, operators told of a late and of a failed run; afterwards no secret stands anywhere."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg2
import pytest
from tests.newsroom import Newsroom
from tests.rasad_airflow.conftest import DESK, Monitor

from rasad.settings import ROOT
from rasad.warehouse.roles import LOADER
from rasad_airflow import processes, supervisor
from rasad_airflow.client import AirflowApiError
from rasad_airflow.environment import Ports

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.postgres, pytest.mark.timeout(900)]

PLANTED = {what: f"Planted-{what}-S3cret" for what in ("proxy", "hook", "bearer", "mail", "feed")}
# A source that nobody reaches: what is tried and fails goes through a proxy that wants a password, with a token.
BEHIND = f"""
name_ar: خلف الوكيل
name_en: Behind the proxy
country: LB
timezone: Asia/Beirut
homepage: https://behind.example/
hosts: [behind.example]
feeds: [{{url: "https://behind.example/feed?access_token={PLANTED["feed"]}", kind: rss}}]
"""


def dags(folder: Path) -> Path:
    """The DAGs as they are, but that a run of ingest_news is late as soon as it is queued."""
    folder.mkdir()
    for path in (ROOT / "dags").glob("*.py"):
        code = path.read_text(encoding="utf-8")
        if path.stem == "ingest_news":
            assert "deadline(minutes=30)" in code
            code = code.replace("deadline(minutes=30)", "deadline(minutes=0)")
        (folder / path.name).write_text(code, encoding="utf-8")
    return folder


def environment(room: Newsroom, monitor: Monitor, mails: int, hook: int, folder: Path) -> dict[str, str]:
    hosts = [origin.removeprefix("http://") for origin in room.origins.values()]
    smtp = {"disable_ssl": True, "disable_tls": True, "from_email": "rasad@example.org", "retry_limit": 0}
    return {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags(folder)),
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(monitor.statsd),
        "RASAD_SOURCES": str(room.sources_dir),
        "RASAD_ALLOW_HOSTS": ",".join(hosts),
        "RASAD_CONTACT": "watch@example.org",
        "RASAD_OPERATORS": f"{DESK},rasad_webhook",
        "HTTPS_PROXY": f"http://rasad:{PLANTED['proxy']}@127.0.0.1:9",
        "AIRFLOW_CONN_RASAD_SMTP": json.dumps({
            "conn_type": "smtp", "host": "127.0.0.1", "port": mails, "login": "rasad", "password": PLANTED["mail"],
            "extra": smtp,
        }),
        "AIRFLOW_CONN_RASAD_WEBHOOK": json.dumps({
            "conn_type": "http", "host": f"http://127.0.0.1:{hook}/services/{PLANTED['hook']}",
            "password": PLANTED["bearer"],
        }),
    }  # fmt: skip


def told(hook, words: str) -> dict:
    """Wait until the webhook was told of it; the alert."""
    deadline = time.monotonic() + 180
    while True:
        for _, _, body in list(hook.got):
            for alert in json.loads(body)["alerts"]:
                if words in alert["name_ar"]:
                    return alert
        assert time.monotonic() < deadline, [json.loads(body)["text"] for *_, body in hook.got]
        time.sleep(0.2)


def run(place, airflow, dag_id: str, run_id: str, conf: dict) -> str:
    """Trigger a run and wait for its end: its state. The API server may answer late on a machine that is busy."""
    state = ""

    def known() -> bool:
        with contextlib.suppress(AirflowApiError):
            return airflow.dag(dag_id) is not None
        return False

    def ended() -> bool:
        nonlocal state
        if not state:
            with contextlib.suppress(AirflowApiError):  # sent, and perhaps heard: then it is refused as known
                airflow.trigger(dag_id, run_id, conf)
        with contextlib.closing(psycopg2.connect(place.server.dsn("airflow"))) as link, link.cursor() as cursor:
            cursor.execute("SELECT state FROM dag_run WHERE (dag_id, run_id) = (%s, %s)", (dag_id, run_id))
            ((state,),) = cursor.fetchall() or [("",)]
        return state in ("success", "failed")

    place.wait_for(f"{dag_id} was to be found", 180, known)
    place.wait_for(f"{dag_id} was to end", 400, ended)
    return state


def log_lines(var: Path, dag_id: str, run_id: str) -> list[dict]:
    """The log lines of a run's tasks, as Airflow wrote them."""
    folder = var / "airflow" / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}"
    return [json.loads(line) for path in folder.rglob("*.log") for line in path.read_text().splitlines()]


def test_a_watched_house_tells_monitors_and_operators_and_gives_no_secret_away(
    tmp_path, free_port, monitor, hook, mails
):
    ports = Ports(web=free_port(), postgres=free_port(), newsroom=free_port())
    var = tmp_path / "var"
    with Newsroom(sources_dir=tmp_path / "sources") as room, supervisor.house(var, ports) as place:
        (tmp_path / "sources" / "behind.yaml").write_text(BEHIND, encoding="utf-8")
        own = environment(room, monitor, mails.port, hook.port, tmp_path / "dags")
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("RASAD", "AIRFLOW", "OTEL"))}
        try:
            airflow, full = supervisor.start_airflow(place, outside, supervisor.COMPONENTS, own)

            # A run that is late at once, and goes on to its end
            assert run(place, airflow, "ingest_news", "late", {"everything": True}) == "success"
            late = told(hook, "ingest_news is late")
            assert "run late has not ended 0 minutes after it was queued" in late["details"]
            assert monitor.counted("rasad.pages")["loaded"] > 30
            assert monitor.counted("rasad.pages")["gone"] >= 1
            assert monitor.counted("rasad.facts").keys() >= {"entity", "date", "quantity", "quote", "keyphrase"}
            assert monitor.counted("rasad.articles")[""] > 30
            assert any(line.startswith("airflow.rasad.answer:") and line.endswith("|ms") for line in monitor.lines)
            gauges = [line for line in monitor.lines if line.endswith("|g")]
            assert any(line.startswith("airflow.rasad.due.pages:") for line in gauges)
            assert any(line.startswith("airflow.rasad.sources.failing:") for line in gauges)

            # Its lines say whose they are, and the one that failed says why, without its token
            lines = log_lines(var, "ingest_news", "late")
            assert {"minbar", "sada"} <= {line["source"] for line in lines if "source" in line}
            settled = [line for line in lines if line.get("logger") in ("rasad.stages.fetch", "rasad.stages.clean")]
            assert settled
            assert all(line["run_id"] == "late" and line["source"] and line["page"] for line in settled)
            assert any("behind.example/feed?access_token=***" in json.dumps(line) for line in lines)

            # A run that fails
            assert run(place, airflow, "backfill_archive", "failing", {"files": ["/nowhere.warc.gz"]}) == "failed"
            assert "run failing" in told(hook, "backfill_archive failed")["details"]
            assert {mail["Subject"] for _, mail in mails.got} >= {"رصد: تشغيل متعثر: backfill_archive failed"}

            # The same figures over OpenTelemetry
            scheduler = next(one for one in place.running if one.name == "scheduler")
            processes.end([scheduler])
            place.running.remove(scheduler)
            place.start("scheduler", [sys.executable, "-m", *supervisor.COMPONENTS["scheduler"]], full | {
                "AIRFLOW__METRICS__STATSD_ON": "False",
                "AIRFLOW__METRICS__OTEL_ON": "True",
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{monitor.otlp}",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
            })  # fmt: skip
            by_hand = {"addresses": [room.url("minbar/taza-earthquake")], "again": True}
            assert run(place, airflow, "ingest_urls", "by-hand", by_hand) == "success"
            assert run(place, airflow, "ingest_news", "again", {"sources": ["minbar"]}) == "success"
            found = {(name, *tags.values()): (value, how) for name, tags, value, how in monitor.points}
            assert found["airflow.rasad.pages", "loaded"] == (1, 1)  # of the one page; 1: delta
            assert found["airflow.rasad.sources", "failing"][0] >= 0
            assert ("airflow.rasad.due.pages",) in found

            look_for_secrets(place, full, var)
        finally:
            place.end()
            place.server.remove()


def look_for_secrets(place, env: dict[str, str], var: Path) -> None:
    """In what the command line says, in log and landing files, and in each row of both databases."""
    secrets = dict(PLANTED)
    kept = json.loads((var / "secrets.json").read_text()) | json.loads((var / "airflow/passwords.json").read_text())
    secrets |= kept
    for database, role in (("warehouse", LOADER), ("airflow", None)):
        dsn = place.server.dsn(database, role) if role else place.server.dsn(database)
        secrets[f"password of {database}"] = unquote(urlsplit(dsn).password or "")
    assert all(len(secret) > 8 for secret in secrets.values())

    def look(where: str, text: str) -> None:
        for name, secret in secrets.items():
            for spelled in {secret, quote(secret, safe=""), secret.encode().hex()}:
                assert spelled not in text, (
                    f"{name} stands in {where}: …{text[max(0, text.index(spelled) - 300) :][:600]}"
                )

    for words in (["stage", "discover", "--source", "behind"], ["stage", "discover", "--source", "minbar"], ["health"]):
        done = subprocess.run(
            [sys.executable, "-m", "rasad", *words], env=env | {"RASAD_LOG": "json"}, capture_output=True, text=True
        )
        look(" ".join(words), done.stdout + done.stderr)
        assert (done.returncode == 2) == ("behind" in words), done.stderr
    files = [path for name in ("airflow/logs", "logs", "landing") for path in (var / name).rglob("*") if path.is_file()]
    assert len(files) > 50
    for path in files:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        # An address that is asked for holds what its source file gave it.
        look(str(path), data.decode("utf-8", "replace"))
    rows = 0
    for database in ("airflow", "warehouse"):
        with contextlib.closing(psycopg2.connect(place.server.dsn(database))) as link, link.cursor() as cursor:
            cursor.execute(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
                "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"SELECT t::text FROM {table} t")
                for (row,) in cursor:
                    rows += 1
                    if table != "news.feed":  # whose address is what is asked for
                        look(f"{database} {table}", row)
            cursor.execute("SELECT count(*) FROM xcom" if database == "airflow" else "SELECT count(*) FROM news.fact")
            assert cursor.fetchone()[0] > 20
    assert rows > 1000
