"""What a reader should get out of each article: `articles/PUBLISHER/SLUG.expected.yaml`, written by hand.

Marks name a surface text and which occurrence of it; this module finds their offsets in the expected text.

    python -m tests.newsroom.gold [--edition N]     the marked articles as JSON Lines, in the layout of `rasad facts`
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.newsroom.articles import EDITIONS, HERE, Article, articles, load_yaml

Row = dict[str, Any]
KINDS = ("entities", "dates", "quantities", "quotes")

# Tatweel, and what no reader sees: zero-width characters, directional marks and isolates, the byte order mark.
_DROPPED = dict.fromkeys(
    [0x0640, 0x061C, 0xFEFF, 0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


class MarksLost(ValueError):
    """Marks that do not stand in their article; the message names every one of them."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The right reading of one article in one edition."""

    ref: str  # publisher/slug
    outcome: str  # a word of news.page.outcome
    title: str | None = None
    published_at: str | None = None  # ISO 8601; a bare date where the page gives no time
    authors: tuple[str, ...] = ()
    text: str = ""  # cleaned paragraphs, joined by \n
    twin: str | None = None  # ref of the article at another publisher that has the same text
    facts: dict[str, list[Row]] | None = field(default=None)  # by kind; None: not marked


@cache
def expected(edition: int = 1) -> dict[str, Expected]:
    """What to expect of every article that an edition announces, by ref. Raises MarksLost, naming all that are."""
    found, lost = {}, []
    for article in articles(edition):
        row = load_yaml(HERE / "articles" / article.publisher / f"{article.slug}.expected.yaml")
        if edition > 1:
            row |= row.get(f"edition_{edition}", {})
        text = cleaned(article, row.get("mends", {}))
        facts = None
        if "marks" in row:
            try:
                facts = place(text, row["marks"])
            except MarksLost as error:
                lost.append(f"edition {edition}, {article.ref}: {error}")
        loaded = row["outcome"] == "loaded"
        found[article.ref] = Expected(
            ref=article.ref,
            outcome=row["outcome"],
            title=row["title"] if loaded else None,
            published_at=row["published_at"] if loaded else None,
            authors=tuple(row["authors"]) if loaded else (),
            text=text if loaded else "",
            twin=row.get("twin"),
            facts=facts,
        )
    if lost:
        raise MarksLost("\n".join(lost))
    return found


def place(text: str, marks: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Marks by kind to facts with offsets, in text order. Raises MarksLost, naming every mark that is not there."""
    facts: dict[str, list[Row]] = {}
    lost = []
    for kind in KINDS:
        facts[kind] = []
        for mark in marks[kind]:
            rows = list(_rows(text, kind, mark))
            facts[kind] += rows
            if not rows:
                lost.append(f"{kind} {mark}")
        facts[kind].sort(key=lambda row: (row["start"], row["end"]))
    if lost:
        raise MarksLost("not in the text: " + "; ".join(lost))
    return facts


def cleaned(article: Article, mends: dict[str, str]) -> str:
    """The paragraphs as a reader sees them: no tatweel, no controls, the sure glued words mended."""
    paragraphs = []
    for paragraph in article.paragraphs:
        text = " ".join(paragraph.translate(_DROPPED).split())
        for glued, apart in mends.items():
            text = text.replace(glued, apart)
        paragraphs.append(text)
    return "\n".join(paragraphs)


def gold(edition: int = 1) -> Iterator[Row]:
    """The marked articles in the layout that `rasad facts` writes, and with what it reads."""
    for ref, want in expected(edition).items():
        if want.facts is not None:
            yield {
                "id": ref,
                "title": want.title,
                "text": want.text,
                "published_at": want.published_at,
            } | want.facts


def _rows(text: str, kind: str, mark: Row) -> Iterator[Row]:
    """One row for each occurrence that a mark names; none if one of them is not there."""
    mark = dict(mark)
    if kind == "entities":
        mark = {"type": next(iter(mark)), "text": mark.pop(next(iter(mark)))} | mark
        mark.setdefault("name", mark["text"])
    occurrences = mark.pop("nth", 1)
    wanted = occurrences if isinstance(occurrences, list) else [occurrences]
    spans = _spans(text, mark)
    if max(wanted) > len(spans):
        return
    if kind == "quotes" and mark["speaker"]:
        mark["speaker_names"] = list(dict.fromkeys(n for n in (mark["speaker_name"], mark["speaker"]) if n))
    if kind == "dates":
        mark["value"] = str(mark["value"])
    for nth in wanted:
        start, end = spans[nth - 1]
        yield mark | {"text": text[start:end], "start": start, "end": end}


def _spans(text: str, mark: Row) -> list[tuple[int, int]]:
    """Where a mark's text stands, overlapping occurrences included; `from … to` is one span between two landmarks."""
    if "from" in mark:
        first, last = mark.pop("from"), mark.pop("to")
        start = text.find(first)
        stop = text.find(last, start)
        return [(start, stop + len(last))] if start >= 0 and stop >= 0 else []
    surface = mark["text"]
    starts = [i for i in range(len(text)) if text.startswith(surface, i)]
    return [(i, i + len(surface)) for i in starts]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edition", type=int, choices=EDITIONS, default=1)
    edition = parser.parse_args().edition
    try:
        for row in gold(edition):
            print(json.dumps(row, ensure_ascii=False))
    except MarksLost as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
