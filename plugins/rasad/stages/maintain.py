"""Maintain: partitions ahead of time, landing files and run notes by their retention."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from rasad.model import Json
from rasad.settings import Settings
from rasad.stages import landing, takedown
from rasad.stages.plan import load_sources
from rasad.warehouse import ledger, rights
from rasad.warehouse.connection import connect
from rasad.warehouse.load import make_partitions

AHEAD = 3  # months
RUNS_KEPT = timedelta(days=90)  # notes of runs; receipts stay, they stop double loads


def make_partitions_ahead(settings: Settings, dsn: str) -> Json:
    """The partitions of this month and the next ones, made while nobody waits for them."""
    today = datetime.now(timezone.utc).date()
    months = [today.year * 12 + today.month - 1 + n for n in range(AHEAD + 1)]
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    with connect(dsn) as link:
        return {"made": make_partitions(link, days)}


def enforce_rights(settings: Settings, dsn: str) -> Json:
    """Of texts that stand, what the sources' files allow now (docs/operations.md)."""
    with connect(dsn) as link:
        ledger.sync_sources(link, load_sources(settings).values())
    return {"cut": rights.enforce(dsn)}


def expire_landing(settings: Settings, dsn: str) -> Json:
    """Remove landing files past RASAD_LANDING_DAYS, and out of the others what was taken down lately."""
    scrubbed = takedown.scrub_recent(settings, dsn)
    gone = landing.expire(settings.landing, settings.landing_days)
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            "UPDATE news.page SET file = NULL, file_offset = NULL "
            "WHERE file IS NOT NULL AND fetched_at < now() - make_interval(days => %s)",
            (settings.landing_days,),
        )
        cursor.execute("DELETE FROM news.run_source WHERE planned_at < now() - %s", (RUNS_KEPT,))
        cursor.execute("DELETE FROM news.run WHERE planned_at < now() - %s", (RUNS_KEPT,))
    return {"files": gone, **scrubbed}


def expire_ledger(settings: Settings, dsn: str) -> Json:
    """Remove addresses past RASAD_LEDGER_DAYS that never became an article; their daily counts stay."""
    with connect(dsn) as link:
        return {"pages": ledger.expire(link, settings.ledger_days)}
