"""The title of an article: the heading a reader sees, where it agrees with what the page's head says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from lxml.html import HtmlElement

from rasad.arabic.text import key
from rasad.pages.metadata import Metadata, strings, text_of
from rasad.pages.tree import UNSEEN, Line

_SEPARATOR = re.compile(r"\s+[-–—|•·»«:/\\~]+\s+|\s*[|»]\s*|\s*::+\s*|\s+-|-\s+")
_MOST = 400  # characters; longer is no title
_WORDS = re.compile(r"\w+")
_MOST_CUTS = 8  # separators of one title that are tried
_NEXT = 8  # lines after the title
_LEAST_SUBTITLE, _MOST_SUBTITLE, _LEAST_LEAD, _LEAST_LONG_LEAD = 4, 45, 15, 25  # words
_SUBTITLE = re.compile(
    r"(?<![a-z])sub[-_]{0,2}(?:title|head|headline|line)s?(?![a-z])|\w_sub(?![a-z])|[-_ ]sub(?![a-z-])|standfirst|"
    r"alternativeheadline|(?<![a-z])deck?(?![a-z])|second(?:ary)?[-_]?title|title[-_]?2(?!\d)"
)
_PICTURE = re.compile(r"caption|figure|image|photo|credit|video|(?<![a-z])art[-_]|related|share|author|meta|date")
_LEAD = re.compile(r"chapo|excerpt|summary|(?<![a-z])(?:lead|lede|intro|abstract)(?![a-z])")
_LEAST_SHOWN = 3  # words of a title that any element may show; shorter is as often a section


def read(tree: HtmlElement, metadata: Metadata, names: Sequence[str] = ()) -> tuple[str | None, HtmlElement | None]:
    """(title, the heading it stands in). `names`: other names of the site than the page gives itself.

    The h1 that agrees with og:title, JSON-LD's headline or <title> is right on all the pages measured, as written
    there; without one, the part of a declared title that the page shows in any other element (old pages have no
    headings); without that, the declared title, cut free of the site's name; at last, the only h1.
    """
    sites = {key(name) for name in (*names, *metadata.site_names) if name}
    declared = _declared(tree, metadata)
    headings = [(text, element) for element in tree.iter("h1", "h2") if 0 < len(text := _text(element)) <= _MOST]
    for level in ("h1", "h2"):
        best = max(
            (
                (agreement, text, element)
                for text, element in headings
                if element.tag == level and key(text) not in sites
                for agreement in [max((_agreement(text, said) for said in declared), default=0.0)]
                if agreement >= 0.6
            ),
            key=lambda found: found[0],
            default=None,
        )
        if best is not None:
            return best[1], best[2]
    shown = _shown(tree, declared, sites)
    if shown is not None:
        return shown
    for said in declared:
        cut = without_site(said, sites, declared)
        if cut and key(cut) not in sites:
            return cut, heading_of(tree, cut)
    alone = [(text, element) for text, element in headings if element.tag == "h1" and key(text) not in sites]
    return alone[0] if len(alone) == 1 else (None, None)


def _shown(tree: HtmlElement, declared: Sequence[str], sites: set[str]) -> tuple[str, HtmlElement] | None:
    """The longest part of a declared title that stands alone in an element of the page, outside of links.

    KUNA : عنوان الخبر - عام - 10/03/2026 is cut at each separator; what is the title only the page can say.
    """
    wanted = {part for said in declared for part in _part_keys(said) if len(_WORDS.findall(part)) >= _LEAST_SHOWN}
    wanted -= sites
    best: tuple[str, HtmlElement] | None = None
    for element in tree.iter("h3", "h4", "h5", "p", "div", "td", "span", "font", "b", "strong", "center"):
        own = element.text or ""
        if not own.strip() or len(own) > _MOST or (best is not None and len(own) <= len(best[0])):
            continue
        text = text_of(own)
        if key(text) in wanted and _text(element) == text and not _in_link(element):
            best = text, element
    return best


def _in_link(element: HtmlElement) -> bool:
    return element.tag == "a" or next(element.iterancestors("a", "nav", "li"), None) is not None


@lru_cache(maxsize=64)
def _part_keys(title: str) -> frozenset[str]:
    """A title whole, and what is left of it when it is cut at its separators, from both ends; folded."""
    cuts = [m.span() for m in _SEPARATOR.finditer(title)][:_MOST_CUTS]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(title)]
    return frozenset(key(title[start:end]) for start in starts for end in ends if start < end)


def subtitle(metadata: Metadata, lines: Iterable[Line], title: str | None) -> tuple[str | None, HtmlElement | None]:
    """(the line that explains the title, the element it stands in, where it is one).

    What markup calls so, or a heading of the next level right under the title that no paragraph follows in its own
    element. A lead, which is a sentence and the beginning of the text, is none.
    """
    told = next((text for node in metadata.articles for text in strings(node.get("alternativeHeadline"))), None)
    wanted, said = key(title or ""), key(told or "")
    for line in lines:
        if (
            not 0 < line.distance <= _NEXT
            or line.linked
            or line.holder.tag == "figcaption"
            or _PICTURE.search(line.hints)
        ):
            continue
        words = len(line.text.split())
        if not _LEAST_SUBTITLE <= words <= _MOST_SUBTITLE or key(line.text) == wanted:
            continue
        if key(line.text) == said or _names_subtitle(line, words) or _next_heading(line):
            return line.text, line.holder if _text(line.holder) == line.text else None
    return (told, None) if told and said != wanted and len(told) <= _MOST else (None, None)


def _names_subtitle(line: Line, words: int) -> bool:
    if _SUBTITLE.search(line.hints):
        return words < _LEAST_LONG_LEAD or not line.text.endswith(".")
    return words < _LEAST_LEAD and bool(_LEAD.search(line.hints))


def _next_heading(line: Line) -> bool:
    heading = next((e for e in (line.holder, *line.holder.iterancestors()) if e.tag in ("h2", "h3")), None)
    if heading is None or line.distance > 2 or heading.getparent() is None:
        return False
    return next(heading.itersiblings("p"), None) is None


def heading_of(tree: HtmlElement, title: str) -> HtmlElement | None:
    """The element that a known title stands in, where it stands there without markup of its own."""
    return next(
        (
            element
            for element in tree.iter()
            if element.tag not in UNSEEN and element.tag != "title" and text_of(element.text) == title
        ),
        None,
    )


def without_site(title: str, sites: set[str], others: Sequence[str] = ()) -> str:
    """`title` without the name of the site before or after it.

    A part is the site's name where the site says so, or where another declared title is the rest.
    """
    parts = [m.span() for m in _SEPARATOR.finditer(title)]
    shorter = {key(other) for other in others if other != title}
    for start, end in parts:
        for kept, name in ((title[:start], title[end:]), (title[end:], title[:start])):
            if key(name) in sites or key(kept) in shorter:
                return without_site(kept.strip(), sites, others)
    return title.strip()


def _declared(tree: HtmlElement, metadata: Metadata) -> list[str]:
    """What the head calls the article, the most careful saying first."""
    found = [text for node in metadata.articles for text in [text_of(node.get("headline"))]]
    found = [metadata.meta("og:title") or "", *found[:1], metadata.meta("twitter:title") or ""]
    head_title = tree.find(".//title")
    if head_title is not None:
        found.append(_text(head_title))
    return [text for text in dict.fromkeys(found) if 0 < len(text) <= _MOST]


def _agreement(heading: str, said: str) -> float:
    """How much of the words of a heading and of a declared title (with the site's name) is the same, 0 to 1."""
    ours, theirs = _WORDS.findall(key(heading)), _WORDS.findall(key(said))
    if not ours or not theirs:
        return 0.0
    if len(ours) < 3 and 2 * len(ours) > len(theirs) and key(heading) in _part_keys(said):
        return 1.0
    common = len(set(ours) & set(theirs))
    # the declared title may carry the site's name or be cut short with "..."
    share = common / min(len(set(ours)), len(set(theirs)))
    return share * (1.0 if len(ours) >= 3 or ours == theirs else 0.5) * min(1.0, 0.5 + len(ours) / len(theirs))


def _text(element: HtmlElement) -> str:
    return text_of("".join(element.itertext()))
