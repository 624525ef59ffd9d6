"""What more workers bring: an archive of the press through Airflow, with the LocalExecutor and with Celery's workers.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/scale.py [--local 1,2] [--workers 1,2,4] [--files N] [--pages N]
       [--json OUT]

All that runs on servers runs on this machine: Airflow, Redis, an S3 server and Postgres (tests/servers.py; `make
.venv-server/.installed` makes the environment that Celery's scheduler and workers need). The archive is the newsroom's
past (tests/newsroom/past.py) in N files of N pages, read by the DAG `backfill_archive`. Each round reads it into a
warehouse of its own: `--local` with so many tasks at once on the LocalExecutor, `--workers` with so many worker
processes of Celery's that do one task at a time.

Printed, by round: articles a second; the factor against the first round of that executor, and whether it counts: where
the machine has no more cores than workers, the targets (1.7 for two, 2.5 for four) say nothing of the software; what
other work took of the machine meanwhile; CPU seconds and most memory (PSS) by part, and the share of an article and of
a task. API server, scheduler and DAG processor also work while nothing is to be done, so that their share falls with
the time a round takes. How many workers one warehouse bears, benchmarks/limits.py tries. Exit status 1 where one
warehouse differs from another.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ingest import _free_port
from tests import servers
from tests.chaos import compare
from tests.newsroom import Newsroom, past

from rasad.warehouse.connection import connect
from rasad_airflow.environment import Ports

LOCAL, CELERY = "local", "celery"
TARGETS = {2: 1.7, 4: 2.5}
RUN, DAG = "scale", "backfill_archive"
POOL = "text"  # of the tasks that read a file
LOOKS = 3.0  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Round:
    """One work, done by so many workers. `cpu`: seconds by part, `memory`: most megabytes, workers taken together.
    `others`: the share of all cores that other work took."""

    executor: str
    workers: int
    seconds: float
    articles: int
    tasks: int
    cpu: Mapping[str, float]
    memory: Mapping[str, float]
    others: float

    @property
    def speed(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds


def counts(workers: int, cores: int) -> bool:
    """Whether the factor of so many workers says something of the software: the other parts need a core, too."""
    return cores > workers


def by_kind(found: Mapping[str, float], executor: str) -> dict[str, float]:
    """Workers as one. What the scheduler started is tasks with the LocalExecutor, its own helpers with Celery."""
    kinds: dict[str, float] = {}
    for name, value in found.items():
        kind = "workers" if name.startswith("worker-") else name
        if name == f"started by {servers.SCHEDULER}":
            kind = "workers" if executor == LOCAL else servers.SCHEDULER
        kinds[kind] = kinds.get(kind, 0.0) + value
    return kinds


def archive(folder: Path, origins: Mapping[str, str], files: int, pages: int) -> list[Path]:
    """The newsroom's past in so many files of so many pages, each page in one of them; where it has fewer, it comes
    again under other addresses."""
    once = past.past()
    fetches = [again(each, number // len(once)) for number, each in zip(range(files * pages), itertools.cycle(once))]
    made = []
    for number in range(files):
        path = folder / f"past-{number:02d}.warc.gz"
        past.write(path, origins, fetches[number * pages : (number + 1) * pages])
        made.append(path)
    return made


def again(each: past.Fetched, time: int) -> past.Fetched:
    """The same page, the n-th time under an address of its own; the 0th time as it is."""
    article = each.article
    return replace(each, article=replace(article, path=f"{article.path.rstrip('/')}-{time}")) if time else each


def measured(house: servers.Servers, executor: str, workers: int, files: Sequence[Path]) -> tuple[Round, str]:
    """Read them once, into a warehouse of its own: the round and that warehouse's address."""
    name = f"scale_{executor}_{workers}"
    dsn = house.warehouse(name)
    house.set_pool(POOL, workers)
    at_work = house.one_machine(name) if executor == LOCAL else house.workers(workers, name, concurrency=1)
    with at_work, most_held(house) as memory:
        before, busy, began = house.cpu_seconds(), machine_seconds(), time.monotonic()
        house.run(DAG, RUN, {"files": [str(file) for file in files]})
        seconds, busy, after = time.monotonic() - began, machine_seconds() - busy, house.cpu_seconds()
    spent = {part: value - before.get(part, 0.0) for part, value in after.items()}
    tasks = len(house.airflow.tasks(DAG, RUN))
    house.forget(DAG, RUN)
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news.article")
        ((articles,),) = cursor.fetchall()
    others = max(0.0, busy - sum(spent.values())) / seconds / (os.cpu_count() or 1)
    return Round(executor, workers, seconds, articles, tasks, by_kind(spent, executor), dict(memory), others), dsn


