"""Plan: which sources a run looks at."""

from __future__ import annotations

from collections.abc import Sequence

from rasad import sources as registry
from rasad.model import Source
from rasad.settings import Settings
from rasad.stages.landing import Work
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect


class PlanError(ValueError):
    """A run was asked for something that is not there; the message names it and the way out."""


def load_sources(settings: Settings) -> dict[str, Source]:
    """The sources of RASAD_SOURCES, else those of the package. Raises SourceError with file and line."""
    return registry.load(settings.source_dirs) if settings.source_dirs else registry.load()


def named(sources: dict[str, Source], ids: Sequence[str]) -> list[Source]:
    """The sources of these ids. Raises PlanError naming the first that is unknown."""
    for source_id in ids:
        if source_id not in sources:
            raise PlanError(
                f"no source is called {source_id!r}: known are {', '.join(sorted(sources))}. "
                "A source is a YAML in plugins/rasad/sources or a folder that RASAD_SOURCES names"
            )
    return [sources[i] for i in ids]


def pollable(source: Source, settings: Settings) -> bool:
    """Real sources are polled only under a contact address; the allowed (local) hosts always."""
    return source.enabled and (bool(settings.contact) or set(source.hosts) <= settings.allow_hosts)


def plan(
    settings: Settings, dsn: str, run: str, ids: Sequence[str] = (), everything: bool = False, limit: int = 1000
) -> list[Work]:
    """One Work per source that is due, or per named source (a person's word counts as due); at most `limit`, those
    that are due longest: the others come first in the next run.

    With `everything` all feeds of them are polled, due or not. Raises PlanError, SourceError, WarehouseError.
    """
    sources = load_sources(settings)
    wanted = named(sources, ids) if ids else [s for s in sources.values() if pollable(s, settings)]
    for source in wanted:
        if not pollable(source, settings):
            raise PlanError(
                f"{source.id} is not polled: "
                + (
                    "set RASAD_CONTACT to your mail or web address, which the User-Agent names"
                    if source.enabled
                    else f"it is not enabled ({source.reason or 'no reason given'})"
                )
            )
    with connect(dsn, autocommit=True) as link:
        ledger.sync_sources(link, sources.values())
        ledger.retire_sources(link, sources)
        names = list({s.id: s for s in wanted})  # named twice is planned once
        due = ledger.due_sources(link, names, everything=bool(ids) or everything)
        ledger.plan_run(link, run, due[:limit])
    return [Work(source=source_id, run=run, everything=everything or bool(ids), stages={}) for source_id in due[:limit]]
