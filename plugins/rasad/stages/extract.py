"""Extract: articles to facts. File in, file out; no database, no network."""

from __future__ import annotations

import dataclasses
import time

from rasad import facts
from rasad.facts.rows import rows
from rasad.model import FactRow, ReadArticle
from rasad.settings import Settings
from rasad.stages.landing import Work, article_line, get_lines, put_lines, read_article, took

VERSIONS: dict[str, str] = {module.KIND: module.VERSION for module in facts.EXTRACTORS}


def extract(settings: Settings, work: Work) -> Work:
    """Add to each article of the work's file its facts; settled pages pass through."""
    start = time.monotonic()
    if "file" not in work:
        return Work(**{**work, "stages": took(work, "extract", start, 0)})
    lines, count = [], 0
    for line in get_lines(settings.landing, work["file"]):
        if "article" in line:
            read = read_facts(read_article(line))
            count += len(read.facts)
            line = article_line(read)
        lines.append(line)
    reference = put_lines(settings.landing, work, "facts", lines)
    return Work(**{**work, "file": reference, "stages": took(work, "extract", start, count)})


def read_facts(read: ReadArticle) -> ReadArticle:
    """The article with its facts."""
    found: tuple[FactRow, ...] = rows(facts.read(read.article), VERSIONS)
    return dataclasses.replace(read, facts=found)
