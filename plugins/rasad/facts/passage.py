"""An article cut once into tokens and sentences, for every extractor."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeVar

from rasad.arabic.tokens import Token, sentences, tokenize
from rasad.facts import tagger
from rasad.facts.backend import NerBackend
from rasad.model import Article, Fact, FieldName

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Passage:
    """One field of an article. Offsets count into `text`."""

    field: FieldName
    text: str
    tokens: tuple[Token, ...]
    sentences: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, name: FieldName, text: str) -> Passage:
        return cls(name, text, tokenize(text), sentences(text))


@dataclass(frozen=True, slots=True)
class Reading:
    """What an extractor is given: the article, its two passages, and the facts of the extractors before it."""

    article: Article
    title: Passage
    body: Passage
    found: dict[str, tuple[Fact, ...]] = dataclasses.field(default_factory=dict)  # KIND → facts, title's first
    backend: NerBackend = tagger  # what finds names beside the rules

    @classmethod
    def of(cls, article: Article, backend: NerBackend = tagger) -> Reading:
        title, body = Passage.of("title", article.title or ""), Passage.of("body", article.text)
        return cls(article, title, body, backend=backend)

    def of_kind(self, kind: str, fact_type: type[F], passage: Passage | None = None) -> tuple[F, ...]:
        """Facts found before, of one kind and (where given) one passage."""
        return tuple(
            f
            for f in self.found.get(kind, ())
            if isinstance(f, fact_type) and (passage is None or f.field == passage.field)
        )
