"""kill -9 of the running load and of Postgres at random moments, then again: as if nothing had been."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.pipeline import STAGES, environment, ingest, settings_of, step

from rasad.settings import ROOT
from rasad.stages import measure, plan
from rasad.warehouse.dump import dump
from rasad.warehouse.embedded import Server
from rasad.warehouse.migrate import migrate

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

KILLS = 10
TRIES = 20


@pytest.fixture
def server(tmp_path_factory, free_port):
    """A Postgres of this test's own, which it may kill."""
    server = Server(tmp_path_factory.mktemp("killed"), free_port())
    server.start()
    yield server
    server.remove()


def start_load(settings, dsn, work):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline", "load", json.dumps(work)],
        env=environment(settings, dsn), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def kill_postgres(server):
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    processes = [*postmaster.children(recursive=True), postmaster]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(processes, 10)
    assert not alive


def test_ten_kills_leave_no_trace(room, tmp_path, warehouse, server):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # shown where the test fails
    dice = random.Random(seed)

    calm = settings_of(room, tmp_path / "calm")
    ingest(calm, warehouse, "run")

    stormy = settings_of(room, tmp_path / "stormy")
    dsn = server.dsn("warehouse")
    migrate(dsn)
    ready = []
    for work in plan.plan(stormy, dsn, "run", everything=True):
        for stage in STAGES[:-1]:
            work = step(stormy, dsn, stage, work)
        ready.append(work)

    begun = time.monotonic()
    rehearsal = start_load(stormy, dsn, ready[0])
    assert rehearsal.wait(60) == 0, rehearsal.stderr.read()
    duration = time.monotonic() - begun  # of one load in a process: a kill falls somewhere within it

    kills = 0
    while kills < KILLS:
        work = ready[1 + kills % (len(ready) - 1)]
        for _ in range(TRIES):
            load = start_load(stormy, dsn, work)
            if kills < KILLS:
                time.sleep(dice.uniform(0.3, 1.0) * duration)
                if dice.random() < 0.5:
                    load.kill()
                else:
                    kill_postgres(server)
                kills += 1
            load.wait(60)
            load.communicate()
            server.start()  # heals, or finds it running
            if load.returncode == 0:
                break
            if kills >= KILLS:
                continue
    for work in ready:  # whatever a kill stopped is tried again, as Airflow would
        again = start_load(stormy, dsn, work)
        assert again.wait(60) == 0, again.stderr.read()
    measure.measure(stormy, dsn)

    undisturbed, disturbed = dump(warehouse), dump(dsn)
    assert undisturbed["fact"]
    for table, rows in undisturbed.items():
        assert disturbed[table] == rows, table


def test_a_fetch_killed_half_way_is_taken_up_by_the_next_try(room, tmp_path, warehouse, another_warehouse):
    calm = settings_of(room, tmp_path / "calm")
    ingest(calm, warehouse, "run", ["sada"])

    stormy = settings_of(room, tmp_path / "stormy")
    other = another_warehouse()
    (work,) = plan.plan(stormy, other, "run", ["sada"])
    work = step(stormy, other, "discover", work)
    fetch = subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline", "fetch", json.dumps(work)],
        env=environment(stormy, other), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    before = len(room.requests)
    deadline = time.monotonic() + 30
    while len(room.requests) < before + 3 and time.monotonic() < deadline:  # until it is in the middle of its pages
        time.sleep(0.02)
    fetch.kill()
    fetch.wait(10)
    for stage in STAGES[1:]:  # the task's next try, under the same run
        work = step(stormy, other, stage, work)
    measure.measure(stormy, other)
    one, two = dump(warehouse), dump(other)
    for table in one:
        assert two[table] == one[table], table
    assert not list(Path(tmp_path / "stormy").rglob(".*.warc.gz.*"))
