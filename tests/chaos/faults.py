"""The kinds of faults that strike the stages, one small function each.

Each has a scene that stands before a stage, breaks something while `python -m rasad stage …` runs there (or before),
and lets the process end. What is chosen is chosen by the scene's dice. Raises Missed where the stage was over too soon.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import press
from tests.chaos.lane import Missed, Scene, settle
from tests.pipeline import STAGES, step

Break = Callable[[Scene], None]
SILENT = 1.0  # seconds without a word after which the client takes a server for dead, here


def killed_by_request(scene: Scene) -> None:
    """kill -9 of the process while a publisher answers it."""
    _at_request(scene, lambda process: process.kill())


def postgres_killed_by_request(scene: Scene) -> None:
    """kill -9 of all of Postgres while a publisher answers."""
    _at_request(scene, lambda process: scene.lane.kill_postgres())


def _at_request(scene: Scene, happens: Callable[..., object]) -> None:
    number, done = scene.dice.randint(1, 5 if scene.stage == "fetch" else 1), threading.Event()
    ready = threading.Event()

    def strike(connection: object, answer: bytes, over: threading.Event) -> None:
        ready.wait()
        happens(process)
        done.set()

    scene.lane.press.misdeed = lambda count: strike if count == number else None
    process = scene.start()
    ready.set()
    scene.tell(f"at request {number}")
    scene.end(process)
    if not done.is_set():
        raise Missed


def killed_by_statement(scene: Scene) -> None:
    """kill -9 of the process at some byte of what it tells Postgres."""
    _at_byte(scene, lambda process: process.kill(), cut=False)


def postgres_killed(scene: Scene) -> None:
    """kill -9 of all of Postgres at some byte of what it is told."""
    _at_byte(scene, lambda process: scene.lane.kill_postgres(), cut=True)


def connection_reset(scene: Scene) -> None:
    """The connection to Postgres is reset at some byte."""
    _at_byte(scene, lambda process: None, cut=True)


def _at_byte(scene: Scene, happens: Callable[..., object], cut: bool) -> None:
    at, ready = int(scene.sends * scene.dice.uniform(0.02, 0.98)), threading.Event()

    def strike() -> None:
        ready.wait()
        happens(process)

    scene.lane.proxy.arm(at, strike, cut)
    process = scene.start(proxied=True)
    ready.set()
    scene.tell(f"at byte {at:,} of some {scene.sends:,}")
    scene.end(process)
    if not scene.lane.proxy.done:
        raise Missed


def killed_at_file(scene: Scene) -> None:
    """kill -9 where it opens, writes or renames a file of the landing zone."""
    number = scene.dice.randint(1, {"clean": 4, "extract": 3, "load": 1, "fetch": 4}[scene.stage])
    scene.tell(f"at access {number}")
    status, _ = scene.end(scene.start(orders={"landing": str(scene.landing), "die_at": number}))
    if status != -9:
        raise Missed


def killed_computing(scene: Scene) -> None:
    """The end, without a word, in the middle of reading pages or articles."""
    seconds = scene.dice.uniform(0.001, 0.06 if scene.stage == "clean" else 0.15)
    scene.tell(f"after {seconds:.3f} s of computing")
    status, _ = scene.end(scene.start(orders={"landing": str(scene.landing), "die_after": seconds}))
    if status >= 0:
        raise Missed


def disk_full(scene: Scene) -> None:
    """Writing fails in the middle of a file."""
    largest = scene.dice.randint(0, 400)
    scene.tell(f"after {largest} bytes")
    status, said = scene.end(scene.start(orders={"largest": largest}))
    assert status, said


def disk_of_some_bytes(scene: Scene) -> None:
    """The landing zone on a file system that has no room left (a tmpfs in a mount namespace of the process's own)."""
    room = scene.dice.choice([4, 8])  # KiB, over what lies there: too little for a batch in whole pages
    used = sum(-(-path.stat().st_size // 4096) * 4096 for path in scene.landing.rglob("*") if path.is_file())
    kept = scene.folder / "kept"
    scene.landing.rename(kept)
    scene.landing.mkdir()
    script = (
        f"mount -t tmpfs -o size={used + 1024 * room} full {scene.landing} && cp -r {kept}/. {scene.landing}/ "
        f'&& head -c {1024 * room} /dev/zero > {scene.landing}/full; exec "$@"'
    )
    process = scene.start(prefix=("unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"))
    status, said = scene.end(process)
    scene.landing.rmdir()
    kept.rename(scene.landing)
    assert status, said
    assert "No space left" in said, said


def clock_wrong(scene: Scene) -> None:
    """The machine's clock is wrong by up to a day, ahead or behind."""
    _clock(scene, None)


def clock_jumps(scene: Scene) -> None:
    """The clock is wrong to one side, and jumps to the other while the stage runs."""
    _clock(scene, scene.dice.randint(2, 12))


def _clock(scene: Scene, jump_at: int | None) -> None:
    seconds = scene.dice.choice([-1, 1]) * scene.dice.choice([3, 90, 3_600, 20_000, 86_000])
    scene.tell(f"{seconds:+,} s" + (f", then the other way from call {jump_at} on" if jump_at else ""))
    status, said = scene.end(scene.start(orders={"clock": seconds, "jump_at": jump_at}))
    assert status == 0, said


def damaged(scene: Scene) -> None:
    """A batch, or the WARC it names, is cut short or has a bit turned before the stage reads it."""
    path = _batch(scene)
    if scene.stage == "clean" and scene.dice.random() < 0.6:
        path = scene.dice.choice(sorted(path.parent.glob("pages-*.warc.gz")))
    data = bytearray(path.read_bytes())
    place = scene.dice.randrange(len(data))
    if scene.dice.random() < 0.5:
        del data[place:]
        scene.tell(f"{path.name} cut to {place} bytes")
    else:
        data[place] ^= 1 << scene.dice.randrange(8)
        scene.tell(f"{path.name} with a bit turned in byte {place}")
    path.write_bytes(data)
    scene.end(scene.start())


def lost(scene: Scene) -> None:
    """A batch, or the WARC it names, is gone before the stage reads it."""
    path = _batch(scene)
    if scene.stage == "clean" and scene.dice.random() < 0.5:
        path = scene.dice.choice(sorted(path.parent.glob("pages-*.warc.gz")))
    path.unlink()
    scene.tell(path.name)
    status, said = scene.end(scene.start())
    assert status, said
    assert "is not in the landing zone" in said, said


def _batch(scene: Scene) -> Path:
    return scene.landing / scene.work["file"]


def bad_server(misdeed: press.Misdeed) -> Break:
    def fault(scene: Scene) -> None:
        first, length = scene.dice.randint(1, 5 if scene.stage == "fetch" else 1), scene.dice.choice([1, 1, 2, 4, 100])
        scene.lane.press.misdeed = lambda count: misdeed if first <= count < first + length else None
        scene.tell(f"{length} answers from {first} on")
        scene.end(scene.start(orders={"hasty": SILENT}))
        if scene.lane.press.count < first:
            raise Missed

    fault.__doc__ = misdeed.__doc__
    return fault


def twice_at_once(scene: Scene) -> None:
    """The same task runs twice at the same time, as after a scheduler that was thought dead."""
    processes = [scene.start() for _ in range(2)]
    ends = [scene.end(process) for process in processes]
    assert scene.stage == "fetch" or not any(status for status, _ in ends), ends


def again(scene: Scene) -> None:
    """The same task runs once more after the runs that came next."""
    scene.end(scene.start())
    settle(scene.settings, scene.dsn, "between")
    scene.end(scene.start())


def too_early(scene: Scene) -> None:
    """The next task runs while this one has not finished: it is given a file that is another stage's, or none."""
    stage = STAGES[STAGES.index(scene.stage) + 1]
    process = scene.start()
    file = scene.work.get("file") or f"{scene.source}/{scene.work['run']}/pages-0123456789ab.jsonl.gz"
    early = scene.start(stage, {**scene.work, "file": file})
    status, said = scene.end(early)
    assert status, said
    scene.end(process)


def old_after_new(scene: Scene) -> None:
    """A batch of the first edition is loaded when the second has been read and loaded."""
    assert scene.edition == 1
    for source, work in scene.lane.before[1, scene.stage].works.items():
        if source != scene.source:  # that one comes in time
            for stage in STAGES[STAGES.index(scene.stage) :]:
                work = step(scene.settings, scene.dsn, stage, work)
    scene.edition_after(2)
    settle(scene.settings, scene.dsn, "second")
    status, said = scene.end(scene.start())
    assert status == 0, said


def two_runs(scene: Scene) -> None:
    """Two whole runs, stage by stage, at once over the same warehouse."""
    ends: list[str] = []

    def run(name: str) -> None:
        work = dict(scene.work) | {"run": name}
        for stage in STAGES:
            if stage not in ("discover", "fetch") and "file" not in work:
                break
            status, said = scene.end(scene.start(stage, work))
            if status:
                ends.append(f"{name} {stage}: {said}")
                break
            work = work | _printed(said)

    threads = [threading.Thread(target=run, args=(f"run-{n}",)) for n in (1, 2)]
    for thread in threads:
        thread.start()
        time.sleep(scene.dice.uniform(0, 1))
    for thread in threads:
        thread.join()
    assert not ends, ends


def _printed(said: str) -> dict[str, str]:
    work = json.loads(said)
    return {"file": work["file"]} if "file" in work else {}


def tomorrow(scene: Scene) -> None:
    """The clock of the database jumps: what is planned lies further away, or is long due."""
    hours = scene.dice.choice([-30, -2, 2, 30])
    scene.tell(f"{hours:+} hours")
    scene.shift_plans(hours)
    scene.end(scene.start())


@dataclass(frozen=True)
class Kind:
    """`times` faults of a kind in `make chaos`, of which `short` in `make test-slow`, at the stages in turn."""

    name: str
    strikes: Break
    stages: tuple[str, ...]
    times: int
    short: int = 0
    edition: int | None = None


SQL_STAGES = ("discover", "fetch", "load", "measure")
WEB_STAGES = ("fetch", "discover", "fetch")
KINDS = (
    Kind("process killed between requests", killed_by_request, ("fetch", "fetch", "discover"), 15, 3),
    Kind("process killed between statements", killed_by_statement, ("load", *SQL_STAGES, "load"), 24, 4),
    Kind("process killed at a file", killed_at_file, ("fetch", "clean", "extract", "load"), 16, 4),
    Kind("process killed computing", killed_computing, ("clean", "extract"), 12, 2),
    Kind("Postgres killed", postgres_killed, ("load", *SQL_STAGES), 15, 2),
    Kind("Postgres killed between requests", postgres_killed_by_request, ("fetch", "discover"), 4),
    Kind("connection to Postgres reset", connection_reset, ("load", *SQL_STAGES), 20),
    Kind("connection to a publisher reset", bad_server(press.reset), WEB_STAGES, 6),
    Kind("reset in the middle of an answer", bad_server(press.reset_midway), WEB_STAGES, 6),
    Kind("closed in the middle of an answer", bad_server(press.closed_midway), WEB_STAGES, 6),
    Kind("half-open server", bad_server(press.half_open), WEB_STAGES, 5),
    Kind("server that stalls", bad_server(press.stalling), WEB_STAGES, 5),
    Kind("server that drips", bad_server(press.dripping), WEB_STAGES, 5),
    Kind("server that speaks no HTTP", bad_server(press.babbling), WEB_STAGES, 3),
    Kind("server that is busy", bad_server(press.busy), WEB_STAGES, 3),
    Kind("server that fails", bad_server(press.failing), WEB_STAGES, 3),
    Kind("disk full (size limit)", disk_full, ("fetch", "clean", "extract"), 9),
    Kind("disk full (file system)", disk_of_some_bytes, ("fetch", "clean", "extract"), 6),
    Kind("clock wrong", clock_wrong, ("fetch", "load", "discover", "clean", "extract"), 10),
    Kind("clock jumps", clock_jumps, ("fetch", "fetch", "discover", "clean"), 6),
    Kind("clock of the database jumps", tomorrow, ("fetch", "discover", "load"), 6),
    Kind("batch or WARC damaged", damaged, ("clean", "extract", "load"), 18),
    Kind("batch or WARC lost", lost, ("clean", "extract", "load"), 6),
    Kind("task twice at once", twice_at_once, ("load", "fetch", "clean", "discover", "extract", "measure"), 9),
    Kind("task again, later", again, ("load", "fetch", "load", "discover"), 5),
    Kind("task before its time", too_early, ("fetch", "clean", "extract"), 5),
    Kind("old batch after the new", old_after_new, ("load", "clean", "extract"), 6, edition=1),
    Kind("two schedulers of the stages", two_runs, ("discover",), 5),
)


def dice_of(seed: int, name: str) -> random.Random:
    return random.Random(f"{seed} {name}")
