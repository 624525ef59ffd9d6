"""Does anything grow while Rasad runs on and on? Five hundred cycles of the sample newsroom in fast time.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/soak.py [--cycles N] [--scheduled N] [--every N] [--publishers N]
       [--json OUT]

All of `make up` runs (Postgres and Airflow's four processes) and, beside it, one long-lived process that does the
stages. A cycle is twelve hours of the newsroom's life (tests/newsroom/stream.py): articles come, are corrected and
withdrawn, or nothing happens; for ledger and landing zone those hours pass as well. All cycles go through the stages of
the long-lived process, which keeps house every second time, as `maintain_warehouse` does once a day. In every tenth a
scheduled run of the DAG `ingest_news`, with `measure_trends` behind it, comes first and takes what there is: its
schedule here is to follow upon itself. Every sixtieth cycle what Airflow remembers of more than sixty cycles ago is
removed, as after a month in life.

Every tenth cycle it is measured: memory (PSS), open files, threads and processes of each part with all that it
started; connections to Postgres; files of the landing zone and of the folder for temporary ones; zombies; rows of the
tables that retention keeps short; dead rows and bytes an article after VACUUM. Through the second half of each series
goes a line (least squares). What it rises by over that half is leave to measure badly, up to a bound; beyond it
something leaks, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from functools import reduce
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from rasad.settings import ROOT, Settings
from rasad.stages import alert, maintain, measure, plan, publish
from rasad.warehouse import checks

CYCLES, SCHEDULED, EVERY = 500, 50, 10
LENGTH = timedelta(hours=12)  # of a cycle: 500 of them are longer than what any retention keeps
KEPT_CYCLES = 60  # of Airflow's own memory
STAGES = "stages"  # the long-lived process
CONTINUOUS = 'schedule="*/10 * * * *"', 'schedule="@continuous"'


# What is judged


@dataclass(frozen=True, slots=True)
class Bound:
    """How much series of these names may rise over their second half: the greater one of a share and an amount."""

    names: str  # as file names are matched
    share: float
    amount: float


BOUNDS = (
    Bound("memory of *, MB", 0.05, 6),
    Bound("processes of *", 0, 0.5),
    Bound("threads of *", 0, 1.5),
    Bound("open files of *", 0, 2),
    Bound("connections to *", 0, 1.5),
    Bound("zombies", 0, 0.5),
    Bound("temporary files", 0, 0.5),
    Bound("landing files", 0.5, 20),  # there are more in a busy week
    Bound("rows of *", 0.05, 2),
    Bound("dead rows", 0.05, 50),
    Bound("KB an article", 0.05, 0.5),
    Bound("Airflow's database, MB", 0.05, 1.5),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A series: its level where the second half begins and at the end, both on the line, and what it may rise by."""

    name: str
    begins: float
    ends: float
    allowed: float

    @property
    def flat(self) -> bool:
        return self.ends - self.begins <= self.allowed


def judged(cycles: Sequence[int], samples: Sequence[Mapping[str, float]]) -> list[Verdict]:
    """A verdict on each series, by the line through its second half. Raises ValueError for fewer than 4 samples, or a
    series without a bound."""
    if len(samples) < 4:
        raise ValueError(f"{len(samples)} samples are too few for a line: measure more often (--every), or longer")
    half = len(samples) // 2
    found = []
    for name in samples[-1]:
        bound = next((one for one in BOUNDS if fnmatch.fnmatchcase(name, one.names)), None)
        if bound is None:
            raise ValueError(f"nothing says how much {name!r} may rise: give it a Bound")
        values = [sample.get(name, 0.0) for sample in samples[half:]]
        slope, intercept = statistics.linear_regression(cycles[half:], values)
        begins, ends = (intercept + slope * cycles[half:][i] for i in (0, -1))
        found.append(Verdict(name, begins, ends, max(bound.share * abs(begins), bound.amount)))
    return found


