"""Airflow broken in some thirty ways while it reads the newsroom. Afterwards the warehouse is as if nothing had been.

Each round begins with an empty warehouse, breaks something in the middle of its runs, lets further runs come, and
compares. One Airflow serves all rounds. RASAD_CHAOS_SEED=N repeats the choices of a run that failed.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone

import psutil
import pytest
from tests.chaos import house as chaos
from tests.chaos.house import SCHEDULER, SECOND, SERVER, Broken, Missed
from tests.newsroom import Newsroom
from tests.newsroom import server as newsroom_server
from tests.newsroom.articles import articles
from tests.pipeline import ingest, settings_of

from rasad.warehouse import checks
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.migrate import migrate
from rasad.web import urls
from rasad_airflow.client import AirflowApiError
from rasad_airflow.environment import Ports
from rasad_airflow.supervisor import COMPONENTS, SupervisorError, check_port

INGEST, MEASURE = "ingest_news", "measure_trends"
EVERYTHING = {"everything": True}
EMPTY = "chaos_empty"  # the database that each round's warehouse is a copy of
NOT_COMPARED = {"run", "run_source", "batch", "by_hand"}  # which runs and batches brought it all, and who asked
PARTS = {name: words for name, words in COMPONENTS.items() if name != "triggerer"}  # nothing defers here


def hit(processes: list[psutil.Process]) -> None:
    """kill -9. Raises Missed where there was nothing to kill any more."""
    found = 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            found += 1
    if not found:
        raise Missed


# Faults: each takes the house, the dice and the run, and breaks something in the middle of it


def kill_task(stage: str) -> Callable[[Broken, random.Random, str], None]:
    def fault(house: Broken, dice: random.Random, run: str) -> None:
        worker = house.busy(INGEST, run, stage)
        time.sleep(dice.uniform(0, 0.3))
        hit(worker.children(recursive=True))

    fault.__name__ = f"task of {stage} killed"
    return fault


def kill_worker(stage: str) -> Callable[[Broken, random.Random, str], None]:
    def fault(house: Broken, dice: random.Random, run: str) -> None:
        worker = house.busy(INGEST, run, stage)
        worker.kill()  # what it started goes on for a while, watched by nobody

    fault.__name__ = f"executor's process killed during {stage}"
    return fault


def kill_idle(house: Broken, dice: random.Random, run: str) -> None:
    """All of the executor's processes that wait for work are killed, among them the one that holds the queue's lock."""
    house.busy(INGEST, run, "discover")
    found = psutil.Process(house.part(SCHEDULER).process.pid).children()
    hit([process for process in found if " ".join(process.cmdline()).startswith(chaos.TITLE + "<idle>")])


def kill_part(name: str, stage: str) -> Callable[[Broken, random.Random, str], None]:
    def fault(house: Broken, dice: random.Random, run: str) -> None:
        house.busy(INGEST, run, stage)
        time.sleep(dice.uniform(0, 1))
        house.part(name).process.kill()

    fault.__name__ = f"{name} killed during {stage}"
    return fault


def kill_scheduler_with_its_tasks(house: Broken, dice: random.Random, run: str) -> None:
    house.busy(INGEST, run, "clean")
    scheduler = psutil.Process(house.part(SCHEDULER).process.pid)
    hit([scheduler, *scheduler.children(recursive=True)])


def kill_postgres(stage: str) -> Callable[[Broken, random.Random, str], None]:
    def fault(house: Broken, dice: random.Random, run: str) -> None:
        house.busy(INGEST, run, stage)
        time.sleep(dice.uniform(0, 1))
        slaughter_postgres(house)

    fault.__name__ = f"Postgres killed during {stage}"
    return fault


def slaughter_postgres(house: Broken) -> None:
    postmaster = psutil.Process(int((house.place.server.data / "postmaster.pid").read_text().split()[0]))
    processes = [*postmaster.children(recursive=True), postmaster]
    hit(processes)
    _, alive = psutil.wait_procs(processes, 10)
    assert not alive


def kill_all(house: Broken, dice: random.Random, run: str) -> None:
    """As when the power fails."""
    house.busy(INGEST, run, "fetch")
    for one in house.place.running:
        part = psutil.Process(one.process.pid)
        hit([part, *part.children(recursive=True)])
    slaughter_postgres(house)


def reset_connections(database: str, stage: str) -> Callable[[Broken, random.Random, str], None]:
    def fault(house: Broken, dice: random.Random, run: str) -> None:
        house.busy(INGEST, run, stage)
        time.sleep(dice.uniform(0, 0.5))
        house.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    fault.__name__ = f"connections to {database} reset during {stage}"
    return fault


def reset_publishers(house: Broken, dice: random.Random, run: str) -> None:
    """Three out of the next ten requests to publishers end in a reset connection."""
    handler = newsroom_server._Handler
    answer, fates = handler.do_GET, dice.sample([True] * 3 + [False] * 7, 10)

    def reset(self: newsroom_server._Handler) -> None:
        if fates and fates.pop():
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            self.close_connection = True
        else:
            answer(self)

    handler.do_GET = reset  # type: ignore[method-assign]
    try:
        house.busy(INGEST, run, "fetch")
        deadline = time.monotonic() + 60
        while fates and time.monotonic() < deadline and not house.is_over(INGEST, run):
            time.sleep(0.2)
    finally:
        handler.do_GET = answer  # type: ignore[method-assign]
    if True in fates:
        raise Missed


def lose_a_file(house: Broken, dice: random.Random, run: str) -> None:
    """The landing zone loses what a task has just written: red, until it is cleared with what wrote it."""
    house.busy(INGEST, run, "clean")
    folders = list((house.place.var / "landing").glob(f"*/{run}"))
    for file in [file for folder in folders for file in folder.glob("pages-*")]:
        file.unlink()
    house.ended(INGEST, run)
    failed = [task for task in house.airflow.tasks(INGEST, run) if task["state"] == "failed"]
    if not failed:
        raise Missed
    ids = [["source.fetch", task["map_index"]] for task in failed]
    house.clear(INGEST, run, task_ids=ids)
    assert house.ended(INGEST, run) == "success"


def clear_all(house: Broken, dice: random.Random, run: str) -> None:
    """A run that is through is cleared, and runs again from its first task on."""
    house.ended(INGEST, run)
    house.clear(INGEST, run)
    house.ended(INGEST, run)


def stop_run(house: Broken, dice: random.Random, run: str) -> None:
    """Somebody calls the run failed while it goes on."""
    house.busy(INGEST, run, "extract")
    house.stop(INGEST, run)
    house.ended(INGEST, run)


def trigger_twice(house: Broken, dice: random.Random, run: str) -> None:
    """The same run is triggered again, which is refused, and another one at once, which waits its turn."""
    with pytest.raises(AirflowApiError, match="409"):
        house.airflow.trigger(INGEST, run, EVERYTHING)
    other = house.trigger(INGEST, EVERYTHING)
    house.ended(INGEST, run)
    house.ended(INGEST, other)


def read_by_hand_meanwhile(house: Broken, dice: random.Random, run: str) -> None:
    """Two people have all articles read anew while the scheduled run looks at them."""
    addresses = [house.room.url(article.ref) for article in articles(1) if article.publisher in ("minbar", "atlas")]
    runs = [house.trigger("ingest_urls", {"addresses": addresses, "again": True}) for _ in range(2)]
    for by_hand in runs:
        house.ended("ingest_urls", by_hand)


def two_schedulers(house: Broken, dice: random.Random, run: str) -> None:
    """A second scheduler over the same database takes tasks, too."""
    house.start(SECOND)
    house.busy(INGEST, run, "extract")


def kill_first_scheduler(house: Broken, dice: random.Random, run: str) -> None:
    """One of two schedulers is killed with all that it ran, and does not return: the other one takes over."""
    house.busy(INGEST, run, "load")
    first = house.part(SCHEDULER)
    scheduler = psutil.Process(first.process.pid)
    hit([*scheduler.children(recursive=True), scheduler])
    house.forget(first)
    house.ended(INGEST, run)
    house.forget(house.part(SECOND))
    house.start(SCHEDULER)


def out_of_order(house: Broken, dice: random.Random, run: str) -> None:
    """A run reads the first edition and is held up before its loads; the second edition is read and loaded; then the
    first run's loads go on."""
    house.patiently("the run was to be planned", lambda: all_done(house, run, "plan"))
    slots(house, 0)
    house.patiently("all was to be extracted", lambda: all_done(house, run, "extract"), 600)
    house.stop(INGEST, run)
    house.ended(INGEST, run)
    slots(house, 4)
    house.room.set_edition(2)
    house.pass_time(2)  # the pages that the first run holds are free again
    house.run(INGEST, EVERYTHING)
    house.clear(INGEST, run, task_ids=["source.load"])
    assert house.ended(INGEST, run) == "success"


