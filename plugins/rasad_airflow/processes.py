"""Processes of this checkout: started in sessions of their own, noted in a folder, ended with all they started.

A note (`NAME.json`: process id and start time) outlives the one who wrote it, so that the next start can end what a
killed one left. A number alone proves nothing: the system gives it to a stranger as soon as it is free.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Running:
    """A process that we started. `log`: where its output goes; `note`: the file that remembers it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    note: Path

    def tail(self, lines: int = 12) -> str:
        """The last lines of its output."""
        with self.log.open("rb") as handle:
            handle.seek(max(0, self.log.stat().st_size - 8192))
            return "\n".join(handle.read().decode(errors="replace").splitlines()[-lines:])


def start(name: str, command: Sequence[str], env: Mapping[str, str], cwd: Path, logs: Path, notes: Path) -> Running:
    """Start it in a session of its own (a Ctrl-C in the terminal is for us alone), with its output in
    `logs/NAME.log`, and note it in `notes`."""
    for folder in (logs, notes):
        folder.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(logs / f"{name}.log.1")
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter, no shell)
            command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    file = notes / f"{name}.json"
    note(file, process.pid)
    return Running(name, process, log, file)


def note(file: Path, pid: int) -> None:
    """Remember a process: what tells it from a later one of the same number is when it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        file.write_text(json.dumps({"pid": pid, "started": psutil.Process(pid).create_time()}))


def noted(file: Path) -> psutil.Process | None:
    """The live process of a note; None if it is gone, whoever has its number now."""
    pid, started = _read(file)
    try:
        process = psutil.Process(pid)
        return process if _same(process, started) and alive(process) else None
    except (psutil.Error, ValueError):
        return None


def alive(process: psutil.Process) -> bool:
    """A zombie is not: it has ended, and waits to be noticed by its parent."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def end(running: Sequence[Running], patience: float = 5, force_after: float = 1.5) -> None:
    """End them and whatever they started: asked at once (SIGTERM) they have `patience` seconds to end in good order;
    then what is left of their families is asked, and killed `force_after` seconds later."""
    families = {one.name: family(one.note) for one in running}
    for one in running:
        with contextlib.suppress(ProcessLookupError):
            one.process.send_signal(signal.SIGTERM)
    _wait((member for one in running for member in families[one.name] if member.pid == one.process.pid), patience)
    for one in running:
        _end_family([*families[one.name], *family(one.note)], force_after)
        one.process.wait()
        one.note.unlink(missing_ok=True)


def end_leftovers(notes: Path, spare: Path) -> list[str]:
    """End what the notes name and is still there, with all it started, but for the note `spare`. Returns the names
    of what was found."""
    found = []
    for file in sorted(set(notes.glob("*.json")) - {spare}):
        members = family(file)
        if members:
            found.append(file.stem)
            _end_family(members, force_after=3)
        file.unlink(missing_ok=True)
    return found


def family(file: Path) -> list[psutil.Process]:
    """The live processes of a noted one's session, and their descendants in other sessions.

    A session's number is not given to a new process as long as a member lives; that the session is ours and not a
    later one of the same number shows in its leader's start time or, where the leader is gone, in that every member
    is a process of our interpreter that started after it."""
    pid, started = _read(file)
    if pid <= 1:
        return []
    members: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) != pid:
                continue
            leader = process.pid == pid
            ours = _same(process, started) if leader else process.create_time() >= started - 1 and _python(process)
            if ours:
                members[process.pid] = process
                members.update({child.pid: child for child in process.children(recursive=True)})
    return [process for process in members.values() if alive(process)]


def _read(file: Path) -> tuple[int, float]:
    try:
        note = json.loads(file.read_text())
        return int(note["pid"]), float(note["started"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0.0


def _same(process: psutil.Process, started: float) -> bool:
    return abs(process.create_time() - started) < 1


def _python(process: psutil.Process) -> bool:
    return Path(process.exe()).resolve() == Path(sys.executable).resolve()


def _end_family(members: Iterable[psutil.Process], force_after: float) -> None:
    members = [member for member in members if alive(member)]
    for member in members:
        with contextlib.suppress(psutil.Error):
            member.terminate()
    if not _wait(members, force_after):
        for member in members:
            with contextlib.suppress(psutil.Error):
                member.kill()
        _wait(members, 2)


def _wait(processes: Iterable[psutil.Process], seconds: float) -> bool:
    """Whether all of them end in that time."""
    waiting = list(processes)
    deadline = time.monotonic() + seconds
    while waiting := [process for process in waiting if alive(process)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
