"""Publish: say what a run brought, once, when all its sources are through."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from rasad.model import Json
from rasad.settings import Settings
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect


class RunFailed(RuntimeError):
    """A run came to nothing: its plan failed, or every source of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's counts over all its sources."""

    sources: int
    failed: int
    new_articles: int
    new_versions: int
    facts: int
    settled: int

    @property
    def changed(self) -> bool:
        return bool(self.new_articles or self.new_versions)

    def as_json(self) -> Json:
        return asdict(self)


def publish(settings: Settings, dsn: str, run: str) -> Outcome:
    """The counts of a run. Raises RunFailed if it was never planned, or had sources and none of them got through, or
    if none of the hosts that it asked for feeds answered: then the network is ours, and no feed is blamed for it."""
    with connect(dsn, autocommit=True) as link, link.cursor() as cursor:
        cursor.execute("SELECT FROM news.run WHERE run_id = %s", (run,))
        if cursor.rowcount == 0:
            raise RunFailed("this run was never planned: see the red task plan")
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE finished_at IS NULL), "
            "string_agg(source_id, ', ' ORDER BY source_id) FILTER (WHERE finished_at IS NULL) "
            "FROM news.run_source WHERE run_id = %s",
            (run,),
        )
        sources, failed, names = cursor.fetchone() or (0, 0, None)
        cursor.execute(
            "SELECT coalesce(sum(new_articles), 0), coalesce(sum(new_versions), 0), coalesce(sum(facts), 0), "
            "coalesce(sum(settled), 0) FROM news.batch WHERE run_id = %s",
            (run,),
        )
        counts = [int(n) for n in cursor.fetchone() or (0, 0, 0, 0)]
        silent = ledger.judge(link, run)
    if silent and not counts[0] and not counts[1]:
        shown = ", ".join(silent[:5]) + (" …" if len(silent) > 5 else "")
        raise RunFailed(
            f"none of the {len(silent)} hosts of this run answered ({shown}): look at this machine's own network, name "
            "service and proxy. No failure was counted against the feeds, and all are asked again at the next run"
        )
    if sources and failed == sources:
        raise RunFailed(f"all {sources} sources of this run failed ({names}): see the red task of each")
    return Outcome(int(sources), int(failed), *counts)
