"""How many or how much of what: counts, money, percentages, measures.

The span runs from the first modifier (نحو, أكثر من) to the unit, the noun that is counted, without its adjectives
and without a clitic before it. A dual counts as two, عشرات as at least ten, عدة مئات as at least a hundred. A number
without a noun, an ordinal, a time of day, the result of a match, a telephone, a year are none; nor is what
`rasad.facts.dates` reads as a date.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rasad.arabic import calendar, numerals
from rasad.arabic.lexicon import commonness
from rasad.arabic.text import CACHED_WORDS, key, keys
from rasad.arabic.tokens import Token
from rasad.facts import dates, measures, money, nouns, wordlists
from rasad.facts.passage import Passage, Reading
from rasad.model import DateFact, Mention, Quantity

KIND = "quantity"
VERSION = "4"

Kind = Literal["count", "money", "percent", "measure"]
Comparator = Literal["=", "<", "<=", ">", ">=", "~"]

_WORDS = wordlists.load("quantity_words")
_OPEN, _CLOSE = frozenset('([«"“{'), frozenset(')]»"”}')
_PERCENT_SIGNS = frozenset("%٪")
_PERCENT_WORDS = frozenset({"بالميه", "بالمايه", "باميه"})
_HUNDRED = frozenset({"الميه", "المايه"})
_DASHES = frozenset("-–—ـ")
_ONE = frozenset({"واحد", "واحده", "واحدا"})
_SQUARES = frozenset({"مربع", "مكعب"})
_PER = {"الساعه": "الساعة", "ساعه": "الساعة", "س": "الساعة", "الثانيه": "الثانية", "ثانيه": "الثانية"}
_SHORT_LENGTHS = {"م": "متر", "كم": "كيلومتر", "كلم": "كيلومتر", "سم": "سنتيمتر"}
_POWERS = {"2": "مربع", "3": "مكعب"}
_TWO = frozenset({"اثنين", "اثنان", "اثنتين", "اثنتان"})
_CASES = ("إصابة", "مصاب")
_CASE_WORDS = keys("إصابة إصابات الإصابة الإصابات مصاب مصابا المصابين مصابين")
_ILL = frozenset(f"{joined}{word}" for word in _WORDS["illness"] for joined in ("ب", "بال"))
_STOPS = frozenset(".؟!?؛\n")
_ROLE_OF = {word: role for role in ("killed", "injured", "detained", "missing", "displaced") for word in _WORDS[role]}


@lru_cache(maxsize=1)
def _comparators() -> dict[str, tuple[tuple[tuple[str, ...], Comparator], ...]]:
    """By their last word: phrases as folded words, the longest first."""
    rows: dict[str, list[tuple[tuple[str, ...], Comparator]]] = {}
    lines = (Path(__file__).parent / "data" / "comparators.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            sign, phrase = line.split("\t")
            words = tuple(key(phrase).split())
            rows.setdefault(words[-1], []).append((words, sign))  # type: ignore[arg-type]
    return {last: tuple(sorted(found, key=lambda row: -len(row[0]))) for last, found in rows.items()}


@dataclass(frozen=True, slots=True)
class _Unit:
    """What stands behind a number, or in front of it: `stop` is the index of the token after it."""

    kind: Kind
    start: int
    end: int
    stop: int
    text: str | None = None
    group: str | None = None
    currency: str | None = None
    role: str | None = None
    known: bool = True
    part: float = 1.0  # of the currency: a cent is 0.01

    @property
    def measured_in(self) -> tuple[object, ...]:
        """What two ends of a range share."""
        return self.kind, self.currency, self.part, self.group if self.kind == "measure" else None


@dataclass(frozen=True, slots=True)
class _Found:
    """A quantity before it becomes a fact."""

    start: int
    end: int
    stop: int
    value: float
    unit: _Unit
    comparator: Comparator = "="
    value_max: float | None = None


def extract(reading: Reading) -> tuple[Quantity, ...]:
    """Every quantity of the title and the body, the title's first, each in order of its place."""
    known = reading.of_kind(dates.KIND, DateFact) if dates.KIND in reading.found else dates.extract(reading)
    country = reading.article.country
    return tuple(
        fact
        for passage in (reading.title, reading.body)
        for fact in _Scan(
            passage,
            tuple(d for d in known if d.field == passage.field),
            tuple(sorted((m.start, m.end) for m in reading.of_kind("entity", Mention, passage))),
            country,
        ).facts()
    )