def all_done(house: Broken, run: str, stage: str) -> bool:
    tasks = house.tasks(INGEST, run, stage)
    return bool(tasks) and all(task["state"] in ("success", "skipped") for task in tasks)


def slots(house: Broken, number: int) -> None:
    """How many tasks of the pool `warehouse` may run at once."""
    body = {"pool": "warehouse", "slots": number, "include_deferred": False}
    house.airflow._ask("PATCH", "pools/warehouse?update_mask=slots", json=body)


def kill_measure(house: Broken) -> None:
    for _ in range(5):
        run = house.trigger(MEASURE, {})
        try:
            hit(house.busy(MEASURE, run, "measure").children(recursive=True))
        except (Missed, psutil.NoSuchProcess):
            continue
        assert house.ended(MEASURE, run) == "success"
        return
    raise AssertionError("measure was always through before it could be killed")


Fault = Callable[[Broken, random.Random, str], None]


@dataclass(frozen=True)
class Round:
    """What breaks while the first edition is read, and while the second is. `measure`: killed in measuring, too."""

    name: str
    first: tuple[Fault, ...] = ()
    second: tuple[Fault, ...] = ()
    measure: bool = False


ROUNDS = (
    Round(
        "tasks",
        (kill_task("plan"), kill_task("discover"), kill_task("fetch"), kill_task("clean")),
        (kill_task("extract"), kill_task("load"), kill_task("publish")),
        measure=True,
    ),
    Round(
        "executor",
        (kill_idle, kill_worker("discover"), kill_worker("fetch")),
        (kill_worker("load"), kill_part(SCHEDULER, "fetch"), kill_scheduler_with_its_tasks),
    ),
    Round(
        "parts",
        (kill_part("dag-processor", "discover"), kill_part(SERVER, "fetch")),
        (kill_part(SERVER, "load"), kill_part("dag-processor", "load")),
    ),
    Round("postgres", (kill_postgres("fetch"), kill_postgres("load")), (kill_postgres("extract"), kill_all)),
    Round(
        "connections",
        (reset_publishers, reset_connections("warehouse", "fetch"), reset_connections("warehouse", "load")),
        (reset_connections("airflow", "clean"), reset_connections("warehouse", "discover")),
    ),
    Round("people", (lose_a_file, clear_all, stop_run), (trigger_twice, read_by_hand_meanwhile)),
    Round("schedulers", (two_schedulers, kill_first_scheduler)),
    Round("order", (out_of_order,)),
)
FAULTS = sum(len(one.first) + len(one.second) + one.measure for one in ROUNDS)


