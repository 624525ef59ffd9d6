"""
### Measure the days that changed, and say what is to be heard of

**Reads** `news.dirty_day`: the days that a load touched, whoever loaded. **Writes** roll-ups, display names, stories
and trends of those days, each day in one transaction; then the alerts of the watchlists (`RASAD_WATCHLISTS`).

| task | does |
|---|---|
| `measure` | roll-ups and trends of every day that changed |
| `alert` | raises what reached the thresholds of a watchlist in the last 48 hours, and tells whom it is for |

**Runs** when `ingest_news` has published something, and hourly for days that were marked otherwise (a backfill by
hand); one run at a time. Nothing is added up: a day is computed anew from what stands, so a second run changes nothing.

**When `measure` is red**, the marks of the days not measured still stand: mend the cause, clear the task. **When
`alert` is red**, a watchlist cannot be read (its log names file and line), or somebody could not be told (it says
whom): mend it and clear the task. Nothing is raised twice, and for 48 hours nothing is lost.
"""

from datetime import datetime, timezone

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from rasad.stages import alert as alerting
from rasad.stages import measure as measuring
from rasad_airflow import house, notifiers
from rasad_airflow.assets import FACTS
from rasad_airflow.defaults import TASK, WAREHOUSE, deadline, run_failed


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("23 * * * *", timezone="UTC"), assets=[FACTS]),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=TASK,
    on_failure_callback=run_failed,
    deadline=deadline(minutes=60),
    tags=["rasad", "trends"],
    doc_md=__doc__,
)
def measure_trends():
    @task(pool=WAREHOUSE)
    def measure() -> dict:
        """Roll-ups and trends of every dirty day."""
        return measuring.measure(house.settings(), house.warehouse())

    @task(pool=WAREHOUSE)
    def alert() -> dict:
        """Raise what the watchlists ask for, and tell whom it is for."""
        found = alerting.alert(house.settings(), house.warehouse())
        return found | notifiers.tell(house.warehouse())

    measure() >> alert()


measure_trends()
