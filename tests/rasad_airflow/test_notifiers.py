"""Who is told, and how: by mail and by webhook, by senders that fail or die."""

from __future__ import annotations

import json
import signal
import threading
from datetime import datetime, timezone

import pytest
from tests.rasad_airflow.conftest import DESK, HOOK, SECRET

from rasad.warehouse import alerts
from rasad.warehouse.connection import connect

pytestmark = [pytest.mark.airflow, pytest.mark.postgres]

HOSTILE = "\u202eعنوان <script>alert(1)</script> {{ 7*7 }}\r\nBcc: all@example.org"
TELL = "import os; from rasad_airflow import notifiers; print(notifiers.tell(os.environ['RASAD_WAREHOUSE']))"


@pytest.fixture
def raised(warehouse):
    """One alert about a hostile name, for the desk and the webhook."""
    now = datetime.now(timezone.utc)
    row = {"list": "desk", "rule": "x", "kind": "phrase", "subject": "x", "words": HOSTILE, "measure": "articles",
           "value": 5, "threshold": 3, "raised_at": now, "seen_at": now}  # fmt: skip
    with connect(warehouse) as link, link.cursor() as cursor:
        alerts._raise(cursor, row, [DESK, HOOK])
    return warehouse


def unsent(dsn):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT address, problem FROM news.alert_delivery WHERE sent_at IS NULL ORDER BY address")
        return dict(cursor.fetchall())


def test_mail_and_webhook_are_told_once_and_nothing_of_a_page_runs(raised, run, mails, hook):
    status, said = run(f"{TELL}; {TELL.split(';')[-1]}")
    assert status == 0, said
    assert f"{{'told': {{'{DESK}': 1, '{HOOK}': 1}}, 'untold': {{}}}}" in said
    assert "{'told': {}, 'untold': {}}" in said
    ((to, mail),) = mails.got
    assert to == [DESK]
    assert (mail["From"], mail["To"], mail["Bcc"]) == ("rasad@example.org", DESK, None)
    assert mail["Subject"].startswith("رصد: عبارة: عنوان <script>")
    assert mail["Auto-Submitted"] == "auto-generated"
    page = mail.get_body(("html",)).get_content()
    assert '<html lang="ar" dir="rtl">' in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "{{ 7*7 }}" in page  # no template
    ((path, headers, body),) = hook.got
    assert path == f"/services/{SECRET}"
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert len(headers["Idempotency-Key"]) == 32
    assert "عبارة".encode() in body  # as UTF-8, not as escapes
    assert json.loads(body)["alerts"][0]["name_ar"] == HOSTILE
    assert unsent(raised) == {}


def test_a_server_that_fails_is_asked_again_with_the_same_key(raised, run, hook):
    hook.statuses = [503, 500]
    status, said = run(TELL)
    assert status == 0, said
    assert len(hook.got) == 3
    assert len({headers["Idempotency-Key"] for _, headers, _ in hook.got}) == 1
    assert unsent(raised) == {}


def test_who_cannot_be_told_stands_there_with_the_reason_and_the_others_are_told(raised, house, run, mails, hook):
    hook.statuses = [302]
    status, said = run(TELL, AIRFLOW_CONN_RASAD_SMTP=house["AIRFLOW_CONN_RASAD_SMTP"].replace(str(mails.port), "9"))
    assert status == 1
    assert "NotToldError" in said.splitlines()[-1]
    assert SECRET not in said
    assert "t0ken" not in said
    problems = unsent(raised)
    assert problems[HOOK] == "NotToldError: connection rasad_webhook: answered 302"
    assert "no mail to desk@example.org: ConnectionRefusedError" in problems[DESK]
    status, said = run(TELL, without=["AIRFLOW_CONN_RASAD_WEBHOOK"])  # mail is back, and the webhook was taken away
    assert status == 0, said
    assert "rasad_webhook is not told: no Airflow connection is called 'rasad_webhook'" in said
    assert len(mails.got) == 1
    assert set(unsent(raised)) == {HOOK}


def test_a_sender_that_is_killed_sends_again_and_says_that_it_is_the_same(raised, house, start, run, hook):
    hook.hold = threading.Event()
    sender = start(TELL, **house)
    hook.asked.get(timeout=120)
    sender.send_signal(signal.SIGKILL)
    sender.communicate(timeout=60)
    hook.hold.set()
    hook.hold = None
    with connect(raised) as link, link.cursor() as cursor:
        cursor.execute("SELECT FROM news.alert_delivery FOR UPDATE")  # until the server has noticed
    status, said = run(TELL)
    assert status == 0, said
    (_, first, body), (_, second, again) = hook.got
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert json.loads(body)["alerts"][0]["id"] == json.loads(again)["alerts"][0]["id"]
    assert unsent(raised) == {}


FAILED = """
import asyncio
from types import SimpleNamespace
from rasad_airflow import defaults
for run in ("one", "two"):
    defaults.run_failed({"dag": SimpleNamespace(dag_id="ingest_news"), "run_id": run, "reason": "task_failure"})
asyncio.run(defaults.deadline_missed(context={"dag_run": {"dag_id": "ingest_news", "dag_run_id": "two"}}, minutes=30))
"""


def test_operators_are_told_of_failed_and_late_runs_once(warehouse, run, mails):
    status, said = run(FAILED)
    assert status == 0, said
    subjects = [mail["Subject"] for _, mail in mails.got]
    assert subjects == ["رصد: تشغيل متعثر: ingest_news failed", "رصد: تشغيل متعثر: ingest_news is late"]
    assert "has not ended 30 minutes after it was queued" in mails.got[1][1].get_body(("html",)).get_content()


def test_operators_hear_of_a_warehouse_that_is_down(run, mails):
    status, said = run(FAILED, AIRFLOW_CONN_WAREHOUSE="postgresql://nobody@127.0.0.1:9/none")
    assert status == 0, said
    assert len(mails.got) == 3
    assert "The warehouse does not answer." in mails.got[0][1].get_body(("html",)).get_content()


def test_without_anybody_to_tell_it_is_a_line_in_the_log_and_kept(warehouse, run, mails):
    status, said = run(FAILED, RASAD_OPERATORS="")
    assert status == 0, said
    assert "RASAD_OPERATORS names nobody who is to be told" in said
    assert mails.got == []
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute("SELECT rule, details FROM mart.alerts ORDER BY rule")
        assert [rule for rule, _ in cursor.fetchall()] == ["ingest_news", "ingest_news deadline"]
