"""What an attack is, and how one is run: alone in a process that has so much memory and CPU time and no more."""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MEMORY = 1_000_000_000  # bytes that an attack may take beyond what the program holds anyway
CPU_SECONDS = 30  # ten times what the slowest takes: what is no bound at all fails, a busy machine does not
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile input. `attack` gives it to the code and returns what came of it: a word of the ledger, an error's
    name, or what was read; `ends` is the pattern of what may."""

    kind: str
    name: str
    attack: Callable[[], str]
    ends: str

    @property
    def id(self) -> str:
        return f"{self.kind}: {self.name}"


def run(case: Case) -> dict[str, Any]:
    """`{id, end, why, cpu, wall}`: `end` is None, and `why` says it, where the attack got through its bounds."""
    reader, writer = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _bounded(case, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status, usage = os.wait4(child, 0)
    row = json.loads(told) if told else {"end": None, "why": f"killed by {signal.Signals(status & 127).name}"}
    if row["end"] is not None and not re.fullmatch(case.ends, row["end"], re.DOTALL):
        row["why"] = f"ended as {row['end']!r}, which is not {case.ends!r}"
    spent = usage.ru_utime + usage.ru_stime
    return {"id": case.id, "cpu": round(spent, 2), "wall": round(time.monotonic() - started, 2), **row}


def _bounded(case: Case, writer: int) -> None:
    """In the child: what came of it goes through the pipe, and the child ends here."""
    with open("/proc/self/statm") as file:  # noqa: PTH123  # size, in pages
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(SECONDS)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # warcio tells what it thinks of an archive, a megabyte at a time
    os.dup2(null, 2)
    try:
        row: dict[str, Any] = {"end": case.attack(), "why": None}
    except BaseException:
        row = {"end": None, "why": traceback.format_exc()[-3000:]}
    os.write(writer, json.dumps(row).encode()[:60_000])
    os._exit(0)


def main(cases: list[Case], part: int, parts: int) -> None:
    """A line of JSON for each case of a part of the table."""
    for case in cases[part::parts]:
        print(json.dumps(run(case)), flush=True)


if __name__ == "__main__":
    table = importlib.import_module(f"tests.hostile.{sys.argv[1]}")
    getattr(table, "warm", lambda: None)()
    main(table.CASES, int(sys.argv[2]), int(sys.argv[3]))
