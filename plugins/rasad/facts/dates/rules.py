"""Which kind of date a word may begin."""

from __future__ import annotations

from functools import lru_cache

from rasad.arabic import calendar, numerals
from rasad.arabic.text import CACHED_WORDS


@lru_cache(maxsize=CACHED_WORDS)
def rule(word_key: str) -> tuple[str, str, int] | None:
    """Which rule a word begins: (rule, the word without clitics, letters cut)."""
    found = numerals.find(word_key, _RULES)
    if found is not None:
        rule, cut = found
        return rule, ("ا" + word_key[cut:] if cut and word_key[cut - 1 :].startswith("لل") else word_key[cut:]), cut
    for rest, cut in numerals.forms(word_key):
        if calendar.weekday(rest) is not None:
            return "weekday", rest, cut
        decade = decade_of(rest)
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
    "يومي": "days",
    "بين": "between",
    "من": "between",
}

_DECADES = {
    stem: 10 * n for n, stem in enumerate(("عشرين", "ثلاثين", "اربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين"), 2)
}


def decade_of(word_key: str) -> int | None:
    """The decade of a century that الأربعينيات, ستينات and their like name."""
    word = word_key[2:] if word_key.startswith("ال") else word_key
    for ending in ("يات", "ات"):
        if word.endswith(ending) and word[: -len(ending)] in _DECADES:
            return _DECADES[word[: -len(ending)]]
    return None
