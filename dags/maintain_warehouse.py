"""
### Keep the house in order

**Makes** the monthly partitions of the coming months, so that no load has to. **Cuts down** stored texts
to what `rights` in the sources' files allow now. **Removes** landing files older than
`RASAD_LANDING_DAYS` (7; the warehouse does not need them), addresses that were settled `RASAD_LEDGER_DAYS` (400) ago
and never became an article (`mart.outcome_days` counts them on), notes of runs older than 90 days, and what Airflow
itself remembers and logs beyond 30 days (connection `airflow_metadata`).

**Runs** daily at 03:17 UTC. Each task may run again at any time. **When one is red**, nothing is lost: partitions are
also made on demand, files only take room.
"""

from datetime import datetime, timezone

from airflow.sdk import dag, task

from rasad.stages import maintain as maintaining
from rasad_airflow import house, housekeeping
from rasad_airflow.defaults import TASK, WAREHOUSE, deadline, run_failed


@dag(
    schedule="17 3 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args=TASK,
    on_failure_callback=run_failed,
    deadline=deadline(minutes=120),
    tags=["rasad", "maintenance"],
    doc_md=__doc__,
)
def maintain_warehouse():
    @task(pool=WAREHOUSE)
    def make_partitions() -> dict:
        """Partitions of the coming months."""
        return maintaining.make_partitions_ahead(house.settings(), house.warehouse())

    @task(pool=WAREHOUSE)
    def enforce_rights() -> dict:
        """Texts cut down to what their sources allow now."""
        return maintaining.enforce_rights(house.settings(), house.warehouse())

    @task(pool=WAREHOUSE)
    def expire_landing() -> dict:
        """Landing files and notes of runs past their retention."""
        return maintaining.expire_landing(house.settings(), house.warehouse())

    @task(pool=WAREHOUSE)
    def expire_ledger() -> dict:
        """Addresses that never became an article, past their retention."""
        return maintaining.expire_ledger(house.settings(), house.warehouse())

    @task
    def expire_airflow() -> dict:
        """Airflow's own metadata and logs past 30 days."""
        return housekeeping.expire_airflow(house.metadata())

    make_partitions()
    enforce_rights()
    expire_landing()
    expire_ledger()
    expire_airflow()


maintain_warehouse()
