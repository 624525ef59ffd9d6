"""
### Measure the days that changed

**Reads** `news.dirty_day`: the days that a load touched, whoever loaded. **Writes** roll-ups, display names, stories
and trends of those days, each day in one transaction.

**Runs** when `ingest_news` has published something, and hourly for days that were marked otherwise (a backfill by
hand); one run at a time. Nothing is added up: a day is computed anew from what stands, so a second run changes nothing.

**When it is red**, the marks of the days not measured still stand: mend the cause, clear the task.
"""

from datetime import datetime, timezone

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from rasad.stages import measure as measuring
from rasad_airflow import house
from rasad_airflow.assets import FACTS
from rasad_airflow.defaults import TASK, WAREHOUSE, deadline


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("23 * * * *", timezone="UTC"), assets=[FACTS]),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=TASK,
    deadline=deadline(minutes=60),
    tags=["rasad", "trends"],
    doc_md=__doc__,
)
def measure_trends():
    @task(pool=WAREHOUSE)
    def measure() -> dict:
        """Roll-ups and trends of every dirty day."""
        return measuring.measure(house.settings(), house.warehouse())

    measure()


measure_trends()
