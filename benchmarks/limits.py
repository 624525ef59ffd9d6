"""How many workers one warehouse bears. The warehouse is real, and the workers are not.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/limits.py [--workers 1,4,16,32,64] [--reading SECONDS]
       [--seconds N] [--json OUT]

Each worker is a process that sleeps as long as one would clean and extract 200 pages (`--reading`; by
itself at what `backfill` says of a worker's speed), then loads 200 articles of many sources of an invented press
(benchmarks/press.py), as an archive holds them, with the loader that everybody uses, and so on, for `--seconds`. Each
begins at another point of its reading. The Postgres has the settings of the embedded one. Printed: articles a second,
and what that is of what so many workers would bring if none had to wait for another; the median load and the longest;
CPU seconds of Postgres and of the loaders for 1,000 articles; and, looked at ten times a second, what loads under way
were doing: the loader's part (`Client`), the server's (`CPU`), waiting for a lock or for the disk.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ingest import _free_port, server_seconds

from benchmarks import press
from rasad.model import Batch, ReadArticle, Source
from rasad.stages.backfill import PAGES_A_SECOND
from rasad.stages.extract import VERSIONS
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.embedded import Server
from rasad.warehouse.load import load, make_partitions
from rasad.warehouse.migrate import migrate

SIZE = 200  # articles of a load. A backfill's of large files have 2,000, and cost less an article
LOOK = 0.1  # seconds between two looks at what loads are doing
Batches = Sequence[Sequence[ReadArticle]]


@dataclass(frozen=True, slots=True)
class Fleet:
    """What so many workers brought. Seconds; `waits`: shares of the looks at loads under way."""

    workers: int
    speed: float  # articles a second
    undisturbed: float  # the same, had no load taken longer than one worker's
    median_load: float
    longest_load: float
    server_cpu: float  # for 1,000 articles
    client_cpu: float
    waits: dict[str, float]


def batches(number: int, size: int = SIZE) -> list[list[ReadArticle]]:
    """So many loads of an invented press of 60 sources, in the order of its days, as archives have them."""
    days = press.days(press.plan(number * size, 45, 60, 15, date(2026, 3, 10)))
    everything = (read for _, reads in days for read in reads)
    return [list(itertools.islice(everything, size)) for _ in range(number)]


def fleet(
    server: Server, dsn: str, work: Batches, workers: int, reading: float, seconds: float, alone: float | None = None
) -> Fleet:
    """Let so many workers go on for so long. `alone`: what a load takes one worker; None: as it takes here."""
    sources = {source.id: source for source in press.sources(60)}
    with connect(dsn, autocommit=True) as link:
        ledger.sync_sources(link, sources.values())
    with connect(dsn) as link:
        make_partitions(link, {date.fromisoformat(str(read.article.published_at)[:10]) for b in work for read in b})
    fork = multiprocessing.get_context("fork")  # what was made beforehand is there without being sent
    pipes = [fork.Pipe(duplex=False) for _ in range(workers)]
    start = time.monotonic() + 0.5 + workers / 50  # once all of them are there
    crew = []
    for one, (_, sender) in enumerate(pipes):
        first = start + reading * (one + 1) / workers
        args = (f"fleet/{one}", dsn, work[one::workers], sources, first, reading, start + seconds, sender)
        crew.append(fork.Process(target=_work, args=args))
    with looked_at(dsn) as looks:
        served = server_seconds(server)
        for process, (_, sender) in zip(crew, pipes, strict=True):
            process.start()
            sender.close()  # so that the end of one that dies is noticed
        reports = [receiver.recv() for receiver, _ in pipes]
        for process in crew:
            process.join()
        served = server_seconds(server) - served
    durations = [each[1] for loads, _ in reports for each in loads]
    articles = sum(each[2] for loads, _ in reports for each in loads)
    speed = 0.0
    for one, (loads, _) in enumerate(reports):
        if loads:
            began = start + reading * (one + 1) / workers - reading
            speed += sum(each[2] for each in loads) / (loads[-1][0] - began)
    return Fleet(
        workers,
        speed,
        workers * len(work[0]) / (reading + (alone or statistics.median(durations))),
        statistics.median(durations),
        max(durations),
        1000 * served / articles,
        1000 * sum(cpu for _, cpu in reports) / articles,
        {kind: number / max(1, looks.total()) for kind, number in looks.most_common()},
    )


def _work(
    name: str, dsn: str, work: Batches, sources: Mapping[str, Source], first: float, reading: float, until: float,
    sender: Connection,
) -> None:  # fmt: skip
    """One worker, who has read for the first time at `first` of the monotonic clock, and begins no load after `until`.
    Sends (when a load ended, what it took, its articles) for each, and its CPU seconds."""
    loads = []
    cpu = time.process_time()
    time.sleep(max(0.0, first - time.monotonic()))
    for number, reads in enumerate(work):
        began = time.monotonic()
        if began > until:
            break
        batch = Batch(f"{name}/{number}", name, str(reads[0].article.source_id), tuple(reads))
        receipt = load(dsn, batch, sources, VERSIONS)
        ended = time.monotonic()
        loads.append((ended, ended - began, receipt.articles))
        time.sleep(reading)
    sender.send((loads, time.process_time() - cpu))


@contextmanager
def looked_at(dsn: str) -> Iterator[Counter[str]]:
    """What the connections to this database are seen doing until the end of the block."""
    seen: Counter[str] = Counter()
    done = threading.Event()

    def look() -> None:
        with connect(dsn, autocommit=True) as link, link.cursor() as cursor:
            while not done.wait(LOOK):
                cursor.execute(
                    "SELECT CASE wait_event_type WHEN 'Lock' THEN 'Lock ' || wait_event ELSE coalesce(wait_event_type, "
                    "'CPU') END, count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 1"
                )
                seen.update(dict(cursor.fetchall()))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def new_warehouse(server: Server, name: str) -> str:
    link = psycopg2.connect(server.dsn("postgres"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    link.close()
    migrate(server.dsn(name))
    return server.dsn(name)


def warehouse(workers: Sequence[int], reading: float, seconds: float) -> list[Fleet]:
    """Each fleet in a warehouse of its own, the first one's loads being what a load takes undisturbed."""
    rounds = int(seconds / reading) + 2
    work = batches(max(workers) * rounds)
    found: list[Fleet] = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), _free_port())
        try:
            server.start()
            for number in workers:
                dsn = new_warehouse(server, f"fleet_{number}")
                alone = found[0].median_load if found else None
                found.append(fleet(server, dsn, work[: number * rounds], number, reading, seconds, alone))
                print_fleet(found[-1])
        finally:
            server.remove()
    return found


def print_fleet(one: Fleet) -> None:
    print(
        f"{one.workers:3} workers: {one.speed:6.0f} articles a second, {one.speed / one.undisturbed:4.0%} of what they "
        f"could; a load takes {one.median_load:.2f} s, at most {one.longest_load:.2f}; CPU seconds for 1,000: Postgres "
        f"{one.server_cpu:.2f}, loaders {one.client_cpu:.2f}; loads under way: "
        + ", ".join(f"{kind} {share:.0%}" for kind, share in one.waits.items()),
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda words: [int(word) for word in words.split(",")]  # noqa: E731
    parser.add_argument("--workers", type=numbers, default=[1, 4, 16, 32, 64])
    parser.add_argument("--reading", type=float, default=SIZE / PAGES_A_SECOND, metavar="SECONDS")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    args = parser.parse_args(arguments)
    if args.seconds <= args.reading:
        parser.error(f"--seconds {args.seconds:g}: give more than --reading, {args.reading:g}")
    fleets = warehouse(args.workers, args.reading, args.seconds)
    if args.json:
        args.json.write_text(json.dumps({"cores": os.cpu_count(), "fleets": [asdict(one) for one in fleets]}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
