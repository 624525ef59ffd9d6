"""Where the stages are broken: a Postgres and a small press of their own, and the warehouse as it was before each
stage, so that a fault costs but the stage that it strikes and what comes after."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import psutil
import psycopg2
from tests.chaos import compare
from tests.chaos.press import EDITIONS, SOURCES, Press
from tests.chaos.proxy import Proxy
from tests.pipeline import STAGES, environment, settings_of, step

from rasad.settings import ROOT, Settings
from rasad.stages import landing, measure, plan
from rasad.stages.landing import Work
from rasad.warehouse.connection import connect
from rasad.warehouse.embedded import Server
from rasad.warehouse.migrate import migrate

SABOTEUR = Path(__file__).parent / "saboteur"
ALL_STAGES = (*STAGES, "measure")
ENDS_WITHIN = 600  # seconds for one stage, however busy the machine is
NEXT_RUNS = 5  # that come after a fault; each finds all due that is not done


@dataclass(frozen=True)
class Before:
    """How things stood before a stage: the database that a warehouse is copied from, the landing zone, each source's
    work so far, and how many bytes of SQL the stage then sent."""

    database: str
    landing: Path
    works: Mapping[str, Work]
    sends: Mapping[str, int]


@dataclass
class Lane:
    """Made by `opened`."""

    folder: Path
    server: Server
    proxy: Proxy
    press: Press
    before: dict[tuple[int, str], Before] = field(default_factory=dict)
    undisturbed: dict[int, dict[str, list[str]]] = field(default_factory=dict)
    made: int = 0

    def administer(self, statement: str) -> None:
        """Run a statement as the server's owner. Whoever is still connected to the database that it is about is waited
        for: connections end a moment after their processes, and those that do not end at all are a fault."""
        deadline = time.monotonic() + ENDS_WITHIN
        with contextlib.closing(psycopg2.connect(self.server.dsn("postgres"))) as link:
            link.autocommit = True
            while True:
                try:
                    with link.cursor() as cursor:
                        cursor.execute(statement)
                    return
                except psycopg2.errors.ObjectInUse:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)

    def proxied(self, database: str) -> str:
        port = f":{self.server.dsn(database).rpartition(':')[2].partition('/')[0]}/"
        return self.server.dsn(database).replace(port, f":{self.proxy.port}/")

    def kill_postgres(self) -> None:
        """kill -9 of all its processes; `server.start` has it recover."""
        postmaster = psutil.Process(int((self.server.data / "postmaster.pid").read_text().split()[0]))
        processes = [*postmaster.children(recursive=True), postmaster]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, 10)

    def rehearse(self) -> None:
        """Both editions undisturbed: what every warehouse is compared with in the end, and its states on the way."""
        self.administer("CREATE DATABASE calm")
        migrate(self.server.dsn("calm"))
        settings, dsn = settings_of(self.press, self.folder / "calm"), self.proxied("calm")
        for edition in EDITIONS:
            self.press.set_edition(edition)
            look_again(self.server.dsn("calm"))
            planned = plan.plan(settings, dsn, f"edition-{edition}", SOURCES, everything=True)
            works = {work["source"]: work for work in planned}
            for stage in ALL_STAGES:
                name = f"before_{edition}_{stage}"
                self.administer(f"CREATE DATABASE {name} TEMPLATE calm")
                kept = self.folder / name
                (self.folder / "calm" / "landing").mkdir(parents=True, exist_ok=True)
                shutil.copytree(self.folder / "calm" / "landing", kept)
                sends, begun = {}, dict(works)
                for source in SOURCES:
                    self.proxy.arm(None)
                    if stage == "measure":
                        measure.measure(settings, dsn)
                    else:
                        works[source] = step(settings, dsn, stage, works[source])
                    sends[source] = self.proxy.sent
                if stage == "measure":  # once for all sources
                    sends = dict.fromkeys(SOURCES, max(sends.values()))
                self.before[edition, stage] = Before(name, kept, begun, sends)
            settle(settings, self.server.dsn("calm"), f"after-{edition}")
            self.undisturbed[edition] = compare.state(self.server.dsn("calm"))
        assert all(self.undisturbed[edition]["fact"] for edition in EDITIONS)


@contextlib.contextmanager
def opened(folder: Path, port: int) -> Iterator[Lane]:
    """A lane that has rehearsed, under `folder`, its Postgres on this port."""
    server = Server(folder / "postgres", port, settings={"fsync": "off"})  # killed it is, without power never
    with contextlib.ExitStack() as stack:
        stack.callback(server.remove)
        server.start()
        press = stack.enter_context(Press(folder / "sources"))
        lane = Lane(folder, server, stack.enter_context(Proxy(port)), press)
        lane.rehearse()
        yield lane


def settle(settings: Settings, dsn: str, run: str) -> list[str]:
    """The runs that come next, each after so much time that all is due, until nothing is left to do; then measured.
    What went wrong in them."""
    trouble: list[str] = []
    for number in range(NEXT_RUNS):
        look_again(dsn)
        for work in plan.plan(settings, dsn, f"{run}-{number}", SOURCES, everything=True):
            try:
                reduce(lambda so_far, stage: step(settings, dsn, stage, so_far), STAGES, work)
            except Exception as error:  # as Airflow's task would be red
                trouble.append(f"{work['source']}: {type(error).__name__}: {error}")
        if number > 0 and not waiting(dsn):  # two at least: by the last one all stands as it is served
            break
    measure.measure(settings, dsn)
    return trouble


def look_again(dsn: str) -> None:
    """As if so much time had passed that every page is due for another look."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.page SET next_look_at = now() WHERE next_look_at IS NOT NULL OR outcome = 'loaded'")
        cursor.execute("UPDATE news.host SET next_request_at = '-infinity'")


