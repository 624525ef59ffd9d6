"""The frozen types that go from step to step: who is read, what was found, fetched, cleaned and extracted.

Offsets are Unicode code points, end exclusive. Times are ISO 8601 text: with an offset where the page gives a
time of day, a bare date (`2026-03-10`) where it does not.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

FieldName = Literal["title", "body"]
EntityType = Literal["PER", "ORG", "LOC"]
SelectorField = Literal["drop", "title", "authors", "published", "section", "body"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """One address where a source announces its articles."""

    url: str
    # rss covers RSS 0.9 to 2.0 and RDF; sitemap news sitemaps and plain text; section: an HTML page that lists articles
    kind: Literal["rss", "atom", "json", "sitemap", "section"]
    section: str | None = None


# All of the text; the sentences of its facts; a hash of it.
Rights = Literal["full", "snippet", "facts"]


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher: a YAML file of `rasad/sources/`, or a host first seen in an archive."""

    id: str  # [a-z0-9_]+, the stem of its YAML
    name_ar: str
    name_en: str
    country: str  # ISO 3166-1 alpha-2; ZZ where unknown
    timezone: str  # IANA, e.g. Asia/Beirut
    homepage: str
    hosts: tuple[str, ...]  # lower case; an article under any of them belongs to this source
    feeds: tuple[Feed, ...] = ()
    months: Literal["levant", "iraq", "gulf", "egypt", "maghreb"] = "egypt"  # which month names it writes
    rights: Rights = "facts"  # what may be kept of the text
    delay: float = 5.0  # seconds between requests to one host
    enabled: bool = True
    reason: str | None = None  # why it is not enabled
    selectors: tuple[tuple[SelectorField, str], ...] = ()  # (field, CSS) where the general reading fails
    paths: tuple[str, ...] = ()  # only what is under these, where its hosts have other pages too
    dates: Literal["feed", "page"] = "feed"  # page: what its feeds say of dates is not believed


