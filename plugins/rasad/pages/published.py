"""When an article was published and updated, as the page says it.

Order: what a selector of the source found, what the feed said, JSON-LD datePublished, meta elements, microdata and
`<time>`, Arabic text near the title, the address. The answer is ISO 8601 with the page's own offset, or a bare date
where the page gives no time of day, or a time but nothing that says in which zone. An update is never taken for a
publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from itertools import islice
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from rasad.arabic import calendar
from rasad.arabic.text import key, keys
from rasad.pages.metadata import Metadata, strings
from rasad.pages.tree import Line, text_of

FIRST_YEAR = 1990
_AHEAD = timedelta(days=2)  # of the fetch: clocks and zones; later is a mistake or an event

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "publishdate", "publish_date", "publish-date", "pubdate", "published_time", "published-date", "parsely-pub-date",
    "cxenseparse:recs:publishtime", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "dc:created", "dc.date", "dc:date", "dcterms.date", "article.published", "article_date_original",
    "originalpublicationdate", "datecreated", "date_published", "date",
)  # fmt: skip
_UPDATED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "article:modified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "article:updated_time",
)  # fmt: skip

# hAtom, which Blogger and themes of WordPress write: <abbr class="published" title="2026-03-10T09:15:00+03:00">
_MICROFORMAT = "//abbr[contains(concat(' ', @class, ' '), ' published ')] | //*[contains(@class, 'dt-published')]"
_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:T|\s+|,\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{1,2}:?\d{2})?)?"
)
_RFC2822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d")
_EPOCH = re.compile(r"(?:/Date\()?(\d{10})(?:\d{3})?(?:\)/)?")
_AMERICAN_CLOCK = re.compile(r"(?i)(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])\.?m\.?")

_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"(?i)(?<!\w)(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+)?(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"[\s,-]+(?:(?P<day2>\d{1,2})(?:st|nd|rd|th)?[\s,]+)?(?P<year>\d{4})(?!\d)"
)
_AMERICAN = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
_OFFSET = re.compile(r"(?i)(?:gmt|utc|غرينتش|جرينتش)\s*([+-])\s*(\d{2}):?(\d{2})\b")
_HAS_DIGIT = re.compile(r"\d")
_HAS_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

# Folded by `key`, except for what is matched in `hints`.
_UNIT = r"ثاني\w*|ثوان\w*|دقيق\w*|دقايق|ساع\w*|يوم\w*|ايام|اسبوع\w*|اسابيع"
_RELATIVE = re.compile(
    rf"(?:منذ|قبل)\s+(?:(?:حوالي|نحو|تقريبا|اقل من)\s+)?(?:(?P<count>\d{{1,3}}|\w{{2,8}})\s+)?(?P<unit>{_UNIT})(?!\w)"
    rf"|(?<!\w)(?:(?P<count2>\d{{1,3}})\s+)?(?P<unit2>{_UNIT})\s+مضت?(?!\w)"
    r"|(?<!\w)(?P<count3>\d{1,3}|an?|one)\s+(?P<unit3>sec|min|hour|day|week)[a-z]*\s+ago(?!\w)"
)
_UNITS = {
    **{"ث": 1, "د": 60, "س": 3600, "يوم": 86400, "ايام": 86400, "اسب": 604800, "اسا": 604800},
    **{"sec": 1, "min": 60, "hour": 3600, "day": 86400, "week": 604800},
}
# أمس 09:15, اليوم الساعة 10:30 ص
_THIS_DAY = re.compile(
    r"(?<!\w)(?P<day>اليوم|امس|البارحه|اول امس)[\s,،|-]*(?:الساعه|في|at)?\s*(?P<clock>\d{1,2}:\d{2})?"
)
_DAYS_AGO = {"اليوم": 0, "امس": 1, "البارحه": 1, "اول امس": 2}
_COUNTS = {
    key(word): number
    for row in (
        "واحد اثنين ثلاث أربع خمس ست سبع ثمان تسع عشر",
        "واحدة اثنتين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
    )
    for number, word in enumerate(row.split(), 1)
} | {"عشرين": 20, "ثلاثين": 30, "اربعين": 40, "خمسين": 50, "a": 1, "an": 1, "one": 1}
_UPDATE = re.compile(r"تحديث|تعديل|updated|modified")
_PUBLISH = re.compile(r"نشر|انشي|اضيف|صدر|published|posted")
_DATED = re.compile(r"date|time|publish|posted|created|meta|submitted|stamp|نشر|تاريخ")
_ELSEWHERE = re.compile(
    r"related|sidebar|widget|menu|popular|most-?read|latest|ticker|breaking|comment|footer|weather|copyright|recent|trending|"
    r"top[-_]?(?:bar|date|header)|current|today|header[-_]?date|nav[-_]"
)
# The words of a dateline beside its numbers; a line with more than a few others is a sentence.
_DATELINE = keys(
    "كانون تشرين الاول الثاني ربيع جمادي الاولي الاخر الاخره الثانيه ذو ذي القعده الحجه ص م ه صباحا مساء ظهرا عصرا "
    "ليلا منذ قبل هجري هجريه ميلادي gmt utc بتوقيت غرينتش جرينتش مكه المكرمه الساعه يوم من في عام سنه at on am pm"
)
_MOST_OTHERS, _MOST_OTHERS_LABELLED = 2, 8
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 160  # characters of a line that only says when
_NEAR = 30  # lines after the title
_NEXT = 6  # lines after the title in which a date needs no label
_MOST_TIMES = 50  # <time> elements looked at
_TIMED = 12  # lines around the title whose <time> elements are the article's
_IN_ADDRESS = re.compile(r"/((?:19|20)\d{2})[/-](?:[a-z_.-]{2,30}/){0,2}(\d{1,2})[/-](\d{1,2})(?=[/_.-]|$)")
_IN_ADDRESS_RUN = re.compile(r"(?<!\d)(20[0-3]\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class _Clock:
    """What a date is read against: the publisher's zone and the moment of the fetch, where they are known."""

    zone: ZoneInfo | None
    fetched_at: datetime | None

    def written(self, moment: datetime | date | None) -> str | None:
        """ISO 8601 of a plausible moment: with an offset, or a bare date where the time or its zone is not known."""
        if moment is None:
            return None
        if not isinstance(moment, datetime):
            day = moment
        else:
            if moment.tzinfo is None and self.zone is not None:
                moment = moment.replace(tzinfo=self.zone)
            day = moment.date()
        latest = self.fetched_at.date() + _AHEAD if self.fetched_at else date.max
        if not date(FIRST_YEAR, 1, 1) <= day <= latest:
            return None
        # Midnight to the second is how systems write that they have no time.
        if not isinstance(moment, datetime) or moment.tzinfo is None or moment.time() == time():
            return day.isoformat()
        return moment.replace(microsecond=0).isoformat()


