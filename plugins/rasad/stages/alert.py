"""Alert: hold what was measured against the watchlists, and keep what is new for whoever is to be told."""

from __future__ import annotations

import logging

from rasad.model import Json
from rasad.settings import Settings
from rasad.sources import watchlists
from rasad.warehouse import alerts

log = logging.getLogger(__name__)


def alert(settings: Settings, dsn: str) -> Json:
    """Returns {raised, ended, standing: how many, problems: watches that cannot be looked at}.

    Nothing is sent here: `rasad_airflow.notifiers.tell` does it. Raises WatchlistError.
    """
    found = alerts.look(dsn, watchlists.load(settings.watchlist_dirs))
    for problem in found["problems"]:
        log.warning("%s", problem)
    return found
