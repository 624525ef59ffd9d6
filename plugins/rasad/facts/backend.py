"""What finds names beside the rules: the built-in tagger, or another with the same function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from rasad.arabic.lexicon import Match
from rasad.arabic.tokens import Token
from rasad.facts.name_grammar import Candidate


class NerBackend(Protocol):
    """A module or object that finds names in one line of text, linear in its tokens; it never raises for bad text."""

    def candidates(
        self, tokens: Sequence[Token], matches: Sequence[Match], chosen: Sequence[Candidate]
    ) -> Iterable[Candidate]:
        """Names that are worth adding, whose tokens overlap neither each other nor `chosen`.

        `matches` is what the lexicon has in the tokens, `chosen` what the rules took. Their source is `model`.
        """
