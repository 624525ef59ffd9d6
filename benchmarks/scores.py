"""How right facts and pages are, against what a person marked. Pure functions; the scripts beside it measure and print.

Facts are rows in the layout of `python -m rasad facts`; gold and found count their offsets into the same text.
What counts as right:

    entities     the same type and exactly the same span
    dates        spans overlap by half of their union, and the same EDTF value (`rule_value` is right as well, where the
                 article's own context overrules the rule by which a relative date is resolved)
    quantities   spans overlap, and the same value (1e-6 relative) and comparator; unit or currency is scored apart, as
                 `quantities.unit`, over the quantities that are right
    quotes       spans overlap by 80 % of their union; the speaker is scored apart, as `quotes.speaker`, over the gold
                 quotes that name one: half of the words shared, or the canonical name among `speaker_names`

Pages are scored by the words of their body (multisets, so that order is free and repetition is not), the rest exactly.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Row = Mapping[str, Any]
T = TypeVar("T")

KINDS = ("entities", "dates", "quantities", "quotes")
TAGS = (
    "entities", "entities.PER", "entities.ORG", "entities.LOC", "dates",
    "quantities", "quantities.unit", "quotes", "quotes.speaker",
)  # fmt: skip

_SAME_DATE, _SAME_QUOTE, _SAME_SPEAKER = 0.5, 0.8, 0.5
_MARKS = "،.\"'«»()“”:؛"
_LETTERS = str.maketrans("أإآىة", "ااايه")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many are right, of how many there are and how many were found."""

    right: int = 0
    gold: int = 0
    found: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.gold + self.found) if self.right else 0.0


def total(tallies: Sequence[Tally]) -> Tally:
    return Tally(sum(t.right for t in tallies), sum(t.gold for t in tallies), sum(t.found for t in tallies))


def interval(samples: Sequence[T], figure: Callable[[Sequence[T]], float], rounds: int = 1000) -> tuple[float, float]:
    """Where the figure lies in 95 of 100 draws of as many samples with replacement (percentile bootstrap).

    A sample is an article or a page, as facts of one article are right or wrong together. The same samples give the
    same interval.
    """
    if not samples:
        return (0.0, 0.0)
    draw = random.Random(0)  # noqa: S311 (nothing secret)
    figures = sorted(figure(draw.choices(samples, k=len(samples))) for _ in range(rounds))
    return (figures[round(0.025 * (rounds - 1))], figures[round(0.975 * (rounds - 1))])


# Facts


def facts(gold: Row, found: Row) -> dict[str, Tally]:
    """The tallies of one article, for each of TAGS whose kind is annotated there (its list is not None)."""
    tallies: dict[str, Tally] = {}
    for kind in KINDS:
        if gold.get(kind) is None:
            continue
        matched = list(pairs(kind, gold[kind], found.get(kind) or []))
        tallies[kind] = _tally(matched)
        if kind == "entities":
            for name in ("PER", "ORG", "LOC"):
                tallies[f"entities.{name}"] = _tally([(g, f) for g, f in matched if (g or f or {})["type"] == name])
        elif kind == "quantities":
            units = [same_unit(g, f) for g, f in matched if g and f]
            tallies["quantities.unit"] = Tally(sum(units), len(units), len(units))
        elif kind == "quotes":
            spoken = [(g, f) for g, f in matched if g and g.get("speaker")]
            tallies["quotes.speaker"] = Tally(
                sum(bool(g and f and same_speaker(g, f)) for g, f in spoken),
                len(spoken),
                sum(bool(f and (f.get("speaker") or f.get("speaker_name"))) for _, f in spoken),
            )
    return tallies


