"""
### Read these articles now

**Reads** the addresses that you give, or a text that you paste. **Writes** the articles and their facts into the
warehouse like any others; with *dry run* it writes nothing and says what it would find.

**By hand only.** *Addresses*: one a line, 100 at most, any publisher's; each host is asked no faster than always, and
robots.txt counts. Or paste *text* with *title* and *date*: nothing is fetched then, and one address, if you give it, is
the article's own. *Source*: whose article it is, where the address does not tell. *Fetch again*: also what was read
before.

| task | does |
|---|---|
| `plan` | looks whether what you gave makes sense, before any work |
| `read` | one row a source: fetch, clean, extract, load |
| `report` | what became of each address, with the reason |
| `publish` | says once what the run brought; skips when nothing was loaded |

**The result** stands in the log and the XCom of `report`, and in `mart.by_hand`. An address that led to no article is
no error: its reason says why. **When `plan` is red**, the last line of its log names the field to correct:
trigger it anew. A red row of `read` may be cleared: what was loaded is not loaded twice.

---
**اقرأ هذه المقالات الآن**: ألصق عناوين المقالات (عنوان في كل سطر)، أو نص مقال مع عنوانه وتاريخه، ثم اضغط Trigger.
تجد ما استُخرج من كل مقال، أو سبب عدم قراءته، في سجل المهمة `report`.
"""

from datetime import datetime, timezone

from airflow.sdk import Metadata, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from rasad.stages import by_hand
from rasad_airflow import forms, house, metrics
from rasad_airflow.assets import FACTS
from rasad_airflow.defaults import FETCH, TASK, WAREHOUSE, about, deadline, run_failed, run_id


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=4,
    default_args=TASK,
    on_failure_callback=run_failed,
    deadline=deadline(minutes=30),
    tags=["rasad", "ingest"],
    doc_md=__doc__,
    params={
        "addresses": Param(
            None,
            type=["null", "array"],
            items={"type": "string", "maxLength": 4000},
            maxItems=by_hand.MOST_ADDRESSES,
            title="Addresses · العناوين",
            description="Of articles, one a line. عناوين المقالات، واحد في كل سطر",
        ),
        "text": Param(
            None,
            type=["null", "string"],
            format="multiline",
            maxLength=by_hand.MOST_TEXT,
            title="Text · النص",
            description="Of one article, instead of fetching it. نص مقال واحد بدلا من جلبه",
        ),
        "title": Param(
            None,
            type=["null", "string"],
            maxLength=1000,
            title="Title · العنوان الرئيسي",
            description="Of the pasted text. عنوان النص الملصق",
        ),
        "published": Param(
            None,
            type=["null", "string"],
            maxLength=100,
            title="Published · تاريخ النشر",
            description="Of the pasted text, as 2026-03-10 or 2026-03-10T18:30. تاريخ نشر النص الملصق",
        ),
        "source": forms.source(
            "Whose article it is, where the address does not tell. صاحب المقال إن لم يدل عليه العنوان"
        ),
        "again": Param(
            False,
            type="boolean",
            title="Fetch again · أعد الجلب",
            description="Also what was read before. حتى ما قُرئ من قبل",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run · تجربة",
            description="Show what is found and load nothing. اعرض ما يُستخرج من دون تحميله",
        ),
    },
)
def ingest_urls():
    @task(pool=WAREHOUSE)
    def plan() -> list[dict]:
        """Look whether what was given makes sense; one row a source."""
        return by_hand.plan(house.settings(), house.warehouse(), run_id(), get_current_context()["params"])

    @task(pool=FETCH, map_index_template="{{ label }}")
    def read(work: dict) -> list[dict]:
        """Fetch, clean, extract and load."""
        about(work["source"])
        params = get_current_context()["params"]
        return by_hand.read(house.settings(), house.warehouse(), run_id(), work, params)

    @task(trigger_rule="all_done")
    def report(done: list[list[dict]]) -> list[dict]:
        """What became of each address, with the reason: in the log and as XCom."""
        return by_hand.report(done or ())

    @task(outlets=[FACTS])
    def publish(results: list[dict]):
        """Say once what the run brought."""
        counts = metrics.loaded(by_hand.outcomes(results))
        if not counts["outcomes"].get("loaded"):
            raise AirflowSkipException(f"nothing was loaded: {counts}")
        yield Metadata(FACTS, counts)

    publish(report(read.expand(work=plan())))


ingest_urls()
