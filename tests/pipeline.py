"""The stages in the order that the DAG gives them, in this process: what tests of the whole path run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path

from tests.newsroom import Newsroom

from rasad.settings import Settings
from rasad.stages import clean, discover, extract, fetch, load, measure, plan, publish

STAGES = ("discover", "fetch", "clean", "extract", "load")


def settings_of(room: Newsroom, folder: Path) -> Settings:
    """Settings that read the newsroom alone, with a landing zone under `folder`."""
    hosts = frozenset(origin.removeprefix("http://") for origin in room.origins.values())
    return Settings(
        var=folder, landing=(folder / "landing").as_uri(), source_dirs=(Path(room.sources_dir),), allow_hosts=hosts
    )


def step(settings: Settings, dsn: str, stage: str, work: dict) -> dict:
    """One stage of one source."""
    match stage:
        case "discover":
            return discover.discover(settings, dsn, work)
        case "fetch":
            return fetch.fetch(settings, dsn, work)
        case "clean":
            return clean.clean(settings, work)
        case "extract":
            return extract.extract(settings, work)
        case _:
            return load.load(settings, dsn, work)


def ingest(settings: Settings, dsn: str, run: str, sources: Sequence[str] = ()) -> publish.Outcome:
    """A whole run over all sources (feeds polled whether due or not), measured."""
    works = plan.plan(settings, dsn, run, sources, everything=True)
    with ThreadPoolExecutor(len(works)) as pool:  # sources side by side, as Airflow maps them
        list(
            pool.map(lambda work: reduce(lambda so_far, stage: step(settings, dsn, stage, so_far), STAGES, work), works)
        )
    measure.measure(settings, dsn)
    return publish.publish(settings, dsn, run)


def environment(settings: Settings, dsn: str) -> dict[str, str]:
    """The environment in which another process has these settings."""
    return os.environ | {
        "PYTHONPATH": "plugins",
        "RASAD_VAR": str(settings.var),
        "RASAD_LANDING": settings.landing,
        "RASAD_SOURCES": os.pathsep.join(map(str, settings.source_dirs)),
        "RASAD_ALLOW_HOSTS": ",".join(sorted(settings.allow_hosts)),
        "RASAD_WAREHOUSE": dsn,
    }


if __name__ == "__main__":  # one stage in a process of its own, so that a test can kill it
    _, name, reference = sys.argv
    settings = Settings.from_env()
    assert settings.warehouse
    print(json.dumps(step(settings, settings.warehouse, name, json.loads(reference))))
