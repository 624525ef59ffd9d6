"""Processes end with all they started, whoever started them and however that one died; strangers are spared."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rasad_airflow import processes
from rasad_airflow.processes import Running

# Starts a child that may leave its process group (as Airflow's task processes do), writes both ids, and sleeps.
PARENT = """
import os, signal, subprocess, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0) \
    if sys.version_info >= (3, 11) else subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.end_leftovers(tmp_path / "run", spare=tmp_path / "none")


def start(folder: Path, *arguments: str, name: str = "parent") -> Running:
    command = [sys.executable, "-c", PARENT, *arguments]
    return processes.start(name, command, os.environ, folder, folder / "logs", folder / "run")


def ids(running: Running) -> list[psutil.Process]:
    deadline = time.monotonic() + 10
    while not (words := running.log.read_text().split()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return [psutil.Process(int(word)) for word in words[-2:]]


def test_end_takes_the_children_along(folder: Path) -> None:
    one = start(folder)
    family = ids(one)
    processes.end([one])
    assert not any(processes.alive(member) for member in family)
    assert not one.note.exists()


def test_end_kills_one_that_does_not_listen_in_bounded_time(folder: Path) -> None:
    one = start(folder, "stubborn")
    family = ids(one)
    began = time.monotonic()
    processes.end([one], patience=0.3, force_after=0.3)
    assert time.monotonic() - began < 3
    assert not any(processes.alive(member) for member in family)


def test_end_finds_children_whose_parent_died(folder: Path) -> None:
    one = start(folder)
    parent, child = ids(one)
    parent.kill()
    one.process.wait()
    assert processes.alive(child)
    processes.end([one])
    assert not processes.alive(child)


def test_leftovers_of_a_killed_starter_are_ended(folder: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from rasad_airflow import processes\n"
        "folder = Path(sys.argv[1])\n"
        "processes.start('left', [sys.executable, '-c', sys.argv[2]], os.environ, folder, folder, folder)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script, str(folder), PARENT], env=env)
    assert done.returncode == -signal.SIGKILL
    log = folder / "left.log"
    while not log.read_text().split():
        time.sleep(0.02)
    family = [psutil.Process(int(word)) for word in log.read_text().split()]
    assert all(processes.alive(member) for member in family)
    assert processes.end_leftovers(folder, spare=folder / "none") == ["left"]
    assert not any(processes.alive(member) for member in family)
    assert processes.end_leftovers(folder, spare=folder / "none") == []


def test_a_stranger_with_a_noted_number_is_spared(folder: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        file = folder / "run" / "old.json"
        file.parent.mkdir()
        started = psutil.Process(stranger.pid).create_time()
        file.write_text(json.dumps({"pid": stranger.pid, "started": started - 100}))
        assert processes.noted(file) is None
        assert processes.end_leftovers(file.parent, spare=folder / "none") == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize(
    "words", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "started": 0}', '{"pid": 1, "started": 0}']
)
def test_a_damaged_note_names_nobody(folder: Path, words: str) -> None:
    file = folder / "run" / "damaged.json"
    file.parent.mkdir()
    file.write_text(words)
    assert processes.noted(file) is None
    assert processes.end_leftovers(file.parent, spare=folder / "none") == []


def test_a_long_log_is_put_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LOG_BYTES", 10)
    first = start(folder)
    ids(first)
    processes.end([first])
    first.log.write_text("a line that is long enough\n")
    second = start(folder)
    ids(second)
    assert (folder / "logs" / "parent.log.1").read_text() == "a line that is long enough\n"
    assert "long enough" not in second.tail()
