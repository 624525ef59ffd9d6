"""Facts: one module per kind, each with KIND, VERSION and extract(reading).

`EXTRACTORS` is the one list of kinds. Its order matters: an extractor sees in `Reading.found` what those before
it found.
"""

from __future__ import annotations

from typing import Protocol

from rasad.facts import (
    dates,
    entities,
    events,
    indirect_quotes,
    keyphrases,
    nominals,
    quantities,
    quotes,
    tagger,
    topics,
)
from rasad.facts.backend import NerBackend
from rasad.facts.passage import Reading
from rasad.model import Article, Fact


class Extractor(Protocol):
    """What a module of this package offers to be an extractor."""

    @property
    def KIND(self) -> str:
        """The kind's name in the singular, as in `news.fact.kind`."""

    @property
    def VERSION(self) -> str:
        """Changes whenever the same article may give other facts, so that older ones are known as such."""

    def extract(self, reading: Reading, /) -> tuple[Fact, ...]:
        """Facts of the title, then of the body, each in text order."""


EXTRACTORS: tuple[Extractor, ...] = (
    entities,
    nominals,
    dates,
    quantities,
    quotes,
    indirect_quotes,
    keyphrases,
    topics,
    events,
)


def read(article: Article, backend: NerBackend = tagger) -> dict[str, tuple[Fact, ...]]:
    """All facts of an article, by kind in the order of `EXTRACTORS`. Never raises over what the article says."""
    reading = Reading.of(article, backend)
    for extractor in EXTRACTORS:
        reading.found[extractor.KIND] = extractor.extract(reading)
    return reading.found
