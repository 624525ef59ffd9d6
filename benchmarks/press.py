"""An invented Arabic press of any size, for measuring the warehouse: articles with facts, planted bursts and outages.

Nothing in it is from a newspaper: words are made from roots and patterns (a few hundred common ones apart), and drawn
by Zipf's law. The same plan and seed give the same articles. What is like a real press, and what the figures rest on:

- 60 sources of unequal size, each with its weekend and its hours, in 18 countries;
- 200,000 names a million articles, by Zipf-Mandelbrot (the busiest is in about a tenth of the articles), and three
  names of its own for each source, which hardly another one writes;
- texts of 2.2 KB in the mean (log-normal), each of its own words; one article in eight takes over another one's text of
  the same day, half of them without its last paragraph;
- 15 facts: names in title and body, a role, a date (a fifth of them ahead), two counts (a seventh of the articles tells
  of killed or injured), a quote with its speaker, three key phrases, a topic, an event.

Planted: bursts, in which a name is written 2 to 5 times as often as usual for three days, and outages, in which nothing
of a source comes for hours or days.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rasad.model import Article, FactRow, FieldName, ReadArticle, Source
from rasad.stages.extract import VERSIONS

FEWEST_FACTS = 10  # a day's article has at least so many: one of each kind, two counts, three phrases
BURST_DAYS = 3
BASELINE = 3.0  # articles a day that a name has at least, to be given a burst
COPIES = 1 / 8
HOME_NAMES = 3  # of each source
HOME_SHARE = 0.15  # of its articles have one
SPARE = 20  # words of an article that are its title and a quotation
FETCHED_AFTER = timedelta(minutes=9)

COUNTRIES = {
    "EG": "Africa/Cairo", "SA": "Asia/Riyadh", "LB": "Asia/Beirut", "IQ": "Asia/Baghdad", "MA": "Africa/Casablanca",
    "DZ": "Africa/Algiers", "JO": "Asia/Amman", "AE": "Asia/Dubai", "QA": "Asia/Qatar", "KW": "Asia/Kuwait",
    "SY": "Asia/Damascus", "SD": "Africa/Khartoum", "TN": "Africa/Tunis", "YE": "Asia/Aden", "PS": "Asia/Hebron",
    "LY": "Africa/Tripoli", "BH": "Asia/Bahrain", "GB": "Europe/London",
}  # fmt: skip
MONDAY_TO_SUNDAY = {  # articles of a day, by where the weekend lies
    "gulf": (1.1, 1.1, 1.1, 1.1, 0.6, 0.8, 1.0),
    "west": (1.1, 1.1, 1.1, 1.1, 1.05, 0.85, 0.7),
    "even": (1.0,) * 7,
}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COMMON = _words(
    "في من على إلى أن عن التي الذي مع هذا هذه بعد قبل خلال بين كما لم لا ما كان كانت وقد قد أو ثم حيث ذلك كل "
    "عدد عام اليوم أمس الحكومة الرئيس الوزير المدينة البلاد الدولة المنطقة الشركة المشروع العمل الجديد الأول "
    "الثاني الماضي المقبل وأضاف وأكد وأشار قال وقالت مصدر مسؤول رئيس مجلس وزارة اجتماع اتفاق قرار خطة برنامج "
    "سوق أسعار نحو أكثر أقل غير الذين وهو وهي لكن إذ إذا حتى منذ عند عبر ضد حول تحت فوق أمام داخل خارج بسبب "
    "نتيجة إطار ضمن لدى جميع بعض أي كافة العربية الدولية المحلية السياسية الاقتصادية الأمنية الوطنية العامة "
    "الخاصة القطاع السكان الأهالي الطلاب المدارس المستشفى الطريق الميناء المطار الحدود القانون البرلمان "
    "الانتخابات اللجنة المؤتمر الزيارة اللقاء المباحثات التعاون التنمية التعليم الصحة الطاقة المياه الكهرباء "
    "الزراعة الصناعة التجارة السياحة الثقافة الرياضة الفريق المباراة البطولة"
)
_ROOTS = _words(
    "كتب درس علم عمل نظر نصر فتح جمع وصل رفع دفع حكم سمع شهد قبل قرر حضر سكن بحث طلب نشر ربط قطع حمل زرع صنع "
    "نقل خرج دخل رجع ركب سبق لحق ضرب منع سمح شرح كشف حفظ ذكر شكر صدر ورد وعد وضع وقع بلغ رسم لعب سهم نسب قسم "
    "جلس قعد نزل صعد هبط غلق فصل وفق خلف عرض قصد ثبت حدث قدم جدد بدل غير صرف كسب خسر ربح شغل هدف دعم نظم"
)
_PATTERNS = ("{0}{1}{2}", "{0}ا{1}{2}", "م{0}{1}و{2}", "ت{0}{1}ي{2}", "است{0}{1}ا{2}", "م{0}ا{1}{2}ة", "{0}{1}ا{2}ة",
             "ان{0}{1}ا{2}", "ا{0}ت{1}ا{2}", "ت{0}ا{1}{2}", "أ{0}{1}{2}", "ي{0}{1}{2}", "{0}{1}ي{2}",
             "م{0}{1}{2}")  # fmt: skip
_PREFIXES = ("", "ال", "و", "وال", "بال", "لل", "ب", "ف")
_SUFFIXES = ("", "ة", "ات", "ين", "ها", "هم", "ي", "ية")
_FIRST = _words(
    "سامر ليلى هيثم رنا ماجد سلوى فادي نهى طارق ريم باسل غادة وائل هدى زياد منى نادر سهى كريم دينا عاصم لمى "
    "رائد سناء مازن أمل حازم جنى بلال نجوى أنس وفاء قاسم ميساء راضي هالة شادي رباب لؤي سوسن"
)
_PLACES = ("بلدة", "مدينة", "وادي", "ميناء", "محافظة", "جبل")
_BODIES = ("شركة", "هيئة", "وزارة", "نادي", "جمعية", "حزب", "مصرف", "جامعة")
_COUNTED = (("شخصا", "شخص"), ("مدرسة", "مدرسة"), ("مشروعا", "مشروع"), ("طنا", "طن"), ("موظفا", "موظف"))
_TOLLS = (("قتيلا", "قتيل", "killed"), ("جريحا", "جريح", "injured"))
_VERBS = ("قال", "أكد", "صرح", "أوضح", "أضاف")
_ROLES = ("الوزير", "المتحدث باسمها", "رئيس اللجنة", "المدير العام")
_EVENTS = ("AGREE", "CONSULT", "ASSAULT", "PROTEST", "AID", "SANCTION", "COERCE", "COOPERATE")
_TOPICS = ("سياسة", "اقتصاد ومال وأعمال", "رياضة", "جريمة وقانون", "كوارث وحوادث", "صحة", "تعليم", "بيئة",
           "صراع وحرب وسلم", "مجتمع", "ثقافة وفنون", "علوم وتقنية", "عمل", "دين", "طقس", "أنماط حياة")  # fmt: skip
_MONTHS = _words("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Burst:
    """A name that is written more often than usual; days count from the first of the plan."""

    name: int  # its rank
    first: int
    baseline: float  # articles a day that have it otherwise
    factor: float

    @property
    def days(self) -> range:
        return range(self.first, self.first + BURST_DAYS)


@dataclass(frozen=True, slots=True)
class Outage:
    """A source of which nothing comes; hours count from the first midnight of the plan."""

    source: int
    first: int
    hours: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made."""

    articles: int
    days: int
    facts: int
    first: date
    sources: tuple[Source, ...]
    cells: Ints  # articles by day, source and hour
    names: int
    bursts: tuple[Burst, ...]
    outages: tuple[Outage, ...]
    seed: int

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def home_names(self, source: int) -> range:
        """Ranks of the names that are a source's own: of the middle, where nobody else writes them often."""
        return range(self.names // 2 + HOME_NAMES * source, self.names // 2 + HOME_NAMES * (source + 1))


def sources(number: int) -> tuple[Source, ...]:
    countries = list(COUNTRIES.items())
    return tuple(
        Source(f"press{n:02d}", f"صحيفة {_FIRST[n % len(_FIRST)]} {n + 1}", f"Paper {n + 1}", country, zone,
               f"https://press{n:02d}.example/", (f"press{n:02d}.example",), rights="full")
        for n in range(number)
        for country, zone in [countries[n % len(countries)]]
    )  # fmt: skip


def zipf(ranks: int, shift: float) -> Floats:
    """Cumulated shares of ranks by Zipf and Mandelbrot."""
    weights = 1 / (np.arange(ranks) + 1 + shift)
    total: Floats = np.cumsum(weights / weights.sum())
    return total


def plan(articles: int, days: int, number_of_sources: int, facts: int, until: date, seed: int = 5) -> Plan:
    """Which source publishes how much in which hour, and what is planted.

    Raises ValueError where `facts` is under 10, or anything else under 1.
    """
    if facts < FEWEST_FACTS:
        raise ValueError(f"{facts} facts an article: give {FEWEST_FACTS} at least, so that each kind has one")
    if min(articles, days, number_of_sources) < 1:
        raise ValueError("articles, days and sources: give 1 at least")
    rng = np.random.default_rng(seed)
    first = until - timedelta(days=days - 1)
    names = max(500, articles // 5)
    papers = sources(number_of_sources)
    size = 1 / (np.arange(number_of_sources) + 5.0) ** 0.8
    weekdays = [(first + timedelta(days=n)).weekday() for n in range(days)]
    weights = np.empty((days, number_of_sources, 24))
    for n in range(number_of_sources):
        week = np.array(list(MONDAY_TO_SUNDAY.values())[n % len(MONDAY_TO_SUNDAY)])
        peak = 9 + n % 9
        hours = 0.15 + np.exp(-0.5 * ((np.arange(24) - peak) / 4.0) ** 2)
        weights[:, n, :] = size[n] * week[weekdays][:, None] * (hours / hours.sum())[None, :]
    outages = _outages(rng, weights / weights.sum() * articles)
    for outage in outages:
        silent = np.arange(outage.first, outage.first + outage.hours)
        weights[silent // 24, outage.source, silent % 24] = 0
    cells = rng.multinomial(articles, (weights / weights.sum()).reshape(-1)).reshape(weights.shape)
    return Plan(articles, days, facts, first, papers, cells, names,
                _bursts(rng, articles / days, days, names, facts), outages, seed)  # fmt: skip


def _outages(rng: np.random.Generator, expected: Floats) -> tuple[Outage, ...]:
    """Of sources with 10 articles a day at least: silent for 6 hours of their day, for a day, or for three."""
    days, papers, _ = expected.shape
    found: list[Outage] = []
    busy = [n for n in range(papers) if expected[:, n].sum() / days >= 10]
    for number in range(min(24, days // 30) if busy and days >= 60 else 0):
        source = busy[int(rng.integers(len(busy)))]
        day = 40 + number * (days - 50) // 24 + int(rng.integers(3))
        hour, hours = [(6 + source % 9, 6), (0, 24), (0, 72)][number % 3]
        if day * 24 + hour + hours <= days * 24:
            found.append(Outage(source, day * 24 + hour, hours))
    return tuple(found)


def _bursts(rng: np.random.Generator, a_day: float, days: int, names: int, facts: int) -> tuple[Burst, ...]:
    """Of names in 3 articles a day at least, so that at 5 times that they are in a third of the articles at most."""
    shares = np.diff(zipf(names, 3.0), prepend=0.0) * _drawn(facts)
    fit = [n for n in range(names // 2) if shares[n] * a_day >= BASELINE and shares[n] * 5 <= 1 / 3]
    starts = range(42, days - BURST_DAYS, 12) if fit else ()
    chosen = rng.permutation(len(fit))[: len(starts)] if fit else ()
    return tuple(
        Burst(fit[int(n)], start, float(shares[fit[int(n)]] * a_day), float(rng.uniform(2, 5)))
        for start, n in zip(starts, chosen, strict=False)
    )


def _drawn(facts: int) -> int:
    """Names of an article that are drawn; one of them is in its title as well."""
    return facts - FEWEST_FACTS


@cache
def vocabulary() -> tuple[str, ...]:
    """Some 12,000 words, the most frequent first."""
    made = (
        prefix + pattern.format(*root) + suffix
        for suffix, prefix in itertools.product(_SUFFIXES, _PREFIXES)
        for pattern in _PATTERNS
        for root in _ROOTS
        if hash_of(prefix, pattern, root, suffix) % 6 == 0 and not (suffix and pattern.endswith("ة"))
    )
    return tuple(dict.fromkeys((*_COMMON, *made)))


def hash_of(*parts: str) -> int:
    """A small number that is the same everywhere."""
    total = 7
    for sign in "".join(parts):
        total = (total * 131 + ord(sign)) % 1_000_003
    return total


@dataclass(frozen=True, slots=True)
class Name:
    type: str
    text: str
    english: str | None
    wikidata: str | None
    details: dict[str, str]


def names(number: int) -> list[Name]:
    """Names by rank: of ten four are people, three places, three bodies. A tenth of them the lexicon knows."""
    words = [word for word in vocabulary()[len(_COMMON) :] if 4 <= len(word) <= 7 and word[0] not in "وفبل"]
    made = []
    for n in range(number):
        word, more = words[n % len(words)], words[(n // len(words) * 7 + n * 31) % len(words)]
        if n % 10 < 4:
            kind, text = "PER", f"{_FIRST[n % len(_FIRST)]} {word} {more}"
        elif n % 10 < 7:
            kind, text = "LOC", f"{_PLACES[n % len(_PLACES)]} {word} {more}"
        else:
            kind, text = "ORG", f"{_BODIES[n % len(_BODIES)]} {word} {more}"
        known = n < number // 10
        made.append(
            Name(kind, text, f"Name {n}" if known else None, f"Q{9_000_000 + n}" if known else None,
                 {"source": "lexicon" if known else "model"})
        )  # fmt: skip
    return made


def days(made: Plan) -> Iterator[tuple[date, list[ReadArticle]]]:
    """The articles of each day, in the order in which they are published."""
    rng = np.random.default_rng(made.seed + 1)
    everyone = names(made.names)
    by_rank, by_word = zipf(made.names, 3.0), zipf(len(vocabulary()), 2.7)
    by_phrase = zipf(max(300, made.names // 4), 9.0)
    bursts: dict[int, list[Burst]] = {}
    for burst in made.bursts:
        for day in burst.days:
            bursts.setdefault(day, []).append(burst)
    drawn = _drawn(made.facts)
    number = 0
    for day in range(made.days):
        where = np.repeat(np.arange(made.cells[day].size), made.cells[day].reshape(-1))
        count = len(where)
        where = where[np.argsort(where % 24, kind="stable")]
        ranks = np.searchsorted(by_rank, rng.random((count, drawn)))
        homes = rng.random(count) < HOME_SHARE
        if drawn > 1:
            its_own = rng.integers(HOME_NAMES, size=homes.sum())
            ranks[homes, 1] = made.home_names(0).start + HOME_NAMES * (where[homes] // 24) + its_own
        for burst in bursts.get(day, ()):
            rows = rng.permutation(count)[: round((burst.factor - 1) * burst.baseline)]
            ranks[rows, -1] = burst.name
        lengths = np.clip(rng.lognormal(4.75, 0.5, count), 40, 1500).astype(np.int64)
        words = np.searchsorted(by_word, rng.random(int(lengths.sum()) + SPARE * count)).tolist()
        phrases = np.searchsorted(by_phrase, rng.random((count, 3))).tolist()
        chances = rng.random((count, 12)).tolist()
        published = made.day(day)
        articles: list[ReadArticle] = []
        at = 0
        cells = zip(where.tolist(), ranks.tolist(), lengths.tolist(), strict=True)
        for n, (cell, its_ranks, length) in enumerate(cells):
            source = made.sources[cell // 24]
            moment = datetime.combine(published, time(cell % 24, int(chances[n][0] * 60)), timezone.utc)
            url = f"https://{source.hosts[0]}/{published:%Y/%m}/{number}"
            if n and chances[n][1] < COPIES:
                other = articles[int(chances[n][2] * n)]
                articles.append(_copy(other, source, url, moment, short=chances[n][3] < 0.5))
            else:
                chosen = words[at : at + length + SPARE]
                its_names = [everyone[rank] for rank in its_ranks]
                articles.append(_article(source, url, moment, its_names, chosen, phrases[n], chances[n]))
                at += length + SPARE
            number += 1
        yield published, articles


def _copy(other: ReadArticle, source: Source, url: str, moment: datetime, *, short: bool) -> ReadArticle:
    """What another paper makes of it: its own title in front of the words, or without the last paragraph."""
    text, facts = other.article.text, other.facts
    cut = text.rfind("\n", 0, len(text) - 1) + 1 if short else len(text)
    if cut < len(text) // 2:
        cut = len(text)
    facts = tuple(fact for fact in facts if fact.field == "title" or fact.end <= cut)
    title = f"{other.article.title} | {source.name_ar}"
    article = replace(other.article, url=url, title=title, source_id=source.id, country=source.country, text=text[:cut],
                      published_at=moment.isoformat(), fetched_at=(moment + FETCHED_AFTER).isoformat())  # fmt: skip
    return ReadArticle(article, facts, url, 200, hashlib.sha256(url.encode()).hexdigest())


def _article(
    source: Source, url: str, moment: datetime, its_names: Sequence[Name], chosen: Sequence[int],
    phrases: Sequence[int], chances: Sequence[float],
) -> ReadArticle:  # fmt: skip
    """One article: words of its own, and between them what its facts are found in."""
    every = vocabulary()
    words = [every[n] for n in chosen]
    lead = " ".join(words[:4])
    title = f"{lead} {its_names[0].text} {' '.join(words[4:8])}"
    facts = [_mention(its_names[0], "title", len(lead) + 1)]
    parts: list[str] = []
    step = max(1, (len(words) - SPARE) // (len(its_names) + 10))
    length, used = 0, SPARE

    def put(piece: str, end: str = " ") -> int:
        """Some words, then the piece; where it begins."""
        nonlocal length, used
        filler = " ".join(words[used : used + step]) + " "
        used += step
        parts.extend((filler, piece, end))
        start = length + len(filler)
        length = start + len(piece) + len(end)
        return start

    def found(kind: str, text: str, start: int, **columns: Any) -> int:
        facts.append(FactRow(kind, "body", start, start + len(text), text, 0.9, VERSIONS[kind], **columns))
        return start

    facts += [_mention(name, "body", put(name.text)) for name in its_names[1:]]
    day = moment.date()
    when = day + timedelta(days=int(chances[4] * 60) if chances[5] < 0.2 else -int(chances[4] * 10))
    iso, written = when.isoformat(), f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
    found("date", written, put(written, ".\n"), edtf=iso, first_day=iso, last_day=iso,
          details={"calendar": "gregorian", "relative": False})  # fmt: skip
    if chances[6] < 1 / 7:
        noun, unit, role = _TOLLS[chances[7] < 0.6]
    else:
        (noun, unit), role = _COUNTED[int(chances[7] * len(_COUNTED))], None
    amount = int(2 + 60 * chances[8] ** 3)
    text = f"{amount} {noun}"
    found("quantity", text, put(text), label="count", value=float(amount), comparator="=", unit=noun, unit_key=unit,
          role=role, details={})  # fmt: skip
    text = f"{int(1 + 40 * chances[9])} في المئة"
    found("quantity", text, put(text, ". "), label="percent", value=float(int(1 + 40 * chances[9])), comparator="=",
          unit="في المئة", details={})  # fmt: skip
    speaker = next((name for name in its_names if name.type == "PER"), its_names[0])
    verb = _VERBS[int(chances[7] * len(_VERBS))]
    said = " ".join(words[8:SPARE])
    direct = chances[10] < 0.5
    start = put(f"{verb} {speaker.text}: «{said}»" if direct else f"{verb} {speaker.text} إن {said}", ".\n")
    found("quote" if direct else "indirect_quote", said, start + len(verb) + len(speaker.text) + (4 if direct else 5),
          speaker=speaker.text, verb=verb, entity=(speaker.type, speaker.text), entity_en=speaker.english,
          wikidata=speaker.wikidata)  # fmt: skip
    role_name = _ROLES[int(chances[9] * len(_ROLES))]
    found("nominal", role_name, put(role_name), label="PER")
    for n, rank in enumerate(phrases):
        phrase = phrase_of(rank)
        found("keyphrase", phrase, put(phrase, ". " if n else " "), label=phrase, value=round(0.9 - 0.2 * n, 3),
              details={"frequencies": "press"})  # fmt: skip
    topic = int(len(_TOPICS) * chances[11] ** 1.7)
    found("topic", phrase, facts[-1].start, label=f"medtop:{topic + 1:02d}000000", value=0.7,
          details={"label": _TOPICS[topic]})  # fmt: skip
    found("event", verb, start, label=_EVENTS[int(chances[8] * len(_EVENTS))], edtf=iso,
          details={"actor": speaker.text, "target": None, "place": None})  # fmt: skip
    parts.extend((" ".join(words[used:]), ".\n"))
    published = moment.isoformat()
    article = Article(url, title, "".join(parts), published, source_id=source.id, language="ar", country=source.country,
                      fetched_at=(moment + FETCHED_AFTER).isoformat())  # fmt: skip
    return ReadArticle(article, tuple(facts), url, 200, hashlib.sha256(url.encode()).hexdigest())


def _mention(name: Name, field: FieldName, start: int) -> FactRow:
    return FactRow("entity", field, start, start + len(name.text), name.text, 0.9, VERSIONS["entity"], label=name.type,
                   entity=(name.type, name.text), entity_en=name.english, wikidata=name.wikidata, details=name.details,
                   backend="press 1")  # fmt: skip


@cache
def phrase_of(rank: int) -> str:
    """A key phrase of two words, another one for each rank."""
    words = vocabulary()
    half = len(words) // 2
    return f"{words[half + rank % half]} {words[(rank * 7 + rank // half) % half]}"
