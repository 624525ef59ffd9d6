"""Pages and feeds drawn from articles: one page template per publisher, one feed template per kind of feed."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from tests.newsroom.articles import HERE, Article
from tests.newsroom.publishers import BY_ID, Feed, Publisher

RELATED = 3  # links in a block of related articles


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["rfc822"] = format_datetime
    environment.filters["jsonld"] = _jsonld
    environment.globals["link"] = link
    environment.globals["address"] = address
    return environment


def encoded(path: str) -> str:
    """Percent-encode what is not ASCII; separators stay."""
    return quote(path, safe="/?=&-._~")


def address(article: Article, origin: str) -> str:
    """The article's own, final address."""
    return origin + encoded(BY_ID[article.publisher].path(article))


def link(article: Article, origin: str) -> str:
    """The address that a feed gives."""
    if article.redirect_from:
        return origin + article.redirect_from
    return address(article, origin) + BY_ID[article.publisher].campaign


def page(publisher: Publisher, article: Article, own: list[Article], origin: str) -> str:
    others = [a for a in own if a.ref != article.ref and a.status == 200 and a.language == "ar"]
    return _draw(
        f"{publisher.id}.html",
        publisher=publisher,
        article=article,
        origin=origin,
        related=others[:RELATED],
        latest=others[RELATED : 2 * RELATED],
    )


def home(publisher: Publisher, own: list[Article], origin: str) -> str:
    return _draw("home.html", publisher=publisher, articles=own, origin=origin)


def missing(publisher: Publisher) -> str:
    return _draw("missing.html", publisher=publisher)


def feed(publisher: Publisher, feed: Feed, listed: list[Article], newest: datetime, origin: str) -> str:
    return _draw(feed.template, publisher=publisher, feed=feed, articles=listed, newest=newest, origin=origin)


def _draw(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _jsonld(value: Any) -> Markup:
    """JSON for a script element: `<` escaped, so that no text can close the element."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))
