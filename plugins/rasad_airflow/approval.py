"""A person's word before large work: small work passes by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

PATIENCE = timedelta(days=7)  # no answer for so long is a no


class LargeWork(ApprovalOperator):
    """Waits for a person where the XCom `estimate` of the task before says `large`; its `text` is what they read.

    Small work goes on at once. A no, or none within `PATIENCE`, skips all that comes behind.
    """

    def __init__(self, *, plan: str, **kwargs: Any) -> None:
        super().__init__(
            body="{{ ti.xcom_pull(task_ids='" + plan + "', key='estimate')['text'] }}",
            defaults=self.REJECT,
            response_timeout=PATIENCE,
            ignore_downstream_trigger_rules=True,
            **kwargs,
        )
        self.plan = plan

    def execute(self, context: Any) -> Any:
        """Ask, or go on."""
        estimate = context["ti"].xcom_pull(task_ids=self.plan, key="estimate")
        if estimate["large"]:
            return super().execute(context)
        self.log.info("%s: small enough to go on without asking", estimate["text"])
        return None