def machine_seconds() -> float:
    """CPU seconds that this machine has worked so far, whoever for."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


@contextmanager
def most_held(house: servers.Servers) -> Iterator[dict[str, float]]:
    """The most megabytes that each part holds at once until the end of the block; of workers, the largest."""
    most: dict[str, float] = {}
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOKS):
            for name, size in house.memory().items():
                kind = "a worker" if name.startswith("worker-") else name
                most[kind] = max(most.get(kind, 0.0), size / 1e6)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def print_round(each: Round, one: Round, cores: int) -> None:
    """`one`: the first round of the same executor."""
    factor = each.speed / one.speed * one.workers
    target = TARGETS.get(each.workers)
    verdict = "" if target is None else f"; {target} is wanted"
    if target is not None and not counts(each.workers, cores):
        verdict += f", which {cores} cores cannot show: the other parts want some, too"
    print(f"{each.executor}, {each.workers} at once: {each.articles} articles in {each.seconds:.1f} s")
    others = f"other work took {each.others:.0%} of {cores} cores"
    print(f"    {each.speed:.2f} a second, {factor:.2f} times one{verdict}; {others}")
    for name, seconds in sorted(each.cpu.items(), key=lambda item: -item[1]):
        print(f"    {name:<14}{seconds:8.1f} CPU s {1000 * seconds / each.articles:8.1f} ms an article "
              f"{1000 * seconds / each.tasks:8.0f} ms a task")  # fmt: skip
    print(
        "    memory, MB:   " + ", ".join(f"{name} {size:.0f}" for name, size in sorted(each.memory.items())), flush=True
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    def numbers(words: str) -> list[int]:
        return [int(word) for word in words.split(",") if int(word)]

    parser.add_argument("--local", type=numbers, default=[1, 2], help="0: none")
    parser.add_argument("--workers", type=numbers, default=[1, 2, 4], help="0: none")
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--pages", type=int, default=100, help="of a file")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    args = parser.parse_args(arguments)
    if reason := servers.lacking():
        print(f"scale: {reason}", file=sys.stderr)
        return 2
    ports = Ports(web=_free_port(), postgres=_free_port())
    cores = os.cpu_count() or 1
    rounds: list[Round] = []
    differences: list[str] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Newsroom(sources_dir=Path(folder) / "sources") as room,
        servers.opened(Path(folder) / "var", ports, room, _free_port) as house,
    ):
        files = archive(Path(folder), room.origins, args.files, args.pages)
        rows: dict[str, list[str]] = {}
        first: dict[str, Round] = {}
        for executor, number in [*((LOCAL, n) for n in args.local), *((CELERY, n) for n in args.workers)]:
            found, dsn = measured(house, executor, number, files)
            rounds.append(found)
            print_round(found, first.setdefault(executor, found), cores)
            warehouse = compare.state(dsn)
            rows = rows or warehouse
            differences += [f"{executor}, {number}: {line}" for line in compare.differences(rows, warehouse)]
    print(*(differences or [f"the {len(rounds)} warehouses are the same"]), sep="\n")
    if args.json:
        args.json.write_text(json.dumps({"cores": cores, "rounds": [asdict(one) for one in rounds]}, indent=1))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