@dataclass(frozen=True, slots=True)
class Link:
    """An article's address as a feed or sitemap announced it."""

    url: str
    source_id: str
    feed_url: str
    title: str | None = None
    published_at: datetime | None = None  # aware
    changed_at: datetime | None = None  # aware; a sitemap's lastmod, Atom's updated


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came over HTTP or out of a WARC file, not yet decoded."""

    url: str  # the address that was asked for
    source_id: str
    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case
    body: bytes  # content decoding (gzip …) already undone
    fetched_at: datetime  # aware, UTC
    published_hint: str | None = None  # what feed or sitemap said, ISO 8601


@dataclass(frozen=True, slots=True)
class TextEdit:
    """One mend made on the way from the extracted body to the cleaned text.

    `start` counts into the cleaned text: replacing `after` there by `before`, from the last edit to the
    first, gives the extracted body back exactly.
    """

    start: int
    before: str
    after: str
    why: str  # control, tatweel, presentation_form, space, mojibake, glued


@dataclass(frozen=True, slots=True)
class Article:
    """A page read: what a reader would call the article."""

    url: str
    title: str | None
    text: str  # cleaned body; paragraphs end with \n
    published_at: str | None = None
    id: str | None = None
    source_id: str | None = None
    canonical_url: str | None = None
    updated_at: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1, ar
    description: str | None = None
    image: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    country: str | None = None  # of the source; gives implied currencies (ريال of a Saudi paper is SAR)
    months: str | None = None  # month names of the source, as Source.months
    text_edits: tuple[TextEdit, ...] = ()
    fetched_at: str | None = None
    subtitle: str | None = None  # the line under the title that explains it
    live: bool = False  # a live blog: many dated entries, not one text


@dataclass(frozen=True, slots=True)
class Settled:
    """A page that is no article: it gets this outcome in the ledger, with a reason a person can read."""

    url: str
    outcome: str  # a word of news.page.outcome: gone, blocked_by_robots, not_arabic, too_short, failed …
    reason: str
    status: int | None = None  # HTTP status where there was one
    fetched_at: str | None = None  # ISO 8601
    retry_after: float | None = None  # seconds, where the server named them
    source_id: str | None = None  # of the page; None: that of the batch


@dataclass(frozen=True, slots=True)
class Fact:
    """What every kind of fact has: the words that prove it, and where they stand."""

    start: int
    end: int
    text: str  # exactly text[start:end] of that field
    field: FieldName = dataclasses.field(default="body", kw_only=True)
    confidence: float = dataclasses.field(default=1.0, kw_only=True)


@dataclass(frozen=True, slots=True)
class Mention(Fact):
    """A name of a person, organisation or place. All mentions of one entity share `name`."""

    type: EntityType
    name: str  # canonical
    name_en: str | None = None
    wikidata: str | None = None
    source: str = "rule"  # lexicon, rule, coreference, model


@dataclass(frozen=True, slots=True)
class Nominal(Fact):
    """A role that stands for somebody without naming them: الرئيس الأمريكي."""

    type: EntityType
    name: str | None = None  # the canonical name where the article resolves it


@dataclass(frozen=True, slots=True)
class DateFact(Fact):
    """A day, month, year or range, as EDTF and as first and last day."""

    value: str  # EDTF: 2021-05-01, 2021-05, 2021, 2021-04-01/2021-06-30
    first: str  # ISO day
    last: str  # ISO day, inclusive
    calendar: str = "gregorian"  # or hijri
    relative: bool = False  # resolved against the day of publication
    flag: str | None = None  # why it looks wrong: contradicts the article's own context


@dataclass(frozen=True, slots=True)
class Quantity(Fact):
    """How many or how much of what."""

    kind: Literal["count", "money", "percent", "measure"]
    value: float
    comparator: Literal["=", "<", "<=", ">", ">=", "~"] = "="
    value_max: float | None = None
    unit: str | None = None  # the counted noun as written
    unit_key: str | None = None  # its group: قتيل for قتلى and قتيلا
    currency: str | None = None  # ISO 4217
    role: str | None = None  # casualties: killed, injured, missing, detained, displaced
    si_value: float | None = None  # of a measure, `value` in SI
    si_unit: str | None = None  # m, m², m³, m/s, kg, s, K, W, V, B


@dataclass(frozen=True, slots=True)
class Quote(Fact):
    """Direct speech: the words between the marks, and who said them."""

    speaker: str | None = None  # as the text names them, at its fullest
    speaker_name: str | None = None  # canonical
    speaker_type: EntityType | None = None
    verb: str | None = None  # the speech verb as written
    flag: str | None = None  # unclosed


@dataclass(frozen=True, slots=True)
class IndirectQuote(Fact):
    """Reported speech: قال إن …"""

    speaker: str | None = None
    speaker_name: str | None = None
    speaker_type: EntityType | None = None
    verb: str | None = None


@dataclass(frozen=True, slots=True)
class KeyPhrase(Fact):
    """A phrase that tells what the article is about; the span is its first occurrence."""

    key: str  # folded, for grouping
    score: float
    frequencies: str | None = None  # name of the table of document frequencies it was weighed by


@dataclass(frozen=True, slots=True)
class Topic(Fact):
    """An IPTC Media Topic; the span is the words that weigh most for it."""

    code: str  # medtop:11000000
    label: str  # in Arabic
    score: float


@dataclass(frozen=True, slots=True)
class Event(Fact):
    """The main event, in PLOVER's terms; the span is the trigger."""

    type: str  # PLOVER event type, e.g. ASSAULT
    actor: str | None = None
    target: str | None = None
    place: str | None = None
    when: str | None = None  # EDTF


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact as one row of `news.fact`: what all kinds share, and the columns of its kind."""

    kind: str
    field: FieldName
    start: int
    end: int
    text: str
    confidence: float
    extractor_version: str
    label: str | None = None  # entity type, quantity kind, topic code, event type, key of a key phrase
    entity: tuple[EntityType, str] | None = None  # type and canonical name: of the mention, of the speaker
    entity_en: str | None = None
    wikidata: str | None = None
    value: float | None = None
    value_max: float | None = None
    comparator: str | None = None
    unit: str | None = None
    unit_key: str | None = None
    currency: str | None = None
    edtf: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    speaker: str | None = None
    verb: str | None = None
    role: str | None = None
    flag: str | None = None
    details: Json | None = None
    backend: str | None = None  # of names: what found them beside the rules, with its version


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article with its facts, ready to be loaded."""

    article: Article
    facts: tuple[FactRow, ...]
    page_url: str  # the ledger's address; the article may have another (redirect, rel=canonical)
    status: int = 200
    body_hash: str | None = None
    etag: str | None = None  # what makes the next request conditional, once this one is loaded
    last_modified: str | None = None
    extractors: dict[str, str] | None = None  # fact kind → version of what read it; None: as the load says
    backend: str | None = None  # what found names beside the rules, with its version


@dataclass(frozen=True, slots=True)
class Batch:
    """What one load takes: articles with facts, and pages that are none."""

    id: str
    run: str
    source: str
    articles: tuple[ReadArticle, ...] = ()
    settled: tuple[Settled, ...] = ()
    counted: tuple[tuple[str, int], ...] = ()  # (outcome, pages) of what is no row of the ledger


WatchKind = Literal["entity", "speaker", "phrase", "topic", "toll", "source"]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that somebody wants to be told of, out of a watchlist (docs/operations.md)."""

    list: str  # name of the watchlist
    rule: str  # within the list: what stays the same while thresholds change
    kind: WatchKind
    words: str  # id, name or alias of an entity or speaker; phrase; topic; role of a toll; id of a source
    thresholds: tuple[tuple[str, float], ...]  # (measure, from how much on); all of them are to be reached
    told: tuple[str, ...]  # mail addresses, and names of Airflow connections
    hours: int | None = None  # counted back from now; None: by day
    type: EntityType | None = None  # of the entity, where a name has several
    place: str | None = None  # of a toll: an entity that its article names
    rearm: float = 0.7  # it ends, and may be raised again, under this share of its thresholds
