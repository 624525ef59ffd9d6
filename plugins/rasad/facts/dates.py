"""Dates in the text, as EDTF and as first and last day.

Conventions: the span holds يوم, شهر, عام, هـ, م and the weekday; times of day, seasons and مطلع or أواخر stay
outside. A weekday is the last one on or before publication unless القادم or المقبل says otherwise, a written weekday
wins over أمس and اليوم, and a day and month without a year take the year nearest to publication that the tense
allows. What is vague (قبل أيام, this week, an اليوم that means nowadays) is no fact. A year stays as written: where
it contradicts its sentence, `flag` says so. Without a day of publication what is relative to it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from rasad.arabic import calendar, lexicon, numerals
from rasad.arabic.tokens import Token
from rasad.facts import nouns, wordlists
from rasad.facts.passage import Passage, Reading
from rasad.model import DateFact, Mention

KIND = "date"
VERSION = "1"

Turn = Literal["last", "this", "next", "before last", "after next"]

_WORDS = wordlists.load("date_words")
_TURNS: dict[str, Turn] = {
    **dict.fromkeys(_WORDS["last"], "last"),
    **dict.fromkeys(_WORDS["this"], "this"),
    **dict.fromkeys(_WORDS["next"], "next"),
}
_STEPS: dict[Turn, int] = {"last": -1, "this": 0, "next": 1, "before last": -2, "after next": 2}
_SAME = frozenset({"نفسه", "نفسها", "ذاته", "ذاتها"})
_DASHES = frozenset("-–—/\\ـ")
_UNTIL = frozenset({"الي", "حتي", "ولغايه", "وحتي", "لغايه"})
_OPEN, _CLOSE = frozenset('([{«"“'), frozenset(')]}»"”')
_STOPS = frozenset(".؟!?؛")
_TWO_YEARS = frozenset({"عامي", "سنتي"})
_YEAR = frozenset({"عام", "العام", "سنه", "السنه"})
_BEFORE_MONTH = _WORDS["before_month"]
_BEFORE_YEAR = dict.fromkeys(_BEFORE_MONTH | _WORDS["before_year"], True)
_SINCE = dict.fromkeys(_WORDS["since"], True)
_EVENTS = dict.fromkeys(_WORDS["events"], True)
_KIN = frozenset({"بن", "ابن", "بنت", "ابو", "ابي", "ال", "عبد", "ام"})
_PARTS = frozenset({"النصف", "الاسبوع", "الثلث", "الربع", "العقد"})  # النصف الأول من أكتوبر is no first of October
_DATE_WORDS = {"تاريخ": True, "الموافق": True}
_MONEY = frozenset(
    {"ريال", "دولار", "جنيه", "درهم", "دينار", "يورو", "ليره", "ريالا", "دولارا", "جنيها", "درهما", "دينارا"}
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A date found at tokens i … stop, before it becomes a fact."""

    start: int
    end: int
    stop: int
    value: str
    first: date
    last: date
    calendar: str = "gregorian"
    relative: bool = False
    flag: str | None = None

    @property
    def year_named(self) -> bool:
        """Whether العام نفسه after it means this year: a year, or a day or month of one that the text gives."""
        return self.calendar == "gregorian" and (len(self.value) == 4 or not self.relative)


def extract(reading: Reading) -> tuple[DateFact, ...]:
    """Every date of the title and the body, the title's first, each in order of its place."""
    anchor = _day_of(reading.article.published_at)
    return tuple(
        fact
        for passage in (reading.title, reading.body)
        for fact in _facts(
            passage,
            anchor,
            {m.end: m.start for m in reading.of_kind("entity", Mention, passage) if m.type == "PER"},
        )
    )


def _day_of(published_at: str | None) -> date | None:
    """The day of publication in the publication's own offset; None where there is none to reckon from."""
    try:
        day = date.fromisoformat((published_at or "")[:10])
    except ValueError:
        return None
    return day if 1000 <= day.year <= 9000 else None


def _facts(passage: Passage, anchor: date | None, people: Mapping[int, int]) -> list[DateFact]:
    scan = _Scan(passage, anchor, people)
    facts: list[DateFact] = []
    previous: _Mark | None = None
    tokens = passage.tokens
    i = 0
    while i < len(tokens):
        mark = scan.at(i)
        if mark is None:
            i += 1
            continue
        if previous is not None and _apposition(tokens, i, previous, mark):
            i = mark.stop
            continue
        flag = mark.flag or (None if previous is None else _disagrees(tokens, i, previous, mark))
        facts.append(
            DateFact(
                mark.start,
                mark.end,
                passage.text[mark.start : mark.end],
                value=mark.value,
                first=mark.first.isoformat(),
                last=mark.last.isoformat(),
                calendar=mark.calendar,
                relative=mark.relative,
                flag=flag,
                field=passage.field,
            )
        )
        previous = mark
        i = max(mark.stop, i + 1)
    return facts


def _apposition(tokens: Sequence[Token], i: int, previous: _Mark, mark: _Mark) -> bool:
    """اليوم الثلاثاء خامس أيام العيد: the same day said again without a word between is one date."""
    return i == previous.stop and mark.relative and mark.value == previous.value and tokens[i].kind == "word"


def _disagrees(tokens: Sequence[Token], i: int, previous: _Mark, mark: _Mark) -> str | None:
    """A Hijri and a Gregorian day joined by الموافق that are more than two days apart."""
    if i < 1 or i - previous.stop > 2 or {previous.calendar, mark.calendar} != {"hijri", "gregorian"}:
        return None
    joined = any(tokens[at].key in ("الموافق", "=", "هي", "ه") for at in range(previous.stop, i))
    days = previous.first == previous.last and mark.first == mark.last
    apart = abs((previous.first - mark.first).days)
    return "the Hijri and the Gregorian date are different days" if joined and days and 2 < apart < 400 else None


@lru_cache(maxsize=65_536)
def _rule(word_key: str) -> tuple[str, str, int] | None:
    """Which rule a word begins: (rule, the word without clitics, letters cut)."""
    found = numerals.find(word_key, _RULES)
    if found is not None:
        rule, cut = found
        return rule, ("ا" + word_key[cut:] if cut and word_key[cut - 1 :].startswith("لل") else word_key[cut:]), cut
    for rest, cut in numerals.forms(word_key):
        if calendar.weekday(rest) is not None:
            return "weekday", rest, cut
        decade = _decade(rest)
        if decade is not None:
            return "decade", rest, cut
    return None


_RULES: dict[str, str] = {
    **dict.fromkeys(("يوم", "اليوم", "امس", "الامس", "البارحه", "غدا", "غد", "الليله", "نهار"), "day"),
    **dict.fromkeys(("اول", "بعد", "ليل", "ليله", "قبل"), "phrase"),
    **dict.fromkeys(("ثاني", "ثالث", "رابع"), "feast"),
    **dict.fromkeys(("عام", "العام", "عامي", "سنه", "السنه", "الاعوام", "موسم", "الموسم", "العامين", "سنتي"), "year"),
    **dict.fromkeys(("الشهر", "هذا", "هذه", "نفس", "ذات"), "relative"),
    **dict.fromkeys(("الربع", "النصف"), "part"),
    "شهر": "month",
    "شهري": "months",
    "بين": "between",
    "من": "between",
}