def read(
    tree: HtmlElement,
    metadata: Metadata,
    lines: Iterable[Line],
    *,
    hint: str | None = None,
    zone: str | None = None,
    fetched_at: datetime | None = None,
    selected: Iterable[str] = (),
) -> tuple[str | None, str | None]:
    """(published, updated). `lines` are those around the title; `zone` is an IANA name; `fetched_at` is aware.

    `selected` are texts that are known to say when it was published: the first that can be read goes before all else.
    """
    clock = _Clock(_zone(zone), fetched_at)
    near = list(lines)
    shown = _shown(near, clock)
    published = next((day for text in selected if (day := clock.written(moment(text)) or _written(text, clock))), None)
    published = published or _claimed(_claims(tree, metadata, near, hint), shown, clock)
    if published is None:
        # A line that says both when and "last update" may mean either: the address is surer.
        sure = next((day for day, updated in shown if not updated), None)
        published = sure or _in_address(metadata.url, clock) or next((day for day, _ in shown), None)
        published = published or _claimed(_any_time(tree), shown, clock)
    changed = next((day for value in _updates(metadata) if (day := clock.written(moment(value)))), None)
    if changed is not None and published is not None and _before(changed, published):
        changed = None
    return published, changed


def said(value: str, zone: str | None, fetched_at: datetime | None) -> str | None:
    """A date as data writes it, as `read` gives it."""
    return _Clock(_zone(zone), fetched_at).written(moment(value))


def _before(one: str, other: str) -> bool:
    """Whether a moment lies before another; by the day where either has no time."""
    if "T" in one and "T" in other:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    return one[:10] < other[:10]


def moment(value: str) -> datetime | date | None:
    """A date as markup writes it: ISO 8601 in its many forms, seconds since 1970, RFC 2822, or prose."""
    value = value.strip()[:200]
    if not _HAS_DIGIT.search(value):
        return None
    try:
        if m := _ISO.search(value):
            year, month, day, hour, minute, second, offset = m.groups()
            if hour is None:
                return date(int(year), int(month), int(day))
            return datetime(
                int(year), int(month), int(day), int(hour) % 24, int(minute), int(second or 0), tzinfo=_offset(offset)
            )
        if m := _EPOCH.fullmatch(value):
            return datetime.fromtimestamp(int(m[1]), timezone.utc)
        if m := _AMERICAN_CLOCK.fullmatch(value):  # as .NET writes for machines: 3/10/2026 9:15:00 AM
            month, day, year, hour, minute, second = (int(part or 0) for part in m.groups()[:6])
            return datetime.combine(date(year, month, day), time(hour % 12 + 12 * (m[7] in "pP"), minute, second))
    except (ValueError, OverflowError):
        return None
    return _rfc2822(value) if _RFC2822.match(value) else _prose(value)


