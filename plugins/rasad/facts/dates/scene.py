"""What the modules of dates share: a date found, the place where it is looked for, and the words of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from rasad.arabic import calendar
from rasad.arabic.text import CACHED_WORDS
from rasad.arabic.tokens import Token
from rasad.facts import nouns, wordlists
from rasad.facts.passage import Passage

Tense = Literal["past", "present", "future"]
Turn = Literal["last", "this", "next", "before last", "after next"]

WORDS = wordlists.load("date_words")
TURNS: dict[str, Turn] = {
    **dict.fromkeys(WORDS["last"], "last"),
    **dict.fromkeys(WORDS["this"], "this"),
    **dict.fromkeys(WORDS["next"], "next"),
}
STEPS: dict[Turn, int] = {"last": -1, "this": 0, "next": 1, "before last": -2, "after next": 2}
SAME = frozenset({"نفسه", "نفسها", "ذاته", "ذاتها"})
YEAR = frozenset({"عام", "العام", "سنه", "السنه"})
DASHES = frozenset("-–—/\\ـ")
OPEN = frozenset('([{«"“')
CLOSE = frozenset(')]}»"”')
STOPS = frozenset(".؟!?؛")
_MONEY = frozenset(
    {"ريال", "دولار", "جنيه", "درهم", "دينار", "يورو", "ليره", "ريالا", "دولارا", "جنيها", "درهما", "دينارا"}
)


@dataclass(frozen=True, slots=True)
class Mark:
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


class Scene:
    """The passage that is read; remembers the last year and month named, for العام نفسه, الشهر نفسه."""

    __slots__ = ("anchor", "last_month", "last_year", "people", "text", "tokens")

    def __init__(self, passage: Passage, anchor: date | None, people: Mapping[int, int]) -> None:
        self.text = passage.text
        self.tokens: Sequence[Token] = passage.tokens
        self.anchor = anchor  # the day of publication
        self.people = people  # names of persons: end → start
        self.last_year: Mark | None = None
        self.last_month: Mark | None = None


def turn_at(scene: Scene, i: int) -> tuple[Turn | None, int]:
    """الماضي, المقبل, قبل الماضي … at `i`, and the index after it."""
    if i >= len(scene.tokens):
        return None, i
    word = scene.tokens[i].key
    if word in ("قبل", "بعد") and i + 1 < len(scene.tokens):
        turn = TURNS.get(scene.tokens[i + 1].key)
        if word == "قبل" and turn == "last":
            return "before last", i + 2
        if word == "بعد" and turn == "next":
            return "after next", i + 2
    turn = TURNS.get(word)
    return turn, i + (turn is not None)


def newline(scene: Scene, at: int) -> bool:
    """Whether a line ends behind token `at`."""
    return "\n" in scene.text[scene.tokens[at].end : scene.tokens[at + 1].start]


def counts(scene: Scene, i: int) -> bool:
    """Whether the word at `i` is a noun that the number before it counts."""
    token = scene.tokens[i]
    if token.kind != "word":
        return token.text in "%٪$€£"
    found = nouns.noun(token.key)
    return (found is not None and not token.key.startswith("ال")) or (
        nouns.counted(token.key) and ("ً" in token.text or token.key in _MONEY)
    )


def hijri_now(scene: Scene) -> int:
    return int(((scene.anchor.year if scene.anchor else 2024) - 622) * 33 / 32)


def edtf(system: str, year: int, month: int | None, day: int | None, days: tuple[date, date]) -> str:
    """EDTF of a written date; a Hijri month or year is the interval of its Gregorian days."""
    if day is not None:
        return days[0].isoformat()
    if system == "hijri":
        return f"{days[0].isoformat()}/{days[1].isoformat()}"
    return f"{year:04d}" if month is None else f"{year:04d}-{month:02d}"


def era(tokens: Sequence[Token], i: int) -> tuple[calendar.Calendar | None, int]:
    if i < len(tokens):
        if tokens[i].key in ("ه", "هجري", "هجريه", "للهجره"):
            return "hijri", i + 1
        if tokens[i].key in ("م", "ميلادي", "ميلاديه", "للميلاد"):
            return "gregorian", i + 1
    return None, i


def shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


@lru_cache(maxsize=CACHED_WORDS)
def tense_of(word_key: str) -> Tense | None:
    word = word_key[1:] if word_key[:1] in ("و", "ف") and len(word_key) > 4 else word_key
    if word in WORDS["future"] or (
        len(word) > 4 and word[0] == "س" and word[1] in "يتن" and word not in WORDS["no_future"]
    ):
        return "future"
    if word in WORDS["present"]:
        return "present"
    return "past" if word in WORDS["past"] or word_key in WORDS["past"] else None


def tense(token: Token) -> Tense | None:
    """What one word says of the tense; سأعود is told from ساعد by its hamza, which keys do not keep."""
    word = token.text.lstrip("وف")
    return "future" if word.startswith("سأ") and not word.startswith("سأل") else tense_of(token.key)