class _Scan:
    """One pass over the tokens of a passage."""

    __slots__ = ("_infection", "_named", "country", "dates", "names", "passage", "tokens")

    def __init__(
        self,
        passage: Passage,
        known: tuple[DateFact, ...],
        names: tuple[tuple[int, int], ...],
        country: str | None,
    ) -> None:
        self.passage = passage
        self.tokens: Sequence[Token] = passage.tokens
        self.dates = known
        self.names = names  # where names stand
        self.country = country
        self._named: Counter[str] | None = None
        self._infection: bool | None = None

    def facts(self) -> list[Quantity]:
        out: list[Quantity] = []
        tokens, i, at = self.tokens, 0, 0
        while i < len(tokens):
            token = tokens[i]
            while at < len(self.dates) and self.dates[at].end <= token.start:
                at += 1
            if at < len(self.dates) and self.dates[at].start < token.end:
                i += 1
                continue
            found = self._at(i)
            if found is None:
                i += 1
                continue
            if at < len(self.dates) and found.end > self.dates[at].start:
                i += 1
                continue
            out.append(self._fact(i, found))
            i = max(found.stop, i + 1)
        return out

    def _fact(self, i: int, found: _Found) -> Quantity:
        unit = found.unit
        si = measures.measure(unit.group) if unit.kind == "measure" and unit.group else None
        return Quantity(
            found.start,
            found.end,
            self.passage.text[found.start : found.end],
            kind=unit.kind,
            value=found.value,
            comparator=found.comparator,
            value_max=found.value_max,
            unit=unit.text,
            unit_key=unit.group,
            currency=unit.currency,
            role=self._role(i, found),
            si_value=None if si is None else si.of(found.value),
            si_unit=None if si is None else si.symbol,
            field=self.passage.field,
            confidence=1.0 if unit.known else 0.8,
        )

    def _at(self, i: int) -> _Found | None:
        token = self.tokens[i]
        if token.kind == "mark":
            return self._symbol_first(i) if token.text in money.SYMBOLS or token.text in _PERCENT_SIGNS else None
        number = numerals.read(self.tokens, i)
        if number is not None:
            return self._number(i, number)
        return self._noun_first(i) if token.kind == "word" else None

    # A number and what follows it

    def _number(self, i: int, number: numerals.Number) -> _Found | None:
        if self._no_quantity(i, number):
            return None
        if (number.definite or (i and self.tokens[i - 1].key == "ال")) and not number.vague and not number.scaled:
            behind = self._counted_before(i, number)
            if behind is not None:
                return behind
        span = self._range(i, number)
        if span is not None:
            return span
        if self._scored(i, number):
            return None
        number = self._bracketed(i, number)
        unit = self._unit(number.stop, number)
        if unit is None:
            return self._counted_before(i, number)
        if self._result(i, number, unit):
            return None
        return self._complete(i, number.start, number.value, unit, vague=number.vague)

    def _complete(self, i: int, start: int, value: float, unit: _Unit, *, vague: bool = False) -> _Found:
        """Modifiers before and behind, and ونصف behind the unit."""
        stop, end = unit.stop, unit.end
        half = self._half(stop, unit)
        if half is not None:
            share, stop = half
            value, end = value + share, self.tokens[stop - 1].end
        before = self._before(i)
        comparator: Comparator = ">=" if vague else "="
        if before is not None:
            start = min(start, before[1])
            comparator = comparator if vague and before[0] in ("=", "~") else before[0]
        else:
            start = self._opened(i, start, unit)
        if comparator == "=" or (vague and before is None):
            behind = self._behind(stop)
            if behind is not None:
                comparator, tail = behind
                if tail is not None:
                    stop, end = tail, self.tokens[tail - 1].end
        return _Found(start, end, stop, round(value * unit.part, 6), unit, comparator)

    def _opened(self, i: int, start: int, unit: _Unit) -> int:
        """(5) أشخاص, (7 ملايين) ريال: the bracket belongs to a number that stands in brackets alone."""
        before = self.tokens[i - 1] if i else None
        closed = any(t.text in _CLOSE and t.end <= unit.start for t in self.tokens[i + 1 : i + 3])
        return before.start if before is not None and before.text in _OPEN and closed else start

    def _no_quantity(self, i: int, number: numerals.Number) -> bool:
        """Numbers that number, tell the time or name: رقم 7, 10:30, الحادية عشرة, 5+1."""
        tokens = self.tokens
        before = tokens[i - 1] if i else None
        after = tokens[number.stop] if number.stop < len(tokens) else None
        if number.digits:
            if (
                after is not None
                and after.text in ":/+\\_@#"
                and after.start == number.end
                and self._is_number(number.stop + 1)
            ):
                return True
            if (
                before is not None
                and before.text in ":/+\\_@#."
                and before.end == tokens[i].start
                and self._is_number(i - 2)
            ):
                return True
            if before is not None and before.end == tokens[i].start and before.kind == "word" and before.key.isascii():
                return True
            if after is not None and after.start == number.end and after.kind == "word" and after.key.isascii():
                return nouns.noun(after.key) is None
        elif number.value == 1:
            return not self._percent(number.stop)
        at = i - 1
        while at >= 0 and at > i - 3 and (tokens[at].text in "([" or tokens[at].key == "ال"):
            at -= 1
        if at >= 0 and tokens[at].kind == "word":
            if number.value < 60 and after is not None and after.key in _MINUTES and self._told_time(at):
                return True
            if numerals.find(tokens[at].key, _NUMBERED) is not None:
                # "المجموعة 3 نقاط" is rare, "المادة 5 من" is not; yet a percentage is never a name
                return not self._percent(number.stop)
            if not number.digits and calendar.read_ordinal(tokens, at) is not None and self._ends_ordinal(at, i):
                return True
        if before is not None and before.text in _OPEN and before.text not in "([":
            near = {tokens[k].key for k in range(max(0, i - 4), i - 1)}
            return bool(near & _WORDS["works"])
        return False

    def _percent(self, i: int) -> bool:
        """Whether a percentage ends at token `i`: %, في المئة."""
        unit = self._unit(i, None)
        return unit is not None and unit.kind == "percent"

    def _told_time(self, at: int) -> bool:
        """الساعة الثانية و55 دقيقة."""
        return any(self.tokens[k].key.endswith("الساعه") for k in range(max(0, at - 3), at + 1))

    def _scored(self, i: int, number: numerals.Number) -> bool:
        """2-1: figures that a hyphen ties to others and that are no range."""
        tokens = self.tokens
        if not number.digits:
            return False
        before = i > 1 and tokens[i - 1].text in _DASHES and tokens[i - 1].end == tokens[i].start
        after = number.stop < len(tokens) and tokens[number.stop].text in _DASHES
        return (before and self._is_number(i - 2) and tokens[i - 2].end == tokens[i - 1].start) or (
            after and tokens[number.stop].start == number.end and self._is_number(number.stop + 1)
        )

    def _bracketed(self, i: int, number: numerals.Number) -> numerals.Number:
        """(100) ألف: a scale outside the brackets of its number."""
        tokens, at = self.tokens, number.stop
        if not (number.digits and i and tokens[i - 1].text == "(" and at + 1 < len(tokens) and tokens[at].text == ")"):
            return number
        scale = numerals.read(tokens, at + 1)
        if scale is None or not scale.scaled or scale.value not in (1e3, 1e6, 1e9) or tokens[at + 1].kind != "word":
            return number
        return replace(number, value=number.value * scale.value, end=scale.end, stop=scale.stop, scaled=True)

    def _ends_ordinal(self, at: int, i: int) -> bool:
        ordinal = calendar.read_ordinal(self.tokens, at)
        return ordinal is not None and (
            ordinal[2] > i or self.tokens[i].key in _TENTH or self.tokens[i].key.startswith("وال")
        )

    def _is_number(self, i: int) -> bool:
        return 0 <= i < len(self.tokens) and self.tokens[i].kind == "number"

    def _result(self, i: int, number: numerals.Number | None, unit: _Unit) -> bool:
        """بثلاثة أهداف لهدفين: the result of a match."""
        if unit.group not in ("هدف", "مجموعة", "شوط"):
            return False
        tokens = self.tokens
        behind = {tokens[at].key for at in range(unit.stop, min(unit.stop + 3, len(tokens)))}
        before = {tokens[at].key for at in range(max(0, i - 2), i)}
        return bool(behind & _WORDS["reply"]) or "مقابل" in before or tokens[i].key.startswith("ل")

    def _range(self, i: int, number: numerals.Number) -> _Found | None:
        """من 10 إلى 20 رجلا, بين 3% و5%, 10-15 شخصا."""
        tokens = self.tokens
        if number.vague or number.fraction:
            return None
        opened = tokens[i - 1].key if i else ""
        between = opened == "بين"
        start = number.start
        if opened == "من" or between:
            start = tokens[i - 1].start
            if between and i > 1 and tokens[i - 2].key == "ما":
                start = tokens[i - 2].start
        first_unit = self._unit(number.stop, number)
        for at, unit in ((number.stop, None), (first_unit.stop if first_unit else -1, first_unit)):
            if not 0 < at < len(tokens) - 1:
                continue
            sign = tokens[at]
            joined = sign.key in ("الي", "حتي", "او") or (sign.text in _DASHES and unit is None)
            if sign.key == "و" and between:
                joined = True
            other = at + 1 if joined else at
            if not joined and not (between and sign.kind == "word" and sign.key.startswith("و")):
                continue
            second = numerals.read(tokens, other)
            if second is None or second.vague or second.fraction:
                continue
            low = number.value
            if second.scaled and not number.scaled and number.value < 1000 and unit is None:
                # 3 إلى 5 ملايين: the scale is said once
                scale = self._scale(second)
                low = low * scale if low < second.value / scale else low
            second_unit = self._unit(second.stop, second)
            if second_unit is None or low >= second.value:
                continue
            if unit is not None and unit.measured_in != second_unit.measured_in:
                continue
            if opened == "من" and sign.text not in _DASHES and self._changes(i):
                return None
            found = self._complete(i, start, low, second_unit)
            return replace(found, value_max=round(second.value * found.unit.part, 6))
        return None

    def _scale(self, number: numerals.Number) -> float:
        """The scale that a number ends with."""
        scale = numerals.scale(self.tokens[number.stop - 1].key)
        last = numerals.read(self.tokens, number.stop - 1) if scale is None else None
        return scale or (1.0 if last is None else last.value)

    def _changes(self, i: int) -> bool:
        """ارتفع من 3% إلى 5%: two figures."""
        for at in range(i - 2, max(-1, i - 12), -1):
            if self.tokens[at].text in _STOPS or self.tokens[at].key.endswith("تراوح"):  # تتراوح من 3 إلى 5
                return False
            if numerals.find(self.tokens[at].key, _CHANGE) is not None:
                return True
        return False

    # Units

    def _unit(self, i: int, number: numerals.Number | None) -> _Unit | None:
        """The unit that begins at token `i`, behind a number."""
        tokens = self.tokens
        if 1 < i < len(tokens) and tokens[i].text in _CLOSE and number is not None:
            i += any(t.text in _OPEN for t in tokens[max(0, i - 3) : i - 1])  # (1 تريليون) ريال
        if i >= len(tokens):
            return None
        token = tokens[i]
        if token.text in _PERCENT_SIGNS or token.key in _PERCENT_WORDS:
            return _Unit("percent", token.start, token.end, i + 1)
        if token.key in ("في", "من") and i + 1 < len(tokens) and tokens[i + 1].key in _HUNDRED:
            return _Unit("percent", token.start, tokens[i + 1].end, i + 2)
        if token.text in money.SYMBOLS:
            return _Unit("money", token.start, token.end, i + 1, currency=money.SYMBOLS[token.text])
        if token.kind != "word" or number is None:
            return None
        squared = self._squared(i)
        if squared is not None:
            return squared
        if self._opens_name(token) or self._leaves_title(i):
            return None
        if token.key == "من" and i + 1 < len(tokens):
            return None if number.definite and not number.vague else self._of(i + 1, number)
        if token.key in ("نقطه", "نقاط") and i + 1 < len(tokens) and tokens[i + 1].key == "ميويه":
            return _Unit("percent", token.start, tokens[i + 1].end, i + 2, f"{token.text} {tokens[i + 1].text}")
        cash = money.currency(token.key)
        if cash is not None and (number.vague or number.fraction or not token.key.startswith("ال")):
            return self._money(i, cash)
        if nouns.articled(token.key):
            known = nouns.noun(token.key)
            if number.vague and not number.definite:
                return self._noun(i)
            if number.fraction and known is not None and known.kind not in ("person", "thing"):
                return self._noun(i)
            return None
        if number.fraction:
            known = nouns.noun(token.key)
            return self._noun(i) if known is not None and known.kind not in ("person", "thing") else None
        if not nouns.counted(token.key) or numerals.read(tokens, i) is not None:
            return self._others(i)
        if number.value == 1000 and token.key in _WORDS["wishes"] and not number.digits:
            return None
        known = nouns.noun(token.key)
        if known is not None and known.dual:
            return None
        if known is None and number.definite and not number.vague:
            return None
        return self._noun(i)

    def _squared(self, i: int) -> _Unit | None:
        """300 م2, 40 كم²: a short unit of length with its power, in the same token or in the next."""
        tokens = self.tokens
        token = tokens[i]
        short, power, stop = token.key[:-1], token.key[-1:], i + 1
        if token.key in _SHORT_LENGTHS and stop < len(tokens) and tokens[stop].start == token.end:
            short, power, stop = token.key, tokens[stop].key, stop + 1
        if short not in _SHORT_LENGTHS or power not in _POWERS:
            return None
        end = tokens[stop - 1].end
        group = f"{_SHORT_LENGTHS[short]} {_POWERS[power]}"
        return _Unit("measure", token.start, end, stop, self.passage.text[token.start : end], group, known=True)

    def _opens_name(self, token: Token) -> bool:
        """Whether a name begins with a token: مهرجان التسوق الـ17 | إبراهيم بن محمد."""
        at = bisect_right(self.names, (token.start, len(self.passage.text))) - 1
        named = at >= 0 and self.names[at][0] == token.start
        return named and nouns.noun(token.key) is None and money.currency(token.key) is None

    def _leaves_title(self, i: int) -> bool:
        """Whether the number before token `i` ends a title in marks: «جنيف 1» كإطار."""
        tokens = self.tokens
        closed = tokens[i - 1].text in _CLOSE and tokens[i - 1].text != ")"
        return closed and not any(t.text in _OPEN for t in tokens[max(0, i - 3) : i - 1])

    def _others(self, i: int) -> _Unit | None:
        """ثلاثة آخرين: three others."""
        token = self.tokens[i]
        if token.key in ("اخرين", "اخرون", "اخريات"):
            return _Unit("count", token.start, token.end, i + 1, token.text, "آخر")
        return None

    def _of(self, i: int, number: numerals.Number) -> _Unit | None:
        """خمسة من رموز, العشرات من المدنيين, ثلاثة من زملائهم."""
        token = self.tokens[i]
        if token.kind != "word" or token.key in _WORDS["not_of"]:
            return None
        if token.key.endswith(("هم", "ها", "هما")):  # من منازلهم: out of their houses; only people are counted so
            own = nouns.own_people(token.key)
            return None if own is None else replace(self._noun(i), group=own.lemma, role=own.role, known=True)
        cash = money.currency(token.key)
        if cash is not None:
            return self._money(i, cash)
        known = nouns.noun(token.key)
        plural = known is not None and (known.plural or known.lemma == "قوة")
        if token.key.startswith("ال"):
            # 2017 من المنظمة: of digits, only a plural that is known to be counted
            return self._noun(i) if (plural or not number.digits or number.vague or self._looks_plural(token)) else None
        if plural or number.vague or (not number.digits and nouns.counted(token.key)):
            return self._noun(i)
        return None

    def _looks_plural(self, token: Token) -> bool:
        return token.key.endswith(("ين", "ات")) and len(token.key) > 5

    def _money(self, i: int, cash: money.Currency) -> _Unit:
        tokens = self.tokens
        stop = i + 1
        code = None
        if stop < len(tokens) and tokens[stop].kind == "word":
            code = money.by_adjective(cash, tokens[stop].key)
            stop += code is not None
        if code is None:
            if self._named is None:
                self._named = money.countries(tokens)
            code = money.implied(cash, self.country, self._named)
        unit = self.passage.text[tokens[i].start : tokens[stop - 1].end]
        return _Unit("money", tokens[i].start, tokens[stop - 1].end, stop, unit, currency=code, part=cash.part)

    def _noun(self, i: int) -> _Unit:
        tokens = self.tokens
        token = tokens[i]
        known = nouns.noun(token.key)
        group = nouns.group(token)
        kind: Kind = "count" if known is None or known.kind in ("person", "thing") else "measure"
        stop = i + 1
        if kind == "measure" and stop < len(tokens):
            if tokens[stop].key in _WORDS["compound"]:
                group = f"{group} {_compounded(tokens[stop].key)}"
                stop += 1
                if stop < len(tokens) and (tokens[stop].key.removesuffix("ا") in _SQUARES):  # كيلو متر مربع
                    group = f"{group} {tokens[stop].key.removesuffix('ا')}"
                    stop += 1
            per = self._per(stop) if known is not None and known.kind == "length" else None
            if per is not None:
                group, stop = f"{group} في {per[0]}", per[1]
        text = self.passage.text[token.start : tokens[stop - 1].end]
        role = known.role if known is not None else None
        return _Unit(kind, token.start, tokens[stop - 1].end, stop, text, group, None, role, known is not None)

    def _per(self, i: int) -> tuple[str, int] | None:
        """في الساعة, بالساعة, /ساعة, في الثانية behind a length: (the unit of time, index after it)."""
        tokens = self.tokens
        if i >= len(tokens):
            return None
        if tokens[i].key == "بالساعه":
            return "الساعة", i + 1
        if i + 1 < len(tokens) and (tokens[i].key == "في" or tokens[i].text == "/"):
            unit = _PER.get(tokens[i + 1].key)
            return None if unit is None else (unit, i + 2)
        return None

    # A noun that carries its own number, or comes before it

    def _noun_first(self, i: int) -> _Found | None:
        token = self.tokens[i]
        if i + 1 < len(self.tokens) and self.tokens[i + 1].key in _ONE:
            return self._single(i)
        if i + 1 < len(self.tokens) and self.tokens[i + 1].key in _TWO:
            return self._pair(i)
        reading = _shape(token.key)
        if reading is None:
            return None
        shape, cut = reading
        start = numerals.offset(token, cut)
        if shape == "single":
            return self._alone_and_half(i, start)
        # أبنية (buildings) folds like ابنيه (his two sons)
        if not self._dual_counts(i, shape, cut) or (shape == "own" and token.text.endswith("ة")):
            return None
        word = token.key[cut:]
        known = nouns.noun(word)
        cash = money.currency(word)
        kind: Kind = "count" if known is None or known.kind in ("person", "thing") else "measure"
        text = self.passage.text[start : token.end]
        group = known.lemma if known is not None else nouns.group(token)
        unit = _Unit(kind, start, token.end, i + 1, text, group, None, known.role if known else None, known is not None)
        if cash is not None:
            paid = self._money(i, cash)
            unit = replace(paid, start=start)
        if self._result(i, None, unit):
            return None
        return self._complete(i, start, 2.0, unit)

    def _dual_counts(self, i: int, shape: str, cut: int) -> bool:
        tokens = self.tokens
        before = tokens[i - 1] if i else None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if shape in ("usual", "ending") and self._in_name(tokens[i]):
            return False
        if before is not None and before.kind == "word":
            if shape == "ending" and cut:
                return False
            if shape == "usual" and nouns.plural(before.key):
                return False  # its adjective: رجال مخضرمين
            if before.key in _POINTING or (numerals.find(before.key, _NUMBERED) is not None and shape != "free"):
                return False
            previous = _shape(before.key)
            # Of two duals the second is the adjective: ورقتين علميتين.
            second = shape == "usual" or not tokens[i].key.startswith("و")
            if previous is not None and previous[0] in ("free", "usual", "ending") and second:
                return False
            if shape in ("usual", "ending") and (_like_a_dual(before.key) or before.key in ("هما", "وهما", "كانتا")):
                return False
        if shape == "construct":
            # حركتي حماس والجهاد names two; قذيفتي هاون counts two; زوجتي is one's own.
            if after is None or after.kind != "word":
                return False
            if not after.key.startswith("ال") and not nouns.counted(after.key):
                return False
            for at in range(i + 2, min(i + 6, len(tokens))):
                if tokens[at].kind == "mark":
                    break
                if tokens[at].key.startswith("و"):
                    return False
        return True

    def _in_name(self, token: Token) -> bool:
        """Whether a token belongs to a name: فلان حسنين."""
        at = bisect_right(self.names, (token.end, 0)) - 1
        return at >= 0 and self.names[at][1] >= token.end

    def _single(self, i: int) -> _Found | None:
        """ليلة واحدة, شخص واحد, بند واحد; not مسافة واحدة, the same distance."""
        tokens = self.tokens
        number = numerals.read(tokens, i + 1)
        noun = nouns.single(tokens[i].key, feminine=tokens[i + 1].key.endswith("ه"))
        if noun is None or number is None or number.value != 1 or number.stop != i + 2:
            return None
        known, cut = noun
        before = tokens[i - 1].key if i and tokens[i - 1].kind == "word" else ""
        if before and (nouns.one_and_the_same(before) or nouns.adjective_behind(tokens[i].key[cut:], before)):
            return None
        start = numerals.offset(tokens[i], cut)
        text = self.passage.text[start : tokens[i].end]
        unit = self._noun(i)
        if known is not None:
            kind: Kind = "count" if known.kind in ("person", "thing") else "measure"
            unit = replace(unit, kind=kind, group=known.lemma, role=known.role, known=True)
        unit = replace(unit, start=start, text=text, end=tokens[i + 1].end, stop=i + 2)
        return self._complete(i, start, 1.0, unit)

    def _pair(self, i: int) -> _Found | None:
        """مدنيين اثنين, امرأتان اثنتان: a dual that its number stresses."""
        token = self.tokens[i]
        cut = next((cut for rest, cut in numerals.forms(token.key) if cut and nouns.noun(rest) is not None), 0)
        if (
            len(token.key) - cut < 4
            or not token.key.endswith(("ين", "ان"))
            or nouns.articled(token.key[cut:])
            or self._in_name(token)
        ):
            return None
        start, behind = numerals.offset(token, cut), self.tokens[i + 1]
        text = self.passage.text[start : token.end]
        unit = replace(self._noun(i), start=start, text=text, end=behind.end, stop=i + 2)
        return self._complete(i, start, 2.0, unit)

    def _alone_and_half(self, i: int, start: int) -> _Found | None:
        """ساعة ونصف, طن ونصف الطن."""
        unit = self._noun(i)
        if unit.kind != "measure" or self._half(i + 1, unit) is None:
            return None
        unit = replace(unit, start=start, text=self.passage.text[start : self.tokens[i].end])
        return self._complete(i, start, 1.0, unit)

    def _half(self, i: int, unit: _Unit) -> tuple[float, int] | None:
        """ونصف or وربع behind a unit: (share, index after it)."""
        tokens = self.tokens
        if unit.kind != "measure" or i >= len(tokens) or tokens[i].kind != "word":
            return None
        at = i
        if tokens[at].key == "و" and at + 1 < len(tokens):
            at += 1
            share = {"نصف": 0.5, "ربع": 0.25, "ثلث": 1 / 3}.get(tokens[at].key)
        else:
            share = {"ونصف": 0.5, "وربع": 0.25, "وثلث": 1 / 3}.get(tokens[at].key)
        if share is None:
            return None
        at += 1
        if at < len(tokens) and tokens[at].kind == "word":
            again = nouns.noun(tokens[at].key.removeprefix("ال"))
            if again is not None and again.lemma == unit.group:
                at += 1
        return share, at

    def _counted_before(self, i: int, number: numerals.Number) -> _Found | None:
        """الساعات الأربع والعشرين, عقوده الثلاثة, الدول الـ28: a plural that its number follows."""
        tokens = self.tokens
        at = i - 1
        if at >= 0 and tokens[at].key == "ال":
            at -= 1
        elif not number.definite:
            return None
        if at < 0 or tokens[at].kind != "word" or number.value < 3 or number.vague or number.fraction:
            return None
        found = _plural_before(tokens[at].key)
        if found is None:
            return None
        known, cut = found
        start = numerals.offset(tokens[at], cut)
        text = self.passage.text[start : tokens[at].end]
        kind: Kind = "count" if known.kind in ("person", "thing") else "measure"
        unit = _Unit(kind, start, number.end, number.stop, text, known.lemma, None, known.role)
        return _Found(start, number.end, number.stop, number.value, unit)

    def _symbol_first(self, i: int) -> _Found | None:
        """$100 مليون, %54."""
        tokens = self.tokens
        token = tokens[i]
        if not self._is_number(i + 1) or tokens[i + 1].start - token.end > 1:
            return None
        number = numerals.read(tokens, i + 1)
        if number is None or (i and tokens[i - 1].kind == "number" and tokens[i - 1].end == token.start):
            return None
        if token.text in _PERCENT_SIGNS:
            if tokens[i + 1].start != token.end or self._unit(number.stop, None) is not None:
                return None
            value = numerals.digits(tokens[i + 1].text, decimal=True)
            unit = _Unit("percent", token.start, tokens[i + 1].end, i + 2)
            return None if value is None else self._complete(i, token.start, value, unit)
        stop = number.stop
        unit = _Unit("money", token.start, number.end, stop, currency=money.SYMBOLS[token.text])
        return self._complete(i, token.start, number.value, unit)

    # Modifiers

    def _before(self, i: int) -> tuple[Comparator, int] | None:
        """The comparing phrase that ends before token `i`: (comparator, offset where it begins or of the number)."""
        tokens = self.tokens
        at = i - 1
        while at >= 0 and at >= i - 2 and (tokens[at].key == "ال" or tokens[at].text in "(["):
            at -= 1
        if at < 0 or tokens[at].kind != "word":
            return None
        if tokens[at].key in ("دون", "فوق", "ودون", "وفوق") and at < i - 1 and tokens[at + 1].key == "ال":
            return ("<" if tokens[at].key.endswith("دون") else ">"), tokens[at].start
        if tokens[at].key in ("عده", "بضعه", "بضع"):
            return "=", tokens[at].start
        direct = self._phrase(at)
        if direct is not None:
            return direct
        if tokens[at].key in ("دون", "ودون") and tokens[i].kind == "number" and not (at and tokens[at - 1].key == "من"):
            return "<", tokens[at].end - len("دون")  # دون 65 دولارا; من دون 5 لاعبين goes without them
        # تجاوز عددهم 100, تجاوز عدد الزوار 100, لا يقل عددهم عن 10: what is measured stands between, outside the span.
        gap = at - 1 if tokens[at].key in ("عن", "علي") else at
        for back in range(gap, max(0, gap - 4), -1):
            if tokens[back].kind != "word":
                break
            if tokens[back].key not in _WORDS["measured"]:
                continue
            told = self._phrase(back - 1, (tokens[at].key,) if gap != at else ())
            if told is not None:
                return told[0], tokens[i].start if tokens[i].kind == "number" else 1 << 62
        return None

    def _phrase(self, at: int, tail: tuple[str, ...] = ()) -> tuple[Comparator, int] | None:
        tokens = self.tokens
        for words, sign in _phrases(tokens[at].key if not tail else tail[-1]):
            rest = words[: len(words) - len(tail)]
            first = at - len(rest) + 1
            if first < 0 or not rest or words[len(rest) :] != tail:
                continue
            if any(tokens[first + k].key != rest[k] for k in range(1, len(rest))):
                continue
            for word, cut in numerals.forms(tokens[first].key):
                if word == rest[0]:
                    return sign, numerals.offset(tokens[first], cut)
        return None

    def _behind(self, i: int) -> tuple[Comparator, int | None] | None:
        """تقريبا, على الأقل, أو أكثر behind the unit, or behind one adjective: (comparator, index after it or None)."""
        for skip in (0, 1):
            at = i + skip
            if at >= len(self.tokens) or self.tokens[at].kind != "word":
                return None
            found = self._tail(at)
            if found is not None:
                return found[0], found[1] if not skip else None
        return None

    def _tail(self, at: int) -> tuple[Comparator, int] | None:
        tokens = self.tokens
        word = tokens[at].key
        after = tokens[at + 1].key if at + 1 < len(tokens) else ""
        sign = _TAILS.get((word, after)) if after else None
        if sign is not None:
            return sign, at + 2
        sign = _TAILS.get((word, ""))
        return None if sign is None else (sign, at + 1)

    # Casualties

    def _role(self, i: int, found: _Found) -> str | None:
        role = self._fate(i, found)
        if role == "injured" and (self._ill(found.stop) or (found.unit.group in _CASES and self._infected())):
            return None
        return role

    def _fate(self, i: int, found: _Found) -> str | None:
        unit = found.unit
        if unit.role is not None:
            return unit.role
        known = nouns.noun(key(unit.text or ""))
        if unit.kind != "count" or (known is not None and known.kind != "person" and unit.group != "آخر"):
            return None
        tokens = self.tokens
        start = next((at for at in range(i, -1, -1) if tokens[at].start <= found.start), i)
        person = known is not None or unit.group == "آخر"
        for at in range(start - 1, max(-1, start - 8 if person else start - 2), -1):  # مصرع 24 انقلابيا
            if tokens[at].text in "،,.؛؟!":
                break
            role = numerals.find(tokens[at].key, _ROLE_OF)
            if role is not None:
                return role[0]
            toll = nouns.noun(tokens[at].key) if nouns.articled(tokens[at].key) else None  # حصيلة القتلى إلى 43 شخصا
            if toll is not None and toll.role is not None:
                return toll.role
        if not person:
            return None
        for at in range(found.stop, min(found.stop + 4, len(tokens))):
            if tokens[at].kind == "mark":
                break
            if tokens[at].key in _WORDS["after_role"]:
                return _ROLE_OF[tokens[at].key]
        return None

    def _infected(self) -> bool:
        if self._infection is None:
            self._infection = any(
                token.key in _WORDS["infection"] or (token.key in _CASE_WORDS and self._ill(at + 1))
                for at, token in enumerate(self.tokens)
            )
        return self._infection

    def _ill(self, at: int) -> bool:
        """Whether an illness is named there, or up to two words later: 50 إصابة جديدة بالكوليرا."""
        for token in self.tokens[at : at + 3]:
            if token.kind == "mark":
                return False
            if token.key in _ILL:
                return True
        return False


