"""Every attack of the table ends in a reason or an error, within its memory and CPU time (tests/hostile/cases.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from tests.hostile import documents
from tests.hostile.cases import Case
from tests.hostile.table import CASES

from rasad.settings import ROOT

LANES = 2  # the attacks are many and short: two processes share them


def run(table: str, lanes: int = LANES) -> dict[str, dict[str, Any]]:
    """What came of each attack of a module. No thread is about in the processes that fork, and no setting of the
    developer's."""
    bare = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.cases", table, str(lane), str(lanes)], cwd=ROOT,
            env=bare | {"PYTHONPATH": "plugins:.", "MALLOC_ARENA_MAX": "1"}, stdout=subprocess.PIPE,
        )
        for lane in range(lanes)
    ]  # fmt: skip
    rows = [json.loads(line) for process in processes for line in process.communicate()[0].splitlines()]
    assert [process.returncode for process in processes] == [0] * lanes
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="module")
def ends() -> dict[str, dict[str, Any]]:
    return run("table")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_ends_in_a_reason(ends: dict[str, dict[str, Any]], case: Case) -> None:
    row = ends[case.id]
    assert row["why"] is None, row["why"]


@pytest.fixture(scope="module")
def read() -> dict[str, dict[str, Any]]:
    return run("documents")


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("case", documents.CASES, ids=lambda case: case.id)
def test_a_document_ends_in_a_reason(read: dict[str, dict[str, Any]], case: Case) -> None:
    row = read[case.id]
    assert row["why"] is None, row["why"]


def test_the_table_is_what_was_promised() -> None:
    assert max(Counter(case.id for case in CASES).values()) == 1
    assert len(CASES) >= 150


def test_what_breaks_its_bounds_is_found() -> None:
    told = {name.partition(": ")[2]: row["why"] for name, row in run("proofs", 1).items()}
    for name, why in {"memory": "MemoryError", "time": "SIGXCPU", "a crash": "SIGKILL", "another end": "not"}.items():
        assert why in told[name]
