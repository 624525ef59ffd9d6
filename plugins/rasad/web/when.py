"""Times as feeds and sitemaps write them: RFC 822, ISO 8601, and Arabic prose."""

from __future__ import annotations

import contextlib
import re
from datetime import date, datetime, timedelta, timezone, tzinfo

from rasad.arabic import calendar

LIMIT = 100  # characters; longer text is no date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (  # English, then Egypt, the Levant and Iraq, the Maghreb; spelling variants fold below
            "jan january يناير كانون_الثاني جانفي",
            "feb february فبراير شباط فيفري",
            "mar march مارس اذار",
            "apr april ابريل نيسان افريل",
            "may مايو ايار ماي",
            "jun june يونيو حزيران جوان",
            "jul july يوليو تموز جويليه يوليوز",
            "aug august اغسطس اب اوت غشت",
            "sep sept september سبتمبر ايلول شتنبر",
            "oct october اكتوبر تشرين_الاول",
            "nov november نوفمبر تشرين_الثاني نونبر",
            "dec december ديسمبر كانون_الاول دجنبر",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {  # hours east; the names that Arabic newsrooms' software writes
    **dict.fromkeys(("z", "gmt", "utc", "ut", "wet", "غرينتش", "جرينتش"), 0.0),
    **dict.fromkeys(("cet", "bst", "west"), 1.0),
    **dict.fromkeys(("eet", "cest", "sast"), 2.0),
    **dict.fromkeys(("eest", "msk", "trt", "ast", "ksa", "مكه"), 3.0),  # AST is Arabia's here, not the Atlantic's
    "gst": 4.0,
    "edt": -4.0,
    **dict.fromkeys(("est", "cdt"), -5.0),
    **dict.fromkeys(("pdt", "mst"), -7.0),
    "pst": -8.0,
}
_FOLD = str.maketrans(
    {
        **dict.fromkeys("أإآ", "ا"),
        "ة": "ه",
        "،": " ",
        "ـ": None,
        **{chr(0x0660 + n): str(n) for n in range(10)},
        **{chr(0x06F0 + n): str(n) for n in range(10)},
        **{chr(c): None for c in (0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x064B, 0x0653))},
    }
)
_CLOCK = re.compile(r"(?:(?<!\d)|(?<=\dt))(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?!\d)")
_HALF = re.compile(r"(?<!\w)(am|pm|a\.m\.|p\.m\.|ص|م|صباحا|مساء|ظهرا|عصرا|فجرا|ليلا)(?!\w)")
_PHRASES = {"بعد الظهر": "م", "بعد منتصف الليل": "ص", "قبل الظهر": "ص", "منتصف الليل": "ص", "بعد العصر": "م"}
_PHRASE = re.compile("|".join(_PHRASES))
_OFFSET = re.compile(  # behind the clock: +03 at once, GMT+3, or +03:00 anywhere
    r"(?:^(?=[+-])|(?:^|\s)(?:gmt|utc)\s?(?=[+-])|(?:^|\s)(?=[+-]\d{2}:?\d{2}(?!\d)))"
    r"([+-])(0?\d|1[0-4])(?::?(\d{2}))?(?![\d-])"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)*")
_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)")


def read(text: str, zone: tzinfo) -> datetime | date | None:
    """The moment that a feed's date names, aware; a bare day where it gives no time; None where it names neither.

    A time without a zone is read in `zone`, the source's. Days of the week are ignored. Never raises.
    """
    if text[4:5] == "-" and text[10:11] in ("T", " "):  # the form that sitemaps have by the hundred thousand
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    text = " ".join(text[: LIMIT + 1].translate(_FOLD).lower().split())
    if not text or len(text) > LIMIT:
        return None
    text = _PHRASE.sub(lambda m: _PHRASES[m[0]], text)
    try:
        return _read(text, zone) or _prose(text, zone)
    except (ValueError, OverflowError):  # 31 February, 25 o'clock, an offset of a week
        return None


def _prose(text: str, zone: tzinfo) -> datetime | date | None:
    """What only whoever knows the language reads: Hijri dates, rarer spellings of months."""
    day = None if text.isascii() else calendar.read_date(text)
    return day.replace(tzinfo=day.tzinfo or zone) if isinstance(day, datetime) else day


def _read(text: str, zone: tzinfo) -> datetime | date | None:
    clock = _CLOCK.search(text)
    if not clock:
        return _day(text)
    before, after = text[: clock.start()], text[clock.end() :]
    offset = _OFFSET.search(after)
    day = _day(before + " " + (after[: offset.start()] + after[offset.end() :] if offset else after))
    if not day:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), min(int(clock[3] or 0), 59)
    if half := _HALF.search(after) or _HALF.search(before):
        hour = _hour(hour, half[1])
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(offset, after) or zone)


def _day(text: str) -> date | None:
    if match := _YEAR_FIRST.search(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.search(text):  # the day first, as all Arab countries write
        return date(int(match[3]), int(match[2]), int(match[1]))
    text = text.replace("كانون ال", "كانون_ال").replace("تشرين ال", "تشرين_ال")
    month = next((m for word in _WORD.finditer(text) if (m := _MONTHS.get(word[0]))), None)
    numbers = [int(n[0]) for n in _NUMBER.finditer(text)]
    days = [n for n in numbers if 1 <= n <= 31]
    if any(1300 < n < 1600 for n in numbers):  # a Hijri year, with its own day and month
        return None
    years = [n for n in numbers if n > 1000] or [2000 + n for n in days[1:2]]  # RFC 822's two digits: 10 Mar 26
    return date(years[0], month, days[0]) if month and days and years else None


def _hour(hour: int, half: str) -> int:
    if half in ("am", "a.m.", "ص", "صباحا", "فجرا"):
        return 0 if hour == 12 else hour
    if half == "ليلا":  # the night has both: 11 ليلا and 2 ليلا
        return 0 if hour == 12 else hour + 12 if 6 <= hour < 12 else hour
    return hour + 12 if hour < 12 else hour


def _zone(offset: re.Match[str] | None, after: str) -> tzinfo | None:
    if offset:
        delta = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-delta if offset[1] == "-" else delta)
    return next((timezone(timedelta(hours=_ZONES[w[0]])) for w in _WORD.finditer(after) if w[0] in _ZONES), None)
