"""Tokens and sentences with their offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rasad.arabic.text import CACHED_WORDS, key

# A word keeps its vowel marks; a number keeps its inner separators (1,250.5 and ٣٫٥); anything else is one mark.
_TOKEN = re.compile(
    r"(?P<number>[0-9٠-٩۰-۹]+(?:[.,٫٬][0-9٠-٩۰-۹]+)*)"
    r"|(?P<word>[^\W\d_]+(?:[\u064B-\u065F\u0670]+[^\W\d_]*)*)"  # tatweel is a letter to Python
    r"|(?P<mark>[^\w\s]|_)"
)
# A full stop ends a sentence only where space or the end follows: 3.5 and U.S. do not.
_BREAK = re.compile(r"(?<![.!?؟…])[.!?؟…]+[\"»”'’)\]]*(?=\s|$)|\n+")

_PROCLITICS = ("و", "ف")
_PREPOSITIONS = ("ب", "ل", "ك", "س")

# No word has more letters. A longer run is text without spaces, whose key only must not fill the caches.
_LONGEST = 100

_cached_key = lru_cache(maxsize=CACHED_WORDS)(key)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark; `text` is exactly what stands at `start:end`, `key` the match key of its first 100."""

    start: int
    end: int
    text: str
    key: str
    kind: str  # word, number, mark


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut `text` into tokens, in linear time."""
    return tuple(
        Token(m.start(), m.end(), m[0], _cached_key(m[0][:_LONGEST]), m.lastgroup or "mark")
        for m in _TOKEN.finditer(text)
    )


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of sentences, trimmed; a paragraph end is a sentence end."""
    spans = []
    start = 0
    for m in (*_BREAK.finditer(text), None):
        end = len(text) if m is None else m.end()
        piece = text[start:end]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if left < right:
            spans.append((left, right))
        start = end
    return tuple(spans)


def variants(word_key: str) -> tuple[tuple[str, int], ...]:
    """Readings of a key with clitics split off: (rest, letters cut), the word itself first.

    والرئيس gives والرئيس, الرئيس (1), رئيس is not given: ال is the article, not a clitic. In لل the second
    lam opens the article: للبيت gives لبيت as written (1), read as البيت.
    """
    out = [(word_key, 0)]
    starts = [(word_key, 0)]
    if len(word_key) > 3 and word_key[0] in _PROCLITICS:
        starts.append((word_key[1:], 1))
        out.append((word_key[1:], 1))
    for rest, cut in starts:
        if rest.startswith("لل") and len(rest) > 4:
            out.append(("ا" + rest[1:], cut + 1))
        elif len(rest) > 3 and rest[0] in _PREPOSITIONS:
            out.append((rest[1:], cut + 1))
    return tuple(dict.fromkeys(out))
