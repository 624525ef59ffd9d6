"""How fast a WARC file becomes rows of the warehouse, and what that costs.

usage: PYTHONPATH=plugins .venv/bin/python benchmarks/ingest.py FILE.warc.gz [--jobs N] [--json OUT]

Runs `backfill` (clean and extract in N processes, load in this one) and then `measure`, into a Postgres of its own with
the settings of the embedded one, made in a temporary folder and removed afterwards. `benchmarks/corpus_warc.py` makes
such a FILE.

Printed: articles per second and per CPU second, of the client's processes and of the server apart; the most memory that
all processes held together, client's and server's; records by outcome; what stands in the warehouse in the end. Loading
word lists and models is part of it.

Memory is looked at every second, from the first record to the last measured day: the sum of what each process holds
by itself and its part of what it shares (PSS, so that the server's buffers count once, as far as they were touched).
What looking costs is not counted as the client's.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from rasad.settings import Settings
from rasad.stages.backfill import backfill
from rasad.warehouse import trends
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.embedded import Server
from rasad.warehouse.migrate import migrate

LOOKS = 1.0  # seconds between two looks at the memory


def ingest(warc: Path, server: Server, jobs: int = 1) -> dict[str, Any]:
    """Read a WARC file into the migrated, empty warehouse of a running server, and measure its days."""
    settings, dsn = Settings.from_env({}), server.dsn("warehouse")
    with watched(server) as memory:
        start, client, served = time.perf_counter(), _client_seconds(), server_seconds(server)
        outcomes = backfill(settings, dsn, warc, jobs=jobs).outcomes
        wall, served = time.perf_counter() - start, server_seconds(server) - served
        client = _client_seconds() - client - memory.cost
        start = time.perf_counter()
        days = len(trends.measure(dsn))
        measured = time.perf_counter() - start
    articles = outcomes["article"]
    return {
        "file": warc.name,
        "megabytes": warc.stat().st_size / 1e6,
        "outcomes": dict(outcomes.most_common()),
        "backfill": {
            "wall_seconds": wall,
            "client_cpu_seconds": client,
            "server_cpu_seconds": served,
            "articles_per_second": articles / wall,
            "articles_per_client_cpu_second": articles / client,
            "articles_per_cpu_second": articles / (client + served),
        },
        "measure": {"wall_seconds": measured, "days": days},
        "jobs": jobs,
        "peak_memory_mb": (memory.client + memory.server) / 1e6,
        "peak_memory_of_client_mb": memory.client / 1e6,
        "peak_memory_of_server_mb": memory.server / 1e6,
        "warehouse": _counts(dsn),
    }


def _client_seconds() -> float:
    """CPU time of this process and of those of its that have ended: of the readers, once `backfill` is done."""
    return sum(os.times()[:4])


@dataclass
class Memory:
    """Bytes of the client's and the server's processes when they had most together; CPU seconds of looking."""

    client: int = 0
    server: int = 0
    cost: float = 0.0


@contextmanager
def watched(server: Server) -> Iterator[Memory]:
    """The most memory that this process, its children and the server hold at once until the end of the block."""
    memory = Memory()
    done = threading.Event()

    def watch() -> None:
        while True:
            last = done.is_set()
            found = _held(psutil.Process()), _held(_postmaster(server))
            if sum(found) > memory.client + memory.server:
                memory.client, memory.server = found
            memory.cost = time.thread_time()
            if last:
                return
            done.wait(LOOKS)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        done.set()
        thread.join()


def _held(process: psutil.Process) -> int:
    """Bytes of a process and its descendants, what they share counted once."""
    held = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            held += one.memory_full_info().pss
    return held


def _postmaster(server: Server) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def server_seconds(server: Server) -> float:
    """CPU time of a running server: of its processes, and of those of its that have ended."""
    main = _postmaster(server)
    seconds: float = sum(main.cpu_times()[:4])  # user, system, and both of the children that have ended
    for child in main.children():
        with suppress(psutil.NoSuchProcess):
            seconds += sum(child.cpu_times()[:2])
    return seconds


def _counts(dsn: str) -> dict[str, int]:
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM news.article), (SELECT count(*) FROM news.fact), "
            "(SELECT count(*) FROM news.entity), pg_database_size(current_database())"
        )
        return dict(zip(("articles", "facts", "entities", "bytes"), cursor.fetchone() or (), strict=True))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def print_report(figures: dict[str, Any]) -> None:
    load, stands = figures["backfill"], figures["warehouse"]
    outcomes = ", ".join(f"{count} {name}" for name, count in figures["outcomes"].items())
    rows = {
        "file": f"{figures['file']}, {figures['megabytes']:.1f} MB: {outcomes}",
        "jobs": str(figures["jobs"]),
        "wall": f"{load['wall_seconds']:.1f} s: {load['articles_per_second']:.1f} articles a second",
        "client": f"{load['client_cpu_seconds']:.1f} s of CPU: {load['articles_per_client_cpu_second']:.1f} articles a "
        "CPU second",
        "server": f"{load['server_cpu_seconds']:.1f} s of CPU; with the client {load['articles_per_cpu_second']:.1f} "
        "articles a CPU second",
        "memory": f"{figures['peak_memory_mb']:.0f} MB at most: {figures['peak_memory_of_client_mb']:.0f} of the "
        f"client, {figures['peak_memory_of_server_mb']:.0f} of the server",
        "measure": f"{figures['measure']['wall_seconds']:.1f} s for {figures['measure']['days']} days",
        "warehouse": f"{stands['articles']} articles, {stands['facts']} facts, {stands['entities']} entities; "
        f"{stands['bytes'] / 1e6:.0f} MB",
    }
    for name, told in rows.items():
        print(f"{name:<11}{told}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warc", type=Path, metavar="FILE.warc.gz")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="as of `rasad backfill`")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    args = parser.parse_args(arguments)
    if not args.warc.is_file():
        print(f"ingest: {args.warc} is no file: benchmarks/corpus_warc.py makes one", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), _free_port())
        try:
            server.start()
            migrate(server.dsn("warehouse"))
            figures = ingest(args.warc, server, args.jobs)
        except WarehouseError as problem:
            print(f"ingest: {problem}", file=sys.stderr)
            return 1
        finally:
            server.remove()
    print_report(figures)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