def print_verdicts(verdicts: Sequence[Verdict]) -> None:
    print(f"{'over the second half':40}{'begins':>10}{'ends':>10}{'rise':>10}{'allowed':>10}")
    for one in verdicts:
        rise = one.ends - one.begins
        print(
            f"{one.name:40}{one.begins:10.2f}{one.ends:10.2f}{rise:+10.2f}{one.allowed:10.2f}"
            f"  {'flat' if one.flat else 'RISES'}"
        )


# The long-lived process: it takes orders on its standard input, a line each, and answers each with a line


def serve() -> int:
    settings = Settings.from_env()
    assert settings.warehouse
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(cycle(settings, settings.warehouse, order["run"], order["keep_house"])), flush=True)
    return 0


def cycle(settings: Settings, dsn: str, run: str, keep_house: bool) -> dict[str, Any]:
    """What the DAGs do in a cycle, in this process."""
    from tests.pipeline import STAGES as IN_ORDER
    from tests.pipeline import step

    works = plan.plan(settings, dsn, run)
    if works:
        with ThreadPoolExecutor(len(works)) as pool:  # sources side by side, as Airflow maps them
            list(
                pool.map(lambda work: reduce(lambda far, stage: step(settings, dsn, stage, far), IN_ORDER, work), works)
            )
    measured = measure.measure(settings, dsn)
    alert.alert(settings, dsn)
    if keep_house:
        maintain.make_partitions_ahead(settings, dsn)
        maintain.enforce_rights(settings, dsn)
        maintain.expire_landing(settings, dsn)
        days = checks.window(None, None, datetime.now(timezone.utc).date())
        for check in checks.read().values():
            checks.faults(dsn, check, days)
    return publish.publish(settings, dsn, run).as_json() | measured


