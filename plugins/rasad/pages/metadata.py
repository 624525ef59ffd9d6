"""What a page says about itself: meta elements, JSON-LD and microdata, read once for all that ask."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from rasad.arabic.text import key, keys

Node = dict[str, Any]

_ARTICLES = frozenset(
    (
        "Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
        "BackgroundNewsArticle", "LiveBlogPosting", "Report", "SocialMediaPosting", "AdvertiserContentArticle",
        "ReviewNewsArticle",
    )
)  # fmt: skip
# What systems file an article under that nobody filed, and the first step of all breadcrumbs.
_NO_SECTIONS = keys("featured|uncategorized|غير مصنف|غير مصنفة|home|الرئيسية|الصفحة الرئيسية|رئيسية|slider|سلايدر", "|")
_MOST_STEPS = 10  # of breadcrumbs
_MOST_JSON = 2_000_000  # characters of one script
_MOST_NODES = 500
_OPENED = re.compile(r"(?:(?://|/\*)?\s{0,20}(?:<!\[CDATA\[|<!--)\s{0,20}(?:\*/)?\s{0,20}){1,2}")
_CLOSED = re.compile(r"(?:\s{0,20}(?://|/\*)?\s{0,20}(?:\]\]>|-->)\s{0,20}(?:\*/)?){1,2}\s{0,20};?\s{0,20}\Z")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


@dataclass(frozen=True, slots=True)
class Metadata:
    """`metas` by lower-cased name, property or itemprop, in the order of the page; `nodes` are JSON-LD objects."""

    url: str
    metas: dict[str, tuple[str, ...]]
    nodes: tuple[Node, ...]
    canonical: str | None

    def meta(self, *names: str) -> str | None:
        """The first value of the first of `names` that has one."""
        return next((value for name in names for value in self.metas.get(name, ())), None)

    @property
    def articles(self) -> tuple[Node, ...]:
        """JSON-LD nodes of the article itself: the first, and those that share its headline or address."""
        found = [node for node in self.nodes if not _ARTICLES.isdisjoint(kinds(node))]
        if len(found) < 2:
            return tuple(found)
        first = next((node for node in found if _addresses(node) & {self.url, self.canonical}), found[0])
        same = [node for node in found if node.get("headline") in (None, first.get("headline"))]
        return (first, *(node for node in same if node is not first))

    @property
    def live(self) -> bool:
        """Whether the page says that it is a live blog."""
        return any("LiveBlogPosting" in kinds(node) for node in self.articles)

    @property
    def pages(self) -> tuple[Node, ...]:
        """JSON-LD nodes of the web page that holds the article."""
        return tuple(node for node in self.nodes if not {"WebPage", "ItemPage"}.isdisjoint(kinds(node)))

    @property
    def site_names(self) -> tuple[str, ...]:
        """What the site calls itself."""
        names = [*self.metas.get("og:site_name", ()), *self.metas.get("application-name", ())]
        for node in self.nodes:
            if not {"WebSite", "Organization", "NewsMediaOrganization"}.isdisjoint(kinds(node)):
                names += strings(node.get("name")) + strings(node.get("alternateName"))
            for publisher in self.linked(node.get("publisher")):
                names += strings(publisher.get("name"))
        return tuple(dict.fromkeys(names))

    @property
    def description(self) -> str | None:
        said = self.meta("og:description", "description", "twitter:description")
        return said or next((text for node in self.articles for text in strings(node.get("description"))), None)

    @property
    def image(self) -> str | None:
        found = self.meta("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
        if found is None:
            images = [image for node in self.articles for image in many(node.get("image"))]
            urls = [url for image in images for url in strings(image.get("url") if isinstance(image, dict) else image)]
            found = next((url for url in urls if not url.startswith("#")), None)
        return absolute(self.url, found)

    @property
    def section(self) -> str | None:
        said = [*self.metas.get("article:section", ()), *self.metas.get("articlesection", ())]
        said += [*self.metas.get("section", ()), *(s for n in self.articles for s in strings(n.get("articleSection")))]
        return next((text for text in (*said, *self._trail) if key(text) not in _NO_SECTIONS), None)

    @property
    def _trail(self) -> list[str]:
        """The breadcrumbs between the home page and the article, by their names."""
        trail = next((node for node in self.nodes if "BreadcrumbList" in kinds(node)), {})
        steps = [step for step in many(trail.get("itemListElement")) if isinstance(step, dict)][:_MOST_STEPS]
        inner = [step.get("item") for step in steps]
        names = [
            (strings(step.get("name")) or strings(item.get("name") if isinstance(item, dict) else None) or [""])[0]
            for step, item in zip(steps, inner, strict=True)
        ]
        sites = {key(name) for name in self.site_names}
        return [name for name in names[:-1] if name and key(name) not in sites]

    @property
    def tags(self) -> tuple[str, ...]:
        found = list(self.metas.get("article:tag", ()))
        if not found:
            found = [text for node in self.articles for text in strings(node.get("keywords"))]
        if not found:
            found = list(self.metas.get("news_keywords", self.metas.get("keywords", ())))
        cut = [tag.strip(" #\"'") for text in found for tag in re.split(r"[,،;؛|]", text)]
        return tuple(dict.fromkeys(" ".join(tag.replace("_", " ").split()) for tag in cut if 1 < len(tag) <= 80))

    def linked(self, value: object) -> list[Node]:
        """The objects that a JSON-LD value holds, references followed."""
        nodes = []
        for item in many(value):
            if isinstance(item, dict):
                target = item.get("@id")
                if "name" not in item and target:
                    item = next((n for n in self.nodes if n.get("@id") == target and "name" in n), item)
                nodes.append(item)
        return nodes


def read(tree: HtmlElement, url: str) -> Metadata:
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = text_of(element.get("content"))
        if value:
            for attribute in ("property", "name", "itemprop"):
                for name in (element.get(attribute) or "").lower().split():
                    metas.setdefault(name, []).append(value)
    return Metadata(
        url, {name: tuple(values) for name, values in metas.items()}, tuple(_nodes(tree)), _canonical(tree, url, metas)
    )


def text_of(value: object) -> str:
    """A value as one line of text: entities resolved, also those escaped twice, and spaces single."""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return " ".join(value.split())


def many(value: object) -> list[Any]:
    """JSON-LD writes one thing or a list of them."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(value: object) -> list[str]:
    """The texts that a JSON-LD value holds."""
    found = (item.get("@value") if isinstance(item, dict) else item for item in many(value))
    return [text for text in map(text_of, found) if text]


