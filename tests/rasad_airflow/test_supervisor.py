"""The supervisor: one at a time, clear about what is wrong, and the real thing from start to end, also after kills."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from rasad.settings import ROOT
from rasad_airflow import processes, supervisor
from rasad_airflow.client import Airflow
from rasad_airflow.environment import POOLS, Ports, login
from rasad_airflow.supervisor import Interrupted, SupervisorError, house

Free = Callable[[], int]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def ports(free_port: Free) -> Ports:
    while True:  # the newsroom takes a row of ports
        first = free_port()
        try:
            for number in range(first, first + 8):
                supervisor.check_port(number, "")
        except SupervisorError:
            continue
        return Ports(web=free_port(), postgres=free_port(), newsroom=first)


# Without Airflow


def test_a_part_that_dies_is_named_with_its_last_words(tmp_path: Path, ports: Ports) -> None:
    with house(tmp_path, ports) as place:
        other = place.start("other", SLEEP, os.environ)
        place.start("part", [sys.executable, "-c", "print('no more paper'); raise SystemExit(3)"], os.environ)
        with pytest.raises(SupervisorError, match=r"part ended \(status 3\)(.|\n)*no more paper"):
            place.pause(20)
    assert other.process.poll() is not None


def test_a_job_that_fails_is_named_and_ends_the_others(tmp_path: Path, ports: Ports) -> None:
    with house(tmp_path, ports) as place:
        began = time.monotonic()
        with pytest.raises(SupervisorError, match=r"bad failed \(status 1; (.|\n)*out of ink"):
            place.run({"good": SLEEP, "bad": [sys.executable, "-c", "raise SystemExit('out of ink')"]}, os.environ)
        assert time.monotonic() - began < 15
    assert processes.end_leftovers(place.notes, spare=tmp_path / "none") == []


def test_jobs_that_succeed_leave_nothing(tmp_path: Path, ports: Ports) -> None:
    with house(tmp_path, ports) as place:
        place.run({"one": [sys.executable, "-c", ""], "two": [sys.executable, "-c", ""]}, os.environ)
        assert [path.stem for path in place.notes.glob("*.json")] == ["supervisor"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_interrupts_whatever_is_waited_for(tmp_path: Path, ports: Ports, number: signal.Signals) -> None:
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    with house(tmp_path, ports) as place:
        one = place.start("part", SLEEP, os.environ)
        with pytest.raises(Interrupted, match=number.name):
            place.wait_for("never", 20, lambda: False)
    assert one.process.poll() is not None


def test_what_does_not_happen_is_named(tmp_path: Path, ports: Ports) -> None:
    with house(tmp_path, ports) as place, pytest.raises(SupervisorError, match="the sky was to fall: not within 0 s"):
        place.wait_for("the sky was to fall", 0.2, lambda: False)


def test_one_at_a_time(tmp_path: Path, ports: Ports) -> None:
    with house(tmp_path, ports), pytest.raises(SupervisorError, match="make down"), house(tmp_path, ports):
        pass
    with house(tmp_path, ports):  # and again, once the first has ended
        pass


def test_a_taken_port_is_named_with_its_variable_before_any_work(tmp_path: Path, ports: Ports) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports.web))
        taken.listen()
        with pytest.raises(SupervisorError, match=f"port {ports.web} is taken: set RASAD_PORT_WEB"):
            supervisor.up(tmp_path, ports, {})
    assert not (tmp_path / "pg").exists()


def test_whether_real_sources_are_polled_is_said_first(
    tmp_path: Path, ports: Ports, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:  # so that nothing starts
        taken.bind(("127.0.0.1", ports.web))
        taken.listen()
        for env, words in (
            ({}, "no real source is polled: set RASAD_CONTACT"),
            ({"RASAD_CONTACT": "a@b.org"}, "a@b.org"),
        ):
            with pytest.raises(SupervisorError):
                supervisor.up(tmp_path, ports, env)
            assert words in capsys.readouterr().out.splitlines()[0]


def test_clean_deletes_what_was_made_and_nothing_else(
    tmp_path: Path, ports: Ports, capsys: pytest.CaptureFixture[str]
) -> None:
    var = tmp_path / "var"
    with house(var, ports) as place:
        place.server.start()
        home = place.server.home.resolve()
        login(var)
        (var / "mine.txt").write_text("keep")
    supervisor.clean(var, ports)
    assert [path.name for path in var.iterdir()] == ["mine.txt"]
    assert "mine.txt" in capsys.readouterr().out
    assert not home.exists()
    (var / "mine.txt").unlink()
    supervisor.clean(var, ports)
    assert not var.exists()
    supervisor.clean(var, ports)  # nothing there: no error


def test_down_without_anything_running(tmp_path: Path, ports: Ports, capsys: pytest.CaptureFixture[str]) -> None:
    assert supervisor.down(tmp_path, ports) == 0
    assert "nothing was running" in capsys.readouterr().out


# With Airflow


@dataclass
class Command:
    """`python -m rasad_airflow` on a var of its own, its output read as it comes."""

    var: Path
    ports: Ports
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD", "AIRFLOW"))}
        return {
            **ours,
            "PYTHONPATH": str(ROOT / "plugins"),
            "PYTHONUNBUFFERED": "1",
            "RASAD_VAR": str(self.var),
            "RASAD_PORT_WEB": str(self.ports.web),
            "RASAD_PORT_POSTGRES": str(self.ports.postgres),
            "RASAD_PORT_NEWSROOM": str(self.ports.newsroom),
        }

    def start(self, *words: str) -> None:
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rasad_airflow", *words],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, words: str, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while True:
            found = [line for line in self.lines if re.search(words, line)]
            if found:
                return found[0]
            assert self.process is not None
            assert self.process.poll() is None, "\n".join(self.lines)
            assert time.monotonic() < deadline, "\n".join(self.lines)
            time.sleep(0.1)

    def end(self, number: signal.Signals, seconds: float) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def run(self, *words: str, seconds: float) -> int:
        self.start(*words)
        assert self.process is not None
        return self.process.wait(seconds)

    def alive(self) -> list[str]:
        """Command lines of live processes that have this var in their environment, arguments or working directory."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), process.cwd(), process.environ().get("RASAD_VAR", "")]
            except (psutil.Error, OSError):
                continue
            home = str((self.var / "pg").resolve())
            if process.pid != os.getpid() and any(str(self.var) in word or home in word for word in words):
                found.append(" ".join(process.cmdline()) or process.name())
        return found


