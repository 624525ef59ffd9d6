"""Months, weekdays and dates as the Arabic press writes them, in both calendars.

`read` reads one date as written at a token; `read_date` finds the full date (and time) in a line of prose such as a
byline. Hijri days follow Umm al-Qura (hijridate) within its years 1343 to 1500, the tabular calendar outside them.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from hijridate import Hijri

from rasad.arabic import numerals
from rasad.arabic.text import CACHED_WORDS, key
from rasad.arabic.tokens import Token, tokenize

Calendar = Literal["gregorian", "hijri"]

# A row a month: Egypt and the Gulf, the Levant and Iraq, Tunisia and Algeria, Morocco, Mauritania; then misspellings.
_MONTHS = (
    "يناير / كانون الثاني / كانون ثاني / كانون ثان / جانفي / ينايير",
    "فبراير / شباط / فيفري / فبرايير",
    "مارس / آذار",
    "أبريل / نيسان / أفريل / ابرايل",
    "مايو / أيار / ماي",
    "يونيو / يونيه / حزيران / جوان",
    "يوليو / يوليه / تموز / جويلية / يوليوز",
    "أغسطس / آب / أوت / غشت / أغشت / أغسطوس",
    "سبتمبر / أيلول / شتنبر / شتمبر / سبتمر",
    "أكتوبر / تشرين الأول / تشرين أول / أوكتوبر",
    "نوفمبر / تشرين الثاني / تشرين ثاني / تشرين ثان / نونبر / نونمبر / نوفمر",
    "ديسمبر / كانون الأول / كانون أول / دجنبر / دجمبر / دسمبر",
)
_HIJRI_MONTHS = (
    "محرم / المحرم / محرم الحرام",
    "صفر / صفر الخير",
    "ربيع الأول / ربيع أول",
    "ربيع الثاني / ربيع الآخر / ربيع ثاني",
    "جمادى الأولى / جمادى الأول / جماد الأول / جماد أول",
    "جمادى الآخرة / جمادى الثانية / جمادى الثاني / جمادى الآخر / جماد الثاني / جماد الآخر / جماد ثاني",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعدة / ذي القعدة / ذا القعدة / ذوالقعدة / ذي قعدة",
    "ذو الحجة / ذي الحجة / ذا الحجة / ذوالحجة / ذي حجة",
)
_WEEKDAYS = (
    "الاثنين / الإثنين / الأثنين / الاتنين",
    "الثلاثاء / الثلاثا / الثلثاء",
    "الأربعاء / الأربعا / الإربعاء",
    "الخميس",
    "الجمعة",
    "السبت",
    "الأحد",
)


def _table(rows: tuple[str, ...]) -> dict[str, int]:
    return {key(name): n for n, row in enumerate(rows, 1) for name in row.split("/")}


_GREGORIAN = _table(_MONTHS)
_HIJRI = _table(_HIJRI_MONTHS)
_DAYS = {name: n - 1 for name, n in _table(_WEEKDAYS).items()}
_FIRST_WORDS = frozenset(name.split()[0] for name in (*_GREGORIAN, *_HIJRI))

_ORDINAL_FORMS = (
    "اول اولي فاتح غره",  # the Maghreb's first of November is الفاتح من نوفمبر; غرة محرم is the first of Muharram
    "ثاني ثانيه",
    "ثالث ثالثه",
    "رابع رابعه",
    "خامس خامسه",
    "سادس سادسه",
    "سابع سابعه",
    "ثامن ثامنه",
    "تاسع تاسعه",
    "عاشر عاشره",
)
_ORDINALS = {
    article + form: value
    for value, row in enumerate(_ORDINAL_FORMS, 1)
    for form in row.split()
    for article in ("", "ال")
}
_FIRSTS = frozenset({"حادي", "حاديه", "الحادي", "الحاديه"})  # only in الحادي عشر, الحادي والعشرين
_ORDINALS |= dict.fromkeys(_FIRSTS, 1)
_TENTHS = {"العشرين": 20, "العشرون": 20, "الثلاثين": 30, "الثلاثون": 30}
_TEN = frozenset({"عشر", "عشره"})
_TENS = {
    w + form: v for form, v in (("عشرين", 20), ("عشرون", 20), ("ثلاثين", 30), ("ثلاثون", 30)) for w in ("وال", "و")
}

_AD = frozenset({"م", "ميلادي", "ميلاديه", "للميلاد"})
_AH = frozenset({"ه", "هجري", "هجريه", "للهجره"})
_YEAR_WORDS = frozenset({"عام", "العام", "سنه", "السنه", "لعام", "لسنه"})
_SLASHES = frozenset("/\\-–—.")


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written; what is not written is None. `stop` is the index of the token after it."""

    start: int
    end: int
    stop: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    calendar: Calendar = "gregorian"
    flag: str | None = None  # why it cannot be quite right: the two month names disagree

    def days(self) -> tuple[date, date] | None:
        """First and last day; None without a year, or for a day that does not exist."""
        return None if self.year is None else span(self.calendar, self.year, self.month, self.day)


