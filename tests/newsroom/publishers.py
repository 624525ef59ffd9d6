"""The invented publishers: who they are, and in which way each is awkward to read."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

from tests.newsroom.articles import Article


@dataclass(frozen=True, slots=True)
class Feed:
    """A document that announces articles; `template` draws it."""

    path: str
    kind: Literal["rss", "atom", "sitemap"]
    template: str
    section: str | None = None  # only the articles of this section
    charset: str = "utf-8"
    content_type: str = "application/rss+xml; charset=utf-8"
    listed: bool = True  # stands in the source's YAML; a sitemap's parts are found through its index
    part: tuple[int, int] | None = None  # (i, n): every n-th article from the i-th


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher; the first eight fields go into its YAML as rasad.model.Source has them."""

    id: str
    name_ar: str
    name_en: str
    country: str
    timezone: str
    months: Literal["levant", "iraq", "gulf", "egypt", "maghreb"]
    rights: Literal["full", "snippet", "facts"]
    feeds: tuple[Feed, ...]
    article_path: str  # fields: slug, number, date, words
    robots: str | None  # None: 404
    charset: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"
    validators: tuple[str, ...] = ("etag", "last_modified")
    gzip: bool = False
    campaign: str = ""  # what the feed hangs onto every link

    def path(self, article: Article) -> str:
        """Path (and query) of an article, before percent-encoding."""
        if article.path:
            return article.path
        return self.article_path.format(
            slug=article.slug,
            number=zlib.crc32(article.slug.encode()) % 100_000,
            date=article.published_at.strftime("%Y/%m/%d"),
            words="-".join("".join(c if c.isalnum() else " " for c in article.first_title).split()),
        )


PUBLISHERS = (
    Publisher(
        id="minbar",
        name_ar="المنبر العربي",
        name_en="Al-Minbar Al-Arabi",
        country="LB",
        timezone="Asia/Beirut",
        months="levant",
        rights="full",
        feeds=(Feed("/rss.xml", "rss", "feed_full.xml"),),
        article_path="/article/{slug}",
        robots="User-agent: *\nCrawl-delay: 0.2\nDisallow: /admin/\n",
    ),
    Publisher(
        id="sada",
        name_ar="صدى الخليج",
        name_en="Sada Al-Khaleej",
        country="SA",
        timezone="Asia/Riyadh",
        months="gulf",
        rights="full",
        feeds=(
            Feed("/feed/", "rss", "feed_teasers.xml"),
            Feed("/feed/sport", "rss", "feed_teasers.xml", section="رياضة"),
        ),
        article_path="/news/{number}/{slug}.html",
        robots="User-agent: BadBot\nDisallow: /\n\nUser-agent: *\nDisallow: /print/\nDisallow: /search\n",
        validators=("etag",),
    ),
    Publisher(
        id="nahrain",
        name_ar="بريد النهرين",
        name_en="Bareed An-Nahrain",
        country="IQ",
        timezone="Asia/Baghdad",
        months="iraq",
        rights="full",
        feeds=(Feed("/rss.php", "rss", "feed_teasers.xml", charset="windows-1256", content_type="text/xml"),),
        article_path="/news.php?id={number}",
        robots=None,
        charset="windows-1256",
        content_type="text/html",  # neither the header nor the page says which charset
        validators=("last_modified",),
    ),
    Publisher(
        id="atlas",
        name_ar="أصداء الأطلس",
        name_en="Asdaa Al-Atlas",
        country="MA",
        timezone="Africa/Casablanca",
        months="maghreb",
        rights="full",
        feeds=(Feed("/atom.xml", "atom", "feed_atom.xml", content_type="application/atom+xml; charset=utf-8"),),
        article_path="/{date}/{slug}/",
        robots="User-agent: *\nAllow: /\n",
        gzip=True,
    ),
    Publisher(
        id="difaf",
        name_ar="جريدة الضفاف",
        name_en="Ad-Difaf",
        country="EG",
        timezone="Africa/Cairo",
        months="egypt",
        rights="snippet",
        feeds=(
            Feed("/sitemap_index.xml", "sitemap", "sitemap_index.xml", content_type="application/xml"),
            Feed(
                "/sitemap-news-1.xml",
                "sitemap",
                "sitemap_news.xml",
                content_type="application/xml",
                listed=False,
                part=(0, 2),
            ),
            Feed(
                "/sitemap-news-2.xml",
                "sitemap",
                "sitemap_news.xml",
                content_type="application/xml",
                listed=False,
                part=(1, 2),
            ),
        ),
        article_path="/أخبار/{words}-{number}",
        robots="User-agent: *\nDisallow: /cgi-bin/\n\nSitemap: {origin}/sitemap_index.xml\n",
    ),
    Publisher(
        id="shiraa",
        name_ar="شراع الخبر",
        name_en="Shiraa Al-Khabar",
        country="TN",
        timezone="Africa/Tunis",
        months="maghreb",
        rights="facts",
        feeds=(Feed("/rss", "rss", "feed_undated.xml", content_type="text/xml; charset=utf-8"),),
        article_path="/article/{slug}",
        robots="",
        campaign="?utm_source=rss&utm_medium=feed",
    ),
)

BY_ID = {publisher.id: publisher for publisher in PUBLISHERS}
