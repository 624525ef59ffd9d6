"""
### Fetch the news and load its facts

**Reads** the feeds and sitemaps of the sources that are due (YAMLs under `plugins/rasad/sources`, or the folders of
`RASAD_SOURCES`). **Writes** articles and facts into the warehouse, raw pages and batches into the landing zone.

**Runs** every 10 minutes, one run at a time, nothing made up for: feeds hold no past, so Airflow's own backfill is
refused; `backfill_archive` reads archives. By hand: the *sources* chosen are read now, due or not.

| task | does |
|---|---|
| `plan` | picks the sources that are due |
| `discover` | asks their feeds; new addresses enter the ledger |
| `fetch` | asks for the pages that are due, newest first, for at most 4 minutes; the rest stays due |
| `clean`, `extract` | pages to articles, articles to facts; no network, no database |
| `load` | one transaction a batch; the same batch again does nothing |
| `publish` | says once what the run brought; skips when nothing changed |

A row is skipped behind `fetch` where no page of its source was due.

**When a row is red**, that source failed wholly, the others went on: the last line of its log says what was tried and
what came back. Clear it to try again; whatever was not loaded is due again within the hour. `publish` is red only if
every source failed or no host answered: look at the network first. Single pages that failed are no
error: `SELECT * FROM mart.outcomes` has each with its reason.
"""

from datetime import datetime, timedelta, timezone

from airflow.sdk import Metadata, Param, dag, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowSkipException

from rasad.stages import clean as cleaning
from rasad.stages import discover as discovery
from rasad.stages import extract as extraction
from rasad.stages import fetch as fetching
from rasad.stages import load as loading
from rasad.stages import plan as planning
from rasad.stages import publish as publishing
from rasad_airflow import forms, house, metrics
from rasad_airflow.assets import FACTS
from rasad_airflow.defaults import FETCH, TASK, TEXT, WAREHOUSE, about, deadline, run_failed, run_id


@dag(
    schedule="*/10 * * * *",
    description="Fetches what is new. It holds no past: for that run backfill_archive, for single articles ingest_urls",
    allowed_run_types=["scheduled", "manual"],
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=TASK,
    on_failure_callback=run_failed,
    deadline=deadline(minutes=30),
    dagrun_timeout=timedelta(hours=2),
    tags=["rasad", "ingest"],
    doc_md=__doc__,
    params={
        "sources": forms.sources(
            "Read these now, due or not; empty: those that are due. اقرأ هذه الآن، وإن تُرك فما حان موعده", polled=True
        ),
        "everything": Param(
            False,
            type="boolean",
            title="All feeds now · كل الخلاصات الآن",
            description="Poll feeds that are not due, too. اسأل كل الخلاصات وإن لم يحن موعدها",
        ),
    },
)
def ingest_news():
    @task(pool=WAREHOUSE)
    def plan() -> list[dict]:
        """Pick the sources that are due."""
        params = get_current_context()["params"]
        return planning.plan(house.settings(), house.warehouse(), run_id(), params["sources"], params["everything"])

    @task(pool=FETCH, map_index_template="{{ label }}")
    def discover(work: dict) -> dict:
        """Ask a source's feeds; new addresses enter the ledger."""
        about(work["source"])
        return discovery.discover(house.settings(), house.warehouse(), work)

    @task(pool=FETCH, map_index_template="{{ label }}")
    def fetch(work: dict) -> dict:
        """Fetch its pages that are due, newest first, within 4 minutes."""
        about(work["source"])
        fetched = fetching.fetch(house.settings(), house.warehouse(), work, answered=metrics.answered)
        if "file" not in fetched:
            raise AirflowSkipException("no page of this source is due")
        return fetched

    @task(pool=TEXT, map_index_template="{{ label }}")
    def clean(work: dict) -> dict:
        """Pages to articles."""
        about(work["source"])
        return cleaning.clean(house.settings(), work)

    @task(pool=TEXT, map_index_template="{{ label }}")
    def extract(work: dict) -> dict:
        """Articles to facts."""
        about(work["source"])
        return extraction.extract(house.settings(), work)

    @task(pool=WAREHOUSE, map_index_template="{{ label }}")
    def load(work: dict) -> dict:
        """One transaction into the warehouse."""
        about(work["source"])
        return metrics.loaded(loading.load(house.settings(), house.warehouse(), work))

    @task(pool=WAREHOUSE, trigger_rule="all_done", outlets=[FACTS])
    def publish():
        """Say once what the run brought, and to monitors how things stand."""
        metrics.now(house.warehouse())
        outcome = publishing.publish(house.settings(), house.warehouse(), run_id())
        if not outcome.changed:
            raise AirflowSkipException(f"nothing changed: {outcome}")
        yield Metadata(FACTS, outcome.as_json())

    @task_group
    def source(work: dict):
        load(extract(clean(fetch(discover(work)))))

    source.expand(work=plan()) >> publish()


ingest_news()