_NUMBERED = dict.fromkeys(_WORDS["numbered"], True)
_CHANGE = dict.fromkeys(_WORDS["change"], True)
_MINUTES = frozenset({"دقيقه", "دقايق"})
_TENTH = frozenset({"عشر", "عشره"})
_POINTING = frozenset({"هذين", "هاتين", "هذان", "هاتان", "كلا", "كلتا", "كلي", "احد", "احدي"})
_TAILS: dict[tuple[str, str], Comparator] = {
    ("تقريبا", ""): "~",
    ("علي", "الاقل"): ">=",
    ("علي", "الاكثر"): "<=",
    ("كحد", "ادني"): ">=",
    ("كحد", "اقصي"): "<=",
    ("بحد", "ادني"): ">=",
    ("بحد", "اقصي"): "<=",
    ("او", "اكثر"): ">=",
    ("فاكثر", ""): ">=",
    ("فما", "فوق"): ">=",
    ("وما", "فوق"): ">=",
    ("او", "اقل"): "<=",
    ("فاقل", ""): "<=",
    ("فما", "دون"): "<=",
    ("ونيف", ""): ">",
}


def _compounded(word_key: str) -> str:
    """The second word of a measure as its group has it: مربعا and مربعة are مربع, مترات is متر."""
    stem = word_key.removesuffix("ات").removesuffix("ا")
    found = nouns.noun(word_key) or nouns.noun(stem)
    return found.lemma if found is not None else stem.removesuffix("ه")