@pytest.fixture
def command(tmp_path: Path, ports: Ports) -> Iterator[Command]:
    it = Command(tmp_path / "var", ports)
    yield it
    if it.process is not None and it.process.poll() is None:
        it.end(signal.SIGKILL, 10)
    assert it.run("clean", seconds=60) == 0, "\n".join(it.lines)
    assert it.alive() == []


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_up_from_start_to_end(command: Command) -> None:
    """Started, entered, killed hard, healed, a part killed, ended: one life, since each start costs half a minute."""
    command.start("up")
    ready = command.wait_for("ready: http", 240)
    assert "no real source is polled" in command.lines[0]
    user, password = login(command.var)
    assert f"http://127.0.0.1:{command.ports.web}   user {user}   password {password}" in ready
    for file in ("secrets.json", "airflow/passwords.json"):
        assert stat.S_IMODE((command.var / file).stat().st_mode) == 0o600
    airflow = Airflow(f"http://127.0.0.1:{command.ports.web}", user, password)
    assert {pool["name"]: pool["slots"] for pool in airflow.get("pools")["pools"]}.items() >= {
        name: slots for name, (slots, _) in POOLS.items()
    }.items()
    dags = {path.stem for path in (ROOT / "dags").glob("*.py")}
    deadline = time.monotonic() + 60
    while {dag["dag_id"] for dag in airflow.get("dags")["dags"]} != dags and time.monotonic() < deadline:
        time.sleep(1)
    assert {dag["dag_id"]: dag["is_paused"] for dag in airflow.get("dags")["dags"]} == dict.fromkeys(dags, False)
    assert airflow.get("importErrors")["import_errors"] == []

    other = Command(command.var, command.ports)
    assert other.run("up", seconds=30) == 1
    assert "make down" in other.lines[-1]

    command.end(signal.SIGKILL, 10)
    assert any("scheduler" in words for words in command.alive())  # it left everything running
    command.start("up")
    command.wait_for("ended what an earlier start had left: api-server", 60)
    command.wait_for("ready: http", 120)

    scheduler = processes.noted(command.var / "run" / "scheduler.json")
    assert scheduler is not None
    scheduler.kill()
    assert command.process is not None
    assert command.process.wait(40) == 1
    assert any("scheduler ended (killed by SIGKILL)" in line for line in command.lines)
    assert command.alive() == []

    command.start("up")
    command.wait_for("ready: http", 120)
    began = time.monotonic()
    assert command.end(signal.SIGTERM, 30) == 0
    assert time.monotonic() - began < 20
    assert command.alive() == []


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_down_ends_it(command: Command) -> None:
    command.start("up")
    command.wait_for("starting api-server", 240)  # in the middle of it
    other = Command(command.var, command.ports)
    assert other.run("down", seconds=60) == 0
    assert "all has ended" in other.lines
    assert command.process is not None
    assert command.process.wait(5) == 0
    assert command.alive() == []


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.postgres
@pytest.mark.timeout(1300)
def test_the_demo_twice(command: Command) -> None:
    assert command.run("demo", seconds=600) == 0, "\n".join(command.lines)
    first = list(command.lines)
    for dag in ("backfill_archive", "ingest_news", "ingest_urls", "measure_trends"):
        assert any(f"{dag}: success" in line for line in first)
    assert command.alive() == []
    assert command.run("demo", seconds=600) == 0, "\n".join(command.lines)

    def loaded(lines: list[str]) -> list[str]:
        return [line for line in lines if re.match(r"\s+\d+\s+loaded\b", line)]

    assert loaded(first)
    assert loaded(command.lines) == loaded(first)  # nothing twice
