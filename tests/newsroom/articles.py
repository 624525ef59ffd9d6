"""The articles: one YAML each under `articles/PUBLISHER/SLUG.yaml`, as the publisher's newsroom has it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
EDITIONS = (1, 2)

# libyaml reads the 100 files in a tenth of the time, where it is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one edition."""

    publisher: str
    slug: str
    title: str
    published_at: datetime  # aware, with the publisher's own offset
    paragraphs: tuple[str, ...]  # as the newsroom typed them: tatweel, stray controls and glued words included
    first_title: str  # of the first edition: addresses keep it
    authors: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    updated_at: datetime | None = None
    language: str = "ar"
    agency: str | None = None  # the news agency whose text this is
    caption: str | None = None  # under the picture; no part of the body
    date_line: str | None = None  # the date as prose, where the page has it in no other way
    path: str | None = None  # where the publisher's pattern of addresses does not hold
    redirect_from: str | None = None  # what the feed links to, and what answers with 301
    status: int = 200  # what the page answers
    first_status: int | None = None  # what it answers the first time, once
    traps: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.publisher}/{self.slug}"

    @property
    def modified_at(self) -> datetime:
        return self.updated_at or self.published_at


def load_yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)


@cache
def articles(edition: int = 1) -> tuple[Article, ...]:
    """All articles of an edition, newest first. Raises ValueError for an edition that there is not."""
    if edition not in EDITIONS:
        raise ValueError(f"no edition {edition}: there are {EDITIONS}")
    found = [
        article
        for path in sorted((HERE / "articles").glob("*/*.yaml"))
        if not path.name.endswith(".expected.yaml")
        for article in [_article(path, edition)]
        if article is not None
    ]
    return tuple(sorted(found, key=lambda a: (a.published_at, a.ref), reverse=True))


def _article(path: Path, edition: int) -> Article | None:
    row = load_yaml(path)
    later = row.pop("edition_2", {})
    if row.pop("first_edition", 1) > edition:
        return None
    row["first_title"] = row["title"]
    if edition == 2:
        row |= later
    known = {field.name for field in dataclasses.fields(Article)}
    row |= row.pop("serve", {})
    if unknown := row.keys() - known:
        raise ValueError(f"{path}: unknown keys {sorted(unknown)}; known are {sorted(known)}")
    for key in ("published_at", "updated_at"):
        if row.get(key):
            row[key] = datetime.fromisoformat(row[key])
    for key in ("paragraphs", "authors", "tags", "traps"):
        row[key] = tuple(row.get(key, ()))
    return Article(publisher=path.parent.name, slug=path.stem, **row)
