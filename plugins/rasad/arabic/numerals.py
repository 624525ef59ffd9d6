"""Numbers as Arabic news writes them: 49 ألفاً و759, ثلاثة آلاف وخمسمئة, ٣٫٥ مليون, عشرات الآلاف.

Words are looked up by match key, so vowel marks, hamza seats and final ة make no difference. The grammar is the
spoken one: a small number (hundreds, then ones with tens) may be multiplied by a scale (ألف, مليون …), and such
groups follow each other with و, each smaller than the scale before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from rasad.arabic.text import CACHED_WORDS
from rasad.arabic.tokens import Token

T = TypeVar("T")

_MAX_DIGITS = 15  # more is a telephone, an account, a hash
_MAX_ATOMS = 16  # the longest number in words has fewer: تسعمئة وتسعة وتسعون ملياراً و…
_MARKS = frozenset(map(chr, (*range(0x064B, 0x0660), 0x0670, 0x0640)))
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_THIN_SPACES = frozenset(" \u00a0\u2009\u202f")


@dataclass(frozen=True, slots=True)
class Number:
    """A number read at a token: `start` and `end` are offsets into the text, `stop` the index of the token after it."""

    value: float
    start: int
    end: int
    stop: int
    digits: bool = False  # begins with digits
    plain: bool = False  # bare digits without separators: may be a year, a door, a jersey
    vague: bool = False  # a scale in the plural without a number: عشرات, آلاف; the value is the least it can mean
    definite: bool = False  # الثلاثة, العشرين
    fraction: bool = False  # نصف, ثلاثة أرباع: a share, not a count
    scaled: bool = False  # ends in ألف, مليون …


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str  # digits, one, ten, hundred, scale, tens (عشرات), fraction, parts (أرباع)
    value: float
    plural: bool = False  # آلاف, مئات
    dual: bool = False  # ألفان, خمسمئة: carries its own number
    definite: bool = False
    bound: bool = False  # أحد, اثنا: no number alone, only before عشر or with tens
    plain: bool = False  # digits without separators


@dataclass(frozen=True, slots=True)
class _Atom:
    word: _Word
    joined: bool  # a و stands before it
    start: int
    stop: int  # index of the token after it


_STEMS = ["ثلاث", "اربع", "خمس", "ست", "سبع", "ثمان", "تسع"]  # three to nine, inside ثلاثون and ثلاثمئة


def _lexicon() -> dict[str, _Word]:
    words: dict[str, _Word] = {}
    ones = (
        "واحد واحده واحدا",
        "اثنان اثنين اثنتان اثنتين",
        "ثلاثه ثلاث",
        "اربعه اربع",
        "خمسه خمس",
        "سته ست",
        "سبعه سبع",
        "ثمانيه ثماني ثمان",
        "تسعه تسع",
        "عشره عشر",
    )
    for value, spellings in enumerate(ones, 1):
        words |= dict.fromkeys(spellings.split(), _Word("one", value))
    words |= dict.fromkeys(("احد", "احدي"), _Word("one", 1, bound=True))
    words |= dict.fromkeys(("اثنا", "اثني", "اثنتا", "اثنتي"), _Word("one", 2, bound=True))
    for value, stem in enumerate(("عشر", *_STEMS), 2):
        words |= dict.fromkeys((stem + "ون", stem + "ين"), _Word("ten", 10 * value))
    for hundred in ("ميه", "مايه"):
        words[hundred] = _Word("hundred", 100)
        words |= dict.fromkeys((hundred[:-1] + e for e in ("تان", "تين", "تا", "تي")), _Word("hundred", 200, dual=True))
        for value, stem in enumerate(_STEMS, 3):
            words[stem + hundred] = _Word("hundred", 100 * value, dual=True)
        words["ثماني" + hundred] = _Word("hundred", 800, dual=True)
    words["ثلثمايه"] = words["ثلاثمايه"]
    words["ميات"] = _Word("hundred", 100, plural=True)
    words["عشرات"] = _Word("tens", 10, plural=True)
    scales = (
        (1e3, "الف", "الاف الوف", "الفان الفين الفي"),
        (1e6, "مليون مليونا", "ملايين", "مليونان مليونين مليوني"),
        (1e9, "مليار مليارا بليون بليونا", "مليارات ملايير بلايين", "ملياران مليارين ملياري"),
        (1e12, "تريليون تريليونا ترليون ترليونا", "تريليونات ترليونات", "تريليونان تريليونين تريليوني"),
    )
    for scale, singular, plural, dual in scales:
        words |= dict.fromkeys(singular.split(), _Word("scale", scale))
        words |= dict.fromkeys(plural.split(), _Word("scale", scale, plural=True))
        words |= dict.fromkeys(dual.split(), _Word("scale", scale, dual=True))
    words |= {"ال" + form: replace(word, definite=True) for form, word in words.items()}
    words["الفا"] = words["الف"]  # ألفاً, and ألفا (شخص), two thousand, which only the missing tanwin tells apart
    fractions = {"نصف": 1 / 2, "ثلث": 1 / 3, "ربع": 1 / 4, **dict.fromkeys(("ثلثا", "ثلثي", "ثلثان", "ثلثين"), 2 / 3)}
    words |= {form: _Word("fraction", value) for form, value in fractions.items()}
    parts = ["اثلاث", "ارباع", "اخماس", "اسداس", "اسباع", "اثمان", "اتساع", "اعشار"]
    words |= {form: _Word("parts", value) for value, form in enumerate(parts, 3)}
    return words


_WORDS = _lexicon()
_MINUS = frozenset({"سالب", "ناقص"})
_PERCENT = frozenset({"%", "٪", "بالميه", "بالمايه"})
_NOT_CUT = frozenset({"لست"})  # "I am not"


def forms(word_key: str) -> tuple[tuple[str, int], ...]:
    """The key as it is, then with و ف and ب ل ك cut off: (rest, letters cut); لل opens into ال."""
    out = [(word_key, 0)]
    if len(word_key) > 2 and word_key[0] in "وف":
        out.append((word_key[1:], 1))
    for rest, cut in tuple(out):
        if len(rest) > 2 and rest[0] in "بلك":
            out.append((rest[1:], cut + 1))
            if rest.startswith("لل"):
                out.append(("ا" + rest[1:], cut + 1))
    return tuple(out)


def find(word_key: str, table: Mapping[str, T]) -> tuple[T, int] | None:
    """The entry of a table that a word means, with or without clitics, and how many letters were clitics."""
    if word_key in table:
        return table[word_key], 0
    if word_key and word_key[0] in "وفبلك":
        for rest, cut in forms(word_key):
            if rest in table:
                return table[rest], cut
    return None


def scale(word_key: str) -> float | None:
    """What a scale word multiplies by, in any form but a dual: آلاف is 1000, ملايير 1e9."""
    word = _WORDS.get(word_key)
    return word.value if word is not None and word.kind == "scale" and not word.dual else None


def offset(token: Token, letters: int) -> int:
    """Where the rest of a token begins in the text once `letters` of its key are cut.

    Vowel marks and tatweel go with the letter before them.
    """
    at, text = 0, token.text
    while letters and at < len(text) - 1:
        at += 1
        letters -= 1
        while at < len(text) - 1 and text[at] in _MARKS:
            at += 1
    return token.start + at


@lru_cache(maxsize=CACHED_WORDS)
def _word(word_key: str) -> tuple[_Word, int] | None:
    found = None if word_key in _NOT_CUT else find(word_key, _WORDS)
    if found is not None and found[1] and found[0].kind == "hundred" and word_key[found[1] - 1] == "ك":
        return None  # كمية is a quantity, not "like a hundred"
    return found


def digits(text: str, *, decimal: bool = False) -> float | None:
    """The value of a number token: 1,250.5 and 1.250,5 and ٣٫٥; 866.646 are thousands unless `decimal`.

    One dot or comma before exactly three digits parts thousands, as newsrooms mostly write them; before a scale
    word or a percent sign (`decimal`) it is a decimal point. None for what is no single number: 12.5.2021,
    192.168.1.2, digit strings of more than fifteen.
    """
    if len(text) > 2 * _MAX_DIGITS:
        return None
    plain = text.translate(_DIGITS).replace("٬", ",")
    if "٫" in plain:
        whole, _, rest = plain.partition("٫")
        return _value(whole.replace(",", "").replace(".", ""), rest)
    marks = [c for c in plain if c in ".,"]
    head, *groups = plain.replace(",", ".").split(".")
    if len(marks) < 2:
        rest = "".join(groups)
        thousands = len(rest) == 3 and len(head) <= 3 and not head.startswith("0") and not decimal
        return _value(head + rest, "") if thousands else _value(head, rest)
    if len(head) > 3 or any(len(group) != 3 for group in groups[:-1]):
        return None
    if marks[-1] not in marks[:-1] and len(set(marks[:-1])) == 1:  # 1,250.5
        return _value(head + "".join(groups[:-1]), groups[-1])
    if len(set(marks)) == 1 and len(groups[-1]) == 3:  # 1.250.000
        return _value(head + "".join(groups), "")
    return None


def _value(whole: str, rest: str) -> float | None:
    if not whole.isdigit() or len(whole) > _MAX_DIGITS:
        return None
    return float(f"{whole}.{rest}") if rest else float(whole)


def read(tokens: Sequence[Token], i: int) -> Number | None:
    """The longest number that begins at token `i`, its clitics left outside, or None.

    Looks at a bounded number of tokens. Ordinals are no numbers, nor is أحد (one of) alone.
    """
    if not 0 <= i < len(tokens):
        return None
    token = tokens[i]
    if token.kind == "word":
        if token.key in _MINUS and i + 1 < len(tokens):
            rest = None if tokens[i + 1].key in _MINUS else read(tokens, i + 1)
            return None if rest is None or rest.vague else replace(rest, value=-rest.value, start=token.start)
        if _word(token.key) is None:
            return None
    elif token.kind != "number":
        return None
    atoms = _atoms(tokens, i)
    if not atoms:
        return None
    parsed = _vague(atoms) or _fraction(atoms, 0) or _whole(atoms)
    if parsed is None:
        return None
    value, used = parsed
    first, last = atoms[0], atoms[used - 1]
    return Number(
        round(float(value), 9),
        first.start,
        tokens[last.stop - 1].end,
        last.stop,
        digits=first.word.kind == "digits",
        plain=first.word.plain and used == 1,
        vague=first.word.plural,
        definite=first.word.definite,
        fraction=value < 1 and first.word.kind != "digits",
        scaled=last.word.kind == "scale" or last.word.plural,
    )


def _atoms(tokens: Sequence[Token], i: int) -> list[_Atom]:
    """The run of number words and digits that begins at `i`; clitics are allowed on the first, then only و."""
    atoms: list[_Atom] = []
    while i < len(tokens) and len(atoms) < _MAX_ATOMS:
        token, joined = tokens[i], False
        if atoms and token.key == "و" and i + 1 < len(tokens):
            i += 1
            token, joined = tokens[i], True
        if token.kind == "number":
            read_digits = _digits(tokens, i)
            if read_digits is None or (atoms and not joined):
                break
            word, i = read_digits
            atoms.append(_Atom(word, joined, token.start, i))
            continue
        found = _word(token.key) if token.kind == "word" else None
        if found is None:
            break
        word, cut = found
        if atoms and cut:
            if joined or cut > 1 or token.key[0] != "و":
                break
            joined = True
        if not atoms and token.key.endswith("الفا") and "ً" not in token.text:
            word = replace(word, dual=True)
        i += 1
        atoms.append(_Atom(word, joined, offset(token, cut), i))
    return atoms


def _digits(tokens: Sequence[Token], i: int) -> tuple[_Word, int] | None:
    """Digits at `i`, thousands parted by spaces included, and the index after them."""
    token, stop = tokens[i], i + 1
    text = token.text
    reversed_decimal = _reversed(tokens, i)
    if reversed_decimal is not None:
        return reversed_decimal
    while (
        stop < min(len(tokens), i + 5)
        and len(text) <= 3 * (stop - i)
        and text.isdigit()
        and tokens[stop].kind == "number"
        and len(tokens[stop].text) == 3
        and tokens[stop].text.isdigit()
        and tokens[stop].start == tokens[stop - 1].end + 1
        and text[0] not in "0٠۰"
    ):
        text += tokens[stop].text
        stop += 1
    after = tokens[stop] if stop < len(tokens) else None
    scale = _WORDS.get(after.key) if after is not None else None
    decimal = after is not None and (after.key in _PERCENT or (scale is not None and scale.kind == "scale"))
    value = digits(text, decimal=decimal)
    return None if value is None else (_Word("digits", value, plain=stop == i + 1 and text.isdigit()), stop)


def _reversed(tokens: Sequence[Token], i: int) -> tuple[_Word, int] | None:
    """9ر10 of dpa, KUNA and SPA: the lowest part first, so 10.9; 999 ر 999 ر 169 is 169,999,999."""
    parts, stop = [tokens[i].key], i + 1
    while stop + 1 < len(tokens) and len(parts) < 4 and tokens[stop].key == "ر" and tokens[stop + 1].kind == "number":
        parts.insert(0, tokens[stop + 1].key)
        stop += 2
    if len(parts) < 2 or not all(part.isdigit() and len(part) <= 4 for part in parts):
        return None
    value = _value(parts[0], parts[1]) if len(parts) == 2 else _value("".join(parts), "")
    return None if value is None else (_Word("digits", value), stop)


def _vague(atoms: list[_Atom]) -> tuple[float, int] | None:
    """عشرات, مئات الآلاف, ملايين: plurals that no number counts."""
    if not atoms[0].word.plural:
        return None
    value, p = atoms[0].word.value, 1
    while p < min(len(atoms), 3) and not atoms[p].joined and atoms[p].word.kind == "scale" and not atoms[p].word.dual:
        value, p = value * atoms[p].word.value, p + 1
    return value, p


def _fraction(atoms: list[_Atom], p: int) -> tuple[float, int] | None:
    """نصف, ثلاثة أرباع, ربع مليون: (value, atoms used up to)."""
    if p >= len(atoms):
        return None
    word = atoms[p].word
    if word.kind == "fraction":
        value, p = word.value, p + 1
    elif (
        word.kind == "one"
        and p + 1 < len(atoms)
        and atoms[p + 1].word.kind == "parts"
        and not atoms[p + 1].joined
        and word.value < atoms[p + 1].word.value
    ):
        value, p = word.value / atoms[p + 1].word.value, p + 2
    else:
        return None
    if p < len(atoms) and not atoms[p].joined and atoms[p].word.kind == "scale" and not atoms[p].word.dual:
        value, p = value * atoms[p].word.value, p + 1
    return value, p


def _whole(atoms: list[_Atom]) -> tuple[float, int] | None:
    group = _group(atoms, 0)
    if group is None:
        return None
    total, scale, p = group
    while p < len(atoms) and atoms[p].joined:
        part = _fraction(atoms, p)
        if part is not None:
            # مليونين ونصف (مليون): the half is one of the scale, whether or not the scale is said again.
            share, p = part
            total += share if share >= 1 else share * scale
            break
        following = _group(atoms, p)
        if scale == 1 or following is None or following[0] >= scale:
            break
        total, scale, p = total + following[0], following[1], following[2]
    return total, p


def _group(atoms: list[_Atom], p: int) -> tuple[float, float, int] | None:
    """A number below a thousand, or digits, times the scales after it: (value, last scale or 1, atoms used up to)."""
    word = atoms[p].word
    if word.kind == "scale":
        if word.plural:
            return None
        value, scale, p = word.value * (2 if word.dual else 1), word.value, p + 1
    else:
        small = _small(atoms, p)
        if small is None:
            return None
        (value, p), scale = small, 1.0
    while p < len(atoms) and atoms[p].word.kind == "scale" and not atoms[p].joined and not atoms[p].word.dual:
        value, scale, p = value * atoms[p].word.value, atoms[p].word.value, p + 1
    return value, scale, p


def _small(atoms: list[_Atom], p: int) -> tuple[float, int] | None:
    """Digits, or hundreds with ones and tens: (value, atoms used up to)."""
    word = atoms[p].word
    if word.kind == "digits":
        times = p + 1 < len(atoms) and atoms[p + 1].word.kind == "hundred" and not atoms[p + 1].joined
        if times and word.value < 10 and not atoms[p + 1].word.dual:  # 3 مئة
            return word.value * 100, p + 2
        return word.value, p + 1
    hundreds = _hundreds(atoms, p)
    if hundreds is None:
        return _below_hundred(atoms, p)
    value, p = hundreds
    if p < len(atoms) and atoms[p].joined and _hundreds(atoms, p) is None and _fraction(atoms, p) is None:
        rest = _below_hundred(atoms, p)
        if rest is not None:
            return value + rest[0], rest[1]
    return value, p


def _hundreds(atoms: list[_Atom], p: int) -> tuple[float, int] | None:
    word = atoms[p].word
    if word.kind == "hundred":
        return None if word.plural else (word.value, p + 1)
    if word.kind == "one" and 3 <= word.value <= 9 and p + 1 < len(atoms):
        after = atoms[p + 1]
        if after.word.kind == "hundred" and not after.joined and not after.word.dual:  # ثلاث مئة, ثلاث مئات
            return word.value * 100, p + 2
    return None


def _below_hundred(atoms: list[_Atom], p: int) -> tuple[float, int] | None:
    word = atoms[p].word
    after = atoms[p + 1] if p + 1 < len(atoms) else None
    if word.kind == "ten":
        return word.value, p + 1
    if word.kind == "digits" and word.plain and word.value < 100:  # مئة و5
        return word.value, p + 1
    if word.kind != "one":
        return None
    if word.value < 10 and after is not None:
        if after.word.kind == "one" and after.word.value == 10 and not after.joined:
            return word.value + 10, p + 2
        if after.word.kind == "ten" and after.joined:
            return word.value + after.word.value, p + 2
    return None if word.bound else (word.value, p + 1)
