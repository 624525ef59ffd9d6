"""Years, pairs of years, decades: عام 2015, العام الماضي, موسم 2014/2015, الستينات."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rasad.arabic import calendar, numerals
from rasad.facts import nouns
from rasad.facts.dates.rules import decade_of
from rasad.facts.dates.scene import (
    DASHES,
    OPEN,
    SAME,
    STEPS,
    WORDS,
    YEAR,
    Mark,
    Scene,
    Turn,
    counts,
    edtf,
    era,
    hijri_now,
    turn_at,
)

_TWO_YEARS = frozenset({"عامي", "سنتي"})
_BEFORE_YEAR = dict.fromkeys(WORDS["before_month"] | WORDS["before_year"], True)


def year_at(scene: Scene, i: int, word: str, start: int, *, between: bool = False) -> Mark | None:
    """عام 2015, العام 2014-2015, عام 1434 هـ, العام الماضي, العام نفسه, موسم 2014/2015."""
    tokens = scene.tokens
    at = i + 1
    season = word in ("موسم", "الموسم")
    if at >= len(tokens):
        return None
    if word in YEAR and word.startswith("ال"):
        named = year_named(scene, i, start)
        if named is not None:
            return named
    if season and tokens[at].text == "-":
        at += 1
    if at < len(tokens) and tokens[at].key in ("الدراسي", "الهجري", "الميلادي", "الجامعي", "المالي"):
        at += 1
    if at < len(tokens) and tokens[at].text in OPEN:
        at += 1
    return years_at(scene, at, start, between=between, season=season, word=word)


def years_at(scene: Scene, at: int, start: int, *, between: bool, season: bool, word: str) -> Mark | None:
    tokens = scene.tokens
    if at >= len(tokens):
        return None
    if tokens[at].kind == "word":
        words = numerals.read(tokens, at)
        if words is None or words.digits or not 1000 <= words.value <= 2100 or words.vague or season:
            return None
        if words.stop < len(tokens) and counts(scene, words.stop):
            return None
        year = int(words.value)
        return Mark(start, words.end, words.stop, str(year), date(year, 1, 1), date(year, 12, 31))
    pair = pair_at(scene, at, start, loose=season or between or word in _TWO_YEARS, between=between)
    if pair is not None or season:
        return pair
    value = calendar.whole(tokens[at], 1, 2999)
    if value is None:
        return None
    system, stop = era(tokens, at + 1)
    if system is None:
        if len(tokens[at].key) < 4:
            return None
        system = "hijri" if 1300 <= value <= hijri_now(scene) + 10 else "gregorian"
    elif system == "gregorian" and value < 100:
        value += 2000 if value < 40 else 1900
    days = calendar.span(system, value)
    if days is None or (system == "gregorian" and not 500 <= value <= 2200):
        return None
    value_text = edtf(system, value, None, None, days)
    return Mark(start, tokens[stop - 1].end, stop, value_text, *days, system)


def pair_at(scene: Scene, at: int, start: int, *, loose: bool, between: bool = False) -> Mark | None:
    """2014-2015, 2015/2014, 2014/15, 1436-1437هـ; `loose`: also with a space or و between."""
    tokens = scene.tokens
    if at + 1 >= len(tokens):
        return None
    first = calendar.whole(tokens[at], 1000, 2200)
    if first is None:
        return None
    dash = tokens[at + 1].text in DASHES
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
    system, stop = era(tokens, other + 1)
    if (
        stop < len(tokens)
        and tokens[stop].text in DASHES
        and stop + 1 < len(tokens)
        and tokens[stop + 1].kind == "number"
    ):
        return None
    if system is None:
        system = "hijri" if low >= 1350 and high <= hijri_now(scene) + 10 else "gregorian"
    if low == high or high - low > (100 if between or first < second else 1) or low < 1000:
        return None
    if system == "gregorian" and low < 1500:
        return None
    begin, finish = calendar.span(system, low), calendar.span(system, high)
    if begin is None or finish is None:
        return None
    value = f"{low}/{high}" if system == "gregorian" else f"{begin[0].isoformat()}/{finish[1].isoformat()}"
    return Mark(start, tokens[stop - 1].end, stop, value, begin[0], finish[1], system)


def year_named(scene: Scene, i: int, start: int) -> Mark | None:
    """العام الماضي, العام الماضي 1435 هـ, العام قبل الماضي, العام نفسه."""
    tokens = scene.tokens
    if tokens[i + 1].key in SAME:
        known = scene.last_year
        if known is None:
            return None
        return replace(known, start=start, end=tokens[i + 1].end, stop=i + 2, relative=True, flag=None)
    turn, stop = turn_at(scene, i + 1)
    if turn is None:
        return None
    written = years_at(scene, stop, start, between=False, season=False, word="العام") if stop < len(tokens) else None
    if written is not None and (tokens[stop].kind == "number"):
        return written
    return year_turned(scene, start, tokens[stop - 1].end, stop, turn)


def year_turned(scene: Scene, start: int, end: int, stop: int, turn: Turn) -> Mark | None:
    if scene.anchor is None:
        return None
    year = scene.anchor.year + STEPS[turn]
    return Mark(start, end, stop, f"{year:04d}", date(year, 1, 1), date(year, 12, 31), relative=True)


def bare_year(scene: Scene, i: int) -> Mark | None:
    """في 2014, مواليد 1989, a title's 2017; also 1436هـ and 2014-2015."""
    tokens = scene.tokens
    token = tokens[i]
    value = calendar.whole(token, 1000, 2200)
    if value is None or len(token.key) != 4:
        return None
    before = tokens[i - 1] if i else None
    attached = before is not None and before.end == token.start
    if before is not None and (
        before.text in ("/", "\\", ":", "#", "+", "$", "€", "£") or before.key in WORDS["numbered"]
    ):
        return None
    if before is not None and attached and before.text in ("-", "_", "@", "–"):
        return None
    pair = pair_at(scene, i, token.start, loose=False)
    if pair is not None and (pair.calendar == "hijri" or 1900 <= value <= 2100):
        return pair
    system, stop = era(tokens, i + 1)
    if system == "hijri":
        days = calendar.span("hijri", value)
        if days is None:
            return None
        return Mark(token.start, tokens[stop - 1].end, stop, edtf(system, value, None, None, days), *days, "hijri")
    if not 1800 <= value <= 2100:
        return None
    if system is None:
        if i + 1 < len(tokens):
            after = tokens[i + 1]
            if counts(scene, i + 1) or (
                after.text in ("%", "٪", ":", "$", "€", "@", "/", "\\", "_") and after.start == token.end
            ):
                return None
            scale = numerals.read(tokens, i)
            if scale is not None and (scale.stop != i + 1 or not scale.plain):
                return None
        cue = before is not None and numerals.find(before.key, _BEFORE_YEAR) is not None
        now = scene.anchor.year if scene.anchor else 2030
        if not cue and not (1950 <= value <= now + 15 and year_stands(scene, i)):
            return None
    return Mark(token.start, tokens[stop - 1].end, stop, str(value), date(value, 1, 1), date(value, 12, 31))