def _claimed(claims: Iterable[str], shown: list[tuple[str, bool]], clock: _Clock) -> str | None:
    """What markup says; a bare first of January counts only where the page shows it too: templates write it."""
    for value in claims:
        day = clock.written(moment(value))
        if day is None or (day.endswith("-01-01") and not any(text.startswith(day) for text, _ in shown)):
            continue
        return day
    return None


def _claims(tree: HtmlElement, metadata: Metadata, lines: Iterable[Line], hint: str | None) -> Iterator[str]:
    if hint:
        yield hint
    for field in ("datePublished", "dateCreated", "uploadDate"):
        for node in (*metadata.articles, *metadata.pages):
            yield from strings(node.get(field))
    for name in _PUBLISHED_META:
        yield from metadata.metas.get(name, ())
    for name in ("datePublished", "dc:date", "dc:created", "dateCreated"):
        for element in tree.xpath("//*[@itemprop=$name or @property=$name]", name=name)[:3]:
            yield element.get("content") or element.get("datetime") or element.get("title") or text_of(element)
    for element in tree.xpath(_MICROFORMAT)[:3]:
        yield element.get("title") or element.get("datetime") or element.get("content") or ""
    yield from _timed(lines)


def _timed(lines: Iterable[Line]) -> Iterator[str]:
    """What the <time> elements of a few lines around the title say, unless it is of an update."""
    for line in sorted(lines, key=lambda line: (line.distance < 0, abs(line.distance))):
        if not -_TIMED <= line.distance <= _TIMED or _ELSEWHERE.search(line.hints):
            continue
        folded = key(line.spaced)
        update, publish = _UPDATE.search(folded), _PUBLISH.search(folded)
        before = publish is not None and (update is None or publish.start() < update.start())
        for element in line.times[: 1 if before else None]:
            if element.get("datetime") and (before or not update) and not _of_update(element):
                yield element.get("datetime") or ""


def _any_time(tree: HtmlElement) -> Iterator[str]:
    """The first <time> of the page that is not of a list, a link or a side of it."""
    found = (element for element in tree.iter("time") if element.get("datetime") and not _of_update(element))
    return (element.get("datetime") or "" for element in islice(found, _MOST_TIMES) if not _beside(element))


def _beside(element: HtmlElement) -> bool:
    above = list(islice(element.iterancestors(), 6))
    return any(
        e.tag in ("a", "li", "aside", "nav", "footer")
        or _ELSEWHERE.search(f"{e.get('class') or ''} {e.get('id') or ''}".lower())
        for e in above
    )


def _of_update(time: HtmlElement) -> bool:
    hints = f"{time.get('class') or ''} {time.get('itemprop') or ''}".lower()
    if "published" in hints or "entry-date" in hints:  # themes of WordPress write "updated" beside it
        return False
    return bool(_UPDATE.search(hints))


def _updates(metadata: Metadata) -> Iterator[str]:
    for node in (*metadata.articles, *metadata.pages):
        yield from strings(node.get("dateModified"))
    for name in _UPDATED_META:
        yield from metadata.metas.get(name, ())


def _shown(lines: Iterable[Line], clock: _Clock) -> list[tuple[str, bool]]:
    """(date, whether it may be of an update) of the lines near the title that say when, the likeliest first."""
    found = []
    for line in lines:
        if line.distance > _NEAR or len(line.text) > _LONGEST or _ELSEWHERE.search(line.hints):
            continue
        whole = text = line.spaced
        folded = key(whole)
        update = _UPDATE.search(folded)
        publish = _PUBLISH.search(folded)
        if update and publish and publish.start() < update.start():
            # تاريخ النشر … آخر تحديث …: what stands before the update
            text, update = whole[: max(update.start() - 4, publish.end() + 8)], None
        elif update and _written(whole[: update.start()], clock) and _written(whole[update.end() :], clock):
            text, update = whole[: update.start()], None
        day = _written(text, clock)
        if day is None:
            continue
        labelled = bool(publish) or bool(_DATED.search(line.hints))
        # A line far from the title with no sign that it is a dateline may be another article's, and so may one that
        # only says how long ago: lists of the latest news do.
        ago = not _HAS_YEAR.search(whole)
        if not (-3 <= line.distance <= _NEXT or (labelled and (publish or not ago))):
            continue
        # سامر الحداد | القاهرة | 10 مارس 2026: what has no number is no part of the date
        dated = " ".join(part for part in folded.split("|") if _HAS_DIGIT.search(part)) or folded
        if _others(dated) <= (_MOST_OTHERS_LABELLED if labelled else _MOST_OTHERS):
            far = abs(line.distance) + 2 * (line.distance < 0) + 3 * (not publish) + 4 * (not labelled)
            found.append((ago, far, day, bool(update)))
    return [(day, update) for *_, day, update in sorted(found)]


