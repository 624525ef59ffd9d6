"""What Rasad tells monitors, by Airflow's metrics: StatsD, DogStatsD or OpenTelemetry, whichever [metrics] turns on.

A figure has one name and at most one tag, whose values are few and known. Plain StatsD has no tags: there the value is
the last part of the name. How long tasks take and how many wait Airflow tells by itself (`task.duration`, `pool.…`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import psycopg2
from airflow.configuration import conf
from airflow.sdk.observability import stats

from rasad.model import Json
from rasad.warehouse.connection import WarehouseError, connect
from rasad.warehouse.health import health

TIMEOUT_MS = 30_000  # for the figures of now, which no run waits for longer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure: a count that is added, a gauge that is set, or a time in seconds."""

    kind: Literal["count", "gauge", "time"]
    name: str
    value: float
    tags: tuple[tuple[str, str], ...] = ()


def of_load(counts: Mapping[str, object]) -> list[Reading]:
    """What a load brought, of the counts that stages return; what they do not count is left out."""
    found = [
        Reading("count", f"rasad.{name}", counts[counted], ())
        for name, counted in (("articles", "new_articles"), ("versions", "new_versions"))
        if counts.get(counted)
    ]
    for name, tag, counted in (("pages", "outcome", "outcomes"), ("facts", "kind", "kinds")):
        each = counts.get(counted) or {}
        found += [Reading("count", f"rasad.{name}", each[value], ((tag, value),)) for value in sorted(each)]
    return found


def of_health(figures: Json) -> list[Reading]:
    """What `rasad.warehouse.health` says; what it does not know is left out, and no zero."""
    found = [
        Reading("gauge", f"rasad.{name}", figures[figure])
        for name, figure in (
            ("due.pages", "due_pages"),
            ("due.oldest_seconds", "oldest_due_seconds"),
            ("fresh.articles", "fresh_articles"),
            ("latency.p50_seconds", "latency_p50_seconds"),
            ("latency.p95_seconds", "latency_p95_seconds"),
        )
        if figures[figure] is not None
    ]
    states = {state: len(figures["sources"].get(state, ())) for state in STATES}
    return found + [Reading("gauge", "rasad.sources", count, (("state", state),)) for state, count in states.items()]


STATES = ("ok", "late", "silent", "failing", "off")  # of mart.source_health: a gauge each, so that none stands forever


def send(readings: Sequence[Reading]) -> None:
    """Hand them to Airflow, which drops them where metrics are off. Never raises for a monitor that is away."""
    for one in readings:
        name, tags = one.name, dict(one.tags)
        if not _tagged():
            name, tags = ".".join([name, *tags.values()]), {}
        match one.kind:
            case "count":
                stats.incr(name, int(one.value), tags=tags)
            case "gauge":
                stats.gauge(name, one.value, tags=tags)
            case "time":
                stats.timing(name, one.value * 1000, tags=tags)


def loaded(counts: Json) -> Json:
    """The counts of a load as they came, told."""
    send(of_load(counts))
    return counts


def answered(seconds: float) -> None:
    """A publisher's host answered within this time."""
    send([Reading("time", "rasad.answer", seconds)])


def now(dsn: str) -> None:
    """The figures of now, told where metrics are on: they are for watching, and no work fails with them."""
    if not _on():
        return
    try:
        with connect(dsn) as link, link.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {TIMEOUT_MS}")
            figures = health(cursor)
    except (WarehouseError, psycopg2.Error) as error:
        log.warning("no figures for monitors: %s", " ".join(str(error).split()))
        return
    send(of_health(figures))


def _on() -> bool:
    return any(conf.getboolean("metrics", option) for option in ("statsd_on", "otel_on", "statsd_datadog_enabled"))


def _tagged() -> bool:
    """Whether tags arrive: over StatsD they do in two dialects of it."""
    dialects = ("statsd_datadog_enabled", "statsd_influxdb_enabled")
    return not conf.getboolean("metrics", "statsd_on") or any(conf.getboolean("metrics", one) for one in dialects)
