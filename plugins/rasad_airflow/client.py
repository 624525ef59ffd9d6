"""Airflow's REST API, as far as the demo and the supervisor need it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

_DONE = ("success", "skipped", "failed", "upstream_failed", "removed")
_SECONDS = 10  # a slow machine that starts four processes answers late


class AirflowApiError(RuntimeError):
    """Airflow refused a request; the message says which and why."""


@dataclass
class Airflow:
    """The API of one Airflow, entered with its user and password. Loopback: no proxy of the environment is used."""

    url: str
    user: str
    password: str
    _session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._session.trust_env = False

    def health(self) -> dict[str, datetime] | None:
        """Component → its latest heartbeat, of those that are healthy; None while nobody answers."""
        try:
            answer = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=_SECONDS).json()
        except (requests.RequestException, ValueError):
            return None
        return {
            name: datetime.fromisoformat(beat.replace("Z", "+00:00"))
            for name, state in answer.items()
            if state.get("status") == "healthy" and (beat := state.get(f"latest_{name}_heartbeat"))
        }

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        return self._ask("GET", path, params=parameters)

    def make_pools(self, pools: dict[str, tuple[int, str]]) -> list[str]:
        """Make those that are missing; what an operator changed stays. Returns the names of the new ones."""
        present = {pool["name"] for pool in self.get("pools", limit=100)["pools"]}
        new = [name for name in pools if name not in present]
        for name in new:
            slots, description = pools[name]
            body = {"name": name, "slots": slots, "description": description, "include_deferred": False}
            self._ask("POST", "pools", json=body)
        return new

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """None while Airflow does not know it."""
        return self._ask("GET", f"dags/{dag_id}", missing=True) or None

    def unpause(self, dag_id: str) -> None:
        self._ask("PATCH", f"dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, run_id: str, conf: dict[str, Any]) -> None:
        self._ask("POST", f"dags/{dag_id}/dagRuns", json={"dag_run_id": run_id, "logical_date": None, "conf": conf})

    def state(self, dag_id: str, run_id: str) -> str:
        return str(self.get(f"dags/{dag_id}/dagRuns/{run_id}")["state"])

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The run's task instances, mapped ones one by one."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=100, offset=len(found))
            found += page["task_instances"]
            if not page["task_instances"] or len(found) >= page["total_entries"]:
                return found

    def _ask(self, method: str, path: str, missing: bool = False, **request: Any) -> dict[str, Any]:
        if "Authorization" not in self._session.headers:
            self._enter()
        try:
            answer = self._session.request(method, f"{self.url}/api/v2/{path}", timeout=_SECONDS, **request)
        except requests.RequestException as error:
            raise AirflowApiError(f"{method} {path}: {error}") from error
        if missing and answer.status_code == 404:
            return {}
        if not answer.ok:
            raise AirflowApiError(f"{method} {path}: Airflow answers {answer.status_code}, {answer.text[:300]}")
        return answer.json() if answer.content else {}

    def _enter(self) -> None:
        try:
            answer = self._session.post(
                f"{self.url}/auth/token", json={"username": self.user, "password": self.password}, timeout=_SECONDS
            )
        except requests.RequestException as error:
            raise AirflowApiError(f"no login at {self.url}: {error}") from error
        if not answer.ok:
            raise AirflowApiError(f"no login at {self.url} as {self.user}: {answer.status_code}, {answer.text[:300]}")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def progress(tasks: list[dict[str, Any]]) -> str:
    """How far a run is, in a line: `plan 1/1 · discover 6/6 · fetch 2/6`. A stage is a task, its group left out;
    stages stand in the order in which they began, those that did not begin do not."""
    stages: dict[str, Counter[str]] = {}
    for task in sorted(tasks, key=lambda task: task["start_date"] or "9"):
        stage = stages.setdefault(task["task_id"].rpartition(".")[2], Counter())
        stage["all"] += 1
        stage["begun"] += task["start_date"] is not None
        stage["done"] += task["state"] in _DONE
        stage["failed"] += task["state"] in ("failed", "upstream_failed")
        stage["to be tried again"] += task["state"] == "up_for_retry"
    return " · ".join(
        f"{name} {stage['done']}/{stage['all']}"
        + "".join(f" ({stage[what]} {what})" for what in ("failed", "to be tried again") if stage[what])
        for name, stage in stages.items()
        if stage["begun"]
    )
