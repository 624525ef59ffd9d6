"""HTML to article: `read` is the one way in.

charset → selectors → tree → metadata → title → byline, published → body → display → language
"""

from __future__ import annotations

from datetime import datetime

from rasad.arabic import display
from rasad.model import Article, Page, Settled, Source
from rasad.pages import body, byline, charset, embedded, language, metadata, published, selectors, title, tree, walls

# Shorter than a news brief: the shortest of 5,000 Saudi newspaper articles with a body have some 30 words, and error
# pages, video pages and teasers rarely more than 20.
LEAST_WORDS = 25


def read(page: Page, source: Source | None) -> Article | Settled:
    """The article of a fetched page, or why it is none.

    Outcomes: failed (a status that says so, or no HTML), gone, blocked, consent, login, paywall (see `walls`),
    not_arabic, too_short (under LEAST_WORDS words of body).
    """
    if not 200 <= page.status < 300:
        return walls.refused(page)
    article = parse(page, source, fetched_at=page.fetched_at)
    if article is None:
        return Settled(
            page.url, "failed", f"no HTML that can be read in the {len(page.body)} bytes of the answer", page.status
        )
    words = len(article.text.split())
    if words < walls.MOST and (wall := walls.instead(page, charset.decode(page)[0], article.title, article.text)):
        return wall
    if article.language != "ar" and (words >= LEAST_WORDS or article.language is not None):
        return Settled(page.url, "not_arabic", f"the text is {article.language or 'of no language'}", page.status)
    if words < LEAST_WORDS:
        return Settled(page.url, "too_short", f"{words} words of body, {LEAST_WORDS} are the least", page.status)
    return article


def parse(page: Page, source: Source | None, fetched_at: datetime | None = None) -> Article | None:
    """All that a page says, whether or not it is an article of ours; None where there is no HTML.

    `fetched_at` is what relative dates (منذ ساعتين) count from; without it they are not read.
    """
    text, _ = charset.decode(page)
    selected = selectors.read(text, source.selectors if source else ())
    root = tree.parse(selected.page)
    if root is None:
        return None
    names = (source.name_ar, source.name_en) if source else ()
    head = metadata.read(root, page.url)
    headline, heading = title.read(root, head, names)
    if selected.title:
        headline = selected.title
        stands_in = title.heading_of(root, headline)
        heading = stands_in if stands_in is not None else heading
    near = list(tree.lines(root, heading))
    held = embedded.scripts(root)
    subtitle, under = title.subtitle(head, near, headline)
    authors = byline.named(selected.authors, head, names) or byline.read(head, near, names)
    zone = source.timezone if source else None
    first, changed = published.read(
        root,
        head,
        near,
        hint=page.published_hint,
        zone=zone,
        fetched_at=fetched_at,
        selected=selected.published,
    )
    own = tree.parse(selected.body)
    extracted = body.within(own, headline) if own is not None else ""
    extracted = extracted or body.read(root, head, headline, heading, under)
    if len(extracted.split()) < body.LITTLE and (story := embedded.read(held, headline)):
        extracted = story.text
        authors = authors or byline.named(story.authors, head, names)
        first = first or (published.said(story.published, zone, fetched_at) if story.published else None)
    cleaned, edits = display.clean(extracted)
    headline = _line(headline)
    return Article(
        url=page.url,
        title=headline,
        text=cleaned,
        published_at=first,
        source_id=page.source_id or None,
        canonical_url=head.canonical,
        updated_at=changed,
        authors=tuple(filter(None, map(_line, authors))),
        language=language.decide(cleaned) or language.decide(headline or ""),
        description=_line(head.description),
        image=head.image,
        section=_line(selected.section or head.section),
        tags=tuple(filter(None, map(_line, head.tags))),
        country=source.country if source else None,
        months=source.months if source else None,
        text_edits=edits,
        fetched_at=fetched_at.isoformat() if fetched_at else None,
        subtitle=_line(subtitle),
        live=head.live,
    )


def _line(text: str | None) -> str | None:
    """A short text as a reader sees it, on one line."""
    return display.clean(" ".join(text.split()))[0].replace("\n", " ") or None if text else None