def _written(text: str, clock: _Clock) -> str | None:
    """The moment that a line for people gives, in whichever way it is plausible."""
    return clock.written(_prose(text)) or clock.written(_month_first(text)) or clock.written(_ago(text, clock))


def _others(folded: str) -> int:
    """How many words of a line are no part of a date."""
    return sum(
        not (
            word in _DATELINE
            or calendar.month(word)
            or calendar.hijri_month(word)
            or calendar.weekday(word) is not None
            or word[:3] in _ENGLISH_MONTHS
        )
        for word in _WORD.findall(folded)
    )


def _prose(text: str) -> datetime | date | None:
    """The date that a line of Arabic or English prose gives."""
    if not _HAS_DIGIT.search(text):
        return None
    found = calendar.read_date(text)
    if isinstance(found, datetime) and (m := _OFFSET.search(text)):
        ahead = timedelta(hours=int(m[2]), minutes=int(m[3]))
        return (
            found.replace(tzinfo=timezone(-ahead if m[1] == "-" else ahead)) if ahead < timedelta(hours=15) else found
        )
    if found is None and (m := _ENGLISH.search(text)) and (day := m["day"] or m["day2"]):
        try:
            return date(int(m["year"]), _ENGLISH_MONTHS.index(m["month"].lower()) + 1, int(day))
        except ValueError:
            return None
    return found


def _month_first(text: str) -> date | None:
    """03/10/2026 as in America; asked only where the third of October cannot be, because it is still to come."""
    m = _AMERICAN.search(text)
    try:
        return date(int(m[3]), int(m[1]), int(m[2])) if m else None
    except ValueError:
        return None


def _ago(text: str, clock: _Clock) -> datetime | date | None:
    """منذ ساعتين, قبل 3 أيام, أمس 09:15, against the fetch as the publisher's clock shows it; days and longer give a
    bare date."""
    if clock.fetched_at is None:
        return None
    now = clock.fetched_at.astimezone(clock.zone) if clock.zone else clock.fetched_at
    folded = key(text)
    m = _RELATIVE.search(folded)
    if m is None:
        return _this_day(text, folded, now)
    said = m["count"] or m["count2"] or m["count3"]
    unit: str = m["unit"] or m["unit2"] or m["unit3"]
    seconds = next(seconds for start, seconds in _UNITS.items() if unit.startswith(start))
    if said is None:
        count = 2 if unit.endswith(("ين", "تان", "مان", "عان")) else 1
    elif said.isdigit():
        count = int(said)
    elif said in _COUNTS:
        count = _COUNTS[said]
    else:
        return None
    then = now - timedelta(seconds=seconds * count)
    return then if seconds < 86400 else then.date()


def _this_day(text: str, folded: str, now: datetime) -> datetime | date | None:
    m = _THIS_DAY.match(folded) or _THIS_DAY.search(folded)
    if m is None or not (m["clock"] or m["day"] == "امس"):
        return None
    day = now.date() - timedelta(days=_DAYS_AGO[m["day"]])
    if not m["clock"]:
        return day
    moment = _prose(f"{day.isoformat()} {text}")
    return moment if isinstance(moment, datetime) and moment.date() == day else day


def _in_address(url: str, clock: _Clock) -> str | None:
    path = urlsplit(url).path
    for m in (*_IN_ADDRESS.finditer(path), *_IN_ADDRESS_RUN.finditer(path)):
        try:
            day = clock.written(date(int(m[1]), int(m[2]), int(m[3])))
        except ValueError:
            continue
        if day:
            return day
    return None


def _rfc2822(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "").zfill(4)
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if ahead > timedelta(hours=15):
        return None
    return timezone(-ahead if text[0] == "-" else ahead)


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):  # an unknown zone is a KeyError
        return None
