"""Which quotation mark opens, which closes, and which two belong together.

Papers mix families («», “”, "", ‘’), turn them round (”نص“, « نص «), put spaces on the wrong side and forget the
closing one. So a mark's glyph says little; what tells is where the space stands, a colon before, and what is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rasad.arabic.tokens import Token

FAMILY = {
    **dict.fromkeys("«»《》", "guillemet"),
    **dict.fromkeys('"“”„‟″＂', "double"),
    **dict.fromkeys("'‘’‚‛‹›`´", "single"),
}
_OPENING, _CLOSING = frozenset("«《“„‟‘‚‛‹"), frozenset("»》”’›")
_LEFT = frozenset(" \t\n\u00a0([{،,:؛-–—/|…ـ")  # what may stand before an opening mark
_RIGHT = frozenset(" \t\n\u00a0)]}،,:؛-–—/|….!؟?")  # what may stand after a closing one
_CLITICS = frozenset(("و", "ف", "ب", "ل", "ك", "لل", "ال", "بال", "وال", "وب", "ول"))
_SPACES = " \t\u00a0"
Side = Literal["opens", "closes", "both", "inside"]
REACH = 4000  # code points a quote over several paragraphs may run


@dataclass(frozen=True, slots=True)
class Mark:
    """One quotation mark, or several of the same family in a row; `first` and `last` are its tokens."""

    first: int
    last: int
    start: int
    end: int
    family: str
    glyph: str
    side: Side  # where its spaces stand
    colon: bool  # a colon stands before it


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands between two marks; `closing` is None where none was found."""

    opening: Mark
    closing: Mark | None


def marks(text: str, tokens: tuple[Token, ...]) -> Iterator[Mark]:
    """Quotation marks in text order; apostrophes inside words are none."""
    i = 0
    while i < len(tokens):
        family = FAMILY.get(tokens[i].text)
        if family is None:
            i += 1
            continue
        last = i
        while (
            last + 1 < len(tokens)
            and tokens[last + 1].start == tokens[last].end
            and FAMILY.get(tokens[last + 1].text) == family
        ):
            last += 1
        mark = _mark(text, tokens, i, last, family)
        if mark is not None:
            yield mark
        i = last + 1


def _mark(text: str, tokens: tuple[Token, ...], first: int, last: int, family: str) -> Mark | None:
    start, end = tokens[first].start, tokens[last].end
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    clitic = first > 0 and tokens[first - 1].end == start and tokens[first - 1].key in _CLITICS
    left, right = clitic or before in _LEFT, after in _RIGHT
    if family == "single" and not left and not right:
        if first == last:
            return None  # l'Orient, don't
        family = "double"  # ''
    if family == "single" and last > first:
        family = "double"
    colon = _last_visible(text, start) == ":"
    side: Side = "opens" if left and not right else "closes" if right and not left else "both" if left else "inside"
    if colon and not (left and right and after in "\n،,.؛"):
        side = "opens"
    return Mark(first, last, start, end, family, tokens[first].text, side, colon)


def _last_visible(text: str, end: int) -> str:
    """The last character before `end` that is no space, at most three back."""
    return text[max(0, end - 3) : end].rstrip(_SPACES)[-1:]


def pairs(text: str, tokens: tuple[Token, ...]) -> tuple[Pair, ...]:
    """Quoted stretches in text order, outer before inner; the unclosed ones too. Linear in the text."""
    found: list[Pair] = []
    open_marks: list[Mark] = []
    other: Mark | None = None  # a closing mark of another family, while something is open
    at = 0
    for mark in marks(text, tokens):
        if open_marks and "\n" in text[at : mark.start]:
            carried = _end_paragraph(found, open_marks, other)
            other = None
            if carried is not None and mark.side == "closes" and mark.start - carried.start < REACH:
                found[-1] = Pair(carried, mark)
                at = mark.end
                continue
        at = mark.end
        depth = _closed_by(open_marks, mark)
        if depth is not None:
            found.append(Pair(open_marks[depth], mark))
            del open_marks[depth:]
        elif mark.side in ("opens", "both") or (mark.side == "inside" and mark.glyph not in _CLOSING):
            open_marks.append(mark)
        elif open_marks and other is None:
            other = mark
    _end_paragraph(found, open_marks, other)
    return tuple(sorted(found, key=lambda p: p.opening.start))


def _closed_by(open_marks: list[Mark], mark: Mark) -> int | None:
    """Which open mark this one closes, looking at the innermost few."""
    for depth in range(len(open_marks) - 1, max(-1, len(open_marks) - 4), -1):
        opening = open_marks[depth]
        if opening.family != mark.family:
            continue
        counterpart = (opening.glyph in _OPENING and mark.glyph in _CLOSING) or (
            opening.glyph in _CLOSING and mark.glyph in _OPENING
        )
        if mark.side != "opens" or (counterpart and not mark.colon):
            return depth
    return None


def _end_paragraph(found: list[Pair], open_marks: list[Mark], other: Mark | None) -> Mark | None:
    """Settle what is still open; returns the mark that the next paragraph may close."""
    if not open_marks:
        return None
    outer = open_marks[0]
    if other is not None and other.start > outer.start and len(open_marks) == 1:
        found.append(Pair(outer, other))
        open_marks.clear()
        return None
    if len(open_marks) == 2 and outer.family == open_marks[1].family:
        found.append(Pair(outer, open_marks[1]))  # the second has its space on the wrong side
        open_marks.clear()
        return None
    found.append(Pair(outer, None))
    open_marks.clear()
    return outer