def pairs(kind: str, gold: Sequence[Row], found: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Each gold fact with the first fact found that is right for it and still free, or None; then what is left over."""
    free = list(found)
    for row in gold:
        hit = next((n for n, other in enumerate(free) if is_right(kind, row, other)), None)
        yield row, None if hit is None else free.pop(hit)
    for row in free:
        yield None, row


def is_right(kind: str, gold: Row, found: Row) -> bool:
    shared = overlap(gold, found)
    match kind:
        case "entities":
            return bool(gold["type"] == found["type"] and shared == 1)
        case "dates":
            return shared >= _SAME_DATE and found.get("value") in (gold["value"], gold.get("rule_value", gold["value"]))
        case "quantities":
            same = _same_value(gold.get("value"), found.get("value"))
            return shared > 0 and same and gold.get("comparator", "=") == found.get("comparator", "=")
        case "quotes":
            return shared >= _SAME_QUOTE
    raise ValueError(f"no kind is called {kind!r}: known are {', '.join(KINDS)}")


def overlap(a: Row, b: Row) -> float:
    """What two spans share, as a part of what they cover together: 0 to 1."""
    both = min(a["end"], b["end"]) - max(a["start"], b["start"])
    either = max(a["end"], b["end"]) - min(a["start"], b["start"])
    return max(0, both) / either if either else 0.0


def same_unit(gold: Row, found: Row) -> bool:
    """Money by its currency, else one word of the unit in common, or none on either side."""
    if gold.get("currency") or found.get("currency"):
        return bool(gold.get("currency") == found.get("currency"))
    ours, theirs = _words(gold.get("unit")), _words(found.get("unit"))
    return ours == theirs or bool(ours & theirs)


def same_speaker(gold: Row, found: Row) -> bool:
    ours, theirs = _words(gold.get("speaker")), _words(found.get("speaker"))
    if ours and theirs and len(ours & theirs) / len(ours | theirs) >= _SAME_SPEAKER:
        return True
    name = fold(found.get("speaker_name"))
    return bool(name) and name in {fold(known) for known in gold.get("speaker_names", [])}


def fold(text: str | None) -> str:
    """Without what is no difference to a reader: compatibility forms, vowel marks, tatweel, kinds of alef, ى and ة."""
    return " ".join(_bare(text).translate(_LETTERS).split())


def _tally(matched: Sequence[tuple[Row | None, Row | None]]) -> Tally:
    gold = sum(g is not None for g, _ in matched)
    found = sum(f is not None for _, f in matched)
    return Tally(gold + found - len(matched), gold, found)


def _same_value(gold: float | None, found: float | None) -> bool:
    if gold is None or found is None:
        return gold is found
    return abs(gold - found) <= 1e-6 * max(1.0, abs(gold))


def _words(text: str | None) -> set[str]:
    return {word.strip(_MARKS) for word in fold(text).split()} - {""}


def _bare(text: str | None) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text or "") if not unicodedata.combining(c) and c != "ـ")


# Pages


def page(gold: Row, found: Row) -> dict[str, float]:
    """0 to 1 for each of `precision`, `recall`, `f1` (words of the body), `title`, `day`, `author` that has a gold.

    gold: `body`, `title`, `title_alt` (further right titles), `published` (a day, or several right ones), `author` (a
    name, or several of which one is enough). found: a line of `python -m rasad clean`.
    """
    scores: dict[str, float] = {}
    if gold.get("body"):
        scores |= _body(Counter(reading(gold["body"]).split()), Counter(reading(found.get("text")).split()))
    if gold.get("title"):
        titles = {reading(title) for title in (gold["title"], *(gold.get("title_alt") or ()))}
        scores["title"] = float(reading(found.get("title")) in titles)
    if gold.get("published"):
        scores["day"] = float((found.get("published_at") or "")[:10] in _several(gold["published"]))
    if gold.get("author"):
        names = {reading(name) for name in found.get("authors") or ()}
        scores["author"] = float(any(reading(name) in names for name in _several(gold["author"])))
    return scores


def reading(text: str | None) -> str:
    """The words alone: no punctuation, marks, tatweel or invisible controls."""
    seen = "".join(c for c in _bare(text) if unicodedata.category(c) != "Cf")
    return " ".join(re.sub(r"[^\w\s]|_", " ", seen).split()).lower()


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _body(gold: Counter[str], found: Counter[str]) -> dict[str, float]:
    both = (gold & found).total()
    precision = both / found.total() if found else float(not gold)
    recall = both / gold.total() if gold else 1.0
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if both else 0.0,
    }


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value
