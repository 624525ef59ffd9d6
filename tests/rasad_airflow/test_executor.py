"""The executor: its processes are killed while they wait for work, and work goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from rasad.settings import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.airflow]

# Work that cannot be run is taken all the same, and comes back as failed.
_RUN = """
import importlib, json, os, signal, sys, time
from types import SimpleNamespace

import psutil
module = importlib.import_module(sys.argv[1])

executor = module.LocalExecutor(parallelism=3)
executor.patience = 1.0
executor.start()

def work(key):
    executor.queued_tasks[key] = one = SimpleNamespace(
        key=key, display_name=key, running_state=None, success_state="success", failure_state="failed")
    executor._process_workloads([one])

def done(key, seconds):
    found, deadline = set(), time.monotonic() + seconds
    while key not in found and time.monotonic() < deadline:
        executor._check_workers()
        while not executor.result_queue.empty():
            found.add(executor.result_queue.get()[0])
        time.sleep(0.1)
    return key in found

# Pickled by its module's name, as everything that goes to another process.
found = {}
work("before")
found["before"] = done("before", 60)
time.sleep(1)  # until all of them wait again, one of them with the lock
for pid in list(executor.workers):
    os.kill(pid, signal.SIGKILL)
time.sleep(0.5)
executor._check_workers()
for key in ("after", "later", "last"):
    work(key)
    found[key] = done(key, float(sys.argv[2]))
print(json.dumps(found))
for process in executor.workers.values():
    process.kill()
"""


def run(module, seconds, home):
    env = os.environ | {
        "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "PYTHONPATH": str(ROOT / "plugins"),
    }  # fmt: skip
    command = [sys.executable, "-c", _RUN, module, str(seconds)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_killed_while_they_wait_for_work_they_are_replaced_and_work_goes_on(tmp_path):
    found = run("rasad_airflow.executor", 60, tmp_path)
    assert found == dict.fromkeys(("before", "after", "later", "last"), True)


def test_airflows_own_comes_to_a_stand(tmp_path):
    """Why there is one of ours: when this fails, Airflow has mended it."""
    found = run("airflow.executors.local_executor", 5, tmp_path)
    assert found == {"before": True, "after": False, "later": False, "last": False}
