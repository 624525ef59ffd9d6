"""Load: a batch of articles and facts into the warehouse, in one transaction with a receipt."""

from __future__ import annotations

import dataclasses
import time

from rasad.model import Batch, Json
from rasad.settings import Settings
from rasad.stages.extract import VERSIONS
from rasad.stages.landing import Work, check, get_lines, read_article, read_settled, took
from rasad.stages.plan import load_sources, named
from rasad.warehouse import ledger
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load as load_batch


def load(settings: Settings, dsn: str, work: Work) -> Json:
    """Load what the work's file holds; the same file again does nothing.

    Returns the receipt's counts: articles, new_articles, new_versions, facts, settled, and `again`; pages by outcome
    (`outcomes`) and facts by kind (`kinds`).
    """
    start = time.monotonic()
    (source,) = named(load_sources(settings), [work["source"]])
    counts: Json = {"source": source.id, "articles": 0, "new_articles": 0, "new_versions": 0, "facts": 0, "settled": 0}
    if "file" in work:
        check(work["file"], "facts", "extract")
        lines = list(get_lines(settings.landing, work["file"]))
        batch = Batch(
            id=work["file"],  # its name holds source, run and the hash of what is in it
            run=work["run"],
            source=source.id,
            articles=tuple(read_article(line) for line in lines if "article" in line),
            settled=tuple(read_settled(line) for line in lines if "settled" in line),
        )
        counts |= dataclasses.asdict(load_batch(dsn, batch, {source.id: source}, VERSIONS))
    with connect(dsn, autocommit=True) as link:
        ledger.finish_run(link, work["run"], source.id, took(work, "load", start, counts["facts"]))
    return counts