@lru_cache(maxsize=CACHED_WORDS)
def _phrases(last_word: str) -> tuple[tuple[tuple[str, ...], Comparator], ...]:
    """Comparing phrases that may end with a word; of one word, also with a clitic before it."""
    table = _comparators()
    found = list(table.get(last_word, ()))
    for rest, cut in numerals.forms(last_word):
        if cut:
            found += [row for row in table.get(rest, ()) if len(row[0]) == 1]
    return tuple(found)


def _like_a_dual(word_key: str) -> bool:
    """Whether the word before a dual is one itself, whose adjective the other then is: عينين واسعتين."""
    return word_key.endswith(("تين", "تان")) or (
        len(word_key) > 4 and word_key.endswith(("ين", "ان")) and not word_key.startswith("ال")
    )


_ARTICLES = ("ال", "لل", *(a + b for a in ("و", "ف", "ب", "ك", "وب", "فب", "وك") for b in ("ال", "لل")))


@lru_cache(maxsize=CACHED_WORDS)
def _shape(word_key: str) -> tuple[str, int] | None:
    """Whether a word is a dual (free, construct, own, or by its ending), or a measure that ونصف may follow."""
    if word_key.startswith(_ARTICLES):
        return None
    for rest, cut in numerals.forms(word_key):
        if (len(rest) < 3 and rest != "طن") or (cut and word_key[cut - 1] == "ك"):  # كاثرين is no "like two traces"
            continue
        known = nouns.noun(rest)
        if known is not None:
            if known.dual:
                return known.dual, cut
            return None if known.plural or known.kind in ("person", "thing") else ("single", cut)
        if money.currency(rest) is not None:
            return ("free", cut) if rest.endswith(("ين", "ان")) and len(rest) > 4 else None
    # وتابوتين: where a form without its clitics has a singular that is a word, it is the one meant
    forms = [form for form in numerals.forms(word_key) if not form[1] or word_key[form[1] - 1] != "ك"]
    endings = [(nouns.dual_by_ending(rest), cut) for rest, cut in forms]
    for dual, cut in endings:
        if dual == "sure" and not (cut and commonness(word_key) is not None):
            return "usual", cut
    likely = [cut for dual, cut in endings if dual == "likely" and (not cut or word_key[cut - 1] in "وف")]
    return ("ending", max(likely)) if likely else None


@lru_cache(maxsize=CACHED_WORDS)
def _plural_before(word_key: str) -> tuple[nouns.Noun, int] | None:
    """A plural noun with ال or a pronoun: الساعات, عقوده."""
    for rest, cut in numerals.forms(word_key):
        if rest.startswith("ال"):
            known = nouns.noun(rest)
            if known is not None and known.plural:
                return known, cut
            continue
        for pronoun in ("ه", "ها", "هم", "هما", "نا"):
            if rest.endswith(pronoun):
                known = nouns.noun(rest[: -len(pronoun)])
                if known is not None and known.plural:
                    return known, cut
    return None
