"""The article in the data that a page carries for its scripts, where the page shows none.

Pages that a browser builds (Next.js, Nuxt, Arc and others) hold the story as JSON: as a script of type
application/json, or given to a variable. Only an object that bears the page's own title counts, since the same data
holds other articles; its longest text is the body.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from rasad.arabic.text import key
from rasad.pages import body, tree
from rasad.pages.metadata import many, text_of

_GIVEN = re.compile(
    r"(?:globalContent|__NEXT_DATA__|__INITIAL_STATE__|__INITIAL_DATA__|__PRELOADED_STATE__|__APOLLO_STATE__|__NUXT__|"
    r"INITIAL_STATE|SIMORGH_DATA|pageData)\"?\]?\s{0,9}=\s{0,9}(?=[{\[])"
)
_LEAST, _MOST = 300, 4_000_000  # characters of a script
_MOST_SCRIPTS = 10
_MOST_NODES = 50_000
_TITLES = ("title", "headline", "headlines", "name", "heading", "main_title", "articleTitle", "newsTitle", "seoTitle")
_TEXTS = ("content", "text", "value", "html", "body", "paragraph", "data")
_PUBLISHED = (
    "datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "published", "publishedDate",
    "publicationDate", "display_date", "first_publish_date", "published-at", "pubDate", "date", "createdAt",
    "created_at",
)  # fmt: skip
_AUTHORS = ("author", "authors", "credits", "byline", "writer", "writers", "authorName")
_TEXT_KINDS = frozenset(("text", "paragraph", "p", "raw_html", "html", "header", "heading", "richtext", "rich-text"))
_MOST_PIECES = 1_000


@dataclass(frozen=True, slots=True)
class Story:
    """What the data says; `text` is the body, a paragraph a line, the others are as written."""

    text: str
    published: str | None = None
    authors: tuple[str, ...] = ()


def scripts(root: HtmlElement) -> tuple[str, ...]:
    """The data of a page's scripts, not yet read."""
    found = []
    for script in root.iter("script"):
        text, kind = script.text or "", (script.get("type") or "").lower()
        if not _LEAST <= len(text) <= _MOST or "ld+json" in kind:
            continue
        if "json" in kind:
            found.append(text)
        elif given := _GIVEN.search(text):
            found.append(text[given.end() :])
    return tuple(found[:_MOST_SCRIPTS])


def read(held: Sequence[str], title: str | None) -> Story | None:
    """The story of `title`; None where no data bears that title and a text."""
    wanted = key(title or "")
    if not wanted:
        return None
    best: Story | None = None
    for data in held:
        for node in _nodes(_loaded(data)):
            if wanted not in _titles(node):
                continue
            text = max((_text(value, title) for value in node.values()), key=len, default="")
            if text and (best is None or len(text) > len(best.text)):
                best = Story(text, _first(node, _PUBLISHED), tuple(_names(node)))
    return best


def _loaded(data: str) -> object:
    try:
        return json.JSONDecoder(strict=False).raw_decode(data.strip())[0]
    except (ValueError, RecursionError):
        return None


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    """All objects, outermost first, up to _MOST_NODES values."""
    waiting = deque([value])
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        item = waiting.popleft()
        if isinstance(item, dict):
            yield item
            waiting.extend(child for child in item.values() if isinstance(child, dict | list))
        elif isinstance(item, list):
            waiting.extend(child for child in item if isinstance(child, dict | list))


def _titles(node: dict[str, Any]) -> set[str]:
    said = (node.get(name) for name in _TITLES)
    flat = (text for value in said for text in (value.values() if isinstance(value, dict) else (value,)))
    return {key(text_of(text)) for text in flat if isinstance(text, str) and len(text) < 500}


def _text(value: object, title: str | None) -> str:
    """A value as a body: HTML, text, or a list of pieces of either; empty where it is no text."""
    if isinstance(value, dict):  # {"rendered": "<p>…"}
        value = max((v for v in value.values() if isinstance(v, str)), key=len, default="")
    if isinstance(value, list):
        pieces = [text for item in value[:_MOST_PIECES] if (text := _piece(item))]
        value = "".join(f"<p>{text}</p>" for text in pieces)
    if not isinstance(value, str) or len(value.split()) < body.LITTLE:
        return ""
    if "<" not in value and "\n" in value:
        value = "".join(f"<p>{line}</p>" for line in value.splitlines())
    root = tree.parse(f"<div>{value}</div>")
    return body.within(root, title) if root is not None else ""


def _piece(item: object) -> str | None:
    """A paragraph: text itself, or an object that is not said to be anything else than text."""
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return None
    if any(isinstance(item.get(name), str) and item[name].lower() not in _TEXT_KINDS for name in ("type", "kind")):
        return None
    for name in _TEXTS:
        found = item.get(name)
        if isinstance(found, dict):
            found = next((found[inner] for inner in _TEXTS if isinstance(found.get(inner), str)), None)
        if isinstance(found, str):
            return found
    return None


def _first(node: dict[str, Any], names: Sequence[str]) -> str | None:
    return next((str(node[n]) for n in names if isinstance(node.get(n), str | int) and len(str(node[n])) < 100), None)


def _names(node: dict[str, Any]) -> Iterator[str]:
    for field in _AUTHORS:
        value = node.get(field)
        if isinstance(value, dict) and "by" in value:  # Arc's credits
            value = value["by"]
        for item in many(value)[:10]:
            name = item.get("name") or item.get("title") if isinstance(item, dict) else item
            if isinstance(name, str) and len(name) < 200:
                yield name
