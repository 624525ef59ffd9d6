"""An answer as a table for a terminal, with Arabic in the order in which it is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# Each cell that holds Arabic is isolated (UAX #9): a terminal that orders right-to-left text then orders it within the
# cell, and columns keep their places; one that does not shows the signs as nothing.
_ISOLATE, _END = "\u2068", "\u2069"
_WIDEST = 60


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A line for the header and each row: numbers to the right, text to the left and cut at 60, but for the last."""
    values = list(rows)
    numbers = [all(isinstance(row[place], int | float | None) for row in values) for place in range(len(header))]
    table = [[_text(value) for value in row] for row in values]
    widths = [min(_WIDEST, max(_width(cell) for cell in column)) for column in zip(header, *table, strict=True)]
    for row in [list(header), *table]:
        cells = [_cell(text, width, number) for text, width, number in zip(row[:-1], widths, numbers, strict=False)]
        yield "  ".join([*cells, _isolated(row[-1])]).rstrip()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _cell(text: str, width: int, number: bool) -> str:
    shown = text if _width(text) <= width else text[: width - 1] + "…"
    padding = " " * (width - _width(shown))
    return padding + shown if number else _isolated(shown) + padding


def _isolated(text: str) -> str:
    right_to_left = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    return f"{_ISOLATE}{text}{_END}" if right_to_left else text


def _width(text: str) -> int:
    """Columns that it takes: vowel marks and invisible signs take none."""
    return sum(unicodedata.category(sign) not in ("Mn", "Me", "Cf") for sign in text)
