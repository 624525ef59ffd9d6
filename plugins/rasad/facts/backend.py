"""What finds names beside the rules: the built-in tagger, or a model of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from rasad.arabic.lexicon import Match
from rasad.arabic.tokens import Token
from rasad.facts.name_grammar import Candidate


class Line(Protocol):
    """A paragraph, as the rules have read it."""

    @property
    def tokens(self) -> Sequence[Token]:
        """Its words, numbers and marks."""

    @property
    def matches(self) -> Sequence[Match]:
        """What the lexicon has in the tokens."""

    @property
    def chosen(self) -> Sequence[Candidate]:
        """What the rules took, without overlaps."""


class NerBackend(Protocol):
    """A module or object that finds names, in time linear in the tokens; it never raises for bad text."""

    @property
    def NAME(self) -> str:
        """What it is called in `news.fact.backend`."""

    @property
    def VERSION(self) -> str:
        """Changes whenever the same text may give other names."""

    def candidates(self, lines: Sequence[Line], /) -> Iterable[Iterable[Candidate]]:
        """Of each line the names worth adding, without overlaps; what they overlap of `chosen` they take the place of.

        Their source is `model`.
        """


def label(backend: NerBackend) -> str:
    """Name and version, as they are recorded with each fact."""
    return f"{backend.NAME} {backend.VERSION}"
