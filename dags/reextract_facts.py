"""
### Read the facts of older extractors anew

**Reads** the stored text of every article version whose facts came from an older extractor than the ones installed,
or beside another NER backend than the one set; of those whose text is not kept, their page while the landing zone has
it. **Writes** their facts, and marks their days to be measured.

**Runs** by hand, after an upgrade: with nothing chosen all of them, else *since* and *until* (days of publication)
and *sources* (ids).

| task | does |
|---|---|
| `plan` | finds the months that hold such versions, the latest first |
| `reextract` | one row a month: 200 versions a transaction |
| `publish` | says once what the run brought, and how many were left as they were; skips when nothing was older |

**When a row is red**, the last line of its log says why; the other months went on. Clear it, or trigger the DAG again:
what is read anew is not read again. When `plan` is red, its log names the field to correct: trigger it anew.
"""

from datetime import datetime, timedelta, timezone

from airflow.sdk import Metadata, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from rasad.stages import reextract as reextracting
from rasad_airflow import forms, house
from rasad_airflow.assets import FACTS
from rasad_airflow.defaults import TASK, TEXT, WAREHOUSE, deadline, label, run_failed


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=TASK,
    on_failure_callback=run_failed,
    deadline=deadline(minutes=24 * 60),
    tags=["rasad", "archive"],
    doc_md=__doc__,
    params={
        **forms.days(),
        "sources": forms.sources("Only articles of these; empty: all. مقالات هذه المصادر وحدها، وإن تُرك فكلها"),
    },
)
def reextract_facts():
    @task(pool=WAREHOUSE)
    def plan() -> list[dict]:
        """Find the months whose facts are older than their extractors."""
        return reextracting.plan_months(house.settings(), house.warehouse(), get_current_context()["params"])

    @task(pool=TEXT, map_index_template="{{ label }}", execution_timeout=timedelta(hours=12))
    def reextract(work: dict) -> dict:
        """One month's versions read anew."""
        label(work["month"][:7])
        return reextracting.reextract_month(house.settings(), house.warehouse(), work)

    @task(trigger_rule="all_done", outlets=[FACTS])
    def publish(months: list[dict], done: list[dict]):
        """Say once what the run brought."""
        counts = reextracting.counts(months, done or ())
        if not counts["versions"]:
            raise AirflowSkipException(f"nothing was read anew: {counts}")
        yield Metadata(FACTS, counts)

    months = plan()
    publish(months, reextract.expand(work=months))


reextract_facts()