def waiting(dsn: str) -> int:
    """Pages that are to be tried again, or that somebody has in hand."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM news.page WHERE outcome = 'due' OR claimed_by IS NOT NULL "
            "OR outcome NOT IN ('loaded', 'duplicate', 'gone')"
        )
        ((count,),) = cursor.fetchall()
    return int(count)


class Missed(Exception):
    """The stage was over before it could be broken there."""


@dataclass
class Scene:
    """One fault's own warehouse, as it was before a stage of an edition; its source is the one that is struck."""

    lane: Lane
    dice: random.Random
    edition: int
    stage: str
    source: str
    database: str
    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    edition_read: int = 0  # where another one came out meanwhile

    @property
    def dsn(self) -> str:
        return self.lane.server.dsn(self.database)

    @property
    def settings(self) -> Settings:
        return settings_of(self.lane.press, self.folder)

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def work(self) -> Work:
        return self.lane.before[self.edition, self.stage].works[self.source]

    @property
    def sends(self) -> int:
        """Bytes of SQL that the stage sent when nothing disturbed it."""
        return self.lane.before[self.edition, self.stage].sends[self.source]

    def tell(self, words: str) -> None:
        self.told.append(words)

    def start(
        self, stage: str = "", work: Work | None = None, orders: Mapping[str, object] | None = None,
        proxied: bool = False, prefix: tuple[str, ...] = (),
    ) -> subprocess.Popen[str]:  # fmt: skip
        """`python -m rasad stage …` in a process of its own; `orders` are the saboteur's."""
        stage, work = stage or self.stage, work or self.work
        if stage in ("discover", "fetch"):
            words = ["--source", work["source"], "--run", work["run"]]
        elif stage == "measure":
            words = []
        else:
            words = ["--batch", work["file"]]
        dsn = self.lane.proxied(self.database) if proxied else self.dsn
        env = environment(self.settings, dsn) | {
            "PYTHONPATH": f"{SABOTEUR}{os.pathsep}plugins",
            "RASAD_CHAOS": json.dumps(dict(orders or {})),
            "TMPDIR": str(self.folder / "tmp"),
        }
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "rasad", "stage", stage, *words],
            env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def end(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """Wait for a stage: its exit status, and the last line that it printed, or complained in."""
        out, err = process.communicate(timeout=ENDS_WITHIN)
        said = (err if process.returncode else out).splitlines()
        self.tell(f"exit {process.returncode}")
        return process.returncode, said[-1] if said else ""

    def edition_after(self, edition: int) -> None:
        """The press brings out another edition, which the warehouse is compared with in the end."""
        self.edition_read = edition
        self.lane.press.set_edition(edition)

    def shift_plans(self, hours: int) -> None:
        """As if the database's clock had jumped back (its plans lie further ahead) or, with fewer hours, forth."""
        shift = f"interval '{hours} hours'"
        with connect(self.dsn) as link, link.cursor() as cursor:
            cursor.execute(f"UPDATE news.page SET next_look_at = next_look_at + {shift} WHERE next_look_at IS NOT NULL")
            cursor.execute(f"UPDATE news.feed SET next_poll_at = next_poll_at + {shift}")
            cursor.execute(f"UPDATE news.host SET next_request_at = next_request_at + {shift}")

    def recover(self) -> None:
        """As Airflow would: the task again, under the same run, and those after it; then the next runs."""
        self.lane.press.behave()
        self.lane.server.start()
        stages = STAGES[STAGES.index(self.stage) :] if self.stage in STAGES else ()
        work = self.work
        try:
            for stage in stages:
                work = step(self.settings, self.dsn, stage, work)
        except Exception as error:  # the task stays red
            self.tell(f"{stage} again: {type(error).__name__}")
        for line in settle(self.settings, self.dsn, "next"):
            self.tell(line[:200])

    def left(self) -> list[str]:
        """Processes, connections, and files that the maintenance does not know as its own to remove."""
        found = [f"process {one.pid} runs" for one in self.started if one.poll() is None]
        landing.expire(self.settings.landing, -1)
        files = [str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()]
        return found + [f"{name} is left" for name in files]


@contextlib.contextmanager
def scene(lane: Lane, dice: random.Random, stage: str, edition: int | None = None) -> Iterator[Scene]:
    """A scene of a stage, in either edition where none is named. At the end the warehouse is dropped, which Postgres
    refuses while anybody is connected to it."""
    edition, source = edition or dice.choice(EDITIONS), dice.choice(SOURCES)
    before = lane.before[edition, stage]
    lane.made += 1
    database, folder = f"scene_{lane.made}", lane.folder / f"scene_{lane.made}"
    (folder / "tmp").mkdir(parents=True)
    shutil.copytree(before.landing, folder / "landing")
    lane.administer(f"CREATE DATABASE {database} TEMPLATE {before.database}")
    lane.press.set_edition(edition)
    lane.press.behave()
    lane.proxy.arm(None)
    one = Scene(lane, dice, edition, stage, source, database, folder)
    try:
        yield one
    finally:
        for process in one.started:
            if process.poll() is None:
                process.kill()
                process.communicate()
        lane.press.behave()
        lane.proxy.arm(None)
        lane.server.start()
    lane.administer(f"DROP DATABASE {database}")
    shutil.rmtree(folder)