def kinds(node: Node) -> set[str]:
    return {kind.rsplit("/", 1)[-1] for kind in many(node.get("@type")) if isinstance(kind, str)}


def absolute(base: str, url: str | None) -> str | None:
    """`url` made absolute; None where it is no web address."""
    if not url:
        return None
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.netloc else None


def _addresses(node: Node) -> set[str]:
    found = strings(node.get("url"))
    for page in many(node.get("mainEntityOfPage")):
        found += strings(page.get("@id") if isinstance(page, dict) else page)
    return set(found)


def _canonical(tree: HtmlElement, url: str, metas: dict[str, list[str]]) -> str | None:
    """The address the page gives itself: of its own host, and not the front page."""
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    host = _host(url)
    for found in (absolute(url, link) for link in (*links, *metas.get("og:url", ()))):
        if found and _host(found) == host and (urlsplit(found).path.strip("/") or urlsplit(found).query):
            return found
    return None


def _host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    for prefix in ("www.", "m.", "mobile.", "amp."):
        host = host.removeprefix(prefix)
    return host


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    count = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        for node in _walk(_loaded(script.text or "")):
            count += 1
            if count > _MOST_NODES:
                return
            yield node


def _loaded(text: str) -> object:
    if len(text) > _MOST_JSON:
        return None
    text = text.strip()
    text = text[opened.end() :] if (opened := _OPENED.match(text)) else text
    text = text[:-60] + _CLOSED.sub("", text[-60:]).rstrip("; \n")
    for attempt in (text, _TRAILING_COMMA.sub("", text), _TRAILING_COMMA.sub("", html.unescape(text))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object) -> Iterator[Node]:
    """Typed objects, outermost first; those of a list of other articles are left out."""
    waiting = deque([value])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item))
        elif isinstance(item, dict):
            if "@type" in item:
                yield item
                if not {"ItemList", "BreadcrumbList", "Comment"}.isdisjoint(kinds(item)):
                    continue
            waiting += [child for child in item.values() if isinstance(child, dict | list)]
