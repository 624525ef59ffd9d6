"""Expect: saved pages of a source, and what must be read out of them. No network, no database.

A folder of sources may have a folder `pages`, in it one for each source: `pages/al_mithal/report.html`, and beside it
`report.expected.json`. The source's file may lie in another folder that is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rasad import sources as registry
from rasad.model import Json, Page, Settled, Source
from rasad.stages.clean import read_page

ENDING = ".expected.json"
ARTICLE = "article"  # the outcome of a page that is one; of others, a word of the ledger
WORDS = 10  # of the text, at both of its ends

_GIVEN = ("url", "fetched_at", "content_type")  # what the page came with; the first two must be there
_READ = (
    "outcome", "title", "subtitle", "published_at", "updated_at", "authors", "section", "tags", "canonical_url",
    "image", "words", "begins", "ends",
)  # fmt: skip
_ASKED = ("without",)  # what the text must not have: a list of phrases


class ExpectError(ValueError):
    """A saved page or what is expected of it cannot be used; the message names the file and the way out."""


def saved(dirs: Sequence[Path], sources: Mapping[str, Source], ids: Sequence[str] = ()) -> list[tuple[Source, Path]]:
    """The saved pages of these folders of sources, of these ids or of all; with the sources whose they are.

    Raises ExpectError for pages of a source that no file describes, and for an expectation without its page.
    """
    found = []
    for folder in sorted({path for base in dirs for path in (base / "pages").glob("*") if path.is_dir()}):
        if ids and folder.name not in ids:
            continue
        if folder.name not in sources:
            raise ExpectError(f"{folder}: no source is called {folder.name!r}; name the folder as the source's file")
        pages = [path for path in sorted(folder.iterdir()) if path.suffix in (".html", ".htm")]
        for path in sorted(folder.glob(f"*{ENDING}")):
            if path.name.removesuffix(ENDING) not in {page.stem for page in pages}:
                raise ExpectError(f"{path}: its page {path.name.removesuffix(ENDING)}.html is not there; save it again")
        found += [(sources[folder.name], page) for page in pages]
    return found


def expectation(page: Path) -> Path:
    return page.with_name(page.stem + ENDING)


def write(source: Source, page: Path, url: str, fetched_at: datetime) -> Path:
    """Write what is read out of a page beside it, for somebody to correct. Raises ExpectError if it is there already.

    `fetched_at`: when the page was saved, with an offset; relative times (منذ ساعتين) count from it.
    """
    path = expectation(page)
    if path.exists():
        raise ExpectError(f"{path} is there already; `sources compare` tells what differs. To begin anew, remove it")
    if registry.for_url({source.id: source}, url) is None:
        raise ExpectError(f"{url} is no address of {source.id}: give that under which the page stood")
    given = {"url": url, "fetched_at": fetched_at.isoformat(timespec="seconds")}
    read = _read(source, page, given)
    values = given | {name: read[name] for name in _READ if read[name] not in (None, [])}
    path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def compare(source: Source, page: Path) -> Iterator[str]:
    """What is read otherwise than expected, a line for each; none where all is well.

    Only what the expectation names is compared. Raises ExpectError where there is none, or none that can be read.
    """
    wanted = _wanted(expectation(page))
    read = _read(source, page, wanted)
    for name in _READ:
        if name in wanted and wanted[name] != read[name]:
            yield f"{name}: expected {_shown(wanted[name])}, read {_shown(read[name])}"
    for phrase in wanted.get("without", ()):
        if phrase in read["text"]:
            yield f"without: the text has {_shown(phrase)}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _wanted(path: Path) -> Json:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExpectError(f"{path} is not there; write it with `sources expect`, and correct it") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ExpectError(f"{path}: no JSON: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(values, dict):
        raise ExpectError(f"{path}: an expectation is one JSON object; `sources expect` writes one")
    known = (*_GIVEN, *_READ, *_ASKED)
    if unknown := next((name for name in values if name not in known), None):
        raise ExpectError(f"{path}: unknown key {unknown!r}; known are {', '.join(known)}")
    for name in _GIVEN[:2]:
        if not isinstance(values.get(name), str):
            raise ExpectError(f"{path}: it needs {name!r}, in quotes")
    try:
        aware = datetime.fromisoformat(values["fetched_at"].replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise ExpectError(f"{path}: fetched_at is {values['fetched_at']!r}; write it as 2026-03-10T09:00:00+00:00")
    without = values.get("without", [])
    if not isinstance(without, list) or not all(isinstance(phrase, str) for phrase in without):
        raise ExpectError(f"{path}: 'without' is a list of phrases")
    return values


def _read(source: Source, page: Path, given: Json) -> Json:
    """The fields of an expectation as they are read now, and the whole text."""
    try:
        body = page.read_bytes()
    except OSError as error:
        raise ExpectError(f"{page}: cannot be read ({error.strerror}); name a saved page") from None
    headers = (("content-type", given.get("content_type", "text/html")),)
    at = datetime.fromisoformat(given["fetched_at"].replace("Z", "+00:00"))
    read = read_page(Page(given["url"], source.id, 200, headers, body, at), source)
    if isinstance(read, Settled):
        return dict.fromkeys(_READ) | {"outcome": read.outcome, "text": ""}
    words = read.text.split()
    return {
        "outcome": ARTICLE,
        "title": read.title,
        "subtitle": read.subtitle,
        "published_at": read.published_at,
        "updated_at": read.updated_at,
        "authors": list(read.authors),
        "section": read.section,
        "tags": list(read.tags),
        "canonical_url": read.canonical_url,
        "image": read.image,
        "words": len(words),
        "begins": " ".join(words[:WORDS]),
        "ends": " ".join(words[-WORDS:]),
        "text": read.text,
    }
