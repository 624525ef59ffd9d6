"""Read saved pages with one extractor, in whatever environment has it; the same shape for all.

usage: PYTHON benchmarks/readers/adapter.py NAME < PAGES

PAGES is a JSON list of `{url, file}`. Printed is a JSON object: `version` of the extractor, `cpu_seconds` of the
fastest of ROUNDS rounds over all pages (one page is read before, so that what is loaded at first use is loaded), and
`pages`, for each of them `{title, text, published_at, authors}`, where null is what the extractor does not give, or
`{error}`. Each is given the bytes as saved: the charset is its own affair, and part of the cost.

Runs without Rasad (but for the reader of that name), so that nothing else stands in the extractor's environment.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

Row = dict[str, Any]
ROUNDS = 3


def rasad(path: Path, url: str) -> Row:
    """As `python -m rasad clean` reads it."""
    from rasad.pages import lines

    (row,) = lines.read_lines([json.dumps({"id": None, "url": url, "file": str(path)})])
    return {key: row.get(key) for key in ("title", "text", "published_at", "authors", "error")}


def trafilatura(path: Path, url: str, precise: bool = False) -> Row:
    """Its one call for everything, at its default settings or at `favor_precision`."""
    import trafilatura

    page = trafilatura.bare_extraction(path.read_bytes(), url=url, with_metadata=True, favor_precision=precise)
    if page is None:
        return {"error": "nothing extracted"}
    return {
        "title": page.title,
        "text": page.text,
        "published_at": page.date,
        "authors": [name.strip() for name in (page.author or "").split(";")],
    }


def trafilatura_precise(path: Path, url: str) -> Row:
    return trafilatura(path, url, precise=True)


def newspaper4k(path: Path, url: str) -> Row:
    """Its article parser, told that the language is Arabic; it neither loads images nor follows anything."""
    import newspaper
    from newspaper.parsers import get_unicode_html

    page = newspaper.Article(url, language="ar", fetch_images=False)
    page.download(input_html=get_unicode_html(path.read_bytes()), ignore_read_more=True)
    page.parse()
    published = page.publish_date
    return {
        "title": page.title,
        "text": page.text,
        "published_at": published.isoformat() if hasattr(published, "isoformat") else None,
        "authors": page.authors,
    }


def readability(path: Path, url: str) -> Row:
    """Title and body: it reads neither dates nor authors."""
    from lxml import html
    from readability import Document

    page = Document(path.read_bytes(), url=url)
    body = html.fromstring(page.summary(html_partial=True))
    for block in body.iter("p", "div", "br", "li", "h2", "h3", "td"):  # or the last word would grow into the next
        block.tail = "\n" + (block.tail or "")
    return {"title": page.short_title(), "text": body.text_content(), "published_at": None, "authors": None}


READERS: dict[str, tuple[Callable[[Path, str], Row], str]] = {
    "rasad": (rasad, ""),
    "trafilatura": (trafilatura, "trafilatura"),
    "trafilatura-precise": (trafilatura_precise, "trafilatura"),
    "newspaper4k": (newspaper4k, "newspaper4k"),
    "readability": (readability, "readability-lxml"),
}


def read_all(name: str, pages: list[dict[str, str]]) -> Row:
    read, package = READERS[name]

    def one(page: dict[str, str]) -> Row:
        try:
            return read(Path(page["file"]), page["url"])
        except Exception as error:  # what an extractor makes of a page it cannot read is a result
            return {"error": f"{type(error).__name__}: {error}"}

    one(pages[0])
    seconds = []
    found: list[Row] = []
    for _ in range(ROUNDS):
        start = time.process_time()
        found = [one(page) for page in pages]
        seconds.append(time.process_time() - start)
    version = metadata.version(package) if package else __import__(name).__version__
    return {"version": version, "cpu_seconds": min(seconds), "pages": found}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    json.dump(read_all(sys.argv[1], json.load(sys.stdin)), sys.stdout)
