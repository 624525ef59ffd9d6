"""
### Look whether the warehouse is right

**Reads** the articles, facts, roll-ups and ledger of the last 7 days (or *since* to *until*), each file of
`sql/checks` in a task of its own: spans match the text, nothing is orphaned, roll-ups equal the facts, dates are
plausible, sources are fresh, every page is accounted for. **Writes** nothing but what it reports: `mart.alerts`.

**Runs** hourly. Nothing waits for it: what is published stays published.

**When a task is red**, its rows are at fault: its log names them, and its last line says what to do (docs/operations.md
has it for each check). Operators are told once, until it was well again. Mended, clear the task or wait an hour.
"""

from datetime import datetime, timezone

from airflow.sdk import Param, dag

from rasad.warehouse import checks
from rasad_airflow.defaults import TASK, WAREHOUSE, deadline, run_failed
from rasad_airflow.quality import NoFaults


def day(title: str, description: str) -> Param:
    return Param(None, type=["null", "string"], format="date", title=title, description=description)


@dag(
    schedule="41 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=TASK,
    on_failure_callback=run_failed,
    deadline=deadline(minutes=60),
    tags=["rasad", "quality"],
    doc_md=__doc__,
    params={
        "since": day("Since · من تاريخ", "First day to check; empty: a week before the last. أول يوم يُفحص"),
        "until": day("Until · إلى تاريخ", "Last day to check; empty: today. آخر يوم يُفحص"),
    },
)
def check_warehouse():
    for check in checks.read().values():
        NoFaults(task_id=check.name, check=check, pool=WAREHOUSE)


check_warehouse()