# The house


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cycles, scheduled runs in them, cycles from one measurement to the next, publishers that are read."""

    cycles: int = CYCLES
    scheduled: int = SCHEDULED
    every: int = EVERY
    publishers: int = 6


def soak(var: Path, wanted: Plan, note: Callable[[Any], None]) -> dict[str, Any]:
    """Run it all under `var`, which should be an empty folder; the figures. `note` gets those so far."""
    from tests.newsroom.stream import Stream

    from rasad_airflow import supervisor
    from rasad_airflow.environment import Ports
    from rasad_airflow.supervisor import COMPONENTS

    began = time.monotonic()
    ports = Ports(web=_free_port(), postgres=_free_port())
    start = datetime.now(timezone.utc) - wanted.cycles * LENGTH
    temporary = var / "tmp"
    temporary.mkdir(parents=True)
    with (
        Stream(wanted.cycles, start, LENGTH, sources_dir=var / "sources") as room,
        supervisor.house(var, ports) as place,
    ):
        for file in sorted(room.sources_dir.glob("*.yaml"))[wanted.publishers :]:
            file.unlink()
        hosts = ",".join(origin.removeprefix("http://") for origin in room.origins.values())
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("RASAD", "AIRFLOW"))}
        own = {
            "RASAD_SOURCES": str(room.sources_dir),
            "RASAD_ALLOW_HOSTS": hosts,
            "TMPDIR": str(temporary),
            "AIRFLOW__CORE__DAGS_FOLDER": str(_dags(var / "dags")),
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        }
        try:
            airflow, env = supervisor.start_airflow(place, outside, COMPONENTS, own)
            house = House(var, place, airflow, env)
            place.wait_for("the DAGs were to be found", 90, lambda: airflow.dag("measure_trends") is not None)
            place.wait_for("the DAGs were to be found", 90, lambda: airflow.dag("ingest_news") is not None)
            airflow.unpause("measure_trends")
            with house.stages():
                at, samples, brought = _cycles(house, room, wanted, note)
            runs = {
                f"{dag}, {state}": number
                for dag, state, number in house.airflow_sql(
                    "SELECT dag_id, state, count(*) FROM dag_run GROUP BY 1, 2 ORDER BY 1, 2"
                )
            }
        finally:
            place.end()
            place.server.remove()
    return {
        **asdict(wanted),
        "scheduled_runs": house.scheduled,
        "with_changes": brought,
        "runs_of_airflow_kept": runs,
        "minutes": (time.monotonic() - began) / 60,
        "at": at,
        "samples": samples,
        "left_over": [" ".join(p.cmdline()) for p in _of(var)],
    }


def _cycles(
    house: House, room: Any, wanted: Plan, note: Callable[[Any], None]
) -> tuple[list[int], list[dict[str, float]], int]:
    at: list[int] = []
    samples: list[dict[str, float]] = []
    times: list[float] = []
    brought = 0
    for number in range(1, wanted.cycles + 1):
        times.append(time.monotonic())
        house.place.pause(0)  # raises where something died, or a signal came
        brought += bool(room.advance())
        house.pass_time(LENGTH)
        if house.scheduled < wanted.scheduled * number // wanted.cycles:
            house.scheduled_run()
        house.ask({"run": f"cycle-{number}", "keep_house": number % 2 == 0})
        if number % KEPT_CYCLES == 0:
            house.expire_airflow(time.monotonic() - times[-KEPT_CYCLES])
        if number % wanted.every == 0:
            at.append(number)
            samples.append(house.sample())
            note({"at": at, "samples": samples, "scheduled_runs": house.scheduled})
            last = samples[-1]
            shown = " · ".join(f"{n.removeprefix('memory of ').removesuffix(', MB')} {v:.0f}"
                               for n, v in last.items() if n.startswith("memory"))  # fmt: skip
            house.place.say(f"{number} cycles, {house.scheduled} scheduled runs; MB: {shown}")
    return at, samples, brought


_BEGUN = (
    "EXISTS (SELECT FROM task_instance t WHERE (t.dag_id, t.run_id) = (r.dag_id, r.run_id) AND t.state IS NOT NULL "
    "AND t.state <> 'scheduled')"
)


@dataclass
class House:
    """What runs, and how it is measured."""

    var: Path
    place: Any
    airflow: Any
    env: dict[str, str]
    scheduled: int = 0
    process: subprocess.Popen[str] | None = None

    @contextlib.contextmanager
    def stages(self) -> Iterator[None]:
        env = self.env | {"PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"}
        with (self.var / "stages.log").open("w") as words:
            self.process = subprocess.Popen(  # noqa: S603 (our own interpreter, no shell)
                [sys.executable, __file__, "--stages"], env=env, cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words,
            )  # fmt: skip
            try:
                yield
            finally:
                assert self.process.stdin is not None
                self.process.stdin.close()
                self.process.wait(60)

    def ask(self, order: Mapping[str, object]) -> dict[str, Any]:
        """Have a cycle done. Raises RuntimeError with the process's last words where it ended."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{order}: {(self.var / 'stages.log').read_text()[-2000:]}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def scheduled_run(self) -> None:
        """Let the schedule go until a run of `ingest_news` has ended, then let `measure_trends` end, which follows. The
        next run waits meanwhile, made already, until the schedule goes on; one that has begun ends as well."""
        before = ended = self._ended()
        begun = True
        while begun:
            self._pause(False)
            self.place.wait_for("a scheduled run was to end well", 900, lambda last=ended: self._ended() > last)
            self._pause(True)
            self.place.wait_for("all runs were to end", 900, lambda: self._going() == 0)
            ended = self._ended()
            ((begun,),) = self.airflow_sql(f"SELECT count(*) > 0 FROM dag_run r WHERE state = 'running' AND {_BEGUN}")
        self.scheduled += ended - before

    def _ended(self) -> int:
        ((failed, well),) = self.airflow_sql(
            "SELECT count(*) FILTER (WHERE state = 'failed'), "
            "count(*) FILTER (WHERE state = 'success' AND dag_id = 'ingest_news' AND run_type = 'scheduled') "
            "FROM dag_run"
        )
        if failed:
            raise RuntimeError(f"{failed} runs failed: the logs are in {self.var / 'airflow' / 'logs'}")
        return int(well)

    def _going(self) -> int:
        ((going,),) = self.airflow_sql(
            # Of a paused DAG what has begun goes on, and nothing new is begun.
            "SELECT (SELECT count(*) FROM dag_run WHERE state IN ('running', 'queued') AND dag_id <> 'ingest_news') + "
            "(SELECT count(*) FROM task_instance WHERE state IN ('queued', 'running', 'restarting'))"
        )
        return int(going)

    def _pause(self, paused: bool) -> None:
        self.airflow._ask("PATCH", "dags/ingest_news", json={"is_paused": paused})

    def expire_airflow(self, seconds: float) -> None:
        code = (
            "import datetime, sys; from rasad_airflow import housekeeping; "
            "housekeeping.expire_airflow(sys.argv[1], datetime.timedelta(seconds=float(sys.argv[2])))"
        )
        subprocess.run(  # noqa: S603 (our own interpreter, no shell)
            [sys.executable, "-c", code, self.place.server.dsn("airflow"), str(seconds)],
            env=self.env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def pass_time(self, length: timedelta) -> None:
        """Ledger, runs and landing files are older by so much."""
        late = f"interval '{length.total_seconds()} s'"
        with self._sql("warehouse") as cursor:
            cursor.execute(
                f"UPDATE news.page SET next_look_at = next_look_at - {late}, discovered_at = discovered_at - {late}, "
                f"fetched_at = fetched_at - {late}, settled_at = settled_at - {late}, gone_at = gone_at - {late} "
                "WHERE next_look_at IS NOT NULL OR file IS NOT NULL"
            )
            cursor.execute(f"UPDATE news.feed SET next_poll_at = next_poll_at - {late}, polled_at = polled_at - {late}")
            cursor.execute(
                f"UPDATE news.host SET next_request_at = next_request_at - {late}, "
                f"robots_fetched_at = robots_fetched_at - {late}"
            )
            cursor.execute(f"UPDATE news.run SET planned_at = planned_at - {late}")
            cursor.execute(
                f"UPDATE news.run_source SET planned_at = planned_at - {late}, finished_at = finished_at - {late}"
            )
        for file in (self.var / "landing").rglob("*.gz"):
            was = file.stat().st_mtime - length.total_seconds()
            os.utime(file, (was, was))

    @contextlib.contextmanager
    def _sql(self, database: str) -> Iterator[Any]:
        with contextlib.closing(psycopg2.connect(self.place.server.dsn(database))) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                yield cursor

    def airflow_sql(self, query: str) -> list[tuple[Any, ...]]:
        with self._sql("airflow") as cursor:
            cursor.execute(query)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def sample(self) -> dict[str, float]:
        """All that is judged, by name. Of processes the least of three looks counts: the dag processor has children for
        seconds. Who has ended is a zombie until its parent looks: one that still is after ten looks counts."""
        found, zombies = self._processes()
        for look in range(1, 10):
            if look > 2 and not zombies:
                break
            time.sleep(1)
            seen, still = self._processes()
            zombies &= still
            for name, value in seen.items():
                found[name] = min(value, found[name])
        return found | {"zombies": len(zombies)} | self._databases() | self._files()

    def _processes(self) -> tuple[dict[str, float], set[psutil.Process]]:
        """What they take, by name, and those of them that have ended."""
        found: dict[str, float] = {}
        zombies: set[psutil.Process] = set()
        postmaster = int((self.place.server.data / "postmaster.pid").read_text().split()[0])
        assert self.process is not None
        leaders = {one.name: one.process.pid for one in self.place.running} | {STAGES: self.process.pid}
        for name, pid in {**leaders, "postgres": postmaster}.items():
            leader = psutil.Process(pid)
            family = [leader, *leader.children(recursive=True)]
            if name == "postgres":  # its backends are counted as connections
                found["memory of postgres, MB"] = sum(map(_memory, family)) / 1e6
                continue
            zombies |= {process for process in family if _status(process) == psutil.STATUS_ZOMBIE}
            found[f"memory of {name}, MB"] = sum(map(_memory, family)) / 1e6
            found[f"processes of {name}"] = len(family)
            found[f"threads of {name}"] = leader.num_threads()
            found[f"open files of {name}"] = leader.num_fds()
        return found, zombies

    def _databases(self) -> dict[str, float]:
        found: dict[str, float] = {}
        with self._sql("warehouse") as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT datname, count(*) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1"
            )
            connections = dict(cursor.fetchall())
            for database in ("airflow", "warehouse"):
                found[f"connections to {database}"] = connections.get(database, 0)
            cursor.execute("SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables WHERE schemaname = 'news'")
            found["dead rows"] = float(cursor.fetchone()[0])
            for table in ("run", "run_source", "feed", "host", "dirty_day"):
                cursor.execute(f"SELECT count(*) FROM news.{table}")
                found[f"rows of {table}"] = float(cursor.fetchone()[0])
            cursor.execute("SELECT pg_database_size('warehouse') / 1024.0 / count(*) FROM news.article")
            found["KB an article"] = float(cursor.fetchone()[0])
        with self._sql("airflow") as cursor:
            cursor.execute("VACUUM")
            cursor.execute("SELECT pg_database_size('airflow') / 1e6")
            found["Airflow's database, MB"] = float(cursor.fetchone()[0])
        return found

    def _files(self) -> dict[str, float]:
        return {
            "temporary files": sum(1 for _ in (self.var / "tmp").rglob("*")),
            "landing files": sum(1 for path in (self.var / "landing").rglob("*") if path.is_file()),
        }


