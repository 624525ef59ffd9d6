"""Measure: the days that changed, whoever changed them."""

from __future__ import annotations

from rasad.model import Json
from rasad.settings import Settings
from rasad.warehouse import trends


def measure(settings: Settings, dsn: str) -> Json:
    """Roll-ups, names, stories and trends of every dirty day. Returns {days: how many}."""
    return {"days": len(trends.measure(dsn))}
