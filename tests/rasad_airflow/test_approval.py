"""Large work waits for a person, small work does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from rasad.settings import ROOT
from rasad.stages import backfill

pytestmark = pytest.mark.airflow

# In a process of its own: importing Airflow sets up logging and a home folder, which no other test should see.
_TRY = """
import json, sys
from airflow.providers.standard.operators import hitl
from airflow.sdk.exceptions import TaskAwaitingInput
from rasad_airflow.approval import LargeWork

asked = []
hitl.upsert_hitl_detail = lambda **what: asked.append(what)  # tells Airflow's database, which is not there

class Instance:
    id = "1"
    def __init__(self, estimate): self.estimate = estimate
    def xcom_pull(self, task_ids, key): return self.estimate if (task_ids, key) == ("plan", "estimate") else None

out = []
for large in (False, True):
    instance = Instance({"large": large, "text": "so many pages"})
    operator = LargeWork(task_id="approve", plan="plan", subject="go on?")
    operator.render_template_fields({"ti": instance})
    try:
        operator.execute({"ti": instance, "task_instance": instance})
        out.append("went on")
    except TaskAwaitingInput as wait:
        out.append(["waits", wait.timeout.days, asked[0]["body"], asked[0]["defaults"]])
print(json.dumps(out))
"""


def test_large_work_waits_for_a_person_and_a_silence_is_a_no(tmp_path):
    env = os.environ | {"AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "plugins")}
    done = subprocess.run([sys.executable, "-c", _TRY], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    went_on, waits = json.loads(done.stdout.splitlines()[-1])
    assert went_on == "went on"
    assert waits == ["waits", 7, "so many pages", ["Reject"]]


def test_the_estimate_counts_what_lies_here_and_what_addresses_may_bring(tmp_path):
    small = tmp_path / "a.warc.gz"
    small.write_bytes(b"x" * 40_000)
    told = backfill.estimate([{"file": str(small)}])
    assert (told["pages"], told["large"]) == (2, False)
    told = backfill.estimate([{"file": str(small)}] + [{"file": f"https://a.example/{n}.warc.gz"} for n in range(2)])
    assert told["pages"] == 100_002
    assert told["large"]
    assert told["text"] == (
        "3 files, 2.0 GB: about 100,002 pages, 1.4 hours of one worker (2 by address, counted as 1 GB each)"
    )
