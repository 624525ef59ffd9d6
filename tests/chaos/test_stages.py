"""The stages broken in more than two hundred ways while they run, by `make chaos`; kills alone by `make test-slow`.

Each fault has a warehouse of its own, as it was before the stage that is struck. Afterwards the task is tried again,
the next runs come, and the warehouse is compared with one that nothing disturbed. RASAD_CHAOS_SEED=N repeats the
choices of a run, RASAD_CHAOS_ONLY='NAME #N' one fault of it; RASAD_CHAOS_LANES says how many go side by side.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from tests.chaos import compare, faults, lane
from tests.chaos.faults import KINDS, Kind
from tests.chaos.lane import Lane, Missed

TRIES = 6  # of a fault whose stage is over before it strikes


@dataclass(frozen=True)
class Planned:
    kind: Kind
    number: int

    @property
    def name(self) -> str:
        return f"{self.kind.name} #{self.number}"

    @property
    def stage(self) -> str:
        return self.kind.stages[self.number % len(self.kind.stages)]


@dataclass(frozen=True)
class Outcome:
    planned: Planned
    told: str
    differences: tuple[str, ...]
    unaccounted: tuple[str, ...]
    left: tuple[str, ...]
    seconds: float

    @property
    def bad(self) -> bool:
        return bool(self.differences or self.unaccounted or self.left)


@pytest.mark.chaos
@pytest.mark.postgres
@pytest.mark.timeout(7200)
def test_whatever_strikes_the_stages_the_warehouse_is_the_same(tmp_path, free_port):
    planned = [Planned(kind, number) for kind in KINDS for number in range(kind.times)]
    assert len(planned) >= 200
    broken(planned, tmp_path, free_port, lanes=2)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(3600)
def test_fifteen_kills(tmp_path, free_port):
    broken([Planned(kind, number) for kind in KINDS for number in range(kind.short)], tmp_path, free_port, lanes=1)


def broken(planned: Sequence[Planned], folder, free_port: Callable[[], int], lanes: int) -> None:
    seed = int(os.environ.get("RASAD_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    only = os.environ.get("RASAD_CHAOS_ONLY", "")
    lanes = int(os.environ.get("RASAD_CHAOS_LANES") or lanes)
    chosen = [one for one in planned if not only or one.name == only]
    assert chosen, f"no fault is called {only!r}: they are called as in {planned[0].name!r}"
    print(f"\nRASAD_CHAOS_SEED={seed}", flush=True)
    random.Random(seed).shuffle(chosen)
    waiting, lock = iter(chosen), threading.Lock()

    def work(number: int) -> list[Outcome]:
        with lane.opened(folder / f"lane-{number}", free_port()) as own:
            return list(each(own, waiting, lock, seed))

    lanes = min(lanes, len(chosen))
    with ThreadPoolExecutor(lanes) as pool:
        outcomes = [outcome for some in pool.map(work, range(lanes)) for outcome in some]
    print(table(outcomes), flush=True)
    wrong = [f"RASAD_CHAOS_SEED={seed} RASAD_CHAOS_ONLY={o.planned.name!r}: {o}" for o in outcomes if o.bad]
    assert len(outcomes) == len(chosen)
    assert not wrong, "\n".join(wrong)


def each(own: Lane, waiting: Iterator[Planned], lock: threading.Lock, seed: int) -> Iterator[Outcome]:
    while True:
        with lock:
            planned = next(waiting, None)
        if planned is None:
            return
        outcome = struck(own, planned, faults.dice_of(seed, planned.name))
        print(f"{'BAD' if outcome.bad else 'ok '} {outcome.seconds:5.1f} s  {planned.name}, {outcome.told}", flush=True)
        yield outcome


def struck(own: Lane, planned: Planned, dice: random.Random) -> Outcome:
    """One fault and what came of it."""
    begun = time.monotonic()
    for _ in range(TRIES):
        with lane.scene(own, dice, planned.stage, planned.kind.edition) as scene:
            try:
                planned.kind.strikes(scene)
            except Missed:
                continue
            scene.recover()
            edition = scene.edition_read or scene.edition
            return Outcome(
                planned,
                f"{scene.source} {scene.stage} of edition {scene.edition}: {'; '.join(scene.told)}",
                tuple(compare.differences(own.undisturbed[edition], compare.state(scene.dsn))),
                tuple(compare.unaccounted(scene.dsn, own.press.announced_now())),
                tuple(scene.left()),
                time.monotonic() - begun,
            )
    raise AssertionError(f"{planned.name}: {TRIES} times the stage was over before it was struck")


def table(outcomes: Sequence[Outcome]) -> str:
    """Kind → injected, differences, unaccounted, left behind, seconds."""
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.planned.kind.name].append(outcome)
    kinds["all"] = list(outcomes)
    lines = [f"{'':<36} {'injected':>8} {'differ':>7} {'unaccounted':>11} {'left':>5} {'seconds':>8}"]
    for name, some in kinds.items():
        counts = [sum(bool(value) for value in values) for values in (
            [o.differences for o in some], [o.unaccounted for o in some], [o.left for o in some],
        )]  # fmt: skip
        seconds = sum(outcome.seconds for outcome in some)
        lines.append(f"{name:<36} {len(some):>8} {counts[0]:>7} {counts[1]:>11} {counts[2]:>5} {seconds:>8.0f}")
    return "\n".join(lines)