def month(name_key: str) -> int | None:
    """The Gregorian month of a folded name of one or two words (`text.key`): كانون الثاني is 1."""
    return _GREGORIAN.get(name_key)


def hijri_month(name_key: str) -> int | None:
    """The Hijri month of a folded name: ربيع الاول is 3."""
    return _HIJRI.get(name_key)


def weekday(name_key: str) -> int | None:
    """The day of the week of a folded name, Monday 0: الاحد is 6."""
    return _DAYS.get(name_key)


@lru_cache(maxsize=4096)
def span(system: Calendar, year: int, month: int | None = None, day: int | None = None) -> tuple[date, date] | None:
    """First and last Gregorian day of a year, month or day of a calendar; None where there is no such."""
    if system == "hijri":
        first = _hijri_day(year, month or 1, day or 1)
        if day is not None:
            return None if first is None or not _hijri_exists(year, month or 1, day) else (first, first)
        after = _hijri_day(year + (month in (None, 12)), 1 if month in (None, 12) else (month or 0) + 1, 1)
        return None if first is None or after is None else (first, after - timedelta(days=1))
    try:
        first = date(year, month or 1, day or 1)
        last_month = month or 12
        return first, date(year, last_month, day or gregorian.monthrange(year, last_month)[1])
    except ValueError:
        return None


def _hijri_exists(year: int, month: int, day: int) -> bool:
    first, after = _hijri_day(year, month, 1), _hijri_day(year + (month == 12), month % 12 + 1, 1)
    return first is not None and after is not None and 1 <= day <= (after - first).days


