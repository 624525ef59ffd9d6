"""
### Load archives of the press

**Reads** WARC files of any make (ours, Common Crawl's CC-NEWS), named by path or address, one a line. **Writes**
articles and facts into the warehouse. Pages that are not Arabic are counted in the file's receipts
(`news.batch.counted`) and left out; hosts that no source claims become sources named by their host, never polled.

**Runs** by hand only: *files*, and where not everything is wanted, *since* and *until* (days of publication) and
*sources* (ids). *languages* can only be Arabic.

| task | does |
|---|---|
| `plan` | looks whether the files are there and the choice makes sense, before any work |
| `approve` | asks a person first where it is large (100,000 pages), with an estimate: *Required Actions* |
| `read` | one row a file: clean, extract and load, 200 pages a transaction |
| `publish` | says once what the run brought; skips when nothing is new |

**When a row is red**, the last line of its log says why; the other files went on. Clear it: it goes on behind the last
200 pages loaded, and nothing is loaded twice. When `plan` is red, its log names the field to correct: trigger it anew.
"""

from datetime import datetime, timedelta, timezone

from airflow.sdk import Metadata, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from rasad.stages import backfill as backfilling
from rasad_airflow import forms, house, metrics
from rasad_airflow.approval import LargeWork
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
        "files": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Files · الملفات",
            description="Whole paths or http(s) addresses of WARC files, one a line. مسارات الملفات أو عناوينها",
        ),
        **forms.days(),
        "sources": forms.sources(
            "Only articles of these; empty: all, also those that no file describes. مقالات هذه المصادر وحدها"
        ),
        "languages": Param(
            ["ar"],
            type="array",
            items={"type": "string"},
            title="Languages · اللغات",
            description="ar, the one in which facts are found. العربية وحدها",
        ),
    },
)
def backfill_archive():
    @task(pool=WAREHOUSE)
    def plan() -> list[dict]:
        """Look whether the files are there and the choice makes sense."""
        context = get_current_context()
        works = backfilling.plan_files(house.settings(), context["params"])
        context["ti"].xcom_push("estimate", backfilling.estimate(works))
        return works

    @task(pool=TEXT, map_index_template="{{ label }}", execution_timeout=timedelta(hours=12))
    def read(work: dict) -> dict:
        """One file through clean, extract and load."""
        label(work["file"].rsplit("/", 1)[-1])
        return backfilling.read_file(house.settings(), house.warehouse(), work)

    @task(trigger_rule="all_done", outlets=[FACTS])
    def publish(done: list[dict]):
        """Say once what the run brought."""
        counts = metrics.loaded(backfilling.counts(done or ()))
        if not counts["facts"]:
            raise AirflowSkipException(f"nothing is new: {counts}")
        yield Metadata(FACTS, counts)

    works = plan()
    approve = LargeWork(task_id="approve", plan="plan", subject="A large backfill: go on? · تحميل كبير: هل نبدأ؟")
    done = read.expand(work=works)
    works >> approve >> done
    publish(done)


backfill_archive()
