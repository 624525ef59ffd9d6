"""A page's HTML as one tree, and its text in lines as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement

from rasad import markup

# What no reader sees, or sees as a control and not as text.
UNSEEN = frozenset(
    (
        "head", "script", "style", "noscript", "template", "iframe", "svg", "select", "option", "button", "textarea",
        "object",
    )
)  # fmt: skip
# lxml.html asks Python for the class of every element that is touched, to tell forms and inputs from others: a tenth of
# the time of a page.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)
# What XML has no place for: a tree that was changed refuses to be written with it.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The same by number: &#1; stands in a page that lost the other digits of &#1575;.
_ILLEGAL_BY_NUMBER = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]|[fF]{3}[eEfF])(?![\da-fA-F]));?"
)
_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text that no block element interrupts, with the class, id, rel and itemprop of what holds it."""

    text: str
    pieces: tuple[tuple[str, str], ...]  # (text, hints), hints in lower case
    distance: int  # in lines from the heading; negative before it
    linked: bool  # wholly inside links
    holder: HtmlElement  # of its first piece
    times: tuple[HtmlElement, ...] = ()  # its <time> elements

    @property
    def spaced(self) -> str:
        """The text with a space wherever an element begins or ends: style sheets part what markup writes together."""
        return " ".join(" ".join(text for text, _ in self.pieces).split())

    @property
    def hints(self) -> str:
        return " ".join(hints for _, hints in self.pieces)


def parse(text: str) -> HtmlElement | None:
    """The tree of a decoded page; None where there is nothing to read, or an element of a thousand attributes.
    Comments are left out."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    raw = _ILLEGAL_BY_NUMBER.sub("", _ILLEGAL.sub("", text)).encode("utf-8", "replace")
    if not raw.strip() or markup.crowded(raw, "utf-8"):
        return None
    try:
        tree = html.document_fromstring(raw, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return tree


def text_of(element: HtmlElement) -> str:
    """The text of an element as one line."""
    return " ".join("".join(element.itertext()).split())


def lines(root: HtmlElement, heading: HtmlElement | None = None, most: int = 200) -> Iterator[Line]:
    """The lines of `root` in order; `heading` is line 0 and not given; at most `most` after it."""
    found: list[tuple[tuple[tuple[str, str], ...], bool, HtmlElement, tuple[HtmlElement, ...]]] = []
    at_heading = 0
    pieces: list[tuple[str, str]] = []
    holders: list[HtmlElement] = []
    times: list[HtmlElement] = []
    plain = 0  # characters outside links
    links = 0
    called: dict[HtmlElement, str] = {}

    def flush() -> None:
        nonlocal plain
        if any(text.strip() for text, _ in pieces):
            found.append((tuple(pieces), plain == 0, (holders or [root])[0], tuple(times)))
        pieces.clear()
        holders.clear()
        times.clear()
        plain = 0

    def add(text: str | None, holder: HtmlElement) -> None:
        nonlocal plain
        if text:
            blank = text.isspace()
            pieces.append((text, "" if blank else _hints(holder, called)))
            if not blank:
                holders.append(holder)
            if not links and not blank:
                plain += len(text)

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in UNSEEN or element is heading:
                if element is heading:
                    flush()
                    at_heading = len(found)
                walk.skip_subtree()
                continue
            if tag not in _INLINE:
                flush()
            links += tag == "a"
            if tag == "time":
                times.append(element)
            add(element.text, element)
        else:
            links -= tag == "a" and tag not in UNSEEN
            if tag not in _INLINE and element is not heading:
                flush()
            if element is not root and element.tail:
                parent = element.getparent()
                add(element.tail, parent if parent is not None else root)
            if heading is None:
                if len(found) > most:
                    break
            elif at_heading and len(found) > at_heading + most:
                break
    flush()
    for place, (line, linked, holder, moments) in enumerate(found):
        distance = place - at_heading + (place >= at_heading) if heading is not None else place + 1
        text = " ".join("".join(text for text, _ in line).split())
        yield Line(text, line, distance, linked, holder, moments)


def _hints(element: HtmlElement, called: dict[HtmlElement, str]) -> str:
    """What an element and the two around it are called; `called` keeps what was asked before."""
    names = []
    for _ in range(3):
        if element is None or element.tag in ("body", "html", "article", "main"):
            break
        if element not in called:
            called[element] = _names(element)
        names.append(called[element])
        element = element.getparent()
    return " ".join(filter(None, names))


def _names(element: HtmlElement) -> str:
    names = [element.get(name) for name in ("class", "id", "rel", "itemprop", "property")]
    return " ".join(filter(None, [*names, "time" if element.tag == "time" else None])).lower()