def _hijri_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a Hijri one (day 30 of a month of 29 is the next month's first)."""
    if not (1 <= year <= 9000 and 1 <= month <= 12 and 1 <= day <= 30):
        return None
    try:
        first = Hijri(year, month, 1).to_gregorian()
        return date(first.year, first.month, first.day) + timedelta(days=day - 1)
    except (OverflowError, ValueError):
        # The tabular calendar of 30 years (civil epoch): within a day or two of any observed one.
        ordinal = (11 * year + 3) // 30 + 354 * year + 30 * month - (month - 1) // 2 + day + 227_015 - 385
        return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


_CLOSING = {"(": ")", "[": "]", '"': '"', "«": "»", "“": "”", "”": "“"}  # around the second name of a month


@dataclass(frozen=True, slots=True)
class Month:
    """A month's name in the text, a second name of the same month beside it included."""

    number: int
    calendar: Calendar
    start: int
    end: int
    stop: int
    doubled: bool = False
    flag: str | None = None


def read_month(tokens: Sequence[Token], i: int, *, clitic: bool = True) -> Month | None:
    """The month named at token `i`: مايو, كانون الثاني, مايو/أيار, سبتمبر (أيلول), تموز "يوليو", أغسطس آب.

    Of two names that disagree the first counts, and `flag` says so. `clitic` allows a و or ب before it.
    """
    name = _month_name(tokens, i, clitic=clitic)
    if name is None:
        return None
    number, system, start, stop = name
    if system == "gregorian" and stop < len(tokens):
        at = stop
        mark = tokens[at].text
        closing = _CLOSING.get(mark)
        if closing or mark in _SLASHES:
            at += 1
        other = _month_name(tokens, at, clitic=False) if at < len(tokens) else None
        if other is not None and other[1] == "gregorian":
            after = other[3]
            closed = closing is None or (after < len(tokens) and tokens[after].text == closing)
            same = other[0] == number
            if (
                closed
                and (same or (closing and mark in "([") or mark == "/")
                and (same or tokens[at].key != tokens[stop - 1].key)
            ):
                after += closing is not None
                flag = None if same else "the two month names disagree"
                return Month(number, system, start, tokens[after - 1].end, after, True, flag)
    return Month(number, system, start, tokens[stop - 1].end, stop)


def _month_name(tokens: Sequence[Token], i: int, *, clitic: bool) -> tuple[int, Calendar, int, int] | None:
    if not 0 <= i < len(tokens) or tokens[i].kind != "word":
        return None
    found = _first_word(tokens[i].key)
    if found is None or (found[1] and not clitic):
        return None
    first, cut = found
    names = [first]
    if i + 1 < len(tokens) and tokens[i + 1].kind == "word":
        names.insert(0, f"{first} {tokens[i + 1].key}")
    tables: tuple[tuple[dict[str, int], Calendar], ...] = ((_GREGORIAN, "gregorian"), (_HIJRI, "hijri"))
    for name in names:
        for table, system in tables:
            if name in table:
                stop = i + 1 + (name is not first)
                return table[name], system, numerals.offset(tokens[i], cut), stop
    return None


@lru_cache(maxsize=CACHED_WORDS)
def _first_word(word_key: str) -> tuple[str, int] | None:
    """The first word of a month's name inside a key, and how many letters before it were clitics."""
    return next(((rest, cut) for rest, cut in numerals.forms(word_key) if rest in _FIRST_WORDS), None)


def whole(token: Token, low: int, high: int) -> int | None:
    """The value of a token of bare digits, if it lies in a range."""
    if token.kind != "number" or len(token.text) > 4 or not token.key.isdigit():
        return None
    value = int(token.key)
    return value if low <= value <= high else None


def read_ordinal(tokens: Sequence[Token], i: int) -> tuple[int, int, int] | None:
    """An ordinal up to 31 at `i` (الثالث, الحادي والعشرين, أول): (value, offset where it begins, index after it)."""
    if not 0 <= i < len(tokens) or tokens[i].kind != "word":
        return None
    found = _ordinal(tokens[i].key)
    if found is None:
        tens = numerals.find(tokens[i].key, _TENTHS)  # الثلاثين من يونيو
        return None if tens is None else (tens[0], numerals.offset(tokens[i], tens[1]), i + 1)
    value, cut = found
    start = numerals.offset(tokens[i], cut)
    after = tokens[i + 1].key if i + 1 < len(tokens) else ""
    if value < 10 and after in _TEN:
        return value + 10, start, i + 2
    if value < 10 and after in _TENS and value + _TENS[after] <= 31:
        return value + _TENS[after], start, i + 2
    return None if tokens[i].key[cut:] in _FIRSTS else (value, start, i + 1)


@lru_cache(maxsize=CACHED_WORDS)
def begins(word_key: str) -> bool:
    """Whether a word may open a written date: a month's name, an ordinal, the twentieth or thirtieth."""
    return (
        _first_word(word_key) is not None
        or _ordinal(word_key) is not None
        or numerals.find(word_key, _TENTHS) is not None
    )


@lru_cache(maxsize=CACHED_WORDS)
def _ordinal(word_key: str) -> tuple[int, int] | None:
    return numerals.find(word_key, _ORDINALS)


def read(tokens: Sequence[Token], i: int) -> Written | None:
    """The date that begins at token `i`, as written, or None.

    Numeric (12/5/2021, day first; 2021-05-12; 12.5.2021; 26/10/1436هـ), day and month and year in any usual order,
    day and month, month and year, or a month alone. A year alone is none: it needs a context. A day that cannot exist
    (31 فبراير) gives None.
    """
    if not 0 <= i < len(tokens):
        return None
    token = tokens[i]
    if token.kind == "number":
        found = _numeric(tokens, i) or _day_month(tokens, i, token.start, whole(token, 1, 31), i + 1)
    elif token.kind == "word":
        ordinal = read_ordinal(tokens, i)
        found = None if ordinal is None else _day_month(tokens, i, ordinal[1], ordinal[0], ordinal[2])
        found = found or _month_first(tokens, i)
    else:
        return None
    if found is None:
        return None
    # A day and month without a year must exist in some year: 29 فبراير does.
    year = found.year if found.year is not None else (2000 if found.calendar == "gregorian" else 1441)
    if found.year is None and found.calendar == "hijri":
        return found if (found.day or 1) <= 30 else None
    return found if span(found.calendar, year, found.month, found.day) is not None else None


def _numeric(tokens: Sequence[Token], i: int) -> Written | None:
    token = tokens[i]
    parts: list[str] = []
    stop = i + 1
    if 6 <= len(token.key) <= 10 and token.key.count(".") == 2:
        parts = token.key.split(".")
    elif len(token.key) <= 4 and i + 4 < len(tokens):
        first, second = tokens[i + 1].text, tokens[i + 3].text
        if first in "/\\-–" and second == first and tokens[i + 2].kind == tokens[i + 4].kind == "number":
            parts = [token.key, tokens[i + 2].key, tokens[i + 4].key]
            stop = i + 5
            spaced = tokens[i + 1].start > token.end or tokens[i + 3].start > tokens[i + 2].end
            if spaced and first not in "/\\":
                return None
    if not parts or not all(part.isdigit() and len(part) <= 4 for part in parts):
        return None
    a, b, c = (int(part) for part in parts)
    if len(parts[0]) == 4:
        year, month_number, day = a, b, c
    elif len(parts[2]) == 4 or (len(parts[2]) == 2 and stop == i + 5 and tokens[i + 1].text in "/\\"):
        day, month_number, year = a, b, c
        if len(parts[2]) == 2:
            year += 2000 if c < 60 else 1900
    else:
        return None
    if month_number > 12 >= day:  # written the American way
        day, month_number = month_number, day
    era, stop = _era(tokens, stop)
    system: Calendar = "hijri" if era == "hijri" or (era is None and 1350 <= year <= 1460) else "gregorian"
    if not (1 <= month_number <= 12 and 1 <= day <= 31 and (system == "hijri" or 1000 <= year <= 2200)):
        return None
    if stop < len(tokens) and tokens[stop].text in "/\\" and tokens[stop].start == tokens[stop - 1].end:
        return None  # a path or a serial number
    return Written(token.start, tokens[stop - 1].end, stop, year, month_number, day, system)


def _era(tokens: Sequence[Token], i: int) -> tuple[Calendar | None, int]:
    """هـ or م after a year, and the index after it."""
    if i < len(tokens) and tokens[i].kind == "word":
        if tokens[i].key in _AH:
            return "hijri", i + 1
        if tokens[i].key in _AD:
            return "gregorian", i + 1
    return None, i


def _day_month(tokens: Sequence[Token], i: int, start: int, day: int | None, at: int) -> Written | None:
    """[day] [من] [شهر] month [year]."""
    if day is None:
        return None
    dashed = at < len(tokens) and tokens[at].text in ("-", "–", ".")  # 2- أكتوبر
    at += dashed
    for word in ("من", "شهر"):
        if at < len(tokens) and tokens[at].key == word:
            at += 1
    name = read_month(tokens, at, clitic=False)
    if name is None or (dashed and name.calendar == "hijri"):  # 1-صفر is a score
        return None
    return _with_year(tokens, name, start, day)


def _month_first(tokens: Sequence[Token], i: int) -> Written | None:
    name = read_month(tokens, i)
    if name is None:
        return None
    at = name.stop
    # سبتمبر 10, 2020: as translated from English
    if at + 2 < len(tokens) and name.calendar == "gregorian" and tokens[at + 1].text in (",", "،"):
        day, year = whole(tokens[at], 1, 31), whole(tokens[at + 2], 1900, 2100)
        if day is not None and year is not None:
            end, stop = tokens[at + 2].end, at + 3
            return Written(name.start, end, stop, year, name.number, day, "gregorian", name.flag)
    return _with_year(tokens, name, name.start, None)


def _with_year(tokens: Sequence[Token], name: Month, start: int, day: int | None) -> Written:
    system = name.calendar
    at = name.stop
    if at < len(tokens) and tokens[at].kind == "word" and system == "hijri" and tokens[at].key == "المبارك":
        at += 1
    named = False
    if at < len(tokens) and tokens[at].text in ("،", ",", "/", "-", "\\"):
        at += 1
    if at < len(tokens) and tokens[at].key == "من":
        at += 1
    if at < len(tokens) and tokens[at].key in _YEAR_WORDS:
        at += 1
        named = True
    year = _year(tokens, at, system, named=named)
    if year is None:
        return Written(start, name.end, name.stop, None, name.number, day, system, name.flag)
    value, stop, system_of_year = year
    if system_of_year != system:
        # رمضان 2020: the month that falls in the Gregorian year. Its Hijri year, where there is one.
        converted = _hijri_year_of(name.number, value) if system == "hijri" else None
        if converted is None:
            return Written(start, name.end, name.stop, None, name.number, day, system, name.flag)
        value = converted
    return Written(start, tokens[stop - 1].end, stop, value, name.number, day, system, name.flag)


def _year(tokens: Sequence[Token], i: int, system: Calendar, *, named: bool) -> tuple[int, int, Calendar] | None:
    """A year at `i`: (year, index after it, its calendar)."""
    if i >= len(tokens):
        return None
    token = tokens[i]
    if token.kind == "word":
        words = numerals.read(tokens, i) if named or tokens[i].key.startswith(("الف", "الفين")) else None
        if words is None or words.digits or words.value != int(words.value) or not 1000 <= words.value <= 2100:
            return None
        return int(words.value), words.stop, "gregorian"
    value = whole(token, 1, 2999)
    if value is None:
        return None
    era, stop = _era(tokens, i + 1)
    if era == "hijri":
        return value, stop, "hijri"
    if value < 100:  # يوليو 52م
        if era == "gregorian" and len(token.key) == 2:
            return value + (2000 if value < 40 else 1900), stop, "gregorian"
        return None
    if system == "hijri" and 1300 <= value <= 1500:
        return value, stop, "hijri"
    return (value, stop, "gregorian") if 1000 <= value <= 2200 and len(token.key) == 4 else None


@lru_cache(maxsize=1024)
def _hijri_year_of(month_number: int, year: int) -> int | None:
    """The Hijri year whose month begins in a Gregorian year (the later one where two do)."""
    near = int((year - 622) * 33 / 32)
    for candidate in (near + 2, near + 1, near, near - 1):
        first = _hijri_day(candidate, month_number, 1)
        if first is not None and first.year == year:
            return candidate
    return None


_MORNING = frozenset({"ص", "صباحا", "am", "فجرا", "ضحي"})
_EVENING = frozenset({"م", "مساء", "مساءا", "pm", "عصرا"})
_NOON = frozenset({"ظهرا", "الظهر"})
_GREENWICH = frozenset({"gmt", "utc", "غرينتش", "غرينيتش", "جرينتش", "غرينتس"})


def read_date(text: str) -> datetime | date | None:
    """The full date in a line of prose, with its time of day where one stands beside it.

    Of several the first Gregorian one counts, else the first Hijri one. The time (10:35 م, 18:32) is naive unless
    the line says GMT, غرينتش or مكة. Only the first 2,000 characters are read.
    """
    tokens = tokenize(text[:2000])
    best: date | None = None
    hijri: date | None = None
    used: set[int] = set()
    i = 0
    while i < len(tokens):
        found = read(tokens, i)
        if found is not None and found.day is not None:
            days = found.days()
            if days is not None:
                used.update(range(i, found.stop))
                if found.calendar == "gregorian":
                    best = best or days[0]
                else:
                    hijri = hijri or days[0]
                i = found.stop
                continue
        i += 1
    day = best or hijri
    if day is None:
        return None
    clock = _clock(tokens, used)
    return day if clock is None else datetime(day.year, day.month, day.day, *clock[:3], tzinfo=clock[3])


def _clock(tokens: Sequence[Token], used: set[int]) -> tuple[int, int, int, timezone | None] | None:
    """The first time of day outside the tokens of a date: hour, minute, second and offset."""
    for i, token in enumerate(tokens):
        if i in used or i + 2 >= len(tokens) or tokens[i + 1].text != ":" or token.kind != "number":
            continue
        hour, minute, second = whole(token, 0, 24), whole(tokens[i + 2], 0, 59), 0
        if hour is None or minute is None or len(tokens[i + 2].key) != 2:
            continue
        at = i + 3
        if at + 1 < len(tokens) and tokens[at].text == ":":
            second = whole(tokens[at + 1], 0, 59) or 0
            at += 2
        # A م that a date follows is still the time's: its own م would stand behind the year.
        hour = _of_day(hour, tokens[at].key if at < len(tokens) else "")
        if hour > 23:
            continue
        return hour, minute, second, _zone(tokens, at)
    return None


def _of_day(hour: int, half: str) -> int:
    """The hour of the day, 0 to 24, that an hour with a word for its half of the day behind it is."""
    if half in _MORNING:
        return 0 if hour == 12 else hour
    if half == "ليلا":  # the night has both: 11 ليلا and 2 ليلا
        return 0 if hour == 12 else hour + 12 if 6 <= hour < 12 else hour
    if half in _NOON:  # 11:45 ظهرا, 1:30 ظهرا
        return hour + 12 if hour < 10 else hour
    return hour + 12 if half in _EVENING and hour < 12 else hour


def _zone(tokens: Sequence[Token], at: int) -> timezone | None:
    for i in range(at, min(at + 6, len(tokens))):
        name = tokens[i].key
        if name in _GREENWICH:
            sign = tokens[i + 1].text if i + 2 < len(tokens) else ""
            hours = whole(tokens[i + 2], 0, 14) if sign in ("+", "-") else None
            return timezone(timedelta(hours=(hours or 0) * (-1 if sign == "-" else 1)))
        if name == "مكه" or (name == "ت" and i + 1 < len(tokens) and tokens[i + 1].key == "م"):
            return timezone(timedelta(hours=3))
    return None