@pytest.fixture
def ports(free_port) -> Ports:
    while True:
        first = free_port()
        try:
            for number in range(first, first + 8):
                check_port(number, "")
        except SupervisorError:
            continue
        return Ports(web=free_port(), postgres=free_port(), newsroom=first)


@pytest.mark.chaos
@pytest.mark.airflow
@pytest.mark.postgres
@pytest.mark.timeout(7200)
def test_whatever_breaks_the_warehouse_is_the_same(tmp_path, ports):
    assert FAULTS >= 20
    seed = int(os.environ.get("RASAD_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    only = os.environ.get("RASAD_CHAOS_ROUNDS", "").split()
    print(f"RASAD_CHAOS_SEED={seed}", flush=True)
    var, own = tmp_path / "var", chaos.HASTE | {"AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False"}
    with Newsroom(ports.newsroom, sources_dir=tmp_path / "sources") as room:
        with chaos.opened(var, ports, room, own, PARTS) as house:
            house.administer(f"CREATE DATABASE {EMPTY}")
            migrate(house.place.server.dsn(EMPTY))
            undisturbed = calm(house, tmp_path)
            differences: dict[str, list[str]] = {}
            done = 0
            for one in ROUNDS:
                if only and one.name not in only:
                    continue
                dice = random.Random(f"{seed} {one.name}")
                done += broken_round(house, one, dice)
                if found := [*compared(undisturbed, dump(house.warehouse)), *unaccounted(house), *left(house)]:
                    differences[one.name] = found
                house.place.say(f"{one.name}: {found or 'as if nothing had been'}")
            house.place.say(f"{done} faults")
            assert differences == {}, f"RASAD_CHAOS_SEED={seed}"
        assert chaos.living(var) == []


def calm(house: Broken, folder) -> dict[str, list[str]]:
    """The same two editions into a warehouse of its own, where nothing breaks."""
    dsn = copied(house, "chaos_calm")
    settings = settings_of(house.room, folder / "calm")
    for edition in (1, 2, 2):
        house.room.set_edition(edition)
        look_again(dsn)
        ingest(settings, dsn, f"calm-{edition}")
    return dump(dsn)


def copied(house: Broken, name: str) -> str:
    house.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
    return house.place.server.dsn(name)


def look_again(dsn: str) -> None:
    """As if so much time had passed that every page is looked at again, and every feed polled."""
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("UPDATE news.page SET next_look_at = now() WHERE next_look_at IS NOT NULL OR outcome = 'loaded'")
        cursor.execute("UPDATE news.host SET next_request_at = '-infinity'")


def broken_round(house: Broken, one: Round, dice: random.Random) -> int:
    """Read both editions while the faults of this round come; then in peace. Returns how many faults there were."""
    copied(house, "warehouse")
    for edition, faults in ((1, one.first), (2, one.second)):
        if edition > 1 and not faults:
            continue
        house.room.set_edition(edition)
        look_again(house.warehouse)
        broken_runs(house, faults, dice)
    house.room.set_edition(2)
    for number in range(4):  # further runs, until one finds all as it should be; the second sees it as it is served
        house.patiently("Postgres was to answer", lambda: look_again(house.warehouse) is None)
        if house.run(INGEST, EVERYTHING) == "success" and not waiting(house) and number > 0:
            break
    else:
        raise AssertionError(f"{one.name}: four further runs did not make it good")
    if one.measure:
        kill_measure(house)
    assert house.run(MEASURE, {}) == "success"
    return len(one.first) + len(one.second) + one.measure


def broken_runs(house: Broken, faults: tuple[Fault, ...], dice: random.Random) -> None:
    run = ""
    for fault in faults:
        for _ in range(5):
            house.mend()
            if not run or house.is_over(INGEST, run):
                look_again(house.warehouse)
                run = house.trigger(INGEST, EVERYTHING)
            try:
                fault(house, dice, run)
            except (Missed, psutil.NoSuchProcess):
                continue
            house.place.say(f"{run}: {fault.__name__}")
            mended = house.mend()
            if mended:
                house.place.say(f"put up again: {', '.join(mended)}")
            break
        else:
            raise AssertionError(f"{fault.__name__}: five runs were over before it could be done")
    house.place.say(f"{run}: {house.ended(INGEST, run)}")


def waiting(house: Broken) -> int:
    """Pages that no run is through with."""
    ((count,),) = house.administer(
        "SELECT count(*) FROM news.page WHERE outcome = 'due' OR claimed_by IS NOT NULL", database="warehouse"
    )
    return int(count)


def compared(undisturbed: dict[str, list[str]], disturbed: dict[str, list[str]]) -> list[str]:
    """In which tables they differ, with the first rows that only one of them has."""
    found = []
    for table in sorted(undisturbed.keys() - NOT_COMPARED):
        one, two = set(undisturbed[table]), set(disturbed[table])
        if undisturbed[table] != disturbed[table]:
            found.append(f"{table}: lacking {sorted(one - two)[:3]}, too much {sorted(two - one)[:3]}")
    return found


def unaccounted(house: Broken) -> list[str]:
    """Addresses that the newsroom announced and the ledger does not know, and what our own checks find."""
    with connect(house.warehouse) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT url FROM news.page WHERE outcome <> 'due' AND (reason IS NOT NULL OR outcome = 'loaded')"
        )
        known = {url for (url,) in cursor.fetchall()}
    days = checks.window(None, None, datetime.now(timezone.utc).date()) | {"since": date(2026, 1, 1)}
    names = ("ledger_accounted", "no_orphans", "rollups_equal_facts", "spans_match_text")
    found = [
        f"{name}: {rows.rows[:3]}"
        for name in names
        if (rows := checks.faults(house.warehouse, checks.read()[name], days))
    ]
    announced = {urls.canonical(house.room.announced(article.ref)) for article in articles(2)}
    return found + [f"not in the ledger: {url}" for url in sorted(announced - known)]


def left(house: Broken) -> list[str]:
    """Zombies and strays that are still there after a while."""
    deadline = time.monotonic() + 90
    while (found := house.strays()) and time.monotonic() < deadline:
        time.sleep(1)
    return found
