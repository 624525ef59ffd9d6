"""Extract: articles to facts. File in, file out; no database, no network."""

from __future__ import annotations

import dataclasses
import logging
import time
from pathlib import Path

from rasad import facts, logs
from rasad.facts import tagger
from rasad.facts.backend import NerBackend, label
from rasad.facts.rows import rows
from rasad.model import FactRow, ReadArticle, Settled
from rasad.settings import Settings
from rasad.stages.landing import Work, article_line, check, get_lines, put_lines, read_article, settled_line, took
from rasad.warehouse.load import page_id

log = logging.getLogger(__name__)

VERSIONS: dict[str, str] = {module.KIND: module.VERSION for module in facts.EXTRACTORS}


def backend(model: Path | None) -> NerBackend:
    """What finds names beside the rules: a transformers model in a folder, loaded once, or the built-in tagger.

    Raises SettingsError where the folder holds no such model.
    """
    if model is None:
        return tagger
    from rasad.facts import transformer  # what it needs is an extra

    return transformer.load(model)


def extract(settings: Settings, work: Work) -> Work:
    """Add to each article of the work's file its facts; settled pages pass through. Raises SettingsError."""
    start = time.monotonic()
    if "file" not in work:
        return Work(**{**work, "stages": took(work, "extract", start, 0)})
    check(work["file"], "articles", "clean")
    ner = backend(settings.ner_model)
    lines, count = [], 0
    for line in get_lines(settings.landing, work["file"]):
        if "article" in line:
            read = read_facts(read_article(line), ner)
            count += len(read.facts) if isinstance(read, ReadArticle) else 0
            line = article_line(read) if isinstance(read, ReadArticle) else settled_line(read)
        lines.append(line)
    reference = put_lines(settings.landing, work, "facts", lines)
    return Work(**{**work, "file": reference, "stages": took(work, "extract", start, count)})


def read_facts(read: ReadArticle, ner: NerBackend = tagger) -> ReadArticle | Settled:
    """The article with its facts; where an extractor fails on it, the page is settled with that as its reason and is
    tried again, and the others go on."""
    try:
        found: tuple[FactRow, ...] = rows(facts.read(read.article, ner), VERSIONS, label(ner))
    except Exception as error:
        with logs.about(source=str(read.article.source_id), page=str(page_id(read.page_url))):
            log.exception("extracting the facts of %s failed", read.page_url)
        reason = " ".join(f"an extractor failed on it: {type(error).__name__}: {error}".split())
        return Settled(read.page_url, "extract_failed", reason[:300], read.status, read.article.fetched_at)
    return dataclasses.replace(read, facts=found, extractors=VERSIONS, backend=label(ner))
