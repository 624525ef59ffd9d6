"""A check as its task runs it: red with the rows in its log, told once, and well again."""

from __future__ import annotations

import re

import pytest

from rasad.warehouse.connection import connect

pytestmark = [pytest.mark.airflow, pytest.mark.postgres]

CHECK = """
from rasad.warehouse import checks
from rasad_airflow.quality import NoFaults
task = NoFaults(task_id="rollups_equal_facts", check=checks.read()["rollups_equal_facts"])
print("found", task.execute({"params": {"since": "2026-03-06", "until": "2026-03-10"}}))
"""


def change(dsn, sql):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def test_a_check_is_red_while_something_is_wrong_and_told_once(loaded_copy, run, mails):
    there = {"RASAD_WAREHOUSE": loaded_copy, "AIRFLOW_CONN_WAREHOUSE": loaded_copy}
    assert run(CHECK, **there)[0] == 0
    ran = "SELECT name, faults FROM mart.checks WHERE ran_at > now() - interval '10 minutes'"
    assert change(loaded_copy, ran) == [("rollups_equal_facts", 0)]
    change(loaded_copy, "UPDATE news.source_day SET texts = 77 WHERE (day, source_id) = ('2026-03-09', 'sada')")
    for _ in range(2):
        status, said = run(CHECK, **there)
        assert status == 1
        assert "AirflowFailException: rollups_equal_facts: 1 fault. Mark the days" in said.splitlines()[-1]
        assert re.search(
            r"day: 2026-03-09, source_id: sada, roll_up: source_day, rolled_up: \[\d+, 77, \d+, \d+\]", said
        )
    assert change(loaded_copy, ran) == [("rollups_equal_facts", 1)]
    ((_, mail),) = mails.got
    assert mail["Subject"].startswith("رصد: فحص جودة: صدى الخليج")
    assert ", 77, " in mail.get_body(("html",)).get_content()
    change(loaded_copy, "UPDATE news.source_day d SET texts = n FROM (SELECT count(DISTINCT text_key) AS n FROM "
                        "news.article WHERE (day, source_id) = ('2026-03-09', 'sada')) c "
                        "WHERE (d.day, d.source_id) = ('2026-03-09', 'sada')")  # fmt: skip
    status, said = run(CHECK, **there)
    assert status == 0, said
    assert change(loaded_copy, "SELECT rule, kind, source_id, standing FROM mart.alerts") == [
        ("rollups_equal_facts", "check", "sada", False)
    ]


def test_that_nobody_can_be_told_does_not_hide_what_was_found(loaded_copy, run):
    change(loaded_copy, "UPDATE news.source_day SET texts = 77 WHERE (day, source_id) = ('2026-03-09', 'sada')")
    there = {"RASAD_WAREHOUSE": loaded_copy, "AIRFLOW_CONN_WAREHOUSE": loaded_copy}
    status, said = run(CHECK, AIRFLOW_CONN_RASAD_SMTP='{"conn_type": "smtp", "host": "127.0.0.1", "port": 9}', **there)
    assert status == 1
    assert "nobody is told: no mail to desk@example.org" in said
    assert "rollups_equal_facts: 1 fault" in said.splitlines()[-1]


def test_it_can_write_nothing_and_a_day_that_is_none_is_said(loaded_copy, run):
    there = {"RASAD_WAREHOUSE": loaded_copy, "AIRFLOW_CONN_WAREHOUSE": loaded_copy}
    writes = CHECK.replace(
        'checks.read()["rollups_equal_facts"]', 'checks.Check("x", "", "", "", "DELETE FROM news.page")'
    )
    status, said = run(writes, **there)
    assert status == 1
    assert "ReadOnlySqlTransaction" in said
    status, said = run(CHECK.replace("2026-03-06", "March"), **there)
    assert status == 1
    assert "PlanError: since or until is no day" in said
