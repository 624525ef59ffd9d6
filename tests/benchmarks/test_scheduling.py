"""The scheduler that hands out tasks to nobody: each task of the run is handed out, and none twice."""

from __future__ import annotations

import pytest
from benchmarks.scheduling import STAGES, Handed

from benchmarks import scheduling
from rasad_airflow.environment import Ports


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.postgres
def test_all_tasks_of_a_run_are_handed_out(tmp_path, free_port):
    ports = Ports(web=free_port(), postgres=free_port(), newsroom=free_port())
    found = list(scheduling.handed(tmp_path / "var", ports, [2, 3]))
    assert [one.tasks for one in found] == [2 * len(STAGES), 3 * len(STAGES)]
    assert all(one.seconds > 0 and one.scheduler_cpu > 0 for one in found)


def test_the_report(capsys):
    scheduling.print_handed(Handed(tasks=300, seconds=10.0, scheduler_cpu=6.0, server_cpu=1.5))
    shown = capsys.readouterr().out
    assert shown == "   300 tasks in   10.0 s:   30.0 a second; CPU ms a task: scheduler  20.0, Postgres   5.0\n"
