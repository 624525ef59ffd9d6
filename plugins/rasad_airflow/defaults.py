"""What all DAGs share: owner, retries, pools, the deadline, labels of mapped rows."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import (
    AsyncCallback,
    DeadlineAlert,
    DeadlineReference,
    ExceptionRetryPolicy,
    RetryRule,
    get_current_context,
)
from airflow.sdk.definitions.retry_policy import RetryAction
from asgiref.sync import sync_to_async

from rasad import logs
from rasad_airflow import notifiers

log = logging.getLogger(__name__)
logs.guard()  # every DAG imports this, so that every task's lines are guarded

# One pool for each kind of work, so that a slow site never keeps a load waiting.
FETCH, TEXT, WAREHOUSE = "fetch", "text", "warehouse"

# What a second try cannot mend: a wrong parameter, a wrong setting, a file that is gone.
_NO_RETRY = ExceptionRetryPolicy(
    [
        RetryRule(
            exception=[
                "rasad.stages.plan.PlanError",
                "rasad.sources.SourceError",
                "rasad.sources.watchlists.WatchlistError",
                "rasad.stages.discover.SourceFailed",  # the client has tried again; the next run will, too
                "rasad.settings.SettingsError",
                "rasad.stages.landing.LandingError",
                "rasad.stages.publish.RunFailed",
            ],
            action=RetryAction.FAIL,
            reason="trying again would end the same",
        )
    ]
)

TASK: dict[str, Any] = {
    "owner": "rasad",
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    "retry_policy": _NO_RETRY,
    "execution_timeout": timedelta(minutes=15),
    # The nearer to its load, the sooner a task runs: otherwise all fetches would go before the first clean.
    "weight_rule": "upstream",
}


def run_failed(context: Any) -> None:
    """`on_failure_callback` of every DAG: the operators are told, once until it has been well for some hours."""
    dag_id, run = context["dag"].dag_id, context.get("run_id")
    log.error("%s failed: run %s, %s", dag_id, run, context.get("reason"))
    details = f"run {run}: {context.get('reason')}. The DAG's page in Airflow says what to do when it is red."
    notifiers.report("run", dag_id, {"": details}, f"{dag_id} failed")


async def deadline_missed(context: Any = None, minutes: int = 0) -> None:
    """The operators are told that a run is late; it goes on. Runs in the triggerer, whose loop nothing may hold up."""
    run = (context or {}).get("dag_run") or {}
    dag_id, run_id = run.get("dag_id", "a run"), run.get("dag_run_id")
    log.error("%s is late: run %s", dag_id, run_id)
    details = f"run {run_id} has not ended {minutes} minutes after it was queued. It goes on."
    await sync_to_async(notifiers.report)("run", f"{dag_id} deadline", {"": details}, f"{dag_id} is late")


def deadline(minutes: int) -> DeadlineAlert:
    """An alert when a run has not ended so many minutes after it was queued."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        # In seconds, which Airflow still reads: where it stored a timedelta, 3.3 clears no run (apache/airflow#70368).
        interval=minutes * 60,  # type: ignore[arg-type]
        callback=AsyncCallback(deadline_missed, kwargs={"minutes": minutes}),
    )


def label(name: str) -> None:
    """Name this row of a mapped task in the UI, where the task has `map_index_template="{{ label }}"`."""
    get_current_context()["label"] = name  # type: ignore[typeddict-unknown-key]


def about(source: str) -> None:
    """Name this row by its source, which each of its log lines then says (`run_id` Airflow has them say)."""
    label(source)
    logs.bind(source=source)


def run_id() -> str:
    """The id of the run that the current task belongs to."""
    return str(get_current_context()["dag_run"].run_id)
