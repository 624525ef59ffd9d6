"""How a run's progress is told. The requests themselves are tested against a real Airflow, in test_supervisor."""

from __future__ import annotations

from typing import Any

from rasad_airflow.client import Airflow, progress


def task(task_id: str, state: str | None, start: str | None) -> dict[str, Any]:
    return {"task_id": task_id, "state": state, "start_date": start}


def test_stages_stand_in_the_order_in_which_they_began() -> None:
    tasks = [
        task("publish", None, None),
        task("source.fetch", "success", "2026-03-01T00:00:04Z"),
        task("source.fetch", "running", "2026-03-01T00:00:05Z"),
        task("plan", "success", "2026-03-01T00:00:01Z"),
        task("source.discover", "success", "2026-03-01T00:00:02Z"),
        task("source.discover", "success", "2026-03-01T00:00:03Z"),
    ]
    assert progress(tasks) == "plan 1/1 · discover 2/2 · fetch 1/2"


def test_what_went_wrong_is_told() -> None:
    tasks = [task("source.load", state, "2026-03-01T00:00:01Z") for state in ("failed", "up_for_retry", "skipped")]
    assert progress(tasks) == "load 2/3 (1 failed) (1 to be tried again)"
    assert progress([]) == ""


def test_nobody_answers(free_port: Any) -> None:
    assert Airflow(f"http://127.0.0.1:{free_port()}", "rasad", "").health() is None
