"""A text cut at the edges of its facts, so that each piece knows which facts it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, Protocol


class Span(Protocol):
    """Where a fact stands: code points of the text, end exclusive."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and the numbers of the facts that cover it."""

    text: str
    facts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of one or both of two versions."""

    text: str
    kind: Literal["same", "gone", "come"]


def paragraphs(text: str, spans: Sequence[Span]) -> list[list[Piece]]:
    """The text's paragraphs as pieces; overlapping and nested spans are fine. Time is n log n of spans.

    Spans outside the text are cut to it, empty ones left out.
    """
    edges: list[tuple[int, int, int]] = []  # offset, 0 for an end before 1 for a start, number of the span
    for number, span in enumerate(spans):
        start, end = max(0, span.start), min(len(text), span.end)
        if start < end:
            edges += [(start, 1, number), (end, 0, number)]
    edges.sort()
    pieces: list[Piece] = []
    open_now: dict[int, None] = {}
    at = 0
    for offset, starts, number in edges:
        if offset > at:
            pieces.append(Piece(text[at:offset], tuple(open_now)))
            at = offset
        if starts:
            open_now[number] = None
        else:
            del open_now[number]
    if at < len(text):
        pieces.append(Piece(text[at:], ()))
    return _lines(pieces)


def _lines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *rest = piece.text.split("\n")
        if first:
            lines[-1].append(Piece(first, piece.facts))
        lines += [[Piece(more, piece.facts)] if more else [] for more in rest]
    return [line for line in lines if line]


MOST_COMPARED = 4_000  # words of a version: comparing takes their square at worst


def compare(before: str, after: str) -> list[Change]:
    """What changed from one text to the other, word by word; of long ones, line by line."""
    split = _words if max(len(before.split()), len(after.split())) <= MOST_COMPARED else _by_line
    old, new = split(before), split(after)
    changes: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(Change("".join(old[a:b]), "same"))
            continue
        changes += [Change("".join(old[a:b]), "gone")] if b > a else []
        changes += [Change("".join(new[c:d]), "come")] if d > c else []
    return changes


def _words(text: str) -> list[str]:
    words: list[str] = []
    for line in text.splitlines(keepends=True):
        parts = line.split(" ")
        words += [f"{part} " for part in parts[:-1]] + parts[-1:]
    return [word for word in words if word]


def _by_line(text: str) -> list[str]:
    return text.splitlines(keepends=True)
