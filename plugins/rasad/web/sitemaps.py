"""Sitemaps, news sitemaps and sitemap indexes (sitemaps.org 0.9, Google's news extension)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

MAX_URLS = 200_000  # sitemaps.org allows 50,000 in one file, and not every site keeps to that


_BARE = re.compile(rb"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a sitemap, or of a sitemap within an index; text as written."""

    url: str
    index: bool  # a sitemap to read next, not a page
    modified: str | None = None
    published: str | None = None  # news:publication_date
    title: str | None = None  # news:title
    language: str | None = None  # news:language


def read(body: bytes) -> tuple[list[Entry], str | None]:
    """The entries, and why not all could be read, where that is so.

    Whatever namespace a site forgot or invented counts; entities, external files and huge trees are off; damaged XML
    gives what comes before, and after where it heals. One pass, and only one entry is held in the tree at a time.
    """
    entries: list[Entry] = []
    try:
        for entry in _entries(_BARE.sub(b"&amp;", body)):  # addresses with & in them, written as they are
            if len(entries) == MAX_URLS:
                return entries, f"more than {MAX_URLS:,} addresses; the rest was not read"
            entries.append(entry)
    except etree.XMLSyntaxError as error:
        return entries, f"damaged XML: {error.msg}"
    return entries, None


def _entries(body: bytes) -> Iterator[Entry]:
    walk = etree.iterparse(
        BytesIO(body),
        events=("end",),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    found: dict[str, str] = {}
    for _, element in walk:
        name = _name(element)
        if name in ("url", "sitemap"):
            if "loc" in found:
                yield Entry(
                    found["loc"],
                    name == "sitemap",
                    found.get("lastmod"),
                    found.get("publication_date"),
                    found.get("title"),
                    found.get("language"),
                )
            found = {}
            element.clear()
            while (before := element.getprevious()) is not None and (parent := element.getparent()) is not None:
                parent.remove(before)
        elif element.text and name in ("loc", "lastmod", "publication_date", "title", "language"):
            # image:loc and video:title stand in entries too: only the sitemap's own and the news extension's count.
            space = _space(element)
            if "image" not in space and "video" not in space:
                found.setdefault(name, element.text.strip()[:2048])


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _space(element: etree._Element) -> str:
    """The namespace, or the prefix where it was never declared."""
    tag = str(element.tag)
    return tag.rpartition("}")[0] or tag.rpartition(":")[0]
