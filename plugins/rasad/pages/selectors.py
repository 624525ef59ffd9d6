"""What the CSS selectors of a source find in its pages, where the general reading fails.

What they do not find stays empty, and the general reading goes on. Beautiful Soup serves this alone: its selectors
(soupsieve) are those of browsers, so whoever adds a source can try them on the page itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag, UnusualUsageWarning
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree

from rasad.model import SelectorField
from rasad.pages import tree

# That a page is XHTML, or no HTML at all, is for its publisher to know.
warnings.filterwarnings("ignore", category=UnusualUsageWarning)

# A larger page is read without selectors. News pages have some 1,000 elements, the largest of 26 had 2,533, and 28
# levels. Matching is linear by soupsieve's contract from its version 4 on; the one for Python 3.10 tries all chains of
# ancestors, so that levels must be few too.
MOST_ELEMENTS, MOST_LEVELS = 10_000, 50
_MOST = 10  # elements looked at for a title, byline, date or section
_LONGEST = 400  # characters of one; longer is an element of something else


@dataclass(frozen=True, slots=True)
class Selected:
    """What was found; `page` and `body` are HTML, the rest is text on one line."""

    page: str  # without what `drop` selects
    title: str | None = None
    authors: tuple[str, ...] = ()  # bylines, not yet cut into names
    published: tuple[str, ...] = ()  # what may say when, the likeliest first
    section: str | None = None
    body: str = ""


def read(text: str, selectors: Sequence[tuple[SelectorField, str]]) -> Selected:
    """`text` is a decoded page, `selectors` are valid CSS by field (`Source.selectors`)."""
    if not selectors or not _moderate(text):
        return Selected(text)
    try:
        # From bytes, so that nothing in the page decides about its charset again.
        soup = BeautifulSoup(text.replace("\x00", "").encode("utf-8", "replace"), "lxml", from_encoding="utf-8")
    except ParserRejectedMarkup:
        return Selected(text)
    css: dict[str, str] = dict(selectors)
    dropped = soup.select(css["drop"]) if "drop" in css else []
    for element in dropped:
        element.extract()

    def texts(field: SelectorField, *attributes: str) -> tuple[str, ...]:
        found = soup.select(css[field], limit=_MOST) if field in css else []
        return tuple(text for element in found for text in _texts(element, *attributes))

    return Selected(
        page=str(soup) if dropped else text,
        title=next(iter(texts("title", "content")), None),
        authors=texts("authors", "content"),
        published=texts("published", "datetime", "content"),
        section=next(iter(texts("section", "content")), None),
        body="".join(f"<div>{element}</div>" for element in _outermost(soup.select(css["body"])))
        if "body" in css
        else "",
    )


def _moderate(text: str) -> bool:
    """Whether a page has few enough elements and levels; asked of lxml, which needs a tenth of the time."""
    root = tree.parse(text)
    if root is None:
        return False
    level = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        elements += event == "start"
        if level > MOST_LEVELS or elements > MOST_ELEMENTS:
            return False
    return True


def _texts(element: Tag, *attributes: str) -> Iterator[str]:
    """What an element says: in its attributes, which are written for machines, then to people."""
    for said in (*(element.get(name) for name in attributes), element.get_text()):
        line = " ".join(said.split()) if isinstance(said, str) else ""
        if 0 < len(line) <= _LONGEST:
            yield line


def _outermost(elements: Sequence[Tag]) -> Iterator[Tag]:
    """Without those that stand in one before: `elements` are in the order of the page."""
    last: Tag | None = None
    for element in elements:
        if last is None or not any(parent is last for parent in element.parents):
            last = element
            yield element
