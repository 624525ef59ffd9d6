"""A quality check as a task: a file of sql/checks, whose rows are faults."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from airflow.providers.common.sql.operators.sql import SQLCheckResult, SQLExecuteQueryOperator

from rasad.stages.plan import PlanError
from rasad.warehouse import checks
from rasad.warehouse.checks import Check, Faults
from rasad_airflow import house, notifiers

_OPTIONS = f"-c TimeZone=UTC -c default_transaction_read_only=on -c statement_timeout={checks.TIMEOUT_MS}"


class NoFaults(SQLExecuteQueryOperator):
    """Fails if the check's query returns rows: names them in its log, and tells the operators what is new of it.

    It reads and nothing else, so that what is published stays as it is. Rows are no reason to try again.
    """

    def __init__(self, *, check: Check, **kwargs: Any) -> None:
        super().__init__(
            sql=check.query,
            handler=checks.fetched,
            conn_id=house.CONNECTION,
            hook_params={"options": _OPTIONS},
            split_statements=False,
            retry_on_failure=False,
            doc_md=f"{check.what}\n\n*{check.why}*\n\n**When it is red:** {check.do}",
            **kwargs,
        )
        self.check = check

    def execute(self, context: Any) -> int:
        """Returns how many faults: none. Raises AirflowFailException, PlanError for a day that is none."""
        chosen = context["params"]
        try:
            days = checks.window(chosen.get("since"), chosen.get("until"), datetime.now(timezone.utc).date())
        except ValueError as error:
            raise PlanError(f"since or until is no day: {error}") from None
        self.parameters = days
        found: Faults = super().execute(context)
        self.check_results = [
            SQLCheckResult(self.check.name, "faults", not found, expected="0", actual=str(len(found.rows)))
        ]
        self._report(found)
        if found:
            for line in checks.lines(found.rows):
                self.log.error("%s", line)
            self._raise_exception(f"{self.check.name}: {found.count}. {self.check.do}")
        return 0

    def _report(self, found: Faults) -> None:
        """To the operators. That they cannot be told does not hide what was found."""
        rows = {source: "\n".join([*checks.lines(some), self.check.do]) for source, some in found.by_source().items()}
        try:
            notifiers.report("check", self.check.name, rows, self.check.what, len(found.rows))
        except notifiers.NotToldError as error:
            self.log.error("nobody is told: %s", error)
