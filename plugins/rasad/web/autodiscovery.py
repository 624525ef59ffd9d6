"""What an HTML page leads to: the feeds that it announces, and the articles that a section page lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree

from rasad import markup
from rasad.model import Feed

MAX_HTML = 5_000_000  # bytes; section pages have up to one million
MAX_FOUND = 1_000  # links that look like articles, in page order
MAX_FEEDS = 20
_ELEMENTS = 20_000  # links of one page that are looked at
_PIECES = 100  # of the text of one link: what is nested in it without end is no title

_KINDS = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
}
# Pages about articles, and what is no page: by a whole segment of the path, in the words that sites use.
_NO_ARTICLE = frozenset(
    (
        "tag",
        "tags",
        "author",
        "authors",
        "writer",
        "writers",
        "category",
        "categories",
        "topic",
        "topics",
        "page",
        "search",
        "login",
        "register",
        "account",
        "contact",
        "about",
        "privacy",
        "terms",
        "rss",
        "feed",
        "feeds",
        "comments",
        "wp-content",
        "wp-json",
        "static",
        "assets",
        "وسم",
        "وسوم",
        "كاتب",
        "كتاب",
        "تصنيف",
        "بحث",
        "موضوع",
    )
)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|pdf|mp[34]|m4a|zip|docx?|xlsx?)$", re.IGNORECASE
)
_DATED = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?[0-3]?\d)?/[^/]")
_NUMBER = re.compile(r"\d{5,}")
_SERIAL = re.compile(r"(?!(?:19|20)\d\d$)\d{4,}")  # /archives/1898, but no year's archive
_CODE = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,}")  # /articles/c0dl2yx1xd1o
_WORDS = 4  # words in the last segment of an address: sections have one or two, headlines more
_ID_NAMES = frozenset(("id", "article", "articleid", "newsid", "nid", "p", "artid", "news"))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page: its whole address, and the longest words that lead there."""

    url: str
    text: str | None


def feeds(body: bytes, content_type: str | None, base: str) -> tuple[Feed, ...]:
    """The feeds that a page announces by `link rel=alternate`, in its order; those of comments are left out.

    Never raises. Paths that are merely usual (/feed, /rss) are not guessed.
    """
    found: dict[str, Feed] = {}
    for element in _elements(body, content_type, "link"):
        kind = _KINDS.get((element.get("type") or "").split(";")[0].strip().lower())
        if not kind or "alternate" not in (element.get("rel") or "").lower().split():
            continue
        url = _joined(base, element.get("href"))
        about = f"{element.get('title') or ''} {url or ''}".lower()
        if url and not re.search(r"comment|تعليق", about):
            found.setdefault(url, Feed(url, kind))  # type: ignore[arg-type]
        if len(found) == MAX_FEEDS:
            break
    return tuple(found.values())


def articles(body: bytes, content_type: str | None, base: str) -> tuple[Anchor, ...]:
    """The links of a listing page whose addresses look like those of articles, in its order. Never raises."""
    found: dict[str, str] = {}
    here = base.split("#")[0]
    for element in _elements(body, content_type, "a"):
        url = _joined(base, element.get("href"))
        if url is None or url == here or not like_article(url):
            continue
        if url not in found and len(found) == MAX_FOUND:
            break
        words = " ".join("".join(islice(element.itertext(), _PIECES)).split())[:500]
        found[url] = max(found.get(url, ""), words, key=len)
    return tuple(Anchor(url, words or None) for url, words in found.items())


def like_article(url: str) -> bool:
    """Whether an address looks like an article's: a date, a long number, a code or a headline in its path."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    segments = [s for s in path.lower().split("/") if s]
    if any(s in _NO_ARTICLE for s in segments) or _NO_PAGE.search(path):
        return False
    if any(k.lower() in _ID_NAMES and re.fullmatch(r"\d{4,}", v) for k, v in parse_qsl(parts.query)):
        return True
    if not segments:
        return False
    last = segments[-1].split(".")[0]
    return bool(
        _DATED.search(path)
        or _NUMBER.search(path)
        or _SERIAL.fullmatch(last)
        or _CODE.fullmatch(last)
        or len([w for w in re.split(r"[-_ ]+", last) if w]) >= _WORDS
    )


def _elements(body: bytes, content_type: str | None, name: str) -> list[etree._Element]:
    body, encoding = body[:MAX_HTML], _charset(body, content_type)
    if markup.crowded(body, encoding):
        return []
    parser = etree.HTMLParser(encoding=encoding, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return []
    return [] if root is None else list(islice(root.iter(name), _ELEMENTS))


def _charset(body: bytes, content_type: str | None) -> str | None:
    """By the bytes first, then the header; None leaves it to the page's own meta."""
    try:
        body[:MAX_HTML].decode("utf-8")
    except UnicodeDecodeError as error:
        named = re.search(r"charset=[\"']?([A-Za-z0-9._-]{1,40})", content_type or "", re.IGNORECASE)
        if error.start < min(len(body), MAX_HTML) - 4:
            return _known(named[1]) if named else None
    return "utf-8"


def _known(label: str) -> str | None:
    try:
        etree.HTMLParser(encoding=label)
    except LookupError:
        return None
    return label


def _joined(base: str, href: str | None) -> str | None:
    try:
        url = urljoin(base, (href or "").strip()).split("#")[0]
        urlsplit(url)
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None
