"""Saved pages as JSON Lines: what `python -m rasad clean` reads and writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasad import pages
from rasad.model import Json, Page, Source

MOST_BYTES = 20_000_000  # of one file; a larger one is no page
_FIELDS = (
    "url", "title", "text", "published_at", "updated_at", "authors", "language", "description", "image",
    "canonical_url", "section", "tags",
)  # fmt: skip
_UNKNOWN = datetime(1970, 1, 1, tzinfo=timezone.utc)


def read_lines(stdin: Iterable[str], source: Source | None = None) -> Iterator[Json]:
    """A dictionary for each line `{id, url, file}`: what the page says, or `{id, error}`.

    Short pages and pages in other languages are given as read; it is for the reader of the output to drop them. A file
    has no time of fetch, so relative dates (منذ ساعتين) are left out. `source`: whose pages they all are, so that
    its time zone and selectors count.
    """
    for number, line in enumerate(stdin, 1):
        if line.strip():
            yield _read(line, number, source)


def _read(line: str, number: int, source: Source | None) -> Json:
    row: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            raise ValueError(f'line {number} is no JSON object with "id", "url" and "file"')
        raw = _bytes(Path(row["file"]))
        url = row["url"] if isinstance(row.get("url"), str) else ""
        article = pages.parse(Page(url, "", 200, (), raw, _UNKNOWN), source)
        if article is None:
            raise ValueError(f"{row['file']} holds no HTML")
    except (OSError, ValueError, RecursionError) as error:
        name = row.get("id") if isinstance(row, dict) else None
        return {"id": name, "error": f"line {number}: {error}" if name is None else str(error)}
    return {"id": row.get("id"), **{name: getattr(article, name) for name in _FIELDS}}


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path} has more than {MOST_BYTES:,} bytes")
    return path.read_bytes()