def _memory(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


def _status(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return str(process.status())
    return ""


def _of(var: Path) -> list[psutil.Process]:
    """Live processes of this `var`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get("RASAD_VAR") == str(var):
                found.append(process)
    return found


def _dags(folder: Path) -> Path:
    """The DAGs that this is about; `ingest_news` follows upon itself instead of every ten minutes."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "dags" / "measure_trends.py", folder)
    text = (ROOT / "dags" / "ingest_news.py").read_text(encoding="utf-8")
    if text.count(CONTINUOUS[0]) != 1:
        raise RuntimeError(f"dags/ingest_news.py does not say {CONTINUOUS[0]} once")
    (folder / "ingest_news.py").write_text(text.replace(*CONTINUOUS), encoding="utf-8")
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=CYCLES)
    parser.add_argument("--scheduled", type=int, default=SCHEDULED, help="scheduled runs of Airflow, spread over them")
    parser.add_argument("--every", type=int, default=EVERY, help="cycles from one measurement to the next")
    parser.add_argument("--publishers", type=int, default=6, help="how many are read; fewer where the machine is slow")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--stages", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.stages:
        return serve()

    def note(figures: Any) -> None:
        if args.json:
            args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="rasad-soak-") as folder:
        found = soak(Path(folder) / "var", Plan(args.cycles, args.scheduled, args.every, args.publishers), note)
    verdicts = judged(found["at"], found["samples"])
    note(found | {"verdicts": [asdict(one) | {"flat": one.flat} for one in verdicts]})
    print(
        f"\n{found['cycles']} cycles ({found['with_changes']} with something new) and {found['scheduled_runs']} "
        f"scheduled runs of Airflow, {found['publishers']} publishers, in {found['minutes']:.0f} minutes"
    )
    print_verdicts(verdicts)
    for line in found["left_over"]:
        print(f"still running at the end: {line}")
    return 0 if all(one.flat for one in verdicts) and not found["left_over"] else 1


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT)]
    raise SystemExit(main())