def year_stands(scene: Scene, i: int) -> bool:
    """Whether four digits without a cue still read as a year: after a word, and nothing counted behind them."""
    before, after = (scene.tokens[i - 1] if i else None), (scene.tokens[i + 1] if i + 1 < len(scene.tokens) else None)
    if before is None or (before.kind != "word" and before.text not in '(«"“'):
        return False
    if before.key in WORDS["counting"] or before.key.isascii():
        return False
    return after is None or after.kind == "mark" or not nouns.counted(after.key)


def decade_at(scene: Scene, i: int, word: str, start: int) -> Mark | None:
    """الأربعينيات, ستينات القرن الماضي."""
    tokens = scene.tokens
    decade = decade_of(word)
    if decade is None:
        return None
    at, century = i + 1, 1900
    if at < len(tokens) and tokens[at].key in ("الميلاديه", "الميلادي"):
        at += 1
    said = (
        at + 1 < len(tokens) and tokens[at].key in ("القرن", "من") and "القرن" in (tokens[at].key, tokens[at + 1].key)
    )
    if said:
        at += 1 + (tokens[at].key == "من")
        after = tokens[at].key if at < len(tokens) else ""
        if after == "الماضي" or after == "العشرين":
            century, at = (1900 if scene.anchor is None or scene.anchor.year >= 2000 else 1800), at + 1
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
    return Mark(start, tokens[at - 1].end, at, f"{year}/{year + 9}", date(year, 1, 1), date(year + 9, 12, 31))