_DECADES = {
    stem: 10 * n for n, stem in enumerate(("عشرين", "ثلاثين", "اربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين"), 2)
}


@lru_cache(maxsize=4096)
def _decade(word_key: str) -> int | None:
    """The decade of a century that الأربعينيات, ستينات and their like name."""
    word = word_key[2:] if word_key.startswith("ال") else word_key
    for ending in ("يات", "ات"):
        if word.endswith(ending) and word[: -len(ending)] in _DECADES:
            return _DECADES[word[: -len(ending)]]
    return None


class _Scan:
    """One pass over the tokens of a passage; remembers the last year and month named, for العام نفسه, الشهر نفسه."""

    __slots__ = ("anchor", "last_month", "last_year", "people", "text", "tokens")

    def __init__(self, passage: Passage, anchor: date | None, people: Mapping[int, int]) -> None:
        self.text = passage.text
        self.tokens: Sequence[Token] = passage.tokens
        self.anchor = anchor
        self.people = people  # names of persons: end → start
        self.last_year: _Mark | None = None
        self.last_month: _Mark | None = None

    def at(self, i: int) -> _Mark | None:
        """The date that begins at token `i`."""
        token = self.tokens[i]
        if token.kind == "number":
            mark = (
                self._range(i)
                or self._written(i)
                or self._day_of_month(i)
                or (self._day_and_month(i) if i and numerals.find(self.tokens[i - 1].key, _DATE_WORDS) else None)
                or self._bare_year(i)
            )
        elif token.kind == "word":
            mark = self._word(i)
        else:
            return None
        if mark is not None and (mark.year_named or (mark.calendar == "hijri" and mark.first != mark.last)):
            self.last_year = mark
        if mark is not None and mark.calendar == "gregorian" and len(mark.value) == 7:
            self.last_month = mark
        return mark

    def _word(self, i: int) -> _Mark | None:
        rule = _rule(self.tokens[i].key)
        if rule is not None:
            name, word, cut = rule
            start = numerals.offset(self.tokens[i], cut)
            mark: _Mark | None = None
            if name == "weekday":
                mark = self._weekday(i, start)
            elif name == "day":
                mark = self._relative_day(i, word, start)
            elif name == "phrase":
                mark = self._phrase(i, word, start)
            elif name == "feast":
                mark = self._feast(i, start)
            elif name == "year":
                mark = self._year(i, word, start)
            elif name == "relative":
                mark = self._relative(i, word, start)
            elif name == "part":
                mark = self._part(i, start)
            elif name == "month":
                mark = self._named_month(i, start)
            elif name == "months":
                mark = self._two_months(i, start)
            elif name == "between":
                return self._between(i, word)
            elif name == "decade":
                mark = self._decade(i, word, start)
            if mark is not None:
                return mark
        if not calendar.begins(self.tokens[i].key) or (i and self.tokens[i - 1].key in _PARTS):
            return None
        return self._range(i) or self._written(i)

    # What is written out

    def _written(self, i: int, *, start: int | None = None, named: bool = False) -> _Mark | None:
        """A written date, its year supplied where it has none."""
        written = calendar.read(self.tokens, i)
        if written is None:
            return None
        if start is not None:
            written = replace(written, start=start)
        if written.day is None and written.year is None and not named and not self._month_stands(i, written):
            return None
        return self._dated(i, written)

    def _dated(self, i: int, written: calendar.Written) -> _Mark | None:
        turn, stop = self._turn(written.stop)
        year = written.year
        if year is None:
            if self._named_for(i):
                return None
            told = self._year_told(written.stop)
            if told is not None:
                year, stop = told
            elif self.anchor is not None:
                year = self._missing_year(i, written, turn)
        days = None if year is None else calendar.span(written.calendar, year, written.month, written.day)
        if year is None or days is None:
            return None
        end = self.tokens[stop - 1].end if stop > written.stop else written.end
        value = _edtf(written.calendar, year, written.month, written.day, days)
        relative = written.year is None
        mark = _Mark(written.start, end, stop, value, *days, written.calendar, relative, written.flag)
        return mark if relative or mark.flag else replace(mark, flag=self._contradiction(i, mark, turn))

    def _year_told(self, i: int) -> tuple[int | None, int] | None:
        """The year that words behind a day and month give (من العام نفسه, من هذا العام); a None year in من كل عام."""
        tokens = self.tokens
        at = i + (i < len(tokens) and tokens[i].key == "من")
        if at + 1 >= len(tokens):
            return None
        word, after = tokens[at].key, tokens[at + 1].key
        if word == "كل" and after in _YEAR:
            return None, i
        if word in ("هذا", "هذه") and after in _YEAR:
            return (self.anchor.year, at + 2) if self.anchor is not None else None
        if word in ("نفس", "ذات") and after in _YEAR and self.last_year is not None:
            return self.last_year.first.year, at + 2
        if word not in _YEAR:
            return None
        if after in _SAME:
            return None if self.last_year is None else (self.last_year.first.year, at + 2)
        turn, stop = self._turn(at + 1)
        return None if turn is None or self.anchor is None else (self.anchor.year + _STEPS[turn], stop)

    def _month_stands(self, i: int, written: calendar.Written) -> bool:
        """Whether a month alone is one: after a preposition, doubled, or with الماضي behind it."""
        if self._turn(written.stop)[0] is not None:
            return True
        if written.calendar == "hijri":
            return False
        token = self.tokens[i]
        name = calendar.read_month(self.tokens, i)
        if name is not None and name.doubled:
            return True
        before = self.tokens[i - 1].key if i else ""
        if token.key.endswith("اب") and "آ" not in token.text:
            return False
        if calendar.month(token.key) is None and written.stop == i + 1:  # a clitic: بمايو, لمارس
            return token.key[1:] not in ("مارس", "ماي", "اب", "اوت", "جوان", "نيسان")
        if token.key in ("اوت", "جوان", "ماي") and before in ("من", "بين", "الي"):
            # these are names as well (تيريزا ماي): بداية من ماي is the month
            return i > 1 and numerals.find(self.tokens[i - 2].key, _SINCE) is not None
        return before in _BEFORE_MONTH

    def _named_for(self, i: int) -> bool:
        """ثورة 25 يناير, مدينة السادس من أكتوبر: names, not days."""
        return i > 0 and numerals.find(self.tokens[i - 1].key, _EVENTS) is not None

    def _missing_year(self, i: int, written: calendar.Written, turn: Turn | None) -> int | None:
        anchor = self.anchor
        if anchor is None or written.month is None:
            return None
        near = anchor.year if written.calendar == "gregorian" else int((anchor.year - 622) * 33 / 32)
        spans = [
            (year, days)
            for year in range(near - 2, near + 3)
            if (days := calendar.span(written.calendar, year, written.month, written.day)) is not None
        ]
        if not spans:
            return None
        past = [year for year, days in spans if days[0] <= anchor]
        future = [year for year, days in spans if days[1] >= anchor]
        if turn == "this":
            return next((year for year, days in spans if days[0] <= anchor <= days[1]), None) or self._nearest(spans)
        if turn in ("last", "before last"):
            ended = [year for year, days in spans if days[1] < anchor]
            return ended[-1] if ended else None
        if turn in ("next", "after next"):
            begins = [year for year, days in spans if days[0] > anchor]
            return begins[0] if begins else None
        tense = self._tense(i, written.stop)
        if tense == "past":
            return past[-1] if past else None
        if tense == "future":
            return future[0] if future else None
        return self._nearest(spans)

    def _nearest(self, spans: list[tuple[int, tuple[date, date]]]) -> int:
        anchor = self.anchor or date.min
        return min(
            spans, key=lambda s: 0 if s[1][0] <= anchor <= s[1][1] else min(abs((d - anchor).days) for d in s[1])
        )[0]

    def _tense(self, i: int, stop: int) -> Literal["past", "future"] | None:
        """What the nearest sign of tense in the sentence, up to twelve words before and four behind, says."""
        for at in range(i - 1, max(-1, i - 13), -1):
            token = self.tokens[at]
            if token.text in _STOPS or (at + 1 < len(self.tokens) and self._newline(at)):
                break
            tense = _tense_of(token.key)
            if tense is not None:
                return tense
        for at in range(stop, min(stop + 4, len(self.tokens))):
            if self.tokens[at].kind == "mark":
                break
            tense = _tense_of(self.tokens[at].key)
            if tense is not None:
                return tense
        return None

    def _newline(self, at: int) -> bool:
        """Whether a line ends behind token `at`."""
        return "\n" in self.text[self.tokens[at].end : self.tokens[at + 1].start]

    def _contradiction(self, i: int, mark: _Mark, turn: Turn | None) -> str | None:
        """A year that its own sentence denies: بحلول 11 سبتمبر 2020, published in 2021."""
        if self.anchor is None:
            return None
        if turn in ("next", "last", "this"):
            ahead = mark.first > self.anchor
            if (turn == "next") != ahead and not (turn == "this" and mark.first <= self.anchor <= mark.last):
                return f"written as {turn}, which this is not on the day of publication"
        near = [self.tokens[at].key for at in range(max(0, i - 3), i)]
        if mark.last < self.anchor and any(_tense_of(k) == "future" or k in ("بحلول", "موعد") for k in near):
            return "lies before publication, where the sentence speaks of the future"
        return None

    def _turn(self, i: int) -> tuple[Turn | None, int]:
        """الماضي, المقبل, قبل الماضي … at `i`, and the index after it."""
        if i >= len(self.tokens):
            return None, i
        word = self.tokens[i].key
        if word in ("قبل", "بعد") and i + 1 < len(self.tokens):
            turn = _TURNS.get(self.tokens[i + 1].key)
            if word == "قبل" and turn == "last":
                return "before last", i + 2
            if word == "بعد" and turn == "next":
                return "after next", i + 2
        turn = _TURNS.get(word)
        return turn, i + (turn is not None)

    # Ranges

    def _between(self, i: int, word: str) -> _Mark | None:
        """من … إلى … and بين … و…: the interval, without the word that opens it."""
        at = i + 1
        if at >= len(self.tokens):
            return None
        start = self.tokens[at].start
        if self.tokens[at].key in ("يوم", "يومي", "ايام") and at + 1 < len(self.tokens):
            at += 1
        if self.tokens[at].key in ("عامي", "عام", "سنتي"):
            return self._year(at, self.tokens[at].key, self.tokens[at].start, between=True) if word == "بين" else None
        mark = self._range(at, word)
        return None if mark is None else replace(mark, start=min(start, mark.start))

    def _range(self, i: int, word: str = "") -> _Mark | None:
        """3-5 مايو, 3 إلى 5 مايو, 25 يوليو - 5 أغسطس 2015, 2010 إلى 2015."""
        tokens = self.tokens
        token = tokens[i]
        day = calendar.whole(token, 1, 31)
        ordinal = None if day is not None else calendar.read_ordinal(tokens, i)
        stop = i + 1
        if ordinal is not None:
            day, _, stop = ordinal
        first = calendar.read(tokens, i)
        if first is not None and first.day is not None:
            stop = first.stop
        elif day is None:
            return self._years(i, word) if first is None else self._months(first, word)
        joint = self._joint(stop, word)
        if joint is None:
            return None
        at, sign = joint
        second = calendar.read(tokens, at)
        if second is None or second.day is None or second.month is None:
            return None
        if first is None or first.day is None:
            first = replace(second, start=token.start if ordinal is None else ordinal[1], day=day)
        elif first.year is None:
            first = replace(first, year=second.year)
        last = self._dated(at, second)
        if last is None:
            return None
        days = calendar.span(first.calendar, first.year or _year_of(last, first.calendar), first.month, first.day)
        if days is None or days[0] >= last.first or (last.first - days[0]).days > 3660:
            return None
        if sign == "و" and word != "بين" and (last.first - days[0]).days > 1:  # 23 و30 يوليو are two days
            return replace(
                last,
                start=first.start,
                end=tokens[stop - 1].end,
                stop=stop,
                value=days[0].isoformat(),
                first=days[0],
                last=days[0],
            )
        value = f"{days[0].isoformat()}/{last.last.isoformat()}"
        return replace(last, start=first.start, value=value, first=days[0])

    def _months(self, first: calendar.Written, word: str) -> _Mark | None:
        """يوليو إلى سبتمبر 2014 after من, مايو ويونيو after بين."""
        joint = self._joint(first.stop, word) if word else None
        second = None if joint is None else calendar.read(self.tokens, joint[0])
        if second is None or second.day is not None or first.calendar != second.calendar:
            return None
        last = self._dated(second.stop, second)
        if last is None or first.month is None or second.month is None:
            return None
        year = first.year or last.last.year - (first.month > second.month)
        days = calendar.span(first.calendar, year, first.month)
        if days is None or first.calendar == "hijri" or days[0] >= last.first:
            return None
        return replace(last, start=first.start, value=f"{year:04d}-{first.month:02d}/{last.value}", first=days[0])

    def _joint(self, i: int, word: str) -> tuple[int, str] | None:
        """The index of what stands on the other side of -, إلى, حتى, or of و after بين."""
        token = self.tokens[i] if i < len(self.tokens) else None
        if token is not None and token.kind == "word" and token.key[:1] == "و" != token.key and word == "بين":
            return i, "و"
        at = i + 1
        if token is None or at >= len(self.tokens):
            return None
        if token.text in _DASHES or token.key in _UNTIL:
            if self.tokens[at].key == "يوم" and at + 1 < len(self.tokens):
                at += 1
            return at, token.key
        if token.key == "و":
            return at, "و"
        return None

    def _years(self, i: int, word: str) -> _Mark | None:
        """2010 إلى 2015 after من, 2010 و2015 after بين."""
        if not word or calendar.whole(self.tokens[i], 1800, 2100) is None:
            return None
        joint = self._joint(i + 1, word)
        if joint is None:
            return None
        at, sign = joint
        if self.tokens[at].key in _YEAR and at + 1 < len(self.tokens):
            at += 1
        first, last = calendar.whole(self.tokens[i], 1800, 2100), calendar.whole(self.tokens[at], 1800, 2100)
        if first is None or last is None or first >= last or (sign == "و" and word != "بين"):
            return None
        if at + 1 < len(self.tokens) and self._counts(at + 1):
            return None
        return _Mark(
            self.tokens[i].start, self.tokens[at].end, at + 1, f"{first}/{last}", date(first, 1, 1), date(last, 12, 31)
        )

    def _counts(self, i: int) -> bool:
        """Whether the word at `i` is a noun that the number before it counts."""
        token = self.tokens[i]
        if token.kind != "word":
            return token.text in "%٪$€£"
        found = nouns.noun(token.key)
        return (found is not None and not token.key.startswith("ال")) or (
            nouns.counted(token.key) and ("ً" in token.text or token.key in _MONEY)
        )

    # Years

    def _year(self, i: int, word: str, start: int, *, between: bool = False) -> _Mark | None:
        """عام 2015, العام 2014-2015, عام 1434 هـ, العام الماضي, العام نفسه, موسم 2014/2015."""
        tokens = self.tokens
        at = i + 1
        season = word in ("موسم", "الموسم")
        if at >= len(tokens):
            return None
        if word in _YEAR and word.startswith("ال"):
            named = self._year_named(i, start)
            if named is not None:
                return named
        if season and tokens[at].text == "-":
            at += 1
        if tokens[at].key in ("الدراسي", "الهجري", "الميلادي", "الجامعي", "المالي"):
            at += 1
        if at < len(tokens) and tokens[at].text in _OPEN:
            at += 1
        return self._years_at(at, start, between=between, season=season, word=word)

    def _years_at(self, at: int, start: int, *, between: bool, season: bool, word: str) -> _Mark | None:
        tokens = self.tokens
        if at >= len(tokens):
            return None
        if tokens[at].kind == "word":
            words = numerals.read(tokens, at)
            if words is None or words.digits or not 1000 <= words.value <= 2100 or words.vague or season:
                return None
            if words.stop < len(tokens) and self._counts(words.stop):
                return None
            year = int(words.value)
            return _Mark(start, words.end, words.stop, str(year), date(year, 1, 1), date(year, 12, 31))
        pair = self._pair(at, start, loose=season or between or word in _TWO_YEARS, between=between)
        if pair is not None or season:
            return pair
        value = calendar.whole(tokens[at], 1, 2999)
        if value is None:
            return None
        system, stop = _era(tokens, at + 1)
        if system is None:
            if len(tokens[at].key) < 4:
                return None
            system = "hijri" if 1300 <= value <= self._hijri_now() + 10 else "gregorian"
        elif system == "gregorian" and value < 100:
            value += 2000 if value < 40 else 1900
        days = calendar.span(system, value)
        if days is None or (system == "gregorian" and not 500 <= value <= 2200):
            return None
        value_text = _edtf(system, value, None, None, days)
        return _Mark(start, tokens[stop - 1].end, stop, value_text, *days, system)

    def _hijri_now(self) -> int:
        return int(((self.anchor.year if self.anchor else 2024) - 622) * 33 / 32)

    def _pair(self, at: int, start: int, *, loose: bool, between: bool = False) -> _Mark | None:
        """2014-2015, 2015/2014, 2014/15, 1436-1437هـ; `loose`: also with a space or و between."""
        tokens = self.tokens
        if at + 1 >= len(tokens):
            return None
        first = calendar.whole(tokens[at], 1000, 2200)
        if first is None:
            return None
        dash = tokens[at + 1].text in _DASHES
        joined = loose and tokens[at + 1].key == "و"
        other = at + 1 + (dash or joined)
        if other >= len(tokens) or (not dash and not loose):
            return None
        if not dash and other == at + 1 and tokens[other].kind != "number":
            return None
        second = calendar.whole(tokens[other], 0, 2200)
        if second is None or (joined and not between and second - first != 1):  # عامي 2010 و2014 are two
            return None
        if second < 100 and dash and len(tokens[other].key) == 2:
            second += first // 100 * 100
        low, high = sorted((first, second))
        system, stop = _era(tokens, other + 1)
        if (
            stop < len(tokens)
            and tokens[stop].text in _DASHES
            and stop + 1 < len(tokens)
            and tokens[stop + 1].kind == "number"
        ):
            return None
        if system is None:
            system = "hijri" if low >= 1350 and high <= self._hijri_now() + 10 else "gregorian"
        if low == high or high - low > (100 if between or first < second else 1) or low < 1000:
            return None
        if system == "gregorian" and low < 1500:
            return None
        begin, finish = calendar.span(system, low), calendar.span(system, high)
        if begin is None or finish is None:
            return None
        value = f"{low}/{high}" if system == "gregorian" else f"{begin[0].isoformat()}/{finish[1].isoformat()}"
        return _Mark(start, tokens[stop - 1].end, stop, value, begin[0], finish[1], system)

    def _year_named(self, i: int, start: int) -> _Mark | None:
        """العام الماضي, العام الماضي 1435 هـ, العام قبل الماضي, العام نفسه."""
        tokens = self.tokens
        if tokens[i + 1].key in _SAME:
            known = self.last_year
            if known is None:
                return None
            return replace(known, start=start, end=tokens[i + 1].end, stop=i + 2, relative=True, flag=None)
        turn, stop = self._turn(i + 1)
        if turn is None:
            return None
        written = self._years_at(stop, start, between=False, season=False, word="العام") if stop < len(tokens) else None
        if written is not None and (tokens[stop].kind == "number"):
            return written
        return self._year_turned(start, tokens[stop - 1].end, stop, turn)

    def _year_turned(self, start: int, end: int, stop: int, turn: Turn) -> _Mark | None:
        if self.anchor is None:
            return None
        year = self.anchor.year + _STEPS[turn]
        return _Mark(start, end, stop, f"{year:04d}", date(year, 1, 1), date(year, 12, 31), relative=True)

    def _bare_year(self, i: int) -> _Mark | None:
        """في 2014, مواليد 1989, a title's 2017; also 1436هـ and 2014-2015."""
        tokens = self.tokens
        token = tokens[i]
        value = calendar.whole(token, 1000, 2200)
        if value is None or len(token.key) != 4:
            return None
        before = tokens[i - 1] if i else None
        attached = before is not None and before.end == token.start
        if before is not None and (
            before.text in ("/", "\\", ":", "#", "+", "$", "€", "£") or before.key in _WORDS["numbered"]
        ):
            return None
        if before is not None and attached and before.text in ("-", "_", "@", "–"):
            return None
        pair = self._pair(i, token.start, loose=False)
        if pair is not None and (pair.calendar == "hijri" or 1900 <= value <= 2100):
            return pair
        system, stop = _era(tokens, i + 1)
        if system == "hijri":
            days = calendar.span("hijri", value)
            if days is None:
                return None
            return _Mark(
                token.start, tokens[stop - 1].end, stop, _edtf(system, value, None, None, days), *days, "hijri"
            )
        if not 1800 <= value <= 2100:
            return None
        if system is None:
            if i + 1 < len(tokens):
                after = tokens[i + 1]
                if self._counts(i + 1) or (
                    after.text in ("%", "٪", ":", "$", "€", "@", "/", "\\", "_") and after.start == token.end
                ):
                    return None
                scale = numerals.read(tokens, i)
                if scale is not None and (scale.stop != i + 1 or not scale.plain):
                    return None
            cue = before is not None and numerals.find(before.key, _BEFORE_YEAR) is not None
            now = self.anchor.year if self.anchor else 2030
            if not cue and not (1950 <= value <= now + 15 and self._year_stands(i)):
                return None
        return _Mark(token.start, tokens[stop - 1].end, stop, str(value), date(value, 1, 1), date(value, 12, 31))

    def _year_stands(self, i: int) -> bool:
        """Whether four digits without a cue still read as a year: after a word, and nothing counted behind them."""
        before, after = (self.tokens[i - 1] if i else None), (self.tokens[i + 1] if i + 1 < len(self.tokens) else None)
        if before is None or (before.kind != "word" and before.text not in '(«"“'):
            return False
        if before.key in _WORDS["counting"] or before.key.isascii():
            return False
        return after is None or after.kind == "mark" or not nouns.counted(after.key)

    def _decade(self, i: int, word: str, start: int) -> _Mark | None:
        """الأربعينيات, ستينات القرن الماضي."""
        tokens = self.tokens
        decade = _decade(word)
        if decade is None:
            return None
        at, century = i + 1, 1900
        if at < len(tokens) and tokens[at].key in ("الميلاديه", "الميلادي"):
            at += 1
        said = (
            at + 1 < len(tokens)
            and tokens[at].key in ("القرن", "من")
            and "القرن" in (tokens[at].key, tokens[at + 1].key)
        )
        if said:
            at += 1 + (tokens[at].key == "من")
            after = tokens[at].key if at < len(tokens) else ""
            if after == "الماضي" or after == "العشرين":
                century, at = (1900 if self.anchor is None or self.anchor.year >= 2000 else 1800), at + 1
            elif after == "التاسع" and at + 1 < len(tokens) and tokens[at + 1].key == "عشر":
                century, at = 1800, at + 2
            elif after == "الثامن" and at + 1 < len(tokens) and tokens[at + 1].key == "عشر":
                century, at = 1700, at + 2
            elif after in ("الحالي", "الجاري"):
                century, at = 2000, at + 1
            else:
                return None
        elif not word.startswith("ال"):
            return None
        if at < len(tokens) and (
            tokens[at].key.startswith(("عمر", "العمر"))
            or (at + 1 < len(tokens) and tokens[at].key == "من" and "عمر" in tokens[at + 1].key)
        ):
            return None
        year = century + decade
        return _Mark(start, tokens[at - 1].end, at, f"{year}/{year + 9}", date(year, 1, 1), date(year + 9, 12, 31))

    def _part(self, i: int, start: int) -> _Mark | None:
        """الربع الأول من العام الجاري, النصف الثاني من 2015."""
        tokens = self.tokens
        if i + 2 >= len(tokens):
            return None
        half = tokens[i].key.endswith("النصف")
        ordinal = {"الاول": 1, "الثاني": 2, "الثالث": 3, "الرابع": 4, "الاخير": 2 if half else 4}.get(tokens[i + 1].key)
        if ordinal is None or (half and ordinal > 2):
            return None
        at = i + 2
        if tokens[at].key == "من" and at + 1 < len(tokens):
            at += 1
        if tokens[at].key == "للعام":
            rule = ("year", "العام", 1)
        else:
            found = _rule(tokens[at].key)
            rule = found if found is not None else ("", "", 0)
        year: _Mark | None = None
        if tokens[at].kind == "number":
            value = calendar.whole(tokens[at], 1900, 2100)
            year = None if value is None else self._years_at(at, start, between=False, season=False, word="عام")
        elif rule[0] == "year":
            year = self._year(at, rule[1], start)
        elif rule[0] == "relative":
            year = self._relative(at, rule[1], start)
        if year is None or len(year.value) != 4:
            return None
        months = 6 if half else 3
        first = date(year.first.year, (ordinal - 1) * months + 1, 1)
        end = calendar.span("gregorian", year.first.year, ordinal * months)
        if end is None:
            return None
        value_text = f"{first.isoformat()}/{end[1].isoformat()}"
        return replace(year, start=start, value=value_text, first=first, last=end[1])

    # What is relative to the day of publication

    def _relative(self, i: int, word: str, start: int) -> _Mark | None:
        """الشهر الماضي, هذا العام, هذا الشهر, نفس العام."""
        tokens = self.tokens
        if i + 1 >= len(tokens):
            return None
        after = tokens[i + 1].key
        if word in ("نفس", "ذات"):
            if after in _YEAR and self.last_year is not None:
                return replace(self.last_year, start=start, end=tokens[i + 1].end, stop=i + 2, relative=True, flag=None)
            return None
        if word == "الشهر" and after in _SAME:
            return self._same_month(i, start)
        if self.anchor is None or self._vague(i):
            return None
        if word in ("هذا", "هذه"):
            if after in _YEAR and after.startswith("ال"):
                return self._year_turned(start, tokens[i + 1].end, i + 2, "this")
            if after == "الشهر":
                return self._month_turned(start, tokens[i + 1].end, i + 2, "this")
            if after == "اليوم":
                return self._relative_day(i + 1, "اليوم", start)
            return None
        turn, stop = self._turn(i + 1)
        if turn is None:
            return None
        return self._month_turned(start, tokens[stop - 1].end, stop, turn)

    def _same_month(self, i: int, start: int) -> _Mark | None:
        """الشهر نفسه of the last month named, من العام الماضي or another year behind it included."""
        if self.last_month is None:
            return None
        stop, year = i + 2, self.last_month.first.year
        told = self._year_told(stop)
        if told is not None and told[0] is not None:
            year, stop = told[0], told[1]
        elif stop + 1 < len(self.tokens) and (
            self.tokens[stop].key == "قبل"  # الشهر نفسه قبل سنة
            or (self.tokens[stop].key == "من" and self.tokens[stop + 1].key in _YEAR)
        ):
            return None
        return self._month_of(year, self.last_month.first.month, start, stop)

    def _month_of(self, year: int, month: int, start: int, stop: int) -> _Mark | None:
        days = calendar.span("gregorian", year, month)
        end = self.tokens[stop - 1].end
        return None if days is None else _Mark(start, end, stop, f"{year:04d}-{month:02d}", *days, relative=True)

    def _vague(self, i: int) -> bool:
        """في وقت سابق من هذا الشهر names no month's worth of time."""
        before = [self.tokens[at].key for at in range(max(0, i - 2), i)]
        return len(before) == 2 and before[1] == "من" and before[0] in ("سابق", "لاحق", "مبكر", "باكر", "متاخر")

    def _month_turned(self, start: int, end: int, stop: int, turn: Turn) -> _Mark | None:
        if self.anchor is None:
            return None
        months = self.anchor.year * 12 + self.anchor.month - 1 + _STEPS[turn]
        days = calendar.span("gregorian", months // 12, months % 12 + 1)
        if days is None:
            return None
        return _Mark(start, end, stop, f"{days[0].year:04d}-{days[0].month:02d}", *days, relative=True)

    def _two_months(self, i: int, start: int) -> _Mark | None:
        """شهري مارس وأبريل: as one, where they follow each other."""
        first = calendar.read(self.tokens, i + 1)
        if first is None or first.day is not None or first.month is None:
            return None
        mark = self._months(first, "بين")
        if mark is None or (mark.last.month - first.month) % 12 != 1 or (mark.last - mark.first).days > 62:
            return None
        return replace(mark, start=start)

    def _named_month(self, i: int, start: int) -> _Mark | None:
        """شهر مايو, شهر مايو/أيار الماضي."""
        if i + 1 >= len(self.tokens):
            return None
        name = calendar.read_month(self.tokens, i + 1, clitic=False)
        if name is None or (name.calendar == "hijri" and not self._hijri_stands(i + 1)):
            return None
        return self._written(i + 1, start=start, named=True)

    def _hijri_stands(self, i: int) -> bool:
        written = calendar.read(self.tokens, i)
        return written is not None and (written.year is not None or self._turn(written.stop)[0] is not None)

    def _day_of_month(self, i: int) -> _Mark | None:
        """20 من الشهر المقبل, 15 الجاري."""
        tokens = self.tokens
        day = calendar.whole(tokens[i], 1, 31)
        if day is None or self.anchor is None or i + 1 >= len(tokens):
            return None
        month: _Mark | None = None
        if tokens[i + 1].key == "من" and i + 3 < len(tokens) and tokens[i + 2].key in ("الشهر", "هذا", "شهر"):
            if tokens[i + 2].key != "شهر":
                month = self._relative(i + 2, tokens[i + 2].key, tokens[i].start)
        elif tokens[i + 1].key in ("الجاري", "الحالي"):
            month = self._month_turned(tokens[i].start, tokens[i + 1].end, i + 2, "this")
        if month is None or len(month.value) != 7:
            return None
        days = calendar.span("gregorian", month.first.year, month.first.month, day)
        return None if days is None else replace(month, value=days[0].isoformat(), first=days[0], last=days[0])

    def _relative_day(self, i: int, word: str, start: int) -> _Mark | None:
        """اليوم, أمس, غدا, with the weekday and the date that may follow; يوم before any of them."""
        tokens = self.tokens
        if word in ("يوم", "نهار"):
            return self._day_word(i, start)
        if self.anchor is None:
            return None
        after = tokens[i + 1].key if i + 1 < len(tokens) else ""
        steps = {"اليوم": 0, "الليله": 0, "امس": -1, "الامس": -1, "البارحه": -1, "غدا": 1, "غد": 1}[word]
        stop = i + 1
        if word in ("امس", "الامس"):
            if after in ("الاول", "الاولي"):
                steps, stop = -2, i + 2
            elif after in ("الحاجه", "القريب"):
                return None
        tail = self._weekday_after(stop)
        if tail is None:
            if word in ("اليوم", "الليله") and (self._nowadays(i) or self._qualified(i, after)):
                return None
            if word == "غد" and not (i and tokens[i - 1].key == "يوم"):
                return None
        return self._day_at(i, start, stop, steps, tail)

    def _day_at(self, i: int, start: int, stop: int, steps: int, tail: tuple[int, int, int] | None) -> _Mark | None:
        if self.anchor is None:
            return None
        day = _shift(self.anchor, steps)
        if day is None:
            return None
        flag = None
        end = self.tokens[stop - 1].end
        if tail is not None:
            weekday, end, stop = tail
            if day.weekday() != weekday:
                flag = "the weekday is not the day that the word beside it means"
                day = self._weekday_day(weekday, "next" if steps > 0 else None)
            full = self._date_after(stop, weekday)
            if full is not None:
                return replace(full, start=start, flag=full.flag or _weekday_flag(full, weekday))
        if day is None:
            return None
        return _Mark(start, end, stop, day.isoformat(), day, day, relative=True, flag=flag)

    def _weekday_after(self, i: int) -> tuple[int, int, int] | None:
        """A weekday at `i`, perhaps in brackets: (weekday, where it ends, index after it)."""
        tokens = self.tokens
        if i >= len(tokens):
            return None
        at = i + (tokens[i].text in _OPEN and i + 2 < len(tokens) and tokens[i + 2].text in _CLOSE)
        weekday = calendar.weekday(tokens[at].key)
        if weekday is None:
            return None
        stop = at + 1 + (at > i)
        return weekday, tokens[stop - 1].end, stop

    def _qualified(self, i: int, after: str) -> bool:
        """اليوم الوطني, اليوم التالي, الليلة الماضية, اليوم الذي: an adjective or a clause makes it another day."""
        return (
            after in _WORDS["after_today"]
            or after in _SAME
            or after in _TURNS
            or calendar.read_ordinal(self.tokens, i + 1) is not None
        )

    def _nowadays(self, i: int) -> bool:
        """An اليوم that names no day: the day of something, a newspaper's name, our times."""
        tokens = self.tokens
        before = tokens[i - 1] if i else None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if before is None or self._newline(i - 1) or before.text in _STOPS:
            # A sentence that opens with it and goes on in the present speaks of our times.
            return after is None or after.key[:1] in ("ي", "ت", "ن") or after.kind == "mark"
        if before.key in _WORDS["not_today"] or (
            before.kind == "mark" and before.text in "«" and after is not None and after.text == "»"
        ):
            return True
        near = {tokens[at].key for at in range(max(0, i - 4), i)}
        return bool(near & {"الاكثر", "اكثر", "اصبحت", "اصبح", "بات", "باتت"}) and not (
            near & {"قال", "اعلن", "اعلنت", "قالت"}
        )

    def _day_word(self, i: int, start: int) -> _Mark | None:
        """يوم before a weekday, أمس, غد, or a written date."""
        tokens = self.tokens
        at = i + 1
        if at >= len(tokens):
            return None
        if tokens[at].key in ("امس", "غد", "الامس", "الغد"):
            word = {"الغد": "غدا", "غد": "غدا"}.get(tokens[at].key, tokens[at].key)
            return self._relative_day(at, word, start)
        tail = self._weekday_after(at)
        if tail is not None and tail[2] > at:
            return self._weekday(at, start, *tail)
        if tokens[at].kind == "number" or calendar.read_ordinal(tokens, at) is not None:
            return self._range_from(at, start) or self._written(at, start=start) or self._numbered_day(at, start)
        return None

    def _range_from(self, at: int, start: int) -> _Mark | None:
        mark = self._range(at)
        return None if mark is None else replace(mark, start=start)

    def _numbered_day(self, at: int, start: int, weekday: int | None = None) -> _Mark | None:
        """يوم 27, الجمعة 15: the day of that number nearest to publication, of that weekday where one is written."""
        tokens = self.tokens
        mark = self._day_of_month(at) or self._day_and_month(at)
        if mark is not None:
            return replace(mark, start=start)
        number = calendar.whole(tokens[at], 1, 31)
        if number is None or self.anchor is None:
            return None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if after is not None and (after.text in _DASHES or after.text in ":%٪+" or nouns.counted(after.key)):
            return None
        for away in range(46):
            for day in (_shift(self.anchor, -away), _shift(self.anchor, away)):
                if day is not None and day.day == number and weekday in (None, day.weekday()):
                    return _Mark(start, tokens[at].end, at + 1, day.isoformat(), day, day, relative=True)
        return None

    def _day_and_month(self, i: int) -> _Mark | None:
        """22/4 after a weekday, يوم or تاريخ."""
        tokens = self.tokens
        if i + 2 >= len(tokens) or tokens[i + 1].text not in ("/", "-", "\\"):
            return None
        day, month = calendar.whole(tokens[i], 1, 31), calendar.whole(tokens[i + 2], 1, 12)
        if day is None or month is None or (i + 3 < len(tokens) and tokens[i + 3].text == tokens[i + 1].text):
            return None
        return self._dated(i, calendar.Written(tokens[i].start, tokens[i + 2].end, i + 3, None, month, day))

    def _weekday(
        self, i: int, start: int, weekday: int | None = None, end: int | None = None, stop: int | None = None
    ) -> _Mark | None:
        """الخميس, الخميس الماضي, الاثنين 3 أغسطس, ليل الجمعة - السبت."""
        tokens = self.tokens
        if weekday is None or end is None or stop is None:
            found = _rule(tokens[i].key)
            weekday = None if found is None else calendar.weekday(found[1])
            if weekday is None:
                return None
            end, stop = tokens[i].end, i + 1
        if self._weekday_named(i, stop):
            return None
        full = self._date_after(stop, weekday)
        if full is not None:
            return replace(full, start=start, flag=full.flag or _weekday_flag(full, weekday))
        if self.anchor is None:
            return None
        turn, after = self._turn(stop)
        if turn is not None and turn != "this":
            end, stop = tokens[after - 1].end, after
        week = self._week(stop)
        if week is not None and turn is None:
            day, stop = _shift(self.anchor, week[0] * 7 + (weekday + 1) % 7 - (self.anchor.weekday() + 1) % 7), week[1]
            end = tokens[stop - 1].end
        else:
            day = self._weekday_day(weekday, turn)
        return None if day is None else _Mark(start, end, stop, day.isoformat(), day, day, relative=True)

    def _week(self, i: int) -> tuple[int, int] | None:
        """من الأسبوع المقبل behind a weekday: (weeks ahead, index after it). Weeks begin on Sunday."""
        tokens = self.tokens
        at = i + (i < len(tokens) and tokens[i].key == "من")
        if at + 1 >= len(tokens) or tokens[at].key != "الاسبوع":
            return None
        turn, stop = self._turn(at + 1)
        return None if turn is None else (_STEPS[turn], stop)

    def _weekday_day(self, weekday: int, turn: Turn | None) -> date | None:
        anchor = self.anchor
        if anchor is None:
            return None
        back = (anchor.weekday() - weekday) % 7
        if turn in ("next", "after next"):
            return _shift(anchor, (7 - back) + (7 if turn == "after next" else 0))
        if turn in ("last", "before last"):
            return _shift(anchor, -(back or 7) - (7 if turn == "before last" else 0))
        return _shift(anchor, -back)

    def _weekday_named(self, i: int, stop: int) -> bool:
        """خطبة الجمعة, أيام الخميس والجمعة, كل سبت: a name or a habit, no day."""
        tokens = self.tokens
        first = i - 1 if i and tokens[i - 1].key in ("يوم", "يومي") else i
        while (
            first
            and tokens[first].key.startswith("و")
            and calendar.weekday(tokens[first - 1].key.removeprefix("و")) is not None
        ):
            first -= 1
        before = tokens[first - 1].key if first else ""
        after = [token.key for token in tokens[stop : stop + 3]]
        if self._surname(i, after[0] if after else ""):
            return True
        if before in _WORDS["before_weekday"] or (after and after[0] in _WORDS["after_weekday"]):
            return True
        if after[:2] == ["من", "كل"] or after[1:3] == ["من", "كل"]:
            return True
        for at in range(i - 1, max(-1, i - 13), -1):
            if tokens[at].text in _STOPS:
                break
            if tokens[at].key in _WORDS["habit"]:
                return True
        return False

    def _surname(self, i: int, after: str) -> bool:
        """الدكتور محمد الخميس: behind a given name that stands alone a weekday is rather the name of the family."""
        tokens = self.tokens
        if self.people.get(tokens[i].end, tokens[i].start) < tokens[i].start:
            return True
        if i == 0 or tokens[i - 1].kind != "word" or tokens[i - 1].end + 1 != tokens[i].start or after in _TURNS:
            return False
        given, before = tokens[i - 1], tokens[i - 2] if i > 1 else None
        named = given.start if given.end in self.people else None
        if self.people.get(given.end, given.start) < given.start:
            return False  # قال جو بايدن الخميس
        if before is not None and (before.key in _KIN or before.key in lexicon.given_names()):
            return False
        return given.key in lexicon.given_names() or (named is not None and given.key in lexicon.common_given_names())

    def _date_after(self, i: int, weekday: int) -> _Mark | None:
        """A written day directly after a weekday: with a comma, a hyphen, a bracket or الموافق between."""
        tokens = self.tokens
        opened = i < len(tokens) and tokens[i].text == "("
        if opened or (i < len(tokens) and tokens[i].text in ("،", ",", "-", "–", "/")):
            i += 1
        for word in ("الموافق", "ل"):
            if i < len(tokens) and tokens[i].key == word:
                i += 1
        if i >= len(tokens):
            return None
        written = calendar.read(tokens, i)
        mark: _Mark | None = None
        if written is not None and written.day is not None:
            mark = self._dated(i, written)
        elif tokens[i].kind == "number":
            mark = self._numbered_day(i, tokens[i].start, weekday)
        if mark is not None and opened and mark.stop < len(tokens) and tokens[mark.stop].text == ")":
            return replace(mark, end=tokens[mark.stop].end, stop=mark.stop + 1)
        return mark

    def _phrase(self, i: int, word: str, start: int) -> _Mark | None:
        """أول أمس, أول من أمس, بعد غد, ليل الجمعة - السبت, قبل ثلاثة أيام, أول أيام العيد."""
        tokens = self.tokens
        at = i + 1
        if at >= len(tokens):
            return None
        if word == "اول":
            if tokens[at].key == "من" and at + 1 < len(tokens):
                at += 1
            if tokens[at].key == "امس":
                return self._day_at(i, start, at + 1, -2, self._weekday_after(at + 1))
            return self._feast(i, start)
        if word == "بعد":
            return self._day_at(i, start, at + 1, 2, self._weekday_after(at + 1)) if tokens[at].key == "غد" else None
        if word in ("ليل", "ليله"):
            return self._night(at)
        if tokens[at].key == "امس":
            return self._day_at(i, start, at + 1, -2, self._weekday_after(at + 1))
        return self._ago(i, start)

    def _night(self, at: int) -> _Mark | None:
        """The night between two weekdays, as both."""
        tokens = self.tokens
        first = calendar.weekday(tokens[at].key)
        other = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].text in _DASHES)
        if first is None or other >= len(tokens):
            return None
        second = calendar.weekday(tokens[other].key)
        if second != (first + 1) % 7:
            return None
        day = self._weekday_day(second, None)
        before = None if day is None else _shift(day, -1)
        if day is None or before is None:
            return None
        value = f"{before.isoformat()}/{day.isoformat()}"
        return _Mark(tokens[at].start, tokens[other].end, other + 1, value, before, day, relative=True)

    def _ago(self, i: int, start: int) -> _Mark | None:
        """قبل ثلاثة أيام, قبل يومين, قبل شهرين, قبل عامين: the day, the month, the year."""
        tokens = self.tokens
        number = numerals.read(tokens, i + 1)
        count, at = (number.value, number.stop) if number is not None else (1.0, i + 1)
        if at >= len(tokens) or self.anchor is None or (number is not None and (number.vague or number.fraction)):
            return None
        unit = nouns.noun(tokens[at].key)
        if unit is None or unit.kind != "duration" or tokens[at].key.startswith("ال"):
            return None
        if unit.dual == "free" and number is None:
            count = 2.0
        elif number is None and (unit.plural or unit.lemma in ("يوم", "ليلة")):
            return None
        after = tokens[at + 1].key if at + 1 < len(tokens) else ""
        if (after == "من" and not (at + 2 < len(tokens) and tokens[at + 2].key == "الان")) or after in ("ونصف", "علي"):
            return None
        if count != int(count) or count < 1:
            return None
        end, stop, whole = tokens[at].end, at + 1, int(count)
        if unit.lemma in ("يوم", "ليلة") and whole <= 60:
            day = _shift(self.anchor, -whole)
            return None if day is None else _Mark(start, end, stop, day.isoformat(), day, day, relative=True)
        if unit.lemma == "شهر" and whole <= 24:
            months = self.anchor.year * 12 + self.anchor.month - 1 - whole
            days = calendar.span("gregorian", months // 12, months % 12 + 1)
            value = "" if days is None else f"{days[0].year:04d}-{days[0].month:02d}"
            return None if days is None else _Mark(start, end, stop, value, *days, relative=True)
        if unit.lemma in ("عام", "سنة") and whole <= 3:
            year = self.anchor.year - whole
            return _Mark(start, end, stop, f"{year:04d}", date(year, 1, 1), date(year, 12, 31), relative=True)
        return None

    def _feast(self, i: int, start: int) -> _Mark | None:
        """أول أيام عيد الفطر, ثاني أيام العيد: the day, of the feast nearest to publication."""
        tokens = self.tokens
        ordinal = calendar.read_ordinal(tokens, i)
        if ordinal is None or self.anchor is None or ordinal[0] > 10 or ordinal[2] + 1 >= len(tokens):
            return None
        at = ordinal[2]
        if tokens[at].key not in ("ايام", "يوم"):
            return None
        at += 1
        feasts: list[tuple[int, int]] = []
        if tokens[at].key == "العيد":
            feasts, at = [(10, 1), (12, 10)], at + 1
        elif tokens[at].key == "عيد" and at + 1 < len(tokens):
            feasts = {"الفطر": [(10, 1)], "الاضحي": [(12, 10)]}.get(tokens[at + 1].key, [])
            at += 2
        elif tokens[at].key == "رمضان":
            feasts, at = [(9, 1)], at + 1
        if feasts and at < len(tokens) and tokens[at].key == "المبارك":
            at += 1
        near = int((self.anchor.year - 622) * 33 / 32)
        days = [
            day
            for year in range(near - 1, near + 3)
            for month, first in feasts
            if (span := calendar.span("hijri", year, month, first)) and (day := _shift(span[0], ordinal[0] - 1))
        ]
        if not days:
            return None
        anchor = self.anchor
        day = min(days, key=lambda d: abs((d - anchor).days))
        return _Mark(start, tokens[at - 1].end, at, day.isoformat(), day, day, "hijri", True)


def _edtf(system: str, year: int, month: int | None, day: int | None, days: tuple[date, date]) -> str:
    """EDTF of a written date; a Hijri month or year is the interval of its Gregorian days."""
    if day is not None:
        return days[0].isoformat()
    if system == "hijri":
        return f"{days[0].isoformat()}/{days[1].isoformat()}"
    return f"{year:04d}" if month is None else f"{year:04d}-{month:02d}"


def _era(tokens: Sequence[Token], i: int) -> tuple[calendar.Calendar | None, int]:
    if i < len(tokens):
        if tokens[i].key in ("ه", "هجري", "هجريه", "للهجره"):
            return "hijri", i + 1
        if tokens[i].key in ("م", "ميلادي", "ميلاديه", "للميلاد"):
            return "gregorian", i + 1
    return None, i


def _year_of(mark: _Mark, system: str) -> int:
    return mark.last.year if system == "gregorian" else int((mark.last.year - 622) * 33 / 32)


def _weekday_flag(mark: _Mark, weekday: int) -> str | None:
    if mark.first == mark.last and mark.first.weekday() != weekday and mark.calendar == "gregorian":
        return "the weekday is not that of the date"
    return None


def _shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


@lru_cache(maxsize=65_536)
def _tense_of(word_key: str) -> Literal["past", "future"] | None:
    word = word_key[1:] if word_key[:1] in ("و", "ف") and len(word_key) > 4 else word_key
    if word in _WORDS["future"] or (
        len(word) > 4 and word[0] == "س" and word[1] in "يتن" and word not in _WORDS["no_future"]
    ):
        return "future"
    return "past" if word in _WORDS["past"] or word_key in _WORDS["past"] else None
